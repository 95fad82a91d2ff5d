"""The waste of the town of `small_streets`: three containers of residual waste, one of paper.

::

    5 transfer --- 6 --- 7 paper --- 8 sorting
    |              |     |           |
    1 depot ------ 2 --- 3 --------- 4 --- 9
                   a     b                 c

Containers a, b and c are emptied by truck T1 on Mondays, Wednesdays and Fridays, paper by T2 every
second Wednesday. Streets allow 10 m/s, trucks drive 8. The transfer station passes on what it gets
to the sorting plant, which needs electricity; paper goes there directly.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from domains.transport.small_streets import place, write_streets

AT = {"a": 2, "b": 3, "c": 9, "paper": 7}
CONTAINERS: dict[str, dict[str, Any]] = {
    "a": {"stream": "residual", "volume_m3": 1.1, "kg_per_day": 40, "zone": "centre"},
    "b": {"stream": "residual", "volume_m3": 1.1, "kg_per_day": 30, "zone": "centre"},
    "c": {"stream": "residual", "volume_m3": 1.1, "kg_per_day": 45, "zone": "east"},
    "paper": {"stream": "paper", "volume_m3": 3.3, "kg_per_day": 10, "zone": "centre"},
}
PLANTS: dict[str, tuple[int, dict[str, Any]]] = {
    "depot": (1, {"kind": "depot"}),
    "transfer": (
        5,
        {"kind": "transfer", "streams": "residual", "rate_t_h": 1, "store_t": 0.4}
        | {"feeds": "sorting", "electricity_kw": 5},
    ),
    "sorting": (
        8,
        {"kind": "sorting", "streams": ["paper"], "rate_t_h": 0.1, "store_t": 0.3}
        | {"needs_electricity": True, "electricity_kw": 60},
    ),
}
TRUCKS = """\
id,depot,streams,capacity_kg,capacity_m3,compaction,starts,ends,speed,cost_eur_h,cost_eur_km,\
litres_per_100km,litres_per_stop
T1,depot,residual,1000,5,3,06:00,14:00,0.8,50,0.5,40,0.1
T2,depot,paper,1000,5,3,06:00,14:00,0.8,50,0.5,40,0.1
"""
ROUNDS = "truck,weekday,container,every_weeks,week\n" + "".join(
    [f"T1,{day},{one},1,0\n" for day in ("mon", "wed", "fri") for one in "abc"]
    + ["T2,wed,paper,2,1\n"]
)
SETTINGS = {
    "containers": "containers.geojson",
    "facilities": "facilities.geojson",
    "trucks": "trucks.csv",
    "rounds": "rounds.csv",
    "streets": "streets.osm.pbf",
}
TOML = "\n[waste]\n" + "".join(f'{key} = "{value}"\n' for key, value in SETTINGS.items())


def feature(name: str, node: int, values: Mapping[str, Any]) -> dict[str, Any]:
    """A point of GeoJSON in longitude and latitude."""
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": list(place(node))},
        "properties": {"id": name, **({"people": 20} if "stream" in values else {}), **values},
    }


def features(changes: Mapping[str, Mapping[str, Any]] | None = None) -> list[dict[str, Any]]:
    """Features of the containers, with some values changed."""
    more = changes or {}
    return [
        feature(name, AT[name], values | more.get(name, {})) for name, values in CONTAINERS.items()
    ]


def plants(changes: Mapping[str, Mapping[str, Any]] | None = None) -> list[dict[str, Any]]:
    """Features of the facilities, with some values changed."""
    more = changes or {}
    return [
        feature(name, node, values | more.get(name, {})) for name, (node, values) in PLANTS.items()
    ]


def collection(found: list[dict[str, Any]]) -> str:
    """A FeatureCollection."""
    return json.dumps({"type": "FeatureCollection", "features": found})


def write_waste(
    folder: Path,
    containers: Mapping[str, Mapping[str, Any]] | None = None,
    facilities: Mapping[str, Mapping[str, Any]] | None = None,
    streets: bool = True,
) -> dict[str, str]:
    """Write all files; gives the settings.

    Parameters
    ----------
    folder
        Where.
    containers, facilities
        Values that differ, by id.
    streets
        Write the map as well.
    """
    (folder / "containers.geojson").write_text(collection(features(containers)), "utf-8")
    (folder / "facilities.geojson").write_text(collection(plants(facilities)), "utf-8")
    (folder / "trucks.csv").write_text(TRUCKS, "utf-8")
    (folder / "rounds.csv").write_text(ROUNDS, "utf-8")
    if streets and not (folder / "streets.osm.pbf").exists():
        write_streets(folder / "streets.osm.pbf")
    return dict(SETTINGS)
