"""Maps in three forms, measured series, and buildings: what is read, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kopa.domains.buildings.points import Column, PointMap, points
from kopa.domains.buildings.read_buildings import read_buildings
from kopa.domains.buildings.read_map import read_map
from kopa.domains.buildings.read_trend import Wanted, read_trend
from kopa.errors import InputError

from .houses import HOUSE, feature, write_houses

OWN = """\
time = "t"
missing = ["n/a"]
[[equipment]]
id = "AHU"
design_airflow_m3_s = 2.5
[equipment.parameters]
minimum_damper = 0.2
[equipment.points]
supply_air = { column = "SAT", unit = "°F" }
fan_status = "FAN"
heating_valve = { column = "HV", unit = "%" }
"""
BRICK = """\
@prefix brick: <https://brickschema.org/schema/Brick#> .
@prefix ref: <https://brickschema.org/schema/Brick/ref#> .
@prefix unit: <http://qudt.org/vocab/unit/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix : <urn:b#> .
:AHU-1 a brick:AHU ; rdfs:label "AHU 1" ; brick:hasPoint :sat, :hv, :zone .
:sat a :Special_Sensor ; brick:hasUnit unit:DEG_F ;
     ref:hasExternalReference [ ref:hasTimeseriesId "SAT" ] .
:Special_Sensor rdfs:subClassOf brick:Supply_Air_Temperature_Sensor .
:valve a brick:Heating_Valve ; brick:isPartOf :AHU-1 .
:hv a brick:Valve_Position_Command ; brick:hasUnit unit:PERCENT ; rdfs:label "HV" .
:valve brick:hasPoint :hv .
:AHU-1 brick:hasPart :supply, :return .
:supply a brick:Supply_Fan .
:return a brick:Return_Fan ; brick:hasPoint :return-fan .
:return-fan a brick:Fan_On_Off_Status .
:fan a brick:Fan_On_Off_Status ; brick:isPointOf :supply .
:zone a brick:Zone_Air_Humidity_Sensor .
:other a brick:Boiler .
"""
HAYSTACK: dict[str, Any] = {
    "_kind": "grid",
    "rows": [
        {"id": {"_kind": "ref", "val": "a1"}, "dis": "AHU 1", "ahu": {"_kind": "marker"},
         "equip": {"_kind": "marker"}},
        {"id": {"_kind": "ref", "val": "p1"}, "navName": "SAT", "unit": "°F", "discharge": "m:",
         "air": "m:", "temp": "m:", "sensor": "m:", "point": "m:",
         "equipRef": {"_kind": "ref", "val": "a1"}},
        {"id": "r:p2", "dis": "HV", "unit": "%", "heating": "m:", "valve": "m:", "cmd": "m:",
         "point": "m:", "equipRef": "r:a1"},
        {"id": "r:p3", "dis": "fan", "discharge": "m:", "fan": "m:", "run": "m:", "sensor": "m:",
         "point": "m:", "equipRef": "r:a1"},
        {"id": "r:p4", "dis": "elsewhere", "heating": "m:", "valve": "m:", "cmd": "m:",
         "unit": "%", "point": "m:", "equipRef": "r:zz"},
    ],
}  # fmt: skip


def saved(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def told(file: Path) -> str:
    with pytest.raises(InputError) as caught:
        read_map(file)
    assert all(finding.file and finding.do for finding in caught.value.findings)
    return " | ".join(f"{finding.code} {finding.what}" for finding in caught.value.findings)


def test_an_own_map(tmp_path: Path) -> None:
    found, findings = read_map(saved(tmp_path, "m.toml", OWN))
    assert not findings
    (unit,) = found.equipment
    assert unit.points["supply_air"].names == ("SAT",)
    assert unit.points["supply_air"].unit == "°F"
    assert unit.parameters == {"minimum_damper": 0.2}
    assert (unit.design_airflow, found.time, found.missing) == (2.5, "t", {"n/a"})
    import tomllib

    as_json = saved(tmp_path, "m.json", json.dumps(tomllib.loads(OWN)))
    assert read_map(as_json)[0].equipment[0].points.keys() == unit.points.keys()


def test_brick_with_classes_of_its_own(tmp_path: Path) -> None:
    """A class of the file below Brick's, a label, the name itself; `isPointOf` as `hasPoint`."""
    (unit,) = read_map(saved(tmp_path, "b.ttl", BRICK))[0].equipment
    assert unit.id == "AHU 1"
    columns = {name: (column.names[0], column.unit) for name, column in unit.points.items()}
    wanted = {"supply_air": ("SAT", "°F"), "heating_valve": ("HV", "%"), "fan_status": ("fan", "")}
    assert columns == wanted


