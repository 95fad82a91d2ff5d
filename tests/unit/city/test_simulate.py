"""Telemetry from the baseline: noise, gaps, one planted fault, and every value says so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from small_city import write_city

from kopa.city.load import load_city
from kopa.city.simulate import GAPS, NOISE, STUCK_AFTER_S, Simulation

NOON = 1_795_348_800_000_000  # 2026-11-22T12:00:00Z


def test_readings_are_the_baseline_with_noise_and_gaps(tmp_path: Path) -> None:
    simulation = Simulation(load_city(write_city(tmp_path)))
    rows = [row for step in range(400) for row in simulation.at(NOON, float(step))]
    assert all(row.label.simulated for row in rows)
    whole = 400 * len(simulation.sensors)
    assert abs(1 - len(rows) / whole - GAPS) < 0.01
    pressure = next(s for s in simulation.sensors if s.key.attribute == "pressure")
    found = np.array([row.value for row in rows if row.key == pressure.key], dtype=float)
    mean = np.abs(pressure.day).mean()
    assert abs(found.mean() - pressure.day[12]) < 4 * NOISE * mean / np.sqrt(len(found))
    assert 0.7 * NOISE * mean < found.std() < 1.3 * NOISE * mean
    exact = next(s for s in simulation.sensors if s.exact)
    assert {row.value for row in rows if row.key == exact.key} == {exact.day[12]}


def test_one_sensor_is_stuck(tmp_path: Path) -> None:
    simulation = Simulation(load_city(write_city(tmp_path)))
    key = simulation.sensors[simulation.stuck].key
    late = [
        row.value
        for step in range(20)
        for row in simulation.at(NOON + step * 60_000_000, STUCK_AFTER_S + step * 60.0)
        if row.key == key
    ]
    assert len(late) == 20
    assert len(set(late)) == 1


def test_the_same_seed_gives_the_same(tmp_path: Path) -> None:
    city = load_city(write_city(tmp_path))
    one, other = (list(Simulation(city, 5).at(NOON, 0.0)) for _ in range(2))
    assert one == other
    assert one != list(Simulation(city, 6).at(NOON, 0.0))
