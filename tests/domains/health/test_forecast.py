"""Arrivals to come: the calendar, the model, its range, and `kopa health forecast`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from domains.health.jobs import runner

from kopa.domains.health import cli_forecast
from kopa.domains.health.arrivals import LEAST_DAYS, _Model, calendar, features, fit, forecast
from kopa.domains.health.erlang import staff
from kopa.domains.health.holidays import easter, holidays
from kopa.domains.health.synthetic import Synthetic, csv_of, synthetic


@pytest.mark.parametrize(
    "day", [date(1961, 4, 2), date(2000, 4, 23), date(2024, 3, 31), date(2025, 4, 20),
            date(2026, 4, 5), date(2027, 3, 28), date(2038, 4, 25)],
)  # fmt: skip
def test_easter(day: date) -> None:
    assert easter(day.year) == day


def test_latvian_holidays_of_2024() -> None:
    """As the State Chancellery lists them; 4 May was a Saturday: Monday the 6th was free."""
    told = {
        (1, 1), (3, 29), (3, 31), (4, 1), (5, 1), (5, 4), (5, 6), (5, 12), (5, 19), (6, 23),
        (6, 24), (11, 18), (12, 24), (12, 25), (12, 26), (12, 31),
    }  # fmt: skip
    assert {(day.month, day.day) for day in holidays(2024, "LV")} == told
    assert holidays(2024, "XX") == frozenset()


def test_a_regression_finds_what_made_the_counts() -> None:
    """Means by kind of day, drawn without noise, come back; gaps teach nothing."""
    days = calendar(date(2024, 1, 1), 140, 1, {date(2024, 2, 7)})
    x = features(days, int(days.number[0]), 140)
    truth = np.log(50) + x[:, 1:] @ np.linspace(-0.3, 0.3, x.shape[1] - 1)
    y = np.exp(truth)
    y[[5, 60]] = np.nan
    assert np.exp(x @ fit(x, y)) == pytest.approx(np.exp(truth), rel=1e-3)
    assert days.holiday.sum() == 1


@pytest.fixture(name="drawn", scope="module")
def _drawn() -> Synthetic:
    return synthetic(11, days=420)


def test_arrivals_by_day_are_told_better_than_by_the_week_before(drawn: Synthetic) -> None:
    y = drawn.arrivals.reshape(-1, 24).sum(axis=1)
    free = holidays(2024, "LV") | holidays(2025, "LV")
    expected, tried = forecast(y, calendar(drawn.first, 427, 1, free), 7)
    assert tried.error < 0.9 * tried.naive
    assert 0.68 <= tried.inside <= 0.92
    assert expected.mid.shape == (7,)
    assert (expected.low < expected.mid).all()
    assert (expected.mid < expected.high).all()


def test_no_day_that_is_tried_was_seen(drawn: Synthetic) -> None:
    """What came later moves no earlier forecast: held-out days ten times as high are missed."""
    y = drawn.arrivals.reshape(-1, 24).sum(axis=1)[:200]
    days = calendar(drawn.first, 207, 1, holidays(2024, "LV"))
    _, usual = forecast(y, days, 7)
    late = y.copy()
    late[-7:] *= 10
    _, struck = forecast(late, days, 7)
    assert struck.error > 3 * usual.error
    assert struck.inside < usual.inside


def test_a_forecast_knows_nothing_of_later_days(drawn: Synthetic) -> None:
    y = drawn.arrivals[: 120 * 24]
    days = calendar(drawn.first, 127, 24, ())
    later = y.copy()
    later[100 * 24 :] *= 3
    told = [_Model.of(some, days, 100).from_days(some, np.array([100]), 7) for some in (y, later)]
    assert np.array_equal(*told)
    earlier = y.copy()
    earlier[99 * 24 : 100 * 24] *= 3
    assert not np.array_equal(
        told[0], _Model.of(y, days, 100).from_days(earlier, np.array([100]), 7)
    )


Run = Callable[..., tuple[int, Any]]


@pytest.fixture(name="run")
def _run(capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(capsys, cli_forecast, "forecast")


def test_the_job_by_hour_with_staff(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    made = synthetic(5, days=112)
    text = csv_of(made).replace(
        "time,arrivals\n2024-01-01T00:00,", "time,arrivals\n2024-01-01T00:00,"
    )
    file.write_text(text, "utf-8")
    code, found = run(file, "--days", 2, "--minutes", 25, "--json")
    assert (code, found["status"], found["step_h"], found["past_days"]) == (0, "ok", 1, 112)
    rows = found["forecast"]
    assert len(rows) == 48
    assert rows[0]["time"] == "2024-04-22T00:00"
    assert found["tried"]["better"] > 0.15
    assert 0.7 < found["tried"]["inside"] < 0.9
    busy = rows[11]
    assert busy["staff"] == staff(busy["mid"], 25, 10, 0.9).servers
    assert busy["staff_high"] >= busy["staff"] > 0
    # the shape of a day is found again
    mean = made.mean.reshape(-1, 24).mean(axis=0)
    assert np.corrcoef([row["mid"] for row in rows[:24]], mean)[0, 1] > 0.97


def test_the_job_by_day_and_its_holidays(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    first = np.datetime64("2025-08-24")
    lines = [f"{first + day}T00:00,{100 + 10 * (day % 7) + day % 3}" for day in range(120)]
    lines[40] = lines[40].partition(",")[0] + ","
    file.write_text("\n".join(["time,arrivals", *lines, ""]), "utf-8")
    code, found = run(file, "--minutes", 20, "--json")
    assert code == 0
    assert [row["holiday"] for row in found["forecast"]] == [False] * 2 + [True] * 3 + [False] * 2
    assert found["forecast"][0]["staff"] is None
    codes = {one["code"] for one in found["findings"]}
    assert codes >= {"health.filled", "health.forecast-days"}
    code, text = run(file)
    assert "kept back" in text


def test_parts_of_days_are_left_out(run: Run, tmp_path: Path) -> None:
    """A past from noon to noon has its first whole day after 12 hours."""
    file = tmp_path / "a.csv"
    begin = np.datetime64("2025-03-01T12:00")
    lines = [f"{begin + np.timedelta64(n, 'h')},{3 + n % 24}" for n in range(24 * 80)]
    file.write_text("\n".join(["time,arrivals", *lines, ""]), "utf-8")
    _, found = run(file, "--days", 1, "--json")
    assert found["past_days"] == 79
    assert found["forecast"][0]["time"] == "2025-05-20T00:00"
    # what begins at midnight in the file has 3 + 12 at its head
    assert found["forecast"][0]["mid"] == pytest.approx(15, rel=0.05)


HOURS = [f"2026-01-{day:02d}T{hour:02d}:00,5" for day in range(1, 29) for hour in range(24)]
WRONG = {
    "no file": ("", "health.no-file"),
    "no column": ("time,people\n2026-01-01,3\n2026-01-02,3\n", "health.columns"),
    "no time": ("time,arrivals\nnoon,3\nlater,4\n", "health.time"),
    "an offset": ("time,arrivals\n2026-01-01T00:00Z,3\n2026-01-01T01:00Z,3\n", "health.time"),
    "half hours": ("time,arrivals\n2026-01-01T00:00,3\n2026-01-01T00:30,3\n", "health.step"),
    "a gap": ("\n".join(["time,arrivals", *HOURS[:50], *HOURS[51:]]), "health.step"),
    "twice": ("\n".join(["time,arrivals", *HOURS[:50], *HOURS[49:]]), "health.step"),
    "too few": ("\n".join(["time,arrivals", *HOURS]), "health.short"),
    "few hours from noon": (
        "time,arrivals\n2026-01-01T12:00,3\n2026-01-01T13:00,3\n",
        "health.short",
    ),
    "the year 9999": ("time,arrivals\n9999-12-30,3\n9999-12-31,3\n", "health.time"),
    "half past": (
        "\n".join(["time,arrivals", *(row.replace(":00,", ":30,") for row in HOURS)]),
        "health.step",
    ),
    "half a person": ("time,arrivals\n2026-01-01,3.5\n2026-01-02,3\n", "health.value"),
    "below zero": ("time,arrivals\n2026-01-01,-3\n2026-01-02,3\n", "health.value"),
    "a word": ("time,arrivals\n2026-01-01,many\n2026-01-02,3\n", "health.value"),
    "one row": ("time,arrivals\n2026-01-01,3\n", "health.empty"),
    "not UTF-8": ("\udcff", "health.encoding"),
}


@pytest.mark.parametrize("case", WRONG)
def test_arrivals_that_are_wrong(run: Run, tmp_path: Path, case: str) -> None:
    text, code = WRONG[case]
    file = tmp_path / "a.csv"
    if text:
        file.write_text(text, "utf-8", errors="surrogateescape")
    exit_code, found = run(file, "--json")
    assert (exit_code, found["status"]) == (1, "unknown")
    assert code in [one["code"] for one in found["findings"]]


@pytest.mark.parametrize("value", ["", "0"])
def test_a_past_that_says_nothing(run: Run, tmp_path: Path, value: str) -> None:
    file = tmp_path / "a.csv"
    days = [f"{np.datetime64('2026-01-01') + day},{value}" for day in range(LEAST_DAYS + 9)]
    file.write_text("\n".join(["time,arrivals", *days]), "utf-8")
    code, found = run(file, "--json")
    assert code == 1
    assert found["findings"][0]["code"] == ("health.empty" if value else "health.columns")
