"""Walks an order of stops on the task's matrices: times, loads, ways, and what it breaks.

It knows no search: a plan's figures are its, and so are those of today's rounds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from kopa.domains.waste.routing.problem import Stop, Tour
from kopa.model import FloatArray, IntArray

from .plans import Kind, Plan, Skipped, TruckTour, Visit, names_of
from .tasks import Task, TruckType

SLACK = 1e-6
"""Rounding of sums: kg, l and s by which nothing is broken."""


@dataclass(frozen=True)
class _Point:
    """A place on the way, before its time is known."""

    kind: Kind
    row: int
    place: int
    service: float
    early: float
    late: float
    kg: float = 0.0
    litres: float = 0.0


def simulate(task: Task, orders: Sequence[Tour]) -> Plan:
    """Walk given rounds, such as today's, with the same accounts as a plan's.

    Where the next stop does not fit, and before the depot, a truck unloads at the dump that costs
    least on the way, as a driver would; a stop that no way leads to, or on
    from to a dump and home, is left out. What breaks a
    window, a shift or a payload is told in the tours, and counted all the same.

    Parameters
    ----------
    task
        The places.
    orders
        Tours: rows of the task's stops, and of its dumps where `depot` is set.
    """
    names = names_of(task.trucks)
    used = [0] * len(task.trucks)
    tours, skipped = [], []
    for order in orders:
        number = used[order.truck]
        used[order.truck] += 1
        of = names[order.truck]
        name = of[number] if number < len(of) else f"{task.trucks[order.truck].name}-{number + 1}"
        tour, out = _tour(task, order, name)
        if number >= len(of):
            tour = replace(tour, wrong=(*tour.wrong, f"there are only {len(of)} such trucks"))
        tours.append(tour)
        skipped += [Skipped(row, "unreachable") for row in out]
    return Plan(task, tuple(tours), tuple(skipped), reason=_twice(task, tours))


def _twice(task: Task, tours: Sequence[TruckTour]) -> str:
    duties = [int(task.stops.duty[row]) for tour in tours for row in tour.stops]
    return "a stop is emptied twice" if len(set(duties)) < len(duties) else ""


def best_dump(task: Task, truck: TruckType, here: IntArray, there: IntArray) -> FloatArray:
    """Cost of the ways over each dump, EUR, `inf` where there is none.

    Parameters
    ----------
    task
        The places.
    truck
        Who drives.
    here, there
        Places before and after the dump, two arrays of one shape.

    Returns
    -------
    FloatArray
        Shape (dump, …).
    """
    dumps = task.dumps
    extra = (slice(None), *(None,) * here.ndim)
    place = dumps.place[extra]
    seconds = task.seconds[here, place] + task.seconds[place, there]
    metres = task.metres[here, place] + task.metres[place, there]
    time = seconds / truck.speed + dumps.service_s[extra]
    return np.asarray(truck.cost_eur_h * time / 3600 + truck.cost_eur_km * metres / 1000)


def _tour(task: Task, order: Tour, name: str) -> tuple[TruckTour, list[int]]:
    """A tour, and the stops that it cannot come to."""
    truck = task.trucks[order.truck]
    points, out = _points(task, truck, order.stops)
    begin = _late_start(task, truck, points)
    visits, wrong = _visits(task, truck, points, begin)
    return TruckTour(order.truck, name, visits, wrong), out


def _points(task: Task, truck: TruckType, stops: Sequence[Stop]) -> tuple[list[_Point], list[int]]:
    """All places on the way, dumps where they are needed among them."""
    end = int(task.depots.place[truck.depot])
    start = _Point("start", -1 if truck.begins is not None else truck.depot, task.start(truck),
                   0.0, truck.start_s, truck.end_s)  # fmt: skip
    points, out = [start], []
    load = np.array([truck.aboard_kg, truck.aboard_l])
    room = np.array([truck.capacity_kg, truck.capacity_l]) + SLACK
    for stop in stops:
        if stop.depot:
            points.append(_dump(task, stop.row))
            load[:] = 0.0
            continue
        point = _stop(task, stop.row)
        onward = best_dump(task, truck, np.array(point.place), np.array(end))
        here = task.seconds[points[-1].place, point.place]
        if not (np.isfinite(here) and np.isfinite(onward).any()):
            out.append(stop.row)
            continue
        more = np.array([point.kg, point.litres])
        if np.any(load + more > room) and np.any(load > 0):
            points.append(_dump(task, _nearest(task, truck, points[-1].place, point.place)))
            load[:] = 0.0
        points.append(point)
        load += more
    if points[-1].kind == "stop" or np.any(load > 0):
        points.append(_dump(task, _nearest(task, truck, points[-1].place, end)))
    points.append(_Point("end", truck.depot, end, 0.0, -np.inf, truck.end_s))
    return points, out


def _nearest(task: Task, truck: TruckType, here: int, there: int) -> int:
    cost = best_dump(task, truck, np.array(here), np.array(there))
    return int(np.argmin(cost))


def _stop(task: Task, row: int) -> _Point:
    of = task.stops
    return _Point(
        "stop",
        row,
        int(of.place[row]),
        float(of.service_s[row]),
        float(of.early_s[row]),
        float(of.late_s[row]),
        float(of.kg[row]),
        float(of.litres[row]),
    )


def _dump(task: Task, row: int) -> _Point:
    of = task.dumps
    return _Point(
        "dump",
        row,
        int(of.place[row]),
        float(of.service_s[row]),
        float(of.early_s[row]),
        float(of.late_s[row]),
    )


def _late_start(task: Task, truck: TruckType, points: Sequence[_Point]) -> float:
    """The latest start that makes the tour end no later: waiting is done in the depot.

    References
    ----------
    Savelsbergh (1992), The vehicle routing problem with time windows: minimizing route duration,
    ORSA Journal on Computing 4(2), forward time slack.
    """
    if truck.begins is not None:
        return truck.start_s
    now, waited, slack = truck.start_s, 0.0, np.inf
    for before, point in pairwise(points):
        now += before.service + task.drive_s(truck, before.place, point.place)
        waited += max(point.early - now, 0.0)
        now = max(now, point.early)
        slack = min(slack, waited + max(point.late - now, 0.0))
    return truck.start_s + min(slack, waited)


def _visits(
    task: Task, truck: TruckType, points: Sequence[_Point], begin: float
) -> tuple[tuple[Visit, ...], tuple[str, ...]]:
    """Times and loads, and what is broken."""
    kg, litres = truck.aboard_kg, truck.aboard_l
    now, here = begin, points[0].place
    visits: list[Visit] = []
    wrong: list[str] = []
    for point in points:
        metres = float(task.metres[here, point.place]) if visits else 0.0
        arrive = now + (task.drive_s(truck, here, point.place) if visits else 0.0)
        start = max(arrive, point.early) if visits else begin
        dumped = point.kind == "dump"
        after = (0.0, 0.0) if dumped else (kg + point.kg, litres + point.litres)
        wrong += _broken(truck, point, start, after)
        now, here = start + point.service, point.place
        visits.append(
            Visit(point.kind, point.row, here, metres, arrive, start, now, kg, litres, *after)
        )
        kg, litres = after
    hours = (visits[-1].leave_s - visits[0].leave_s) / 3600
    if hours > truck.max_hours + SLACK:
        wrong.append(f"it takes {hours:.2f} h, more than {truck.max_hours:g} h")
    return tuple(visits), tuple(wrong)


def _broken(truck: TruckType, point: _Point, start: float, after: tuple[float, float]) -> list[str]:
    found = []
    if not np.isfinite(start):
        found.append(f"no way leads to {point.kind} {point.row}")
    elif start > point.late + SLACK:
        found.append(f"{point.kind} {point.row} is reached {start - point.late:.0f} s too late")
    if after[0] > truck.capacity_kg + SLACK or after[1] > truck.capacity_l + SLACK:
        found.append(f"it is overloaded after {point.kind} {point.row}")
    return found
