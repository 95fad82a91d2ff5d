"""Valve segments, what is cut off behind them, and what a shutdown leaves unserved.

Segments are held against WNTR's ``valve_segments``; volumes against hand calculations.
"""

from __future__ import annotations

import json
import warnings
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import networkx
import numpy as np
import pandas as pd
import pytest
from domains.water.small import GRAVITY, PUMPED, at, run, total, water
from domains.water.test_cli import call
from schemas import valid
from shared_data import data

from kopa.domains.water.domain import Water, load
from kopa.domains.water.isolation import Isolator, pipe_row
from kopa.domains.water.network import PIPE, Network, Service
from kopa.domains.water.read_inp import read_inp
from kopa.domains.water.read_valves import read_valves
from kopa.domains.water.segments import WHOLE_LINK, IsolationValve
from kopa.domains.water.shutdown import shut_down, window_of
from kopa.errors import InputError, UsageError

wntr = pytest.importorskip("wntr")

LAYER = """\
id,link,node
V1,P2,J1
V2,P4,J1
V3,P5,J3
V4,P2,J2
"""
"""On GRAVITY: {R1 P1 J1}, {P2}, {J2 P3 J3 P4} and {P5 J4} are parted by four valves."""


def network_of(path: str) -> Network:
    return read_inp(Path(path))[0]


def with_layer(folder: Path, text: str = LAYER, inp: str = GRAVITY) -> Water:
    model = water(folder, inp)
    file = folder / "valves.csv"
    file.write_text(text, encoding="utf-8")
    valves, notes = read_valves(file, model.network)
    assert not notes
    return Water(replace(model.network, isolation_valves=valves))


def names(network: Network, nodes: Any) -> set[str]:
    return {network.node_ids[row] for row in np.flatnonzero(nodes)}


def isolated(model: Water, pipe: str, *stuck: str) -> tuple[set[str], set[str], set[str]]:
    """Valves to shut, nodes of the segment, nodes stranded."""
    found = Isolator(model.network, stuck).of(pipe_row(model.network, pipe))
    return (
        {valve.name for valve in found.valves},
        names(model.network, found.segment),
        names(model.network, found.stranded),
    )


def test_segments_by_hand(tmp_path: Path) -> None:
    model = with_layer(tmp_path)
    assert isolated(model, "P2") == ({"V1", "V4"}, set(), set())
    assert isolated(model, "P5") == ({"V3"}, {"J4"}, set())
    # what stands between the last valve and the branch takes the branch with it
    assert isolated(model, "P3") == ({"V2", "V3", "V4"}, {"J2", "J3"}, {"J4"})
    assert isolated(model, "P1") == ({"V1", "V2"}, {"R1", "J1"}, {"J2", "J3", "J4"})


def test_a_valve_inside_its_segment_need_not_be_shut(tmp_path: Path) -> None:
    """V1 stands in a loop: the way round it joins both of its sides."""
    model = with_layer(tmp_path, "id,link,node\nV1,P3,J2\nV2,P5,J3\n")
    assert isolated(model, "P3")[0] == {"V2"}


def test_a_stuck_valve_hands_on_to_the_next_segment(tmp_path: Path) -> None:
    model = with_layer(tmp_path)
    assert isolated(model, "P2", "V4") == ({"V1", "V2", "V3"}, {"J2", "J3"}, {"J4"})
    assert isolated(model, "P2", "V4", "V3") == ({"V1", "V2"}, {"J2", "J3", "J4"}, set())
    with pytest.raises(UsageError, match="V9"):
        isolated(model, "P2", "V9")


def test_without_valves_all_links_at_the_ends_are_shut(tmp_path: Path) -> None:
    model = water(tmp_path, GRAVITY)
    assert isolated(model, "P5") == ({"P3", "P4", "P5"}, {"J3", "J4"}, set())
    # the reservoir has a valve of its own: only the pipe is shut there
    assert isolated(model, "P1")[1] == {"J1"}


