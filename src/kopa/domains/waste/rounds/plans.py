"""A plan of rounds: what each truck does, what it costs, and what is left full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from kopa.errors import Finding
from kopa.model import IntArray

from .tasks import Task, TruckType

Kind = Literal["start", "stop", "dump", "way", "end"]
"""`way`: a place on the way, where a truck was when the rounds were planned anew."""
Why = Literal["not worth it", "no truck time", "no truck carries it", "unreachable"]


@dataclass(frozen=True)
class Visit:
    """One place of a tour.

    Parameters
    ----------
    kind
        What is done there.
    row
        Row of the task's stops, dumps or depots; -1 for a start on the way.
    place
        Row of the task's matrices.
    metres
        Way from the visit before.
    arrive_s, begin_s, leave_s
        s after midnight; it waits from its arrival until it begins.
    before_kg, before_l, after_kg, after_l
        Load when it comes and when it leaves.
    """

    kind: Kind
    row: int
    place: int
    metres: float
    arrive_s: float
    begin_s: float
    leave_s: float
    before_kg: float
    before_l: float
    after_kg: float
    after_l: float


@dataclass(frozen=True)
class TruckTour:
    """What one truck does in a shift.

    Parameters
    ----------
    truck
        Row of the task's trucks.
    name
        Name of this truck: that of its kind, and its number where there are several.
    visits
        From start to end.
    wrong
        What it breaks: overload, windows, shift; none if it can be driven.
    """

    truck: int
    name: str
    visits: tuple[Visit, ...]
    wrong: tuple[str, ...] = ()

    @cached_property
    def stops(self) -> tuple[int, ...]:
        """Stops in order."""
        return tuple(visit.row for visit in self.visits if visit.kind == "stop")

    @property
    def trips(self) -> int:
        """Loads that it takes to a dump."""
        return sum(visit.kind == "dump" for visit in self.visits)

    @property
    def distance_m(self) -> float:
        """Way, m."""
        return float(sum(visit.metres for visit in self.visits))

    @property
    def hours(self) -> float:
        """From leaving to being back, h."""
        return (self.visits[-1].leave_s - self.visits[0].leave_s) / 3600

    @property
    def kg(self) -> float:
        """What it takes up, kg."""
        return float(sum(max(v.after_kg - v.before_kg, 0.0) for v in self.visits))

    def litres(self, truck: TruckType) -> float:
        """Fuel, l."""
        driven = truck.litres_per_km * self.distance_m / 1000
        return driven + truck.litres_per_stop * len(self.stops)

    def cost_eur(self, truck: TruckType) -> float:
        """Cost, EUR."""
        driven = truck.cost_eur_km * self.distance_m / 1000
        return truck.fixed_eur + truck.cost_eur_h * self.hours + driven


@dataclass(frozen=True)
class Skipped:
    """A stop that is left full.

    Parameters
    ----------
    row
        Row of the task's stops.
    why
        Reason.
    extra_eur
        What emptying it would add to the plan, EUR; NaN where no truck can.
    """

    row: int
    why: Why
    extra_eur: float = float("nan")


@dataclass(frozen=True)
class Plan:
    """Rounds of one shift.

    Parameters
    ----------
    task
        What it was made for.
    tours
        One a truck that drives.
    skipped
        What is left full.
    findings
        What is wrong or at risk.
    reason
        Why the plan cannot be trusted; empty if it can.
    """

    task: Task
    tours: tuple[TruckTour, ...]
    skipped: tuple[Skipped, ...] = ()
    findings: tuple[Finding, ...] = ()
    reason: str = ""

    @property
    def status(self) -> str:
        """``ok``; ``partial`` if something that must be emptied is not; ``unknown``."""
        if self.reason:
            return "unknown"
        must = self.task.stops.must
        return "partial" if any(must[one.row] for one in self.skipped) else "ok"

    @cached_property
    def emptied(self) -> IntArray:
        """Stops that are emptied, rising."""
        rows = [row for tour in self.tours for row in tour.stops]
        return np.unique(np.array(rows, dtype=np.int64))

    @property
    def trips(self) -> int:
        """Loads that go to a dump."""
        return sum(tour.trips for tour in self.tours)

    @property
    def distance_m(self) -> float:
        """Way of all trucks, m."""
        return sum(tour.distance_m for tour in self.tours)

    @property
    def hours(self) -> float:
        """Hours of all trucks."""
        return sum(tour.hours for tour in self.tours)

    @property
    def litres(self) -> float:
        """Fuel, l."""
        return sum(tour.litres(self.task.trucks[tour.truck]) for tour in self.tours)

    @property
    def kgco2e(self) -> float:
        """Emissions of the fuel."""
        return self.litres * self.task.kgco2e_per_litre

    @property
    def cost_eur(self) -> float:
        """Cost, EUR; prizes of what is left full are not in it."""
        return sum(tour.cost_eur(self.task.trucks[tour.truck]) for tour in self.tours)

    @property
    def missed_eur(self) -> float:
        """Prizes of what is left full, EUR; what must be emptied has none."""
        return float(np.nansum(self.task.stops.prize_eur[[one.row for one in self.skipped]]))


def names_of(trucks: Sequence[TruckType]) -> list[list[str]]:
    """Names of all trucks, by kind.

    Parameters
    ----------
    trucks
        The kinds.
    """
    return [
        [
            truck.name if truck.count == 1 else f"{truck.name}-{at}"
            for at in range(1, truck.count + 1)
        ]
        for truck in trucks
    ]
