"""Oxygen set-points that hold the permit at the least electricity.

Every candidate is simulated: its sludge adapts first (steady state and ten dry days), then a
dry day is held against the permit. Nothing is interpolated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from kopa.errors import EngineError
from kopa.model import Window

from .network import WastewaterPlant
from .permit import Held, held
from .wastewater import model_window, simulate, usual

DAY = Window(0, 900, 96)
LEAST, MOST, STEP = 0.5, 3.0, 0.25
"""Set-points that are tried, g/m³."""
LAST = (1.0, 0.5)
"""Set-point of the last tank over that of the others: less oxygen goes back with the
recirculation."""


@dataclass(frozen=True)
class Tried:
    """One candidate.

    Parameters
    ----------
    oxygen
        Set-points of the three tanks with air, g/m³; empty for what the plant does now with a
        fixed transfer.
    energy_kwh
        Of a dry day.
    limits
        Its permit, held against that day.
    status
        ``holds`` the permit with the margin, ``breaks`` it, or is ``unknown``.
    """

    oxygen: tuple[float, ...]
    energy_kwh: float
    limits: tuple[Held, ...]
    status: Literal["holds", "breaks", "unknown"]


@dataclass(frozen=True)
class Advice:
    """What the candidates gave.

    Parameters
    ----------
    now, best
        What the plant does, and the cheapest that holds the permit; `best` is `now` where
        nothing is better, None where nothing holds it.
    tried
        All candidates.
    """

    now: Tried
    best: Tried | None
    tried: tuple[Tried, ...]


def advise(
    plant: WastewaterPlant, margin: float, told: Callable[[float], None] = lambda done: None
) -> Advice:
    """Find the cheapest oxygen set-points that hold the permit.

    Parameters
    ----------
    plant
        The plant.
    margin
        Share of each limit that must be left.
    told
        Called with 1 for each candidate done.
    """
    now = _tried(plant, margin)
    tried = {now.oxygen: now}

    def at(oxygen: tuple[float, ...]) -> Tried:
        if oxygen not in tried:
            tried[oxygen] = _tried(plant.with_oxygen(oxygen), margin)
            told(1.0)
        return tried[oxygen]

    for oxygen in grid():
        at(oxygen)
    best = _best(tried.values())
    while best is not None and best.oxygen:
        for oxygen in _near(best.oxygen):
            at(oxygen)
        better = _best(tried.values())
        if better is best:
            break
        best = better
    return Advice(now, best, tuple(tried.values()))


def grid() -> Iterator[tuple[float, ...]]:
    """The candidates to begin with."""
    for number in range(round((MOST - LEAST) / STEP) + 1):
        oxygen = LEAST + number * STEP
        yield from ((oxygen, oxygen, max(oxygen * last, LEAST)) for last in LAST)


def _near(oxygen: tuple[float, ...]) -> Iterator[tuple[float, ...]]:
    """Set-points of which one lies a step lower or higher."""
    for tank in range(len(oxygen)):
        for by in (-STEP, STEP):
            value = oxygen[tank] + by
            if LEAST <= value <= MOST:
                yield (*oxygen[:tank], value, *oxygen[tank + 1 :])


def _best(tried: Iterable[Tried]) -> Tried | None:
    holding = [one for one in tried if one.status == "holds"]
    return min(holding, key=lambda one: one.energy_kwh, default=None)


def _tried(plant: WastewaterPlant, margin: float) -> Tried:
    fine = model_window(DAY)
    oxygen = plant.aeration.oxygen_g_m3
    try:
        run = simulate(plant, fine, usual(fine.steps))
    except EngineError:
        return Tried(oxygen, float("nan"), (), "unknown")
    limits = held(plant, run)
    energy = sum(float(series.sum()) for series in run.energy.values())
    good = all(one.worst <= (1 - margin) * one.limit.limit_g_m3 for one in limits)
    return Tried(oxygen, energy, limits, "holds" if good else "breaks")