def against_wntr(network: Network, layer: Any, graph: Any) -> None:
    """The same parts, whatever they are called."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        nodes, links, _ = wntr.metrics.topographic.valve_segments(graph, layer)
    ours = Isolator(network).segments
    whole = {valve.link for valve in network.isolation_valves if valve.node == WHOLE_LINK}
    theirs = defaultdict(set)
    mine = defaultdict(set)
    for row, name in enumerate(network.node_ids):
        theirs[nodes[name]].add(("node", name))
        mine[int(ours.of_node[row])].add(("node", name))
    for row, name in enumerate(network.link_ids):
        if row not in whole:
            theirs[links[name]].add(("link", name))
            mine[int(ours.of_link[row])].add(("link", name))
    assert {frozenset(part) for part in mine.values()} == {frozenset(p) for p in theirs.values()}


def test_random_valves_of_net3_against_wntr() -> None:
    """The n-1 rule and random layers, as WNTR makes them."""
    path = str(data("water", "Net3.inp"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = wntr.network.WaterNetworkModel(path)
    for kind, number, seed in (("strategic", 1, 0), ("strategic", 2, 1), ("random", 60, 2)):
        layer = wntr.network.generate_valve_layer(model, kind, number, seed=seed)
        network = network_of(path)
        valves = tuple(
            IsolationValve(str(row), network.link_ids.index(link), network.node_ids.index(node))
            for row, (link, node) in enumerate(zip(layer["link"], layer["node"], strict=True))
        )
        against_wntr(replace(network, isolation_valves=valves), layer, model.to_graph())


def test_the_488_valves_of_ky8_against_wntr() -> None:
    """A valve that is a link is one that sits on it, at both of its ends, in WNTR's layer."""
    network = network_of(str(data("water", "ky8_v.inp")))
    assert len(network.isolation_valves) == 488
    layer, graph = [], networkx.MultiDiGraph()
    graph.add_nodes_from(network.node_ids)
    for row, name in enumerate(network.link_ids):
        a, b = (network.node_ids[node] for node in network.ends[:, row])
        graph.add_edge(a, b, key=name)
        if name.startswith("~@AV"):
            layer += [(name, a), (name, b)]
    against_wntr(network, pd.DataFrame(layer, columns=["link", "node"]), graph)


def test_what_is_stranded_in_ky8_against_networkx() -> None:
    network = network_of(str(data("water", "ky8_v.inp")))
    isolator = Isolator(network)
    a, b = network.ends
    for pipe in np.flatnonzero(network.link_types <= PIPE).tolist()[::97]:
        found = isolator.of(pipe)
        graph = networkx.Graph()
        graph.add_nodes_from(range(len(network.node_ids)))
        gone = set(found.links.tolist())
        graph.add_edges_from((int(a[row]), int(b[row])) for row in range(len(a)) if row not in gone)
        fed = set()
        for source in (*network.tanks.tolist(), *network.reservoirs.tolist()):
            if not found.segment[source]:
                fed |= networkx.node_connected_component(graph, source)
        stranded = set(range(len(network.node_ids))) - fed - set(np.flatnonzero(found.segment))
        assert set(np.flatnonzero(found.stranded).tolist()) == stranded


def test_what_is_cut_off_in_ky8_is_what_is_missing() -> None:
    """The tanks carry all others through the six hours; P-1122 parts 50 nodes from them."""
    network, _ = read_inp(data("water", "ky8_v.inp"), Service())
    isolation = Isolator(network).of(pipe_row(network, "P-1122"))
    found = shut_down(Water(network), isolation, window_of(8 * 3600, 14 * 3600))
    one = np.ones(len(network.node_ids))
    out = isolation.segment | isolation.stranded
    asked = [3600 * network.wanted(hour * 3600, one)[out].sum() for hour in range(8, 14)]
    assert [hour.unserved for hour in found.hours] == pytest.approx(asked, rel=5e-3)
    assert found.hours[0].nodes_out == isolation.demand_out.sum()


def test_a_cut_off_node_gets_nothing_by_hand(tmp_path: Path) -> None:
    """J2 and J3 ask for 5 L/s each and J4, behind them, for 4 L/s: all of it is missing."""
    model = with_layer(tmp_path)
    isolation = Isolator(model.network).of(pipe_row(model.network, "P3"))
    people = np.array([0.0, 10, 20, 30, 0])
    found = shut_down(model, isolation, window_of(8 * 3600, 10 * 3600 + 1800), 1.1, people)
    assert not found.findings
    hourly = 1.1 * 14e-3 * 3600
    assert [hour.unserved for hour in found.hours] == pytest.approx([hourly, hourly, hourly / 2])
    assert found.unserved == pytest.approx(2.5 * hourly)
    assert found.wanted == pytest.approx(2.5 * hourly)
    assert [hour.people for hour in found.hours] == [60, 60, 60]
    assert found.person_hours == pytest.approx(150)
    assert [hour.nodes_out for hour in found.hours] == [3, 3, 3]


