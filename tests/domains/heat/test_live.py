"""Measured values: a plant that stands still, supplies that are too cool, pressures too low."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kopa.domain import LiveState, Meter, Readings
from kopa.domains.heat.domain import HeatDomain
from kopa.domains.heat.read_file import read
from kopa.model import Window

from .nets import changed, write

WINDOW = Window(0, 3600, 3)


@pytest.fixture
def town(tmp_path: Path) -> HeatDomain:
    found = changed("h3", least_supply_c=85, least_pressure_bar=0.5)
    return HeatDomain(read(write(tmp_path, found))[0])


def usual(town: HeatDomain) -> dict[str, Meter]:
    return {meter.quantity: meter for meter in town.meters(WINDOW, (), {})}


def measured(town: HeatDomain, steady_s: float = 1e4, **values: dict[str, float]) -> LiveState:
    """A usual day, except for values of some assets by quantity."""
    meters, readings = usual(town), {}
    for quantity, meter in meters.items():
        now = meter.values[0].copy()
        for asset, value in values.get(quantity, {}).items():
            now[meter.column[town.assets().index[asset]]] = value
        one = np.ones(len(now))
        readings[quantity] = Readings(
            meter.rows, now, 0 * one, steady_s * one, now, 0 * one, 0 * one, 60.0, one > 0
        )
    return LiveState(WINDOW, readings, meters)


def told(town: HeatDomain, now: LiveState) -> list[tuple[str, str]]:
    changes = town.state(now)
    whole = LiveState(WINDOW, now.readings, now.usual, changes, now.usual)
    return [(finding.code, finding.asset) for finding in town.watch(whole)]


def test_a_usual_day_is_no_news(town: HeatDomain) -> None:
    assert told(town, measured(town)) == []
    meters = usual(town)
    flow = town.steady.solve(town.steady.usual()).flow
    assert flow is not None
    assert meters["supply_temperature"].values[0, :3] + 273.15 == pytest.approx(flow.supply)
    assert meters["supply_temperature"].values[0, 3] == pytest.approx(90)


def test_a_plant_that_stands_still(town: HeatDomain) -> None:
    now = measured(town, running={"PLANT": 0.0}, supply_temperature={"PLANT": 50.0})
    (change,) = town.state(now)
    assert str(change) == "heat:PLANT out"
    assert told(town, now) == [("heat.off", "heat:PLANT")]
    assert town.state(measured(town, 60.0, running={"PLANT": 0.0})) == []  # it starts again


def test_what_is_too_cool_or_has_too_little_pressure(town: HeatDomain) -> None:
    now = measured(
        town,
        supply_temperature={"h3": 84.0, "h1": 40.0, "PLANT": 86.0},
        pressure_difference={"h3": 0.4},
    )
    assert told(town, now) == [
        ("heat.supply-low", "heat:h3"),  # nobody says what h1 needs
        ("heat.pressure-low", "heat:h3"),
        ("heat.plant-cool", "heat:PLANT"),
    ]
    assert told(town, measured(town, supply_temperature={"h3": 84.6, "PLANT": 87.5})) == []


def test_meters_of_a_plant_that_is_out(town: HeatDomain) -> None:
    dark = {m.quantity: m for m in town.meters(WINDOW, (), {"electricity": np.zeros((3, 1))})}
    assert (dark["running"].values == 0).all()
    assert all(np.isfinite(meter.values).all() for meter in dark.values())
