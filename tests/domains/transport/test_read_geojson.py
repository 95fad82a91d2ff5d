"""Broken stretches and points are told with the place in the file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from domains.transport.small_streets import stretch

from kopa.domains.transport.read_geojson import read_points, read_stretch
from kopa.errors import InputError

GOOD = {"type": "LineString", "coordinates": [[24.1, 56.95], [24.2, 56.95]]}


def feature(geometry: object) -> dict[str, object]:
    return {"type": "Feature", "properties": {}, "geometry": geometry}


BROKEN: dict[str, tuple[str, str, str]] = {
    "no JSON": ("{", "line 1", "stretch-json"),
    "a list": ("[]", "", "stretch-geojson"),
    "a topology": ('{"type": "Topology"}', "", "stretch-geojson"),
    "empty": ('{"type": "FeatureCollection", "features": []}', "", "stretch-empty"),
    "no geometry": (json.dumps(feature(None)), "feature 1", "stretch-geometry"),
    "a point": (
        json.dumps({"type": "Point", "coordinates": [24, 56]}),
        "feature 1",
        "stretch-geometry",
    ),
    "one position": (
        json.dumps({"type": "LineString", "coordinates": [[24, 56]]}),
        "feature 1",
        "stretch-geometry",
    ),
    "one place twice": (
        json.dumps({"type": "LineString", "coordinates": [[24, 56], [24, 56]]}),
        "feature 1",
        "stretch-geometry",
    ),
    "words": (
        json.dumps({"type": "LineString", "coordinates": [["a", "b"], [24, 56]]}),
        "feature 1",
        "stretch-position",
    ),
    "metres": (
        json.dumps({"type": "LineString", "coordinates": [[506000, 56], [506100, 56]]}),
        "feature 1",
        "stretch-position",
    ),
    "too flat": (
        json.dumps({"type": "MultiLineString", "coordinates": [24, 56]}),
        "feature 1",
        "stretch-geometry",
    ),
    "the second": (
        json.dumps({"type": "FeatureCollection", "features": [feature(GOOD), feature(None), 7]}),
        "feature 3",
        "stretch-geometry",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_stretches(tmp_path: Path, name: str) -> None:
    text, place, code = BROKEN[name]
    file = tmp_path / "stretch.geojson"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_stretch(file)
    assert any(
        f.code == f"transport.{code}" and f.place == place and f.what and f.do
        for f in caught.value.findings
    ), caught.value.findings


@pytest.mark.parametrize("wrap", ["feature", "collection", "geometry"])
def test_whole_stretches(tmp_path: Path, wrap: str) -> None:
    one = stretch(1, 2, 3)
    given = {
        "feature": one,
        "collection": {"type": "FeatureCollection", "features": [one]},
        "geometry": one["geometry"],
    }
    (tmp_path / "s.geojson").write_text(json.dumps(given[wrap]), encoding="utf-8")
    found = read_stretch(tmp_path / "s.geojson")
    assert [len(part) for part in found.lines] == [3]
    assert found.areas == ()


def test_missing_and_binary_files(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_stretch(tmp_path / "none.geojson")
    (tmp_path / "b.geojson").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="UTF-8"):
        read_stretch(tmp_path / "b.geojson")


def test_points_of_csv_and_geojson(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("id,lon,lat\na,24.1,56.9\nb,24.2,56.8\n", encoding="utf-8")
    found = read_points(tmp_path / "p.csv")
    assert found.names == ("a", "b")
    assert found.lat.tolist() == [56.9, 56.8]
    point = {**feature({"type": "Point", "coordinates": [24.1, 56.9]}), "properties": {"id": "x"}}
    (tmp_path / "p.geojson").write_text(json.dumps(point), encoding="utf-8")
    assert read_points(tmp_path / "p.geojson").names == ("x",)


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("p.csv", "a,b\n1,2\n", "line 1"),
        ("p.csv", "lon,lat\n24.1,56.9\nwest,56.9\n", "line 3"),
        ("p.csv", "lon,lat\n24.1,156.9\n", "line 2"),
        ("p.csv", "lon,lat\n24.1\n", "line 2"),
        ("p.csv", "lon,lat\n", ""),
        ("p.geojson", json.dumps(GOOD), "feature 1"),
    ],
)
def test_broken_points(tmp_path: Path, name: str, text: str, place: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_points(tmp_path / name)
    assert [f.place for f in caught.value.findings] == [place]