def test_brick_infers_from_its_own_ontology(tmp_path: Path) -> None:
    """Brick itself says that an RTU is an AHU, and a Preheat_Hot_Water_Valve a heating valve."""
    text = BRICK.replace("brick:AHU ;", "brick:RTU ;")
    text = text.replace("brick:Heating_Valve ", "brick:Preheat_Hot_Water_Valve ")
    found = read_map(saved(tmp_path, "b.ttl", text))[0]
    assert set(found.equipment[0].points) == {"supply_air", "heating_valve", "fan_status"}


def test_haystack_of_both_versions(tmp_path: Path) -> None:
    (unit,) = read_map(saved(tmp_path, "h.json", json.dumps(HAYSTACK)))[0].equipment
    columns = {name: (column.names[0], column.unit) for name, column in unit.points.items()}
    wanted = {"supply_air": ("SAT", "°F"), "heating_valve": ("HV", "%"), "fan_status": ("fan", "")}
    assert (unit.id, columns) == ("AHU 1", wanted)


def test_a_map_adds_to_a_model(tmp_path: Path) -> None:
    saved(tmp_path, "b.ttl", BRICK)
    text = 'brick = "b.ttl"\n[[equipment]]\nid = "AHU 1"\n'
    text += "[equipment.parameters]\nminimum_damper = 0.3\n"
    (unit,) = read_map(saved(tmp_path, "m.toml", text))[0].equipment
    assert set(unit.points) == {"supply_air", "heating_valve", "fan_status"}
    assert unit.parameters == {"minimum_damper": 0.3}


def test_a_model_that_a_map_names_is_told_of(tmp_path: Path) -> None:
    saved(tmp_path, "b.ttl", "this is no turtle")
    saved(tmp_path, "h.json", "{}")
    assert "map-turtle" in told(saved(tmp_path, "m.toml", 'brick = "b.ttl"'))
    assert "map-rows" in told(saved(tmp_path, "m.toml", 'haystack = "h.json"'))
    assert "map-no-file" in told(saved(tmp_path, "m.toml", 'brick = "none.ttl"'))
    assert "map-turtle" in told(saved(tmp_path, "m.toml", 'brick = "m.toml"'))  # not itself again


