"""What changes do to a network, by hand calculation and by what must hold of every run."""

from __future__ import annotations

import pickle
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from domains.water.small import DAY, GRAVITY, PUMPED, at, changes, run, series, total, water
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shared_data import data

from kopa.domain import Bound, Domain, Screens
from kopa.domains.water import DOMAIN
from kopa.domains.water.domain import Water, load
from kopa.domains.water.network import PUMP, Service
from kopa.domains.water.plan import Plan, plan
from kopa.domains.water.read_inp import read_inp
from kopa.errors import InputError, RangeError, UsageError
from kopa.model import Window

HOUR = Window(0, 3600, 1)
VALVE = (
    GRAVITY.replace(
        " P5  J3    J4  1000    200       100        0          Open",
        " P5  J3    J5  1000    200       100        0          Open",
    )
    .replace(" J4  10    4", " J4  10    4\n J5  10    0")
    .replace("[PATTERNS]", "[VALVES]\n V1  J5  J4  200  PRV  30  0\n\n[PATTERNS]")
)
ALL = ["P2 closed 08:00-14:00", "P5 burst 3L/s 06:00-09:00", "J3 ×2 12:00-18:00"]


def gravity(folder: Path) -> Water:
    return water(folder, GRAVITY)


def test_is_a_domain(tmp_path: Path) -> None:
    model = gravity(tmp_path)
    assert isinstance(model, Domain)
    assert isinstance(model, Screens)
    assert DOMAIN.name == model.name


def test_nothing_happens(tmp_path: Path) -> None:
    model = gravity(tmp_path)
    result = run(model)
    assert result.status == "ok"
    assert result.events == ()
    assert (result.outputs["water"] == 1).all()
    assert total(result, "water_not_supplied") == 0
    assert result.balance is not None
    assert result.balance.used == pytest.approx(24 * 3600 * 0.014, rel=1e-5)


def test_pressure_by_hand(tmp_path: Path) -> None:
    """Hazen-Williams: h = 10.67 L Q^1.852 / (C^1.852 d^4.871); 14 L/s in P1."""
    model = gravity(tmp_path)
    loss = 10.67 * 1000 * 0.014**1.852 / (100**1.852 * 0.3**4.871)
    assert series(run(model), model, "J1", "pressure")[0] == pytest.approx(50 - loss, abs=0.01)


def test_burst_by_area_is_an_orifice(tmp_path: Path) -> None:
    """10 cm² at 49 m: Q = 0.6 A sqrt(2 g p), less by the pressure that the burst itself takes."""
    model = gravity(tmp_path)
    usual = series(run(model), model, "J3", "pressure")[0]
    usual = (usual + series(run(model), model, "J4", "pressure")[0]) / 2
    result = run(model, "P5 burst 10cm2 08:00-09:00")
    after = [series(result, model, node, "pressure")[8] for node in ("J3", "J4")]
    by_hand = 0.6 * 1e-3 * np.sqrt(2 * 9.80665 * np.array(after))
    assert total(result, "water_lost") == pytest.approx(3600 * by_hand.mean(), rel=1e-3)
    assert total(result, "water_lost") < 3600 * 0.6 * 1e-3 * np.sqrt(2 * 9.80665 * usual)
    assert series(result, model, "J4", "pressure")[7] == pytest.approx(usual, abs=0.2)
    assert [event.what for event in result.events] == ["burst"]


def test_burst_by_flow(tmp_path: Path) -> None:
    """A small one lets out the flow that is given; double the flow, double the loss."""
    model = gravity(tmp_path)
    lost = [total(run(model, f"P5 burst {flow}L/s"), "water_lost") for flow in (0.1, 0.2)]
    assert lost[0] == pytest.approx(24 * 3.6 * 0.1, rel=2e-3)
    assert lost[1] == pytest.approx(2 * lost[0], rel=2e-3)


def test_a_burst_without_pressure_is_refused(tmp_path: Path) -> None:
    """Nothing would tell its size, and a leak of zero would be a lie."""
    model = water(tmp_path, GRAVITY)
    quiet = model.simulate(Plan(model.network, ()), DAY)
    with pytest.raises(RangeError, match="no pressure at that time"):
        plan(model.network, DAY, changes(model, "P5 burst 2L/s"), {}, 0 * quiet.pressure)


