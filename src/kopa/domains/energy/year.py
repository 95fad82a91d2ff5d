"""A year of a grid in steps: voltages, loadings and losses by profiles of its units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kopa.domains.energy.domain import Energy
from kopa.domains.energy.effects import loading
from kopa.domains.energy.limits import Limits
from kopa.domains.energy.read_profiles import Profiles
from kopa.model import BoolArray, FloatArray, IntArray

CELLS = 500_000
"""Steps in one batch of power flows times buses and edges: some 50 MB of results."""


@dataclass(frozen=True)
class Extreme:
    """The worst of each bus or edge over the steps.

    Parameters
    ----------
    value
        NaN where there is none, shape (item,).
    step
        When, shape (item,).
    hours
        Time beyond the limit, h, shape (item,).
    """

    value: FloatArray
    step: IntArray
    hours: FloatArray


@dataclass(frozen=True)
class Year:
    """What a grid goes through.

    Parameters
    ----------
    solved
        False where a step has no power flow, shape (step,).
    source_mw, fed_mw, used_mw, losses_mw
        Power of the sources and the generators, of what is used, and losses; NaN where a step
        is not solved, shape (step,).
    lowest, highest
        Voltages of buses, p.u.
    fullest
        Loading of edges, %.
    """

    solved: BoolArray
    source_mw: FloatArray
    fed_mw: FloatArray
    used_mw: FloatArray
    losses_mw: FloatArray
    lowest: Extreme
    highest: Extreme
    fullest: Extreme


def year(
    energy: Energy,
    profiles: Profiles,
    limits: Limits,
    progress: Callable[[int], None] = lambda done: None,
) -> Year:
    """Power flows of all steps.

    Parameters
    ----------
    energy
        The grid.
    profiles
        Its powers over time.
    limits
        What must hold.
    progress
        Called with the number of steps that are newly done.

    Raises
    ------
    EngineError
        If the engine gives no answer at all.
    """
    low, high, full = _Worst(-1), _Worst(1), _Worst(1)
    powers: list[FloatArray] = []
    steps = len(profiles.series.times)
    size = max(1, CELLS // (energy.network.buses + len(energy.network.edges.rows)))
    for begin in range(0, steps, size):
        flows = energy.power_flow.scaled(profiles.factors(begin, min(begin + size, steps)))
        volts = np.where(flows.volts > 0, flows.volts, np.nan)
        low.see(volts, limits.low)
        high.see(volts, limits.high)
        full.see(loading(energy.network, flows), limits.loading)
        losses = flows.losses_mw.sum(axis=1)
        powers.append(np.stack([flows.source_mw.sum(axis=1), flows.fed_mw, flows.used_mw, losses]))
        progress(len(losses))
    source, fed, used, losses = np.concatenate(powers, axis=1)
    hours = profiles.series.step_h
    return Year(
        solved=np.isfinite(source),
        source_mw=source,
        fed_mw=fed,
        used_mw=used,
        losses_mw=losses,
        lowest=low.extreme(hours),
        highest=high.extreme(hours),
        fullest=full.extreme(hours),
    )


class _Worst:
    """The highest (1) or lowest (-1) of some items, seen part by part; NaN is no value."""

    def __init__(self, sign: int) -> None:
        self._sign, self._seen = sign, 0
        self._value = self._count = np.empty(0)
        self._step: IntArray = np.empty(0, dtype=np.int64)

    def see(self, values: FloatArray, limit: float) -> None:
        """Look at some more steps, shape (step, item)."""
        signed = np.where(np.isnan(values), -np.inf, self._sign * values)
        step = signed.argmax(axis=0)
        value = np.take_along_axis(signed, step[None], axis=0)[0]
        count = (signed > self._sign * limit).sum(axis=0)
        if not self._seen:
            self._value, self._step, self._count = value, step, count
        else:
            worse = value > self._value
            self._value = np.where(worse, value, self._value)
            self._step = np.where(worse, step + self._seen, self._step)
            self._count = self._count + count
        self._seen += len(values)

    def extreme(self, step_h: float) -> Extreme:
        """What was seen."""
        value = np.where(np.isinf(self._value), np.nan, self._sign * self._value)
        return Extreme(value, self._step, self._count * step_h)