BROKEN = {
    "no TOML": ("[[", "map-syntax"),
    "no equipment": ('time = "t"', "map-empty"),
    "unknown key": (OWN + 'x = "y"\n', "map-point"),
    "unknown point": (OWN + "supply_aer = 'X'\n", "'supply_aer' is no point"),
    "unknown unit": (OWN.replace("°F", "°R"), "'°R' is no unit of temperature"),
    "no unit": (OWN.replace(', unit = "°F"', ""), "it has no unit"),
    "unknown parameter": (OWN.replace("minimum_damper", "minimum_dumper"), "map-parameter"),
    "negative parameter": (OWN.replace("= 0.2", "= -0.2"), "map-parameter"),
    "no number": (OWN.replace("= 2.5", '= "2.5"'), "map-number"),
    "two ids": (OWN + OWN[OWN.index("[[") :], "map-twice"),
    "no id": (OWN.replace('id = "AHU"\n', ""), "map-id"),
    "no points": (OWN[: OWN.index("[equipment.points]")], "map-points"),
    "equipment no list": ("equipment = 3", "map-equipment"),
    "missing no list": (OWN.replace('["n/a"]', '"n/a"'), "map-missing"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_maps(tmp_path: Path, case: str) -> None:
    text, wanted = BROKEN[case]
    assert wanted in told(saved(tmp_path, "m.toml", text))


def test_all_that_is_wrong_is_told(tmp_path: Path) -> None:
    text = OWN.replace("°F", "°R").replace("= 2.5", "= -1").replace("minimum_damper", "x")
    assert told(saved(tmp_path, "m.toml", text)).count("buildings.map-") == 3


def test_broken_models(tmp_path: Path) -> None:
    assert "map-turtle" in told(saved(tmp_path, "b.ttl", "this is no turtle"))
    assert "map-unit" in told(saved(tmp_path, "b.ttl", BRICK.replace("unit:DEG_F", "unit:DEG_R")))
    assert "map-empty" in told(saved(tmp_path, "b.ttl", BRICK.replace("brick:AHU", "brick:Fan")))
    sensor = "brick:Supply_Air_Temperature_Sensor ; brick:hasUnit unit:DEG_C"
    twice = BRICK.replace("brick:Zone_Air_Humidity_Sensor", sensor)
    twice = twice.replace(":sat a :Special_Sensor", ":sat a brick:Discharge_Air_Temperature_Sensor")
    assert "map-two-points" in told(saved(tmp_path, "b.ttl", twice))
    assert "map-rows" in told(saved(tmp_path, "h.json", '{"rows": 3}'))
    bad = json.dumps(HAYSTACK).replace("\\u00b0F", "furlong")
    assert "map-unit" in told(saved(tmp_path, "h.json", bad))
    assert "map-no-file" in told(tmp_path / "none.ttl")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    assert "map-encoding" in told(tmp_path / "bytes.toml")


MAP = PointMap("m", (), "t", missing=frozenset({"n/a"}))
WANTED = [Wanted("supply_air", "temperature", Column(("SAT",), "°F"))]
ROWS = ["t,SAT", "2026-01-01T00:00,68", "2026-01-01T00:01,n/a", "2026-01-01T00:02,50"]


def test_series_in_si(tmp_path: Path) -> None:
    trend, findings = read_trend(saved(tmp_path, "d.csv", "\n".join(ROWS)), MAP, WANTED)
    assert not findings
    assert trend.values["supply_air"].tolist() == pytest.approx([20.0, np.nan, 10.0], nan_ok=True)
    assert trend.step_s == 60.0
    for unit, value, wanted in (("inH2O", 1.4, 348.72444), ("psi", 1.0, 6894.757)):
        column = [Wanted("duct_pressure", "pressure", Column(("P",), unit))]
        rows = [f"t,P\n2026-01-01T00:0{minute},{value}" for minute in (0,)]
        rows.append(f"2026-01-01T00:01,{value}")
        found, _ = read_trend(saved(tmp_path, "p.csv", "\n".join(rows)), MAP, column)
        assert found.values["duct_pressure"][0] == pytest.approx(wanted)


BAD_SERIES = {
    "column": ["t,SAD", *ROWS[1:]],
    "number": [*ROWS, "2026-01-01T00:03,warm"],
    "time": [*ROWS, "yesterday,50"],
    "order": [*ROWS, "2026-01-01T00:02,50"],
    "row": [*ROWS, "2026-01-01T00:03,50,7"],
    "step": [ROWS[0], ROWS[1], "2026-01-01T01:00,50"],
    "empty": [ROWS[0]],
}


@pytest.mark.parametrize("case", BAD_SERIES)
def test_broken_series(tmp_path: Path, case: str) -> None:
    file = saved(tmp_path, "d.csv", "\n".join(BAD_SERIES[case]))
    with pytest.raises(InputError) as caught:
        read_trend(file, MAP, WANTED)
    assert [finding.code for finding in caught.value.findings] == [f"buildings.{case}"]


def test_values_that_cannot_be_are_missing_and_told(tmp_path: Path) -> None:
    file = saved(tmp_path, "d.csv", "\n".join([*ROWS, "2026-01-01T00:03,9999"]))
    trend, findings = read_trend(file, MAP, WANTED)
    assert np.isnan(trend.values["supply_air"][-1])
    assert [(one.code, one.severity, one.place) for one in findings] == [
        ("buildings.range", "warning", "value 4")
    ]


EXPORT = """\
observed_at,entity,attribute,dataset,value,text,unit,quality,simulated
2026-03-29T00:00:05Z,buildings:school/AHU,supply_air,,68,,FAH,good,false
2026-03-29T00:00:35Z,buildings:school/AHU,supply_air,,70,,FAH,good,false
2026-03-29T00:02:00Z,buildings:flats/AHU,supply_air,,50,,FAH,good,false
2026-03-29T00:03:00Z,buildings:school/AHU,fan,,,on,,good,false
2026-03-29T00:04:00Z,buildings:school/AHU,running,,true,,,good,false
2026-03-29T00:05:00Z,buildings:school/AHU,supply_air,,999,,FAH,bad,false
2026-03-29T00:20:00Z,buildings:school/AHU,supply_air,,50,,FAH,good,false
"""


def test_observations_of_the_citys_own_store(tmp_path: Path) -> None:
    """Means of a minute, held 15 minutes; local clock, here across the change to summer time."""
    from zoneinfo import ZoneInfo

    file = saved(tmp_path, "o.csv", EXPORT)
    wanted = [
        Wanted("supply_air", "temperature", Column(("buildings:school/AHU supply_air",), "°F")),
        Wanted("fan_status", "flag", Column(("running",), "")),
    ]
    riga = PointMap("m", (), zone=ZoneInfo("Europe/Riga"))
    trend, findings = read_trend(file, riga, wanted)
    assert not findings
    assert (str(trend.times[0]), len(trend.times)) == ("2026-03-29T02:00:00", 21)
    warm = trend.values["supply_air"]
    assert warm[:16] == pytest.approx(np.full(16, (69 - 32) * 5 / 9))
    assert np.isnan(warm[16:20]).all()
    assert warm[20] == pytest.approx(10.0)
    assert trend.values["fan_status"][3:6].tolist() == pytest.approx([np.nan, 1, 1], nan_ok=True)
    with pytest.raises(InputError) as caught:  # two entities have it
        read_trend(file, riga, [Wanted("supply_air", "temperature", Column(("supply_air",), "°F"))])
    assert [one.code for one in caught.value.findings] == ["buildings.column"]
    for text, code in (
        (EXPORT.replace("T00:02", "Z"), "time"),
        (EXPORT.replace(",50,", ",x,"), "number"),
    ):
        with pytest.raises(InputError) as caught:
            read_trend(saved(tmp_path, "bad.csv", text), riga, wanted)
        assert {one.code for one in caught.value.findings} == {f"buildings.{code}"}


def test_times_with_an_offset_are_local(tmp_path: Path) -> None:
    from zoneinfo import ZoneInfo

    rows = ["t,SAT", "2026-01-01T00:00Z,68", "2026-01-01T00:01Z,68"]
    zone = PointMap("m", (), "t", zone=ZoneInfo("Europe/Riga"))
    trend, _ = read_trend(saved(tmp_path, "d.csv", "\n".join(rows)), zone, WANTED)
    assert str(trend.times[0]) == "2026-01-01T02:00:00"
    assert "map-timezone" in told(saved(tmp_path, "m.toml", 'timezone = "Riga"\n' + OWN))


def test_every_point_has_a_unit_and_words() -> None:
    for kind in points().values():
        assert kind.what
        assert kind.haystack


def test_buildings(tmp_path: Path) -> None:
    found, findings = read_buildings(write_houses(tmp_path), -10.0)
    assert found.assets.ids == ("school", "flats", "villa", "school/AHU")
    assert found.assets.kinds == ("building", "building", "building", "unit")
    assert found.heatings == ("district", "electricity", "gas")
    assert found.capacity[0] == pytest.approx(5000 * 100 * 3600)
    assert [one.code for one in findings] == ["buildings.assumed"] * 2  # of one building each


BAD_HOUSES: dict[str, tuple[dict[str, Any], str]] = {
    "missing": ({"loss_w_k": None}, "missing"),
    "range": ({"setpoint_c": 99}, "value"),
    "word": ({"max_heat_kw": "many"}, "value"),
    "flag": ({"needs_electricity": 1}, "value"),
    "heating": ({"heating": "magic"}, "heating"),
    "cold": ({"cold_c": 21}, "cold"),
    "pump of heat": ({"efficiency": 3}, "efficiency"),
    "points": ({"points": "none.toml"}, "map-no-file"),
    "stroke": ({"id": "a/b"}, "id"),
}


@pytest.mark.parametrize("case", BAD_HOUSES)
def test_broken_buildings(tmp_path: Path, case: str) -> None:
    values, code = BAD_HOUSES[case]
    one = feature({**HOUSE, **values}, [0, 0])
    file = saved(tmp_path, "b.geojson", json.dumps({"features": [one]}))
    with pytest.raises(InputError) as caught:
        read_buildings(file, -10.0)
    assert f"buildings.{code}" in {finding.code for finding in caught.value.findings}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "json"),
        ('{"features": []}', "geojson"),
        ("[]", "geojson"),
        ('{"features": [1, {"properties": {}}]}', "feature"),
    ],
)
def test_files_that_hold_no_buildings(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        read_buildings(saved(tmp_path, "b.geojson", text), 0.0)
    assert f"buildings.{code}" in {finding.code for finding in caught.value.findings}


def test_ids_are_unique(tmp_path: Path) -> None:
    both = [feature(HOUSE, [0, 0]), feature(HOUSE, [1, 0]), feature({**HOUSE, "id": "x"}, "here")]
    file = saved(tmp_path, "b.geojson", json.dumps({"features": both}))
    with pytest.raises(InputError) as caught:
        read_buildings(file, 0.0)
    codes = [finding.code for finding in caught.value.findings]
    assert codes == ["buildings.duplicate", "buildings.geometry"]
