"""Plans the rest of a shift anew when a truck breaks down or a street closes.

What is emptied stays emptied. A truck goes on from where it is, with its load and the rest of its
shift; one that is at a place finishes there first. The stops of a broken truck are free for the
others, its load stays in it. Trucks that are back, or have not left, may go out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from kopa.domains.waste.routing.problem import Effort, Stop, Tour
from kopa.errors import Finding, UsageError
from kopa.model import IntArray

from .planning import plan
from .plans import Plan, Skipped, TruckTour, Visit, names_of
from .tasks import Task, TruckType
from .walk import best_dump


@dataclass(frozen=True)
class Position:
    """Where a truck can turn next.

    Parameters
    ----------
    place
        Row of the task's matrices.
    at_s
        When it is there, s after midnight.
    metres
        Way from the visit before.
    """

    place: int
    at_s: float
    metres: float


@dataclass(frozen=True)
class Event:
    """What happened.

    Parameters
    ----------
    at_s
        When, s after midnight.
    broken
        Names of the trucks that drive no more.
    positions
        Where trucks on their way can turn, or broke down, by name. One that is not named drives
        on to its next visit, and only then goes another way; a broken one stands at its last.
    """

    at_s: float
    broken: Collection[str] = ()
    positions: Mapping[str, Position] = field(default_factory=dict)


@dataclass(frozen=True)
class _Past:
    """What a truck did until now, and as what it goes on; None if it does not."""

    tour: TruckTour
    truck: TruckType | None


def replan(
    task: Task,
    before: Plan,
    event: Event,
    effort: Effort,
    progress: Callable[[str], None] = lambda step: None,
) -> Plan:
    """Rounds from an event on, joined to what was done before it.

    Parameters
    ----------
    task
        The task of the plan with the matrices as they are now; it may have more places.
    before
        The plan that is driven.
    event
        What happened.
    effort
        How long to search.
    progress
        Told of each step.

    Raises
    ------
    UsageError
        If a broken truck is none of the plan's.
    """
    known = {name for names in names_of(task.trucks) for name in names}
    for name in sorted(set(event.broken) - known):
        raise UsageError(f"there is no truck '{name}': {', '.join(sorted(known))}")
    pasts = _pasts(task, before, event)
    done = [row for past in pasts for row in past.tour.stops]
    duty = task.stops.duty
    rows = np.flatnonzero(~np.isin(duty, duty[done]))
    pasts = [_with_room(task, past, rows) for past in pasts]
    goes = [at for at, past in enumerate(pasts) if past.truck is not None]
    kinds = tuple(past.truck for past in pasts if past.truck is not None)
    findings = _left_loads(pasts, event)
    if not kinds:
        _, first = np.unique(duty[rows], return_index=True)
        skipped = tuple(Skipped(row, "no truck time") for row in rows[first].tolist())
        tours = tuple(past.tour for past in pasts if past.tour.visits)
        return Plan(task, tours, skipped, tuple(findings))
    rest = replace(task, stops=task.stops.part(rows), trucks=kinds)
    found = plan(rest, effort, progress, _known(before, pasts, goes, rows))
    tours = _joined(found, pasts, goes, rows)
    wrong = [f"{tour.name}: {what}" for tour in tours for what in tour.wrong]
    return Plan(
        task,
        tours,
        tuple(replace(one, row=int(rows[one.row])) for one in found.skipped),
        (*findings, *found.findings),
        found.reason or "; ".join(wrong),
    )


def _pasts(task: Task, before: Plan, event: Event) -> list[_Past]:
    """All trucks, those that are in no tour among them."""
    tours = {tour.name: tour for tour in before.tours}
    pasts = []
    for row, names in enumerate(names_of(task.trucks)):
        for name in names:
            tour = tours.get(name, TruckTour(row, name, ()))
            pasts.append(_past(task, tour, event))
    return pasts


def _past(task: Task, tour: TruckTour, event: Event) -> _Past:
    kind = replace(task.trucks[tour.truck], name=tour.name, count=1)
    done = tuple(visit for visit in tour.visits if visit.begin_s <= event.at_s)
    # a truck that has not left, or is back, may leave from its depot
    if not done or done[-1].kind == "end" or (len(done) == 1 and done[0].leave_s > event.at_s):
        return _in_depot(kind, replace(tour, visits=done if len(done) > 1 else (), wrong=()), event)
    last, following = done[-1], tour.visits[len(done)]
    named, broken = event.positions.get(tour.name), tour.name in event.broken
    if last.leave_s <= event.at_s and (named or not broken):
        next_s = max(following.arrive_s, event.at_s)
        place = named or Position(following.place, next_s, following.metres)
        done = (*done, _on_the_way(last, place))
        last = done[-1]
    if broken:
        return _Past(replace(tour, visits=done, wrong=()), None)
    spent = (last.leave_s - done[0].leave_s) / 3600
    goes_on = replace(
        kind,
        begins=last.place,
        start_s=last.leave_s,
        end_s=max(kind.end_s, last.leave_s + 1),
        max_hours=max(kind.max_hours - spent, 1e-3),
        fixed_eur=0.0,
        aboard_kg=last.after_kg,
        aboard_l=last.after_l,
    )
    return _Past(replace(tour, visits=done, wrong=()), goes_on)


def _in_depot(kind: TruckType, tour: TruckTour, event: Event) -> _Past:
    spent = tour.hours if tour.visits else 0.0
    start = max(kind.start_s, event.at_s)
    out = tour.name in event.broken or start >= kind.end_s or spent >= kind.max_hours
    if out:
        return _Past(tour, None)
    fixed = 0.0 if tour.visits else kind.fixed_eur
    left = kind.max_hours - spent
    return _Past(tour, replace(kind, start_s=start, max_hours=left, fixed_eur=fixed))


def _with_room(task: Task, past: _Past, rows: IntArray) -> _Past:
    """A truck that has room for none of the stops unloads first: no search needs to find that."""
    truck, stops = past.truck, task.stops
    if truck is None or truck.begins is None or truck.aboard_kg + truck.aboard_l == 0:
        return past
    fits = truck.aboard_kg + stops.kg[rows] <= truck.capacity_kg
    fits &= truck.aboard_l + stops.litres[rows] <= truck.capacity_l
    home = task.depots.place[truck.depot]
    cost = best_dump(task, truck, np.array(truck.begins), home)
    if fits.any() or not np.isfinite(cost).any():
        return past
    row = int(np.argmin(cost))
    place = int(task.dumps.place[row])
    arrive = truck.start_s + task.drive_s(truck, truck.begins, place)
    begin = max(arrive, float(task.dumps.early_s[row]))
    leave = begin + float(task.dumps.service_s[row])
    metres = float(task.metres[truck.begins, place])
    load = (truck.aboard_kg, truck.aboard_l)
    visit = Visit("dump", row, place, metres, arrive, begin, leave, *load, 0.0, 0.0)
    unloaded = replace(
        truck,
        begins=place,
        start_s=leave,
        end_s=max(truck.end_s, leave + 1),
        max_hours=max(truck.max_hours - (leave - truck.start_s) / 3600, 1e-3),
        aboard_kg=0.0,
        aboard_l=0.0,
    )
    return _Past(replace(past.tour, visits=(*past.tour.visits, visit)), unloaded)


def _on_the_way(last: Visit, place: Position) -> Visit:
    load = (last.after_kg, last.after_l)
    times = (place.at_s, place.at_s, place.at_s)
    return Visit("way", -1, place.place, place.metres, *times, *load, *load)


def _left_loads(pasts: list[_Past], event: Event) -> list[Finding]:
    """Loads that stay in broken trucks."""
    found = []
    for past in pasts:
        name, visits = past.tour.name, past.tour.visits
        if name in event.broken and visits and visits[-1].after_kg > 0:
            kg = visits[-1].after_kg
            what = f"{kg:,.0f} kg stay in the broken truck {name}."
            values: dict[str, str | float] = {"truck": name, "kg": kg}
            do = "Tow it to a dump, or load them over."
            found.append(Finding("waste.load-left", what, do, "warning", values=values))
    return found


def _known(before: Plan, pasts: list[_Past], goes: list[int], rows: IntArray) -> list[Tour]:
    """What the trucks that go on would do if nothing had happened."""
    number = {int(row): at for at, row in enumerate(rows.tolist())}
    tours = {tour.name: tour for tour in before.tours}
    known = []
    for at, past in enumerate(goes):
        tour = tours.get(pasts[past].tour.name)
        stops = [row for row in tour.stops if row in number] if tour else []
        if stops:
            known.append(Tour(at, tuple(Stop(number[row]) for row in stops)))
    return known


def _joined(
    found: Plan, pasts: list[_Past], goes: list[int], rows: IntArray
) -> tuple[TruckTour, ...]:
    """What was done, and what follows."""
    after = {goes[tour.truck]: tour for tour in found.tours}
    joined = []
    for at, past in enumerate(pasts):
        tour = after.get(at)
        if tour is None:
            if past.tour.visits:
                joined.append(past.tour)
            continue
        visits = tuple(_mapped(visit, rows) for visit in tour.visits)
        out = past.truck is not None and past.truck.begins is not None
        whole = (*past.tour.visits, *(visits[1:] if out else visits))
        joined.append(replace(past.tour, visits=whole, wrong=tour.wrong))
    return tuple(joined)


def _mapped(visit: Visit, rows: IntArray) -> Visit:
    return replace(visit, row=int(rows[visit.row])) if visit.kind == "stop" else visit
