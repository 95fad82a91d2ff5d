"""Reads from an OpenStreetMap extract which objects are firms."""

from __future__ import annotations

from pathlib import Path

KINDS = {"shop": "shop", "office": "office", "craft": "craft", "industrial": "industry"}
"""Kind of firm by the map's key; the first that an object has counts."""
NOT = frozenset({"no", "vacant", "government", "diplomatic"})
"""Values of these keys that are no firm."""


def read_businesses(file: Path) -> dict[str, tuple[str, str]]:
    """Kind and name of each firm by its id, such as ``w123``; nothing where there is no map.

    Parameters
    ----------
    file
        ``.osm.pbf``, or any other format of OSM that osmium reads.
    """
    if not file.is_file():
        return {}
    import osmium

    found: dict[str, tuple[str, str]] = {}
    objects = osmium.FileProcessor(str(file))
    keys = (*KINDS, "man_made", "landuse")
    for one in objects.with_filter(osmium.filter.KeyFilter(*keys)):
        tags = one.tags
        kinds = [kind for key, kind in KINDS.items() if tags.get(key, "no") not in NOT]
        named = tags.get("landuse") == "industrial" and tags.get("name")
        if not kinds and (tags.get("man_made") == "works" or named):
            kinds = ["industry"]
        if kinds:
            found[f"{one.type_str()}{one.id}"] = (kinds[0], str(tags.get("name", "")))
    return found
