"""A routing problem in whole numbers, as the engine takes it, and what it finds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from kopa.model import BoolArray, IntArray

NEVER = 2**40
"""A time, distance or capacity that nothing reaches: the engine adds some of them up."""
FAR = 2**32
"""A way that there is not: longer than all others together, yet sums of it stay exact."""


@dataclass(frozen=True)
class Clients:
    """Places to be served, once each.

    Parameters
    ----------
    place
        Row of the matrices, shape (client,).
    load
        What a truck takes up there, shape (client, dimension).
    service
        Time at the place, shape (client,).
    early, late
        When service may begin, shape (client,).
    release
        No trip with the client leaves its depot before, shape (client,).
    prize
        What leaving it out costs, where it is not required, shape (client,).
    required
        True where it must be served, shape (client,).
    group
        Clients with the same number ≥ 0 stand for one: exactly one of them is served; the
        numbers are 0, 1, … without a gap. -1: a client of its own, shape (client,).
    """

    place: IntArray
    load: IntArray
    service: IntArray
    early: IntArray
    late: IntArray
    release: IntArray
    prize: IntArray
    required: BoolArray
    group: IntArray


@dataclass(frozen=True)
class Depots:
    """Where trucks start, end, and empty their load.

    Parameters
    ----------
    place
        Row of the matrices, shape (depot,).
    early, late
        When it is open, shape (depot,).
    service
        Time that emptying a truck takes, shape (depot,).
    """

    place: IntArray
    early: IntArray
    late: IntArray
    service: IntArray


@dataclass(frozen=True)
class Truck:
    """Trucks of one kind.

    Parameters
    ----------
    count
        How many there are.
    capacity
        Greatest load by dimension.
    start, end
        Depots.
    early, late
        Shift.
    longest
        Longest time from start to end.
    reloads
        Depots where the load may be emptied on the way.
    aboard
        Load at the start, by dimension.
    fixed, per_distance, per_time
        What using one costs, and each unit of distance and of time.
    profile
        Which matrices hold for it.
    trips
        Most times that it may empty on the way.
    """

    count: int
    capacity: tuple[int, ...]
    start: int = 0
    end: int = 0
    early: int = 0
    late: int = NEVER
    longest: int = NEVER
    reloads: tuple[int, ...] = ()
    aboard: tuple[int, ...] = ()
    fixed: int = 0
    per_distance: int = 1
    per_time: int = 0
    profile: int = 0
    trips: int = 1_000


@dataclass(frozen=True)
class Problem:
    """All of it.

    Parameters
    ----------
    distance, time
        A matrix a profile, shape (place, place); `FAR` where there is no way.
    clients, depots, trucks
        Who asks, where loads go, who drives.
    penalty
        Most that a search charges for a unit too much of load or time.
    first_penalty
        What it charges at first; it learns what is right.
    """

    distance: tuple[IntArray, ...]
    time: tuple[IntArray, ...]
    clients: Clients
    depots: Depots
    trucks: tuple[Truck, ...]
    penalty: float = 100_000.0
    first_penalty: float = 50_000.0


class Stop(NamedTuple):
    """A stop of a tour: a client, or a depot on the way where the load is emptied."""

    row: int
    depot: bool = False


@dataclass(frozen=True)
class Tour:
    """What one truck does.

    Parameters
    ----------
    truck
        Row of its kind.
    stops
        In order, without start and end.
    """

    truck: int
    stops: tuple[Stop, ...]


@dataclass(frozen=True)
class Found:
    """The best that a search found.

    Parameters
    ----------
    tours
        One a truck that drives.
    cost
        The engine's own cost: told for comparison, never reported.
    feasible
        Whether the engine holds it for feasible.
    iterations
        How many it made.
    reason
        Why there is no answer; empty where there is one.
    """

    tours: tuple[Tour, ...] = ()
    cost: int = 0
    feasible: bool = False
    iterations: int = 0
    reason: str = ""


@dataclass(frozen=True)
class Effort:
    """How long a search goes on.

    Parameters
    ----------
    seconds
        Wall time; 0 counts iterations alone.
    iterations
        Most of them; 0 looks at the clock alone. The same number gives the same answer.
    seed
        Of the random numbers; further tries take the next.
    tries
        Searches side by side, each with a seed, a style and a process of its own.
    style
        Which settings the engine takes: even and odd numbers differ.
    """

    seconds: float = 30.0
    iterations: int = 0
    seed: int = 1
    tries: int = 2
    style: int = 0


@dataclass(frozen=True)
class Checked:
    """A plan walked through by a checker that knows no engine.

    Parameters
    ----------
    cost
        Recomputed.
    wrong
        What is wrong, a sentence each; none if the plan holds.
    """

    cost: int
    wrong: tuple[str, ...] = field(default_factory=tuple)


def plain_clients(place: IntArray, load: IntArray) -> Clients:
    """Clients that must be served, at any time, in no time.

    Parameters
    ----------
    place
        Row of the matrices, shape (client,).
    load
        Shape (client, dimension).
    """
    many = len(place)
    zero = np.zeros(many, dtype=np.int64)
    return Clients(
        place=place,
        load=load,
        service=zero,
        early=zero,
        late=np.full(many, NEVER),
        release=zero,
        prize=zero,
        required=np.ones(many, dtype=bool),
        group=np.full(many, -1),
    )
