"""Who still reaches a place by public transport."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kopa.model import FloatArray, IntArray

from .connections import NEVER, Times, arrivals, connections
from .network import Network

LIMITS = (30, 60, 90)
"""Minutes for which the stops are counted."""


def minutes_to(
    network: Network, times: Times, x: FloatArray, y: FloatArray, at: int, limit: int
) -> FloatArray:
    """Minutes from every stop to the nearest of some places, by riding and walking.

    Parameters
    ----------
    network
        With a timetable.
    times
        The runs' times.
    x, y
        The places, m, shape (place,).
    at
        Second at which people set out at the stops.
    limit
        Minutes after which a place counts as out of reach.

    Returns
    -------
    FloatArray
        Minutes, `inf` where none is reached, shape (stop,).
    """
    how = network.walking
    stop_x, stop_y = network.stop_places
    off = np.hypot(stop_x[:, None] - x, stop_y[:, None] - y).min(axis=1)
    ends = np.flatnonzero(off <= how.access)
    minutes = np.full(len(stop_x), np.inf)
    if not len(ends):
        return minutes
    origins = np.arange(len(stop_x), dtype=np.int64)
    until = at + limit * 60
    there = arrivals(connections(network.timetable, times), network.walks, origins, at, until)
    walked = np.ceil(off[ends] * how.detour / how.speed).astype(np.int64)
    best = (there[ends] + walked[:, None]).min(axis=0)
    minutes = np.where(best < NEVER, (best - at) / 60, np.inf)
    return np.where(minutes <= limit, minutes, np.inf)


def counts(minutes: FloatArray, limits: Sequence[int] = LIMITS) -> dict[int, int]:
    """Number of stops within each of some limits, min."""
    return {limit: int((minutes <= limit).sum()) for limit in limits}


def busiest_stop(network: Network, times: Times) -> int:
    """The stop with the most departures."""
    stops: IntArray = network.timetable.stop[times.row]
    return int(np.argmax(np.bincount(stops, minlength=len(network.timetable.stop_ids))))
