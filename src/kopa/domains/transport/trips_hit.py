"""Trips that a closed stretch hits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from kopa.model import FloatArray, IntArray

from .geometry import run_along
from .network import Network
from .shape_lines import Line, passing, positions
from .timetable import Runs

WITHIN_M = 20.0
"""A trip that passes so near to a closed stretch drives on it."""


@dataclass(frozen=True)
class Hits:
    """Passages of runs along a closed stretch; a run that comes by twice has two.

    Parameters
    ----------
    run
        The run, as a number in the runs looked at, rising, shape (passage,).
    enter, leave
        Time of the passage's beginning and end, s, shape (passage,).
    first_after
        The first of the run's stops that lies past the passage, shape (passage,).
    from_xy, to_xy
        Where it begins and ends, m, shape (passage, 2).
    """

    run: IntArray
    enter: FloatArray
    leave: FloatArray
    first_after: IntArray
    from_xy: FloatArray
    to_xy: FloatArray

    @property
    def runs(self) -> IntArray:
        """The runs that are hit, each once."""
        return np.unique(self.run)


def trips_hit(network: Network, stretch: Any, runs: Runs, start: int, end: int) -> Hits:
    """Runs whose line passes within 20 m of a stretch while it is closed.

    The time of passing is interpolated between the stops before and after, by the distance
    along the line.

    Parameters
    ----------
    network
        With a timetable.
    stretch
        A shapely geometry in the network's CRS.
    runs
        The runs to look at.
    start, end
        First second of the closure, and first second after it.
    """
    import shapely

    near = shapely.buffer(stretch, WITHIN_M, quad_segs=64)
    parts: list[tuple[Any, ...]] = []
    for line, members in _lines(network, runs, near.bounds):
        for low, high in _inside(line, near):
            parts += _passages(network, runs, line, members, (low, high, start, end))
    parts.sort(key=lambda part: (part[0], part[1]))
    columns = list(zip(*parts, strict=True)) if parts else [()] * 6
    return Hits(
        np.array(columns[0], dtype=np.int64),
        np.array(columns[1], dtype=np.float64),
        np.array(columns[2], dtype=np.float64),
        np.array(columns[3], dtype=np.int64),
        np.array(columns[4], dtype=np.float64).reshape(-1, 2),
        np.array(columns[5], dtype=np.float64).reshape(-1, 2),
    )


def _lines(
    network: Network, runs: Runs, box: tuple[float, float, float, float]
) -> list[tuple[Line, IntArray]]:
    """Lines that enter a box, each with the runs that have this line and the same stops."""
    timetable, places = network.timetable, network.shape_places
    near = _shapes_in(places, timetable.shapes.first, box)
    groups: dict[tuple[int, bytes], list[int]] = {}
    shape_of = timetable.trip_shape[runs.trip]
    for run in np.flatnonzero((shape_of < 0) | near[shape_of]).tolist():
        trip = int(runs.trip[run])
        part = slice(timetable.first[trip], timetable.first[trip + 1])
        groups.setdefault((int(shape_of[run]), timetable.stop[part].tobytes()), []).append(run)
    found = []
    for (shape, raw), members in groups.items():
        stops = np.frombuffer(raw, dtype=np.int64)
        found.append((_line(network, shape, stops), np.array(members, dtype=np.int64)))
    return found


def _line(network: Network, shape: int, stops: IntArray) -> Line:
    if shape < 0:  # straight from stop to stop
        x, y = network.stop_places
        return Line(x[stops], y[stops], np.full(len(stops), np.nan))
    shapes = network.timetable.shapes
    part = slice(int(shapes.first[shape]), int(shapes.first[shape + 1]))
    x, y = network.shape_places
    return Line(x[part], y[part], shapes.along[part])


def _shapes_in(
    places: tuple[FloatArray, FloatArray], first: IntArray, box: tuple[float, float, float, float]
) -> np.ndarray:
    """True for shapes with a segment whose own box meets the box; one more, False, at the end."""
    x, y = places
    inside = np.zeros(len(first), dtype=bool)
    if len(x) < 2:
        return inside
    low_x, low_y, high_x, high_y = box
    meets = (np.minimum(x[1:], x[:-1]) <= high_x) & (np.maximum(x[1:], x[:-1]) >= low_x)
    meets &= (np.minimum(y[1:], y[:-1]) <= high_y) & (np.maximum(y[1:], y[:-1]) >= low_y)
    shape = np.searchsorted(first, np.flatnonzero(meets), side="right") - 1
    inside[shape] = True
    inside[-1] = False
    return inside


def _inside(line: Line, near: Any) -> list[tuple[float, float]]:
    """Parts of a line that lie in an area, as distances along the line."""
    import shapely

    run = run_along(line.x, line.y)
    points = np.column_stack([line.x, line.y])
    low_x, low_y, high_x, high_y = near.bounds
    a, b = points[:-1], points[1:]
    meets = (np.minimum(a[:, 0], b[:, 0]) <= high_x) & (np.maximum(a[:, 0], b[:, 0]) >= low_x)
    meets &= (np.minimum(a[:, 1], b[:, 1]) <= high_y) & (np.maximum(a[:, 1], b[:, 1]) >= low_y)
    rows = np.flatnonzero(meets & (np.diff(run) > 0))
    if not len(rows):
        return []
    segments = shapely.linestrings(np.stack([a[rows], b[rows]], axis=1))
    parts, of = shapely.get_parts(shapely.intersection(segments, near), return_index=True)
    spans = []
    for part, row in zip(parts, rows[of].tolist(), strict=True):
        ends = shapely.get_coordinates(part)
        if len(ends):
            far = np.hypot(*(ends[[0, -1]] - a[row]).T) + run[row]
            spans.append((float(far.min()), float(far.max())))
    spans.sort()
    merged: list[tuple[float, float]] = []
    for low, high in spans:
        if merged and low <= merged[-1][1] + 0.01:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return merged


def _passages(
    network: Network,
    runs: Runs,
    line: Line,
    members: IntArray,
    span: tuple[float, float, int, int],
) -> list[tuple[Any, ...]]:
    low, high, start, end = span
    timetable = network.timetable
    x, y = network.stop_places
    trip = runs.trip[members]
    rows = timetable.first[trip][:, None] + np.arange(
        timetable.first[trip[0] + 1] - timetable.first[trip[0]]
    )
    stops = timetable.stop[rows[0]]
    places = positions(line, x[stops], y[stops], timetable.along[rows[0]])
    shift = runs.offset[members][:, None]
    arrival, departure = timetable.arrival[rows] + shift, timetable.departure[rows] + shift
    enter = passing(places, arrival, departure, low, leaving=False)
    leave = passing(places, arrival, departure, high, leaving=True)
    run = line.run
    ends = [np.array([np.interp(s, run, line.x), np.interp(s, run, line.y)]) for s in (low, high)]
    after = int(np.searchsorted(places, high, side="right"))
    return [
        (int(members[row]), float(enter[row]), float(leave[row]), after, *ends)
        for row in np.flatnonzero((enter < end) & (leave >= start)).tolist()
    ]