def test_a_tank_that_runs_dry_is_seen(tmp_path: Path) -> None:
    """PUMPED without its pump: the tank holds what it holds at 00:00, 157 m³, for 20 L/s."""
    model = with_layer(tmp_path, "id,link,node\nA,P1,J1\nB,P1,J2\n", PUMPED)
    isolation = Isolator(model.network).of(pipe_row(model.network, "P1"))
    assert names(model.network, isolation.tank_only) == {"J2"}
    assert not isolation.stranded.any()
    found = shut_down(model, isolation, window_of(0, 6 * 3600))
    held = 2 * np.pi * 25
    assert found.unserved == pytest.approx(6 * 72 - held, rel=1e-3)
    assert [model.network.node_ids[tank] for tank, _ in found.tanks_empty] == ["T1"]
    assert found.usual == 0
    assert found.person_hours is None


def test_an_inflow_in_the_segment_enters_no_more(tmp_path: Path) -> None:
    model = with_layer(tmp_path, inp=GRAVITY.replace("J2  10    5", "J2  10   -5"))
    answer = run(model, "P3 isolated")
    assert answer.status == "ok"
    assert at(answer, model, "J3") == pytest.approx(24 * 18, rel=1e-3)
    assert at(answer, model, "J4") == pytest.approx(24 * 14.4, rel=1e-3)


def test_isolated_is_a_change(tmp_path: Path) -> None:
    model = with_layer(tmp_path)
    answer = run(model, "P3 isolated 08:00-14:00")
    assert total(answer, "water_not_supplied") == pytest.approx(6 * 14 * 3.6)
    assert [event.what for event in answer.events] == ["isolated", "no_water"]
    assert run(model, "P2 isolated").events[0].what == "isolated"
    assert total(run(model, "P2 isolated"), "water_not_supplied") == 0


def test_a_burst_ends_where_its_pipe_is_isolated(tmp_path: Path) -> None:
    model = with_layer(tmp_path)
    shut = run(model, "P2 burst 5 L/s 06:00-20:00", "P2 isolated 08:00-14:00")
    short = run(model, "P2 burst 5 L/s 06:00-08:00")
    assert total(shut, "water_lost") == pytest.approx(total(short, "water_lost"))
    other = run(model, "P2 burst 5 L/s 06:00-20:00", "P5 isolated 08:00-14:00")
    assert total(other, "water_lost") > 5 * total(short, "water_lost")


def test_points_are_snapped_to_the_nearest_pipe_and_end(tmp_path: Path) -> None:
    """J1 0,0  J2 1,0  J3 2,0  J4 3,0: one valve near each end of P5, one too far away."""
    model = water(tmp_path, GRAVITY)
    features = [
        {"type": "Feature", "properties": {"id": name}, "geometry": {
            "type": "Point", "coordinates": point}}
        for name, point in (("a", [2.1, 0.01]), ("b", [2.9, 0.01]), ("far", [2.5, 9.0]))
    ]  # fmt: skip
    file = tmp_path / "valves.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    valves, notes = read_valves(file, model.network, snap=0.1)
    network = model.network
    found = {v.name: (network.link_ids[v.link], network.node_ids[v.node]) for v in valves}
    assert found == {"a": ("P5", "J3"), "b": ("P5", "J4")}
    assert [(note.code, note.severity, note.place) for note in notes] == [
        ("water.valves-unplaced", "warning", "feature 3")
    ]


def test_the_valves_of_a_city_are_named_in_city_toml(tmp_path: Path) -> None:
    (tmp_path / "network.inp").write_text(GRAVITY, encoding="utf-8")
    (tmp_path / "valves.csv").write_text(LAYER + "V9,P9,J1\n", encoding="utf-8")
    model, notes = load({"network": "network.inp", "valves": "valves.csv"}, tmp_path)
    assert isolated(model, "P3")[0] == {"V2", "V3", "V4"}
    assert [note.code for note in notes] == ["water.valves-unplaced"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("link,node\n", "empty"),
        ("link,node\nP9,J1\n", "none"),
        ("link,node\nP5,J1\n", "none"),
        ("id,link,node\nV,P5,J3\nV,P5,J4\n", "twice"),
        ("link,node\nP5\n", "values"),
        ("id,x,y\nV,east,2\n", "point"),
        ("id,x,y\nV,1e999,2\n", "point"),
        ('{"type": "FeatureCollection"', "json"),
        ('{"type": "Feature"}', "geojson"),
        ('{"type": "FeatureCollection", "features": [3]}', "geojson"),
        ("[" * 3, "empty"),
        ("{" + '"a":[' * 100_000, "json"),
    ],
)
def test_broken_valve_files(tmp_path: Path, text: str, code: str) -> None:
    model = water(tmp_path, GRAVITY)
    file = tmp_path / "valves.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as told:
        read_valves(file, model.network)
    assert f"water.valves-{code}" in {f.code for f in told.value.findings}
    assert all(f.file and f.what and f.do for f in told.value.findings)


