"""What leaves a plant, held against its permit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kopa.model import BoolArray, FloatArray

from .network import Limit, WastewaterPlant
from .wastewater import PlantRun


@dataclass(frozen=True)
class Held:
    """One limit, held against a run.

    Parameters
    ----------
    limit
        The limit.
    mean
        Flow-weighted mean of the limit's hours up to each model step, g/m³, NaN before any
        water left, shape (time,).
    whole
        True if the window is as long as the limit's hours; else the mean is of what there is.
    """

    limit: Limit
    mean: FloatArray
    whole: bool

    @property
    def over(self) -> BoolArray:
        """Steps above the limit, shape (time,)."""
        return np.asarray(np.nan_to_num(self.mean) > self.limit.limit_g_m3)

    @property
    def worst(self) -> float:
        """Greatest mean, g/m³; NaN where nothing left."""
        filled = self.mean[np.isfinite(self.mean)]
        return float(filled.max()) if len(filled) else float("nan")


def concentration(run: PlantRun, quantity: str) -> FloatArray:
    """Mean concentration of the effluent in each step, g/m³; NaN where nothing leaves."""
    out = run.amount("outflow")
    leaving = out > 0
    return np.where(leaving, run.amount(quantity) / np.where(leaving, out, 1.0), np.nan)


def above(plant: WastewaterPlant, run: PlantRun) -> BoolArray:
    """Model steps in which the effluent is above the value of a limit, shape (time,).

    A permit takes the mean of many hours: that is `held`. This says when it is heading there.
    """
    over = np.zeros(len(run.waters), dtype=bool)
    for limit in plant.permit:
        over |= np.nan_to_num(concentration(run, limit.quantity)) > limit.limit_g_m3
    return over


def held(plant: WastewaterPlant, run: PlantRun) -> tuple[Held, ...]:
    """Every limit of a plant's permit, held against a run.

    Parameters
    ----------
    plant, run
        The plant, and its run.
    """
    return tuple(_held(limit, run) for limit in plant.permit)


def _held(limit: Limit, run: PlantRun) -> Held:
    steps = max(round(limit.average_h / (24 * run.days)), 1)
    out, mass = run.amount("outflow"), run.amount(limit.quantity)
    water, load = _trailing(out, steps), _trailing(mass, steps)
    some = water > 0
    mean = np.where(some, load / np.where(some, water, 1.0), np.nan)
    if len(out) >= steps:
        mean[: steps - 1] = np.nan  # not yet a mean of the limit's hours
    else:
        mean[:-1] = np.nan
    return Held(limit, mean, len(out) >= steps)


def _trailing(values: FloatArray, steps: int) -> FloatArray:
    """Sum of the last steps up to each."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    ends = np.arange(1, len(values) + 1)
    return np.asarray(total[ends] - total[np.maximum(ends - steps, 0)])
