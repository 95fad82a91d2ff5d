"""The area of an alert: around those whom it concerns, simple enough to be read by every device.

Points are widened into discs, discs that touch are one polygon, and polygons are made simpler until
none has too many corners. What is simplified is widened first by as much as simplifying may take
away, so no point falls out.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kopa.cap.alert import Ring
from kopa.errors import EngineError
from kopa.geo.project import Projection
from kopa.model import FloatArray

REACH_M = 75.0
"""How far around a point the area reaches at least, m."""
MOST_CORNERS, MOST_POLYGONS = 100, 20
"""The first as broadcasters ask, the closing corner among them; the second keeps an alert short."""
_DIGITS = 6


def outline(x: FloatArray, y: FloatArray, crs: str, reach: float = REACH_M) -> tuple[Ring, ...]:
    """Polygons around points.

    Parameters
    ----------
    x, y
        Points in a CRS, m, shape (point,).
    crs
        Its name.
    reach
        How far around a point the area reaches at least, m, > 0.

    Returns
    -------
    tuple
        Rings that do not cross themselves, of at most `MOST_CORNERS` corners each, with every
        point inside; at most `MOST_POLYGONS` of them.

    Raises
    ------
    EngineError
        If a point has no place, or none was given, or the city has no place on earth.
    """
    import shapely

    if not crs:
        raise EngineError("the area is unknown: the city has no CRS, set `crs` in city.toml")
    if not len(x) or not (np.isfinite(x) & np.isfinite(y)).all():
        raise EngineError("the area is unknown: there are points without a place, or none at all")
    cell = reach / 4  # what lies in one cell is one point, widened by its diagonal
    corners = np.unique(np.rint(np.column_stack([x, y]) / cell), axis=0) * cell
    points = shapely.multipoints(corners)
    projection = Projection(crs)
    while True:
        shape = points.buffer(reach + cell, quad_segs=3)
        # without holes, and what lay in a hole is a part of what was around it
        filled = [shapely.Polygon(part.exterior) for part in shapely.get_parts(shape)]
        parts = shapely.get_parts(shapely.union_all(filled))
        if len(parts) <= MOST_POLYGONS:
            break
        reach *= 1.5
    rings = tuple(_ring(_simple(part, reach / 8), projection) for part in parts)
    _prove(rings, *projection.degrees(x, y))
    return rings


def _simple(part: Any, tolerance: float) -> Any:
    """The polygon, widened and with few corners."""
    import shapely

    while True:
        found = part.buffer(tolerance, quad_segs=2).simplify(tolerance)
        found = shapely.Polygon(found.exterior)
        if shapely.get_num_coordinates(found) <= MOST_CORNERS:
            return found
        tolerance *= 1.5


def _ring(part: Any, projection: Projection) -> Ring:
    import shapely

    corners = shapely.get_coordinates(shapely.set_precision(part, 0.5))
    lon, lat = projection.degrees(corners[:, 0], corners[:, 1])
    lat, lon = np.round(lat, _DIGITS), np.round(lon, _DIGITS)
    return tuple(zip(lat.tolist(), lon.tolist(), strict=True))


def _prove(rings: tuple[Ring, ...], lon: FloatArray, lat: FloatArray) -> None:
    """That the area is what it says; what fails is told, never sent.

    Raises
    ------
    EngineError
        If a ring is too long or crosses itself, or a point lies outside all of them.
    """
    import shapely

    inside = np.zeros(len(lat), dtype=bool)
    for ring in rings:
        shape = shapely.Polygon(ring)
        if len(ring) > MOST_CORNERS or not shape.is_valid:
            raise EngineError("the area is unknown: its outline could not be made simple")
        shapely.prepare(shape)
        inside |= shapely.contains_xy(shape, lat, lon)
    if not inside.all():
        raise EngineError("the area is unknown: its outline left somebody out")
