"""What measured values say of plants."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kopa.domain import LiveState, Readings
from kopa.domains.industry.domain import IndustryDomain
from kopa.domains.industry.read_sites import read_sites
from kopa.model import Window

from .plants import write

WINDOW = Window(0, 3600, 2)


@pytest.fixture
def town(tmp_path: Path) -> IndustryDomain:
    return IndustryDomain(read_sites(write(tmp_path))[0])


def now(town: IndustryDomain, steady: float = 1e4, **values: list[float]) -> LiveState:
    usual = {meter.quantity: meter for meter in town.meters(WINDOW, (), {})}
    one = np.ones(2)
    readings = {
        name: Readings(
            np.arange(2), np.array(given), 0 * one, steady * one, np.array(given), 0 * one,
            0 * one, 3600.0, one < 0,
        )
        for name, given in values.items()
    }  # fmt: skip
    return LiveState(WINDOW, readings, usual)


def test_a_plant_that_stands_still_is_out(town: IndustryDomain) -> None:
    state = now(town, running=[0.0, 1.0])
    (change,) = town.state(state)
    assert (change.full, change.kind) == ("industry:dairy", "out")
    told = LiveState(WINDOW, state.readings, state.usual, (change,))
    (finding,) = town.watch(told)
    assert (finding.code, finding.asset) == ("industry.off", "industry:dairy")
    assert town.state(now(town, steady=60.0, running=[0.0, 1.0])) == []


def test_more_power_than_usual_is_told(town: IndustryDomain) -> None:
    assert town.watch(now(town, power=[470.0, 150.0])) == []
    (finding,) = town.watch(now(town, power=[490.0, 150.0]))
    assert finding.code == "industry.power-high"
    assert finding.values == {"asset": "industry:dairy", "value": "490", "usual": "400"}


def test_its_meters(town: IndustryDomain) -> None:
    running, power = town.meters(WINDOW, (), {"electricity": np.array([[1.0, 1.0], [0.0, 1.0]])})
    assert running.values.tolist() == [[1, 1], [0, 1]]
    assert power.values.tolist() == [[400, 150], [0, 150]]
    assert power.unit == "KWT"
