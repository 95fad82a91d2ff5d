"""Measured values of a grid."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from small_city import grid

from kopa.domain import Change, LiveState, Meter, Readings
from kopa.domains.energy.domain import Energy, load
from kopa.model import Window

DAY = Window(0, 3600, 24)


@pytest.fixture
def energy(tmp_path: Path) -> Energy:
    (tmp_path / "grid.json").write_text(json.dumps(grid()), encoding="utf-8")
    return load({"grid": "grid.json"}, tmp_path)[0]


def meters(energy: Energy, *changes: Change) -> dict[str, Meter]:
    return {meter.quantity: meter for meter in energy.meters(DAY, changes, {})}


def test_meters_show_the_power_flow(energy: Energy) -> None:
    """The source gives what the loads of 0.7 MW draw, and what the lines lose."""
    shown = meters(energy)
    power = shown["power"].values[:, 0]
    assert ((power > 700) & (power < 702)).all()
    volts = shown["voltage"].values[0]
    assert volts[0] == pytest.approx(1.0)
    assert volts[2] < volts[1] < volts[0]
    assert (shown["in_service"].values == 1).all()


def test_a_line_that_is_out_shows_for_its_hours(energy: Energy) -> None:
    change = Change("energy", "line:1", "out", start=6 * 3600, end=9 * 3600 + 1800)
    shown = meters(energy, change)
    service = shown["in_service"]
    column = service.column[energy.assets().index["line:1"]]
    assert service.values[:, column].tolist() == [1.0] * 6 + [0.0] * 3 + [0.5] + [1.0] * 14
    assert shown["power"].values[7, 0] == pytest.approx(500, abs=2)
    assert shown["voltage"].values[7, 2] == 0


def state(energy: Energy, quantity: str, asset: str, value: float) -> LiveState:
    row = energy.assets().index[asset]
    one = np.ones(1)
    found = Readings(
        np.array([row]), value * one, one, one, value * one, 0 * one, 0 * one, 3600.0, one > 0
    )
    return LiveState(DAY, {quantity: found}, meters(energy))


def test_measured_values_become_changes(energy: Energy) -> None:
    assert energy.state(state(energy, "in_service", "line:1", 1.0)) == []
    (change,) = energy.state(state(energy, "in_service", "line:1", 0.0))
    assert str(change) == "energy:line:1 out"
    (change,) = energy.state(state(energy, "power", "ext_grid:0", 910.0))
    assert str(change) == "energy:network factor 1.3"
    assert energy.state(state(energy, "power", "ext_grid:0", 710.0)) == []
    assert energy.state(state(energy, "power", "ext_grid:0", 7000.0)) == []  # a wrong meter
