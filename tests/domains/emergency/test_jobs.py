"""Dispatch, evacuation and points against sums by hand and all possible answers."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from domains.emergency.jobs import runner
from domains.emergency.small import around, write_town
from domains.transport.small_streets import place

from kopa.domains.emergency.cli_points import ways_on_foot
from kopa.domains.emergency.dispatch import needs
from kopa.domains.emergency.engine_scipy import assigned
from kopa.domains.emergency.evacuate import placed
from kopa.domains.emergency.load import read_city
from kopa.domains.emergency.network import UNITS
from kopa.geo.on_foot import walked

Run = Callable[..., tuple[int, Any]]


def at(node: int, words: str) -> str:
    """An incident at a node."""
    lon, lat = place(node)
    return f"{lon},{lat} {words}"


@pytest.fixture(name="dispatch")
def _dispatch(capfd: pytest.CaptureFixture[str]) -> Run:
    return runner(capfd, "dispatch")


@pytest.fixture(name="evacuate")
def _evacuate(capfd: pytest.CaptureFixture[str]) -> Run:
    return runner(capfd, "evacuate")


def test_a_closed_street_makes_the_other_ambulance_come_first(
    tmp_path: Path, dispatch: Run
) -> None:
    """At 2: west after 60 + 24.3 s; with the street closed, north after 60 + 46.6 s."""
    town = write_town(tmp_path)
    code, free = dispatch(town, "--incident", at(2, "injury"), "--json")
    unit = free["incidents"][0]["units"][0]
    assert (code, free["status"], unit["unit"], unit["usual_unit"]) == (0, "ok", "west#1", "west#1")
    assert unit["arrival_min"] * 60 == pytest.approx(84.3, abs=0.3)
    assert (unit["later_min"], free["weighted_min"]) == (0, pytest.approx(4 * 84.3 / 60, abs=0.05))
    shut = dispatch(town, "--incident", at(2, "injury"), "--closed", "100-1", "--json")[1]
    unit = shut["incidents"][0]["units"][0]
    assert (unit["base"], unit["usual_unit"]) == ("north", "west#1")
    assert unit["arrival_min"] * 60 == pytest.approx(106.6, abs=0.5)
    assert unit["later_min"] * 60 == pytest.approx(22.3, abs=0.5)
    route = unit["route"]["coordinates"]
    assert route[0] == pytest.approx(place(7))
    assert route[-1] == pytest.approx(place(2))
    assert unit["way_km"] == pytest.approx(0.466, abs=0.002)


def test_two_incidents_share_units_at_the_least_sum(tmp_path: Path, dispatch: Run) -> None:
    """Both have west as the nearest; the heart that stopped counts more, so it has west."""
    words = ["--incident", at(1, "medical"), "--incident", at(2, "cardiac_arrest")]
    told = dispatch(write_town(tmp_path), *words, "--json")[1]
    assert [one["units"][0]["base"] for one in told["incidents"]] == ["north", "west"]
    same = [one["units"][0]["later_min"] for one in told["incidents"]]
    assert same == [0, 0]


def test_too_few_units_are_told(tmp_path: Path, dispatch: Run) -> None:
    """Three ambulances for five: the first of each incident goes before a second of any."""
    words = ["--incident", at(8, "injury 4"), "--incident", at(1, "medical")]
    code, told = dispatch(write_town(tmp_path), *words, "--json")
    first, second = told["incidents"]
    assert (code, told["status"], first["status"], second["status"]) == (
        0, "partial", "partial", "ok",
    )  # fmt: skip
    assert [one["unit"] for one in second["units"]] == ["west#1"]
    assert first["missing"] == [{"kind": "ambulance", "count": 2}]
    busy = ["--busy", "north", "west#1"]
    none = dispatch(tmp_path, "--incident", at(8, "fire"), *busy, "--json")[1]
    assert none["incidents"][0]["missing"] == [{"kind": "ambulance", "count": 1}]
    assert [one["unit"] for one in none["incidents"][0]["units"]] == ["engines#1", "engines#2"]
    assert none["busy"] == ["west#1", "north#1", "north#2"]
    rescue = dispatch(tmp_path, "--incident", at(8, "flood"), "--json")[1]
    assert rescue["incidents"][0]["status"] == "unknown"
    assert [one["code"] for one in rescue["findings"]] == ["emergency.no-unit"]


def test_units_without_a_way_are_told(tmp_path: Path, dispatch: Run) -> None:
    words = ["--incident", at(9, "injury"), "--closed", "way/106", "--json"]
    told = dispatch(write_town(tmp_path), *words)[1]
    one = told["incidents"][0]
    assert (one["status"], one["units"]) == ("unknown", [])
    assert one["out_of_reach"] == ["west", "north"]
    assert [f["code"] for f in told["findings"]] == ["emergency.no-unit", "emergency.no-way"]
    closed = ["--incident", at(8, "injury"), "--closed", "north", "--json"]
    unit = dispatch(tmp_path, *closed)[1]["incidents"][0]["units"][0]
    assert (unit["base"], unit["usual_unit"]) == ("west", "north#1")


def test_assignment_is_the_best_of_all() -> None:
    random = np.random.default_rng(2)
    for _ in range(60):
        rows, columns = random.integers(1, 5, 2)
        cost = random.uniform(1, 9, (rows, columns))
        cost[random.uniform(size=cost.shape) < 0.3] = np.inf
        without = random.uniform(5, 30, columns)
        best = min(
            sum(without[c] if r < 0 else cost[r, c] for c, r in enumerate(some))
            for some in itertools.product(range(-1, rows), repeat=columns)
            if len({r for r in some if r >= 0}) == sum(r >= 0 for r in some)
        )
        found = assigned(cost, without).tolist()
        total = sum(without[c] if r < 0 else cost[r, c] for c, r in enumerate(found))
        assert total == pytest.approx(best)


def test_people_to_shelters_is_the_best_of_all() -> None:
    """Whole people in small numbers: all ways to place them are tried."""
    random = np.random.default_rng(5)
    for _ in range(25):
        cells, shelters = 2, 2
        seconds = random.integers(1, 99, (cells, shelters)).astype(float)
        seconds[random.uniform(size=seconds.shape) < 0.25] = np.inf
        people = random.integers(0, 4, cells).astype(float)
        places = random.integers(0, 4, shelters).astype(float)
        best = (0.0, 0.0)
        for flat in itertools.product(range(4), repeat=cells * shelters):
            flow = np.array(flat, dtype=float).reshape(cells, shelters)
            fits = (flow.sum(axis=1) <= people).all() and (flow.sum(axis=0) <= places).all()
            if fits and not flow[~np.isfinite(seconds)].any():
                spent = float(np.where(flow > 0, flow * np.where(flow > 0, seconds, 0), 0).sum())
                best = min(best, (-float(flow.sum()), spent))
        found = placed(seconds, people, places)
        assert found.sum() == pytest.approx(-best[0])
        there = found > 0
        assert (found[there] * seconds[there]).sum() == pytest.approx(best[1])


def test_evacuation_by_hand(tmp_path: Path, evacuate: Run) -> None:
    """A and c leave: 90 of 140 to the hall, 50 to the school; c's 40 go where their way is least.

    From 2: 46.6 s to the hall, 72.9 s to the school; from 8: 72.9 s and 46.6 s. So c fills 40 of
    the school's 70, a the hall, and a's last 10 the school.
    """
    write_town(tmp_path)
    area = around(tmp_path / "area.geojson", 2, 8)
    code, told = evacuate(tmp_path, "--area", area, "--json")
    assert (code, told["status"], told["people"], told["placed"]) == (0, "ok", 140, 140)
    assert [(one["id"], one["people"]) for one in told["shelters"]] == [
        ("hall", 90),
        ("school", 50),
    ]
    sent = {one["id"]: {to["shelter"]: to["people"] for to in one["to"]} for one in told["cells"]}
    assert sent == {"a": {"hall": 90, "school": 10}, "c": {"school": 40}}
    by_hand = (90 * 46.6 + 10 * 72.9 + 40 * 46.6) / 60
    assert told["person_min"] == pytest.approx(by_hand, rel=0.01)
    assert told["longest_min"] * 60 == pytest.approx(72.9, abs=0.5)
    lost = evacuate(tmp_path, "--area", area, "--closed", "way/106", "--json")[1]
    assert (lost["status"], lost["placed"], lost["without_place"]) == ("partial", 90, 50)


def test_nobody_is_dropped(tmp_path: Path, evacuate: Run) -> None:
    """The school lies in the area, the dead end is closed: a fills the hall, b has no way."""
    write_town(tmp_path)
    area = around(tmp_path / "area.geojson", 2, 9)
    told = evacuate(tmp_path, "--area", area, "--closed", "106-1", "--json")[1]
    assert (told["placed"], told["without_place"], told["without_way"]) == (90, 10, 60)
    assert [one["reason"] for one in told["cells"]] == ["full", "no_way"]
    assert [one["state"] for one in told["shelters"]] == ["open", "in the area"]
    assert [one["code"] for one in told["findings"]] == ["emergency.full", "emergency.no-shelter"]
    none = evacuate(tmp_path, "--area", area, "--closed", "hall", "--json")[1]
    assert (none["placed"], none["without_way"], none["mean_min"]) == (0, 160, None)
    (tmp_path / "shelters.geojson").write_text('{"type":"FeatureCollection","features":[]}')
    empty = evacuate(tmp_path, "--area", area, "--json")[1]
    assert (empty["without_way"], empty["shelters"]) == (160, [])


def test_points(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Crossings of three ways: 2, 3, 4, 6, 7. In 250 m of 4 are b and c, of 2 or 3 a."""
    points = runner(capfd, "points")
    write_town(tmp_path)
    area = around(tmp_path / "area.geojson", *range(2, 10), half=0.0045)
    document = json.loads(area.read_text("utf-8"))
    lon, lat = place(1)
    ring = [[lon - 0.01, lat - 0.01], [lon + 0.03, lat - 0.01], [lon + 0.03, lat + 0.01],
            [lon - 0.01, lat + 0.01], [lon - 0.01, lat - 0.01]]  # fmt: skip
    document["coordinates"] = [[ring]]
    area.write_text(json.dumps(document), "utf-8")
    words = [tmp_path, "--area", area, "--within", "250", "--json"]
    code, told = points(*words, "--count", "2")
    assert (code, told["status"], told["optimal"], told["candidates"]) == (0, "ok", True, 5)
    assert (told["covered"], told["share"], told["unserved"]) == (200, 1, [])
    assert "node/4" in [one["id"] for one in told["points"]]
    assert sorted(one["people"] for one in told["points"]) == [100, 100]
    near = points(*[*words[:4], "50", "--json"], "--count", "3")[1]
    assert (near["covered"], near["unserved"]) == (100, ["b", "c"])
    assert [one["id"] for one in near["points"]] == ["node/2"]
    assert [one["code"] for one in near["findings"]] == ["emergency.far"]
    assert points(*words[:3], "--count", "5", "--json")[1]["within_m"] == 500


