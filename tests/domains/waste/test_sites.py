"""Sites on a line of houses, by hand, and along the streets of a small map."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from domains.waste.jobs import runner
from shared_data import data

from kopa.domains.waste import cli_sites
from kopa.domains.waste.processing.read_sites import (
    Candidates,
    Demand,
    read_candidates,
    read_demand,
)
from kopa.domains.waste.processing.siting import straight, walked
from kopa.errors import InputError, UsageError
from kopa.geo.project import Projection
from kopa.geo.read_osm import read_streets
from kopa.geo.streets import Streets

LAT = 1 / 111_200
"""A metre to the north, degrees, near enough for the metres here."""


def collection(rows: list[tuple[float, dict[str, Any]]]) -> str:
    features = [
        {
            "type": "Feature",
            "properties": properties,
            "geometry": {"type": "Point", "coordinates": [24.1, 56.95 + metres * LAT]},
        }
        for metres, properties in rows
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Houses at 0, 100, 200, 300 and 1,000 m; candidates at 0, 150, 300 and 1,000 m."""
    homes = [(0, 10), (100, 20), (200, 20), (300, 10), (1000, 5)]
    demand = tmp_path / "demand.geojson"
    demand.write_text(collection([(at, {"people": many}) for at, many in homes]))
    sites = [(0, "a", 5, True), (150, "b", 9, False), (300, "c", 5, False), (1000, "d", 5, False)]
    candidates = tmp_path / "candidates.geojson"
    candidates.write_text(
        collection([(at, {"id": i, "cost": eur, "existing": old}) for at, i, eur, old in sites])
    )
    return demand, candidates


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    return runner(capsys, cli_sites, "sites")


def test_covering_by_hand(files: tuple[Path, Path], run: Any) -> None:
    # within 170 m in a straight line, b reaches 0 to 300 m: 60 people; then d reaches 5 more
    words = (*files, "--within", 170, "--detour", 1, "--json")
    code, told = run(*words, "--count", 1)
    assert code == 0
    assert [one["id"] for one in told["sites"]] == ["b"]
    assert (told["value"], told["bound"], told["optimal"]) == (60, 60, True)
    assert told["today"] == pytest.approx(
        {"sites": 1, "people": 30, "share": 30 / 65, "mean_m": (2000 + 4000 + 3000 + 5000) / 65},
        rel=1e-2,
    )
    code, told = run(*words, "--count", 2)
    assert [one["id"] for one in told["sites"]] == ["b", "d"]
    assert told["covered"]["share"] == 1.0


def test_detours_budget_and_what_stays(files: tuple[Path, Path], run: Any) -> None:
    words = (*files, "--within", 170, "--json", "--count", 2)
    # with a factor of 1.3, b reaches 100 and 200 m alone, a 0 and 100 m, c 200 and 300 m
    _code, told = run(*words)
    assert [one["id"] for one in told["sites"]] == ["a", "c"]
    assert told["value"] == 60
    _code, told = run(*words, "--detour", 1, "--budget", 8)
    assert len(told["sites"]) == 1
    assert told["value"] == 30
    _code, told = run(*words, "--detour", 1, "--keep")
    assert [one["id"] for one in told["sites"]] == ["a", "b"]
    _code, told = run(*words, "--detour", 1, "--fixed", "d", "--count", 2)
    assert [one["id"] for one in told["sites"]] == ["b", "d"]
    _code, text = run(*words[:-3], "--count", 1)
    assert "proven to be the best" in text


def test_median_by_hand(files: tuple[Path, Path], run: Any) -> None:
    # one site: b costs 1500 + 1000 + 1000 + 1500 + 4250 = 9,250 person·m, the least
    _code, told = run(*files, "--objective", "median", "--count", 1, "--detour", 1, "--json")
    assert [one["id"] for one in told["sites"]] == ["b"]
    assert told["value"] == pytest.approx(9250, rel=1e-2)
    assert told["covered"]["people"] is None
    assert told["gap"] == 0


