"""Buildings in the kernel: against Newton's law of cooling, and balances by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kopa.domain import Change, Result
from kopa.domains.buildings.climate import hours_until_cold
from kopa.domains.buildings.domain import BuildingsDomain
from kopa.domains.buildings.read_buildings import read_buildings
from kopa.model import Window

from .houses import write_houses

WINDOW = Window(0, 3600, 48)


@pytest.fixture
def domain(tmp_path: Path) -> BuildingsDomain:
    return BuildingsDomain(read_buildings(write_houses(tmp_path), -10.0)[0])


def values(result: Result, quantity: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    (found,) = (one.values for one in result.accounts if one.quantity == quantity)
    return found


def test_a_usual_day(domain: BuildingsDomain) -> None:
    """Heat is loss times difference less gains: 150 kW, 140 kW by a heat pump of 3, 6 kW by gas."""
    result = domain.run(WINDOW, (), {})
    assert result.status == "ok"
    assert result.outputs["heat_demand"] == pytest.approx(np.full((48, 1), 150.0))
    electric = [2 + 0.5, 2 + 0.5 + 140 / 3, 0.0]
    assert result.outputs["electricity_demand"] == pytest.approx(np.tile(electric, (48, 1)))
    assert values(result, "heat_missing").sum() == 0
    assert values(result, "building_heat")[0] == pytest.approx(48 * 150)
    assert values(result, "building_gas")[2] == pytest.approx(48 * 6)
    assert not result.events


def test_without_heat_it_cools_as_newton_says(domain: BuildingsDomain) -> None:
    """From 20 °C with -10 °C outdoors and 100 h: 18 °C after 100 ln(30/28) = 6.9 h."""
    none = np.zeros((48, 1))
    result = domain.run(WINDOW, (), {"heat": none})
    cold = 100 * np.log(30 / 28)
    assert hours_until_cold(domain.buildings, -10.0)[0] == pytest.approx(cold)
    assert values(result, "too_cold_hours") == pytest.approx([48 - cold, 0, 0, 0])
    assert values(result, "too_cold_person_hours")[0] == pytest.approx(40 * (48 - cold))
    # it asks for all that its heating can give, to be warm again
    assert result.outputs["heat_demand"][-1, 0] == 250
    assert [event.what for event in result.events] == ["no_heat", "too_cold"]
    assert result.origins["heat_demand"].tolist() == [0]
    assert result.balance is not None
    assert result.balance.ok


def test_without_electricity_nothing_heats(domain: BuildingsDomain) -> None:
    """Heat pump, pumps and burner stand still; what needs no electricity goes on."""
    dead = np.zeros((48, 3))
    result = domain.run(WINDOW, (), {"electricity": dead})
    assert (values(result, "too_cold_hours")[:3] > 0).all()
    assert values(result, "building_electricity").sum() == 0
    free = replace(domain.buildings, needs_electricity=np.array([False, True, True]))
    result = BuildingsDomain(free).run(WINDOW, (), {"electricity": dead})
    assert values(result, "too_cold_hours")[0] == 0


def test_heat_that_comes_back_is_taken(domain: BuildingsDomain) -> None:
    """After 12 h without heat the school takes full power until it is warm, then what it loses."""
    share = np.where(np.arange(48) < 12, 0.0, 1.0)[:, None]
    asked = domain.run(WINDOW, (), {"heat": share}).outputs["heat_demand"][:, 0]
    cooled = -10 + 30 * np.exp(-12 / 100)
    full = 100 * np.log((40 - cooled) / (40 - 20))  # hours at 250 kW, which would end at 40 °C
    assert asked[12:] == pytest.approx(
        [250] * int(full) + [asked[12 + int(full)]] + [150] * (35 - int(full))
    )
    assert 150 < asked[12 + int(full)] < 250


def test_changes(domain: BuildingsDomain) -> None:
    def asked(*changes: Change) -> float:
        return float(domain.run(WINDOW, changes, {}).outputs["heat_demand"][-1, 0])

    assert asked(Change("buildings", "school", "setpoint", 18.0)) == pytest.approx(140)
    assert asked(Change("buildings", "school", "outdoor", 0.0)) == pytest.approx(100)
    assert asked(Change("buildings", "school", "factor", 0.5)) == pytest.approx(75)
    assert asked(Change("buildings", "school", "out")) == 0
    out = domain.run(WINDOW, (Change("buildings", "flats", "out"),), {})
    assert values(out, "building_electricity")[1] == pytest.approx(48 * 2)  # its base load is left
    assert out.outputs["electricity_demand"][:, 1] == pytest.approx(np.full(48, 2.0))
    assert values(out, "too_cold_hours")[1] > 0
    assert values(out, "heat_missing")[1] > 0
    assert {event.what for event in out.events} == {"out", "too_cold"}


def test_a_heating_that_is_too_small_does_what_it_can(domain: BuildingsDomain) -> None:
    small = replace(domain.buildings, most=np.array([1e5, 1e5, 1e4]))
    result = BuildingsDomain(small).run(WINDOW, (), {})
    assert result.outputs["heat_demand"] == pytest.approx(np.full((48, 1), 100.0))
    assert values(result, "heat_missing").sum() == 0  # it is as cold as on any such day


@pytest.mark.parametrize("step", [900, 7200])
def test_steps_do_not_change_what_cools(domain: BuildingsDomain, step: int) -> None:
    window = Window(0, step, 48 * 3600 // step)
    result = domain.run(window, (), {"heat": np.zeros((window.steps, 1))})
    assert values(result, "too_cold_hours")[0] == pytest.approx(48 - 100 * np.log(30 / 28))


def test_more_heat_never_makes_it_colder(domain: BuildingsDomain) -> None:
    hours = [
        values(domain.run(WINDOW, (), {"heat": np.full((48, 1), share)}), "too_cold_hours")[0]
        for share in (0.0, 0.2, 0.5, 0.8, 1.0)
    ]
    assert hours == sorted(hours, reverse=True)
    assert hours[-1] == 0
