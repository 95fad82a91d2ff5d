"""Plans rounds: which stops are emptied, by which truck, in which order, and where it unloads.

Dumps are depots where a truck empties its load on the way. Every tour ends with a load, so its
last leg goes over a dump: the matrix of the engine has an end of its own for each depot, and the
way to it holds the cheapest dump, its unloading and its way home. Costs are whole 1e-4 EUR, times
are rounded up and capacities down, so that a plan that holds for the engine holds in the walk.
What must be emptied has a prize above all costs instead of a rule: where trucks lack time, the
plan says what is left, and is no failure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from kopa.domains.waste.routing.problem import (
    FAR,
    NEVER,
    Clients,
    Depots,
    Effort,
    Problem,
    Stop,
    Tour,
    Truck,
)
from kopa.domains.waste.routing.search import best_of
from kopa.errors import Finding
from kopa.model import BoolArray, FloatArray, IntArray

from .leftovers import why_skipped
from .plans import Plan, Skipped
from .tasks import Task, TruckType
from .walk import best_dump, simulate

UNIT_EUR = 1e-4
"""Costs inside the engine are whole multiples of this."""
PENALTY = 1e6
"""Most that the engine charges for a unit too much of load or time: above that it would rather
overload a truck by 1 kg than leave out what must be emptied."""
FIRST_PENALTY = 1e3
"""What it charges at first: 10 EUR for 10 kg or 100 s, so that it dares to try."""
KG_UNITS = 10
"""Units of load in a kilogram."""
Progress = Callable[[str], None]
"""Told of each step."""


def plan(
    task: Task,
    effort: Effort,
    progress: Progress = lambda step: None,
    known: Sequence[Tour] = (),
) -> Plan:
    """The cheapest rounds that a search finds, walked by a checker of our own.

    Parameters
    ----------
    task
        What is asked.
    effort
        How long to search.
    progress
        Told of each step.
    known
        Rounds that are known, such as those that are driven: the plan is no worse, if they hold.
    """
    model = _Model(task)
    findings = list(_stuck(task, model))
    progress("search")
    orders: Sequence[Tour] = ()
    reason = ""
    if len(model.rows) and model.trucks:
        found = best_of([model.problem()], effort)
        orders, reason = model.orders(found.tours), found.reason
    progress("check")
    choices = [] if reason else [simulate(task, _all_home(task, model, orders))]
    choices += [simulate(task, _all_home(task, model, known))] if known else []
    if not choices:
        return Plan(task, (), (), tuple(findings), reason)
    walked = min(choices, key=_worth)
    reason = _broken(walked)
    duty = task.stops.duty
    left = model.rows[~np.isin(duty[model.rows], duty[walked.emptied])]
    skipped = [*model.skipped, *why_skipped(walked, left)]
    skipped.sort(key=lambda one: one.row)
    findings += _told(task, skipped)
    return replace(walked, skipped=tuple(skipped), findings=tuple(findings), reason=reason)


def _all_home(task: Task, model: _Model, orders: Sequence[Tour]) -> list[Tour]:
    """Orders of trucks that can move; one on its way that has none goes home over a dump."""
    kept = [order for order in orders if order.truck in model.trucks]
    used = {order.truck for order in kept}
    out = [row for row in model.trucks if task.trucks[row].begins is not None]
    return [*kept, *(Tour(row, ()) for row in out if row not in used)]


def _broken(walked: Plan) -> str:
    """Why rounds cannot be driven; empty if they can."""
    wrong = [f"{tour.name}: {what}" for tour in walked.tours for what in tour.wrong]
    return walked.reason or "; ".join(wrong)


def _worth(walked: Plan) -> tuple[bool, int, float]:
    """Rounds are the better the smaller this is."""
    stops = walked.task.stops
    left = ~np.isin(stops.duty, stops.duty[walked.emptied])
    missed = dict(zip(stops.duty[left].tolist(), stops.prize_eur[left].tolist(), strict=True))
    must = sum(np.isnan(eur) for eur in missed.values())
    return bool(_broken(walked)), must, walked.cost_eur + float(np.nansum(list(missed.values())))


def _stuck(task: Task, model: _Model) -> list[Finding]:
    """Depots that trucks cannot leave, or not come back to."""
    found = []
    for depot in sorted({truck.depot for truck in task.trucks}):
        rows = [row for row, truck in enumerate(task.trucks) if truck.depot == depot]
        if not any(row in model.trucks for row in rows):
            name = task.depots.ids[depot]
            what = f"no truck can leave the depot {name}, unload and come back."
            do = "Open a street to it and to a dump, or move the trucks to another depot."
            found.append(Finding("waste.depot-shut", what, do, asset=name, values={"depot": name}))
    for row, truck in enumerate(task.trucks):
        if truck.begins is not None and row not in model.trucks:
            what = f"{truck.name} cannot come to a dump and home: it stays where it is."
            values = {"truck": truck.name}
            found.append(Finding("waste.cut-off", what, "Open a street.", values=values))
    return found


def _told(task: Task, skipped: Sequence[Skipped]) -> list[Finding]:
    """What must be emptied and is not."""
    words = {
        "no truck time": "no truck has the time or the room for it",
        "no truck carries it": "it is more than any truck carries",
        "unreachable": "no way leads to it and on to a dump",
        "not worth it": "the search left it out",
    }
    found = []
    for one in skipped:
        if task.stops.must[one.row]:
            name = task.stops.ids[one.row]
            what = f"{name} must be emptied, and is not: {words[one.why]}."
            do = "Send another truck, or a longer shift; see which streets are closed."
            values = {"stop": name, "why": one.why}
            found.append(
                Finding("waste.not-emptied", what, do, "warning", asset=name, values=values)
            )
    return found


@dataclass(frozen=True)
class _Profile:
    """What makes two kinds of trucks share matrices."""

    depot: int
    speed: float
    cost_eur_h: float
    cost_eur_km: float


class _Model:
    """A task as the engine has it.

    Rows of its matrices: starts (one a kind of truck), dumps, ends (one a kind), then places of
    stops.

    Parameters
    ----------
    task
        What is asked.
    """

    def __init__(self, task: Task) -> None:
        self._task = task
        self.trucks = [row for row, truck in enumerate(task.trucks) if _moves(task, truck)]
        why = _cannot(task, [task.trucks[row] for row in self.trucks])
        self.rows: IntArray = np.flatnonzero(why == 0)
        duty = task.stops.duty
        never = np.flatnonzero(~np.isin(duty, duty[self.rows]))
        _, first = np.unique(duty[never], return_index=True)
        self.skipped = [
            Skipped(row, "unreachable" if why[row] == 1 else "no truck carries it")
            for row in never[first].tolist()
        ]

    @cached_property
    def _places(self) -> tuple[IntArray, IntArray]:
        """Distinct places of stops, and which of them each stop is."""
        found, back = np.unique(self._task.stops.place[self.rows], return_inverse=True)
        return found, back

    def problem(self) -> Problem:
        """As the engine takes it."""
        task, many, dumps = self._task, len(self.trucks), len(self._task.dumps.ids)
        kinds = [task.trucks[row] for row in self.trucks]
        profiles = list(dict.fromkeys(_profile(truck) for truck in kinds))
        pairs = [self._matrices(profile, kinds) for profile in profiles]
        trucks = tuple(
            self._truck(truck, at, profiles.index(_profile(truck)))
            for at, truck in enumerate(kinds)
        )
        opened, shut = zip(*(_end_window(task, truck) for truck in kinds), strict=True)
        always = np.zeros(many, dtype=np.int64)
        depots = Depots(
            place=np.arange(2 * many + dumps),
            early=np.concatenate([always, _up(task.dumps.early_s), opened]),
            late=np.concatenate([always + NEVER, _down(task.dumps.late_s), shut]),
            service=np.concatenate([always, _up(task.dumps.service_s), always]),
        )
        distance, time = zip(*pairs, strict=True)
        return Problem(
            distance, time, self._clients(2 * many + dumps), depots, trucks, PENALTY, FIRST_PENALTY
        )

    def orders(self, tours: Sequence[Tour]) -> list[Tour]:
        """Tours of the engine in rows of the task."""
        first_dump = len(self.trucks)
        return [
            Tour(
                self.trucks[tour.truck],
                tuple(
                    Stop(stop.row - first_dump, depot=True)
                    if stop.depot
                    else Stop(int(self.rows[stop.row]))
                    for stop in tour.stops
                ),
            )
            for tour in tours
        ]

    def _clients(self, first: int) -> Clients:
        stops, rows = self._task.stops, self.rows
        most = _dearest(self._task)
        prize = np.where(stops.must[rows], most, np.minimum(stops.prize_eur[rows], most))
        many = len(rows)
        return Clients(
            place=first + self._places[1],
            load=np.column_stack([_up(stops.kg[rows] * KG_UNITS), _up(stops.litres[rows])]),
            service=_up(stops.service_s[rows]),
            early=_up(stops.early_s[rows]),
            late=_down(stops.late_s[rows]),
            release=np.zeros(many, dtype=np.int64),
            prize=np.rint(prize / UNIT_EUR).astype(np.int64),
            required=np.zeros(many, dtype=bool),
            group=_groups(stops.duty[rows]),
        )

    def _truck(self, truck: TruckType, at: int, profile: int) -> Truck:
        many, dumps = len(self.trucks), len(self._task.dumps.ids)
        begins = int(_up(np.array(truck.start_s)))
        return Truck(
            count=truck.count,
            capacity=_load(truck.capacity_kg, truck.capacity_l, _down),
            start=at,
            end=many + dumps + at,
            early=begins,
            late=int(_down(np.array(truck.end_s))),
            longest=int(_down(np.array(truck.max_hours * 3600))),
            reloads=tuple(range(many, many + dumps)),
            aboard=_load(truck.aboard_kg, truck.aboard_l, _up),
            fixed=round(truck.fixed_eur / UNIT_EUR),
            per_time=round(truck.cost_eur_h / 3600 / UNIT_EUR),
            profile=profile,
        )

    def _matrices(self, profile: _Profile, kinds: Sequence[TruckType]) -> tuple[IntArray, IntArray]:
        """Cost of the ways, and their times, as this kind of truck drives them."""
        task = self._task
        starts = np.array([task.start(truck) for truck in kinds])
        homes = np.array([task.depots.place[truck.depot] for truck in kinds])
        from_ = np.concatenate([starts, task.dumps.place, homes, self._places[0]])
        many, dumps = len(kinds), len(task.dumps.ids)
        seconds = task.seconds[np.ix_(from_, from_)] / profile.speed
        metres = task.metres[np.ix_(from_, from_)]
        ends = slice(many + dumps, 2 * many + dumps)
        seconds[:, ends], metres[:, ends] = _over_dumps(task, profile, from_, homes)
        cost = profile.cost_eur_km / 1000 / UNIT_EUR * metres
        far = ~np.isfinite(seconds)
        distance = np.where(far, FAR, np.rint(np.where(far, 0.0, cost))).astype(np.int64)
        time = np.where(far, FAR, np.ceil(np.where(far, 0.0, seconds))).astype(np.int64)
        np.fill_diagonal(distance, 0)
        np.fill_diagonal(time, 0)
        return distance, time


def _over_dumps(
    task: Task, profile: _Profile, from_: IntArray, homes: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Seconds (with unloading) and metres of the cheapest way over a dump to each home."""
    truck = next(one for one in task.trucks if _profile(one) == profile)
    here, there = np.broadcast_arrays(from_[:, None], homes[None, :])
    best = np.argmin(best_dump(task, truck, here, there), axis=0)
    over = task.dumps.place[best]
    seconds = (task.seconds[here, over] + task.seconds[over, there]) / profile.speed
    metres = task.metres[here, over] + task.metres[over, there]
    return seconds + task.dumps.service_s[best], metres


