"""Writes of an OpenStreetMap extract what a base map draws."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kopa.geo.base_rules import NAME, NUMBER, STREET, keys, rule_of
from kopa.geo.read_base import Box
from kopa.geo.read_osm import unreadable

_KEPT = (*keys(), NAME, NUMBER, *STREET, "area", "tunnel", "type")
"""Tags that are kept: nobody's phone number is on a map."""


def write_base(source: Path, target: Path, box: Box) -> int:
    """Copy water, green, land use, buildings, roads, names and house numbers, and their nodes.

    What lies wholly beyond the box is left out, and so is who mapped it.

    Parameters
    ----------
    source, target
        OSM files; their format is told by their names.
    box
        Of the base map.

    Returns
    -------
    int
        Number of things that are drawn.

    Raises
    ------
    InputError
        If the source is damaged.
    """
    import osmium

    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        known = osmium.IdTracker()
        count = _mark(source, known, box)
        known.complete_backward_references(str(source))
        out = osmium.io.File(str(target), "pbf,add_metadata=false")
        with osmium.SimpleWriter(out, overwrite=True) as writer:
            # nodes are many, and have few tags: they never come to Python
            nodes = osmium.filter.EntityFilter(osmium.osm.NODE)
            osmium.apply(str(source), nodes, known.id_filter(), writer)
            others = osmium.osm.WAY | osmium.osm.RELATION
            reader = osmium.FileProcessor(str(source), others).with_filter(known.id_filter())
            element: Any
            for element in reader:
                tags = {key: element.tags[key] for key in _KEPT if key in element.tags}
                writer.add(element.replace(tags=tags))
    except (RuntimeError, osmium.InvalidLocationError) as error:
        raise unreadable(source, error) from None
    return count


def _mark(source: Path, known: Any, box: Box) -> int:
    """Mark what is drawn, and what it refers to; gives how much is drawn."""
    import osmium

    wanted = osmium.filter.KeyFilter(*keys(), NUMBER)
    count = 0
    element: Any
    for element in osmium.FileProcessor(str(source)).with_locations().with_filter(wanted):
        if not _drawn(element) or not _near(element, box):
            continue
        count += 1
        if element.is_node():
            known.add_node(element.id)
        elif element.is_way():
            known.add_way(element.id)
        else:
            known.add_relation(element.id)
        known.add_references(element)
    return count


def _drawn(element: Any) -> bool:
    tags = element.tags
    if NUMBER in tags and any(key in tags for key in STREET):
        return True
    if element.is_node():
        return rule_of(tags, "point") is not None and NAME in tags
    if element.is_way():
        return rule_of(tags, "line", "coast", "area") is not None
    return tags.get("type") == "multipolygon" and rule_of(tags, "area") is not None


def _near(element: Any, box: Box) -> bool:
    """Whether any of its nodes lies in the box; what has none of its own may."""
    west, south, east, north = box
    if element.is_relation():
        return True
    points = [element.location] if element.is_node() else (node.location for node in element.nodes)
    return any(
        west <= point.lon <= east and south <= point.lat <= north
        for point in points
        if point.valid()
    )
