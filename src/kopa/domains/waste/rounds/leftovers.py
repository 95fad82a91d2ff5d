"""Why a stop was left full: what it would add to the plan, at the place where it adds least."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from kopa.model import FloatArray, IntArray

from .plans import Plan, Skipped, TruckTour
from .tasks import Task, TruckType


@dataclass(frozen=True)
class _Gap:
    """Two places that a truck visits one after the other, and what it has left there."""

    truck: TruckType
    before: int
    after: int
    room_kg: float
    room_l: float
    spare_s: float
    fixed_eur: float = 0.0


def why_skipped(plan: Plan, rows: IntArray) -> list[Skipped]:
    """The reason for each thing that is not done, and what doing it would add.

    A stop fits between two visits of a tour, or into a tour of its own, where the load has room
    and the truck has time; windows of later stops are not looked at. If it fits nowhere, no truck
    has time. If it does, and has a prize, it is not worth it.

    Parameters
    ----------
    plan
        Tours, walked.
    rows
        Stops that are left full.
    """
    if not len(rows):
        return []
    best = np.full(len(rows), np.inf)
    for gap in _gaps(plan):
        best = np.minimum(best, _extra(plan.task, gap, rows))
    order = np.argsort(best, kind="stable")  # of the ways to do one thing, the cheapest first
    _, first = np.unique(plan.task.stops.duty[rows[order]], return_index=True)
    return [_reason(plan.task, int(rows[at]), float(best[at])) for at in order[first].tolist()]


def _reason(task: Task, row: int, extra_eur: float) -> Skipped:
    if not np.isfinite(extra_eur):
        return Skipped(row, "no truck time")
    return Skipped(row, "no truck time" if task.stops.must[row] else "not worth it", extra_eur)


def _gaps(plan: Plan) -> Iterator[_Gap]:
    used = [0] * len(plan.task.trucks)
    for tour in plan.tours:
        used[tour.truck] += 1
        yield from _gaps_of(plan.task.trucks[tour.truck], tour)
    for number, truck in zip(used, plan.task.trucks, strict=True):
        if number < truck.count:
            yield from _own_tour(plan.task, truck)


def _gaps_of(truck: TruckType, tour: TruckTour) -> Iterator[_Gap]:
    """Gaps of a tour; the room is what its next dump leaves."""
    shift = truck.end_s - tour.visits[-1].leave_s
    spare = min(shift, (truck.max_hours - tour.hours) * 3600)
    full_kg, full_l = 0.0, 0.0
    found = []
    for before, after in reversed(list(pairwise(tour.visits))):
        if after.kind == "dump":
            full_kg, full_l = after.before_kg, after.before_l
        if after.kind == "end":
            continue  # behind the last dump, a stop would need another
        room = (truck.capacity_kg - full_kg, truck.capacity_l - full_l)
        found.append(_Gap(truck, before.place, after.place, *room, spare))
    yield from found


def _own_tour(task: Task, truck: TruckType) -> Iterator[_Gap]:
    """From the depot over one stop to each dump, and home."""
    start, home = task.start(truck), int(task.depots.place[truck.depot])
    for dump, service in zip(task.dumps.place.tolist(), task.dumps.service_s.tolist(), strict=True):
        way = task.seconds[start, dump] + task.seconds[dump, home]
        metres = task.metres[start, dump] + task.metres[dump, home]
        if not np.isfinite(way):
            continue
        time = way / truck.speed + service
        spare = min(truck.end_s - truck.start_s, truck.max_hours * 3600) - time
        fixed = truck.fixed_eur + truck.cost_eur_h * time / 3600 + truck.cost_eur_km * metres / 1000
        yield _Gap(truck, start, dump, truck.capacity_kg, truck.capacity_l, spare, fixed)


def _extra(task: Task, gap: _Gap, rows: IntArray) -> FloatArray:
    """EUR that each stop adds in a gap, `inf` where it does not fit, shape (row,)."""
    stops, truck = task.stops, gap.truck
    place = stops.place[rows]
    with np.errstate(invalid="ignore"):
        seconds = _detour(task.seconds, gap, place) / truck.speed + stops.service_s[rows]
        metres = _detour(task.metres, gap, place)
    fits = (stops.kg[rows] <= gap.room_kg) & (stops.litres[rows] <= gap.room_l)
    fits &= np.isfinite(seconds) & (seconds <= gap.spare_s)
    eur = gap.fixed_eur + truck.cost_eur_h * seconds / 3600 + truck.cost_eur_km * metres / 1000
    return np.where(fits, eur, np.inf)


def _detour(matrix: FloatArray, gap: _Gap, place: IntArray) -> FloatArray:
    there = matrix[gap.before, place] + matrix[place, gap.after]
    return np.asarray(there - matrix[gap.before, gap.after])
