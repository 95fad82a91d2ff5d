"""What EPANET does quietly wrong, shown with EPANET alone, and what comes out here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from domains.water.small import DAY, GRAVITY, PUMPED, at, run, series, total, water
from shared_data import data

from kopa.domains.water.domain import Water
from kopa.domains.water.engine_epanet import (
    KEEP_FLOWS,
    LinkValue,
    NodeValue,
    Option,
    Project,
    TimeValue,
)
from kopa.domains.water.hydraulics import simulate
from kopa.domains.water.network import Network, Service
from kopa.domains.water.plan import Plan
from kopa.domains.water.pockets import Pockets
from kopa.domains.water.read_inp import read_inp
from kopa.errors import EngineError
from kopa.model import Window

TANK_HOLDS = np.pi / 4 * 10**2 * 2  # m³ of PUMPED's tank: diameter 10 m, level 2 m


def pressure_driven(inp: bytes, hours: int = 24) -> Project:
    """A bare EPANET project with pressure-driven demand."""
    project = Project(inp)
    project.set_pressure_driven(True, 0.0, 20.0, 0.5)
    project.set_time(TimeValue.DURATION, hours * 3600)
    project.open_hydraulics()
    return project


def test_empty_tank_does_not_go_on_supplying(tmp_path: Path) -> None:
    """EPANET 2.3.5 lets the tank give for another hour after it stopped at the second it was dry.

    EPANET 2.0 lets it give for ever.
    """
    with pressure_driven(PUMPED.encode()) as project:
        given = 0.0
        project.init_hydraulics()
        while True:
            project.set_link(3, LinkValue.STATUS, 0)
            project.solve()
            flow = project.node_values(NodeValue.DEMAND_FLOW)[1]
            seconds = project.advance()
            given += flow * seconds / 1000
            if not seconds:
                break
    assert given > 1.3 * TANK_HOLDS

    model = water(tmp_path, PUMPED)
    result = run(model, "U1 off")
    assert 24 * 72 - total(result, "water_not_supplied") == pytest.approx(TANK_HOLDS, rel=1e-3)
    assert series(result, model, "J2")[:4] == pytest.approx([1, 1, 0.18167, 0], abs=1e-4)
    assert [event.what for event in result.events] == ["off", "empty", "no_water"]
    empty, dry = result.events[1:]
    assert empty.start == 2 * 3600
    assert [parent.index for parent in dry.parents] == [0, 1]  # no pump, and the tank is empty
    assert run(model).outputs["water"].min() == 1  # the tank begins at its level again


def test_empty_tank_gives_nothing_beside_a_weak_pump(tmp_path: Path) -> None:
    """The tank's drop is not enough for an hour, though the pump keeps the network alive."""
    model = water(tmp_path, PUMPED.replace("C1  30  70", "C1  8  70"))
    result = run(model)
    assert result.balance is not None
    assert result.balance.stored == pytest.approx(-TANK_HOLDS, rel=1e-3)
    assert [event.what for event in result.events] == []  # as in the quiet run
    assert 0 < min(series(result, model, "J2")) < 1


def test_a_drop_in_a_tank_does_not_supply_a_city_for_an_hour() -> None:
    """EPANET counts whole seconds: a tank that is dry in less of one goes on for a whole step.

    With link 60 of Net3 shut, its tank 2 gave 1,200 m³ more than it held in this way.
    """
    network, _ = read_inp(data("water", "Net3.inp"))
    found = run(Water(network), "link/60 closed", window=Window(0, 3600, 24))
    assert found.status == "ok"
    balance = found.balance
    assert balance is not None
    # what the flows say of the tanks is what their levels say
    assert balance.residual == pytest.approx(0, abs=1e-4 * balance.used)


def test_an_empty_tank_does_not_fill_another() -> None:
    """With both pumps of Net3 off, EPANET let its third tank, empty, go on filling the others."""
    network, _ = read_inp(data("water", "Net3.inp"))
    found = run(Water(network), "link/10 off", "335 off", window=Window(0, 3600, 24))
    assert found.status == "ok"
    balance = found.balance
    assert balance is not None
    assert balance.used == pytest.approx(-balance.stored, rel=1e-4)  # what was in the tanks
    assert (found.outputs["water"][9:] == 0).mean() > 0.9  # all but nodes before the pumps


def test_a_tank_that_holds_next_to_nothing_is_told() -> None:
    """The tanks of ky17 hold half a litre by their volume curves: 24 hours of it are unknown."""
    network, findings = read_inp(data("water", "ky17.inp"))
    told = [f for f in findings if f.code == "water.range-volume"]
    assert [f.asset for f in told] == ["water:T-1", "water:T-2", "water:T-3"]
    result = Water(network).run(Window(0, 3600, 3), (), {})
    assert result.status == "unknown"
    assert [f.code for f in result.findings] == ["water.balance"]


