"""What was measured lately: age, steadiness, the line through the last hour."""

from __future__ import annotations

import math

import numpy as np
import pytest

from kopa.city.live.memory import HOUR_S, OLD_S, Memory, Value

TANK = ("water", 4, "level")


def fed(values: list[float], every: float = 60.0) -> tuple[Memory, float]:
    memory, now = Memory(), 0.0
    for number, value in enumerate(values):
        now = number * every
        memory.take([Value(TANK, now, value)], now)
    return memory, now


def test_a_straight_line_is_found_through_noise() -> None:
    noise = np.random.default_rng(1).standard_normal(61) * 0.01
    memory, now = fed([2 + 0.5 * n / 60 + float(e) for n, e in enumerate(noise)])
    level = memory.readings("water", now)["level"]
    assert level.span_s == HOUR_S
    assert abs(level.rise[0] - 0.5) < 4 * level.error[0] < 0.05
    assert level.mean[0] == pytest.approx(2.25, abs=0.01)
    assert level.values[0] == pytest.approx(2.5, abs=0.05)


def test_only_the_last_hour_counts() -> None:
    memory, now = fed([10.0] * 60 + [1.0] * 61)
    level = memory.readings("water", now)["level"]
    assert (level.mean[0], level.rise[0]) == (1.0, 0.0)
    assert level.steady_s[0] == HOUR_S


def test_two_values_are_no_line() -> None:
    memory, now = fed([1.0, 2.0])
    level = memory.readings("water", now)["level"]
    assert math.isinf(level.error[0])
    assert level.rise[0] == 0


@pytest.mark.parametrize(("every", "silent_after"), [(10.0, 120.0), (60.0, 240.0), (3000.0, OLD_S)])
def test_a_series_is_silent_after_some_of_its_own_intervals(
    every: float, silent_after: float
) -> None:
    memory, now = fed([1.0, 2.0, 3.0], every)
    assert memory.shown(now + silent_after - 1)[0].fresh
    assert "level" in memory.readings("water", now + silent_after - 1)
    assert not memory.shown(now + silent_after + 1)[0].fresh
    assert memory.readings("water", now + silent_after + 1) == {}


def test_what_was_said_without_a_time_holds() -> None:
    memory = Memory()
    said = Value(("water", 1, "open"), 0.0, 0.0, lasting=True)
    memory.take([said], 0.0)
    memory.take([said], 10 * OLD_S)
    found = memory.readings("water", 10 * OLD_S)["open"]
    assert found.steady_s[0] == 10 * OLD_S


def test_a_value_can_be_corrected_and_does_not_go_back() -> None:
    memory = Memory()
    for at, value in ((10.0, 5.0), (10.0, 4.0), (0.0, 9.0)):
        memory.take([Value(TANK, at, value)], 20.0)
        assert memory.shown(20.0)[0].value == (4.0 if value == 9 else value)
    assert memory.shown(20.0)[0].at == 10


def test_the_same_value_again_is_no_new_one() -> None:
    memory = Memory()
    for now in (0.0, 10.0, 20.0):
        memory.take([Value(TANK, 0.0, 5.0)], now)
    (shown,) = memory.shown(20.0)
    assert shown.age_s == 20
    assert shown.stuck_s == 0
