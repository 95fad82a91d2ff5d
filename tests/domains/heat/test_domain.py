"""What changes and lost electricity do to a network, by hand and by the balance."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kopa.domain import Change, Result
from kopa.domains.heat import effects, steady
from kopa.domains.heat.domain import HeatDomain, load
from kopa.domains.heat.read_file import Weather, read
from kopa.errors import InputError
from kopa.model import Window

from .nets import changed, features, ring, write

WINDOW = Window(0, 3600, 12)
WEATHER = Weather(-15, -15, 8)


@pytest.fixture
def town(tmp_path: Path) -> HeatDomain:
    return HeatDomain(read(write(tmp_path), WEATHER)[0])


def total(result: Result, quantity: str) -> float:
    (one,) = (account for account in result.accounts if account.quantity == quantity)
    return float(one.values.sum())


def after(domain: HeatDomain, *changes: Change, **inputs: np.ndarray) -> Result:
    result = domain.run(WINDOW, changes, inputs)
    assert result.balance is None or result.balance.ok
    return result


def test_a_usual_day_serves_everybody_and_balances(town: HeatDomain) -> None:
    result = after(town)
    assert (result.status, result.events, result.runs) == ("ok", (), 1)
    assert (result.outputs["heat"] == 1).all()
    assert total(result, "heat_not_supplied") == 0
    assert result.balance is not None
    assert result.balance.used == pytest.approx(300 * 12)
    assert abs(result.balance.residual) < 1e-3 * result.balance.supplied
    # 300 kW of heat and the losses, by gas at 0.9
    assert total(result, "heat_gas") == pytest.approx((3600 + total(result, "heat_losses")) / 0.9,
                                                       rel=1e-3)  # fmt: skip
    # 3 bar, about 1.9 kg/s of water at 90 °C, 965 kg/m³; efficiency 0.65
    kw = float(result.outputs["electricity_demand"][0, 0])
    assert kw == pytest.approx(3e5 * 1.87 / 975 / 0.65 / 1000, rel=0.05)
    assert total(result, "pump_energy") == pytest.approx(12 * kw)


def test_a_burst_cuts_off_what_lies_behind(town: HeatDomain) -> None:
    result = after(town, Change("heat", "P2", "burst", None, "", 3 * 3600, 9 * 3600))
    heat = result.outputs["heat"]
    assert (heat[:, 0] == 1).all()
    assert heat[:, 1].tolist() == [1] * 3 + [0] * 6 + [1] * 3
    assert total(result, "heat_not_supplied") == pytest.approx(200 * 6)
    assert total(result, "network_water_lost") == pytest.approx(2 * np.pi / 4 * 0.07**2 * 300)
    burst, none = result.events
    assert (burst.what, none.what) == ("burst", "no_heat")
    assert [town.network.assets.ids[row] for row in none.rows] == ["h2", "h3"]
    assert (none.start, none.end) == (3 * 3600, 9 * 3600)
    # warm on the way back up: 6 h without and 3 h with heat, cold from the 3rd hour on
    fall = 50 * np.log(35 / 33)
    low = -15 + 35 * np.exp(-6 / 50)
    rise = min(3.0, 50 * np.log((20 - low) / 2))
    assert total(result, "cold_building_hours") == pytest.approx(2 * (6 - fall + rise))
    assert total(result, "cold_person_hours") == pytest.approx(40 * (6 - fall + rise))


def test_a_plant_without_electricity_heats_nobody(town: HeatDomain) -> None:
    power = np.ones((12, 1))
    power[4:6] = 0.3
    result = after(town, electricity=power)
    assert (result.outputs["heat"][4:6] == 0).all()
    assert (result.outputs["electricity_demand"][4:6] == 0).all()
    assert [event.what for event in result.events] == ["no_electricity", "no_heat"]
    assert result.events[0].parents[0].port == "electricity"


def test_a_plant_with_a_set_of_its_own_goes_on(tmp_path: Path) -> None:
    found = changed("PLANT", needs_electricity=False)
    domain = HeatDomain(read(write(tmp_path, found), WEATHER)[0])
    result = after(domain, electricity=np.zeros((12, 1)))
    assert (result.outputs["heat"] == 1).all()


def test_less_capacity_is_shared(town: HeatDomain) -> None:
    """Half of 400 kW less the losses goes to consumers who want 300 kW."""
    result = after(town, Change("heat", "PLANT", "factor", 0.5))
    lost = total(result, "heat_losses") / 12
    share = result.outputs["heat"]
    assert share == pytest.approx(np.full((12, 3), (200 - lost) / 300), rel=2e-3)
    assert [finding.code for finding in result.findings] == ["heat.capacity"]
    assert result.events[-1].what == "less_heat"


def test_a_loop_that_is_too_thin_is_a_matter_of_pressure(tmp_path: Path) -> None:
    """With the main shut the water takes the long way: pressure losses share the heat."""
    found = ring()
    for one in found:
        if one["properties"]["id"] == "R1":
            one["properties"]["diameter_mm"] = 32
    domain = HeatDomain(read(write(tmp_path, found), WEATHER)[0])
    assert (after(domain).outputs["heat"] == 1).all()
    result = after(domain, Change("heat", "P1", "closed"))
    share = result.outputs["heat"][0]
    assert 0.2 < share.min() < 0.9
    assert share == pytest.approx(np.full(3, share[0]))
    assert [finding.code for finding in result.findings] == ["heat.pressure"]
    # as much as the pump can press through: nothing is left at the worst substation
    flow = domain.steady.solve(replace(domain.steady.usual(), shut=frozenset({0}))).flow
    assert flow is not None
    assert float(flow.pressure.min()) == pytest.approx(0.0, abs=1e-3)


def test_a_loop_that_is_wide_enough_serves_all(tmp_path: Path) -> None:
    found = ring()
    for one in found:
        if one["properties"]["id"] == "R1":
            one["properties"]["diameter_mm"] = 80
    domain = HeatDomain(read(write(tmp_path, found), WEATHER)[0])
    assert (after(domain, Change("heat", "P1", "burst")).outputs["heat"] == 1).all()


def test_milder_weather_needs_less(town: HeatDomain) -> None:
    """At +5 °C space heating is 15 / 35 of that at -15 °C; a tenth is hot water."""
    mild = after(town, Change("heat", "network", "outdoor", 5.0))
    assert mild.balance is not None
    assert mild.balance.used == pytest.approx(3600 * (0.1 + 0.9 * 15 / 35))


def test_demand_of_others(town: HeatDomain) -> None:
    demand = np.full((12, 3), -1.0)
    demand[:, 0] = 40.0
    result = after(town, heat_demand=demand)
    assert result.balance is not None
    assert result.balance.used == pytest.approx(12 * (40 + 200))
    assert result.events[0].what == "heat_demand"


def test_a_supply_that_is_too_cool(tmp_path: Path) -> None:
    found = changed("h1", least_supply_c=85)
    domain = HeatDomain(read(write(tmp_path, found), WEATHER)[0])
    assert after(domain).findings == ()
    low = after(domain, Change("heat", "PLANT", "supply", 80.0))
    assert [finding.code for finding in low.findings] == ["heat.cool-supply"]
    cold = after(domain, Change("heat", "PLANT", "supply", 45.0))
    assert [finding.code for finding in cold.findings] == ["heat.cool"]
    assert (cold.outputs["heat"] == 0).all()


def test_nobody_asks_for_heat(town: HeatDomain) -> None:
    result = after(town, Change("heat", "network", "factor", 0.0))
    assert (result.outputs["heat"] == 1).all()
    assert total(result, "heat_gas") == 0


def test_order_of_changes_does_not_matter(town: HeatDomain) -> None:
    one = Change("heat", "P2", "closed", None, "", 0, 3600 * 5)
    other = Change("heat", "h1", "factor", 1.3)
    first, second = after(town, one, other), after(town, other, one)
    for port, series in first.outputs.items():
        assert np.array_equal(series, second.outputs[port])


def test_settings(tmp_path: Path) -> None:
    write(tmp_path)
    domain, findings = load({"network": "heat.geojson", "outdoor_c": 0}, tmp_path)
    assert findings == ()
    assert domain.network.outdoor == pytest.approx(273.15)
    with pytest.raises(InputError):
        load({"network": "heat.geojson", "outdoor_c": 99}, tmp_path)


def test_a_heat_pump_keeps_its_share_of_carnot(tmp_path: Path) -> None:
    found = changed("PLANT", fuel="electricity", efficiency=3, heat_source_c=10)
    domain = HeatDomain(read(write(tmp_path, found), WEATHER)[0])
    plants = domain.network.plants
    kelvin = np.array([70 + 273.15])
    wanted = 3 * (343.15 / 60) / (363.15 / 80)
    assert plants.efficiency_at(kelvin) == pytest.approx([wanted])
    usual, low = after(domain), after(domain, Change("heat", "PLANT", "supply", 70.0))
    assert total(low, "heat_electricity") < total(usual, "heat_electricity") * 0.85
    used = total(usual, "heat_electricity") + total(usual, "pump_energy")
    assert usual.outputs["electricity_demand"].sum() == pytest.approx(used)


def test_two_parts_with_a_plant_each(tmp_path: Path) -> None:
    """A plant at either end: with the main cut each heats its own part."""
    second = dict(features()[0]["properties"]) | {"id": "SECOND"}
    found = [*features(), {**features()[0], "properties": second}]
    found[-1]["geometry"] = {"type": "Point", "coordinates": [600, 0]}
    domain = HeatDomain(read(write(tmp_path, found), WEATHER)[0])
    assert (after(domain).outputs["heat"] == 1).all()
    cut = Change("heat", "P2", "burst")
    assert (after(domain, cut).outputs["heat"] == 1).all()
    alone = after(domain, cut, Change("heat", "SECOND", "out"))
    assert alone.outputs["heat"][0].tolist() == [1, 0, 0]


def test_what_does_not_balance_is_unknown(
    town: HeatDomain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(effects, "TOLERANCE", 1e-9)
    result = town.run(WINDOW, (), {})
    assert result.status == "unknown"
    assert [finding.code for finding in result.findings] == ["heat.unbalanced"]


def test_a_share_that_is_not_found_is_unknown(
    town: HeatDomain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steady, "ROUNDS", 1)
    result = town.run(WINDOW, (Change("heat", "PLANT", "factor", 0.5),), {})
    assert result.status == "unknown"
    assert [finding.code for finding in result.findings] == ["heat.no-answer"]
