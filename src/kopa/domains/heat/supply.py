"""The supply temperature of least cost.

Warmer water loses more heat; cooler water must flow faster, which costs pumping. In between lies
an optimum, found by branch and bound on the temperature. An interval can cost no less than the
heat of its cool end and the pumping of its warm end, as long as the heat to be produced does not
fall and pumping does not rise with the temperature. Both are checked at every temperature that is
solved; they are not proved in between.

References
----------
Benonysson, Bøhm and Ravn (1995), Operational optimization in a district heating system, Energy
Conversion and Management 36(5): the trade of losses against pumping.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from kopa.errors import EngineError, RangeError
from kopa.model import FloatArray

from .engine_pandapipes import BAR, Flow
from .network import ZERO_C
from .steady import Steady
from .timeline import weather_factor

GAP = 1e-3
"""The search ends when no temperature can be cheaper by more than this share."""
FINEST_C = 0.02
"""Intervals are not cut finer than this."""
PARTS = 8


@dataclass(frozen=True)
class Prices:
    """What energy costs, EUR/kWh.

    Parameters
    ----------
    fuel
        What plants make heat from, unless that is electricity.
    electricity
        Of pumps, heat pumps and electric boilers.
    """

    fuel: float
    electricity: float


@dataclass(frozen=True)
class Point:
    """A supply temperature and what it costs.

    Parameters
    ----------
    supply_c
        °C.
    allowed
        True if everybody gets all heat, warm enough and with enough pressure.
    reason
        Why not: ``capacity``, ``pressure``, ``cool``, ``substation``, ``engine``.
    heat_eur_h, pump_eur_h
        Cost of making heat, and of pumping at the pressure that is needed, EUR/h.
    produced_kw, losses_kw, pump_kw, lift_bar
        Heat of the plants, losses of the pipes, electric power of the pumps, needed pressure.
    """

    supply_c: float
    allowed: bool
    reason: str
    heat_eur_h: float
    pump_eur_h: float
    produced_kw: float
    losses_kw: float
    pump_kw: float
    lift_bar: float

    @property
    def cost_eur_h(self) -> float:
        """Whole cost, EUR/h."""
        return self.heat_eur_h + self.pump_eur_h


@dataclass(frozen=True)
class Optimum:
    """What the search found.

    Parameters
    ----------
    best
        The cheapest temperature, None if none is allowed.
    bound_eur_h
        No temperature costs less, if `monotone` holds between those solved.
    points
        All that were solved, by temperature.
    monotone
        True if heat does not fall, and pumping does not rise, over all of them.
    """

    best: Point | None
    bound_eur_h: float
    points: tuple[Point, ...]
    monotone: bool

    @property
    def gap(self) -> float:
        """Share by which the best may be too dear."""
        if self.best is None:
            return float("nan")
        return max(0.0, 1 - self.bound_eur_h / self.best.cost_eur_h)


def cost_at(steady: Steady, outdoor: float, supply_c: float, prices: Prices) -> Point:
    """What a supply temperature of all plants costs.

    Parameters
    ----------
    steady, outdoor
        The network, and the outdoor temperature, K.
    supply_c, prices
        The temperature, °C, and the prices.
    """
    network = steady.network
    demand = weather_factor(network, np.array([outdoor]))[0]
    supply = np.full(len(network.plants), supply_c + ZERO_C)
    state = replace(steady.usual(), supply=tuple(supply.tolist()), demand=tuple(demand.tolist()))
    asked = float((demand * steady.rated)[steady.joined(state)[0] >= 0].sum())
    try:
        flow, why = steady.unlimited(state)
    except EngineError:
        flow, why = None, "engine"
    each = _price(steady, prices) / network.plants.efficiency_at(supply)
    if flow is None or why == "cool":
        # nobody knows the losses of what has no answer: they are 0 or more
        least = float(each.min()) * asked / 1000
        return Point(supply_c, False, why or "engine", least, 0.0, asked / 1000, 0.0, 0.0, 0.0)
    short = network.consumers.least_supply - flow.supply > 1e-3
    reason = why or ("substation" if short.any() else "")
    produced = np.nan_to_num(flow.produced) / 1000
    lift = _needed_lift(steady, flow)
    power = lift * BAR * np.abs(np.nan_to_num(flow.volume)) / network.plants.pump_efficiency / 1000
    return Point(
        supply_c=supply_c,
        allowed=not reason,
        reason=reason,
        heat_eur_h=float((produced * each).sum()),
        pump_eur_h=float(power.sum()) * prices.electricity,
        produced_kw=float(produced.sum()),
        losses_kw=float(steady.losses(flow).sum()) / 1000,
        pump_kw=float(power.sum()),
        lift_bar=float(lift.max()),
    )


def _price(steady: Steady, prices: Prices) -> FloatArray:
    fuels = steady.network.plants.fuels
    return np.array([prices.electricity if f == "electricity" else prices.fuel for f in fuels])


def _needed_lift(steady: Steady, flow: Flow) -> FloatArray:
    """Pressure that leaves the worst substation just what it needs, bar, shape (plant,).

    Consumers set their flow, so that pressure losses do not depend on the pump's pressure.
    """
    spare = flow.pressure - steady.network.consumers.least_pressure
    return np.asarray(steady.network.plants.lift - float(np.nanmin(spare)))


def optimise(
    steady: Steady,
    outdoor: float,
    limits_c: tuple[float, float],
    prices: Prices,
    progress: Callable[[int], None] = lambda done: None,
) -> Optimum:
    """The cheapest supply temperature between limits, with what is known of its optimality.

    Parameters
    ----------
    steady, outdoor
        The network, and the outdoor temperature, K.
    limits_c
        Lowest and highest supply temperature, °C.
    prices
        What energy costs.
    progress
        Called with 1 for each temperature solved.

    Raises
    ------
    RangeError
        If the limits or the network leave nothing to choose.
    """
    low, high = limits_c
    if not low < high:
        raise RangeError("the lowest supply temperature must lie below the highest")
    if np.isnan(steady.network.consumers.heat).any():
        raise RangeError("consumers that set their flow take more heat from warmer water: give "
                         "all of them qext_w and a return temperature or cooling")  # fmt: skip
    solved: dict[float, Point] = {}

    def at(supply_c: float) -> Point:
        if supply_c not in solved:
            solved[supply_c] = cost_at(steady, outdoor, supply_c, prices)
            progress(1)
        return solved[supply_c]

    ends = np.linspace(low, high, PARTS + 1).tolist()
    heap = [(_bound(at(a), at(b)), a, b) for a, b in pairwise(ends)]
    heapq.heapify(heap)
    done = float("inf")  # least bound of what is not cut finer
    while heap:
        best = min((p.cost_eur_h for p in solved.values() if p.allowed), default=float("inf"))
        bound, a, b = heapq.heappop(heap)
        if bound >= best * (1 - GAP):
            done = min(done, bound)
            break
        if b - a <= FINEST_C:
            done = min(done, bound)
            continue
        middle = (a + b) / 2
        for pair in ((a, middle), (middle, b)):
            heapq.heappush(heap, (_bound(at(pair[0]), at(pair[1])), *pair))
    points = tuple(solved[key] for key in sorted(solved))
    allowed = [point for point in points if point.allowed]
    cheapest = min(allowed, key=lambda point: point.cost_eur_h) if allowed else None
    return Optimum(cheapest, done, points, _monotone(points))


def _bound(cool: Point, warm: Point) -> float:
    """What no temperature from the cool to the warm end can cost less than.

    Where the warm end is too cool for somebody, so is all below it.
    """
    if warm.reason in ("substation", "cool", "pressure"):
        return float("inf")
    return cool.heat_eur_h + warm.pump_eur_h


def _monotone(points: tuple[Point, ...]) -> bool:
    """True if heat does not fall and pumping does not rise where everybody is served.

    And if no temperature is too cool above one that is warm enough.
    """
    good = [point for point in points if point.allowed]
    cool = [
        point.supply_c for point in points if point.reason in ("substation", "cool", "pressure")
    ]
    heat = np.diff([point.heat_eur_h for point in good])
    pump = np.diff([point.pump_eur_h for point in good])
    tolerance = 1e-5 * max((point.cost_eur_h for point in good), default=1.0)
    ordered = not good or not cool or max(cool) < good[0].supply_c
    return bool((heat >= -tolerance).all() and (pump <= tolerance).all() and ordered)
