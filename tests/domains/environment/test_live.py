"""Measured values: exceedances with the law behind them, rivers, closed waters."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from domains.environment.small import write_environment

from kopa.domain import Change, Finding, LiveState, Meter, Readings
from kopa.domains.environment import DOMAIN
from kopa.domains.environment.domain import EnvironmentDomain
from kopa.model import Window

DAY = Window(8 * 3600, 3600, 24)
BEACH, AIR, NOISE, MAST = 2, 3, 4, 5


@pytest.fixture
def one(tmp_path: Path) -> EnvironmentDomain:
    write_environment(tmp_path / "e.geojson")
    found, _ = DOMAIN.load({"files": "e.geojson"}, tmp_path)
    assert isinstance(found, EnvironmentDomain)
    return found


def reading(row: int, value: float, mean: float | None = None) -> Readings:
    def array(x: float) -> np.ndarray:
        return np.array([x])

    hour = array(value if mean is None else mean)
    return Readings(
        np.array([row]), array(value), array(0), array(9e3), hour, array(0), array(0), 3600.0,
        np.array([False]),
    )  # fmt: skip


def watched(one: EnvironmentDomain, **readings: Readings) -> list[Finding]:
    return list(one.watch(LiveState(DAY, readings, {})))


def test_an_hour_above_the_limit_names_its_law(one: EnvironmentDomain) -> None:
    (found,) = watched(one, no2=reading(AIR, 230.0))
    assert found.code in ("environment.above-limit", "environment.above-limit-2030")
    assert "2008/50/EC" in found.what
    assert found.asset == "environment:air"
    assert watched(one, no2=reading(AIR, 230.0, mean=180.0)) == []


def test_the_worst_threshold_tells(one: EnvironmentDomain) -> None:
    (found,) = watched(one, o3=reading(AIR, 190.0))
    assert found.code == "environment.above-information"
    (found,) = watched(one, wind=reading(MAST, 20.0))
    assert "WMO" in found.what


def test_a_daily_limit_is_not_held_against_an_hour(one: EnvironmentDomain) -> None:
    assert watched(one, pm10=reading(AIR, 300.0)) == []
    assert watched(one, laeq=reading(NOISE, 90.0)) == []


def test_a_sample_of_a_bathing_water(one: EnvironmentDomain) -> None:
    (found,) = watched(one, escherichia_coli=reading(BEACH, 2500.0))
    assert found.code == "environment.above-alert"
    assert "1800" in found.what


def test_closed_waters_and_other_flows_are_changes(one: EnvironmentDomain) -> None:
    readings = {"closed": reading(BEACH, 1.0), "flow": reading(0, 2.5)}
    found = one.state(LiveState(DAY, readings, {}))
    assert found == [
        Change("environment", "beach", "closed"),
        Change("environment", "up", "factor", 0.5),
    ]
    assert one.state(LiveState(DAY, {"flow": reading(0, 5.5)}, {})) == []


def test_polluted_water_is_told_before_it_arrives(one: EnvironmentDomain) -> None:
    values = np.ones((24, 1))
    usual = Meter("bathing", "", np.array([BEACH]), values)
    values = values.copy()
    values[5:9] = 0
    ahead = Meter("bathing", "", np.array([BEACH]), values)
    now = LiveState(DAY, {}, {"bathing": usual}, (), {"bathing": ahead})
    (found,) = one.watch(now)
    assert found.code == "environment.bathing-ahead"
    assert "13:00" in found.what
