"""Rounds of a day as a document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kopa.domains.waste.city_files import Waste
from kopa.model.window import clock

from .day import DayRounds, StreamRounds, Sums
from .plans import Plan, TruckTour, Visit

FIGURES = ("distance_m", "hours", "litres", "kgco2e", "cost_eur")


def document(waste: Waste, found: DayRounds, undisturbed: DayRounds | None) -> dict[str, Any]:
    """The answer as a document.

    Parameters
    ----------
    waste
        What was read.
    found
        The rounds.
    undisturbed
        What they would be without closures; None where there are none.
    """
    plans = [one.plan for one in found.streams]
    today = [one.today for one in found.streams if one.today is not None]
    return {
        "status": found.status,
        "date": waste.date.isoformat(),
        **_of_plans(plans, [one.sums for one in found.streams]),
        "baseline": _of_plans(today, [one.baseline for one in found.streams if one.baseline])
        if today
        else None,
        "undisturbed": None
        if undisturbed is None
        else _of_plans(
            [one.plan for one in undisturbed.streams], [one.sums for one in undisturbed.streams]
        ),
        "streams": [_stream(one) for one in found.streams],
        "idle": found.idle,
    }


def _of_plans(plans: Sequence[Plan], sums: Sequence[Sums]) -> dict[str, Any]:
    total = sum(sums, Sums())
    return {
        "emptied": [one.task.stops.ids[row] for one in plans for row in one.emptied.tolist()],
        "skipped": [
            {
                "id": one.task.stops.ids[left.row],
                "must": bool(one.task.stops.must[left.row]),
                "why": left.why,
                "extra_eur": left.extra_eur,
            }
            for one in plans
            for left in one.skipped
        ],
        "trips": [trip for one in plans for tour in one.tours for trip in _trips(one, tour)],
        **{name: round(getattr(total, name), 3) for name in FIGURES},
    }


def _trips(plan: Plan, tour: TruckTour) -> list[dict[str, Any]]:
    """Loads of a tour: what is collected until the next plant."""
    found: list[dict[str, Any]] = []
    stops: list[str] = []
    metres = 0.0
    for visit in tour.visits:
        metres += visit.metres
        if visit.kind == "stop":
            stops.append(plan.task.stops.ids[visit.row])
        elif visit.kind == "dump":
            found.append(
                {
                    "truck": tour.name,
                    "containers": stops,
                    "plant": plan.task.dumps.ids[visit.row],
                    "kg": round(visit.before_kg, 1),
                    "distance_m": round(metres),
                    "unloads": clock(int(visit.begin_s)),
                }
            )
            stops, metres = [], 0.0
    return found


def _stream(one: StreamRounds) -> dict[str, Any]:
    def figures(sums: Sums | None) -> dict[str, Any] | None:
        if sums is None:
            return None
        told = {name: round(getattr(sums, name), 3) for name in FIGURES}
        return {"emptied": sums.emptied, "trips": sums.trips, **told}

    ids = one.plan.task.stops.ids
    return {
        "stream": one.stream,
        "status": one.plan.status,
        "reason": one.plan.reason,
        "must": len(one.choice.must),
        "may": len(one.choice.may),
        "need_not": len(one.choice.need_not),
        "plan": figures(one.sums),
        "baseline": figures(one.baseline),
        "tours": [
            {
                "truck": tour.name,
                "hours": round(tour.hours, 4),
                "distance_m": round(tour.distance_m, 1),
                "kg": round(tour.kg, 1),
                "visits": [_visit(one.plan, visit, ids) for visit in tour.visits],
            }
            for tour in one.plan.tours
        ],
    }


def _visit(plan: Plan, visit: Visit, ids: Sequence[str]) -> dict[str, Any]:
    names = {"stop": ids, "dump": plan.task.dumps.ids}.get(visit.kind, plan.task.depots.ids)
    return {
        "kind": visit.kind,
        "id": names[visit.row] if visit.row >= 0 else "",
        "arrives": clock(int(visit.arrive_s)),
        "leaves": clock(int(visit.leave_s)),
        "metres": round(visit.metres, 1),
        "kg": round(visit.after_kg, 1),
    }
