"""Schools of the town of `small_streets`: three kindergartens and a school.

::

    5 --- 6 --- 7 k2 ----- 8
    |     |     |          |
    1 --- 2 --- 3 -------- 4 --- 9 k3
    s     k1

Nodes stand 243 m apart from west to east, and 223 m from south to north. Of the ages 3 to 4, k1 has
8 pupils, k2 has 5 places left and k3 has 6; of the ages 5 to 6 k1 has 4 and k3 alone 2 places left.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from domains.transport.small_streets import place, write_streets

SCHOOLS: Mapping[str, tuple[int, dict[str, Any]]] = {
    "k1": (2, {"kind": "kindergarten", "name": "Sun", "zone": "west", "heat_h": 0}),
    "k2": (7, {"kind": "kindergarten", "name": "Moon", "zone": "east", "heat_h": 2}),
    "k3": (9, {"kind": "kindergarten", "name": "Star", "zone": "east", "heat_h": 0}),
    "s": (1, {"kind": "school", "name": "First School", "zone": "west", "heat_h": 0}),
}
GROUPS = """\
school,group,age_from,age_to,places,pupils
k1,3-4,3,4,10,8
k1,5-6,5,6,5,4
k2,3-4,3,4,9,4
k3,3-4,3,4,8,2
k3,5-6,5,6,4,2
s,grade 1,7,7,20,15
"""
SETTINGS: dict[str, Any] = {
    "schools": "schools.geojson",
    "groups": "groups.csv",
    "streets": "streets.osm.pbf",
}
TOML = "\n[education]\n" + "".join(f"{key} = {json.dumps(one)}\n" for key, one in SETTINGS.items())


def collection(more: Mapping[str, Mapping[str, Any]] | None = None) -> str:
    """A FeatureCollection of the schools."""
    found = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": list(place(node))},
            "properties": {"id": name, **values, **(more or {}).get(name, {})},
        }
        for name, (node, values) in SCHOOLS.items()
    ]
    return json.dumps({"type": "FeatureCollection", "features": found})


def write_education(
    folder: Path, more: Mapping[str, Mapping[str, Any]] | None = None
) -> dict[str, Any]:
    """Write all files; gives the settings."""
    (folder / "schools.geojson").write_text(collection(more), "utf-8")
    (folder / "groups.csv").write_text(GROUPS, "utf-8")
    if not (folder / "streets.osm.pbf").exists():
        write_streets(folder / "streets.osm.pbf")
    return dict(SETTINGS)


def write_town(folder: Path, more: Mapping[str, Mapping[str, Any]] | None = None) -> Path:
    """A city of nothing but education; gives the folder."""
    write_education(folder, more)
    (folder / "city.toml").write_text('name = "Town"\n' + TOML, "utf-8")
    return folder
