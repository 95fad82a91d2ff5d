"""Production of plants when power, heat or water fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kopa.domain import Change
from kopa.model import BoolArray, FloatArray, PortSeries, Window
from kopa.model.links import buffered

from .network import NEEDS, Sites

HALF = 0.5
"""Production stops in a step in which less than this share of what it needs arrives, or of which
an outage covers so much."""


@dataclass(frozen=True)
class Production:
    """What plants do in each step.

    Parameters
    ----------
    lacks
        By need: True where it is needed and missing, shape (step, site).
    out
        True where a plant is out of service, shape (step, site).
    level
        Production asked of it over the usual, shape (step, site).
    lost
        Share of that which is lost to failures and restarts, shape (step, site).
    power
        Electric power, kW, shape (step, site).
    """

    lacks: Mapping[str, BoolArray]
    out: BoolArray
    level: FloatArray
    lost: FloatArray
    power: FloatArray

    @property
    def missing(self) -> FloatArray:
        """Usual production less what is made, over the usual, shape (step, site)."""
        return np.asarray(1 - self.level * (1 - self.lost))


def production(
    sites: Sites, window: Window, changes: Sequence[Change], inputs: PortSeries
) -> Production:
    """Production in a window.

    Parameters
    ----------
    sites, window
        The plants and the run's window.
    changes, inputs
        As `Domain.run` gets them.
    """
    shape = (window.steps, len(sites))
    out, level = np.zeros(shape, dtype=bool), np.ones(shape)
    for change in changes:
        row = sites.assets.index[change.asset]
        cover = window.cover(change.start, change.end)
        if change.kind == "out":
            out[:, row] |= cover >= HALF
        else:
            level[:, row] *= 1 + ((change.value or 0.0) - 1) * cover
    lacks = {need: _lacks(sites, need, inputs, window) for need in NEEDS}
    down = out | np.logical_or.reduce(list(lacks.values()))
    lost = np.where(down, 1.0, _restarting(down, sites.restart, window.hours_per_step))
    dark = lacks["electricity"] | out
    # a plant that starts again takes its power before it makes anything
    share = np.where(down, sites.idle, sites.idle + (1 - sites.idle) * level)
    return Production(lacks, out, level, lost, np.where(dark, 0.0, sites.power * share))


def _lacks(sites: Sites, need: str, inputs: PortSeries, window: Window) -> BoolArray:
    """True where a need is missing, shape (step, site)."""
    found = np.zeros((window.steps, len(sites)), dtype=bool)
    rows, given = sites.needing(need), inputs.get(need)
    if given is None or not len(rows):
        return found
    if need == "electricity":
        stored = sites.backup[rows]
        given = buffered(given, np.ones(len(rows)), stored, window.hours_per_step)
    found[:, rows] = given < HALF
    return found


def _restarting(down: BoolArray, restart: FloatArray, hours: float) -> FloatArray:
    """Share of each step that is lost to starting again, shape (step, site)."""
    lost = np.zeros(down.shape)
    left = np.zeros(down.shape[1])
    for step, stands in enumerate(down):
        left = np.where(stands, restart, left)
        lost[step] = np.where(stands, 0.0, np.minimum(left / hours, 1.0))
        left = np.where(stands, left, np.maximum(left - hours, 0.0))
    return lost
