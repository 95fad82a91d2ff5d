"""Reads from an OpenStreetMap extract which objects are offices of the municipality."""

from __future__ import annotations

from pathlib import Path

KINDS = {
    ("amenity", "townhall"): "town_hall",
    ("office", "government"): "service_centre",
    ("government", "register_office"): "register_office",
}
"""Kinds of office by the map's tags; the first that an object has counts."""


def read_townhalls(file: Path) -> dict[str, str]:
    """Kind of each office by its id, such as ``w123``; nothing where there is no map.

    Parameters
    ----------
    file
        ``.osm.pbf``, or any other format of OSM that osmium reads.
    """
    if not file.is_file():
        return {}
    import osmium

    found: dict[str, str] = {}
    keys = sorted({key for key, _ in KINDS})
    objects = osmium.FileProcessor(str(file))
    for one in objects.with_filter(osmium.filter.KeyFilter(*keys)):
        kinds = [kind for (key, value), kind in KINDS.items() if one.tags.get(key) == value]
        if kinds:
            found[f"{one.type_str()}{one.id}"] = kinds[0]
    return found