def _end_window(task: Task, truck: TruckType) -> tuple[int, int]:
    """When a truck may be home, if the last dump must be open: exact where there is one dump."""
    home = int(task.depots.place[truck.depot])
    way = task.seconds[task.dumps.place, home] / truck.speed + task.dumps.service_s
    there = np.isfinite(way)
    opened = float((task.dumps.early_s + way)[there].max(initial=-np.inf))
    shut = float((task.dumps.late_s + way)[there].min(initial=np.inf))
    late = int(_down(np.array(min(shut, truck.end_s))))
    return min(int(_up(np.array(opened))), late), late


def _dearest(task: Task) -> float:
    """More than any stop can cost, EUR: a truck for it alone, all day, by the longest ways."""
    far_km = float(task.metres[np.isfinite(task.metres)].max(initial=0.0)) / 1000
    return 2 * max(
        truck.fixed_eur + truck.cost_eur_h * truck.max_hours + truck.cost_eur_km * far_km + 1.0
        for truck in task.trucks
    )


def _profile(truck: TruckType) -> _Profile:
    return _Profile(truck.depot, truck.speed, truck.cost_eur_h, truck.cost_eur_km)


def _moves(task: Task, truck: TruckType) -> bool:
    """Whether a truck can drive to a dump and home."""
    home, start = int(task.depots.place[truck.depot]), task.start(truck)
    cost = best_dump(task, truck, np.array(start), np.array(home))
    return bool(np.isfinite(cost).any())