def test_cut_off_pocket_gets_nothing() -> None:
    """EPANET feeds such a pocket by demands below zero, and says all is well (code 0)."""
    network, _ = read_inp(data("water", "ky8_v.inp"), Service())
    pockets = Pockets(network, ~network.always_shut)
    bridges = [int(row) for row in np.flatnonzero(network.link_types == 1)]
    worst, link = 0.0, -1
    with pressure_driven(network.inp, 0) as project:
        project.set_pressure_driven(True, 0.0, 20.0 / network.units.pressure, 0.5)
        for bridge in bridges:
            behind = pockets.behind(bridge)
            if not 2 < len(behind) < 50:
                continue
            project.init_hydraulics()
            project.set_link(bridge + 1, LinkValue.STATUS, 0)
            code = project.solve()
            least = project.node_values(NodeValue.DEMAND_FLOW)[behind].min()
            if code == 0 and least < worst:
                worst, link = float(least), bridge
            project.set_link(bridge + 1, LinkValue.STATUS, 1)
    assert worst < -0.01  # gal/min, though nobody feeds anything in

    pocket = np.zeros(len(network.node_ids), dtype=bool)
    pocket[pockets.behind(link)] = True
    result = run(
        model := _model(network), f"{network.link_ids[link]} closed", window=Window(0, 1, 1)
    )
    shares = result.outputs["water"][0][pocket[model.network.junctions]]
    assert (shares == 0).all()
    assert result.balance is not None
    assert result.balance.ok
    wanted = network.wanted(0, np.ones(len(pocket)))[pocket].sum()
    assert total(result, "water_not_supplied") == pytest.approx(wanted, abs=1e-8)


def _model(network: Network) -> Water:
    return Water(network)


def test_repeats_are_identical() -> None:
    """A run that keeps the flows of the run before (EN_initH(0)) gives other digits."""
    network, _ = read_inp(data("water", "Net3.inp"), Service())
    kept = []
    with pressure_driven(network.inp, 0) as project:
        for _ in range(2):
            project.init_hydraulics(KEEP_FLOWS)
            project.solve()
            kept.append(project.node_values(NodeValue.PRESSURE).copy())
    assert not np.array_equal(*kept)

    model = _model(network)
    runs = [run(model, "link/10 off 02:00-09:00", "link/113 closed") for _ in range(2)]
    run(model, "link/103 closed")
    runs.append(run(model, "link/10 off 02:00-09:00", "link/113 closed"))
    for again in runs[1:]:
        for port, values in runs[0].outputs.items():
            assert np.array_equal(values, again.outputs[port])
        for one, other in zip(runs[0].accounts, again.accounts, strict=True):
            assert np.array_equal(one.values, other.values)


def test_stop_at_unbalanced_still_gives_the_whole_window(tmp_path: Path) -> None:
    text = GRAVITY.replace(" Pattern   1", " Pattern 1\n Trials 3\n Unbalanced Stop")
    with pressure_driven(text.encode()) as project:
        project.init_hydraulics()
        project.solve()
        assert project.advance() == 0  # EPANET ends the day here, without a word
    model = water(tmp_path, text)
    result = run(model)
    assert result.status == "ok"
    assert result.outputs["water"].min() == 1
    assert result.balance is not None
    assert result.balance.used == pytest.approx(24 * 3600 * 0.014, rel=1e-4)


def test_pipe_with_check_valve_can_be_shut(tmp_path: Path) -> None:
    text = GRAVITY.replace(
        "J3    J4  1000    200       100        0          Open",
        "J3    J4  1000    200       100        0          CV",
    )
    with pressure_driven(text.encode()) as project, pytest.raises(EngineError, match="207"):
        project.set_link(5, LinkValue.STATUS, 0)
    model = water(tmp_path, text)
    result = run(model, "P5 closed 08:00-14:00")
    assert total(result, "water_not_supplied") == pytest.approx(6 * 3600 * 0.004, rel=1e-6)
    assert series(result, model, "J4")[7:15] == [1, 0, 0, 0, 0, 0, 0, 1]


def test_pipe_with_check_valve_in_a_loop_can_be_shut(tmp_path: Path) -> None:
    """Nobody is cut off, so only the flow shows that it is shut."""
    old = "J1    J3  1000    200       100        0          Open"
    usual = run(water(tmp_path, GRAVITY), "P4 closed").outputs["pressure"]
    model = water(tmp_path, GRAVITY.replace(old, old.replace("Open", "CV")))
    assert np.allclose(run(model, "P4 closed").outputs["pressure"], usual, atol=2e-3)
    assert not np.allclose(run(model).outputs["pressure"], usual, atol=0.01)