def test_files_that_are_no_text(tmp_path: Path) -> None:
    model = water(tmp_path, GRAVITY)
    with pytest.raises(InputError, match="cannot be read"):
        read_valves(tmp_path / "none.csv", model.network)
    (tmp_path / "image.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="UTF-8"):
        read_valves(tmp_path / "image.csv", model.network)


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    commented = GRAVITY.replace(" J4  10    4", " J4  10    4 ;Liepu iela 4")
    (tmp_path / "network.inp").write_text(commented, encoding="utf-8")
    (tmp_path / "valves.csv").write_text(LAYER, encoding="utf-8")
    return [str(tmp_path / "network.inp"), "--valves", str(tmp_path / "valves.csv")]


SPAN = ("--from", "08:00", "--to", "14:00")


def test_isolate(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert call("isolate", *files, "--pipe", "P3", *SPAN, "--json") == 0
    found = valid("water-isolate", capsys.readouterr().out)
    assert found["valves"] == ["V2", "V3", "V4"]
    assert found["valve_places"][0] == {"id": "V2", "link": "P4", "node": "J1"}
    assert found["segment_nodes"] == ["J2", "J3"]
    assert found["stranded_nodes"] == ["J4"]
    assert found["demand_nodes_out"] == ["J2", "J3", "J4"]
    assert found["tank_only_nodes"] == []
    assert found["unserved_m3"] == pytest.approx(6 * 14 * 3.6)
    assert found["person_hours"] == "unknown"
    assert [hour["from"] for hour in found["hours"]] == [f"{h:02d}:00" for h in range(8, 14)]
    # where nothing else is known the INP file's own description names the place
    assert "- Liepu iela 4" in found["notice"]["lv"]
    assert "No plkst. 08:00 līdz plkst. 14:00 ūdens nebūs" in found["notice"]["lv"]
    assert "- J2" in found["notice"]["en"]


def test_isolate_with_addresses(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "addresses.csv"
    file.write_text(
        "address,node,people,x,y\nOzolu 1,J4,7,,\nOzolu 2,,5,2.9,0.2\nBerzu 3,J2,,,\nNekur,J9,1,,\n"
    )
    words = [*files, "--pipe", "P5", *SPAN, "--addresses", str(file), "--json"]
    out = tmp_path / "notice.txt"
    assert call("isolate", *words, "--notice", str(out)) == 0
    found = valid("water-isolate", capsys.readouterr().out)
    assert [hour["people"] for hour in found["hours"]] == [12] * 6
    assert found["person_hours"] == 72
    codes = {finding["code"] for finding in found["findings"]}
    assert codes == {"water.addresses-unplaced", "water.addresses-people"}
    text = out.read_text(encoding="utf-8")
    assert text.count("Ozolu 1") == 2
    assert "Berzu" not in text


def test_isolate_for_people(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert call("isolate", *files, "--pipe", "P3", *SPAN, "--stuck", "V3") == 0
    text = capsys.readouterr().out
    assert "V3" not in text
    assert "302 m³ of 302 m³ are not supplied" in text.replace("\u202f", " ")


def test_segments(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert call("segments", *files, "--json") == 0
    found = valid("water-segments", capsys.readouterr().out)
    assert [row["pipes"] for row in found["segments"]] == [["P1"], ["P3", "P4"], ["P5"], ["P2"]]
    assert found["segments"][1]["demand_out_m3_per_day"] == pytest.approx(14e-3 * 86_400)
    assert call("segments", *files) == 0
    assert "4 segments" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        ("--pipe", "P9", *SPAN),
        ("--pipe", "P1", "--from", "14:00", "--to", "08:00"),
        ("--pipe", "P1", *SPAN, "--stuck", "X"),
        ("--pipe", "P1", *SPAN, "--demand-factor", "-1"),
    ],
)
def test_wrong_usage(files: list[str], words: tuple[str, ...]) -> None:
    with pytest.raises(UsageError):
        call("isolate", *files, *words)
