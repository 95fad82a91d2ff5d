"""Reads what a base map draws from an OpenStreetMap extract."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kopa.errors import Finding, InputError
from kopa.geo.base_rules import NAME, NUMBER, STREET, Rule, keys, rule_of
from kopa.geo.coast import sea
from kopa.geo.read_osm import unreadable
from kopa.model import FloatArray

Box = tuple[float, float, float, float]
"""West, south, east, north, °."""
SEA = Rule("water", "area", "sea", 0)
WIDER = 0.15
"""A base map reaches so much further than the city, of its width and height; 500 m at least."""
LEAST_DEGREES = 0.006


@dataclass(frozen=True)
class Houses:
    """Houses with a number.

    Parameters
    ----------
    streets, numbers
        Street and number of each.
    lon, lat
        Place, °, shape (house,).
    """

    streets: tuple[str, ...]
    numbers: tuple[str, ...]
    lon: FloatArray
    lat: FloatArray


@dataclass(frozen=True)
class BaseMap:
    """What a base map draws, in degrees; the lowest first in each layer.

    Parameters
    ----------
    rules
        How each thing is drawn.
    names
        Its name, empty where it has none.
    shapes
        Shapely geometries, clipped, shape (thing,).
    houses
        Houses with a number.
    findings
        What is left out.
    """

    rules: tuple[Rule, ...]
    names: tuple[str, ...]
    shapes: NDArray[np.object_]
    houses: Houses
    findings: tuple[Finding, ...] = ()


def widened(box: Box) -> Box:
    """A city's box, and what lies around it."""
    west, south, east, north = box
    x = max(WIDER * (east - west), LEAST_DEGREES)
    y = max(WIDER * (north - south), LEAST_DEGREES)
    return west - x, south - y, east + x, north + y


@dataclass
class _Found:
    """Things as they are read: geometries are WKB in hexadecimal digits."""

    rules: list[Rule] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    shapes: list[str] = field(default_factory=list)
    coast: list[str] = field(default_factory=list)
    houses: list[tuple[str, str]] = field(default_factory=list)
    doors: list[str] = field(default_factory=list)

    def add(self, rule: Rule, tags: Any, shape: str) -> None:
        """Take in a thing."""
        if rule.geometry == "coast":
            self.coast.append(shape)
            return
        self.rules.append(rule)
        self.names.append("" if rule.layer == "buildings" else tags.get(NAME, ""))
        self.shapes.append(shape)

    def house(self, tags: Any, shape: str) -> None:
        """Take in a house, if it has a number and a street."""
        street = next((tags[key] for key in STREET if key in tags), "")
        if street and NUMBER in tags:
            self.houses.append((street, tags[NUMBER]))
            self.doors.append(shape)


def read_base(file: Path, box: Box) -> BaseMap:
    """Read a base map.

    Parameters
    ----------
    file
        An extract, or what `write_base` made of one.
    box
        Of the city; what is further than a little beyond it is not drawn.

    Raises
    ------
    InputError
        If the file is missing or damaged.
    """
    import osmium
    import shapely

    if not file.is_file():
        what = "there is no such file."
        raise InputError([Finding("osm.missing", what, "Check the path.", file=str(file))])
    found = _Found()
    wanted = osmium.filter.KeyFilter(*keys(), NUMBER)
    try:
        reader = osmium.FileProcessor(str(file)).with_locations().with_areas(wanted)
        _take(found, reader.with_filter(wanted), osmium.geom.WKBFactory())
    except (RuntimeError, osmium.InvalidLocationError) as error:
        raise unreadable(file, error) from None
    shapes = shapely.clip_by_rect(_geometries(found.shapes), *widened(box))
    water, findings = _sea(found.coast, box, file)
    shapes = np.concatenate([shapes, np.array(water, dtype=object)])
    rules = [*found.rules, *[SEA] * len(water)]
    names = [*found.names, *[""] * len(water)]
    kept = np.flatnonzero(~(shapely.is_empty(shapes) | shapely.is_missing(shapes)))
    # large areas lie below small ones, small roads below large ones
    rank = [(-rules[at].from_zoom, -float(shapely.area(shapes[at]))) for at in kept.tolist()]
    order = kept[np.lexsort(np.array(rank).reshape(-1, 2).T)].tolist()
    return BaseMap(
        tuple(rules[at] for at in order),
        tuple(names[at] for at in order),
        shapes[order],
        _houses(found, widened(box)),
        findings,
    )


def _take(found: _Found, elements: Any, wkb: Any) -> None:
    for element in elements:
        tags = element.tags
        if element.is_node():
            rule = rule_of(tags, "point")
            if rule is not None and NAME in tags:
                found.add(rule, tags, wkb.create_point(element))
            found.house(tags, wkb.create_point(element))
        elif element.is_area():
            rule = rule_of(tags, "area")
            if rule is None and NUMBER not in tags:
                continue
            shape = _made(wkb.create_multipolygon, element)
            if shape and rule is not None:
                found.add(rule, tags, shape)
            if shape:
                found.house(tags, shape)
        elif element.is_way():
            rule = rule_of(tags, "line", "coast")
            shape = _made(wkb.create_linestring, element) if rule is not None else ""
            if rule is not None and shape:
                found.add(rule, tags, shape)


def _made(make: Any, element: Any) -> str:
    """A geometry; empty where nodes of it are beyond the extract."""
    import osmium

    try:
        return str(make(element))
    except (RuntimeError, osmium.InvalidLocationError):
        return ""


def _geometries(shapes: list[str]) -> NDArray[np.object_]:
    import shapely

    return np.asarray(shapely.from_wkb(np.array(shapes, dtype=object)), dtype=object)


def _sea(coast: list[str], box: Box, file: Path) -> tuple[list[Any], tuple[Finding, ...]]:
    """The sea around a city, and what cannot be told of it."""
    if not coast:
        return [], ()
    for around in (widened(box), box):  # an extract may end not far beyond the city
        water = sea(_geometries(coast), around)
        if water is not None:
            return water, ()
    what = "its coastline is open: it is not known where the sea is, and none is drawn."
    do = "Take an extract that reaches beyond the coast."
    return [], (Finding("osm.open-coast", what, do, "warning", str(file)),)


def _houses(found: _Found, box: Box) -> Houses:
    """Houses within a box, each at a point inside it."""
    import shapely

    doors = shapely.point_on_surface(_geometries(found.doors))
    lon, lat = shapely.get_x(doors), shapely.get_y(doors)
    west, south, east, north = box
    inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    kept = np.flatnonzero(inside).tolist()
    streets = tuple(found.houses[at][0] for at in kept)
    numbers = tuple(found.houses[at][1] for at in kept)
    return Houses(streets, numbers, lon[kept], lat[kept])
