"""Well fields as a domain of the kernel: what wells give when others stand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from domains.groundwater.fields import four, read
from scipy.special import exp1

from kopa.domain import Change
from kopa.domains.groundwater.domain import Groundwater, load
from kopa.domains.groundwater.network import YEAR, Network, Permit
from kopa.domains.groundwater.read_field import DAY
from kopa.errors import InputError
from kopa.model import Window

WINDOW = Window(0, 3600, 24)
USUAL = np.array([432, 864, 1728, 1296]) / DAY
CAPACITY = np.array([30, 60, 90, 80]) / 3600


def domain(folder: Path, most: float = 14.0, **changed: object) -> Groundwater:
    return Groundwater(Network((replace(read(four(most), folder), **changed),)))  # type: ignore[arg-type]


def book(result: object, quantity: str) -> np.ndarray:
    (found,) = [a for a in result.accounts if a.quantity == quantity]  # type: ignore[attr-defined]
    return np.asarray(found.values)


def off(well: str, start: int | None = None, end: int | None = None) -> Change:
    return Change("groundwater", well, "off", None, "", start, end)


def test_usual(tmp_path: Path) -> None:
    result = domain(tmp_path).run(WINDOW, (), {})
    assert result.status == "ok"
    assert (result.outputs["raw_water"] == 1).all()
    assert result.outputs["supply"].shape == (24, 0)
    assert book(result, "water_not_abstracted").sum() == 0
    assert result.balance is not None
    assert result.balance.supplied == pytest.approx(4320)


def test_energy_is_lift_from_the_dynamic_level(tmp_path: Path) -> None:
    """By hand: Theis of each well at the others after ten years, then ρ g Q h / η."""
    one = domain(tmp_path)
    wells = one.network.fields[0].wells
    apart = np.hypot(*(place[:, None] - place for place in (wells.x, wells.y)))
    np.fill_diagonal(apart, 0.2)
    u = apart**2 * 2e-4 / (4 * 500 / DAY * 3650 * DAY)
    drawdown = exp1(u) @ USUAL / (4 * np.pi * 500 / DAY)
    wanted = 999.7 * 9.80665 * USUAL * (35 + drawdown) / 0.6 * 24 / 1000
    found = book(one.run(WINDOW, (), {}), "pump_energy")
    assert found[one.network.well_rows(0)] == pytest.approx(wanted, rel=2e-4)


def test_without_take_over_the_others_go_on_as_usual(tmp_path: Path) -> None:
    one = domain(tmp_path, take_over=False)
    result = one.run(WINDOW, (off("W3", 6 * 3600, 9 * 3600),), {})
    share = result.outputs["raw_water"][:, 0]
    assert share[6:9] == pytest.approx(1 - 1728 / 4320)
    assert (share[[5, 9]] == 1).all()
    assert book(result, "water_not_abstracted")[0] == pytest.approx(1728 / 24 * 3)
    what = [event.what for event in result.events]
    assert what == ["off", "less_water"]
    assert result.events[1].parents[0].index == 0
    assert result.origins["raw_water"].tolist() == [1]


def test_the_others_take_over_up_to_their_pumps(tmp_path: Path) -> None:
    """W3 gives 72 m³/h; the others can lift 170 m³/h and give 108: 10 m³/h are missing."""
    result = domain(tmp_path, most=1000.0).run(WINDOW, (off("W3"),), {})
    assert result.outputs["raw_water"][:, 0] == pytest.approx(170 / 180)
    assert book(result, "water_not_abstracted")[0] == pytest.approx(240, rel=1e-6)
    assert [event.what for event in result.events] == ["off", "take_over", "less_water"]


def test_the_others_take_over_what_is_missing_and_no_more(tmp_path: Path) -> None:
    result = domain(tmp_path, most=1000.0).run(WINDOW, (off("W1"),), {})
    assert (result.outputs["raw_water"] == 1).all()
    assert [event.what for event in result.events] == ["off", "take_over"]
    assert result.balance is not None
    assert result.balance.supplied == pytest.approx(4320)


def test_the_greatest_drawdown_holds_them_back(tmp_path: Path) -> None:
    """No running well is drawn deeper than it may be or usually is; a deeper limit gives more."""
    given = []
    for most in (5.0, 13.0, 14.0, 20.0):
        one = domain(tmp_path, most=most)
        given.append(float(one.run(WINDOW, (off("W3"),), {}).outputs["raw_water"].mean()))
    assert given == sorted(given)
    assert given[0] < given[-1] == pytest.approx(170 / 180)
    assert given[0] >= 1 - 1728 / 4320 - 1e-9


def test_drawdown_after_a_stop_is_that_of_theis(tmp_path: Path) -> None:
    """Recovery by superposition (Theis 1935): usual drawdown less that of the stopped well."""
    from kopa.domains.groundwater.abstraction import operate
    from kopa.domains.groundwater.plan import plans
    from kopa.domains.groundwater.response import response

    one = domain(tmp_path, take_over=False)
    field = one.network.fields[0]
    known = response(field, 3600, 24)
    (plan,) = plans(one.network, WINDOW, (off("W3", 4 * 3600),), None, [])
    found = operate(field, plan, known).drawdown
    hours = np.arange(1, 21) * 3600.0
    u = 0.2**2 * 2e-4 / (4 * 500 / DAY * hours)
    less = USUAL[2] / (4 * np.pi * 500 / DAY) * exp1(u)
    assert found[:4, 2] == pytest.approx(known.usual[2])
    assert found[4:, 2] == pytest.approx(known.usual[2] - less, rel=1e-5)


def test_electricity_stops_a_well(tmp_path: Path) -> None:
    one = domain(tmp_path, take_over=False)
    power = np.ones((24, 4))
    power[3:5, 0] = 0.4
    power[3:5, 1] = 0.6  # enough
    result = one.run(WINDOW, (), {"electricity": power})
    assert result.outputs["raw_water"][3:5, 0] == pytest.approx(0.9)
    assert [event.what for event in result.events] == ["no_electricity", "less_water"]
    (parent,) = result.events[0].parents
    assert (parent.kind, parent.index, parent.port) == ("input", 0, "electricity")


def test_a_field_out_gives_nothing(tmp_path: Path) -> None:
    change = Change("groundwater", "north", "out")
    result = domain(tmp_path).run(WINDOW, (change,), {})
    assert (result.outputs["raw_water"] == 0).all()
    assert result.events[-1].what == "no_water"
    assert book(result, "pump_energy").sum() == 0


def test_factor_and_permit(tmp_path: Path) -> None:
    """1.2 times 4,320 m³/d against a permit of 4,500 m³/d."""
    one = domain(tmp_path, most=1000.0, permit=Permit(4500 / DAY, "test"))
    more = one.run(WINDOW, (Change("groundwater", "north", "factor", 1.2),), {})
    assert book(more, "permit_exceedance")[0] == pytest.approx(4320 * 1.2 - 4500, rel=1e-6)
    assert (more.outputs["raw_water"] == 1).all()
    less = one.run(WINDOW, (Change("groundwater", "north", "factor", 0.5),), {})
    assert less.outputs["raw_water"] == pytest.approx(0.5)
    assert book(less, "water_not_abstracted").sum() == 0


def test_hours_above_the_limit_of_a_point(tmp_path: Path) -> None:
    """P1 lies beyond 5 m as the field usually pumps, all day."""
    one = domain(tmp_path)
    found = book(one.run(WINDOW, (), {}), "drawdown_above_limit")
    assert found[one.network.observation_rows(0)].tolist() == [24]


def test_half_a_step(tmp_path: Path) -> None:
    result = domain(tmp_path, take_over=False).run(WINDOW, (off("W3", 1800, 3600),), {})
    assert result.outputs["raw_water"][0, 0] == pytest.approx(1 - 0.5 * 0.4)


def test_order_of_changes_changes_no_digit(tmp_path: Path) -> None:
    one = domain(tmp_path)
    changes = (off("W3"), off("W1", 3600, 7200), Change("groundwater", "W2", "polluted"))
    first, last = (one.run(WINDOW, part, {}) for part in (changes, changes[::-1]))
    assert np.array_equal(first.outputs["raw_water"], last.outputs["raw_water"])


def test_more_wells_off_never_give_more(tmp_path: Path) -> None:
    one = domain(tmp_path)
    given = [
        one.run(WINDOW, tuple(off(f"W{i + 1}") for i in range(count)), {})
        .outputs["raw_water"]
        .sum()
        for count in range(5)
    ]
    assert given == sorted(given, reverse=True)
    assert given[-1] == 0


def test_a_field_that_feeds_the_network(tmp_path: Path) -> None:
    one = domain(tmp_path, feeds="network")
    rows = {port.name: port.rows.tolist() for port in one.ports()}
    assert rows["supply"] == [0]
    assert rows["raw_water"] == []


def test_what_cannot_be_computed_is_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kopa.domains.groundwater import domain as module
    from kopa.errors import EngineError

    def fails(*_: object) -> None:
        raise EngineError("no answer")

    monkeypatch.setattr(module, "response", fails)
    result = domain(tmp_path).run(WINDOW, (), {})
    assert result.status == "unknown"
    assert "no answer" in result.findings[0].what
    assert not result.accounts


def test_ids_of_two_fields_must_differ(tmp_path: Path) -> None:
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(four(), encoding="utf-8")
    with pytest.raises(InputError) as error:
        load({"fields": ["a.toml", "b.toml", "c.toml"]}, tmp_path)
    codes = [finding.code for finding in error.value.findings]
    assert codes.count("groundwater.duplicate") == 6
    assert "groundwater.missing-file" in codes


def test_the_permit_is_a_mean_of_the_year(tmp_path: Path) -> None:
    assert domain(tmp_path).network.fields[0].permit.rate == pytest.approx(1.5e6 / YEAR)
