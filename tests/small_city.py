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


SEWERS = """\
[OPTIONS]
FLOW_UNITS LPS
FLOW_ROUTING DYNWAVE
START_DATE 06/02/2025
END_DATE 06/03/2025
ROUTING_STEP 10
REPORT_STEP 00:05:00
[RAINGAGES]
RG INTENSITY 0:05 1.0 TIMESERIES STORM
[SUBCATCHMENTS]
K RG M1 1 100 100 1 0
[SUBAREAS]
K 0.015 0.1 0.5 5 25 OUTLET
[INFILTRATION]
K 50 10 4 7 0
[JUNCTIONS]
M1 10 3 0 0 0
M2 9.7 3 0 0 0
[STORAGE]
WELL 7 5 0 FUNCTIONAL 0 0 50 0 0
[OUTFALLS]
WWTP 11 FREE NO
RIVER 8 FREE NO
[CONDUITS]
C1 M1 M2 100 0.013 0 0 0
C2 M2 WELL 100 0.013 0 2 0
[PUMPS]
PU1 WELL WWTP LIFT ON 0 0
[WEIRS]
W1 WELL RIVER TRANSVERSE 2 1.84 NO 0 0 YES
[XSECTIONS]
C1 CIRCULAR 0.5 0 0 0
C2 CIRCULAR 0.5 0 0 0
W1 RECT_OPEN 2 20 0 0
[CURVES]
LIFT Pump4 0 0
LIFT 0.2 0
LIFT 0.8 60
LIFT 5 60
[DWF]
M1 FLOW 10
M2 FLOW 5
[TIMESERIES]
STORM 17:00 0
STORM 17:05 60
STORM 17:10 0
[COORDINATES]
M1 0 10
M2 10 10
WELL 20 10
WWTP 30 10
RIVER 20 0
"""
"""Two manholes fall to a well, from which a pump lifts to the plant and a weir leads to a river."""


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

WELL_FIELD = """\
id = "field"
gradient = 0.001
flow_azimuth_degree = 90
take_over = true
[[layer]]
conductivity_m_d = 25
thickness_m = 20
specific_storage_1_m = 1e-5
porosity = 0.25
resistance_above_d = 1000
[[well]]
id = "W1"
x = 2
y = 6
radius_m = 0.2
discharge_m3_d = 300
capacity_m3_h = 20
lift_m = 30
pump_efficiency = 0.6
max_drawdown_m = 5
[[well]]
id = "W2"
x = 28
y = 6
radius_m = 0.2
discharge_m3_d = 300
lift_m = 30
pump_efficiency = 0.6
max_drawdown_m = 5
"""
"""Two wells in a leaky aquifer."""

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

OTHERS = """
[transport]
streets = "streets.osm.pbf"
gtfs = "gtfs.zip"

[sewerage]
network = "sewers.inp"

[groundwater]
fields = ["field.toml"]

[environment]
files = "environment.geojson"

[heat]
network = "heat.geojson"

[industry]
sites = "sites.geojson"

[buildings]
buildings = "buildings.geojson"
"""


def feature(values: dict[str, Any]) -> dict[str, Any]:
    """A GeoJSON feature of a place."""
    properties = {key: value for key, value in values.items() if key != "at"}
    geometry = {"type": "Point", "coordinates": values["at"]}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


TREATMENT = {
    "plant.toml": """\
kind = "wastewater_plant"
id = "WWTP"
x = 25
y = 5
layout = "bsm1"
[flow]
dry_m3_d = 18446
greatest_m3_d = 55338
[load]
persons = 78000
[aeration]
oxygen_g_m3 = [2, 2, 2]
[permit.ammonia]
limit_g_m3 = 10
average_h = 2
source = "written for the test"
""",
    "works.toml": """\
kind = "waterworks"
id = "WW"
x = 5
y = 5
[works]
flow_m3_d = 20
electricity_kwh_m3 = 0.4
[[source]]
id = "well"
share = 1
temperature_c = 10
ph = 7.3
calcium_mg_l = 100
magnesium_mg_l = 12
sodium_mg_l = 15
potassium_mg_l = 3
chloride_mg_l = 30
sulphate_mg_l = 40
nitrate_mg_l = 5
alkalinity_mmol_l = 5
[target]
ph = [6.5, 9.5]
""",
}
"""A plant of 78,000 persons, with the tanks of BSM1, and a small waterworks."""


def write_treatment(folder: Path) -> str:
    """Write the plants' files; gives their table of ``city.toml``."""
    (folder / "treatment").mkdir()
    for name, text in TREATMENT.items():
        (folder / "treatment" / name).write_text(text, encoding="utf-8")
    return '\n[treatment]\nplants = ["treatment/*.toml"]\n'


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
    from domains.buildings.houses import write_houses
    from domains.ebusiness.small import TOML as EBUSINESS
    from domains.ebusiness.small import write_ebusiness
    from domains.education.small import TOML as EDUCATION
    from domains.education.small import write_education
    from domains.egov.small import TOML as EGOV
    from domains.egov.small import write_egov
    from domains.emergency.small import TOML as EMERGENCY
    from domains.emergency.small import write_emergency
    from domains.environment.small import write_environment
    from domains.health.small import TOML as HEALTH
    from domains.health.small import write_health
    from domains.heat.nets import write as write_heat
    from domains.industry.plants import write as write_sites
    from domains.safety.small import TOML as SAFETY
    from domains.safety.small import write_safety
    from domains.tourism.small import TOML as TOURISM
    from domains.tourism.small import write_tourism
    from domains.transport.small_streets import write_gtfs, write_streets
    from domains.waste.small import TOML as WASTE
    from domains.waste.small import write_waste

    write_city(folder)
    write_streets(folder / "streets.osm.pbf")
    write_gtfs(folder / "gtfs.zip")
    (folder / "sewers.inp").write_text(SEWERS, encoding="utf-8")
    (folder / "field.toml").write_text(WELL_FIELD, encoding="utf-8")
    write_environment(folder / "environment.geojson")
    write_heat(folder)
    write_sites(folder)
    write_houses(folder)
    write_waste(folder)
    write_health(folder)
    write_safety(folder)
    write_emergency(folder)
    write_education(folder)
    write_egov(folder)
    write_ebusiness(folder)
    write_tourism(folder)
    told = TOML + OTHERS + WASTE + HEALTH + SAFETY + EMERGENCY + EDUCATION
    told += EGOV + EBUSINESS + TOURISM
    told += write_treatment(folder)
    (folder / "city.toml").write_text(told, encoding="utf-8")
    return folder


def extend(folder: Path, toml: str = "", links: str = "") -> None:
    """Add to a city's settings and links."""
    for name, more in (("city.toml", toml), ("links.csv", links)):
        file = folder / name
        file.write_text(file.read_text(encoding="utf-8") + more, encoding="utf-8")
