"""Broken files: each gives findings, all of them, and no traceback."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from domains.environment.small import FEATURES, write_environment

from kopa.domains.environment import DOMAIN
from kopa.domains.environment.read_measurements import read_overflows, read_stations
from kopa.domains.environment.read_thresholds import COLUMNS, read_thresholds
from kopa.errors import InputError

BY_ID = {one["id"]: one for one in FEATURES}


def codes(folder: Path, **settings: Any) -> set[str]:
    with pytest.raises(InputError) as caught:
        DOMAIN.load({"files": "*.geojson", **settings}, folder)
    assert all(one.what and one.do and one.file for one in caught.value.findings)
    return {one.code.removeprefix("environment.") for one in caught.value.findings}


def changed(name: str, **values: Any) -> list[dict[str, Any]]:
    return [{**one, **values} if one["id"] == name else one for one in FEATURES]


BROKEN = {
    "number": changed("up", flow_m3_s="much"),
    "missing-value": changed("beach", people_a_day=None),
    "kind": changed("air", kind="weather"),
    "geometry": changed("air", at=[[0, 0], [1, 1]]),
    "duplicate": changed("air", id="up"),
    "downstream": changed("up", downstream="sea"),
    "ring": changed("down", downstream="up"),
    "depth": changed("up", depth_m=None),
    "low-flow": changed("up", low_flow_m3_s=50),
    "reach": changed("beach", reach="sea"),
    "season": changed("beach", season_start="05-32", season_end="09-15"),
    "water": changed("beach", water="pool"),
    "substance": changed("plant", substance="perfume"),
    "length": changed("up", length_m=None, at=[[0, 2], [0.5, 2]]),
}


@pytest.mark.parametrize("code", BROKEN)
def test_broken_features(code: str, tmp_path: Path) -> None:
    write_environment(tmp_path / "e.geojson", BROKEN[code])
    found = codes(tmp_path)
    assert code in found
    assert len(found - {code, "default-background_ecoli"}) == 0


def test_all_that_is_wrong_is_told(tmp_path: Path) -> None:
    broken = [
        BROKEN["number"][0],
        BROKEN["depth"][1],
        *BROKEN["substance"][2:],
        {"id": "x", "at": [0, 0]},
    ]
    broken[1] = {**broken[1], "width_m": -3}
    write_environment(tmp_path / "e.geojson", broken)
    assert {"number", "substance", "kind"} <= codes(tmp_path)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"{", "json"),
        (b'{"type": "Feature"}', "geojson"),
        (b"[" * 100_000, "json"),
        (b"\xff\xfe{}", "encoding"),
        (b'{"type": "FeatureCollection", "features": [3, {"properties": 5}]}', "feature"),
        (b'{"type": "FeatureCollection", "features": []}', "empty"),
    ],
)
def test_broken_documents(text: bytes, code: str, tmp_path: Path) -> None:
    (tmp_path / "e.geojson").write_bytes(text)
    assert code in codes(tmp_path)


def test_no_file_answers(tmp_path: Path) -> None:
    assert codes(tmp_path) == {"missing"}


COORDINATES = [
    None,
    "x",
    [],
    [[]],
    [[0]],
    [["a", 1], [2, 3]],
    [[0, 0], [0, 0]],
    [[None, 1], [1, 1]],
    5,
]


@pytest.mark.parametrize("at", COORDINATES)
def test_broken_coordinates(at: Any, tmp_path: Path) -> None:
    write_environment(tmp_path / "e.geojson")
    document = json.loads((tmp_path / "e.geojson").read_text(encoding="utf-8"))
    document["features"][0]["geometry"]["coordinates"] = at
    (tmp_path / "e.geojson").write_text(json.dumps(document), encoding="utf-8")
    assert "geometry" in codes(tmp_path)


def test_what_is_missing_and_taken_is_told(tmp_path: Path) -> None:
    plain = {key: value for key, value in BY_ID["up"].items() if "background" not in key}
    write_environment(tmp_path / "e.geojson", [plain])
    _, warnings = DOMAIN.load({"files": "e.geojson"}, tmp_path)
    assert {one.code for one in warnings} == {
        "environment.default-background_ecoli",
        "environment.default-background_enterococci",
        "environment.default-background_ammonia_mg_l",
    }


def test_warnings_of_geometry_and_flow(tmp_path: Path) -> None:
    far = {**BY_ID["beach"], "at": [30, 900]}
    less = {**BY_ID["down"], "flow_m3_s": 3}
    write_environment(tmp_path / "e.geojson", [BY_ID["up"], less, far])
    domain, warnings = DOMAIN.load({"files": "e.geojson"}, tmp_path)
    assert {one.code for one in warnings} == {"environment.off-river", "environment.flow"}
    assert len(domain.assets()) == 3


def test_csv_of_points(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("kind,id,x,y,people\nzone,z,1,2,50\n", encoding="utf-8")
    domain, _ = DOMAIN.load({"files": "a.csv"}, tmp_path)
    assert domain.assets().people.tolist() == [50]
    for text, code in (("id,x,y\n", "column"), ("kind,id,x,y\nzone,z,1,2,3\n", "row")):
        (tmp_path / "a.csv").write_text(text, encoding="utf-8")
        assert code in codes(tmp_path, files="a.csv")


def test_reaches_join_by_name_or_by_place(tmp_path: Path) -> None:
    write_environment(tmp_path / "e.geojson", FEATURES[::-1])
    domain, _ = DOMAIN.load({"files": "e.geojson"}, tmp_path)
    rivers = domain.environment.rivers  # type: ignore[attr-defined]
    assert rivers.ids == ("up", "down")
    assert rivers.downstream.tolist() == [1, -1]
    bathing = domain.environment.bathing  # type: ignore[attr-defined]
    assert (bathing.reach.tolist(), bathing.along.tolist()) == ([1], [0.5])


def test_holes_hold_nobody(tmp_path: Path) -> None:
    """A zone's samples lie in its area, not in its hole."""
    outer = [[0, 0], [12, 0], [12, 12], [0, 12], [0, 0]]
    inner = [[3, 3], [9, 3], [9, 9], [3, 9], [3, 3]]
    write_environment(tmp_path / "e.geojson", [{**BY_ID["centre"], "at": [outer, inner]}])
    domain, _ = DOMAIN.load({"files": "e.geojson"}, tmp_path)
    (samples,) = domain.environment.points.samples  # type: ignore[attr-defined]
    assert len(samples) == 12 * 12 - 36


