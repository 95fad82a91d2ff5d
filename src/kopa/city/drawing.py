"""The map of a city for a page of paper: networks, and the ground below them, in metres."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from kopa.city.load import City
from kopa.city.places import Places, projection_of
from kopa.city.tiles.features import Drawn, drawn
from kopa.errors import Finding, InputError
from kopa.geo.project import Projection
from kopa.geo.read_base import BaseMap, Box, read_base
from kopa.model import FloatArray, IntArray

GROUND = ("green", "water", "roads")
"""Layers of the base map that a small map needs, the lowest first."""
ROADS = ("minor", "main", "motorway", "rail")
"""Classes of roads that it needs, the lowest first."""
BUILDINGS = "buildings"
"""The layer that a map from nearby needs, too; it lies below the roads."""


@dataclass(frozen=True)
class Ground:
    """Things of the base map that are drawn alike.

    Parameters
    ----------
    layer, kind
        As tiles have them: ``roads`` and ``main``, ``water`` and ``lake``.
    closed
        True for rings to fill (even-odd: holes are rings, too); else they are lines.
    first
        Line or ring i is drawn through points ``first[i]`` to ``first[i + 1] - 1``.
    x, y
        The points in the city's CRS, m.
    """

    layer: str
    kind: str
    closed: bool
    first: IntArray
    x: FloatArray
    y: FloatArray


@dataclass(frozen=True)
class Drawing:
    """What a map of the city draws, in its CRS.

    Parameters
    ----------
    box
        West, south, east, north of all that is drawn of the networks, m.
    networks
        What is drawn of each domain, the lowest domain first.
    ground
        What lies below, the lowest first; nothing where the city has no base map.
    findings
        What is left out.
    """

    box: Box
    networks: Mapping[str, Drawn]
    ground: tuple[Ground, ...]
    findings: tuple[Finding, ...]


def drawing(city: City, detail_m: float = 10.0, buildings: bool = False) -> Drawing | None:
    """The map of a city; None where none of its assets has a place.

    Parameters
    ----------
    city
        The city.
    detail_m
        What is smaller than this is simplified away, m.
    buildings
        Whether buildings are part of the ground.
    """
    networks = drawn(city)
    shapes = [one.shapes for one in networks.values() if len(one.shapes)]
    if not shapes:
        return None
    x, y = (np.concatenate([getattr(one, axis) for one in shapes]) for axis in "xy")
    box = (float(x.min()), float(y.min()), float(x.max()), float(y.max()))
    base, projection, findings = _base(city)
    if base is None or projection is None:
        return Drawing(box, networks, (), findings)
    layers = (*GROUND[:-1], BUILDINGS, GROUND[-1]) if buildings else GROUND
    return Drawing(box, networks, tuple(_ground(base, projection, detail_m, layers)), findings)


def _base(city: City) -> tuple[BaseMap | None, Projection | None, tuple[Finding, ...]]:
    """The base map of a city, its projection, and what is wrong with it."""
    projection, box = projection_of(city), Places(city).box()
    file = city.settings.folder / city.settings.base_map
    if projection is None or box is None or not city.settings.base_map or not file.is_file():
        return None, projection, ()
    try:
        base = read_base(file, box)
    except InputError as error:
        return None, projection, error.findings
    return base, projection, base.findings


def _ground(
    base: BaseMap, projection: Projection, detail_m: float, layers: tuple[str, ...]
) -> Iterator[Ground]:
    import shapely

    def to_metres(points: FloatArray) -> FloatArray:
        return np.column_stack(projection.metres(points[:, 0], points[:, 1]))

    areas = shapely.get_dimensions(base.shapes) == 2
    groups: dict[tuple[int, int, str, str, bool], list[int]] = {}
    for at, (rule, area) in enumerate(zip(base.rules, areas.tolist(), strict=True)):
        if rule.layer not in layers or (rule.layer == "roads" and rule.kind not in ROADS):
            continue
        rank = ROADS.index(rule.kind) if rule.layer == "roads" else 0
        key = (layers.index(rule.layer), rank, rule.layer, rule.kind, area)
        groups.setdefault(key, []).append(at)
    for (_, _, layer, kind, closed), rows in sorted(groups.items()):
        if not closed and layer == "green":
            continue
        found = shapely.transform(base.shapes[rows], to_metres)
        # together: streets join to long lines, and areas that overlap leave no hole
        if layer == BUILDINGS:  # they are many, and stand apart
            whole = shapely.multipolygons(shapely.get_parts(found))
        elif closed:
            whole = shapely.union_all(found)
        else:
            whole = shapely.line_merge(shapely.union_all(found))
        first, x, y = _parts(shapely.simplify(whole, detail_m), detail_m)
        if len(x):
            yield Ground(layer, kind, closed, first, x, y)


def _parts(whole: Any, detail_m: float) -> tuple[IntArray, FloatArray, FloatArray]:
    """Lines, or rings of areas, as ragged arrays; the smallest are left out."""
    import shapely

    parts = shapely.get_parts(whole)
    if shapely.get_dimensions(whole) == 2:
        parts = shapely.get_rings(parts[shapely.get_dimensions(parts) == 2])
    parts = parts[shapely.length(parts) > 2 * detail_m]
    many = shapely.get_num_coordinates(parts)
    xy = shapely.get_coordinates(parts)
    first = np.concatenate([[0], np.cumsum(many)]).astype(np.int64)
    return first, xy[:, 0], xy[:, 1]