def _cannot(task: Task, trucks: Sequence[TruckType]) -> IntArray:
    """0 where some truck can empty a stop, 1 where none comes there, 2 where none carries it."""
    stops = task.stops
    reach = np.zeros(len(stops.ids), dtype=bool)
    carry = np.zeros(len(stops.ids), dtype=bool)
    for truck in trucks:
        home = np.full(len(stops.ids), task.depots.place[truck.depot])
        there = np.isfinite(task.seconds[task.start(truck), stops.place])
        there &= np.isfinite(best_dump(task, truck, stops.place, home)).any(axis=0)
        fits: BoolArray = (stops.kg <= truck.capacity_kg) & (stops.litres <= truck.capacity_l)
        reach |= there
        carry |= there & fits
    return np.where(~reach, 1, np.where(~carry, 2, 0))


def _groups(duty: IntArray) -> IntArray:
    """Numbers without a gap where several rows do one thing, -1 elsewhere."""
    _, back, count = np.unique(duty, return_inverse=True, return_counts=True)
    number = np.where(count > 1, np.cumsum(count > 1) - 1, -1)
    return np.asarray(number[back])


def _load(kg: float, litres: float, rounded: Callable[[FloatArray], IntArray]) -> tuple[int, ...]:
    return int(rounded(np.array(kg * KG_UNITS))), int(rounded(np.array(litres)))


def _up(values: FloatArray) -> IntArray:
    """Rounded up to whole units, but for rounding of sums."""
    return np.ceil(np.clip(values, 0, NEVER) - 1e-9).astype(np.int64)


def _down(values: FloatArray) -> IntArray:
    return np.floor(np.clip(values, 0, NEVER) + 1e-9).astype(np.int64)
