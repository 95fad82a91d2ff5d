"""What a city's networks and places put on the map: GeoJSON features, one a line."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files

import numpy as np

from kopa.city.domains import domain_type
from kopa.city.load import City
from kopa.domain import shapes_of
from kopa.domain.page import Layer, page_of
from kopa.geo.project import Projection
from kopa.model import Assets, FloatArray, Shapes, points_of
from kopa.model.shapes import joined

SHORTEST_M = 1.0
"""A shorter line is drawn so long: a tile has no two points for it, and it would vanish."""
DIGITS = 6
"""Of a degree: 0.1 m."""


@dataclass(frozen=True)
class Drawn:
    """What is drawn of one domain.

    Parameters
    ----------
    assets
        Its assets.
    shapes
        What is drawn, in the order in which it is: the most important last.
    layers
        Layer of its page that each shape belongs to, shape (shape,).
    """

    assets: Assets
    shapes: Shapes
    layers: tuple[Layer, ...]


def drawn(city: City) -> dict[str, Drawn]:
    """What is drawn of each domain, the lowest domain first."""
    packages = {name: domain_type(name).package for name in city.domains}
    order = sorted(packages, key=lambda name: (page_of(packages[name]).order, name))
    return {name: _drawn(city, name, packages[name]) for name in order}


def _drawn(city: City, name: str, package: str) -> Drawn:
    domain, page = city.domains[name], page_of(package)
    assets = domain.assets()
    layer_of = {kind: page.layer_of(kind) for kind in set(assets.kinds)}
    number = {kind: page.layers.index(one) for kind, one in layer_of.items() if one is not None}
    of_asset = np.array([number.get(kind, -1) for kind in assets.kinds], dtype=np.int64)
    is_line = np.array([layer.draw == "line" for layer in page.layers], dtype=bool)
    shapes = shapes_of(domain).placed()
    as_line = shapes.chosen((of_asset[shapes.rows] >= 0) & is_line[of_asset[shapes.rows]])
    points = points_of(assets, np.flatnonzero((of_asset >= 0) & ~is_line[of_asset]))
    found = joined([as_line, _weighed(points, shapes)])
    rank = (found.rows, assets.people[found.rows], found.weight, of_asset[found.rows])
    found = found.chosen(np.lexsort(rank))
    return Drawn(assets, found, tuple(page.layers[at] for at in of_asset[found.rows].tolist()))


def _weighed(points: Shapes, told: Shapes) -> Shapes:
    """Points with the weights that the domain gives their assets."""
    most = np.ones(int(max(points.rows.max(initial=-1), told.rows.max(initial=-1))) + 1)
    most[told.rows] = told.weight
    return Shapes(points.rows, points.first, points.x, points.y, most[points.rows])


def digest_of(city: City, found: dict[str, Drawn]) -> str:
    """Changes when something is drawn otherwise.

    Parameters
    ----------
    city
        The city.
    found
        From `drawn`.
    """
    told = hashlib.blake2b(city.settings.crs.encode(), digest_size=8)
    for name, one in found.items():
        told.update(files(domain_type(name).package).joinpath("page.json").read_bytes())
        for texts in (one.assets.ids, one.assets.kinds, one.assets.names):
            told.update("\n".join(texts).encode())
        shapes = one.shapes
        for values in (shapes.rows, shapes.first, shapes.x, shapes.y, shapes.weight):
            told.update(values.tobytes())
        told.update(one.assets.people.tobytes())
    return told.hexdigest()


def features(found: dict[str, Drawn], projection: Projection, most_zoom: int) -> Iterator[str]:
    """GeoJSON features with the layer and the least zoom that tippecanoe gives them.

    Parameters
    ----------
    found
        From `drawn`.
    projection
        The city's CRS.
    most_zoom
        The greatest zoom of the tiles: what comes later is in them from there on.
    """
    for name, one in found.items():
        shapes = _long_enough(one.shapes)
        lon, lat = projection.degrees(shapes.x, shapes.y)
        points = [
            f"[{x:.{DIGITS}f},{y:.{DIGITS}f}]"
            for x, y in zip(lon.tolist(), lat.tolist(), strict=True)
        ]
        row_of, first = shapes.rows.tolist(), shapes.first.tolist()
        weights = shapes.weight.tolist()
        start = 0
        for at in range(1, len(row_of) + 1):
            if at < len(row_of) and row_of[at] == row_of[start]:
                continue  # another part of the same asset
            lines = [points[first[part] : first[part + 1]] for part in range(start, at)]
            zoom = min(math.ceil(one.layers[start].zoom_of(weights[start])), most_zoom)
            told = _properties(one, row_of[start], weights[start])
            yield (
                f'{{"type":"Feature","tippecanoe":{{"layer":"{name}","minzoom":{zoom}}},'
                f'"properties":{told},"geometry":{_geometry(lines)}}}'
            )
            start = at


def _long_enough(shapes: Shapes) -> Shapes:
    """The shapes, with lines that are next to points stretched to the east and the west."""
    if not len(shapes):
        return shapes
    begin, end = shapes.first[:-1], shapes.first[1:] - 1
    spans = [
        np.maximum.reduceat(values, begin) - np.minimum.reduceat(values, begin)
        for values in (shapes.x, shapes.y)
    ]
    short = (end > begin) & (np.maximum(*spans) < SHORTEST_M)
    x: FloatArray = shapes.x.copy()
    x[begin[short]] -= SHORTEST_M / 2
    x[end[short]] += SHORTEST_M / 2
    return Shapes(shapes.rows, shapes.first, x, shapes.y, shapes.weight)


def _properties(one: Drawn, row: int, weight: float) -> str:
    assets = one.assets
    told: dict[str, object] = {"id": assets.full(row), "kind": assets.kinds[row]}
    if assets.names[row] and assets.names[row] != assets.ids[row]:
        told["name"] = assets.names[row]
    if assets.people[row] > 0:
        told["people"] = round(float(assets.people[row]))
    if weight < 1:
        told["weight"] = round(weight, 2)
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _geometry(lines: Sequence[Sequence[str]]) -> str:
    if len(lines[0]) == 1:
        return f'{{"type":"Point","coordinates":{lines[0][0]}}}'
    parts = [f"[{','.join(line)}]" for line in lines]
    if len(parts) == 1:
        return f'{{"type":"LineString","coordinates":{parts[0]}}}'
    return f'{{"type":"MultiLineString","coordinates":[{",".join(parts)}]}}'
