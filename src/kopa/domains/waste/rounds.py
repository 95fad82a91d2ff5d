"""Tomorrow's rounds of a city: what must, may and need not be emptied, against today's rounds.

A container must be emptied if it may flow over before the next chance, or its interval ends. One
that is half full may: emptying it early saves part of a later visit, so its prize is what a visit
costs today × how full it is. The rest need not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from kopa.errors import Finding, InputError
from kopa.geo.matrix import matrix
from kopa.model import FloatArray, IntArray

from .calendar import DAY_S, driven_on, last_emptied
from .fill import Forecast
from .network import Network, Round
from .planning import plan
from .plans import Plan
from .routing import Effort, Stop, Tour
from .tasks import Sites, Stops, Task, TruckType
from .walk import simulate

HALF = 0.5
"""A container that is less full need not be emptied."""
RISK = 0.1
"""Probability of flowing over before the next chance from which a container must be emptied."""
AHEAD = 8
"""Days that a forecast of levels covers."""
LITRES = 1000.0
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Prices:
    """What fuel costs and gives off.

    Parameters
    ----------
    eur_litre, kgco2e_litre
        By the litre.
    """

    eur_litre: float
    kgco2e_litre: float


@dataclass(frozen=True)
class Wish:
    """What rounds are asked for.

    Parameters
    ----------
    day
        Days since 1970-01-01.
    effort
        How long to search, all streams together.
    prices
        Of fuel.
    risk
        See `RISK`.
    intervals
        False: how long ago a container was emptied does not matter.
    all_trucks
        True: also trucks without a round on the day drive.
    broken, shut
        Trucks that do not drive, and facilities that take nothing, by row.
    speed
        Of each street over the usual one, 0 where closed, shape (street,); None for the usual.
    """

    day: int
    effort: Effort
    prices: Prices
    risk: float = RISK
    intervals: bool = True
    all_trucks: bool = False
    broken: frozenset[int] = frozenset()
    shut: frozenset[int] = frozenset()
    speed: FloatArray | None = None


@dataclass(frozen=True)
class Choice:
    """What is to be emptied of a stream.

    Parameters
    ----------
    must, may, need_not
        Containers, each in one of them.
    why
        By container that must be emptied: ``flows over``, ``interval`` or ``unknown``.
    level
        Share of its volume that is full in the morning, NaN where unknown, shape (container,).
    """

    must: IntArray
    may: IntArray
    need_not: IntArray
    why: dict[int, str]
    level: FloatArray


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
        Its rounds; stops are rows of `containers`.
    containers
        Container of each stop of the task, shape (stop,).
    today
        Today's rounds on the same day, None where there are none.
    trucks
        Row of the truck of each of the task's trucks.
    prices
        Of fuel.
    """

    stream: str
    choice: Choice
    plan: Plan
    containers: IntArray
    today: Plan | None
    trucks: tuple[int, ...]
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
        If a truck has no costs.
    """
    _priced(network)
    crews = _crews(network, wish)
    streams = [one for one in network.by_stream if crews.get(one)]
    idle = tuple(one for one in network.by_stream if not crews.get(one))
    many = sum(len(network.by_stream[one]) for one in streams)
    progress("streets")
    ground = _Ground(network, wish)
    found: list[StreamRounds] = []
    for stream in streams:
        progress(stream)
        share = len(network.by_stream[stream]) / many
        effort = replace(wish.effort, seconds=wish.effort.seconds * share)
        found.append(ground.stream(stream, crews[stream], told, replace(wish, effort=effort)))
    findings = [finding for one in found for finding in one.plan.findings]
    return DayRounds(tuple(found), tuple(dict.fromkeys(findings)), idle)


def _priced(network: Network) -> None:
    trucks = network.trucks
    without = np.flatnonzero(np.isnan(trucks.hourly) | np.isnan(trucks.per_km)).tolist()
    if without:
        names = ", ".join(trucks.ids[row] for row in without[:5])
        what = f"{len(without)} trucks have no costs: {names}."
        do = "Give cost_eur_h and cost_eur_km: the cheapest rounds cannot be found without."
        raise InputError([Finding("waste.no-cost", what, do)])


def _crews(network: Network, wish: Wish) -> dict[str, list[int]]:
    """Trucks that drive on the day, by the stream that they collect."""
    today = {one.truck: one for one in driven_on(network, wish.day)}
    found: dict[str, list[int]] = {}
    for truck, streams in enumerate(network.trucks.streams):
        if truck in wish.broken:
            continue
        if truck in today:
            first = int(today[truck].stops[0])
            found.setdefault(network.containers.streams[first], []).append(truck)
        elif wish.all_trucks or not network.rounds:
            found.setdefault(min(streams), []).append(truck)
    return found


class _Ground:
    """Places of a day, and the ways between them."""

    def __init__(self, network: Network, wish: Wish) -> None:
        self._network = network
        nodes = np.concatenate([network.container_nodes, network.facility_nodes])
        self._node, self._place = np.unique(nodes, return_inverse=True)
        seconds = None
        if wish.speed is not None:
            of_edge = np.ones(network.streets.edges)
            of_edge[network.driven] = wish.speed
            with np.errstate(divide="ignore"):
                seconds = network.roads.seconds / of_edge[network.roads.edge]
        ways = matrix(network.router, self._node, self._node, seconds)
        self._seconds, self._metres = ways.seconds, ways.metres

    def stream(self, stream: str, crew: Sequence[int], told: Forecast, wish: Wish) -> StreamRounds:
        """Rounds of a stream by its crew."""
        network = self._network
        today = [one for one in driven_on(network, wish.day) if one.truck in crew]
        usual = np.concatenate([[], *(one.stops for one in today)]).astype(np.int64)
        chosen = choose(network, stream, told, wish)
        both = np.union1d(np.concatenate([chosen.must, chosen.may]), usual)
        task = self._task(stream, both, crew, told, wish)
        baseline = simulate(task, _orders(today, crew, both)) if today else None
        wanted = np.flatnonzero(np.isin(both, np.concatenate([chosen.must, chosen.may])))
        prize = np.full(len(both), np.nan)
        visit = _visit_eur(task, baseline)
        may = np.isin(both, chosen.may)
        prize[may] = visit * np.clip(np.nan_to_num(chosen.level[both[may]]), 0, 1)
        stops = _some(replace(task.stops, prize_eur=prize), wanted)
        found = plan(replace(task, stops=stops), wish.effort)
        crews = tuple(crew)
        return StreamRounds(stream, chosen, found, both[wanted], baseline, crews, wish.prices)

    def _task(
        self, stream: str, rows: IntArray, crew: Sequence[int], told: Forecast, wish: Wish
    ) -> Task:
        network, some, plants = self._network, self._network.containers, self._network.facilities
        middle = float(np.mean((network.trucks.starts + network.trucks.ends)[list(crew)])) / 2
        grown = np.nan_to_num(told.mid[0] - told.now) * min(middle / DAY_S, 1.0)
        share = np.nan_to_num(told.now + grown, nan=1.0)[rows]  # what is unknown may be full
        kg = np.maximum(share, 0.0) * some.full[rows]
        stops = Stops(
            tuple(some.ids[row] for row in rows.tolist()),
            self._place[rows],
            kg,
            kg / some.density[rows] * LITRES,
            some.service[rows],
            some.early[rows],
            some.late[rows],
            np.full(len(rows), np.nan),
        )
        depots = sorted({int(network.trucks.depot[truck]) for truck in crew})
        dumps = [row for row in plants.taking(stream) if row not in wish.shut]
        if not dumps:
            what = f"no facility takes {stream} on this day."
            do = "Open one, or name the stream in streams of another."
            raise InputError([Finding("waste.no-dump", what, do)])
        return Task(
            stops,
            self._sites(depots, depot=True),
            self._sites(dumps, depot=False),
            tuple(_truck(network, truck, depots, wish.prices) for truck in crew),
            self._seconds,
            self._metres,
            wish.prices.kgco2e_litre,
            self._node,
        )

    def _sites(self, rows: Sequence[int], depot: bool) -> Sites:
        plants, at = self._network.facilities, np.array(rows, dtype=np.int64)
        first = len(self._network.containers)
        blank = np.zeros(len(at))
        return Sites(
            tuple(plants.ids[row] for row in rows),
            self._place[first + at],
            blank if depot else plants.unload[at],
            blank if depot else plants.opens[at],
            blank + np.inf if depot else plants.closes[at],
        )


def _truck(network: Network, row: int, depots: Sequence[int], prices: Prices) -> TruckType:
    trucks = network.trucks
    start, end = float(trucks.starts[row]), float(trucks.ends[row])
    return TruckType(
        trucks.ids[row],
        1,
        float(trucks.payload[row]),
        float(trucks.body[row]) * LITRES,
        start,
        end,
        (end - start) / 3600,
        float(trucks.hourly[row]),
        float(trucks.per_km[row] + trucks.litres_km[row] * prices.eur_litre),
        litres_per_km=float(trucks.litres_km[row]),
        litres_per_stop=float(trucks.litres_stop[row]),
        speed=float(trucks.speed[row]),
        depot=list(depots).index(int(trucks.depot[row])),
    )


def _orders(today: Sequence[Round], crew: Sequence[int], rows: IntArray) -> list[Tour]:
    return [
        Tour(
            list(crew).index(one.truck),
            tuple(Stop(int(row)) for row in np.searchsorted(rows, one.stops)),
        )
        for one in today
    ]


def _visit_eur(task: Task, baseline: Plan | None) -> float:
    """What emptying a container costs today; without rounds, ten minutes of the cheapest truck."""
    if baseline is not None and len(baseline.emptied):
        return baseline.cost_eur / len(baseline.emptied)
    return min(truck.cost_eur_h for truck in task.trucks) / 6


def _some(stops: Stops, rows: IntArray) -> Stops:
    ids = tuple(stops.ids[row] for row in rows.tolist())
    parts = {name: value[rows] for name, value in stops.__dict__.items() if name != "ids"}
    return Stops(ids, **parts)


def next_chance(network: Network, stream: str, day: int) -> int:
    """Days from a day to the next on which today's rounds collect a stream; 1 if none does."""
    streams = network.containers.streams
    for ahead in range(1, AHEAD):
        if any(streams[one.stops[0]] == stream for one in driven_on(network, day + ahead)):
            return ahead
    return 1


