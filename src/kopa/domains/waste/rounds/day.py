"""Rounds of a day: planned against today's, and planned anew while they are driven."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from kopa.domains.waste.fill import Forecast
from kopa.domains.waste.network import Network
from kopa.domains.waste.routing.problem import Stop, Tour
from kopa.errors import Finding, UsageError
from kopa.model import FloatArray

from .day_tasks import Choice, Ground, Prepared, Prices, Wish, crews
from .planning import plan
from .plans import Plan, names_of
from .replanning import Event, replan
from .tasks import Task
from .walk import simulate
from .ways import Ways, on_streets, with_positions

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Sums:
    """What rounds take.

    Parameters
    ----------
    emptied, trips
        Containers, and loads brought to plants.
    distance_m, hours, litres, kgco2e, cost_eur
        Of all trucks.
    """

    emptied: int = 0
    trips: int = 0
    distance_m: float = 0.0
    hours: float = 0.0
    litres: float = 0.0
    kgco2e: float = 0.0
    cost_eur: float = 0.0

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.emptied + other.emptied,
            self.trips + other.trips,
            self.distance_m + other.distance_m,
            self.hours + other.hours,
            self.litres + other.litres,
            self.kgco2e + other.kgco2e,
            self.cost_eur + other.cost_eur,
        )


@dataclass(frozen=True)
class StreamRounds:
    """Rounds of one stream.

    Parameters
    ----------
    stream
        Its name.
    choice
        What was to be emptied.
    plan
        Its rounds.
    today
        Today's rounds on the same day, None where there are none.
    prices
        Of fuel.
    """

    stream: str
    choice: Choice
    plan: Plan
    today: Plan | None
    prices: Prices

    @cached_property
    def sums(self) -> Sums:
        """What the plan takes."""
        return sums_of(self.plan, self.prices)

    @cached_property
    def baseline(self) -> Sums | None:
        """What today's rounds take."""
        return None if self.today is None else sums_of(self.today, self.prices)


@dataclass(frozen=True)
class DayRounds:
    """Rounds of a day.

    Parameters
    ----------
    streams
        One a stream that is collected.
    findings
        What is wrong or at risk.
    idle
        Streams that no truck collects on the day.
    """

    streams: tuple[StreamRounds, ...]
    findings: tuple[Finding, ...] = ()
    idle: tuple[str, ...] = field(default=())

    @property
    def status(self) -> str:
        """``ok``; ``partial`` if something that must be emptied is not; ``unknown``."""
        found = {one.plan.status for one in self.streams}
        return next((word for word in ("unknown", "partial") if word in found), "ok")


def sums_of(plan: Plan, prices: Prices) -> Sums:
    """What a plan takes.

    Parameters
    ----------
    plan
        The plan; its trucks' cost by the kilometre has driving's fuel in it.
    prices
        Of fuel.
    """
    lifts = sum(
        plan.task.trucks[tour.truck].litres_per_stop * len(tour.stops) for tour in plan.tours
    )
    return Sums(
        len(plan.emptied),
        plan.trips,
        plan.distance_m,
        plan.hours,
        plan.litres,
        plan.litres * prices.kgco2e_litre,
        plan.cost_eur + lifts * prices.eur_litre,
    )


def day_rounds(
    network: Network, told: Forecast, wish: Wish, progress: Progress = lambda step: None
) -> DayRounds:
    """Plan the rounds of a day, stream by stream: a truck has one stream a day.

    Parameters
    ----------
    network
        What there is.
    told
        Levels from the day on, for `AHEAD` days.
    wish
        What is asked.
    progress
        Told of each step.

    Raises
    ------
    InputError
        If a truck has no costs, or nobody takes a stream.
    """
    prepared = _prepared(network, told, wish, progress)
    many = sum(len(one.task.stops.ids) for one in prepared)
    found = []
    for one in prepared:
        progress(one.stream)
        share = len(one.task.stops.ids) / max(many, 1)
        effort = replace(wish.effort, seconds=wish.effort.seconds * share)
        made = plan(one.task, effort, known=one.known)
        found.append(StreamRounds(one.stream, one.choice, made, one.today, wish.prices))
    return _day(network, found)