def test_engine_error_is_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Error 110 (equations cannot be solved) in the midst of a window."""
    model = water(tmp_path, GRAVITY)
    run(model)
    moments = iter(range(1000))
    solve = Project.solve
    monkeypatch.setattr(Project, "solve", lambda p: 110 if next(moments) >= 3 else solve(p))
    result = run(model, "J4 ×2")
    assert result.status == "unknown"
    assert "110 at 03:00" in result.findings[0].what
    monkeypatch.undo()
    assert run(model, "P5 closed").status == "ok"  # the project is as it was


@pytest.mark.parametrize("link", ["P-495", "P-979", "P-2119"])
def test_pocket_does_not_end_the_run(link: str) -> None:
    """EPANET alone ends with error 110: equations of a pocket have next to no pivot."""
    network, _ = read_inp(data("water", "ky8_v.inp"), Service())
    result = run(_model(network), f"{link} closed")
    assert result.status == "ok"
    assert result.balance is not None
    assert result.balance.ok
    assert total(result, "water_not_supplied") > 0


def test_numbers_that_are_none_are_unknown(tmp_path: Path) -> None:
    result = run(water(tmp_path, GRAVITY.replace(" 1  1.0  1.0", " 1  1e300  1.0")))
    assert result.status == "unknown"
    assert result.findings[0].code in ("water.no-number", "water.unbalanced")


CONTROL = PUMPED  # opens the pump below 1 m
RULE = PUMPED.replace(
    " LINK U1 OPEN IF NODE T1 BELOW 1\n LINK U1 CLOSED IF NODE T1 ABOVE 4\n",
    "[RULES]\nRULE 1\nIF TANK T1 LEVEL < 1\nTHEN PUMP U1 STATUS = OPEN\n\n"
    "RULE 2\nIF TANK T1 LEVEL > 4\nTHEN PUMP U1 STATUS = CLOSED\n",
)
PATTERN = (
    PUMPED.replace(
        " LINK U1 OPEN IF NODE T1 BELOW 1\n LINK U1 CLOSED IF NODE T1 ABOVE 4\n",
        "[PATTERNS]\n S 0.9 1.0\n",
    )
    .replace("HEAD C1", "HEAD C1 PATTERN S")
    .replace(" 5         10 ", " 50        10 ")
)


@pytest.mark.parametrize("text", [CONTROL, RULE, PATTERN], ids=["control", "rule", "pattern"])
def test_pump_without_electricity_stays_off_and_then_resumes(text: str, tmp_path: Path) -> None:
    """Its tank is below the level at which its control starts it, all the time."""
    model = water(tmp_path, text)
    electricity = np.ones((24, 1))
    electricity[1:9] = 0.0
    result = model.run(DAY, [], {"electricity": electricity})
    energy = total(result, "pump_energy")
    supplied = series(result, model, "J2")
    assert supplied[5:9] == [0] * 4
    assert supplied[9:] == [1] * 15  # it starts again by itself
    assert result.events[0].what == "no_electricity"
    assert (result.events[0].start, result.events[0].end) == (3600, 9 * 3600)
    usual = total(run(model), "pump_energy")
    assert 0 < energy < usual
    off = model.run(DAY, [], {"electricity": np.zeros((24, 1))})
    assert total(off, "pump_energy") == 0


def test_pump_resumes_what_its_controls_ask_for(tmp_path: Path) -> None:
    """The control that shuts the pump acts while there is no electricity: it stays shut."""
    text = PUMPED.replace(
        " LINK U1 OPEN IF NODE T1 BELOW 1\n LINK U1 CLOSED IF NODE T1 ABOVE 4\n",
        " LINK U1 CLOSED AT TIME 2\n LINK U1 OPEN AT TIME 12\n",
    )
    model = water(tmp_path, text)
    electricity = np.ones((24, 1))
    electricity[1:6] = 0.0
    result = model.run(DAY, [], {"electricity": electricity})
    supplied = series(result, model, "J2")
    assert supplied[7:12] == [0] * 5
    assert supplied[12:] == [1] * 12


def test_project_is_given_back_as_it_was_lent(tmp_path: Path) -> None:
    """Whatever a run did, the next begins from the file."""
    model = water(tmp_path, PUMPED)
    first = run(model)
    with model._projects.project() as project:
        options = [project.option(option) for option in Option]
        for text in ("U1 off", "P2 burst 20L/s", "J2 ×3", "T1 out 03:00-05:00", "P2 closed"):
            run(model, text)
        quiet = simulate(project, model.network, Plan(model.network, ()), DAY)
        assert [project.option(option) for option in Option] == options
    assert np.array_equal(quiet.wanted.sum(axis=1) > 0, np.ones(24, dtype=bool))
    for port, values in first.outputs.items():
        assert np.array_equal(values, run(model, "J1 ×1").outputs[port])


def test_closed_at_one_asset_only(tmp_path: Path) -> None:
    model = water(tmp_path, GRAVITY)
    result = run(model, "P5 closed")
    assert at(result, model, "J4") == pytest.approx(24 * 3600 * 0.004)
    assert at(result, model, "J3") == 0
