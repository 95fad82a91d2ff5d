"""Where along its line a trip stops.

The unit of ``shape_dist_traveled`` is not laid down: it differs from feed to feed, and is often
missing. It is only used to find a place on the shape's own line, and only if it puts the stops
where they are; else stops are put on the line by their places, in their order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kopa.model import FloatArray, IntArray

from .geometry import run_along

TRUSTED_M = 100.0
"""If a quarter of the stops lie farther from where the feed's distances put them, these are not
used."""

PIECE_M = 20.0
"""To put stops on it, a line is cut into pieces no longer than this."""


@dataclass(frozen=True)
class Line:
    """A line in metres.

    Parameters
    ----------
    x, y
        Its points, m, shape (point,).
    along
        ``shape_dist_traveled`` of the points, NaN where the feed has none, shape (point,).
    """

    x: FloatArray
    y: FloatArray
    along: FloatArray

    @property
    def run(self) -> FloatArray:
        """Distance of each point from the first, m, shape (point,)."""
        return run_along(self.x, self.y)


def positions(line: Line, x: FloatArray, y: FloatArray, along: FloatArray) -> FloatArray:
    """Where along a line the stops of a trip lie.

    Parameters
    ----------
    line
        The line.
    x, y
        Place of the stops, in the order of the trip, m, shape (stop,).
    along
        ``shape_dist_traveled`` of the stops, NaN where the feed has none, shape (stop,).

    Returns
    -------
    FloatArray
        Distance from the line's first point, m, never falling, shape (stop,).
    """
    run = line.run
    told = _by_distance(line, run, along)
    if told is not None:
        off = np.hypot(np.interp(told, run, line.x) - x, np.interp(told, run, line.y) - y)
        if float(np.quantile(off, 0.75)) <= TRUSTED_M:
            return told
    return _by_place(line, run, x, y)


def _by_distance(line: Line, run: FloatArray, along: FloatArray) -> FloatArray | None:
    both = (along, line.along)
    if any(not np.isfinite(part).all() or (np.diff(part) < 0).any() for part in both):
        return None
    if not line.along[-1] > line.along[0]:
        return None
    return np.asarray(np.interp(along, line.along, run))


def _by_place(line: Line, run: FloatArray, x: FloatArray, y: FloatArray) -> FloatArray:
    """The never falling positions with the least sum of squared distances to the stops."""
    if not run[-1] > 0:
        return np.zeros(len(x))
    line, run = _cut(line, run)
    off, share = _to_segments(line, x, y)
    cost = np.empty_like(off)
    cost[0] = off[0]
    for stop in range(1, len(x)):
        cost[stop] = off[stop] + np.minimum.accumulate(cost[stop - 1])
    segment = np.empty(len(x), dtype=np.int64)
    last = off.shape[1]
    for stop in range(len(x) - 1, -1, -1):
        segment[stop] = np.argmin(cost[stop, :last])
        last = int(segment[stop]) + 1
    length = np.diff(run)
    rows = np.arange(len(x))
    return np.asarray(np.maximum.accumulate(run[segment] + share[rows, segment] * length[segment]))


def _cut(line: Line, run: FloatArray) -> tuple[Line, FloatArray]:
    """The line with more points, so that a piece is short, and their distances along it."""
    marks = np.union1d(run, np.linspace(0.0, run[-1], int(run[-1] // PIECE_M) + 2))
    x, y = np.interp(marks, run, line.x), np.interp(marks, run, line.y)
    return Line(x, y, np.full(len(marks), np.nan)), marks


def _to_segments(line: Line, x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Squared distance of stops to segments, m², and how far along each the nearest point is."""
    ax, ay = line.x[:-1], line.y[:-1]
    dx, dy = np.diff(line.x), np.diff(line.y)
    square = np.where(dx * dx + dy * dy > 0, dx * dx + dy * dy, 1.0)
    share = ((x[:, None] - ax) * dx + (y[:, None] - ay) * dy) / square
    share = np.clip(share, 0.0, 1.0)
    off = (ax + share * dx - x[:, None]) ** 2 + (ay + share * dy - y[:, None]) ** 2
    return off, share


def passing(
    places: FloatArray, arrival: IntArray, departure: IntArray, at: float, leaving: bool
) -> FloatArray:
    """When trips with the same stops pass a place of their line.

    Parameters
    ----------
    places
        Where along the line the stops lie, m, never falling, shape (stop,).
    arrival, departure
        Times at the stops, s, shape (trip, stop).
    at
        The place, m.
    leaving
        At a stop, take the departure rather than the arrival.

    Returns
    -------
    FloatArray
        Time between the stops before and after by the distance to them, s, shape (trip,).
    """
    after = int(np.searchsorted(places, at, side="right" if leaving else "left"))
    if after == 0:
        return arrival[:, 0].astype(np.float64)
    if after == len(places):
        return departure[:, -1].astype(np.float64)
    share = (at - places[after - 1]) / (places[after] - places[after - 1])
    before = departure[:, after - 1]
    return np.asarray(before + share * (arrival[:, after] - before))
