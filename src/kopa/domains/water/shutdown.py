"""What a shutdown leaves unserved, hour by hour: one run of its window."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from kopa.errors import Finding
from kopa.model import FloatArray, IntArray, Window

from .causes import shares
from .domain import Water
from .effects import SHORT
from .hydraulics import Hydraulics
from .isolation import Isolation
from .plan import Disturbance, Plan, isolated
from .trust import distrust

HOUR = 3600


@dataclass(frozen=True)
class Hour:
    """One hour of a shutdown.

    Parameters
    ----------
    start, end
        Seconds since midnight.
    unserved
        Demand that is not delivered, m³.
    nodes_out
        Junctions with a demand that get less than `SHORT` of it, in the hour's worst step.
    people
        People without water, mean of the hour; None where nobody knows where people live.
    """

    start: int
    end: int
    unserved: float
    nodes_out: int
    people: float | None


@dataclass(frozen=True)
class Shutdown:
    """A run of a shutdown; without hours where no run could tell, for the reason in `findings`.

    Parameters
    ----------
    hours
        From its beginning on.
    wanted, unserved, usual
        Demand of all junctions, what of it is not delivered, and what would not be without the
        shutdown, m³.
    tanks_empty
        Tanks that stand empty in it and would not without it, and the second from which on.
    findings
        Why the numbers are unknown.
    """

    hours: tuple[Hour, ...] = ()
    wanted: float = math.nan
    unserved: float = math.nan
    usual: float = math.nan
    tanks_empty: tuple[tuple[int, int], ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def person_hours(self) -> float | None:
        """Person-hours without water; None where nobody knows where people live."""
        known = [h.people * (h.end - h.start) / HOUR for h in self.hours if h.people is not None]
        return sum(known) if self.hours and len(known) == len(self.hours) else None


def window_of(start: int, end: int) -> Window:
    """A window for a span, in steps that are whole parts of it and of an hour."""
    step = math.gcd(end - start, HOUR)
    return Window(start, step, (end - start) // step)


def shut_down(
    water: Water,
    isolation: Isolation,
    window: Window,
    demand_factor: float = 1.0,
    people: FloatArray | None = None,
) -> Shutdown:
    """Run a shutdown.

    Parameters
    ----------
    water
        The network.
    isolation
        What is shut, for the whole window.
    window
        Its time, as `window_of` gives it.
    demand_factor
        Demands are multiplied by it, with and without the shutdown.
    people
        People at each node, shape (node,); None where nobody knows.
    """
    network = water.network
    always: list[Disturbance] = []
    if demand_factor != 1.0:
        rows = tuple(map(int, network.junctions))
        always.append(
            Disturbance("factor", window.start, window.end, rows, nodes=rows, factor=demand_factor)
        )
    shut = isolated(network, isolation, (window.start, window.end))
    usual = water.simulate(Plan(network, tuple(always)), window)
    run = water.simulate(Plan(network, (*always, shut)), window)
    wrong = distrust(network, usual) or distrust(network, run)
    if wrong:
        return Shutdown(findings=wrong)
    dry = {tank for tank, _, _ in usual.empty}
    first: dict[int, int] = {}
    for tank, since, _ in run.empty:
        if tank not in dry:
            first.setdefault(tank, since)
    return Shutdown(
        _hours(water, window, run, people),
        float(run.wanted.sum()),
        _missing(run).sum(),
        _missing(usual).sum(),
        tuple(first.items()),
    )


def _missing(run: Hydraulics) -> FloatArray:
    """Demand that is not delivered, m³, shape (step,)."""
    return np.asarray(np.round(np.maximum(run.wanted - run.delivered, 0.0).sum(axis=1), 9))


def _hours(
    water: Water, window: Window, run: Hydraulics, people: FloatArray | None
) -> tuple[Hour, ...]:
    short = (shares(water.network, run) < SHORT)[:, water.network.junctions]
    asks = (run.wanted > 0)[:, water.network.junctions]
    missing, out = _missing(run), (short & asks).sum(axis=1)
    each = HOUR // window.step
    hours = []
    for first in range(0, window.steps, each):
        steps: IntArray = np.arange(first, min(first + each, window.steps))
        without = None
        if people is not None:
            without = float((short[steps] @ people[water.network.junctions]).mean())
        hours.append(
            Hour(
                window.start + first * window.step,
                window.start + (int(steps[-1]) + 1) * window.step,
                float(missing[steps].sum()),
                int(out[steps].max()),
                without,
            )
        )
    return tuple(hours)
