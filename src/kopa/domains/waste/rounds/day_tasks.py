"""What is to be emptied on a day, and the places, ways and trucks for it.

A container must be emptied if it may flow over before the next chance, or its interval ends. One
that is half full may: emptying it early saves part of a later visit, so its prize is what a visit
costs today × how full it is. The rest need not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from kopa.domains.waste.calendar import DAY_S, driven_on, last_emptied
from kopa.domains.waste.fill import Forecast
from kopa.domains.waste.network import Network
from kopa.domains.waste.parts import Round
from kopa.domains.waste.routing.problem import Effort, Stop, Tour
from kopa.errors import Finding, InputError
from kopa.geo.matrix import matrix
from kopa.model import FloatArray, IntArray

from .plans import Plan
from .tasks import Sites, Task, TruckType, stops_of
from .walk import simulate

HALF = 0.5
"""A container that is less full need not be emptied."""
RISK = 0.1
"""Probability of flowing over before the next chance from which a container must be emptied."""
AHEAD = 29
"""Days that a forecast of levels covers."""
LITRES = 1000.0


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
class Prepared:
    """A stream's task on a day.

    Parameters
    ----------
    stream
        Its name.
    choice
        What is to be emptied.
    task
        With what must and what may.
    today
        Today's rounds on the same streets, None where there are none.
    known
        Today's order of what must and may be emptied.
    """

    stream: str
    choice: Choice
    task: Task
    today: Plan | None
    known: Sequence[Tour]


def crews(network: Network, wish: Wish) -> dict[str, list[int]]:
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


class Ground:
    """Places of a day, and the ways between them.

    Parameters
    ----------
    network
        What there is.
    wish
        What is asked.

    Raises
    ------
    InputError
        If a truck has no costs.
    """

    def __init__(self, network: Network, wish: Wish) -> None:
        priced(network)
        self._network, self._wish = network, wish
        nodes = np.concatenate([network.container_nodes, network.facility_nodes])
        self._node, self._place = np.unique(nodes, return_inverse=True)
        self.seconds = network.driving.seconds(wish.speed)
        self._ways = matrix(network.driving.router, self._node, self._node, self.seconds)

    def prepare(self, stream: str, crew: Sequence[int], told: Forecast) -> Prepared:
        """The task of a stream for its crew.

        Parameters
        ----------
        stream, crew
            What is collected, by which trucks.
        told
            Levels from the day on, for `AHEAD` days.

        Raises
        ------
        InputError
            If no facility takes the stream.
        """
        today = [one for one in driven_on(self._network, self._wish.day) if one.truck in crew]
        usual = np.concatenate([[], *(one.stops for one in today)]).astype(np.int64)
        usual = np.intersect1d(usual, self._network.by_stream[stream])
        chosen = choose(self._network, stream, told, self._wish)
        wanted = np.concatenate([chosen.must, chosen.may])
        both = np.union1d(wanted, usual)
        task = self._task(stream, both, crew, told)
        baseline = simulate(task, _orders(today, crew, both)) if today else None
        prize = np.full(len(both), np.nan)
        may = np.isin(both, chosen.may)
        full = np.clip(np.nan_to_num(chosen.level[both[may]]), 0, 1)
        prize[may] = _visit_eur(task, baseline) * full
        rows = np.flatnonzero(np.isin(both, wanted))
        stops = replace(task.stops, prize_eur=prize).part(rows)
        known = _orders(today, crew, both[rows])
        return Prepared(stream, chosen, replace(task, stops=stops), baseline, known)

    def _task(self, stream: str, rows: IntArray, crew: Sequence[int], told: Forecast) -> Task:
        network, wish = self._network, self._wish
        some, plants = network.containers, network.facilities
        middle = float(np.mean((network.trucks.starts + network.trucks.ends)[list(crew)])) / 2
        grown = np.nan_to_num(told.mid[0] - told.now) * min(middle / DAY_S, 1.0)
        share = np.nan_to_num(told.now + grown, nan=1.0)[rows]  # what is unknown may be full
        kg = np.maximum(share, 0.0) * some.full[rows]
        begin = float(network.trucks.starts[list(crew)].min())
        early, late = in_shift(some.early[rows], some.late[rows], begin)
        stops = stops_of(
            {
                "ids": [some.ids[row] for row in rows.tolist()],
                "place": self._place[rows],
                "kg": kg,
                "litres": kg / some.density[rows] * LITRES,
                "service_s": some.service[rows],
                "early_s": early,
                "late_s": late,
            }
        )
        depots = sorted({int(network.trucks.depot[truck]) for truck in crew})
        dumps = [row for row in plants.taking(stream) if row not in wish.shut]
        if not dumps:
            what = f"no facility takes {stream} on this day."
            do = "Open one, or name the stream in streams of another."
            raise InputError([Finding("waste.no-dump", what, do)])
        return Task(
            stops,
            self._sites(depots, begin, depot=True),
            self._sites(dumps, begin, depot=False),
            tuple(truck_type(network, truck, depots, wish.prices) for truck in crew),
            self._ways.seconds,
            self._ways.metres,
            wish.prices.kgco2e_litre,
            self._node,
        )

    def _sites(self, rows: Sequence[int], begin: float, depot: bool) -> Sites:
        plants, at = self._network.facilities, np.array(rows, dtype=np.int64)
        first = len(self._network.containers)
        blank = np.zeros(len(at))
        opens, closes = in_shift(plants.opens[at], plants.closes[at], begin)
        return Sites(
            tuple(plants.ids[row] for row in rows),
            self._place[first + at],
            blank if depot else plants.unload[at],
            blank if depot else opens,
            blank + np.inf if depot else closes,
        )


def in_shift(early: FloatArray, late: FloatArray, begin: float) -> tuple[FloatArray, FloatArray]:
    """Windows of the clock as a shift meets them, s after the midnight before it.

    What is open all day is open past midnight too; a window that is over before the shift begins
    is the next day's.

    Parameters
    ----------
    early, late
        s since midnight.
    begin
        When the first truck begins, s.
    """
    always = (early <= 0) & (late >= DAY_S)
    later = np.where(late < begin, float(DAY_S), 0.0)
    return np.where(always, 0.0, early + later), np.where(always, np.inf, late + later)


def truck_type(network: Network, row: int, depots: Sequence[int], prices: Prices) -> TruckType:
    """A truck as the planner has it; its cost by the kilometre has driving's fuel in it.

    Parameters
    ----------
    network, row
        Whose truck.
    depots
        Facility rows of the task's depots.
    prices
        Of fuel.
    """
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


def priced(network: Network) -> None:
    """Raise an `InputError` where a truck has no costs."""
    trucks = network.trucks
    without = np.flatnonzero(np.isnan(trucks.hourly) | np.isnan(trucks.per_km)).tolist()
    if without:
        names = ", ".join(trucks.ids[row] for row in without[:5])
        what = f"{len(without)} trucks have no costs: {names}."
        do = "Give cost_eur_h and cost_eur_km: the cheapest rounds cannot be found without."
        raise InputError([Finding("waste.no-cost", what, do)])


def _orders(today: Sequence[Round], crew: Sequence[int], rows: IntArray) -> list[Tour]:
    """Today's rounds over some containers, as rows of these."""
    number = {container: row for row, container in enumerate(rows.tolist())}
    return [
        Tour(
            list(crew).index(one.truck),
            tuple(Stop(number[stop]) for stop in one.stops.tolist() if stop in number),
        )
        for one in today
    ]


def _visit_eur(task: Task, baseline: Plan | None) -> float:
    """What emptying a container costs today; without rounds, ten minutes of the cheapest truck."""
    if baseline is not None and len(baseline.emptied):
        return baseline.cost_eur / len(baseline.emptied)
    return min(truck.cost_eur_h for truck in task.trucks) / 6


def next_chance(network: Network, stream: str, day: int) -> int:
    """Days from a day to the next on which today's rounds collect a stream.

    No more than a forecast covers; 1 where no round ever does.
    """
    streams = network.containers.streams
    for ahead in range(1, AHEAD):
        if any(streams[one.stops[0]] == stream for one in driven_on(network, day + ahead)):
            return ahead
    some = any(streams[stop] == stream for one in network.rounds for stop in one.stops.tolist())
    return AHEAD - 1 if some else 1


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
