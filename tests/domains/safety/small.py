"""The safety of the town of `small_streets`: two stations, three cells, two circuits of lights.

::

    5 --- 6 --- 7 police - 8 c     North Street: lights N
    |     |     |          |
    1 --- 2 --- 3 -------- 4 --- 9 b     Main Street from 1 to 4: lights M
    fire  a

Streets allow 10 m/s; a block is some 243 m from west to east and 223 m from south to north.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from domains.transport.small_streets import place, write_streets

STATIONS: dict[str, tuple[int, dict[str, Any]]] = {
    "fire": (1, {"kind": "fire_station", "electricity_kw": 5}),
    "police": (
        7,
        {
            "kind": "police",
            "electricity_kw": 4,
            "needs_electricity": True,
            "backup_h": 1,
            "units": 2,
        },
    ),
}
CELLS: dict[str, tuple[int, dict[str, Any]]] = {
    "a": (2, {"people": 100, "zone": "west"}),
    "b": (9, {"people": 60, "zone": "east"}),
    "c": (8, {"people": 40, "zone": "east"}),
}
LIGHTS: dict[str, tuple[tuple[int, ...], dict[str, Any]]] = {
    "M": ((1, 2, 3, 4), {"lamps": 20, "electricity_kw": 1.0, "people": 120, "name": "Main Street"}),
    "N": ((5, 6, 7, 8), {"lamps": 15, "electricity_kw": 0.6, "people": 80, "name": "North Street"}),
}
SETTINGS: dict[str, Any] = {
    "stations": "stations.geojson",
    "cells": "cells.geojson",
    "lights": "lights.geojson",
    "streets": "streets.osm.pbf",
    "target_min": 3,
    "timezone": "Europe/Riga",
}
TOML = "\n[safety]\n" + "".join(f"{key} = {json.dumps(one)}\n" for key, one in SETTINGS.items())
Rows = Mapping[str, tuple[Any, dict[str, Any]]]


def collection(rows: Rows, more: Mapping[str, Mapping[str, Any]] | None = None) -> str:
    """A FeatureCollection of points, or of lines where a row has several nodes."""
    found = []
    for name, (at, values) in rows.items():
        points = [list(place(node)) for node in at] if isinstance(at, tuple) else list(place(at))
        kind = "LineString" if isinstance(at, tuple) else "Point"
        properties = {"id": name, "turnout_s": 80} if "kind" in values else {"id": name}
        found.append(
            {
                "type": "Feature",
                "geometry": {"type": kind, "coordinates": points},
                "properties": {**properties, **values, **(more or {}).get(name, {})},
            }
        )
    return json.dumps({"type": "FeatureCollection", "features": found})


def write_safety(
    folder: Path, more: Mapping[str, Mapping[str, Any]] | None = None, streets: bool = True
) -> dict[str, Any]:
    """Write all files; gives the settings.

    Parameters
    ----------
    folder
        Where.
    more
        Values that differ, by id.
    streets
        Write the map as well.
    """
    (folder / "stations.geojson").write_text(collection(STATIONS, more), "utf-8")
    (folder / "cells.geojson").write_text(collection(CELLS, more), "utf-8")
    (folder / "lights.geojson").write_text(collection(LIGHTS, more), "utf-8")
    if streets and not (folder / "streets.osm.pbf").exists():
        write_streets(folder / "streets.osm.pbf")
    return dict(SETTINGS)


def write_town(folder: Path, more: Mapping[str, Mapping[str, Any]] | None = None) -> Path:
    """A city of nothing but safety; gives the folder."""
    write_safety(folder, more)
    (folder / "city.toml").write_text('name = "Town"\n' + TOML, "utf-8")
    return folder
