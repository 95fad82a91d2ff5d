"""What firms do when power, water, heat or the street to them fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kopa.domain import Change
from kopa.engine_opening_hours import open_share
from kopa.model import FloatArray, PortSeries, Window
from kopa.model.links import buffered

from .network import NEEDS, Firms


@dataclass(frozen=True)
class Work:
    """What firms do in each step.

    Parameters
    ----------
    open
        Share of each step in which each is open by its hours, shape (step, firm).
    given
        By need: share that arrives, behind its own set, shape (step, firm).
    working
        Share of the step in which nothing else stops it, shape (step, firm).
    share
        Share of its work that it can do, shape (step, firm).
    """

    open: FloatArray
    given: Mapping[str, FloatArray]
    working: FloatArray
    share: FloatArray


def work(firms: Firms, window: Window, changes: Sequence[Change], inputs: PortSeries) -> Work:
    """Work of a window.

    Parameters
    ----------
    firms, window
        The firms and the run's window.
    changes, inputs
        As `Domain.run` gets them.
    """
    shape = (window.steps, len(firms))
    working = np.ones(shape)
    for change in changes:
        row = firms.assets.index[change.asset]
        working[:, row] *= 1 - window.cover(change.start, change.end)
    given = {}
    for need in NEEDS:
        got = inputs.get(need)
        got = np.ones(shape) if got is None else got
        if need == "electricity":
            got = buffered(got, np.ones(len(firms)), firms.backup, window.hours_per_step)
        given[need] = np.where(firms.wants[need], got, 1.0)
    share = working * np.min(list(given.values()), axis=0)
    return Work(open_share(firms.hours, window), given, working, np.asarray(share))
