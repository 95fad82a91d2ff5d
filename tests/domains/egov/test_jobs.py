"""Jobs as the command line runs them; each document is held against its schema."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from unit.open311.reports import NOON, fault, request

from kopa.domain.affected import Affected, Cut
from kopa.geo.project import Projection
from kopa.open311.read_open311 import read_requests
from kopa.open311.write_open311 import request_row, write_json, write_requests_xml

from .elections import META, PROJECTS, VOTES, write_election
from .jobs import runner

CRS = "EPSG:3059"


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """Ten dry taps beside one fault and a pothole told twice."""
    some = [request(f"w{n}", north=10 * n, hours=n / 10, description="tālr. 29228750")
            for n in range(10)]  # fmt: skip
    some += [request("h1", "road.hole", hours=1), request("h2", "road.hole", hours=2)]
    file = tmp_path / "requests.json"
    file.write_bytes(write_json([request_row(one) for one in some]))
    return file


def write_faults(folder: Path) -> Path:
    one = fault("burst", people=230)
    properties = {"id": one.id, "service": one.service, "start": one.start.isoformat(),
                  "people": one.people, "work_order": "W-7", "title": "Burst"}  # fmt: skip
    point = {"type": "Point", "coordinates": [one.lon[0], one.lat[0]]}
    row = {"type": "Feature", "properties": properties, "geometry": point}
    file = folder / "faults.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [row]}))
    return file


def test_one_work_order_not_ten(
    tmp_path: Path, reports: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run = runner(capfd, "desk")
    now = "2026-11-24T23:30:00+00:00"
    faults = write_faults(tmp_path)
    code, told = run(reports, "--faults", faults, "--now", now, "--json")
    assert code == 0
    (order,) = told["joined"]
    assert order["work_order"] == "W-7"
    assert order["requests"] == [f"w{n}" for n in range(10)]
    assert order["farthest_m"] == pytest.approx(90, abs=0.1)
    (cut,) = told["cut_off"]
    assert (cut["people"], cut["requests"], cut["fault"]) == (230, 10, "burst")
    assert told["unexplained"] == ["h1", "h2"]
    assert {"request": "h2", "of": "h1"} in told["duplicates"]
    # due within 8 h, so by 20:00 for the first: 3.5 h late
    assert told["late"][0] == {
        "request": "w0", "kind": "water.none", "due": "2026-11-24T20:00:00+00:00", "hours": 3.5,
        "open": True,
    }  # fmt: skip
    assert "29228750" not in json.dumps(told)
    row = told["public_feed"][0]
    assert row["extended_attributes"]["kopa"]["work_order"] == "W-7"
    assert row["expected_datetime"] == "2026-11-24T20:00:00+00:00"


@pytest.mark.parametrize("name", ["feed.xml", "feed.json"])
def test_the_feed_is_one_that_others_read(
    tmp_path: Path, reports: Path, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    code, _ = runner(capfd, "desk")(reports, "--feed", tmp_path / name, "--json")
    assert code == 0
    assert len(read_requests(tmp_path / name)[0]) == 12


def ask(folder: Path, changes: Any, live: str = "") -> Affected:
    """A burst that takes water from two houses and blocks a street."""
    x, y = Projection(CRS).metres(np.array([24.1, 24.1, 24.1]), np.array([56.95, 56.951, 56.9502]))
    cuts = []
    for service, rows in (("water", [0, 1]), ("road_access", [2])):
        many = len(rows)
        cuts.append(Cut(
            "places", service, tuple(map(str, rows)), ("",) * many, ("",) * many, x[rows], y[rows],
            np.full(many, 40.0), np.full(many, 80.0), np.full(many, 11 * 3600),
            np.full(many, 16 * 3600), ("P-12 burst", f"no {service}"),
        ))  # fmt: skip
    return Affected("Small", CRS, ("lv",), "UTC", tuple(changes), tuple(cuts), "ok")


def test_a_change_in_the_city_explains_requests(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Two services are lost by one burst: one work order."""
    some = [request("w"), request("r", "road.blocked"), request("x", "power.out")]
    file = tmp_path / "requests.xml"
    file.write_bytes(write_requests_xml([request_row(one) for one in some]))
    run = runner(capfd, "desk", ask)
    city = ("--city", tmp_path, "--change", "water:P-12 burst", "--now", NOON.isoformat())
    code, told = run(file, *city, "--json")
    assert code == 0
    (order,) = told["joined"]
    assert (order["work_order"], order["requests"]) == ("P-12 burst", ["w", "r"])
    assert order["services"] == ["road_access", "water"]
    assert order["people"] == 80
    assert [one["people"] for one in told["cut_off"]] == [80, 40]
    code, text = run(file, *city, "--lang", "lv")
    assert (code, "Darba uzdevumi" in text, "P-12 burst" in text) == (0, True, True)
    assert run(file, "--change", "x")[0] == 2
    assert run(file, "--city", tmp_path)[0] == 2
    assert run(file, "--lang", "xx")[0] == 2


