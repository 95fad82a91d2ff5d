"""Reads sights from an OpenStreetMap extract."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

KINDS = {
    ("tourism", "museum"): "museum",
    ("tourism", "gallery"): "museum",
    ("tourism", "viewpoint"): "viewpoint",
    ("tourism", "attraction"): "attraction",
    ("tourism", "zoo"): "attraction",
    ("tourism", "theme_park"): "attraction",
    ("historic", "castle"): "attraction",
    ("historic", "monument"): "monument",
    ("historic", "memorial"): "monument",
    ("historic", "ruins"): "monument",
    ("historic", "church"): "attraction",
}
"""Kinds of sight by the map's tags; the first that an object has counts."""


@dataclass(frozen=True)
class Spot:
    """A sight of a map.

    Parameters
    ----------
    id, kind, name
        What it is: ``n12``, museum.
    hours, wheelchair
        As the map says; empty where it does not.
    lon, lat
        Degrees; the middle of its nodes.
    """

    id: str
    kind: str
    name: str
    hours: str
    wheelchair: str
    lon: float
    lat: float


def sights_of_map(file: Path) -> list[Spot]:
    """Sights with a name; none where there is no map.

    Parameters
    ----------
    file
        ``.osm.pbf``, or any other format of OSM that osmium reads.
    """
    return list(_spots(file)) if file.is_file() else []


def _spots(file: Path) -> Iterator[Spot]:
    import osmium

    objects = osmium.FileProcessor(str(file)).with_locations()
    for one in objects.with_filter(osmium.filter.KeyFilter("tourism", "historic")):
        kind = next((k for (key, value), k in KINDS.items() if one.tags.get(key) == value), "")
        if not kind or not one.tags.get("name"):
            continue
        if isinstance(one, osmium.osm.Node):
            at = [(one.location.lon, one.location.lat)]
        elif isinstance(one, osmium.osm.Way):
            at = [(node.lon, node.lat) for node in one.nodes if node.location.valid()]
        else:
            continue
        if not at:
            continue
        lon, lat = (sum(values) / len(at) for values in zip(*at, strict=True))
        hours = one.tags.get("opening_hours", "") or ""
        told = one.tags.get("wheelchair", "") or ""
        yield Spot(
            f"{one.type_str()}{one.id}", kind, one.tags["name"], hours,
            told if told in ("yes", "limited", "no") else "", lon, lat,
        )  # fmt: skip
