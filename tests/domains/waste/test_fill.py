"""Forecasts of fill levels, against series whose rule is known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from domains.waste.small import write_waste

from kopa.domains.waste import DOMAIN
from kopa.domains.waste.domain import WasteDomain
from kopa.domains.waste.fill import Forecast, daily, forecast
from kopa.domains.waste.network import Network
from kopa.domains.waste.parts import Surge
from kopa.domains.waste.read_history import History, read_history
from kopa.errors import InputError
from kopa.model import FloatArray

MONDAY = 20_003
"""2024-10-07."""
WEEK = np.array([1.4, 0.8, 0.8, 0.8, 1.2, 1.0, 1.0])


@pytest.fixture(name="town")
def _town(tmp_path: Path) -> Network:
    found, _ = DOMAIN.load(write_waste(tmp_path), tmp_path)
    assert isinstance(found, WasteDomain)
    return found.network


def levels(thrown: FloatArray, emptied: float = 0.9) -> tuple[FloatArray, FloatArray]:
    """Levels every six hours of a container that is emptied at midnight above a level."""
    times, found, level = [], [], 0.0
    for day, share in enumerate(thrown.tolist()):
        if level > emptied:
            level = 0.0
        for quarter in range(4):
            times.append(MONDAY + day + quarter / 4)
            found.append(level)
            level += share / 4
    return np.array(times), np.array(found)


def test_what_is_thrown_in_comes_back_from_levels(town: Network) -> None:
    """Emptied between 18:00 and midnight: that quarter is unknown, the day is not."""
    thrown = np.tile(0.3 * WEEK, 3)
    first, found = daily({0: levels(thrown)}, town)
    assert first == MONDAY
    assert found[:-1, 0] == pytest.approx(thrown[:-1])
    assert np.isnan(found[:, 1]).all()


def test_weekdays_are_learned(town: Network) -> None:
    history: History = {0: levels(np.tile(0.1 * WEEK, 10)), 1: levels(np.tile(0.2 * WEEK, 10))}
    told = forecast(town, np.zeros(4), MONDAY + 70, 7, history)
    for container, rate in ((0, 0.1), (1, 0.2)):
        grown = told.mid[:, container] - told.now[container]
        assert grown == pytest.approx(np.cumsum(rate * WEEK), rel=0.02)
        assert told.low[:, container] == pytest.approx(told.high[:, container], rel=0.05)
    assert told.learned.tolist() == [True, True, False, False]
    # c has no past: its rate is that of the file, and nothing is known of its range
    assert told.mid[:, 2] == pytest.approx(45 / 132 * np.arange(1, 8))
    assert np.isnan(told.low[:, 2]).all()
    assert np.isnan(told.risk[:, 2]).all()


def test_months_are_learned_after_a_year(town: Network) -> None:
    """Synthetic: half as much again in July and August. After 13 months July is known."""
    days = MONDAY + np.arange(420)
    month = days.astype("datetime64[D]").astype("datetime64[M]").astype(int) % 12
    season = np.where((month == 6) | (month == 7), 1.5, 1.0)
    thrown = 0.1 * np.resize(WEEK, 420) * season
    june = int(np.flatnonzero(month == 5)[-1]) + 1  # the first of July
    history: History = {0: levels(thrown), 1: levels(0.5 * thrown)}
    july = MONDAY + june + 365
    told = forecast(town, np.zeros(4), july, 7, history)
    weekdays = WEEK[(july - MONDAY + np.arange(7)) % 7]
    grown = told.mid[:, 0] - told.now[0]
    assert grown == pytest.approx(np.cumsum(0.15 * weekdays), rel=0.03)


def test_surges_are_taken_out_of_the_past_and_put_into_the_future(town: Network) -> None:
    thrown = np.tile(0.1 * WEEK, 6)
    thrown[10:13] *= 3
    surges = (
        Surge(MONDAY + 10, MONDAY + 12, np.array([0]), 3.0, "fair"),
        Surge(MONDAY + 43, MONDAY + 43, np.array([0, 2]), 2.0, "feast"),
    )
    festive = replace(town, surges=surges)
    told = forecast(festive, np.zeros(4), MONDAY + 42, 3, {0: levels(thrown)})
    assert told.mid[:, 0] - told.now[0] == pytest.approx([0.14, 0.30, 0.38], rel=0.02)
    assert told.mid[:, 2] == pytest.approx(45 / 132 * np.array([1, 3, 4]))


def noisy(days: int, seed: int) -> FloatArray:
    """Synthetic: a rate of 0.1, weekdays, and errors of about a third."""
    draws = np.random.default_rng(seed).gamma(9, 1 / 9, days)
    return np.asarray(0.1 * np.resize(WEEK, days) * draws)


def test_ranges_hold_what_they_promise(town: Network) -> None:
    """Eight in ten lie within, and risks are frequencies: 60 runs of three containers."""
    within, below, risks, over = [], [], [], []
    for seed in range(60):
        series = [noisy(70 + 5, 10 * seed + one) for one in range(3)]
        history: History = {row: levels(one[:70]) for row, one in enumerate(series)}
        told: Forecast = forecast(town, np.zeros(4), MONDAY + 70, 5, history)
        for row, one in enumerate(series):
            true = told.now[row] + np.cumsum(one[70:])
            within.append((true >= told.low[:, row]) & (true <= told.high[:, row]))
            below.append(true < told.mid[:, row])
            risks.append(told.risk[:, row])
            over.append(true > 1)
    assert np.mean(within) == pytest.approx(0.8, abs=0.06)
    assert np.mean(below) == pytest.approx(0.5, abs=0.08)
    risk, happened = np.array(risks), np.array(over)
    for low, high in ((0.0, 0.1), (0.1, 0.5), (0.5, 0.9), (0.9, 1.01)):
        chosen = (risk >= low) & (risk < high)
        assert happened[chosen].mean() == pytest.approx(risk[chosen].mean(), abs=0.12)


def test_a_short_past_says_nothing(town: Network) -> None:
    told = forecast(town, np.zeros(4), MONDAY + 10, 2, {0: levels(np.tile(0.1 * WEEK, 6)[:10])})
    assert told.learned.sum() == 0
    assert told.mid[0, 0] - told.now[0] == pytest.approx(40 / 132)


def test_what_is_full_already_flows_over(town: Network) -> None:
    history: History = {0: levels(noisy(70, 1), emptied=9.0), 1: levels(noisy(70, 2))}
    told = forecast(town, np.zeros(4), MONDAY + 70, 2, history)
    assert told.now[0] > 1
    assert told.risk[:, 0].tolist() == [1, 1]
    assert told.now[1] < 0.5
    assert told.risk[0, 1] == 0


def test_the_last_level_counts_for_a_week(town: Network) -> None:
    """Told on Saturday at 18:00: a rate of 0.05 a day; c's round of Friday came after its last."""
    history: History = {
        0: levels(np.full(20, 0.05), emptied=2.0),
        1: levels(np.full(2, 0.05)),
        2: levels(np.full(18, 0.05), emptied=2.0),
    }
    told = forecast(town, np.full(4, 0.2), MONDAY + 21, 1, history)
    assert told.now[0] == pytest.approx(0.05 * 21)
    assert told.now[1] == 0.2  # told three weeks ago
    assert told.now[2] == pytest.approx(0.05 * (2 + 14 / 24))
    assert told.now[3] == 0.2