def test_great_burst_leaves_too_little_pressure(tmp_path: Path) -> None:
    model = gravity(tmp_path)
    result = run(model, "P5 burst 300cm2 08:00-09:00")
    assert [event.what for event in result.events] == ["burst", "low_pressure"]
    assert result.events[1].parents[0].index == 0
    assert 0 < series(result, model, "J4")[8] < 1
    assert series(result, model, "J4")[9] == 1


def test_zone_and_network_demand(tmp_path: Path) -> None:
    model = gravity(tmp_path)
    base = run(model).balance
    zone = run(model, "zone/east ×2").balance
    whole = run(model, "network ×1.5").balance
    assert base is not None
    assert zone is not None
    assert whole is not None
    assert zone.used - base.used == pytest.approx(24 * 3600 * 0.009, rel=1e-3)
    assert whole.used == pytest.approx(1.5 * base.used, rel=1e-3)


def test_junction_demand(tmp_path: Path) -> None:
    model = gravity(tmp_path)
    once, twice = run(model, "J4 ×2").balance, run(model, "J4 ×2", "zone/east ×3").balance
    assert once is not None
    assert twice is not None
    assert once.used == pytest.approx(24 * 3600 * 0.018, rel=1e-3)
    assert twice.used == pytest.approx(24 * 3600 * (0.005 + 0.015 + 0.024), rel=1e-3)


def test_closed_pipes_cut_off(tmp_path: Path) -> None:
    model = gravity(tmp_path)
    result = run(model, "P2 closed 08:00-14:00", "P3 closed 10:00-16:00")
    assert at(result, model, "J2") == pytest.approx(4 * 3600 * 0.005)
    assert series(result, model, "J2")[9:15] == [1, 0, 0, 0, 0, 1]
    dry = result.events[-1]
    assert dry.what == "no_water"
    assert (dry.start, dry.end) == (10 * 3600, 14 * 3600)
    assert {parent.index for parent in dry.parents} == {0, 1}


def test_a_reservoir_without_its_source_gives_nothing(tmp_path: Path) -> None:
    """A third of the supply is as none, six tenths as all."""
    model = gravity(tmp_path)
    supply = np.ones((24, 1))
    supply[8:14], supply[16:20] = 0.3, 0.6
    result = model.run(DAY, [], {"supply": supply})
    assert series(result, model, "J2") == [1] * 8 + [0] * 6 + [1] * 10
    first, dry = result.events
    assert (first.what, first.start, first.end) == ("no_supply", 8 * 3600, 14 * 3600)
    assert (first.parents[0].kind, first.parents[0].port) == ("input", "supply")
    assert (dry.what, dry.parents[0].index) == ("no_water", 0)


def test_junction_out_shuts_all_links_at_it(tmp_path: Path) -> None:
    model = gravity(tmp_path)
    result = run(model, "J3 out 08:00-09:00")
    assert at(result, model, "J3") == pytest.approx(3600 * 0.005)
    assert at(result, model, "J4") == pytest.approx(3600 * 0.004)
    assert at(result, model, "J2") == 0


def test_reservoir_out(tmp_path: Path) -> None:
    model = gravity(tmp_path)
    result = run(model, "R1 out 08:00-09:00")
    assert total(result, "water_not_supplied") == pytest.approx(3600 * 0.014)


def test_tank_out(tmp_path: Path) -> None:
    """With the tank out the pump feeds the demand alone; with both out all are dry."""
    model = water(tmp_path, PUMPED)
    assert series(run(model, "T1 out"), model, "J2") == [1] * 24
    result = run(model, "T1 out 00:00-03:00", "U1 off 00:00-03:00")
    assert series(result, model, "J2")[:4] == [0, 0, 0, 1]


def test_valve_set(tmp_path: Path) -> None:
    """A pressure reducer holds what it is set to, and then again what the file says."""
    model = water(tmp_path, VALVE)
    result = run(model, "V1 set 20m 08:00-10:00")
    pressure = series(result, model, "J4", "pressure")
    assert pressure[7:11] == pytest.approx([30, 20, 20, 30], abs=0.01)
    assert series(run(model, "V1 closed 08:00-09:00"), model, "J4")[7:10] == [1, 0, 1]


def test_part_of_a_step(tmp_path: Path) -> None:
    model = gravity(tmp_path)
    result = run(model, "P5 closed 08:15-08:45")
    assert series(result, model, "J4")[8] == pytest.approx(0.5)
    assert at(result, model, "J4") == pytest.approx(1800 * 0.004, rel=1e-5)


