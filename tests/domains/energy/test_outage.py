"""Faults cut out at the nearest switches, and supply brought back: by hand and by brute force."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from domains.energy.grids import bus, document, energy, ext_grid, line, load, trafo, written
from domains.energy.test_screen import job
from schemas import valid

from kopa.domains.energy.domain import Energy
from kopa.domains.energy.limits import Limits
from kopa.domains.energy.outage import load_mw, outage
from kopa.domains.energy.restore import restore
from kopa.domains.energy.topology import Action

# pandapower's own networks lack a column that pandapower warns of
pytestmark = pytest.mark.filterwarnings("ignore:tap_dependency_table:DeprecationWarning")


def switch(at: int, on: int, closed: bool = True, kind: str = "LBS") -> list[Any]:
    return [f"S{at}-{on}", at, on, "l", closed, 0.0, kind]


def two_feeders(rating: float = 0.3) -> dict[str, Any]:
    """Two feeders of three stations from one bus, joined by an open tie; a breaker at each head.

    ::

        0 =T= 1 -L0- 2 -L1- 3 -L2- 4
              |                    : L6 (open at 4)
              +--L3- 5 -L4- 6 -L5- 7
    """
    ways = [(1, 2), (2, 3), (3, 4), (1, 5), (5, 6), (6, 7), (4, 7)]
    switches = []
    for number, (begin, end) in enumerate(ways):
        head = begin == 1
        switches.append(switch(begin, number, number != 6, "CB" if head else "LBS"))
        switches.append(switch(end, number))
    lines = [line(*way) for way in ways]
    lines[3][8] = rating  # max_i_ka of the second feeder's head
    return {
        "bus": [bus(110.0), *(bus() for _ in range(7))],
        "line": lines,
        "trafo": [trafo(0, 1)],
        "switch": switches,
        "load": [load(at) for at in range(2, 8)],
        "ext_grid": [ext_grid()],
    }


def made(rows: dict[str, Any], folder: Path) -> Energy:
    return energy(rows, folder)


def ids(grid: Energy, rows: Any) -> list[str]:
    return [grid.assets().ids[row] for row in rows]


def find(grid: Energy, name: str) -> int:
    return grid.assets().find(name)


def test_a_line_is_cut_out_at_its_ends(tmp_path: Path) -> None:
    grid = made(two_feeders(), tmp_path)
    found = outage(grid.topology, [find(grid, "line:1")])
    assert ids(grid, grid.network.switches.rows[list(found.opens)]) == ["switch:2", "switch:3"]
    assert ids(grid, np.flatnonzero(found.dead)) == ["bus:3", "bus:4"]
    assert not found.zone.any()
    # the breaker at the head trips the whole feeder first
    assert found.tripped is not None
    assert ids(grid, np.flatnonzero(found.tripped)) == ["bus:2", "bus:3", "bus:4"]
    assert ids(grid, grid.network.switches.rows[list(found.breakers)]) == ["switch:0"]


def test_without_a_switch_the_fault_takes_the_bus_with_it(tmp_path: Path) -> None:
    rows = two_feeders()
    del rows["switch"][3]  # line 1 at bus 3
    grid = made(rows, tmp_path)
    found = outage(grid.topology, [find(grid, "line:1")])
    assert ids(grid, np.flatnonzero(found.zone)) == ["bus:3"]
    assert ids(grid, grid.network.switches.rows[list(found.opens)]) == ["switch:2", "switch:3"]
    assert ids(grid, np.flatnonzero(found.dead)) == ["bus:3", "bus:4"]


def test_a_switch_that_fails_does_not_cut_itself_out(tmp_path: Path) -> None:
    grid = made(two_feeders(), tmp_path)
    found = outage(grid.topology, [find(grid, "switch:3")])
    assert ids(grid, np.flatnonzero(found.zone)) == ["bus:3"]


def test_one_tie_restores_all(tmp_path: Path) -> None:
    grid = made(two_feeders(), tmp_path)
    fault = outage(grid.topology, [find(grid, "line:0")])
    best = restore(grid, fault, Limits())[0]
    assert (best.opens, ids(grid, grid.network.switches.rows[list(best.closes)])) == (
        (),
        ["switch:12"],
    )
    assert best.restored_mw == pytest.approx(3.0)


def test_what_does_not_fit_stays_dark(tmp_path: Path) -> None:
    """The second feeder's head carries 3 stations (about 0.09 kA each MW at 20 kV: 0.03 kA) and
    one more, not three."""
    grid = made(two_feeders(rating=0.13), tmp_path)
    fault = outage(grid.topology, [find(grid, "line:0")])
    best = restore(grid, fault, Limits())[0]
    assert best.restored_mw == pytest.approx(1.0)
    assert ids(grid, np.flatnonzero(best.live & fault.dead)) == ["bus:4"]
    assert best.loading <= 100
    none = made(two_feeders(rating=0.1), tmp_path)
    fault = outage(none.topology, [find(none, "line:0")])
    assert restore(none, fault, Limits()) == []


def test_without_a_breaker_what_trips_is_unknown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = two_feeders()
    for row in rows["switch"]:
        row[6] = "LBS"
    file = str(written(document(rows), tmp_path))
    assert job("outage", file, "--fault", "line:1", "--json") == 0
    found = valid("energy-outage", capsys.readouterr().out)
    assert found["tripped"] is None
    assert "energy.no-breaker" in {one["code"] for one in found["findings"]}


def test_a_loop_in_the_dark_is_not_parted_by_one_section(tmp_path: Path) -> None:
    """Stations 3 and 4 have two lines between them: opening one of these parts nothing.

    The tie at the far end carries one station, so two must be given up, at line 1.
    """
    rows = two_feeders(rating=0.13)
    rows["line"].append(line(3, 4))
    rows["switch"] += [switch(3, 7), switch(4, 7)]
    rows["load"][1][2] = 0.2  # station 3
    rows["load"][2][2] = 0.8  # station 4
    grid = made(rows, tmp_path)
    fault = outage(grid.topology, [find(grid, "line:0")])
    best = restore(grid, fault, Limits())[0]
    assert best.restored_mw == pytest.approx(1.0)
    opened = ids(grid, grid.network.edges.rows[grid.network.switches.edge[list(best.opens)]])
    assert opened == ["line:1"]


def test_two_ties_into_a_loop_do_not_join_two_feeders(tmp_path: Path) -> None:
    """Neither feeder carries all three stations; opening one of two lines parts them not."""
    rows = two_feeders(rating=0.165)
    rows["line"] += [line(3, 4), line(1, 2, 1.0, 1.5)]  # beside line 2; a third feeder, open at 2
    rows["line"][8][8] = 0.085
    rows["switch"] += [switch(3, 7), switch(4, 7), switch(1, 8), switch(2, 8, closed=False)]
    rows["load"] += [load(1, 0.01, 0.0)]
    grid = made(rows, tmp_path)
    topology, edges = grid.topology, grid.network.edges
    fault = outage(topology, [find(grid, "line:0")])
    plans = restore(grid, fault, Limits())
    assert plans[0].restored_mw == pytest.approx(3.0)
    for plan in plans:
        switched = grid.network.switches.rows
        state = topology.state(
            Action(
                out=fault.action.out,
                opened=fault.action.opened | set(switched[list(plan.opens)].tolist()),
                closed=frozenset(switched[list(plan.closes)].tolist()),
            )
        )
        carries = topology.carrying(state)
        # the two lines between 3 and 4 are the one loop that there is
        ways = {
            frozenset((int(edges.begin[e]), int(edges.end[e]))) for e in np.flatnonzero(carries)
        }
        assert len(ways) == plan.live.sum() - 1


def test_what_is_overloaded_already_forbids_no_plan(tmp_path: Path) -> None:
    """A third feeder beyond its rating, which no switching touches."""
    rows = two_feeders()
    rows["bus"].append(bus())
    rows["line"].append(line(1, 8))
    rows["line"][7][8] = 0.01
    rows["load"].append(load(8))
    grid = made(rows, tmp_path)
    fault = outage(grid.topology, [find(grid, "line:0")])
    best = restore(grid, fault, Limits())[0]
    assert best.restored_mw == pytest.approx(3.0)
    assert best.loading > 200


def test_steps_never_energise_the_fault_and_never_loop(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from pandapower import to_json
    from pandapower.networks import mv_oberrhein

    to_json(mv_oberrhein(), str(tmp_path / "grid.json"))
    for name in ("line:20", "line:75", "bus:80", "trafo:142"):
        words = ("outage", str(tmp_path / "grid.json"), "--fault", name, "--json")
        assert job(*words) == 0
        found = valid("energy-outage", capsys.readouterr().out)
        assert found["plans"], name
        for plan in found["plans"]:
            followed(tmp_path / "grid.json", name, found, plan)


def followed(file: Path, fault: str, found: dict[str, Any], plan: dict[str, Any]) -> None:
    from kopa.domains.energy.read_pandapower import read

    grid = Energy(read(file)[0])
    topology, edges = grid.topology, grid.network.edges
    zone = outage(topology, [find(grid, fault)])
    faulty = {find(grid, fault), *np.flatnonzero(zone.zone).tolist()}
    tripped = {find(grid, one) for one in (found["tripped"] or {"breakers": []})["breakers"]}
    opened, closed = set(tripped), set()
    sources = grid.network.sources
    # a source that no switch parts from the fault is switched off by whoever runs it
    gone = frozenset(sources.rows[zone.zone[sources.bus]].tolist())
    told = {one["code"] for one in found["findings"]}
    assert ("energy.source-at-fault" in told) is bool(gone)
    cut_out = set(found["isolate"])
    for step in plan["steps"]:
        row = find(grid, step["switch"])
        (opened if step["do"] == "open" else closed).add(row)
        (closed if step["do"] == "open" else opened).discard(row)
        cut_out.discard(step["switch"])
        if cut_out:
            assert step["do"] == "open"  # nothing is closed before the fault is cut out
            continue
        state = topology.state(Action(out=gone, opened=frozenset(opened), closed=frozenset(closed)))
        live = topology.energised(state)
        carries = topology.carrying(state)
        assert not any(live[bus] for bus in faulty if bus < grid.network.buses)
        # live and radial: one edge less than buses in each part that a source feeds
        joined = sum(
            carries[edge] and bool(live[edges.begin[edge]]) for edge in range(len(edges.begin))
        )
        assert joined == live.sum() - int(live[sources.bus].sum())
    dark = {one for one in found["unsupplied_stations"] if not live[find(grid, one)]}
    assert plan["restored_mw"] == pytest.approx(
        found["lost_mw"] - sum(load_mw(grid.network)[find(grid, one)] for one in dark)
    )


@pytest.mark.parametrize(
    ("name", "restored"),
    [
        ("line:20", "all"),
        ("line:34", "part"),
        ("line:75", "more"),  # what stays dark is tried again
        ("bus:216", "part"),
        ("line:79", "part"),
    ],
)
def test_brute_force_finds_no_better_plan(tmp_path: Path, name: str, restored: str) -> None:
    """All ways to close up to two ties and open up to one switch, by pandapower."""
    import pandapower
    from pandapower.networks import mv_oberrhein

    net = mv_oberrhein()
    pandapower.to_json(net, str(tmp_path / "grid.json"))
    from kopa.domains.energy.read_pandapower import read

    grid = Energy(read(tmp_path / "grid.json")[0])
    fault = outage(grid.topology, [find(grid, name)])
    ours = restore(grid, fault, Limits())
    lost = load_mw(grid.network)[fault.dead].sum()
    assert bool(ours[0].restored_mw == pytest.approx(lost)) is (restored == "all")
    best = brute_force(net, grid, fault)
    if restored == "more":
        assert ours[0].restored_mw > best + 0.01
    else:
        assert ours[0].restored_mw == pytest.approx(best)


def brute_force(net: Any, grid: Energy, fault: Any) -> float:
    """Most load that such plans restore, MW."""
    topology, switches = grid.topology, grid.network.switches
    action, power = fault.action, load_mw(grid.network)
    open_ = [s for s in range(len(switches.rows)) if not switches.closed[s]]
    dead = fault.dead
    near = grid.network.edges
    inside = [
        s
        for s in range(len(switches.rows))
        if switches.closed[s]
        and s not in fault.opens
        and dead[near.begin[switches.edge[s]]]
        and dead[near.end[switches.edge[s]]]
    ]
    options = []
    for closes in itertools.chain(*(itertools.combinations(open_, n) for n in (1, 2))):
        for opens in [(), *((one,) for one in inside)]:
            state = topology.state(
                Action(
                    out=action.out,
                    opened=action.opened | frozenset(switches.rows[list(opens)].tolist()),
                    closed=frozenset(switches.rows[list(closes)].tolist()),
                )
            )
            live, carries = topology.energised(state), topology.carrying(state)
            joined = sum(c and bool(live[b]) for c, b in zip(carries, near.begin, strict=True))
            if joined != live.sum() - int(live[grid.network.sources.bus].sum()):
                continue
            back = float(power[dead & live].sum())
            if back > 0:
                options.append((back, closes, opens))
    options.sort(key=lambda one: -one[0])
    for back, closes, opens in options:
        if holds(net, grid, fault, closes, opens):
            return back
    return 0.0


def holds(net: Any, grid: Energy, fault: Any, closes: Any, opens: Any) -> bool:
    """Whether pandapower finds all limits kept."""
    import copy

    import pandapower

    trial = copy.deepcopy(net)
    rows = trial.switch.index
    for table, native in (grid.assets().ids[row].split(":") for row in fault.action.out):
        trial[table].loc[int(native), "in_service"] = False
    trial.switch.loc[rows[[*fault.opens, *opens]], "closed"] = False
    trial.switch.loc[rows[list(closes)], "closed"] = True
    try:
        pandapower.runpp(trial)
    except pandapower.LoadflowNotConverged:
        return False
    volts = trial.res_bus.vm_pu.dropna()
    return bool(
        volts.between(0.9 - 1e-6, 1.1 + 1e-6).all()
        and trial.res_line.loading_percent.max() <= 100 + 1e-6
        and trial.res_trafo.loading_percent.max() <= 100 + 1e-6
    )


def test_a_grid_without_a_power_flow_has_no_plan(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = two_feeders()
    rows["load"][0][2] = 1e5  # MW
    file = str(written(document(rows), tmp_path))
    assert job("outage", file, "--fault", "line:0", "--json") == 1
    found = valid("energy-outage", capsys.readouterr().out)
    assert found["status"] == "unknown"
    assert "before the fault" in found["findings"][-1]["what"]


CRITICAL = "asset,site,customers,battery_h\nload:2,Hospital,1,4\nbus:3,,220,\nLOAD2,Mast,,0.5\n"


def test_critical_sites_and_customers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(document(two_feeders(rating=0.13)), tmp_path)
    (tmp_path / "c.csv").write_text(CRITICAL, encoding="utf-8")
    words = ["outage", str(file), "--fault", "line:0", "--critical", str(tmp_path / "c.csv")]
    assert job(*words, "--repair-h", "6", "--json") == 0
    found = valid("energy-outage", capsys.readouterr().out)
    assert found["customers"] == 221
    assert [(one["site"], one["battery_h"], one["restored"]) for one in found["critical"]] == [
        ("Mast", 0.5, False),
        ("Hospital", 4, True),
    ]
    assert found["unrestorable_mw"] == pytest.approx(2.0)
    assert found["unrestorable_stations"] == ["bus:2", "bus:3"]
    codes = [one["code"] for one in found["findings"]]
    assert codes.count("energy.battery") == 1
    assert "energy.stays-dark" in codes
    assert job(*words) == 0
    assert "comes back" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("asset,who\nload:1,x\n", ["Its columns are"]),
        ("asset\nload:99\nline:0\n", ["no asset 'load:99'", "is a line"]),
        ("asset,customers\nload:1,-3\nload:1,many\n", ["customers is '-3'", "customers is 'many'"]),
        ("asset\nload:1\nload:1\n", ["is there twice"]),
        ("asset\nload:1,2\n", ["more cells"]),
        ("\x00\xff", ["Its columns are"]),
    ],
)
def test_broken_critical_files_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, wrong: list[str]
) -> None:
    file = written(document(two_feeders()), tmp_path)
    (tmp_path / "c.csv").write_text(text, encoding="utf-8")
    words = ("--fault", "line:0", "--critical", str(tmp_path / "c.csv"), "--json")
    assert job("outage", str(file), *words) == 1
    told = [one["what"] for one in valid("energy-outage", capsys.readouterr().out)["findings"]]
    assert [part for part in wrong if not any(part in what for what in told)] == []
