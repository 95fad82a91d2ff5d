"""Measured values of a water network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small_city import INP

from kopa.domain import Change, LiveState, Readings
from kopa.domains.water.domain import Water, load
from kopa.domains.water.live import demand_factor
from kopa.errors import RangeError
from kopa.model import Window

DAY = Window(0, 3600, 24)


@pytest.fixture
def water(tmp_path: Path) -> Water:
    (tmp_path / "network.inp").write_text(INP, encoding="utf-8")
    return load({"network": "network.inp", "required_pressure_m": 20}, tmp_path)[0]


def shown(water: Water, *changes: Change, window: Window = DAY) -> dict[str, np.ndarray]:
    return {meter.quantity: meter.values for meter in water.meters(window, changes, {})}


def test_meters_show_what_the_balance_says(water: Water) -> None:
    """What reservoirs give, less what is drawn, is what the tank holds more."""
    meters = shown(water)
    result = water.run(DAY, [], {})
    assert result.balance is not None
    given = meters["flow"].sum() * DAY.step / 1000
    assert given == pytest.approx(result.balance.supplied)
    assert (meters["running"] == 1).all()
    area = np.pi * 6**2 / 4
    first, last = meters["level"][0, 0], meters["level"][-1, 0]
    assert (last - first) * area == pytest.approx(result.balance.stored, rel=0.1, abs=1.0)


@pytest.mark.parametrize("start", [0, 6 * 3600, 15 * 3600 + 900])
def test_a_tank_stands_where_it_was_measured(water: Water, start: int) -> None:
    """With nothing drawn or pumped it stays there, whenever the window begins."""
    window = Window(start, 3600, 4)
    quiet = [Change("water", "network", "factor", 0.0), Change("water", "U", "off")]
    level = shown(water, *quiet, Change("water", "T", "level", 1.7, "m"), window=window)["level"]
    assert level == pytest.approx(1.7, abs=1e-3)
    with_demand = water.run(window, [Change("water", "T", "level", 1.7, "m")], {})
    assert with_demand.status == "ok"
    assert with_demand.balance is not None
    assert with_demand.balance.ok


def test_a_level_leaves_no_trace(water: Water) -> None:
    before = shown(water, Change("water", "U", "off"))
    shown(water, Change("water", "T", "level", 4.0, "m"))
    again = shown(water, Change("water", "U", "off"))
    assert all(np.allclose(before[name], again[name], atol=1e-9) for name in before)


@pytest.mark.parametrize(
    ("value", "start", "match"), [(9.0, None, "between 0 and 5 m"), (2.0, 3600, "beginning")]
)
def test_a_level_that_cannot_be(water: Water, value: float, start: int | None, match: str) -> None:
    with pytest.raises(RangeError, match=match):
        water.run(DAY, [Change("water", "T", "level", value, "m", start)], {})


def readings(rows: list[int], mean: float, rise: float = 0.0, error: float = 0.0) -> Readings:
    one = np.ones(len(rows))
    return Readings(
        np.array(rows), mean * one, 5 * one, 0 * one, mean * one, rise * one, error * one,
        3600.0, one > 0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("inflow", "rise", "error", "factor"),
    [
        (4.0, 0.0, 0.0, 1.0),
        (8.0, 0.0, 0.0, 2.0),
        (4.0, -0.5094, 0.0, 2.0),  # the tank gave 14.4 m³ in the hour: 4 L/s
        (8.0, 0.5094, 0.0, 1.0),
        (6.0, 0.0, 0.1, 1.0),  # 50 % more, but the level is known no better
    ],
)
def test_demand_is_what_went_in_less_what_tanks_took(
    water: Water, inflow: float, rise: float, error: float, factor: float
) -> None:
    network = water.network
    source, tank = network.reservoirs.tolist(), network.tanks.tolist()
    found = {"flow": readings(source, inflow), "level": readings(tank, 2.5, rise, error)}
    state = LiveState(Window(12 * 3600, 3600, 24), found, {})
    assert demand_factor(network, state) == pytest.approx(factor, rel=1e-3)
    assert demand_factor(network, LiveState(state.window, {"flow": found["flow"]}, {})) is None


def test_a_leak_is_told_and_is_not_demand(water: Water) -> None:
    network = water.network
    source, tank = network.reservoirs.tolist(), network.tanks.tolist()
    found = {"flow": readings(source, 12.0), "level": readings(tank, 2.5)}
    state = LiveState(DAY, found, {})
    assert [change.kind for change in water.state(state)] == ["level"]
    (finding,) = water.watch(state)
    assert finding.code == "water.inflow"
    assert "3.0 times" in finding.what
    found["flow"] = readings(source, 6.0)
    assert [str(c) for c in water.state(LiveState(DAY, found, {}))] == [
        "water:T level 2.5m",
        "water:network factor 1.5",
    ]
