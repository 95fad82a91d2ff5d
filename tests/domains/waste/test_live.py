"""What fill sensors and switches say of waste."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from domains.waste.small import write_waste

from kopa.domain import LiveState, Readings
from kopa.domains.waste import DOMAIN
from kopa.domains.waste.domain import WasteDomain
from kopa.model import Window

WINDOW = Window(8 * 3600, 3600, 24)


@pytest.fixture(name="town")
def _town(tmp_path: Path) -> WasteDomain:
    found, _ = DOMAIN.load(write_waste(tmp_path), tmp_path)
    assert isinstance(found, WasteDomain)
    return found


def readings(town: WasteDomain, **values: float) -> Readings:
    rows = np.array([town.assets().index[name] for name in values])
    given, ones = np.array(list(values.values())), np.ones(len(values))
    return Readings(rows, given, 0 * ones, 1e4 * ones, given, 0 * ones, 0 * ones, 3600.0, ones < 0)


def now(town: WasteDomain, quantity: str, **values: float) -> LiveState:
    usual = {meter.quantity: meter for meter in town.meters(WINDOW, (), {})}
    state = LiveState(WINDOW, {quantity: readings(town, **values)}, usual)
    changes = tuple(town.state(state))
    expected = {meter.quantity: meter for meter in town.meters(WINDOW, changes, {})}
    return LiveState(WINDOW, state.readings, usual, changes, expected)


def test_a_measured_level_is_taken_over(town: WasteDomain) -> None:
    state = now(town, "fill", b=0.5)
    (change,) = state.changes
    assert (change.full, change.kind, change.value) == ("waste:b", "level", 0.5)
    fill = state.expected["fill"]
    row = town.assets().index["b"]
    # 30 kg a day into 132; half an hour to the middle of the first hour
    assert fill.at(np.array([row]))[0] == pytest.approx(0.5 + 30 / 48 / 132)


def test_full_containers_and_those_that_will_be_are_told(town: WasteDomain) -> None:
    """c gets 1.9 kg an hour: 124 of 132 kg are full after 4 h; b has room until tomorrow."""
    found = town.watch(now(town, "fill", a=1.1, b=0.5, c=124 / 132))
    assert [(one.code, one.asset) for one in found] == [
        ("waste.full", "waste:a"),
        ("waste.filling", "waste:c"),
    ]
    assert found[0].values["fill"] == "110"
    assert found[1].values["when"] == "12:00"


def test_a_plant_that_stands_still_is_told(town: WasteDomain) -> None:
    state = now(town, "running", sorting=0.0, transfer=1.0)
    assert [(one.full, one.kind) for one in state.changes] == [("waste:sorting", "out")]
    assert [one.code for one in town.watch(state)] == ["waste.off"]
