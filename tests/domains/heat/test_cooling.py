"""Buildings cool as Newton's law says, in closed form."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kopa.domains.heat.cooling import hours_until_cold, indoors
from kopa.domains.heat.network import ZERO_C, Consumers
from kopa.domains.heat.read_file import read
from kopa.model import FloatArray

from .nets import write


@pytest.fixture
def buildings(tmp_path: Path) -> Consumers:
    return read(write(tmp_path))[0].consumers


def test_without_heat(buildings: Consumers) -> None:
    """20 °C indoors, -15 °C outside, 50 h: T(t) = -15 + 35 exp(-t / 50)."""
    outdoor = np.full(48, -15 + ZERO_C)
    rooms = indoors(buildings, outdoor, np.zeros((48, 3)), 3600)
    hours = np.arange(1, 49)
    wanted = -15 + 35 * np.exp(-hours / 50) + ZERO_C
    assert rooms.temperature == pytest.approx(np.tile(wanted, (3, 1)).T, abs=1e-9)
    until = 50 * np.log(35 / 33)  # 18 °C
    assert hours_until_cold(buildings, outdoor[0], np.zeros(3)) == pytest.approx(np.full(3, until))
    assert rooms.cold.sum(axis=0) == pytest.approx(np.full(3, 48 - until))


def test_with_a_part_of_the_heat(buildings: Consumers) -> None:
    """Nine tenths of the heat hold 16.5 °C at -15 °C: cold after 50 ln(3.5 / 1.5) hours."""
    share = np.array([0.9, 0.95, 1.0])  # 16.5, 18.25 and 20 °C in the end
    hours = hours_until_cold(buildings, -15 + ZERO_C, share)
    assert hours[0] == pytest.approx(50 * np.log(3.5 / 1.5))
    assert np.isinf(hours[1:]).all()


def test_in_summer_nobody_is_cold(buildings: Consumers) -> None:
    outdoor = np.full(5, 27 + ZERO_C)
    rooms = indoors(buildings, outdoor, np.ones((5, 3)), 3600)
    assert rooms.cold.sum() == 0
    wanted = 27 - 7 * np.exp(-np.arange(1, 6) / 50) + ZERO_C
    assert rooms.temperature == pytest.approx(np.tile(wanted, (3, 1)).T)


def test_heat_that_comes_back_warms_up(buildings: Consumers) -> None:
    share = np.repeat([0.0, 1.0], 24)[:, None] * np.ones(3)
    rooms = indoors(buildings, np.full(48, -15 + ZERO_C), share, 3600)
    low = -15 + 35 * np.exp(-24 / 50)
    assert rooms.temperature[-1] - ZERO_C == pytest.approx(
        np.full(3, 20 + (low - 20) * np.exp(-24 / 50))
    )


def test_a_building_is_cold_until_it_is_warm_again(buildings: Consumers) -> None:
    """4 h without heat, 36 h with: cold from 2.94 h on, and until 18 °C are reached again."""
    share = np.repeat([0.0, 1.0], [4, 36])[:, None] * np.ones(3)
    rooms = indoors(buildings, np.full(40, -15 + ZERO_C), share, 3600)
    low = -15 + 35 * np.exp(-4 / 50)
    hours = 4 - 50 * np.log(35 / 33) + 50 * np.log((20 - low) / 2)
    assert rooms.cold.sum(axis=0) == pytest.approx(np.full(3, hours))


def _fine(buildings: Consumers, outdoor: FloatArray, share: FloatArray, parts: int) -> FloatArray:
    return indoors(
        buildings, np.repeat(outdoor, parts), np.repeat(share, parts, axis=0), 3600 / parts
    ).cold.sum(axis=0)


@given(
    st.lists(st.tuples(st.floats(-25, 15), st.floats(0, 1)), min_size=3, max_size=12),
    st.floats(5, 200),
)
def test_the_step_does_not_matter(steps: list[tuple[float, float]], tau: float) -> None:
    one = np.ones(1)
    building = replace(
        _BUILDING, indoor=one * 293.15, cold=one * 291.15, time_constant=one * tau * 3600
    )
    outdoor = np.array([air for air, _ in steps]) + ZERO_C
    share = np.array([[share] for _, share in steps])
    coarse = _fine(building, outdoor, share, 1)
    assert coarse == pytest.approx(_fine(building, outdoor, share, 4), abs=1e-6)


_NONE = np.zeros(1)
_BUILDING = Consumers(
    rows=np.zeros(1, dtype=np.int64),
    begin=np.zeros(1, dtype=np.int64),
    end=np.zeros(1, dtype=np.int64),
    in_service=np.ones(1, dtype=bool),
    heat=_NONE, flow=_NONE, cooling=_NONE, back=_NONE, indoor=_NONE, cold=_NONE,
    time_constant=_NONE, hot_water=_NONE, least_supply=_NONE, least_pressure=_NONE,
)  # fmt: skip
