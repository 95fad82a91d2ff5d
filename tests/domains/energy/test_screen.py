"""N-1 by graph and by power flow, and the commands that show it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from domains.energy.grids import Rows, bus, document, energy, ext_grid, line, load, ring, written

from kopa.domains.energy.cli import register
from kopa.domains.energy.domain import Energy
from kopa.domains.energy.screen import ELEMENTS, screen
from kopa.domains.energy.topology import Action


@pytest.fixture(name="meshed")
def made(tmp_path: Path) -> Energy:
    rows = ring()
    rows["switch"][0][4] = True
    return energy(rows, tmp_path)


def test_radial_by_graph_others_by_power_flow(meshed: Energy) -> None:
    outages = {meshed.assets().ids[outage.row]: outage for outage in screen(meshed)}
    assert {native: outage.method for native, outage in outages.items()} == {
        **{f"line:{i}": "power flow" for i in range(4)},
        "line:4": "graph",
        "trafo:0": "graph",
    }
    assert (outages["line:4"].unsupplied_loads, outages["line:4"].lost_mw) == (2, 1.1)
    assert outages["trafo:0"].unsupplied_loads == 5
    assert outages["line:0"].unsupplied_loads == 0
    assert 0.9 < outages["line:0"].min_voltage_pu < 1


def test_full_agrees_with_the_graph(meshed: Energy) -> None:
    by_graph, by_flow = screen(meshed), screen(meshed, full=True)
    for graph, flow in zip(by_graph, by_flow, strict=True):
        assert flow.method == "power flow"
        assert (graph.unsupplied_loads, graph.lost_mw) == (flow.unsupplied_loads, flow.lost_mw)


def test_effect_agrees_with_removing_and_looking(meshed: Energy) -> None:
    """A single outage is radial exactly where taking the edge out parts the live buses."""
    topology, edges = meshed.topology, meshed.network.edges
    for edge, row in enumerate(edges.rows.tolist()):
        state = topology.state(Action(out=frozenset([row])))
        live = topology.energised(state)
        parted = not (live[edges.begin[edge]] and live[edges.end[edge]])
        assert topology.effect(state, live) == ("radial" if parted else "meshed")


@pytest.mark.parametrize("seed", range(40))
def test_one_walk_tells_what_a_walk_for_each_outage_tells(seed: int, tmp_path: Path) -> None:
    grid = energy(scattered(np.random.default_rng(seed)), tmp_path)
    topology, units = grid.topology, grid.network.units
    outages = screen(grid, ELEMENTS)
    assert len(outages) == sum(kind in ELEMENTS for kind in grid.assets().kinds)
    for outage in outages:
        state = topology.state(Action(out=frozenset([outage.row])))
        live = topology.energised(state)
        lost = units.consumer & units.in_service & (topology.live & ~live)[units.bus]
        assert outage.effect == topology.effect(state, live)
        assert outage.unsupplied_loads == lost.sum()
        assert outage.lost_mw == pytest.approx(units.p[lost].sum())


def scattered(random: np.random.Generator) -> Rows:
    """Ten buses; lines, some of them double, and switches at random; one or two sources."""
    ends = [random.choice(10, 2, replace=False).tolist() for _ in range(random.integers(8, 16))]
    ends += ends[: random.integers(3)]
    switches = [
        ["", ends[at][end], at, "l", bool(random.random() < 0.7), 0.0, "LBS"]
        for at, end in random.integers([len(ends), 2], size=(6, 2)).tolist()
    ]
    one, other = random.choice(10, 2, replace=False).tolist()
    switches.append(["", one, other, "b", bool(random.random() < 0.5), 0.0, "LBS"])
    lines = [line(*pair) for pair in ends]
    lines[0][-1] = bool(random.random() < 0.5)
    return {
        "bus": [bus() for _ in range(10)],
        "line": lines,
        "switch": switches,
        "load": [load(at, 0.01) for at in random.choice(10, 6).tolist()],
        "ext_grid": [ext_grid(at) for at in range(random.integers(1, 3))],
    }


def job(*words: str) -> int:
    parser = argparse.ArgumentParser()
    register(parser.add_subparsers(required=True))
    arguments = parser.parse_args(words)
    code: int = arguments.run(arguments)
    return code


def printed(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def test_screen_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(written(document(ring()), tmp_path))
    assert job("screen", path, "--json") == 0
    answer = printed(capsys)
    assert answer["status"] == "ok"
    assert answer["solved"] == {"graph": 6, "power_flow": 0}
    assert answer["elements"][4] == {
        "id": "line:4",
        "name": "L3-5",
        "kind": "line",
        "unsupplied_loads": 2,
        "lost_mw": 1.1,
        "min_voltage_pu": None,
        "max_loading_percent": None,
        "status": "ok",
        "method": "graph",
    }
    assert job("screen", path, "--json", "--full", "--elements", "line") == 0
    answer = printed(capsys)
    assert answer["solved"] == {"graph": 0, "power_flow": 5}
    assert answer["elements"][0]["min_voltage_pu"] > 0.9


def test_solve_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = ring()
    rows["line"][4][-1] = False
    assert job("solve", str(written(document(rows), tmp_path)), "--json") == 0
    answer = printed(capsys)
    assert answer["buses"][0]["voltage_pu"] == pytest.approx(1.0)
    assert answer["buses"][5] == {
        "id": "bus:5",
        "name": "",
        "energised": False,
        "voltage_pu": None,
        "angle_degree": None,
    }
    parts = answer["balance"]
    gave = parts["sources_mw"] + parts["generators_mw"]
    assert gave == pytest.approx(parts["used_mw"] + parts["losses_mw"])
    assert len(answer["lines"]) == 5
    assert len(answer["trafos"]) == 1


def test_for_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(written(document(ring()), tmp_path))
    assert job("solve", path) == 0
    assert "6 of 6 buses energised" in capsys.readouterr().out
    assert job("screen", path, "--elements", "all") == 0
    assert "of them leave loads without supply" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["solve", "screen"])
@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_broken_file_stops_with_findings(
    name: str, flags: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert job(name, str(written("{", tmp_path)), *flags) == 1
    assert "energy.not-json" in capsys.readouterr().out


def test_overloaded_grid_is_unknown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = ring()
    rows["load"][0][2] = 1e4
    assert job("solve", str(written(document(rows), tmp_path)), "--json") == 1
    answer = printed(capsys)
    assert answer["status"] == "unknown"
    assert answer["findings"][-1]["code"] == "energy.not-converged"
    assert job("screen", str(written(document(rows), tmp_path)), "--json", "--full") == 0
    answer = printed(capsys)
    assert answer["status"] == "partial"
    assert answer["elements"][4]["status"] == "unknown"
