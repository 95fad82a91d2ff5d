"""Heat, cold and air: levels by hand, what is unknown, people at risk."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from domains.health.jobs import runner
from domains.health.small import collection, homes

from kopa.domains.health import cli_warnings
from kopa.domains.health.engine_pythermalcomfort import VAPOUR, felt
from kopa.domains.health.hazards import at_risk, levels, running_mean, spells


def test_the_index_is_the_published_one() -> None:
    """UTCI of 25 °C in the shade, 1 m/s, 50 %: 24.6; of 40 °C at radiant 25: 40.4 less radiant."""
    found = felt(*(np.array([value]) for value in (25.0, 25.0, 1.0, 50.0)))
    assert found.utci[0] == pytest.approx(24.6, abs=0.05)
    assert found.reasons == ("",)


def test_beyond_its_range_it_is_unknown_with_a_reason() -> None:
    air = np.array([51.0, 20, 20, 20, 20, np.nan, 45])
    radiant = np.array([51.0, 95, 20, 20, 20, 20, 45])
    wind = np.array([1.0, 1, 0.4, 17.5, 1, 1, 1])
    humidity = np.array([50.0, 50, 50, 50, 101, 50, 90])
    found = felt(air, radiant, wind, humidity)
    assert np.isnan(found.utci).all()
    assert [one.split(" is ")[0] for one in found.reasons[:-1]] == [
        "temperature_c", "radiant less air temperature", "wind_m_s", "wind_m_s",
        "humidity_percent", "temperature_c",
    ]  # fmt: skip
    assert found.reasons[-1] == VAPOUR


def test_means_over_hours_need_three_of_four() -> None:
    values = np.arange(10.0)
    values[3:5] = np.nan
    found = running_mean(values, 4)
    expected = [np.nan, np.nan, 1, 1, np.nan, np.nan, np.nan, 6, 6.5, 7.5]
    assert found == pytest.approx(np.array(expected), nan_ok=True)
    assert running_mean(values, 1) is values


def test_spells_by_hand() -> None:
    """UTCI 31.9 is no heat, 32 strong, 38 very strong, 46 extreme; -13 no cold."""
    utci = np.array([31.9, 32, 37.9, 38, np.nan, 46, 20, -13, -13.1, -27.1, -41])
    told = [
        (s.level.hazard, s.level.severity, s.first, s.last, s.peak) for s in spells({"utci": utci})
    ]
    assert told == [
        ("heat", 1, 1, 2, 37.9), ("heat", 2, 3, 3, 38), ("heat", 3, 5, 5, 46),
        ("cold", 1, 8, 8, -13.1), ("cold", 2, 9, 9, -27.1), ("cold", 3, 10, 10, -41),
    ]  # fmt: skip


def test_every_level_has_a_source_and_they_join() -> None:
    for one in levels():
        assert len(one.source) > 10, one
        assert one.source != "same"
        assert one.low < one.high
    for key in {(one.hazard, one.quantity, one.hours) for one in levels()}:
        some = sorted((one.low, one.high) for one in levels()
                      if (one.hazard, one.quantity, one.hours) == key)  # fmt: skip
        assert all(a[1] == b[0] for a, b in pairwise(some)), key


def test_people_at_risk_by_age() -> None:
    groups = {"0-14": 20.0, "15-64": 60.0, "65-79": 8.0, "80+": 4.0}
    assert at_risk("heat", groups) == 12
    assert at_risk("air", groups) == 32
    assert np.isnan(at_risk("air", {"women": 5.0}))


@pytest.mark.parametrize(
    ("groups", "heat", "air"),
    [
        ({"<65": 80.0, "65+": 20.0}, 20, np.nan),
        ({"<15": 30.0, "15-64": 50.0, "65+": 20.0}, 20, 50),
        ({"under 15": 30.0, "60+": 20.0}, np.nan, np.nan),
        ({"0-17": 30.0, "18-64": 50.0, "65+": 20.0}, 20, np.nan),
    ],
)
def test_bands_that_lie_across_the_age(groups: dict[str, float], heat: float, air: float) -> None:
    found = [at_risk("heat", groups), at_risk("air", groups)]
    assert found == pytest.approx([heat, air], nan_ok=True)


Run = Callable[..., tuple[int, Any]]


@pytest.fixture(name="run")
def _run(capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(capsys, cli_warnings, "warnings")


def weather(rows: list[str], head: str) -> str:
    lines = [f"2026-07-{1 + n // 24:02d}T{n % 24:02d}:00,{row}" for n, row in enumerate(rows)]
    return "\n".join([f"time,{head}", *lines, ""])


def test_the_job(run: Run, tmp_path: Path) -> None:
    """Two hours of 38 °C among calm ones, and a day of 60 µg/m³ of PM2.5."""
    file, people = tmp_path / "w.csv", tmp_path / "r.geojson"
    rows = ["20,50,1,60"] * 22 + ["38,60,1,60"] * 2 + ["20,50,0.1,"]
    file.write_text(weather(rows, "temperature_c,humidity_percent,wind_m_s,pm2_5"), "utf-8")
    people.write_text(collection(homes()), "utf-8")
    code, found = run(file, "--residents", people, "--json")
    assert (code, found["status"]) == (0, "partial")
    heat = [one for one in found["warnings"] if one["hazard"] == "heat"]
    assert [(one["from"], one["to"]) for one in heat] == [("2026-07-01T22:00", "2026-07-01T23:00")]
    assert heat[0]["severity"] == 2
    assert heat[0]["at_risk"] == 37
    air = [one for one in found["warnings"] if one["hazard"] == "air"]
    assert [one["level"] for one in air] == ["above interim target 3"]
    assert air[0]["from"] == "2026-07-01T17:00"  # 18 of 24 hours are known
    assert air[0]["at_risk"] == 37 + 25
    assert found["unknown_hours"] == {"pm2_5": 1, "utci": 1}
    assert found["utci"][24]["utci_c"] is None
    assert found["utci"][24]["unknown"] == "wind_m_s is not from 0.5 to 17"
    codes = {one["code"] for one in found["findings"]}
    assert codes == {"health.shade", "health.utci-range", "health.short"}
    code, text = run(file, "--lang", "lv")
    assert "karstums" in text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (weather(["x"] * 3, "temperature_c"), "health.value"),
        (weather(["999"] * 3, "temperature_c"), "health.value"),
        (weather([""] * 3, "temperature_c"), "health.empty"),
        ("time,o3\n2026-01-01,3\n2026-01-02,3\n", "health.step"),
        ("time,o3\n", "health.empty"),
    ],
)
def test_weather_that_is_wrong(run: Run, tmp_path: Path, text: str, code: str) -> None:
    file = tmp_path / "w.csv"
    file.write_text(text, "utf-8")
    exit_code, found = run(file, "--json")
    assert (exit_code, found["status"]) == (1, "unknown")
    assert code in [one["code"] for one in found["findings"]]


def test_columns_that_are_missing_are_told(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "w.csv"
    file.write_text(weather(["20", "21"], "temperature_c"), "utf-8")
    _, found = run(file, "--json")
    assert found["utci"] is None
    assert "health.no-utci" in [one["code"] for one in found["findings"]]


def test_a_mean_that_is_never_known_is_no_all_clear(run: Run, tmp_path: Path) -> None:
    """Eight hours of 500 µg/m³ make no mean of 24: that is unknown, and told."""
    file = tmp_path / "w.csv"
    file.write_text(weather(["500"] * 8, "pm2_5"), "utf-8")
    code, found = run(file, "--json")
    assert (code, found["status"], found["warnings"]) == (0, "partial", [])
    assert "health.short" in {one["code"] for one in found["findings"]}


def test_homes_without_bands_beside_others_are_told(run: Run, tmp_path: Path) -> None:
    file, people = tmp_path / "w.csv", tmp_path / "r.geojson"
    file.write_text(weather(["500"] * 24, "pm2_5"), "utf-8")
    some = homes()
    del some[0]["properties"]["groups"]
    people.write_text(collection(some), "utf-8")
    found = run(file, "--residents", people, "--json")[1]
    assert "health.groups" in {one["code"] for one in found["findings"]}
