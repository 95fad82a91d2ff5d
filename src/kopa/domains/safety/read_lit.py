"""Reads from an OpenStreetMap extract which streets have lights: the tag `lit`."""

from __future__ import annotations

from pathlib import Path

YES = {"yes", "automatic", "24/7", "limited", "sunset-sunrise", "dusk-dawn"}
NO = {"no", "disused"}


def read_lit(file: Path) -> dict[int, bool]:
    """Whether each way has lights, as far as the map says; nothing where there is no map.

    Parameters
    ----------
    file
        ``.osm.pbf``, or any other format of OSM that osmium reads.
    """
    if not file.is_file():
        return {}
    import osmium

    found: dict[int, bool] = {}
    ways = osmium.FileProcessor(str(file), osmium.osm.WAY)
    for way in ways.with_filter(osmium.filter.KeyFilter("lit")):
        value = way.tags["lit"]
        if "highway" in way.tags and value in YES | NO:
            found[way.id] = value in YES
    return found