THRESHOLD = "no2-hour,limit,air_station,no2,100,µg/m³,1h,18,City council 2026\n"
HEAD = ",".join(COLUMNS) + "\n"


def test_a_city_has_thresholds_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(HEAD + THRESHOLD, encoding="utf-8")
    found = read_thresholds(tmp_path / "t.csv")
    assert found["no2-hour"].value == 100
    assert found["so2-hour"].value == 350
    assert "City council" in str(found["no2-hour"])


@pytest.mark.parametrize(
    "text",
    [
        "id,kind\n",
        HEAD + THRESHOLD.replace("100", "low"),
        HEAD + THRESHOLD.replace("100", "-1"),
        HEAD + THRESHOLD.replace("City council 2026", ""),
        HEAD + THRESHOLD + THRESHOLD,
        HEAD + THRESHOLD.replace("µg/m³", "ppb"),
    ],
)
def test_broken_thresholds(text: str, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"t\.csv"):
        read_thresholds(tmp_path / "t.csv")


@pytest.mark.parametrize(
    "text",
    [
        "time,station\n",
        "time,station,no2,colour\n2026-01-01T00:00,a,1,2\n",
        "time,station,no2\nmorning,a,1\n",
        "time,station,no2\n2026-01-01T00:30,a,1\n",
        "time,station,no2\n2026-01-01T00:00,a,-1\n",
        "time,station,no2\n2026-01-01T00:00,a,inf\n",
        "time,station,no2\n2026-01-01T00:00,a,1\n2026-01-01T00:00,a,2\n",
        "time,station,no2\n2026-01-01T00:00,,1\n",
        "time,station,no2\n1026-01-01T00:00,a,1\n2026-01-01T00:00,a,1\n",
        "time,station,no2\n",
    ],
)
def test_broken_measurements(text: str, tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"s\.csv"):
        read_stations(tmp_path / "s.csv")


def test_missing_hours_are_unknown(tmp_path: Path) -> None:
    text = "time,station,no2,pm10\n2026-01-01T00:00,a,7,\n2026-01-01T03:00,a,9,\n"
    (tmp_path / "s.csv").write_text(text, encoding="utf-8")
    (one,) = read_stations(tmp_path / "s.csv")
    assert one.values["no2"].tolist()[0::3] == [7, 9]
    assert str(one.values["no2"][1]) == "nan"
    assert "pm10" not in one.values


@pytest.mark.parametrize(
    "text",
    [
        "time,sea\n00:00,3\n",
        "time,up\n00:00,x\n",
        "time,up\n00:00,\n",
        "time,up\n02:00,3\n01:00,3\n",
        "time,up\nsoon,3\n",
        "time,up\n",
        "time,up\n30:00,3\n",
    ],
)
def test_broken_overflows(text: str, tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"o\.csv"):
        read_overflows(tmp_path / "o.csv", ("up", "down"), 24, 3600)


def test_overflows_are_means_of_their_steps(tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text("time,down\n00:30,8\n02:00,0\n", encoding="utf-8")
    found = read_overflows(tmp_path / "o.csv", ("up", "down"), 4, 3600)
    assert found[:, 1].tolist() == [4, 8, 0, 0]
    assert not found[:, 0].any()
