"""``kopa transport``: the keys that are promised, exit codes, and no traceback."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from domains.transport.small_streets import place, stretch, write_transport
from google.transit import gtfs_realtime_pb2

from kopa.cli import main

NET = """\
<NUMBER OF ZONES> 2
<NUMBER OF NODES> 2
<FIRST THRU NODE> 1
<NUMBER OF LINKS> 2
<END OF METADATA>
1 2 1 1 1 1 1 0 0 1 ;
1 2 1 1 2 0.5 1 0 0 1 ;
"""
TRIPS = "<NUMBER OF ZONES> 2\n<END OF METADATA>\nOrigin 1\n 2 : 3.0;\n"


@pytest.fixture
def city(tmp_path: Path) -> Path:
    section = write_transport(tmp_path)
    rows = "\n".join(f'{key} = "{value}"' for key, value in section.items())
    (tmp_path / "city.toml").write_text(f'name = "T"\n[transport]\n{rows}\n', encoding="utf-8")
    (tmp_path / "s.geojson").write_text(json.dumps(stretch(2, 3)), encoding="utf-8")
    points = [f"n{node},{place(node)[0]},{place(node)[1]}" for node in (1, 4, 9)]
    (tmp_path / "p.csv").write_text("\n".join(["id,lon,lat", *points]), encoding="utf-8")
    (tmp_path / "net.tntp").write_text(NET, encoding="utf-8")
    (tmp_path / "trips.tntp").write_text(TRIPS, encoding="utf-8")
    return tmp_path


def answer(capfd: pytest.CaptureFixture[str], *words: object) -> dict[str, Any]:
    assert main(["transport", *map(str, words), "--json"]) == 0
    found: dict[str, Any] = json.loads(capfd.readouterr().out)
    return found


def closure(city: Path) -> list[object]:
    hours = ["--from", "08:00", "--to", "09:00", "--date", "2026-11-25"]
    return ["closure", city, "--stretch", city / "s.geojson", *hours]


def test_closure(city: Path, capfd: pytest.CaptureFixture[str]) -> None:
    told = answer(capfd, *closure(city), "--reach", "S4", "--alert-out", city / "a.pb")
    assert [row["trip_id"] for row in told["trips"]] == ["morning"]
    assert told["routes"] == [{"route_id": "B", "name": "1"}]
    assert told["added_minutes"] == pytest.approx(0.74, abs=0.02)
    assert told["stops_reaching"].keys() == {"30", "60", "90"}
    assert told["stops_reaching"]["30"].keys() == {"before", "after", "without_trips"}
    assert told["alert"]["entity"][0]["alert"]["effect"] == "DETOUR"
    assert told["detour"][0]["geometry"]["type"] == "LineString"
    assert [row["stop_id"] for row in told["stops"]] == ["M"]
    feed = gtfs_realtime_pb2.FeedMessage()
    feed.ParseFromString((city / "a.pb").read_bytes())
    assert len(feed.entity) == 1


def test_closure_of_a_feed_and_a_map(city: Path, capfd: pytest.CaptureFixture[str]) -> None:
    words = closure(city)
    words[1] = city / "gtfs.zip"
    told = answer(capfd, *words, "--osm", city / "streets.osm.pbf")
    assert [row["trip_id"] for row in told["trips"]] == ["morning"]
    assert told["reach"].startswith("stop ")  # no hospital on the map
    told = answer(capfd, *words, "--osm", city / "streets.osm.pbf", "--reach", "24.112,56.95")
    assert told["reach"] == "24.112,56.95"


@pytest.mark.parametrize("job", ["closure", "assign", "matrix", "isochrone"])
def test_for_people(city: Path, capfd: pytest.CaptureFixture[str], job: str) -> None:
    points = city / "p.csv"
    words: dict[str, list[object]] = {
        "closure": closure(city),
        "assign": ["assign", city / "net.tntp", city / "trips.tntp"],
        "matrix": ["matrix", city, "--from", points, "--to", points],
        "isochrone": ["isochrone", city, "--at", "24.1,56.95", "--minutes", "1"],
    }
    assert main(["transport", *map(str, words[job])]) == 0
    out = capfd.readouterr().out
    assert {"closure": "trips hit", "assign": "relative gap", "matrix": "km"}.get(job, "min") in out


def test_assign(city: Path, capfd: pytest.CaptureFixture[str]) -> None:
    told = answer(capfd, "assign", city / "net.tntp", city / "trips.tntp")
    assert told["tstt"] == pytest.approx(9)
    assert told["gap"] <= 1e-6
    assert [row["flow"] for row in told["flows"]] == pytest.approx([2, 1])
    assert told["flows"][0].keys() == {"from", "to", "flow", "time"}
    told = answer(capfd, "assign", city / "net.tntp", city / "trips.tntp", "--close", "1-2")
    assert told["unserved"] == 3.0
    assert told["findings"][0]["code"] == "transport.unserved"


def test_matrix(city: Path, capfd: pytest.CaptureFixture[str]) -> None:
    points = city / "p.csv"
    told = answer(capfd, "matrix", city / "streets.osm.pbf", "--from", points, "--to", points)
    assert told["from"] == ["n1", "n4", "n9"]
    assert told["metres"][0][1] == pytest.approx(730, abs=3)
    assert told["minutes"][0][1] == pytest.approx(1.22, abs=0.01)


def test_isochrone(city: Path, capfd: pytest.CaptureFixture[str]) -> None:
    out = city / "i.geojson"
    told = answer(capfd, "isochrone", city, "--at", "24.1,56.95", "--minutes", "0.5", "-o", out)
    assert told["nodes"] == 3
    assert json.loads(out.read_text(encoding="utf-8"))["geometry"]["type"] == "Polygon"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["closure", "gtfs.zip", "--stretch", "s.geojson"], 2),  # no streets
        (["closure", ".", "--stretch", "s.geojson", "--from", "9", "--to", "10:00"], 2),
        (["closure", ".", "--stretch", "s.geojson", "--from", "10:00", "--to", "09:00"], 2),
        (["closure", ".", "--stretch", "s.geojson", "--date", "tomorrow"], 2),
        (["closure", ".", "--stretch", "s.geojson", "--reach", "nowhere"], 2),
        (["closure", ".", "--stretch", "none.geojson"], 1),
        (["closure", ".", "--stretch", "far.geojson"], 1),
        (["closure", "p.csv", "--osm", "streets.osm.pbf", "--stretch", "s.geojson"], 1),
        (["closure", "gtfs.zip", "--osm", "p.csv", "--stretch", "s.geojson"], 1),
        (["assign", "net.tntp", "none.tntp"], 1),
        (["assign", "p.csv", "trips.tntp"], 1),
        (["assign", "net.tntp", "trips.tntp", "--close", "2-1"], 2),
        (["assign", "net.tntp", "trips.tntp", "--close", "one"], 2),
        (["assign", "net.tntp", "trips.tntp", "--gap", "2"], 2),
        (["matrix", "none.pbf", "--from", "p.csv", "--to", "p.csv"], 1),
        (["matrix", ".", "--from", "p.csv", "--to", "net.tntp"], 1),
        (["isochrone", ".", "--at", "here"], 2),
        (["isochrone", ".", "--at", "24.1,56.95", "--minutes", "-1"], 2),
    ],
)
def test_what_is_wrong_is_told(
    city: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    code: int,
) -> None:
    monkeypatch.chdir(city)
    far = json.dumps({"type": "LineString", "coordinates": [[24.2, 56.96], [24.21, 56.96]]})
    (city / "far.geojson").write_text(far, encoding="utf-8")
    assert main(["transport", *words]) == code
    out, err = capfd.readouterr()
    assert "Traceback" not in out + err
    assert out or err
    if code == 1:
        assert main(["transport", *words, "--json"]) == code
        told = json.loads(capfd.readouterr().out)
        assert told["status"] == "unknown"
        assert all(row["what"] and row["file"] for row in told["findings"])
