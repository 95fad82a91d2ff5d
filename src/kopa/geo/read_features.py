"""Reads buildings, sites and land use of an OpenStreetMap extract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kopa.geo.project import Projection
from kopa.geo.read_osm import unreadable
from kopa.model import FloatArray

_KEYS = ("building", "amenity", "healthcare", "office", "shop", "tourism", "landuse", "craft")
_ALSO = (
    "building:levels",
    "name",
    "opening_hours",
    "place",
    "capacity",
    "historic",
    "social_facility",
)


@dataclass(frozen=True)
class Features:
    """Points and areas of a map that say what they are.

    Parameters
    ----------
    ids
        ``n7`` a node, ``w123`` a closed way, ``r9`` a relation.
    tags
        Tags that say what each is.
    x, y
        A node, or a point inside an area, in the city's CRS, m, shape (feature,).
    area
        m², 0 for a point, shape (feature,).
    shapes
        Polygon of each area in the city's CRS; None for a point.
    """

    ids: tuple[str, ...]
    tags: tuple[Mapping[str, str], ...]
    x: FloatArray
    y: FloatArray
    area: FloatArray
    shapes: tuple[Any, ...]

    def __len__(self) -> int:
        return len(self.ids)


def read_features(file: Path, projection: Projection) -> Features:
    """Read what stands beside the streets of an extract.

    Parameters
    ----------
    file
        The extract.
    projection
        The city's CRS.

    Raises
    ------
    InputError
        If the file is damaged.
    """
    import osmium

    return _read(file, projection, osmium.filter.KeyFilter(*_KEYS, "place"), (*_KEYS, *_ALSO))


def read_tagged(file: Path, projection: Projection, *wanted: tuple[str, str]) -> Features:
    """Read the points and areas of an extract that carry one of some tags.

    Parameters
    ----------
    file
        The extract.
    projection
        The city's CRS.
    wanted
        Key and value of each tag.

    Raises
    ------
    InputError
        If the file is damaged.
    """
    import osmium

    keys = tuple(dict.fromkeys(key for key, _ in wanted))
    return _read(file, projection, osmium.filter.TagFilter(*wanted), (*keys, *_KEYS, *_ALSO))


def _read(file: Path, projection: Projection, wanted: Any, keys: Sequence[str]) -> Features:
    import osmium
    import shapely

    ids: list[str] = []
    tags: list[Mapping[str, str]] = []
    places: list[tuple[float, float]] = []
    rings: list[list[list[tuple[float, float]]]] = []
    try:
        element: Any
        for element in osmium.FileProcessor(str(file)).with_areas(wanted).with_filter(wanted):
            if element.is_area():
                outer = [[(node.lon, node.lat) for node in ring] for ring in element.outer_rings()]
                if not outer:
                    continue
                letter = "w" if element.from_way() else "r"
                ids.append(f"{letter}{element.orig_id()}")
                rings.append(outer)
                places.append(outer[0][0])
            elif element.is_node():
                ids.append(f"n{element.id}")
                rings.append([])
                places.append((element.lon, element.lat))
            else:
                continue
            tags.append({key: element.tags[key] for key in keys if key in element.tags})
    except (RuntimeError, osmium.InvalidLocationError) as error:
        raise unreadable(file, error) from None
    shapes = _polygons(rings, projection)
    lon, lat = np.array(places).reshape(-1, 2).T
    x, y = projection.metres(lon, lat)
    area = np.zeros(len(ids))
    for row, shape in enumerate(shapes):
        if shape is not None:
            inside = shapely.point_on_surface(shape)
            x[row], y[row], area[row] = inside.x, inside.y, shape.area
    return Features(tuple(ids), tuple(tags), x, y, area, tuple(shapes))


def _polygons(
    rings: Sequence[Sequence[Sequence[tuple[float, float]]]], projection: Projection
) -> list[Any]:
    """A polygon of the outer rings of each area; None where there is none."""
    import shapely

    flat = [point for area in rings for ring in area for point in ring]
    x, y = projection.metres(*np.array(flat).reshape(-1, 2).T)
    points = np.column_stack([x, y])
    shapes: list[Any] = []
    at = 0
    for area in rings:
        parts = []
        for ring in area:
            parts.append(shapely.Polygon(points[at : at + len(ring)]))
            at += len(ring)
        shape = None if not parts else parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
        shapes.append(shape if shape is None or shape.is_valid else shape.buffer(0))
    return shapes
