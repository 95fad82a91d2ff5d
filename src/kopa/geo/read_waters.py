"""Reads rivers, streams and canals of an OpenStreetMap extract."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kopa.geo.project import Projection
from kopa.geo.read_osm import pieces, unreadable
from kopa.model import FloatArray, IntArray

KINDS = ("stream", "canal", "river")
"""Values of `waterway` that are read, the least important first."""
_METRES = re.compile(r"^(\d+(?:[.,]\d+)?)\s*m?$")


@dataclass(frozen=True)
class Waterway:
    """A way of the map, or that part of it that the extract holds; drawn downstream.

    Parameters
    ----------
    way
        OSM id.
    kind, name
        One of `KINDS`, and its name, empty where it has none.
    width
        m, NaN where the map does not say, or not in metres.
    nodes
        OSM ids of its points, shape (point,).
    xy
        Its points in the city's CRS, m, shape (point, 2).
    """

    way: int
    kind: str
    name: str
    width: float
    nodes: IntArray
    xy: FloatArray


def read_waters(file: Path, projection: Projection) -> tuple[Waterway, ...]:
    """Read all rivers, streams and canals; what falls dry by itself is left out.

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

    References
    ----------
    OpenStreetMap wiki, Key:waterway: a way is drawn in the direction of the flow.
    """
    import osmium

    found: list[tuple[int, str, str, float, list[tuple[int, float, float]]]] = []
    wanted = osmium.filter.TagFilter(*(("waterway", kind) for kind in KINDS))
    try:
        way: Any
        reader = osmium.FileProcessor(str(file)).with_locations()
        for way in reader.with_filter(osmium.filter.EntityFilter(osmium.osm.WAY)).with_filter(
            wanted
        ):
            tags = way.tags
            if tags.get("intermittent") == "yes":
                continue
            head = (way.id, tags["waterway"], tags.get("name", ""), _width(tags.get("width", "")))
            found += [(*head, piece) for piece in pieces(way.nodes)]
    except (RuntimeError, osmium.InvalidLocationError) as error:
        raise unreadable(file, error) from None
    flat = np.array([point for *_, piece in found for point in piece]).reshape(-1, 3)
    x, y = projection.metres(flat[:, 1], flat[:, 2])
    xy = np.column_stack([x, y])
    waters, at = [], 0
    for number, kind, name, width, piece in found:
        nodes = np.array([ref for ref, *_ in piece], dtype=np.int64)
        waters.append(Waterway(number, kind, name, width, nodes, xy[at : at + len(piece)]))
        at += len(piece)
    return tuple(waters)


def _width(text: str) -> float:
    match = _METRES.match(text.strip())
    return float(match[1].replace(",", ".")) if match else float("nan")
