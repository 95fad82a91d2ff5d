"""Broken city.toml, links.csv, GeoJSON and CSV files: a clear finding each, never a traceback."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from small_city import LINKS, PLACES, TOML, feature, write_city

from kopa.city.load import load_city
from kopa.cli import main
from kopa.errors import InputError


def collection(*features: Any) -> str:
    return json.dumps({"type": "FeatureCollection", "features": list(features)})


def place(**values: Any) -> dict[str, Any]:
    return feature({**PLACES[0], **values})


def without(key: str) -> dict[str, Any]:
    return feature({k: v for k, v in PLACES[0].items() if k != key})


HEAD, FIRST, *REST = LINKS.splitlines(keepends=True)


def links(row: str) -> str:
    return HEAD + row + "\n" + "".join(REST)


TOML_CASES: dict[str, tuple[str, str]] = {
    "no TOML": ("name = ", "city.toml"),
    "no name": (TOML.replace('name = "Small"', ""), "city.missing-key"),
    "name is a number": (TOML.replace('"Small"', "3"), "city.wrong-type"),
    "population is a text": (TOML.replace("110", '"many"'), "city.wrong-type"),
    "unknown key": ("colour = 1\n" + TOML, "city.unknown-key"),
    "unknown domain": (TOML + '\n[magic]\nwand = "x"\n', "city.unknown-key"),
    "domain is no table": ("water = 3\n" + TOML.split("[water]")[0], "city.wrong-type"),
    "no domain": ('name = "x"\n', "city.no-domain"),
    "no time zone": ('timezone = "Mars/Olympus"\n' + TOML, "city.timezone"),
    "setting missing": (TOML.replace('network = "network.inp"', ""), "city.missing-setting"),
    "setting unknown": (TOML.replace("[water]", "[water]\npumps = 3"), "city.unknown-setting"),
    "setting out of range": (TOML.replace("_m = 20", "_m = -4"), "city.out-of-range"),
    "setting of another type": (TOML.replace("_m = 20", '_m = "x"'), "city.wrong-type"),
    "file is not there": (TOML.replace("network.inp", "gone.inp"), "water.missing"),
    "places are not there": (TOML.replace("places.geojson", "no/*.csv"), "places.missing"),
    "unknown factor": (TOML + "\n[factors]\nx = { mid = 1, source = 'y' }\n", "city.factor"),
    "factor without source": (
        TOML + "\n[factors]\nelectricity_price = { mid = 1 }\n",
        "city.factor",
    ),
    "factor falls": (
        TOML + "\n[factors]\nelectricity_price = { low = 3, mid = 1, source = 'y' }\n",
        "city.factor",
    ),
    "factor is a text": (
        TOML + "\n[factors]\nelectricity_price = { mid = 'x', source = 'y' }\n",
        "city.factor",
    ),
}
LINK_CASES: dict[str, tuple[str, str]] = {
    "no column": (LINKS.replace("dst_asset", "target"), "links.missing-column"),
    "unknown column": (LINKS.replace(",origin\n", ",origin,colour\n", 1), "links.unknown-column"),
    "no such domain": (links("gas,gas,x,places,water,h1,all,,,,"), "links.domain"),
    "no such out-port": (links("water,heat,A,places,water,h1,all,,,,"), "links.port"),
    "no such in-port": (links("water,water,A,places,joy,h1,all,,,,"), "links.port"),
    "no such asset": (links("water,water,Z9,places,water,h1,all,,,,"), "links.asset"),
    "asset without that port": (links("water,water,P1,places,water,h1,all,,,,"), "links.port"),
    "no such rule": (links("water,water,A,places,water,h1,most,,,,"), "links.rule"),
    "curve without points": (links("water,water,A,places,water,h1,curve,,,,"), "links.rule"),
    "curve that falls back": (
        links("water,water,A,places,water,h1,curve,1:0 0:1,,,"),
        "links.rule",
    ),
    "buffer below zero": (links("water,water,A,places,water,h1,all,,-3,,"), "links.rule"),
    "delay is a text": (links("water,water,A,places,water,h1,all,,,soon,"), "links.number"),
    "threshold is a text": (links("water,water,A,places,water,h1,all,half,,,"), "links.number"),
    "no such origin": (links("water,water,A,places,water,h1,all,,,,heaven"), "links.origin"),
    "k-of-n counts others": (links("water,water,A,places,water,h2,2-of-3,,,,"), "links.two-rules"),
    "the same link twice": (LINKS + LINKS.splitlines()[1] + "\n", "links.twice"),
    "too many cells": (links("water,water,A,places,water,h1,all,,,,gis,1,x,y,z"), "links.row"),
}
GEOJSON_CASES: dict[str, tuple[str, str]] = {
    "no JSON": ("{", "places.json"),
    "empty file": ("", "places.json"),
    "no collection": ("[]", "places.geojson"),
    "no features": ('{"type": "FeatureCollection"}', "places.geojson"),
    "no place at all": (collection(), "places.empty"),
    "feature is a number": (collection(3), "places.feature"),
    "no geometry": (collection({**place(), "geometry": None}), "places.geometry"),
    "coordinates are text": (
        collection({**place(), "geometry": {"type": "Point", "coordinates": ["a", "b"]}}),
        "places.geometry",
    ),
    "no id": (collection(without("id")), "places.missing-value"),
    "no people": (collection(without("people")), "places.missing-value"),
    "people below zero": (collection(place(people=-3)), "places.number"),
    "people is a text": (collection(place(people="few")), "places.number"),
    "people is endless": (collection(place(people=1e999)), "places.number"),
    "id twice": (collection(place(), place()), "places.duplicate"),
    "hours cannot be read": (collection(place(opening_hours="Xx 8")), "places.opening-hours"),
    "critical is perhaps": (collection(place(critical="perhaps")), "places.flag"),
    "groups is a list": (collection(place(groups=[1, 2])), "places.groups"),
    "a group below zero": (collection(place(groups={"old": -1})), "places.number"),
}
CSV_CASES: dict[str, tuple[str, str]] = {
    "no column": ("id,people,x\na,1,2\n", "places.missing-column"),
    "empty": ("", "places.missing-column"),
    "cells too many": ("id,people,x,y\na,1,2,3,4\n", "places.row"),
    "number missing": ("id,people,x,y\na,,2,3\n", "places.missing-value"),
    "place is a text": ("id,people,x,y\na,1,here,3\n", "places.number"),
    "decimal comma": ('id,people,x,y\na,"1,5",2,3\n', "places.number"),
}
CASES = [
    *(("city.toml", name, text, code) for name, (text, code) in TOML_CASES.items()),
    *(("links.csv", name, text, code) for name, (text, code) in LINK_CASES.items()),
    *(("places.geojson", name, text, code) for name, (text, code) in GEOJSON_CASES.items()),
    *(("places.csv", name, text, code) for name, (text, code) in CSV_CASES.items()),
]


@pytest.mark.parametrize(("file", "name", "text", "code"), CASES, ids=lambda v: str(v)[:30])
def test_a_broken_file_is_told(
    tmp_path: Path, file: str, name: str, text: str, code: str, capfd: pytest.CaptureFixture[str]
) -> None:
    write_city(tmp_path)
    (tmp_path / file).write_text(text, encoding="utf-8")
    if file == "places.csv":
        toml = tmp_path / "city.toml"
        toml.write_text(TOML.replace("places.geojson", file), encoding="utf-8")
    findings = problems(tmp_path)
    told = next((f for f in findings if f.code == code), None)
    assert told is not None, [f.code for f in findings]
    assert told.what
    assert told.do
    assert told.file or code in ("places.empty",)
    assert main(["check", str(tmp_path)]) == (1 if told.severity == "error" else 0)
    printed = capfd.readouterr()
    assert "Traceback" not in printed.out + printed.err
    assert code in printed.out


def problems(folder: Path) -> tuple[Any, ...]:
    try:
        return load_city(folder).findings
    except InputError as error:
        return error.findings


@pytest.mark.parametrize("file", ["city.toml", "links.csv", "places.geojson"])
def test_a_file_that_is_not_utf8_is_told(tmp_path: Path, file: str) -> None:
    write_city(tmp_path)
    (tmp_path / file).write_bytes(b"\xff\xfe\x00n\x00a")
    assert any(file in f.file for f in problems(tmp_path))


def test_all_findings_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    write_city(tmp_path)
    (tmp_path / "network.inp").write_text("[JUNCTIONS]\nA x\n[END]\n", encoding="utf-8")
    (tmp_path / "grid.json").write_text("{", encoding="utf-8")
    rows = [place(people=-1), place(id="other", opening_hours="?"), without("people")]
    (tmp_path / "places.geojson").write_text(collection(*rows), encoding="utf-8")
    found = problems(tmp_path)
    areas = {f.code.split(".")[0] for f in found}
    assert areas == {"water", "energy", "places"}
    assert sum(f.code.startswith("places.") for f in found) >= 3


def test_no_folder_is_told(tmp_path: Path) -> None:
    assert [f.code for f in problems(tmp_path / "nowhere")] == ["city.missing"]


def test_links_may_be_missing_but_it_is_said(tmp_path: Path) -> None:
    write_city(tmp_path)
    (tmp_path / "links.csv").unlink()
    assert "links.none" in {f.code for f in problems(tmp_path)}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("water:P1", "says nothing|is no change"),
        ("P1 closed", "is no change"),
        ("gas:P1 closed", "no domain 'gas'"),
        ("water:P9 closed", "no asset 'P9'"),
        ("water:P1 off", "is a pipe: it takes"),
        ("water:P1 closed 3", "takes no value"),
        ("water:P1 burst", "needs a value"),
        ("water:P1 burst 3 barleycorns", "unknown unit"),
        ("water:P1 burst 3 m", "takes L/s"),
        ("water:P1 burst much", "is no value"),
        ("water:P1 burst -3 L/s", "must lie between"),
        ("water:P1 closed 12:00-08:00", "ends before it begins"),
        ("water:'P1 closed", "No closing quotation"),
        ("energy:load:0 ×-1", "takes|is no"),
    ],
)
def test_a_wrong_change_is_told(
    tmp_path: Path, text: str, words: str, capfd: pytest.CaptureFixture[str]
) -> None:
    import re

    write_city(tmp_path)
    assert main(["whatif", str(tmp_path), "--change", text]) in (1, 2)
    printed = capfd.readouterr()
    assert re.search(words, printed.out + printed.err), printed
    assert "Traceback" not in printed.err


def answers(function: Callable[[], int]) -> int:
    try:
        return function()
    except SystemExit as end:
        return int(str(end.code))


@pytest.mark.parametrize(
    "words",
    [
        ["nothing"],
        ["whatif", "CITY"],
        ["whatif", "CITY", "--change", "water:P1 closed", "--step", "x"],
        ["whatif", "CITY", "--change", "water:P1 closed", "--at", "25"],
        ["whatif", "CITY", "--change", "water:P1 closed", "--at", "2026-13-01T00:00"],
        ["whatif", "CITY", "--change", "water:P1 closed", "--hours", "-1"],
        ["whatif", "CITY", "--change", "water:P1 closed", "--without", "a>b"],
        ["whatif", "CITY", "--change", "water:P1 closed", "--lang", "xx"],
        ["screen", "CITY", "--domain", "gas"],
    ],
)
def test_wrong_usage_is_exit_2(
    tmp_path: Path, words: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    write_city(tmp_path)
    code = answers(lambda: main([w.replace("CITY", str(tmp_path)) for w in words]))
    assert code == 2
    assert "Traceback" not in capfd.readouterr().err
