"""Which streets a stretch closes."""

from __future__ import annotations

from typing import Any

import numpy as np

from kopa.errors import Finding, InputError
from kopa.geo.project import Projection
from kopa.geo.streets import Streets
from kopa.model import BoolArray, FloatArray, IntArray

from .read_geojson import Stretch

BESIDE_M = 12.0
"""A stretch drawn so near to a street runs along it: maps are off by a lane or two."""

LEAST_M = 15.0
"""A street is closed if so much of it, or half of it, lies along the stretch."""

LANE_M = 3.0
"""Streets that are nearer to one another than this cannot be told apart."""

ALONG = 0.7
"""Cosine of the greatest angle, 45°, at which a street still runs along a stretch."""

SAMPLE_M = 3.0
"""A stretch is walked along in steps of this length."""


def geometry(stretch: Stretch, projection: Projection) -> Any:
    """A stretch as a shapely geometry in metres."""
    import shapely

    def metres(points: FloatArray) -> FloatArray:
        return np.column_stack(projection.metres(points[:, 0], points[:, 1]))

    lines = [shapely.linestrings(metres(line)) for line in stretch.lines]
    areas = [
        shapely.make_valid(shapely.polygons(metres(ring)))
        if len(ring) >= 4
        else shapely.linestrings(metres(ring))
        for ring in stretch.areas
    ]
    return shapely.union_all([*lines, *areas])


def edge_lines(streets: Streets, edges: IntArray) -> Any:
    """Lines of some edges, as an array of shapely geometries."""
    import shapely

    low, high = streets.first[edges], streets.first[edges + 1]
    counts = high - low
    begin = np.concatenate([[0], np.cumsum(counts)])
    take = np.repeat(low - begin[:-1], counts) + np.arange(begin[-1])
    points = np.column_stack([streets.point_x[take], streets.point_y[take]])
    return shapely.linestrings(points, indices=np.repeat(np.arange(len(edges)), counts))


def edges_near(streets: Streets, box: tuple[float, float, float, float]) -> IntArray:
    """Edges whose own box meets a box."""
    starts = streets.first[:-1]
    low_x, low_y, high_x, high_y = box
    meets = (np.minimum.reduceat(streets.point_x, starts) <= high_x) & (
        np.maximum.reduceat(streets.point_x, starts) >= low_x
    )
    meets &= (np.minimum.reduceat(streets.point_y, starts) <= high_y) & (
        np.maximum.reduceat(streets.point_y, starts) >= low_y
    )
    return np.flatnonzero(meets)


def closed_edges(streets: Streets, closed: Any) -> BoolArray:
    """Edges that a stretch closes, shape (edge,).

    The stretch is walked along in small steps. At each step it lies on the street that is
    nearest and has its direction, and on others as near, but for a lane's width. What lies
    under it for half of its length, or for 15 m, is closed; what only crosses it stays open.
    An area closes what lies in it for as much.

    Parameters
    ----------
    streets
        The map.
    closed
        The stretch in metres, a shapely geometry.
    """
    import shapely

    found = np.zeros(streets.edges, dtype=bool)
    rows = edges_near(streets, shapely.buffer(closed, BESIDE_M).bounds)
    rows = rows[streets.drive[rows]]
    if not len(rows):
        return found
    lines = edge_lines(streets, rows)
    parts = shapely.get_parts(closed)
    flat = shapely.get_dimensions(parts) == 2
    under = shapely.length(shapely.intersection(lines, shapely.union_all(parts[flat])))
    if not flat.all():
        under = np.maximum(under, _length_under(lines, parts[~flat]))
    found[rows] = under >= np.minimum(LEAST_M, streets.length[rows] / 2)
    return found


def _length_under(lines: Any, courses: Any) -> FloatArray:
    """Length of the stretch that lies on each street, m, shape (line,)."""
    import shapely

    low, high, _ = _segments(shapely.segmentize(courses, SAMPLE_M))
    start, end, of = _segments(lines)
    step, course = high - low, end - start
    middles = shapely.points((low + high) / 2)
    pieces = shapely.linestrings(np.stack([start, end], axis=1))
    sample, piece = shapely.STRtree(pieces).query(middles, "dwithin", BESIDE_M)
    turned = np.abs((step[sample] * course[piece]).sum(axis=1))
    sizes = np.hypot(*step[sample].T) * np.hypot(*course[piece].T)
    along = turned >= ALONG * sizes
    sample, piece = sample[along], piece[along]
    off = shapely.distance(middles[sample], pieces[piece])
    nearest = np.full(len(middles), np.inf)
    np.minimum.at(nearest, sample, off)
    on = off <= nearest[sample] + LANE_M
    pairs = np.unique(np.column_stack([of[piece[on]], sample[on]]), axis=0)
    length = np.zeros(len(lines))
    np.add.at(length, pairs[:, 0], np.hypot(*step[pairs[:, 1]].T))
    return length


def _segments(lines: Any) -> tuple[FloatArray, FloatArray, IntArray]:
    """Both ends of all segments of some lines, m, and the line of each."""
    import shapely

    points, of = shapely.get_coordinates(lines, return_index=True)
    same = of[1:] == of[:-1]
    return points[:-1][same], points[1:][same], np.asarray(of[1:][same], dtype=np.int64)


def no_street(file: str) -> InputError:
    """The error for a stretch that lies along no street."""
    return InputError(
        [
            Finding(
                "transport.stretch-no-street",
                f"the stretch runs along no street of the map within {BESIDE_M:g} m.",
                "Draw it along a street that cars drive on, in longitude and latitude (WGS 84).",
                file=file,
            )
        ]
    )