def test_change_outside_the_window_has_no_effect(tmp_path: Path) -> None:
    model = gravity(tmp_path)
    quiet = run(model)
    result = run(model, "P5 closed 30:00-40:00", "J2 ×5 25:00-26:00")
    for port, values in quiet.outputs.items():
        assert np.array_equal(values, result.outputs[port])


@pytest.mark.parametrize("text", [GRAVITY, PUMPED], ids=["gravity", "pumped"])
def test_window_that_begins_later_is_cut_from_the_day(text: str, tmp_path: Path) -> None:
    """Tanks stand as they would: the run begins with the file's clock."""
    model = water(tmp_path, text)
    whole = run(model)
    later = run(model, window=Window(9 * 3600, 3600, 6))
    assert np.allclose(later.outputs["pressure"], whole.outputs["pressure"][9:15], atol=0.011)


def test_order_of_changes_does_not_matter(tmp_path: Path) -> None:
    model = gravity(tmp_path)
    results = [run(model, *texts) for texts in permutations(ALL)]
    for other in results[1:]:
        for port, values in results[0].outputs.items():
            assert np.array_equal(values, other.outputs[port])
        assert total(other, "water_lost") == total(results[0], "water_lost")


@pytest.mark.parametrize("name", ["Net3", "anytown_modified", "CTOWN"])
def test_every_run_balances(name: str) -> None:
    network, _ = read_inp(data("water", f"{name}.inp"), Service())
    model = Water(network)
    assets = model.assets()
    for row in range(0, len(network.link_ids), max(1, len(network.link_ids) // 12)):
        kind = "off" if assets.kinds[network.link_row(row)] == "pump" else "closed"
        result = run(model, f"'{assets.ids[network.link_row(row)]}' {kind} 03:00-15:00")
        assert result.balance is not None
        assert result.status == ("ok" if result.balance.ok else "unknown")
        assert (result.outputs["water"] >= 0).all()
        assert (result.outputs["water"] <= 1).all()


def test_tanks_give_no_more_than_they_hold_beside_other_sources() -> None:
    """Anytown's tanks run dry within the hour; EPANET alone makes water there (it balances not)."""
    network, _ = read_inp(data("water", "anytown_modified.inp"), Service())
    model = Water(network)
    for row in range(0, len(network.link_ids), 3):
        name = model.assets().ids[network.link_row(row)]
        kind = "off" if network.link_types[row] == PUMP else "closed"
        result = run(model, f"'{name}' {kind}")
        assert result.status == "ok", name


def test_pickled_copy_gives_the_same(tmp_path: Path) -> None:
    model = gravity(tmp_path)
    copy = pickle.loads(pickle.dumps(model))
    for port, values in run(model, *ALL).outputs.items():
        assert np.array_equal(values, run(copy, *ALL).outputs[port])


def test_wrong_changes(tmp_path: Path) -> None:
    model = gravity(tmp_path)
    with pytest.raises(UsageError, match="no asset 'P9'"):
        run(model, "P9 closed")
    with pytest.raises(UsageError, match="is a pipe"):
        run(model, "P1 off")
    with pytest.raises(RangeError, match="needs a value"):
        run(model, "P1 burst")
    with pytest.raises(RangeError, match="between"):
        run(model, "J1 ×1000")


def test_screen_says_what_certainly_changes_nothing(tmp_path: Path) -> None:
    text = GRAVITY.replace(
        "J1    J3  1000    200       100        0          Open", "J1 J3 9 9 9 0 Closed"
    )
    model = water(tmp_path, text)
    listed = changes(model, "P4 closed", "P2 closed", "J2 ×1", "J2 ×2", "P2 closed 30:00-31:00")
    assert model.screen(DAY, listed) == [Bound("exact"), None, Bound("exact"), None, Bound("exact")]
    quiet = run(model)
    for change in (listed[0], listed[2], listed[4]):
        result = model.run(DAY, [change], {})
        for port, values in quiet.outputs.items():
            assert np.array_equal(values, result.outputs[port])
        for one, other in zip(quiet.accounts, result.accounts, strict=True):
            assert np.array_equal(one.values, other.values)


def test_load_from_a_city(tmp_path: Path) -> None:
    (tmp_path / "network.inp").write_text(GRAVITY, encoding="utf-8")
    model, warnings = load({"network": "network.inp", "required_pressure_m": 30}, tmp_path)
    assert warnings == ()
    assert model.network.service == Service(0, 30, 0.5)
    with pytest.raises(InputError, match="'network' is missing"):
        load({}, tmp_path)


BRAESS = """\
[JUNCTIONS]
 N0 0 0
 N1 0 0
 N3 0 3
 N4 0 5
[RESERVOIRS]
 R 60
[PIPES]
 L0 R  N0 500 80 100 0 Open
 L1 N0 N1 500 80 100 0 Open
 L3 N0 N3 500 80 100 0 Open
 L4 N1 N4 500 80 100 0 Open
 L5 N0 N1 500 80 100 0 Open
 L6 N1 N3 500 80 100 0 Open
[OPTIONS]
 Units LPS
 Headloss H-W
 Accuracy 0.0001
[END]
"""


def test_closing_a_pipe_of_a_loop_may_serve_more(tmp_path: Path) -> None:
    """Braess's paradox is possible where demands follow another power law than pipes.

    Calvert and Keady (1993), Braess's paradox and power-law nonlinearities in networks,
    J. Austral. Math. Soc. B 35(1). So the test below has trees only.
    """
    model = water(tmp_path, BRAESS)
    before = total(run(model, window=HOUR), "water_not_supplied")
    after = total(run(model, "L6 closed", window=HOUR), "water_not_supplied")
    assert 0 < after < before


@st.composite
def gravity_tree(draw: st.DrawFn) -> str:
    """One reservoir, pipes only, no loop."""
    size = draw(st.integers(3, 8))
    rows = range(size)
    heights = [draw(st.integers(0, 40)) for _ in rows]
    asks = [draw(st.integers(0, 30)) for _ in rows]
    widths = [draw(st.sampled_from([80, 150, 300])) for _ in rows]
    above = ["R", *(f"N{draw(st.integers(0, row - 1))}" for row in rows[1:])]
    nodes = "\n".join(f" N{row} {heights[row]} {asks[row]}" for row in rows)
    pipes = "\n".join(f" L{row} {above[row]} N{row} 500 {widths[row]} 100 0 Open" for row in rows)
    return (
        f"[JUNCTIONS]\n{nodes}\n[RESERVOIRS]\n R 60\n[PIPES]\n{pipes}\n"
        "[OPTIONS]\n Units LPS\n Headloss H-W\n Accuracy 0.0001\n[END]\n"
    )


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=gravity_tree(), picked=st.lists(st.integers(0, 7), min_size=1, max_size=4))
def test_closing_more_never_serves_more_in_a_tree(
    tmp_path: Path, text: str, picked: list[int]
) -> None:
    """In a tree, a subtree takes no more at a lower head, nor with a part of it shut."""
    model = water(tmp_path, text)
    pipes = len(model.network.link_ids)
    shut = list(dict.fromkeys(f"L{number % pipes} closed" for number in picked))
    before = 0.0
    for count in range(len(shut) + 1):
        result = run(model, *shut[:count], window=HOUR)
        assert result.status == "ok"
        missing = total(result, "water_not_supplied")
        assert missing >= before - 2e-3 * max(1.0, before)
        before = missing


@pytest.mark.parametrize("name", ["Net3", "L-TOWN", "ky8_v"])
def test_demand_of_a_cut_off_junction_is_what_epanet_would_ask_for(name: str) -> None:
    """Default pattern, categories, multiplier: the demand is computed here, not by EPANET."""
    network, _ = read_inp(data("water", f"{name}.inp"), Service())
    model = Water(network)
    quiet = model._quiet(DAY).wanted
    everyone = np.ones(len(network.node_ids))
    for step in (0, 7, 19):
        moments = range(step * 3600, (step + 1) * 3600, min(3600, network.pattern_step))
        hour = 3600 * np.mean([network.wanted(at, everyone) for at in moments], axis=0)
        assert np.allclose(hour[network.junctions], quiet[step][network.junctions], rtol=1e-9)


@pytest.mark.parametrize("name", ["Net3", "ky8_v", "L-TOWN"])
def test_without_any_source_nobody_gets_anything(name: str) -> None:
    network, _ = read_inp(data("water", f"{name}.inp"), Service())
    model = Water(network)
    assets = model.assets()
    out = [f"'{assets.ids[row]}' out" for row in np.flatnonzero(network.node_types)]
    result = run(model, *out)
    wanted = model._quiet(DAY).wanted.sum()
    assert total(result, "water_not_supplied") == pytest.approx(wanted, rel=1e-6)
    assert (result.outputs["water"] == 0).all()
