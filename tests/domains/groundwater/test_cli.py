"""``kopa groundwater`` on files alone: exit codes, documents by their schemas, what is written."""

from __future__ import annotations

import argparse
import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from domains.groundwater.fields import four, read
from domains.groundwater.weather import made, write
from schemas import valid
from shared_data import data

from kopa.domains.groundwater.cli import register
from kopa.domains.groundwater.drawdown import contour, levels, on_grid
from kopa.errors import RangeError, UsageError


def call(*words: str) -> int:
    parser = argparse.ArgumentParser()
    register(parser.add_subparsers())
    arguments = parser.parse_args(words)
    code: int = arguments.run(arguments)
    return code


def as_json(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> dict[str, Any]:
    assert call(*words, "--json") == code
    return valid(f"groundwater-{words[0]}", capsys.readouterr().out)


@pytest.fixture
def north(tmp_path: Path) -> str:
    file = tmp_path / "north.toml"
    file.write_text(four(), encoding="utf-8")
    return str(file)


def test_drawdown(north: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = tmp_path / "map.svg"
    found = as_json(capsys, "drawdown", north, "--days", "365", "-o", str(picture))
    assert found["days"] == 365
    assert [well["id"] for well in found["wells"]] == ["W1", "W2", "W3", "W4"]
    assert 8 < found["wells"][2]["drawdown_m"] < 13
    assert found["observations"][0]["limit_source"] == "made for the test"
    assert {one["code"] for one in found["findings"]} == {"groundwater.limit"}
    root = ET.fromstring(picture.read_text(encoding="utf-8"))
    words = {text.text for text in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"W1", "P1", "North: drawdown after 365 days"} <= words


def test_another_abstraction(north: str, capsys: pytest.CaptureFixture[str]) -> None:
    usual = as_json(capsys, "drawdown", north)
    less = as_json(capsys, "drawdown", north, "--well", "W3=0 m3/d", "--well", "W1=10 L/s")
    assert [round(well["discharge_m3_d"]) for well in less["wells"]] == [864, 864, 0, 1296]
    assert less["wells"][2]["drawdown_m"] < usual["wells"][2]["drawdown_m"]


def test_contours_lie_where_drawdown_has_their_value(tmp_path: Path) -> None:
    field = read(four(), tmp_path)
    grid = on_grid(field, field.wells.discharge, field.pumping)
    from kopa.domains.groundwater.engine_timflow import drawdown_at

    level = float(levels(grid)[1])
    pieces = contour(grid, level)
    at = pieces[:: max(1, len(pieces) // 20), 0]
    layer = np.zeros(len(at), dtype=np.int64)
    times = np.array([field.pumping])
    found = drawdown_at(field, field.wells.discharge, (at[:, 0], at[:, 1], layer), times)
    assert found[0] == pytest.approx(np.full(len(at), level), abs=0.02)


def test_capture(north: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    zones = tmp_path / "zones.geojson"
    found = as_json(capsys, "capture", north, "--years", "1,10", "-o", str(zones))
    assert len(found["zones"]) == 8
    assert found["ultimate_width_m"] == pytest.approx(4320)
    assert len(found["stagnation_points"]) == 4
    document = json.loads(zones.read_text(encoding="utf-8"))
    kinds = [feature["properties"]["kind"] for feature in document["features"]]
    assert kinds == ["capture_zone"] * 8 + ["stagnation_point"] * 4
    lon, lat = document["features"][-1]["geometry"]["coordinates"]
    assert (lon, lat) == pytest.approx((24.1, 56.95), abs=0.1)  # Riga, as EPSG:3059 has it


def test_a_field_without_crs_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "north.toml"
    file.write_text(four().replace('crs = "EPSG:3059"\n', ""), encoding="utf-8")
    out = str(tmp_path / "z.geojson")
    found = as_json(capsys, "capture", str(file), "--years", "1", "-o", out)
    assert "groundwater.no-crs" in {one["code"] for one in found["findings"]}


def test_permit(north: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = as_json(capsys, "permit", north)
    assert found["largest_m3_d"] < found["usual_m3_d"]
    assert found["forward_difference_m"] < 1e-6
    assert {one["what"] for one in found["binding"]} <= {"drawdown", "pump", "permit"}
    assert found["observations"][0]["drawdown_m"] <= 5 + 1e-6


def test_test(capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(data("groundwater", f"oudekorendijk_h{at}.dat")) for at in (30, 90)]
    words = ("test", *files, "--distance", "30", "90", "--discharge", "788 m3/d",
             "--thickness", "7", "--time-unit", "min")  # fmt: skip
    found = as_json(capsys, *words)
    assert found["model"] == "Theis"
    assert found["parameters"][0]["value"] == pytest.approx(462.6, rel=1e-3)
    assert [one["distance_m"] for one in found["each"]] == [30, 90]
    assert len(found["residuals"][0]["residual_m"]) == 34


def test_a_test_that_cannot_be_trusted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "noise.csv"
    drawdown = np.abs(np.random.default_rng(2).normal(1, 0.5, 30))
    rows = [f"{time:.2f},{value:.3f}" for time, value in enumerate(drawdown, 1)]
    file.write_text("\n".join(["time_min,drawdown_m", *rows]), encoding="utf-8")
    words = ("test", str(file), "--distance", "30", "--discharge", "788 m3/d", "--thickness", "7")
    found = as_json(capsys, *words, code=1)
    assert found["status"] == "unknown"


def test_heads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    heads, rain, evaporation = made(6)
    words = (
        "heads", str(write(heads, "head_m", tmp_path)),
        "--precipitation", str(write(rain, "precipitation_mm", tmp_path)),
        "--evaporation", str(write(evaporation, "evaporation_mm", tmp_path)),
        "--forecast", "14",
    )  # fmt: skip
    found = as_json(capsys, *words)
    assert found["explained"] > 0.9
    assert len(found["forecast"]["mid_m"]) == 14
    assert found["forecast"]["low_m"][-1] < found["forecast"]["high_m"][-1]


def test_what_people_read(north: str, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (("drawdown", north), ("capture", north, "--years", "1"), ("permit", north)):
        assert call(*words) == 0
        told = capsys.readouterr().out
        assert " m" in told
        assert "W1" in told


@pytest.mark.parametrize(
    "words",
    [
        ("drawdown", "--days", "-1"),
        ("drawdown", "--well", "W9=5 m3/d"),
        ("drawdown", "--well", "W1=5 kWh"),
        ("drawdown", "--well", "W1=much"),
        ("capture", "--years", "soon"),
        ("capture", "--years", "0"),
    ],
)
def test_wrong_usage(words: tuple[str, ...], north: str) -> None:
    with pytest.raises(UsageError):
        call(words[0], north, *words[1:])


def test_a_permit_needs_a_limit(tmp_path: Path) -> None:
    file = tmp_path / "north.toml"
    text = four().replace("max_drawdown_m = 14.0\n", "").replace("drawdown_limit_m = 5\n", "")
    file.write_text(text, encoding="utf-8")
    with pytest.raises(RangeError, match="has a limit"):
        call("permit", str(file))