@dataclass(frozen=True)
class Now:
    """What happened during a shift.

    Parameters
    ----------
    at_s
        When, s after midnight.
    broken
        Ids of the trucks that drive no more.
    speed
        Of each street from now on, as `Wish` has it.
    """

    at_s: float
    broken: Collection[str] = ()
    speed: FloatArray | None = None


Driven = Mapping[str, Mapping[str, Sequence[tuple[str, str]]]]
"""By stream and truck: ``stop`` or ``dump``, and the id, in order."""


def resume(
    network: Network,
    told: Forecast,
    wish: Wish,
    driven: Driven,
    now: Now,
    progress: Progress = lambda step: None,
) -> DayRounds:
    """Plan the rest of a day anew.

    Parameters
    ----------
    network, told, wish, progress
        As for the plan that is driven.
    driven
        Its tours.
    now
        What happened.

    Raises
    ------
    InputError
        If a truck has no costs, or nobody takes a stream.
    UsageError
        If the tours are of other containers, trucks or facilities.
    """
    seconds = network.driving.seconds(now.speed)
    prepared = _prepared(network, told, wish, progress)
    trucks = {truck.name for one in prepared for truck in one.task.trucks}
    for name in sorted(set(now.broken) - trucks):
        raise UsageError(f"'{name}' is no truck of the day: {', '.join(sorted(trucks))}")
    found = []
    for one in prepared:
        progress(one.stream)
        before = simulate(one.task, _orders(one.task, driven.get(one.stream, {})))
        ways = Ways(network.driving.router, one.task, network.driving.seconds(wish.speed))
        task, positions = with_positions(one.task, ways.positions(before, now.at_s))
        mine = {truck.name for truck in task.trucks} & set(now.broken)
        event = Event(now.at_s, mine, positions)
        effort = replace(wish.effort, seconds=wish.effort.seconds / len(prepared))
        made = replan(on_streets(task, network.driving.router, seconds), before, event, effort)
        found.append(StreamRounds(one.stream, one.choice, made, before, wish.prices))
    return _day(network, found)


def _prepared(network: Network, told: Forecast, wish: Wish, progress: Progress) -> list[Prepared]:
    progress("streets")
    ground = Ground(network, wish)
    crew = crews(network, wish)
    return [
        ground.prepare(stream, crew[stream], told)
        for stream in network.by_stream
        if crew.get(stream)
    ]


def _day(network: Network, found: Sequence[StreamRounds]) -> DayRounds:
    findings: list[Finding] = []
    for one in found:
        findings += [told for told in one.plan.findings if told not in findings]
    collected = {one.stream for one in found}
    idle = tuple(one for one in network.by_stream if one not in collected)
    return DayRounds(tuple(found), tuple(findings), idle)


def _orders(task: Task, driven: Mapping[str, Sequence[tuple[str, str]]]) -> list[Tour]:
    """Tours in rows of a task."""
    trucks = {name: row for row, names in enumerate(names_of(task.trucks)) for name in names}
    stops = {name: row for row, name in enumerate(task.stops.ids)}
    dumps = {name: row for row, name in enumerate(task.dumps.ids)}
    found = []
    for truck, visits in driven.items():
        if truck not in trucks:
            raise UsageError(f"the plan that is driven has a truck '{truck}' that is not there")
        order = []
        for kind, name in visits:
            row = (dumps if kind == "dump" else stops).get(name)
            if row is None:
                raise UsageError(f"the plan that is driven has a {kind} '{name}' that is not due")
            order.append(Stop(row, depot=kind == "dump"))
        found.append(Tour(trucks[truck], tuple(order)))
    return found