def test_files_of_levels(tmp_path: Path) -> None:
    rows = {"a": 0, "b": 1}
    own, export = tmp_path / "own.csv", tmp_path / "export.csv"
    own.write_text(
        "time,container,fill\n2024-10-07T12:00,a,0.5\n2024-10-07,a,0.4\n2024-10-07,x,1\n"
    )
    found, told = read_history(own, rows)
    assert found[0][0].tolist() == [MONDAY, MONDAY + 0.5]
    assert found[0][1].tolist() == [0.4, 0.5]
    assert [one.code for one in told] == ["waste.strange"]
    export.write_text(
        "observed_at,entity,attribute,value\n2024-10-07T00:00:00Z,urn:ngsi-ld:W:b,fill,0.2\n"
        "2024-10-07T00:00:00Z,urn:ngsi-ld:W:b,temperature,20\n"
    )
    assert read_history(export, rows)[0][1][1].tolist() == [0.2]
    own.write_text("time,container,fill\nnoon,a,0.5\n2024-10-07,a,80\n2024-10-07,a,-1\n2024,b\n")
    with pytest.raises(InputError) as caught:
        read_history(own, rows)
    assert [one.place for one in caught.value.findings] == ["line 2", "line 3", "line 4", "line 5"]
    own.write_text("when,what\n")
    with pytest.raises(InputError, match="columns"):
        read_history(own, rows)
