"""GeoJSON geometries: checked, measured and compared (clause 4.7).

Longitude and latitude are taken as a plane for the topological relations, as the standard
does; distances are metres on the sphere.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from kopa.api.ngsi_ld.names import GEOMETRIES
from kopa.api.ngsi_ld.problems import BadRequestData

EARTH_M = 6_371_008.8
"""Mean radius of the Earth, m."""
_DEPTH = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}


def check_geometry(value: Any) -> Mapping[str, Any]:
    """A GeoJSON geometry, if a value is one.

    Parameters
    ----------
    value
        What may be a geometry.

    Returns
    -------
    Mapping
        The value.

    Raises
    ------
    BadRequestData
        If it is not a GeoJSON geometry.
    """
    if not isinstance(value, dict):
        raise BadRequestData("A geometry is a GeoJSON object.")
    kind, coordinates = value.get("type"), value.get("coordinates")
    if not isinstance(kind, str) or kind not in GEOMETRIES:
        raise BadRequestData("A geometry has no type that GeoJSON knows.")
    _check_positions(coordinates, _DEPTH[kind], kind)
    return value


def _check_positions(value: Any, depth: int, kind: str) -> None:
    if depth == 0:
        _check_position(value, kind)
        return
    if not isinstance(value, list) or not value:
        raise BadRequestData(f"The coordinates of a {kind} are nested lists of positions.")
    for part in value:
        _check_positions(part, depth - 1, kind)
    if depth == 1 and kind.endswith("LineString") and len(value) < 2:
        raise BadRequestData("A line has at least two positions.")
    if depth == 1 and kind.endswith("Polygon") and (len(value) < 4 or value[0] != value[-1]):
        raise BadRequestData("A ring of a polygon has at least four positions and is closed.")


def _check_position(value: Any, kind: str) -> None:
    good = (
        isinstance(value, list)
        and 2 <= len(value) <= 4
        and all(isinstance(x, int | float) and not isinstance(x, bool) for x in value)
    )
    if not good:
        raise BadRequestData(f"A position of a {kind} is [longitude, latitude].")
    longitude, latitude = value[0], value[1]
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise BadRequestData(f"The position [{longitude}, {latitude}] is not on the Earth.")


def shape(geometry: Mapping[str, Any]) -> BaseGeometry:
    """A geometry to compare; rings that cross themselves are mended."""
    made = shapely.geometry.shape({**geometry, "coordinates": _flat(geometry["coordinates"])})
    return made if made.is_valid else shapely.make_valid(made)


def _flat(value: Any) -> Any:
    """Coordinates without their heights."""
    if isinstance(value[0], list):
        return [_flat(part) for part in value]
    return value[:2]


def distance_m(one: BaseGeometry, other: BaseGeometry) -> float:
    """Shortest distance of two geometries, m: great circle between their nearest points."""
    if one.intersects(other):
        return 0.0
    middle = math.cos(math.radians((one.centroid.y + other.centroid.y) / 2)) or 1e-9
    flat_one, flat_other = (
        shapely.transform(x, lambda at: at * (middle, 1.0)) for x in (one, other)
    )
    first, second = shapely.get_coordinates(shapely.shortest_line(flat_one, flat_other))
    return great_circle_m(first[0] / middle, first[1], second[0] / middle, second[1])


def great_circle_m(lon_1: float, lat_1: float, lon_2: float, lat_2: float) -> float:
    """Distance of two positions on the sphere, m (haversine)."""
    north = math.radians(lat_2 - lat_1) / 2
    east = math.radians(lon_2 - lon_1) / 2
    ground = math.cos(math.radians(lat_1)) * math.cos(math.radians(lat_2))
    part = math.sin(north) ** 2 + ground * math.sin(east) ** 2
    return 2 * EARTH_M * math.asin(min(1.0, math.sqrt(part)))
