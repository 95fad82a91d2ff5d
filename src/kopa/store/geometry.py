"""Distances and relations of GeoJSON geometries on the sphere, as PostGIS measures them."""

from __future__ import annotations

import json
import math
from typing import Any

import shapely
from shapely.errors import ShapelyError
from shapely.ops import nearest_points

from kopa.errors import RangeError

RADIUS_M = 6_371_008.771415
"""Mean radius of WGS 84, (2a + b) / 3: the sphere that PostGIS takes, m."""
DEGREE_M = math.pi * RADIUS_M / 180


def read_geometry(content: str | dict[str, Any]) -> shapely.Geometry:
    """Shape of a GeoJSON geometry in longitude and latitude.

    Raises
    ------
    RangeError
        If it is none, or lies outside the earth.
    """
    try:
        document = json.loads(content) if isinstance(content, str) else content
        shape = shapely.geometry.shape(document)
        west, south, east, north = shape.bounds
    except (ValueError, TypeError, LookupError, AttributeError, ShapelyError):
        raise RangeError("this is no GeoJSON geometry") from None
    if shape.is_empty or not (west >= -180 and east <= 180 and south >= -90 and north <= 90):
        raise RangeError("a geometry must lie at longitude -180 to 180 and latitude -90 to 90")
    return shapely.force_2d(shape)


def haversine_m(x0: float, y0: float, x1: float, y1: float) -> float:
    """Distance of two points on the sphere, m."""
    a, b = math.radians(y0), math.radians(y1)
    dx, dy = math.radians(x1 - x0) / 2, (b - a) / 2
    h = math.sin(dy) ** 2 + math.cos(a) * math.cos(b) * math.sin(dx) ** 2
    return 2 * RADIUS_M * math.asin(min(1.0, math.sqrt(h)))


def distance_m(x: float, y: float, shape: shapely.Geometry) -> float:
    """Distance of a point from the nearest point of a shape, m.

    The nearest point is looked for on a plane around (x, y), good to 0.1 % within 100 km.
    """
    if isinstance(shape, shapely.Point):
        return haversine_m(x, y, shape.x, shape.y)
    squeeze = math.cos(math.radians(y))
    flat = shapely.transform(shape, lambda points: points * (squeeze, 1.0))
    nearest = nearest_points(shapely.Point(x * squeeze, y), flat)[1]
    return haversine_m(x, y, nearest.x / max(squeeze, 1e-12), nearest.y)


def box_around(x: float, y: float, radius_m: float) -> tuple[float, float, float, float]:
    """West, south, east, north of a box that holds all within a distance."""
    dy = radius_m / DEGREE_M * 1.000001
    if abs(y) + dy >= 90:
        return -180.0, max(-90.0, y - dy), 180.0, min(90.0, y + dy)
    reach = math.sin(math.radians(dy)) / math.cos(math.radians(y))
    dx = math.degrees(math.asin(min(1.0, reach))) * 1.000001 if dy < 90 else 180.0
    if x - dx < -180 or x + dx > 180:
        return -180.0, y - dy, 180.0, y + dy
    return x - dx, y - dy, x + dx, y + dy
