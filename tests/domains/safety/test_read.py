"""Broken files: each gives findings with its place, none a traceback or a silent zero."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from domains.safety.small import write_safety

from kopa.domains.safety import DOMAIN
from kopa.errors import InputError

POINT = {"type": "Point", "coordinates": [24.1, 56.95]}
LINE = {"type": "LineString", "coordinates": [[24.1, 56.95], [24.104, 56.95]]}
STATION = {"id": "s", "kind": "police"}
LIGHTS = {"id": "l", "lamps": 3, "electricity_kw": 1}


def feature(geometry: Any, properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


@pytest.mark.parametrize(
    ("file", "features", "code"),
    [
        ("stations", [], "empty"),
        ("stations", [feature(POINT, {"id": "s"})], "missing"),
        ("stations", [feature(POINT, {"id": "s", "kind": "castle"})], "kind"),
        ("stations", [feature(POINT, {**STATION, "units": 0})], "value"),
        ("stations", [feature(POINT, {**STATION, "needs_electricity": "yes"})], "value"),
        ("stations", [feature(LINE, STATION)], "geometry"),
        ("stations", [feature(POINT, STATION)] * 2, "duplicate"),
        ("stations", [feature({"type": "Point", "coordinates": [25, 57]}, STATION)], "outside"),
        ("stations", [feature(POINT, {**STATION, "id": "M"})], "duplicate"),
        ("stations", [feature(POINT, None)], "feature"),
        ("cells", [], "empty"),
        ("cells", [feature(POINT, {"id": "c"})], "missing"),
        ("cells", [feature(POINT, {"id": "c", "people": -1})], "value"),
        ("cells", [feature(None, {"id": "c", "people": 1})], "geometry"),
        ("lights", [feature(POINT, LIGHTS)], "geometry"),
        ("lights", [feature(LINE, {"id": "l"})], "missing"),
        ("lights", [feature(LINE, {**LIGHTS, "lamps": 0})], "value"),
        ("lights", [feature({**LINE, "coordinates": [[24.1, 56.9]]}, LIGHTS)], "geometry"),
        ("lights", [feature({**LINE, "coordinates": [["a", 1], [2, 3]]}, LIGHTS)], "geometry"),
        ("lights", [feature({**LINE, "type": "MultiLineString"}, LIGHTS)], "geometry"),
        ("lights", [feature(LINE, "x")], "feature"),
        ("lights", [None], "feature"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, file: str, features: list[Any], code: str) -> None:
    settings = write_safety(tmp_path)
    text = json.dumps({"type": "FeatureCollection", "features": features})
    (tmp_path / f"{file}.geojson").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        DOMAIN.load(settings, tmp_path)
    assert f"safety.{code}" in {one.code for one in caught.value.findings}
    assert all(one.what and one.do for one in caught.value.findings)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"features": 3}', '{"type": "Point"}', "\xff"])
@pytest.mark.parametrize("file", ["stations", "cells", "lights"])
def test_files_that_are_no_collection(tmp_path: Path, file: str, text: str) -> None:
    settings = write_safety(tmp_path)
    (tmp_path / f"{file}.geojson").write_text(text, encoding="latin-1")
    with pytest.raises(InputError, match=file):
        DOMAIN.load(settings, tmp_path)


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    settings = write_safety(tmp_path)
    for name in ("stations", "cells", "lights"):
        (tmp_path / f"{name}.geojson").unlink()
    with pytest.raises(InputError) as caught:
        DOMAIN.load(settings, tmp_path)
    assert len(caught.value.findings) == 3
    with pytest.raises(InputError, match="target_min"):
        DOMAIN.load({**settings, "target_min": 0}, tmp_path)
    with pytest.raises(InputError, match="cells"):
        DOMAIN.load({"stations": "s"}, tmp_path)


def test_what_is_taken_or_not_read_is_told(tmp_path: Path) -> None:
    settings = write_safety(tmp_path, {"fire": {"turnout_s": None, "colour": "red"}})
    _, findings = DOMAIN.load(settings, tmp_path)
    assert {one.code for one in findings} == {"safety.assumed", "safety.unknown"}


def test_a_city_without_lights(tmp_path: Path) -> None:
    settings = write_safety(tmp_path)
    settings.pop("lights")
    town, findings = DOMAIN.load(settings, tmp_path)
    assert findings == ()
    assert "lights" not in town.assets().kinds
