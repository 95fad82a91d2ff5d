"""The emergency service of the town of `small_streets`: three bases, two shelters, three cells.

::

    5 --- 6 --- 7 north -- 8 c     ambulance base "north", fire base "engines", shelter "hall" at 5
    |     |     |          |
    1 --- 2 --- 3 -------- 4 --- 9 b     ambulance base "west" at 1, shelter "school" at 9
    west  a

Streets allow 10 m/s; a block is some 243 m from west to east and 223 m from south to north.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from domains.transport.small_streets import place, write_streets

Rows = Mapping[str, tuple[int, dict[str, Any]]]
BASES: Rows = {
    "west": (1, {"kind": "ambulance", "units": 1, "turnout_s": 60}),
    "north": (
        7,
        {
            "kind": "ambulance", "units": 2, "turnout_s": 60, "needs_electricity": True,
            "backup_h": 1,
        },
    ),
    "engines": (7, {"kind": "fire", "units": 2, "turnout_s": 80}),
}  # fmt: skip
SHELTERS: Rows = {
    "hall": (5, {"places": 90, "needs_electricity": True}),
    "school": (9, {"places": 70}),
}
CELLS: Rows = {
    "a": (2, {"people": 100, "zone": "west"}),
    "b": (9, {"people": 60, "zone": "east"}),
    "c": (8, {"people": 40, "zone": "east"}),
}
SETTINGS: dict[str, Any] = {
    "bases": "bases.geojson",
    "shelters": "shelters.geojson",
    "cells": "emergency_cells.geojson",
    "streets": "streets.osm.pbf",
    "target_min": 2,
}
TOML = "\n[emergency]\n" + "".join(f"{key} = {json.dumps(one)}\n" for key, one in SETTINGS.items())


def collection(rows: Rows, more: Mapping[str, Mapping[str, Any]] | None = None) -> str:
    """A FeatureCollection of points."""
    found = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": list(place(node))},
            "properties": {"id": name, **values, **(more or {}).get(name, {})},
        }
        for name, (node, values) in rows.items()
    ]
    return json.dumps({"type": "FeatureCollection", "features": found})


def write_emergency(
    folder: Path, more: Mapping[str, Mapping[str, Any]] | None = None
) -> dict[str, Any]:
    """Write all files; gives the settings.

    Parameters
    ----------
    folder
        Where.
    more
        Values that differ, by id.
    """
    for key, rows in (("bases", BASES), ("shelters", SHELTERS), ("cells", CELLS)):
        (folder / SETTINGS[key]).write_text(collection(rows, more), "utf-8")
    if not (folder / "streets.osm.pbf").exists():
        write_streets(folder / "streets.osm.pbf")
    return dict(SETTINGS)


def write_town(folder: Path, more: Mapping[str, Mapping[str, Any]] | None = None) -> Path:
    """A city of nothing but emergency; gives the folder."""
    write_emergency(folder, more)
    (folder / "city.toml").write_text('name = "Town"\n' + TOML, "utf-8")
    return folder


def around(file: Path, *nodes: int, half: float = 0.0005) -> Path:
    """An area of squares around nodes, degrees."""
    polygons = []
    for node in nodes:
        lon, lat = place(node)
        west, east, south, north = lon - half, lon + half, lat - half, lat + half
        polygons.append(
            [[[west, south], [east, south], [east, north], [west, north], [west, south]]]
        )
    file.write_text(json.dumps({"type": "MultiPolygon", "coordinates": polygons}), "utf-8")
    return file
