"""Measured indoor temperatures: who is too cold."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kopa.domain import LiveState, Meter, Readings, Watches
from kopa.domains.buildings.domain import BuildingsDomain
from kopa.domains.buildings.read_buildings import read_buildings
from kopa.model import Window

from .houses import write_houses

WINDOW = Window(0, 3600, 3)


@pytest.fixture
def domain(tmp_path: Path) -> BuildingsDomain:
    return BuildingsDomain(read_buildings(write_houses(tmp_path), -10.0)[0])


def measured(domain: BuildingsDomain, *celsius: float) -> LiveState:
    """Indoor temperatures of the first buildings."""
    (meter,) = domain.meters(WINDOW, (), {})
    values, one = np.array(celsius), np.ones(len(celsius))
    rows = np.arange(len(celsius))
    readings = Readings(rows, values, one, one, values, 0 * one, 0 * one, 3600.0, one > 1)
    return LiveState(WINDOW, {meter.quantity: readings}, {meter.quantity: meter})


def test_meters_follow_the_model(domain: BuildingsDomain) -> None:
    assert isinstance(domain, Watches)
    (meter,) = domain.meters(WINDOW, (), {})
    assert isinstance(meter, Meter)
    assert meter.values == pytest.approx(np.full((3, 3), 20.0))
    (cool,) = domain.meters(WINDOW, (), {"heat": np.zeros((3, 1))})
    hours = np.arange(1, 4)
    assert cool.values[:, 0] == pytest.approx(-10 + 30 * np.exp(-hours / 100))
    assert cool.values[:, 1] == pytest.approx(np.full(3, 20.0))


def test_who_is_too_cold(domain: BuildingsDomain) -> None:
    assert not domain.watch(measured(domain, 20.0, 17.6, 18.0))
    (found,) = domain.watch(measured(domain, 20.0, 17.4, 18.0))
    assert (found.code, found.asset) == ("buildings.too-cold", "buildings:flats")
    assert found.values["least"] == "18"
    cellar = replace(domain.buildings, cold=np.array([18.0, 12.0, 18.0]))
    assert not BuildingsDomain(cellar).watch(measured(domain, 20.0, 17.4, 18.0))
    assert not domain.watch(LiveState(WINDOW, {}, {}))
    assert not domain.watch(measured(domain, 20.0, 20.0, 20.0, 5.0))  # a unit is no room
    assert not domain.state(measured(domain, 5.0))