def test_wrong_words_are_told(files: tuple[Path, Path], run: Any) -> None:
    with pytest.raises(UsageError):
        run(*files, "--count", 1)
    with pytest.raises(UsageError):
        run(*files, "--count", 1, "--objective", "median", "--budget", 3)
    with pytest.raises(UsageError):
        run(*files, "--count", 0, "--within", 3)
    for more in (("--count", 9), ("--count", 1, "--fixed", "x")):
        code, told = run(*files, "--within", 100, "--json", *more)
        assert (code, told["status"]) == (1, "unknown")
        assert told["findings"]


BROKEN = [
    "",
    "[]",
    "{",
    '{"type": "FeatureCollection"}',
    '{"features": []}',
    '{"features": [5]}',
    '{"features": [{"properties": {"people": -1, "id": ""}, "geometry": null}]}',
    '{"features": [{"properties": null, "geometry": {"type": "Point", "coordinates": [1]}}]}',
    '{"features": [{"properties": {"people": 1, "id": "a", "cost": -1, "existing": 1}, '
    '"geometry": {"type": "Point", "coordinates": [500000, 6300000]}}]}',
    '{"features": [{"properties": {"people": NaN}, '
    '"geometry": {"type": "Point", "coordinates": [24, 56]}}]}',
]


@pytest.mark.parametrize("text", BROKEN)
@pytest.mark.parametrize("reader", [read_demand, read_candidates])
def test_broken_files_are_findings(tmp_path: Path, text: str, reader: Any) -> None:
    file = tmp_path / "x.geojson"
    file.write_text(text)
    with pytest.raises(InputError) as caught:
        reader(file)
    assert all(finding.code == "waste.sites-input" for finding in caught.value.findings)


def test_a_walk_by_hand() -> None:
    """A street of 300 m to the north, drawn twice, the longer one first; an island beside it.

    The house is 30 m beside its begin, the site 40 m beside its end.
    """
    crs, count = "EPSG:32635", 4
    x, y = np.array([500_000.0] * 2 + [500_020.0] * 2), np.array([0.0, 300.0, 0.0, 1.0]) + 6.3e6
    lon, lat = Projection(crs).degrees(x, y)
    edges, yes = 3, np.ones(3, dtype=bool)
    streets = Streets(
        crs=crs,
        node_osm=np.arange(count),
        lon=lon,
        lat=lat,
        x=x,
        y=y,
        signals=np.zeros(count, dtype=bool),
        a=np.array([0, 1, 2]),
        b=np.array([1, 0, 3]),
        way=np.arange(edges),
        part=np.ones(edges, dtype=np.int64),
        length=np.array([500.0, 300.0, 1.0]),
        speed=np.full(edges, 10.0),
        kind=("path",) * edges,
        name=("",) * edges,
        forward=yes,
        backward=yes,
        walk=np.array([True, True, True]),
        first=np.arange(edges + 1) * 2,
        point_x=np.zeros(2 * edges),
        point_y=np.zeros(2 * edges),
    )
    ends = Projection(crs).degrees(np.array([500_030.0, 500_000.0]), np.array([0.0, 340.0]) + 6.3e6)
    demand = Demand(ends[0][:1], ends[1][:1], np.ones(1))
    nothing = np.array([np.nan])
    site = Candidates(("a",), ends[0][1:], ends[1][1:], nothing, np.zeros(1, dtype=bool))
    assert walked(demand, site, streets)[0, 0] == pytest.approx(30 + 300 + 40, abs=0.1)


def test_walking_is_never_shorter_than_the_straight_way() -> None:
    streets, _ = read_streets(data("city", "laquila", "laquila.osm.pbf"))
    random = np.random.default_rng(1)
    rows = random.choice(np.flatnonzero(streets.walk), 60)
    lon, lat = streets.lon[streets.a[rows]], streets.lat[streets.a[rows]]
    demand = Demand(lon[:40], lat[:40], np.ones(40))
    ids = tuple(map(str, range(20)))
    nothing = np.full(20, np.nan)
    candidates = Candidates(ids, lon[40:], lat[40:], nothing, np.zeros(20, dtype=bool))
    on_foot, direct = walked(demand, candidates, streets), straight(demand, candidates, 1.0)
    assert np.isfinite(on_foot).all()
    assert (on_foot >= direct * 0.999).all()
    assert np.median(on_foot / direct) < 3
