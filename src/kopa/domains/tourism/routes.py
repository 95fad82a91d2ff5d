"""A route for a day: the sights that are worth most, while they are open and have room."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kopa.model import BoolArray, FloatArray, IntArray

from .engine_pyvrp import FAR, Trip, Visit, collect

WALK = 1.25
"""m/s; Bohannon, Williams Andrews (2011), Normal walking speed, Physiotherapy 97(3): 0.94 to 1.43
m/s by age and sex."""
SCALE = 1000
"""A prize of 1 counts so many metres at least: what is worth more goes before what is nearer."""


@dataclass(frozen=True)
class Day:
    """What is asked.

    Parameters
    ----------
    start, end
        Seconds since midnight.
    step
        Length of a step of `open` and `room`, s; the first begins at midnight.
    open
        True where a sight is open for all of a step, shape (step, sight).
    room
        True where it has room, shape (step, sight).
    """

    start: int
    end: int
    step: int
    open: BoolArray
    room: BoolArray


@dataclass(frozen=True)
class Stop:
    """A visit of a route.

    Parameters
    ----------
    sight
        Row of the sight.
    arrive, begin, leave
        Seconds since midnight; between the first two one waits.
    metres
        Walk to it.
    """

    sight: int
    arrive: int
    begin: int
    leave: int
    metres: float


def spans(free: BoolArray, step: int, day: tuple[int, int], stay: int) -> list[tuple[int, int]]:
    """First and last moment at which a stay may begin.

    Parameters
    ----------
    free
        True where one can be there, shape (step,).
    step
        s.
    day
        First and last second of the day.
    stay
        s.
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[False], free, [False]]).astype(np.int8)))
    found = []
    for low, high in (edges.reshape(-1, 2) * step).tolist():
        early, late = max(low, day[0]), min(high, day[1]) - stay
        if early <= late:
            found.append((early, late))
    return found


def route(
    day: Day, metres: FloatArray, stay: IntArray, prize: FloatArray, effort: tuple[float, int]
) -> list[Stop]:
    """The route that is worth most; of those the shortest that is found.

    Parameters
    ----------
    day
        When.
    metres
        On foot; row and column 0 are the start and end, sights follow; `inf` where no way leads,
        shape (sight + 1, sight + 1).
    stay
        s, shape (sight,).
    prize
        Shape (sight,).
    effort
        Seconds, and seed.
    """
    visits: list[Visit] = []
    whole = np.rint(prize / max(float(prize[prize > 0].min(initial=1.0)), 1e-9))
    for row in range(len(stay)):
        if prize[row] <= 0 or not math.isfinite(metres[0, row + 1] + metres[row + 1, 0]):
            continue
        free = day.open[:, row] & day.room[:, row]
        for early, late in spans(free, day.step, (day.start, day.end), int(stay[row])):
            visits.append(Visit(row + 1, 0, int(stay[row]), early, late))
    if not visits:
        return []
    # no route is longer than this, so that one prize more always pays for the way
    longest = int((day.end - day.start) * WALK) + SCALE
    visits = [
        Visit(one.place, int(min(whole[one.place - 1], 1000)) * longest, one.stay, one.early,
              one.late)
        for one in visits
    ]  # fmt: skip
    length = np.where(np.isfinite(metres), np.rint(np.minimum(metres, FAR)), FAR)
    seconds = np.where(np.isfinite(metres), np.ceil(np.minimum(metres, FAR) / WALK), FAR)
    ways = (length.astype(np.int64), seconds.astype(np.int64))
    chosen = collect(visits, Trip(0, day.start, day.end), ways, effort)
    return _timed(day, [visits[row] for row in chosen], metres, ways[1])


def _timed(day: Day, chosen: Sequence[Visit], metres: FloatArray, seconds: IntArray) -> list[Stop]:
    """Times of a route that leaves at the day's beginning and waits where it must."""
    found, now, at = [], day.start, 0
    for one in chosen:
        arrive = now + int(seconds[at, one.place])
        begin = max(arrive, one.early)
        now = begin + one.stay
        found.append(Stop(one.place - 1, arrive, begin, now, float(metres[at, one.place])))
        at = one.place
    return found
