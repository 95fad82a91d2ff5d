"""What is wrong in files is told, all of it, and nothing is guessed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from domains.emergency.jobs import runner
from domains.emergency.small import around, write_emergency, write_town

from kopa.domains.emergency import DOMAIN
from kopa.errors import InputError


def codes(folder: Path, settings: dict[str, Any]) -> list[str]:
    with pytest.raises(InputError) as raised:
        DOMAIN.load(settings, folder)
    return [one.code for one in raised.value.findings]


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({"west": {"kind": "boat"}}, ["emergency.kind"]),
        ({"west": {"units": 1.5}}, ["emergency.units"]),
        ({"a": {"people": -1}, "hall": {"places": "many"}, "west": {"turnout_s": 9999}}, 3),
        ({"west": {"kind": "fire"}, "north": {"kind": "fire"}}, ["emergency.empty"]),
        ({"hall": {"id": "west"}}, ["emergency.duplicate"]),
        ({"hall": {"id": "100-1"}}, ["emergency.duplicate"]),
        ({"hall": {"places": None}}, 1),
    ],
)
def test_bad_values(tmp_path: Path, more: dict[str, Any], wanted: list[str] | int) -> None:
    found = codes(tmp_path, write_emergency(tmp_path, more))
    assert found == wanted or len(found) == wanted


@pytest.mark.parametrize("text", ["", "{", "[]", '{"features": 3}', "\x00"])
@pytest.mark.parametrize("name", ["bases", "shelters", "cells"])
def test_broken_files(tmp_path: Path, name: str, text: str) -> None:
    settings = write_emergency(tmp_path)
    (tmp_path / settings[name]).write_text(text, "utf-8")
    assert codes(tmp_path, settings)


def test_missing_files_and_places_far_away(tmp_path: Path) -> None:
    settings = write_emergency(tmp_path)
    assert codes(tmp_path, {**settings, "bases": "no.geojson", "cells": "neither.geojson"}) == [
        "emergency.no-file", "emergency.no-file",
    ]  # fmt: skip
    bases = json.loads((tmp_path / "bases.geojson").read_text("utf-8"))
    bases["features"][0]["geometry"]["coordinates"] = [25.0, 57.0]
    (tmp_path / "bases.geojson").write_text(json.dumps(bases), "utf-8")
    assert codes(tmp_path, settings) == ["emergency.outside"]


def test_what_is_assumed_is_told(tmp_path: Path) -> None:
    _, findings = DOMAIN.load(write_emergency(tmp_path, {"west": {"units": None}}), tmp_path)
    assert [(one.code, one.place) for one in findings] == [("emergency.assumed", "units")]


def test_a_city_without_shelters(tmp_path: Path) -> None:
    settings = write_emergency(tmp_path)
    del settings["shelters"]
    domain, findings = DOMAIN.load(settings, tmp_path)
    assert findings == ()
    assert "shelter" not in domain.assets().kinds


CROSSED = [[[24.1, 56.95], [24.11, 56.96], [24.11, 56.95], [24.1, 56.96], [24.1, 56.95]]]


@pytest.mark.parametrize(
    "area",
    [
        "{",
        "3",
        '{"type": "FeatureCollection", "features": []}',
        '{"type": "FeatureCollection", "features": [3]}',
        '{"type": "Point", "coordinates": [24.1, 56.95]}',
        '{"type": "Polygon", "coordinates": []}',
        '{"type": "Polygon", "coordinates": [[[24.1, 56.95], [24.2, 56.95], [24.1, 56.95]]]}',
        '{"type": "Polygon", "coordinates": [[[1, 2], [500, 2], [3, 4], [1, 2]]]}',
        '{"type": "Polygon", "coordinates": [[[1, 2], [5, 2], [3, 4], [1, 3]]]}',
        '{"type": "Polygon", "coordinates": [[[1, 2], [5, "b"], [3, 4], [1, 2]]]}',
        json.dumps({"type": "Polygon", "coordinates": CROSSED}),
    ],
)
def test_bad_areas(tmp_path: Path, capfd: pytest.CaptureFixture[str], area: str) -> None:
    write_town(tmp_path)
    file = tmp_path / "area.geojson"
    file.write_text(area, "utf-8")
    code, told = runner(capfd, "evacuate")(tmp_path, "--area", file, "--json")
    assert (code, told["status"]) == (1, "unknown")
    assert told["findings"][0]["file"] == str(file)


def test_a_city_without_its_table(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "city.toml").write_text('name = "Town"\n', "utf-8")
    area = around(tmp_path / "area.geojson", 2)
    words = (tmp_path, "--area", area, "--count", "1", "--json")
    code, told = runner(capfd, "points")(*words)
    assert (code, told["status"]) == (1, "unknown")