def choose(network: Network, stream: str, told: Forecast, wish: Wish) -> Choice:
    """What must, may and need not be emptied of a stream.

    Parameters
    ----------
    network
        What there is.
    stream
        The stream.
    told
        Levels from the day on, for `AHEAD` days.
    wish
        The day, the risk, and whether intervals count.
    """
    interval = network.containers.interval
    ahead = next_chance(network, stream, wish.day)
    # what is not emptied waits for the next chance, which is over at the end of its day
    risk, later = told.risk[ahead], told.mid[ahead]
    waits = wish.day + ahead - np.floor(last_emptied(network, float(wish.day)))
    why: dict[int, str] = {}
    must, may, rest = [], [], []
    for row in network.by_stream[stream].tolist():
        if np.isnan(told.mid[0, row]):
            why[row] = "unknown"
        elif risk[row] > wish.risk or (np.isnan(risk[row]) and later[row] > 1):
            why[row] = "flows over"
        elif wish.intervals and waits[row] > interval[row]:
            why[row] = "interval"
        if row in why:
            must.append(row)
        elif told.mid[0, row] >= HALF:
            may.append(row)
        else:
            rest.append(row)
    as_rows = [np.array(part, dtype=np.int64) for part in (must, may, rest)]
    return Choice(as_rows[0], as_rows[1], as_rows[2], why, told.now)