def test_maps_and_tables(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], dispatch: Run, evacuate: Run
) -> None:
    write_town(tmp_path)
    area, file = around(tmp_path / "area.geojson", 2), tmp_path / "map.geojson"
    code, out = dispatch(tmp_path, "--incident", at(2, "fire"), "-o", file)
    assert code == 0
    assert "engines#1" in out
    kinds = [f["geometry"]["type"] for f in json.loads(file.read_text("utf-8"))["features"]]
    assert kinds == ["Point", "LineString", "LineString", "LineString"]
    assert "hall" in evacuate(tmp_path, "--area", area, "-o", file)[1]
    assert len(json.loads(file.read_text("utf-8"))["features"]) == 3
    code, out = runner(capfd, "points")(tmp_path, "--area", area, "--count", "1", "-o", file)
    assert (code, "node/2" in out) == (0, True)
    assert dispatch(tmp_path, "--incident", at(2, "fire"), "-o", tmp_path)[0] == 2


@pytest.mark.parametrize(
    "words",
    [
        ["--incident", "24.1,56.95"],
        ["--incident", "24.1,56.95 theft"],
        ["--incident", "nan,56.95 fire"],
        ["--incident", "24.1,56.95 fire 0"],
        ["--incident", "24.1,56.95 fire boat=2"],
        ["--incident", "24.1,56.95 fire fire=2,2"],
    ],
)
def test_wrong_words_are_refused_by_the_parser(
    tmp_path: Path, dispatch: Run, words: list[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        dispatch(tmp_path, *words)
    assert ended.value.code == 2


@pytest.mark.parametrize(
    "words",
    [
        ["--incident", "25.1,56.95 fire"],
        ["--incident", "24.1,56.95 fire", "--closed", "nowhere"],
        ["--incident", "24.1,56.95 fire", "--closed", "way/107"],
        ["--incident", "24.1,56.95 fire", "--busy", "north#3"],
        ["--incident", "24.1,56.95 fire", "--busy", "hall"],
    ],
)
def test_wrong_usage(tmp_path: Path, dispatch: Run, words: list[str]) -> None:
    assert dispatch(write_town(tmp_path), *words)[0] == 2


def test_an_empty_area_is_a_finding(tmp_path: Path, evacuate: Run) -> None:
    write_town(tmp_path)
    code, told = evacuate(tmp_path, "--area", around(tmp_path / "a.geojson", 6), "--json")
    assert (code, told["status"]) == (1, "unknown")
    assert told["findings"][0]["code"] == "emergency.area"


def test_the_table_of_incidents_is_whole() -> None:
    for kind, asked in needs().items():
        assert len({need.unit for need in asked}) == len(asked), kind
        assert all(need.unit in UNITS and need.count > 0 and need.weight >= 1 for need in asked)


def test_people_walk_to_the_street_and_along_the_shorter_of_two(tmp_path: Path) -> None:
    """A cell 0.0005° (56 m) south of 2 walks that far first; of two streets the shorter counts."""
    town = write_town(tmp_path, {})
    cells = json.loads((town / "emergency_cells.geojson").read_text("utf-8"))
    cells["features"][0]["geometry"]["coordinates"][1] -= 0.0005
    (town / "emergency_cells.geojson").write_text(json.dumps(cells), "utf-8")
    network = read_city(town)[0]
    nodes = np.flatnonzero(np.isin(network.streets.node_osm, [2]))
    assert ways_on_foot(network, np.array([0]), nodes, 500.0) == pytest.approx(55.7, abs=0.3)
    streets = network.streets
    twice = replace(
        streets,
        a=np.r_[streets.a, streets.a[0]],
        b=np.r_[streets.b, streets.b[0]],
        length=np.r_[streets.length, 9.0],
        walk=np.r_[streets.walk, True],
    )
    ends = np.array([streets.a[0]]), np.array([streets.b[0]])
    assert walked(streets, *ends, 500.0)[0, 0] == pytest.approx(streets.length[0])
    assert walked(twice, *ends, 500.0)[0, 0] == pytest.approx(9.0)
    swapped = replace(twice, length=np.r_[9.0, streets.length[1:], streets.length[0]])
    assert walked(swapped, *ends, 500.0)[0, 0] == pytest.approx(9.0)
