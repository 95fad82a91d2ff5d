"""What offices do when power or the street to them fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kopa.domain import Change
from kopa.engine_opening_hours import open_share
from kopa.model import FloatArray, PortSeries, Window
from kopa.model.links import buffered

from .network import NEEDS, Offices


@dataclass(frozen=True)
class Service:
    """What offices do in each step.

    Parameters
    ----------
    open
        Share of each step in which each is open by its hours, shape (step, office).
    given
        By need: share that arrives, behind its own set, shape (step, office).
    working
        Share of the step in which nothing else stops it, shape (step, office).
    share
        Share of its service that it can give, shape (step, office).
    """

    open: FloatArray
    given: Mapping[str, FloatArray]
    working: FloatArray
    share: FloatArray


def service(
    offices: Offices, window: Window, changes: Sequence[Change], inputs: PortSeries
) -> Service:
    """Service of a window.

    Parameters
    ----------
    offices, window
        The offices and the run's window.
    changes, inputs
        As `Domain.run` gets them.
    """
    shape = (window.steps, len(offices))
    working = np.ones(shape)
    for change in changes:
        row = offices.assets.index[change.asset]
        working[:, row] *= 1 - window.cover(change.start, change.end)
    given = {}
    for need in NEEDS:
        got = inputs.get(need)
        got = np.ones(shape) if got is None else got
        if need == "electricity":
            got = buffered(got, np.ones(len(offices)), offices.backup, window.hours_per_step)
            got = np.where(offices.wired, got, 1.0)
        given[need] = got
    share = working * np.min(list(given.values()), axis=0)
    return Service(open_share(offices.hours, window), given, working, np.asarray(share))
