"""A city of a handful of assets, written by hand, for tests that need files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

INP = """\
[JUNCTIONS]
A 10 1
B 12 2
C 15 1
[RESERVOIRS]
R 5
[TANKS]
T 50 3 0 5 6 0
[PIPES]
P1 A B 300 200 120 0 Open
P2 B C 300 150 120 0 Open
P3 B T 100 200 120 0 Open
[PUMPS]
U R A HEAD H
[CURVES]
H 8 60
[TIMES]
Duration 24:00
Hydraulic Timestep 1:00
[OPTIONS]
Units LPS
Headloss H-W
[COORDINATES]
R 0 0
A 10 0
B 20 0
C 30 0
T 20 10
[END]
"""
"""A pump lifts water from a reservoir; a tank floats on the network."""


def _table(columns: list[str], rows: list[list[Any]]) -> dict[str, Any]:
    text = json.dumps({"columns": columns, "index": list(range(len(rows))), "data": rows})
    return {
        "_module": "pandas.core.frame",
        "_class": "DataFrame",
        "_object": text,
        "orient": "split",
    }


def grid() -> dict[str, Any]:
    """A pandapower document: one feeder with two loads, one line each."""
    line = ["l", 1.0, 0.2, 0.1, 10.0, 0.0, 0.4, 1.0, 1, True]
    tables = {
        "bus": _table(
            ["name", "vn_kv", "type", "zone", "in_service"],
            [["b0", 20.0, "b", None, True], ["b1", 20.0, "b", None, True]]
            + [["b2", 20.0, "b", None, True]],
        ),
        "line": _table(
            ["name", "length_km", "r_ohm_per_km", "x_ohm_per_km", "c_nf_per_km"]
            + ["g_us_per_km", "max_i_ka", "df", "parallel", "in_service", "from_bus", "to_bus"],
            [[*line, 0, 1], [*line, 1, 2]],
        ),
        "load": _table(
            ["name", "bus", "p_mw", "q_mvar", "const_z_percent", "const_i_percent"]
            + ["scaling", "in_service"],
            [["d0", 1, 0.5, 0.1, 0.0, 0.0, 1.0, True], ["d1", 2, 0.2, 0.05, 0.0, 0.0, 1.0, True]],
        ),
        "ext_grid": _table(
            ["name", "bus", "vm_pu", "va_degree", "in_service"], [["g", 0, 1.0, 0.0, True]]
        ),
    }
    return {
        "_module": "pandapower.auxiliary",
        "_class": "pandapowerNet",
        "_object": {**tables, "f_hz": 50.0, "sn_mva": 1.0, "name": "small"},
    }


PLACES = [
    {"id": "h1", "kind": "home", "people": 40, "zone": "north", "at": [20, 0]},
    {"id": "h2", "kind": "home", "people": 60, "zone": "south", "at": [30, 0]},
    {"id": "hospital", "kind": "hospital", "people": 10, "electricity_buffer_h": 3, "at": [20, 1]},
]

LINKS = """\
src_domain,src_port,src_asset,dst_domain,dst_port,dst_asset,rule,threshold,buffer_h,delay_h,origin
energy,electricity,load:0,water,electricity,U,all,0.5,,,surveyed
energy,electricity,load:1,places,electricity,h1,all,,,,nearest
energy,electricity,load:1,places,electricity,hospital,all,,,,nearest
water,water,B,places,water,h1,all,,,,nearest
water,water,C,places,water,h2,all,,,,nearest
water,water,B,places,water,hospital,all,,,,nearest
"""

TOML = """\
name = "Small"
population = 110

[water]
network = "network.inp"
required_pressure_m = 20

[energy]
grid = "grid.json"

[places]
places = "places.geojson"
"""


def feature(values: dict[str, Any]) -> dict[str, Any]:
    """A GeoJSON feature of a place."""
    properties = {key: value for key, value in values.items() if key != "at"}
    geometry = {"type": "Point", "coordinates": values["at"]}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def write_city(folder: Path) -> Path:
    """Write the city's files; gives the folder."""
    (folder / "network.inp").write_text(INP, encoding="utf-8")
    (folder / "grid.json").write_text(json.dumps(grid()), encoding="utf-8")
    places = {"type": "FeatureCollection", "features": [feature(place) for place in PLACES]}
    (folder / "places.geojson").write_text(json.dumps(places), encoding="utf-8")
    (folder / "links.csv").write_text(LINKS, encoding="utf-8")
    (folder / "city.toml").write_text(TOML, encoding="utf-8")
    return folder


def write_whole_city(folder: Path) -> Path:
    """The city with streets and timetables: every installed domain that reads files by itself."""
    from domains.environment.small import write_environment
    from domains.transport.small_streets import write_gtfs, write_streets

    write_city(folder)
    write_streets(folder / "streets.osm.pbf")
    write_gtfs(folder / "gtfs.zip")
    table = '\n[transport]\nstreets = "streets.osm.pbf"\ngtfs = "gtfs.zip"\n'
    write_environment(folder / "environment.geojson")
    table += '\n[environment]\nfiles = "environment.geojson"\n'
    (folder / "city.toml").write_text(TOML + table, encoding="utf-8")
    return folder