def test_what_joins_nothing_is_told(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    row = request_row(request("a", "unheard-of")) | {"lat": None, "long": None}
    file = tmp_path / "r.json"
    file.write_bytes(write_json([row]))
    code, told = runner(capfd, "desk")(file, "--json")
    codes = {one["code"] for one in told["findings"]}
    assert (code, codes) == (0, {"egov.unknown-kind", "egov.no-place"})
    file.write_text("[{}]")
    assert runner(capfd, "desk")(file, "--json")[0] == 1


def test_a_budget(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """4 voters of 25: a (60) cannot be paid by two; b (40) can, 20 each."""
    run = runner(capfd, "budget")
    file = write_election(tmp_path)
    code, told = run(file, "--rule", "equal-shares-plain", "--json")
    assert (code, told["winners"], told["cost"]) == (0, ["b"], 40)
    why = {one["project"]: one for one in told["explanation"]}
    assert why["b"]["values"]["mean_paid"] == 20
    assert why["b"]["why"] == "2 supporters pay 20 to 20 each; 0 of them all that they had left"
    assert (why["a"]["code"], why["a"]["won"]) == ("short", False)
    assert why["a"]["why"] == "its 2 supporters have 50 left, 10 too little"
    assert told["official"] == {"known": True, "winners": ["a"], "same": False}
    code, told = run(file, "--rule", "greedy", "--json")
    assert (told["winners"], told["cost"]) == (["b", "a"], 100)
    code, text = run(file, "--rule", "greedy", "--lang", "lv")
    assert (code, "Iztērēti 100 no 100; 4 balsotāji." in text) == (0, True)
    assert run(file, "--rule", "dice")[0] == 2
    assert run(tmp_path / "none.pb")[0] == 1


def test_a_decision_over_the_rule_is_recorded(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    decisions = tmp_path / "o.toml"
    decisions.write_text(
        "[[override]]\nproject = 'b'\nchosen = false\nby = 'Council'\nreason = 'no land'\n"
        "at = 2026-11-24\n[[override]]\nproject = 'c'\nchosen = true\nby = 'Council'\n"
        "reason = 'a gift'\n"
    )
    file, out = write_election(tmp_path), tmp_path / "out.csv"
    words = (file, "--rule", "greedy", "--override", decisions, "--export", out, "--json")
    code, told = runner(capfd, "budget")(*words)
    assert (code, told["winners"], told["cost"]) == (0, ["a", "c"], 110)
    assert [(one["project"], one["rule_said"], one["at"]) for one in told["overrides"]] == [
        ("b", True, "2026-11-24"), ("c", False, ""),
    ]  # fmt: skip
    assert [one["code"] for one in told["findings"]] == ["egov.over-budget"]
    why = {one["project"]: one["why"] for one in told["explanation"]}
    assert why["b"] == "taken out by Council: no land"
    with out.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [one["selected"] for one in rows] == ["1", "0", "1"]
    assert set(rows[0]) == {"project_id", "name", "cost", "votes", "score", "selected"}


def test_an_export_holds_no_formula(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    text = META + PROJECTS.replace("Park", "=cmd()") + VOTES
    out = tmp_path / "out.csv"
    runner(capfd, "budget")(write_election(tmp_path, text), "--export", out, "--json")
    assert "'=cmd()" in out.read_text()


def test_indicators(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """40 of 100 residents are linked to water, 5 beds for 200 people: 2,500 for 100,000."""
    homes = [("a", 40, "home"), ("b", 60, "home"), ("c", 500, "school")]
    features = [
        {"type": "Feature", "geometry": None,
         "properties": {"id": id, "people": many, "kind": kind, "groups": {"65+": many / 4}}}
        for id, many, kind in homes
    ]  # fmt: skip
    (tmp_path / "city.toml").write_text(
        'name = "T"\npopulation = 200\n[here]\nplaces = ["p*.geojson"]\n[there]\nb = "beds.csv"\n'
    )
    (tmp_path / "p1.geojson").write_text(json.dumps({"features": features}))
    (tmp_path / "beds.csv").write_text("facility,beds\nx,3\ny,2\n")
    (tmp_path / "links.csv").write_text(
        "src_domain,dst_domain,dst_port,dst_asset,origin\nw,here,water,a,gis\nw,there,water,b,gis\n"
    )
    run = runner(capfd, "indicators")
    code, told = run(tmp_path, "--json")
    assert (code, told["city"]) == (0, "T")
    value = {one["code"]: one["value"] for one in told["indicators"]}
    known = {key: one for key, one in value.items() if one is not None}
    assert known == {"population": 200, "beds": 2500, "water": 40, "elderly": 25}
    rows = {one["code"]: one for one in told["indicators"]}
    assert rows["water"]["source"] == "links.csv (gis) and residents of [here]"
    assert rows["electricity"]["status"] == "no data"
    assert rows["electricity"]["source"].startswith("no data: it needs links to electricity")
    code, text = run(tmp_path, "--lang", "lv")
    assert (code, "nav datu" in text) == (0, True)
    (tmp_path / "p1.geojson").write_text("{")
    code, told = run(tmp_path, "--json")
    assert [one["code"] for one in told["findings"]] == ["egov.unread"]
    assert run(tmp_path / "none", "--json")[0] == 1
