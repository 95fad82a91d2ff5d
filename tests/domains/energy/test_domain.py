"""What a run gives, on a ring whose answers can be told by eye (see `grids.ring`)."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from domains.energy.grids import energy, ext_grid, load, ring
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kopa.domain import Change, Domain, Parent, Result, Screens, checked, parse_change
from kopa.domains.energy.domain import Energy
from kopa.domains.energy.engine_pgm import PowerFlow
from kopa.model import Window

WINDOW = Window(0, 3600, 24)


@pytest.fixture(name="grid", scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Energy:
    return energy(ring(), tmp_path_factory.mktemp("ring"))


def change(grid: Energy, text: str) -> Change:
    return checked(parse_change(f"energy:{text}"), grid.assets(), grid.kinds())


def run(grid: Energy, *texts: str, window: Window = WINDOW) -> Result:
    return grid.run(window, [change(grid, text) for text in texts], {})


def share(grid: Energy, result: Result, asset: str) -> np.ndarray:
    port = grid.ports()[0]
    column = port.column[grid.assets().index[asset]]
    return np.asarray(result.outputs["electricity"][:, column])


def account(result: Result, quantity: str, grid: Energy, asset: str) -> float:
    (found,) = [a for a in result.accounts if a.quantity == quantity]
    return float(found.values[grid.assets().index[asset]])


def names(grid: Energy, rows: np.ndarray) -> list[str]:
    return [grid.assets().ids[row] for row in rows]


def test_fits_the_contract(grid: Energy) -> None:
    assert isinstance(grid, Domain)
    assert isinstance(grid, Screens)


def test_baseline(grid: Energy) -> None:
    result = run(grid)
    assert result.status == "ok"
    assert result.runs == 1
    assert (result.outputs["electricity"] == 1).all()
    assert result.balance is not None
    assert result.balance.ok
    # 4 loads of 1 MW and a motor of 0.1 MW, one day
    assert result.balance.used == pytest.approx(4.1 * 24e3)
    assert result.balance.lost > 0
    losses = next(a for a in result.accounts if a.quantity == "network_losses")
    assert losses.values.sum() == pytest.approx(result.balance.lost)
    assert (result.origins["electricity"] == -1).all()


def test_radial_outage_needs_no_power_flow(grid: Energy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PowerFlow, "solve", lambda *_: pytest.fail("a power flow was made"))
    result = run(grid, "line:4 out 08:20-14:00")
    assert result.runs == 0
    assert result.balance is None
    told, dark = result.events
    assert (told.what, told.start, told.end) == ("out", 30_000, 50_400)
    assert told.parents == (Parent("change", 0),)
    assert (dark.what, dark.start, dark.end) == ("no_electricity", 30_000, 50_400)
    assert names(grid, dark.rows) == ["bus:5", "load:3", "motor:0"]
    assert dark.parents == (Parent("event", 0),)
    expected = np.ones(24)
    expected[8], expected[9:14] = 1 / 3, 0
    np.testing.assert_allclose(share(grid, result, "load:3"), expected, atol=1e-15)
    assert (share(grid, result, "load:0") == 1).all()
    hours = 5 + 2 / 3
    assert account(result, "energy_not_supplied", grid, "load:3") == pytest.approx(1000 * hours)
    assert account(result, "energy_not_supplied", grid, "motor:0") == pytest.approx(100 * hours)
    own = result.accounts[0]
    row = grid.assets().index["load:3"]
    assert own.own
    assert own.starts is not None
    assert own.ends is not None
    assert own.events is not None
    assert (own.starts[row], own.ends[row], own.events[row]) == (30_000, 50_400, 1)


def test_island_names_only_what_bounds_it(grid: Energy) -> None:
    # line 1 cuts off buses 3 and 5; line 2 cuts off bus 4; each island has its own cause
    result = run(grid, "line:1 out", "line:2 out", "load:0 ×1.5")
    dark = [event for event in result.events if event.what == "no_electricity"]
    assert [(names(grid, e.rows)[0], e.parents) for e in dark] == [
        ("bus:3", (Parent("event", 0),)),
        ("bus:4", (Parent("event", 1),)),
    ]


def test_island_behind_an_island_names_the_cut_at_the_supply(grid: Energy) -> None:
    result = run(grid, "line:0 out", "line:4 out")
    dark = {tuple(names(grid, e.rows)[:1]): e.parents for e in result.events[2:]}
    assert dark[("bus:2",)] == (Parent("event", 0),)
    assert dark[("bus:5",)] == (Parent("event", 1),)


def test_outage_that_goes_on_is_one_event(grid: Energy) -> None:
    result = run(grid, "line:4 out 02:00-08:00", "load:0 ×2 04:00-05:00")
    dark = [e for e in result.events if e.what == "no_electricity"]
    assert [(e.start, e.end) for e in dark] == [(7200, 28_800)]


def test_closing_the_ring_feeds_from_the_other_side(grid: Energy) -> None:
    result = run(grid, "line:1 out 06:00-12:00", "switch:0 closed 08:00-12:00")
    assert result.runs == 3
    np.testing.assert_array_equal(np.nonzero(share(grid, result, "load:3") == 0)[0], [6, 7])


def test_switch_opened_and_closed_is_open(grid: Energy) -> None:
    result = run(grid, "switch:1 closed", "switch:1 opened")
    assert (share(grid, result, "load:0") == 0).all()


def test_switch_out_is_open(grid: Energy) -> None:
    assert (share(grid, run(grid, "switch:1 out"), "load:0") == 0).all()


def test_ring_line_out_when_closed_takes_a_power_flow(tmp_path: Path) -> None:
    rows = ring()
    rows["switch"][0][4] = True
    grid = energy(rows, tmp_path)
    result = run(grid, "line:0 out 00:00-12:00")
    assert result.runs == 2
    assert (result.outputs["electricity"] == 1).all()
    assert result.balance is not None
    assert result.balance.ok
    baseline = run(grid)
    assert baseline.balance is not None
    assert result.balance.lost > baseline.balance.lost


def test_load_out_is_not_supplied(grid: Energy) -> None:
    result = run(grid, "load:0 out 00:00-02:00")
    assert account(result, "energy_not_supplied", grid, "load:0") == pytest.approx(2000)
    assert share(grid, result, "load:0")[:3].tolist() == [0, 0, 1]
    assert names(grid, result.events[1].rows) == ["load:0"]
    assert result.balance is not None
    assert result.balance.used == pytest.approx(4.1 * 24e3 - 2000)


def test_factors_multiply(grid: Energy) -> None:
    result = run(grid, "network ×1.5", "load:0 ×2", "sgen:0 ×0")
    assert result.balance is not None
    assert result.balance.used == pytest.approx((3 * 1.5 + 3.0 + 0.15) * 24e3)
    dark = run(grid, "network ×1.5", "load:3 ×2", "line:4 out 00:00-01:00")
    assert account(dark, "energy_not_supplied", grid, "load:3") == pytest.approx(3000)


def test_added_demand_is_carried_or_not_supplied(grid: Energy) -> None:
    """A load of 1 MW draws 0.5 MW more for three hours and 0.25 MW for two, then goes dark."""
    (port,) = (port for port in grid.ports() if port.name == "added_demand")
    column = port.column[grid.assets().index["load:1"]]
    added = np.zeros((24, len(port.rows)))
    added[3:6, column], added[6:8, column] = 500.0, 250.0
    result = grid.run(WINDOW, [], {"added_demand": added})
    assert result.balance is not None
    assert result.balance.used == pytest.approx(4.1 * 24e3 + 2000)
    (event,) = result.events
    assert (event.what, names(grid, event.rows)) == ("more_demand", ["load:1"])
    assert (event.start, event.end) == (3 * 3600, 8 * 3600)
    assert event.parents == (Parent("input", column, "added_demand"),)
    dark = grid.run(WINDOW, [change(grid, "load:1 out 05:00-07:00")], {"added_demand": added})
    assert account(dark, "energy_not_supplied", grid, "load:1") == pytest.approx(1500 + 1250)
    factors = [change(grid, "network ×1.5"), change(grid, "load:1 ×2")]
    result = grid.run(WINDOW, factors, {"added_demand": added})  # kW stay kW
    assert result.balance is not None
    assert result.balance.used == pytest.approx((3.1 * 1.5 + 3) * 24e3 + 2000)
    less = grid.run(WINDOW, [], {"added_demand": -added})
    assert less.balance is not None
    assert less.balance.used == pytest.approx(4.1 * 24e3 - 2000)


def test_bus_out_darkens_what_hangs_on_it(grid: Energy) -> None:
    result = run(grid, "bus:3 out")
    dark = [e for e in result.events if e.what == "no_electricity"]
    assert sorted(name for e in dark for name in names(grid, e.rows)) == [
        *("bus:3", "bus:5", "load:1", "load:3", "motor:0")
    ]
    assert all(e.parents == (Parent("event", 0),) for e in dark)


def test_source_out_darkens_all_and_another_source_helps(grid: Energy, tmp_path: Path) -> None:
    assert (run(grid, "ext_grid:0 out").outputs["electricity"] == 0).all()
    rows = ring()
    rows["ext_grid"].append(ext_grid(0))
    result = run(energy(rows, tmp_path), "ext_grid:0 out")
    assert (result.outputs["electricity"] == 1).all()
    assert result.runs == 1


def test_change_outside_the_window_does_nothing(grid: Energy) -> None:
    result = run(grid, "line:4 out 30:00-31:00")
    assert result.events == ()
    assert (result.outputs["electricity"] == 1).all()


def test_grid_that_cannot_carry_its_load_is_unknown(grid: Energy) -> None:
    result = run(grid, "network ×100")
    assert result.status == "unknown"
    assert [found.code for found in result.findings] == ["energy.not-converged"]


def test_overload_and_low_voltage_are_told_shortly(grid: Energy) -> None:
    codes = [found.code for found in run(grid, "network ×12").findings]
    assert codes == ["energy.under-voltage", "energy.overload"]


def test_load_dark_in_the_file_stays_dark(tmp_path: Path) -> None:
    rows = ring()
    rows["line"][4][-1] = False
    rows["load"].append([*load(2)[:-1], False])
    grid = energy(rows, tmp_path)
    result = run(grid)
    assert (share(grid, result, "load:3") == 0).all()
    assert (share(grid, result, "load:4") == 0).all()
    assert account(result, "energy_not_supplied", grid, "load:3") == pytest.approx(24e3)
    assert account(result, "energy_not_supplied", grid, "load:4") == 0
    exact = grid.screen(WINDOW, [change(grid, "line:4 out"), change(grid, "line:0 out")])
    assert exact[0] is not None
    assert exact[0].method == "exact"
    assert exact[1] is None


def test_pickles(grid: Energy) -> None:
    run(grid)
    twin = pickle.loads(pickle.dumps(grid))
    ours, its = run(grid, "line:0 out", "load:2 ×2"), run(twin, "line:0 out", "load:2 ×2")
    assert_identical(ours, its)


def test_import_is_light() -> None:
    code = "import kopa.domains.energy, sys; print([m for m in sys.argv[1:] if m in sys.modules])"
    heavy = ["power_grid_model", "pandas", "scipy", "pandapower"]
    answer = subprocess.run(
        [sys.executable, "-c", code, *heavy], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"


def assert_identical(one: Result, other: Result) -> None:
    np.testing.assert_array_equal(one.outputs["electricity"], other.outputs["electricity"])
    assert (one.status, one.runs, one.balance) == (other.status, other.runs, other.balance)
    assert one.findings == other.findings
    for a, b in zip(one.accounts, other.accounts, strict=True):
        assert a.key == b.key
        np.testing.assert_array_equal(a.values, b.values)


OUTAGES = [
    *(f"line:{i} out" for i in range(5)),
    *("trafo:0 out", "switch:1 opened", "bus:2 out", "bus:4 out", "sgen:0 out", "load:1 out"),
]
SPANS = ["", " 03:30-09:00", " 06:00-18:00"]
texts = st.lists(st.tuples(st.sampled_from(OUTAGES), st.sampled_from(SPANS)), max_size=4)
quickly = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@quickly
@given(chosen=texts, more=texts)
def test_more_outages_never_energise_more(
    grid: Energy, chosen: list[tuple[str, str]], more: list[tuple[str, str]]
) -> None:
    few = run(grid, *("".join(text) for text in chosen))
    many = run(grid, *("".join(text) for text in chosen + more))
    assert (many.outputs["electricity"] <= few.outputs["electricity"]).all()


@quickly
@given(chosen=texts, order=st.randoms(use_true_random=False))
def test_order_does_not_matter(grid: Energy, chosen: list[tuple[str, str]], order: object) -> None:
    shuffled = list(chosen)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    one = run(grid, *("".join(text) for text in chosen), "switch:0 closed 05:00-07:00")
    other = run(grid, "switch:0 closed 05:00-07:00", *("".join(text) for text in shuffled))
    assert_identical(one, other)


@quickly
@given(chosen=texts)
def test_repeating_is_identical(grid: Energy, chosen: list[tuple[str, str]]) -> None:
    words = ["".join(text) for text in chosen]
    one, other = run(grid, *words), run(grid, *words)
    assert_identical(one, other)
    assert [e.parents for e in one.events] == [e.parents for e in other.events]


@quickly
@given(chosen=texts)
def test_events_tell_who_is_dark(grid: Energy, chosen: list[tuple[str, str]]) -> None:
    result = run(grid, *("".join(text) for text in chosen))
    rows = grid.ports()[0].rows
    dark = (result.outputs["electricity"] < 1).any(axis=0)
    np.testing.assert_array_equal(result.origins["electricity"] >= 0, dark)
    for row, origin in zip(rows[dark], result.origins["electricity"][dark], strict=True):
        event = result.events[origin]
        assert event.what == "no_electricity"
        assert row in event.rows
        assert event.parents
        assert all(parent.index < origin for parent in event.parents)
