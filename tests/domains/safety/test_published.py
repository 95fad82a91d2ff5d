"""Published optima from the command line, and a real city's flood against scipy's Dijkstra."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from domains.safety.jobs import Run, runner
from shared_data import data

PMED = {1: 5819, 2: 4093, 5: 1355, 6: 7824, 11: 7696}
"""Beasley (1985), table 2."""
CENTRE = {1: 127, 5: 48, 10: 20, 11: 59}
"""kcenteropt.txt beside the instances, after Pullan (2008)."""
SJC_COVER = {1: 5461, 2: 8790, 3: 11604, 4: 12106, 5: 12152}
"""SJC324, reach of 800 m: Lorena and Pereira (2002), table 1; 12,152 is all of the demand."""
WITHIN = 330.0
"""8 min less 2.5 min of dispatch, as the demo of JEMSS has it, s."""


@pytest.fixture(name="sites")
def _sites(capfd: pytest.CaptureFixture[str]) -> Run:
    return runner(capfd, "sites")


@pytest.mark.parametrize("number", PMED)
def test_p_median_of_the_or_library(sites: Run, number: int) -> None:
    file = data("people", "orlib", "ORLIB", f"pmed{number}.txt")
    code, told = sites(file, "--json")
    assert code == 0
    assert (told["problem"], told["objective"], told["optimal"]) == ("median", PMED[number], True)


@pytest.mark.parametrize("number", CENTRE)
def test_p_centre_of_the_or_library(sites: Run, number: int) -> None:
    file = data("people", "orlib", "ORLIB", f"pmed{number}.txt")
    told = sites(file, "--problem", "centre", "--json")[1]
    assert (told["objective"], told["optimal"]) == (CENTRE[number], True)
    assert told["covered"]["most"] == CENTRE[number]


def test_covering_of_sao_jose_dos_campos(sites: Run) -> None:
    file = data("people", "sjc", "SJC324.txt")
    for count, people in SJC_COVER.items():
        words = ("--problem", "cover", "--within", 800, "--count", count)
        told = sites(file, *words, "--json")[1]
        assert (told["objective"], told["optimal"]) == (people, True)
        assert told["covered"]["demand"] == people
        assert len(told["sites"]) <= count


# Manhattan


@pytest.fixture(name="island", scope="module")
def _island(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Nodes and arcs as written, and a case of eight stations and every seventh node as demand."""
    folder = tmp_path_factory.mktemp("manhattan")
    roads = data("people", "ems", "manhattan", "models", "1", "travel", "roads", "roads.zip")
    with zipfile.ZipFile(roads) as archive:
        lines = archive.read("nodes.csv").decode().splitlines()[2:16813]
        nodes = np.array([line.split(",")[:4] for line in lines], dtype=float)
        lines = archive.read("arcs.csv").decode().splitlines()[6:24443]
        arcs = np.array([line.split(",")[1:4] for line in lines], dtype=float)
    rng = np.random.default_rng(3)
    stations = rng.choice(len(nodes), 8, replace=False)
    demand = np.arange(0, len(nodes), 7)
    weight = rng.integers(1, 90, len(demand))
    rows = [
        f"d{at},{float(nodes[at, 1])!r},{float(nodes[at, 2])!r},{many}"
        for at, many in zip(demand.tolist(), weight.tolist(), strict=True)
    ]
    (folder / "demand.csv").write_text("\n".join(["id,x,y,weight", *rows]), encoding="utf-8")
    case = {
        "problem": "cover",
        "within": WITHIN,
        "network": str(roads),
        "demand": "demand.csv",
        "candidates": [
            {"id": f"s{at}", "x": float(nodes[at, 1]), "y": float(nodes[at, 2]), "existing": True}
            for at in stations.tolist()
        ],
    }
    (folder / "case.json").write_text(json.dumps(case), encoding="utf-8")
    return {
        "case": folder / "case.json", "nodes": nodes, "arcs": arcs, "stations": stations,
        "demand": demand, "weight": weight,
    }  # fmt: skip


def independent(island: dict[str, Any], closed: Any) -> tuple[float, float]:
    """Demand within reach, and without any way, by scipy's Dijkstra on the files themselves."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    nodes, arcs = island["nodes"], island["arcs"]
    tail, head = arcs[:, 0].astype(int) - 1, arcs[:, 1].astype(int) - 1
    time = np.maximum(np.rint(arcs[:, 2] * 86_400_000), 1)
    use = ~closed(nodes, tail, head)
    many = len(nodes)
    graph = csr_array((time[use], (tail[use], head[use])), shape=(many, many))
    wet = closed(nodes, np.arange(many), np.arange(many))
    starts = [at for at in island["stations"].tolist() if not wet[at]]
    far = dijkstra(graph, indices=starts).min(axis=0)[island["demand"]]
    far[wet[island["demand"]]] = np.inf
    weight = island["weight"]
    return float(weight[far <= WITHIN * 1000].sum()), float(weight[np.isinf(far)].sum())


def _dry(nodes: Any, a: Any, b: Any) -> Any:
    return np.zeros(len(a), dtype=bool)


def _south(nodes: Any, a: Any, b: Any) -> Any:
    """South of a parallel: what has an end there touches it."""
    return (nodes[a, 2] <= 40.7402) | (nodes[b, 2] <= 40.7402)


def test_coverage_before_and_after_a_flood(
    island: dict[str, Any], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A storm surge over Lower Manhattan: equal to the demand unit, before and after."""
    # a border along a parallel is no straight line in metres: many points, and no node near it
    assert np.abs(island["nodes"][:, 2] - 40.7402).min() > 1e-7
    lons = np.linspace(-74.2, -73.8, 401)
    ring = [[lon, 40.7402] for lon in lons] + [[-73.8, 40.5], [-74.2, 40.5], [-74.2, 40.7402]]
    flood = tmp_path / "flood.geojson"
    flood.write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}), encoding="utf-8")
    code, told = runner(capfd, "coverage")(island["case"], "--flood", flood, "--json")
    assert code == 0
    before, after = independent(island, _dry), independent(island, _south)
    assert (told["before"]["demand"], told["before"]["unreached"]) == before
    assert (told["after"]["demand"], told["after"]["unreached"]) == after
    assert after[0] < before[0]
    assert told["lost"] == before[0] - after[0]


def test_the_best_sites_of_manhattan(island: dict[str, Any], tmp_path: Path, sites: Run) -> None:
    """Three of every 400th node: no trio covers more, by trying all 12,341 of them."""
    from itertools import combinations

    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    nodes, arcs, some = island["nodes"], island["arcs"], np.arange(0, 16_811, 400)
    case = json.loads(island["case"].read_text(encoding="utf-8")) | {"count": 3}
    case["demand"] = str(island["case"].parent / "demand.csv")
    case["candidates"] = [
        {"id": f"n{at}", "x": float(nodes[at, 1]), "y": float(nodes[at, 2])} for at in some.tolist()
    ]
    file = tmp_path / "case.json"
    file.write_text(json.dumps(case), encoding="utf-8")
    code, told = sites(file, "--json")
    assert code == 0
    ends = arcs[:, :2].astype(int).T - 1
    time = np.maximum(np.rint(arcs[:, 2] * 86_400_000), 1)
    graph = csr_array((time, ends), shape=(len(nodes), len(nodes)))
    near = dijkstra(graph, indices=some)[:, island["demand"]] <= WITHIN * 1000
    best = max(
        int(island["weight"][near[list(trio)].any(axis=0)].sum())
        for trio in combinations(range(len(some)), 3)
    )
    assert (told["objective"], told["optimal"]) == (best, True)
    assert told["today"] is None
