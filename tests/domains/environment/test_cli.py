"""The jobs of ``kopa environment``: documents against their schemas; wrong usage."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import pytest
from domains.environment.small import FEATURES, write_environment
from schemas import valid

from kopa.domains.environment.cli import register
from kopa.errors import InputError, RangeError, UsageError

CULVERT = "culvert --inlet cmp-headwall --height 0.9 --length 61 --slope 0.05 --n 0.024 --flow 2.49"
CHANNEL = "channel --shape trapezoid --width 6.096 --side 2 --n 0.025 --slope 0.0016 --flow 11.327"
PLUME = "plume --substance chlorine --rate 2 kg/s --wind 3 m/s --from 240"
DAY = "--cloud 4/8 --at day --sun 40"


def call(text: str) -> int:
    parser = argparse.ArgumentParser()
    register(parser.add_subparsers())
    arguments = parser.parse_args(text.split())
    code: int = arguments.run(arguments)
    return code


def told(capsys: pytest.CaptureFixture[str], text: str) -> dict[str, Any]:
    assert call(f"{text} --json") == 0
    return valid(f"environment-{text.split(maxsplit=1)[0]}", capsys.readouterr().out)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_environment(tmp_path / "e.geojson")
    (tmp_path / "o.csv").write_text("time,up\n02:00,50\n04:00,0\n", encoding="utf-8")
    hours = [f"2026-07-01T{h:02d}:00,centre,{250 if h < 20 else 30},12" for h in range(24)]
    text = "\n".join(["time,station,no2,pm10", *hours])
    (tmp_path / "s.csv").write_text(text, encoding="utf-8")
    return tmp_path


def test_river(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, "river e.geojson --overflow o.csv --hours 24 --step 30min")
    assert found["sewage_m3"] == pytest.approx(360)
    assert found["balance"]["ok"]
    assert [reach["id"] for reach in found["reaches"]] == ["up", "down"]
    assert found["reaches"][0]["travel_time_h"] == pytest.approx(3000 / 0.25 / 3600)
    assert max(found["reaches"][0]["ecoli_cfu_100ml"]) == pytest.approx(3e6 * 50 / 5050, rel=0.02)
    assert call("river e.geojson --overflow o.csv") == 0
    text = capsys.readouterr().out
    assert "360 m³ of sewage" in text
    assert "█" in text


def test_bathing(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, "bathing e.geojson --overflow o.csv --reopen 0 --temperature 20")
    (beach,) = found["bathing"]
    low, mid, high = (beach["alert"][name] for name in ("low", "mid", "high"))
    assert high["from"] < mid["from"] < low["from"]
    assert low["to"] < mid["to"] < high["to"]
    assert beach["escherichia_coli"]["limit_cfu_100ml"] == 1800
    less = told(capsys, "bathing e.geojson --overflow o.csv --ecoli 2e4")
    assert less["bathing"][0]["alert"]["mid"] is None
    assert call("bathing e.geojson --overflow o.csv") == 0
    assert "beach" in capsys.readouterr().out


def test_air(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (found,) = told(capsys, "air s.csv")["stations"]
    assert found["index"][0] == "very_poor"
    assert found["worst"][0] == "no2"
    rows = {row["id"]: row for row in found["thresholds"]}
    assert (rows["no2-hour"]["state"], rows["no2-hour"]["times"]) == ("exceeded", 20)
    assert rows["no2-hour"]["first"] == "2026-07-01T00:00"
    assert rows["no2-year"]["state"] == "unknown"
    assert call("air s.csv") == 0
    assert "2008/50/EC" in capsys.readouterr().out


def test_plume(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, f"{PLUME} {DAY} --minutes 20")
    assert (found["stability"], found["exposure_min"], found["release"]) == ("C", 30, "plume")
    far = [one["distance_m"] for one in found["levels"]]
    assert far == sorted(far, reverse=True)
    assert all(one["people"] is None for one in found["levels"])
    night = told(capsys, f"{PLUME} --at night --cloud 0 --rural")
    assert night["stability"] == "E"
    assert night["levels"][1]["distance_m"] > far[1]
    noon = told(capsys, f"{PLUME} --cloud 0 --at 2026-06-21T10:24 --place 56.95,24.1")
    assert noon["stability"] == "C"  # the sun stands 56° high
    assert call(f"{PLUME} {DAY}") == 0
    assert "AEGL-3" in capsys.readouterr().out


def test_a_puff_and_its_people(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    zones = [{**one, "at": [500, 0]} if one["id"] == "centre" else one for one in FEATURES]
    write_environment(files / "z.geojson", zones)
    text = "plume --substance ammonia --mass 2000 kg --wind 2 m/s --from 270 --class F"
    found = told(capsys, f"{text} --zones z.geojson --source 0,0 -o out.geojson")
    assert (found["release"], found["exposure_min"]) == ("puff", 10)
    assert found["levels"][0]["people"] == 1000
    contours = json.loads((files / "out.geojson").read_text(encoding="utf-8"))
    assert [one["properties"]["level"] for one in contours["features"]] == [
        f"AEGL-{one['level']}" for one in found["levels"] if one["area_m2"]
    ]
    ring = contours["features"][0]["geometry"]["coordinates"][0]
    assert max(x for x, _ in ring) == pytest.approx(found["levels"][0]["distance_m"], rel=0.01)


def test_structures(capsys: pytest.CaptureFixture[str]) -> None:
    weir = told(capsys, "weir --kind rehbock --width 2 --height 1 --flow 0.5")
    assert weir["head_m"] == pytest.approx(0.2629, abs=1e-4)
    culvert = told(capsys, CULVERT)
    assert culvert["control"] == "outlet"
    assert culvert["normal_depth_m"] is None
    channel = told(capsys, CHANNEL)
    assert channel["normal_depth_m"] == pytest.approx(1.024, abs=2e-3)
    assert channel["subcritical"]
    for text in ("weir --kind v-notch --height 1 --head 0.6 --tailwater 0.3", CULVERT, CHANNEL):
        assert call(text) == 0
    text = capsys.readouterr().out
    assert "Villemonte" in text
    assert "HDS-5" in text
    assert "Chow" in text


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (PLUME, UsageError),
        (f"{PLUME} --cloud 4/8 --at day", UsageError),
        (f"{PLUME} --cloud 9/8 --at night", UsageError),
        (f"{PLUME} --cloud 4/8 --at soon", UsageError),
        (f"{PLUME} --cloud 4/8 --at 2026-01-01T00:00", UsageError),
        (f"{PLUME} --class D --zones z.geojson", UsageError),
        (f"{PLUME} --class D --mass 3 kg", UsageError),
        (f"{PLUME.replace('2 kg/s', '2 m')} --class D", UsageError),
        (f"{PLUME.replace('2 kg/s', 'two')} --class D", UsageError),
        (f"{PLUME.replace('2 kg/s', '0 kg/s')} --class D", RangeError),
        (f"{PLUME.replace('3 m/s', '0.1 m/s')} --class D", RangeError),
        (f"{PLUME} --class D --minutes 0", RangeError),
        (CHANNEL.replace("trapezoid", "circular"), UsageError),
        (CULVERT.replace("--flow 2.49", "--flow 0"), RangeError),
        (f"{CULVERT} --width 2", RangeError),
        ("weir --kind poleni --width 2 --height 1 --head 0.3", RangeError),
        ("air none.csv", InputError),
        ("river none.geojson --overflow o.csv", InputError),
        ("river e.geojson --overflow none.csv", InputError),
        ("river e.geojson --overflow o.csv --temperature 90", InputError),
        ("river e.geojson --overflow o.csv --hours -1", UsageError),
    ],
)
def test_wrong_usage(text: str, error: type[Exception], files: Path) -> None:
    with pytest.raises(error):
        call(text)
