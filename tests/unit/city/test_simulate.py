"""Telemetry from the model: noise, gaps, two faults, and every value says that it is simulated."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small_city import write_city

from kopa.city.load import load_city
from kopa.city.simulate import (
    EVERY_S,
    FAULT_AFTER_S,
    FAULT_S,
    GAPS,
    NOISE,
    STUCK_AFTER_S,
    Simulation,
)

NOON = 1_795_348_800.0  # 2026-11-22T12:00:00Z


@pytest.fixture
def simulation(tmp_path: Path) -> Simulation:
    return Simulation(load_city(write_city(tmp_path)), NOON)


def value_of(simulation: Simulation, asset: str, quantity: str, since: float) -> float:
    for _ in range(20):  # some readings do not come
        for row in simulation.at(NOON + since):
            if (row.key.entity, row.key.attribute) == (asset, quantity):
                assert isinstance(row.value, float)
                return row.value
    raise AssertionError(f"{asset} {quantity} never comes")


def test_readings_are_the_model_s_with_noise_and_gaps(simulation: Simulation) -> None:
    rows = [row for step in range(250) for row in simulation.at(NOON + step * 0.1)]
    assert all(row.label.simulated for row in rows)
    whole = 250 * len(simulation.sensors)
    assert abs(1 - len(rows) / whole - GAPS) < 0.01
    sensor = next(s for s in simulation.sensors if s.key.attribute == "pressure")
    series = simulation._usual["water"]["pressure"].values[:, sensor.column]
    found = np.array([row.value for row in rows if row.key == sensor.key], dtype=float)
    mean = np.abs(series).mean()
    assert abs(found.mean() - series[0]) < 4 * NOISE * mean / np.sqrt(len(found)) + 0.01 * mean
    assert 0.7 * NOISE * mean < found.std() < 1.3 * NOISE * mean
    exact = next(s for s in simulation.sensors if s.exact)
    assert len({row.value for row in rows if row.key == exact.key}) == 1


def test_one_sensor_is_stuck(simulation: Simulation) -> None:
    key = simulation.sensors[simulation.stuck].key
    late = [
        row.value
        for step in range(20)
        for row in simulation.at(NOON + STUCK_AFTER_S + step * 60.0)
        if row.key == key
    ]
    assert len(late) == 20
    assert len(set(late)) == 1


def test_something_breaks_and_what_follows_from_it_is_measured_too(simulation: Simulation) -> None:
    """A line goes out, so the pump behind it stands still; after an hour all is as before."""
    assert str(simulation.fault) in ("energy:line:0 out", "energy:line:1 out", "water:U off")
    broken = simulation.fault
    assert broken is not None
    shows = "running" if broken.kind == "off" else "in_service"
    assert value_of(simulation, broken.full, shows, 10) == 1
    assert value_of(simulation, broken.full, shows, FAULT_AFTER_S + 10) == 0
    if broken.full == "energy:line:0":
        assert value_of(simulation, "water:U", "running", FAULT_AFTER_S + 20) == 0
    assert value_of(simulation, broken.full, shows, FAULT_AFTER_S + FAULT_S + 10) == 1
    assert value_of(simulation, broken.full, shows, EVERY_S + FAULT_AFTER_S + 10) == 0


def test_it_goes_on_for_days(simulation: Simulation) -> None:
    for hour in range(0, 60, 5):
        assert list(simulation.at(NOON + hour * 3600.0))


def test_the_same_seed_gives_the_same(tmp_path: Path) -> None:
    city = load_city(write_city(tmp_path))
    one, other = (list(Simulation(city, NOON, 5).at(NOON)) for _ in range(2))
    assert one == other
    assert one != list(Simulation(city, NOON, 6).at(NOON))
