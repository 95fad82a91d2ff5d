"""Vehicle routing as VRPLIB files have it: one depot, one kind of truck; and a checker of plans."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from kopa.model import BoolArray, IntArray

from .problem import NEVER, Checked, Clients, Depots, Found, Problem, Truck

Routes = Sequence[Sequence[int]]
"""Places in order, a list a truck, without its start and end; 0 on the way is the depot."""


@dataclass(frozen=True)
class VehicleRouting:
    """Places 0 (the depot), 1, 2, …; times and distances are the same numbers.

    Parameters
    ----------
    name, kind
        As the file has them.
    distance
        Whole units, shape (place, place).
    scale
        Units in one of the file.
    demand, service, early, late, release, prize
        By place; the depot's window is the trucks' shift, shape (place,).
    required
        True where the truck must go, shape (place,).
    trucks
        How many there are.
    capacity
        Of each.
    reloads
        Whether a truck may come back to the depot and drive out again.
    """

    name: str
    kind: str
    distance: IntArray
    scale: int
    demand: IntArray
    service: IntArray
    early: IntArray
    late: IntArray
    release: IntArray
    prize: IntArray
    required: BoolArray
    trucks: int
    capacity: int
    reloads: bool

    def problems(self) -> list[Problem]:
        """The ways in which a search is asked for it."""
        return [self.problem()]

    def problem(self) -> Problem:
        """As the engine takes it."""
        places = np.arange(1, len(self.demand))
        clients = Clients(
            place=places,
            load=self.demand[1:, None],
            service=self.service[1:],
            early=self.early[1:],
            late=self.late[1:],
            release=self.release[1:],
            prize=self.prize[1:],
            required=self.required[1:],
            group=np.full(len(places), -1),
        )
        one = np.zeros(1, dtype=np.int64)
        depots = Depots(place=one, early=one, late=one + NEVER, service=one)
        truck = Truck(
            count=self.trucks,
            capacity=(self.capacity,),
            early=int(self.early[0]),
            late=int(self.late[0]),
            reloads=(0,) if self.reloads else (),
        )
        return Problem((self.distance,), (self.distance,), clients, depots, (truck,))

    def routes(self, found: Found) -> list[list[int]]:
        """Routes of a search."""
        return [[0 if stop.depot else stop.row + 1 for stop in tour.stops] for tour in found.tours]

    def check(self, routes: Routes) -> Checked:
        """Walk all routes: cost, and what is wrong with them.

        Parameters
        ----------
        routes
            Places in order.
        """
        wrong = list(self._visits(routes))
        if wrong:
            return Checked(NEVER, tuple(wrong))
        driven = sum(self._length(route) for route in routes)
        for number, route in enumerate(routes, 1):
            wrong += [f"route {number}: {what}" for what in self._walk(route)]
        seen = np.zeros(len(self.demand), dtype=bool)
        seen[[place for route in routes for place in route]] = True
        seen[0] = True
        return Checked(int(driven + self.prize[~seen].sum()), tuple(wrong))

    def _visits(self, routes: Routes) -> Iterator[str]:
        """What is wrong with who is visited."""
        many = len(self.demand)
        places = [place for route in routes for place in route]
        outside = sorted({place for place in places if not 0 <= place < many})
        if outside:
            yield f"there is no place {', '.join(map(str, outside))}"
            return
        times = np.bincount(np.array(places, dtype=np.int64), minlength=many)
        times[0] = 1
        for place in np.flatnonzero(times > 1).tolist():
            yield f"place {place} is visited {times[place]} times"
        for place in np.flatnonzero((times == 0) & self.required).tolist():
            yield f"place {place} is not visited"
        if len(routes) > self.trucks:
            yield f"{len(routes)} routes, but {self.trucks} trucks"
        if not self.reloads and any(0 in route for route in routes):
            yield "a route comes back to the depot on its way, which the file does not allow"

    def _length(self, route: Sequence[int]) -> int:
        ends = [0, *route, 0]
        return int(self.distance[ends[:-1], ends[1:]].sum())

    def _walk(self, route: Sequence[int]) -> Iterator[str]:
        """What is wrong with the loads and the times of a route."""
        now = int(self.early[0])
        for trip in _trips(route):
            load = int(self.demand[trip].sum())
            if load > self.capacity:
                yield f"load {load} is above the capacity {self.capacity}"
            now = max(now, int(self.release[trip].max(initial=0)))
            at = 0
            for place in trip:
                now = max(now + int(self.distance[at, place]), int(self.early[place]))
                if now > self.late[place]:
                    yield f"place {place} is reached at {now}, after {self.late[place]}"
                now += int(self.service[place])
                at = place
            now += int(self.distance[at, 0])
        if now > self.late[0]:
            yield f"it ends at {now}, after {self.late[0]}"


def _trips(route: Sequence[int]) -> Iterator[list[int]]:
    """The parts of a route between two visits of the depot."""
    trip: list[int] = []
    for place in route:
        if place == 0:
            yield trip
            trip = []
        else:
            trip.append(place)
    yield trip
