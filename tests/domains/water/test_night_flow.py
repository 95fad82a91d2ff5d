"""Night-flow balance against calculations by hand, and its alarms against chance."""

from __future__ import annotations

import datetime
import math
from pathlib import Path

import numpy as np
import pytest
from domains.water.test_cli import call
from schemas import valid

from kopa.domains.water.night_flow import (
    Settings,
    Zone,
    balance,
    night_flow,
)
from kopa.domains.water.night_trend import Alarm, steps_of, trend_of
from kopa.domains.water.read_flows import Series, read_series
from kopa.domains.water.read_zones import read_zones
from kopa.errors import InputError, UsageError

START = np.datetime64("2024-03-01T00:00:00", "s")


def hourly(days: int) -> np.ndarray:
    return START + np.arange(days * 24) * np.timedelta64(3600, "s")


def nights(many: int) -> list[datetime.date]:
    return [datetime.date(2024, 3, 1) + datetime.timedelta(days=n) for n in range(many)]


def day_of(night: float, day: float) -> np.ndarray:
    """A day's flow, m³/h: at 03:00 it is least."""
    flow = np.full(24, day)
    flow[2:4] = night + 2, night
    return flow


def test_a_balance_by_hand() -> None:
    """40 m³/h at 03:00; 2,000 connections at 1.7 L/h and a mill at 6.6 m³/h leave 30 m³/h."""
    series = Series(("Z",), hourly(10), np.tile(day_of(40, 100), 10)[:, None] / 3600)
    zone = Zone("Z", 2000, None, 30, 10, 40, exceptional_m3_h=6.6, hour_day_factor=20)
    (found,) = balance(series, [zone], Settings(per_connection=1.7))
    assert found.present == pytest.approx(40)
    assert found.legitimate == pytest.approx(10)
    assert found.leakage == pytest.approx(30)
    assert found.leakage_day == pytest.approx(600)
    # (18 * 30 + 0.8 * 2000 + 25 * 10) * 40 = 95,600 L/day
    assert found.unavoidable_day == pytest.approx(95.6)
    assert found.ili == pytest.approx(600 / 95.6)
    assert found.unknown == ()
    assert found.steps == ()
    assert found.trend is not None
    assert not found.trend.real


def test_the_hour_day_factor_by_hand() -> None:
    """64 m at night and 16 m in the other 22 hours: 2 + 22 * 0.25^N1."""
    pressure = np.full(24, 16.0)
    pressure[2:4] = 64
    flows = Series(("Z",), hourly(8), np.full((8 * 24, 1), 0.01))
    heads = Series(("Z",), hourly(8), np.tile(pressure, 8)[:, None])
    for n1, factor in ((0.5, 13.0), (1.0, 7.5), (1.5, 4.75)):
        settings = Settings(per_person=0.6, n1=n1)
        (found,) = balance(flows, [Zone("Z", people=10_000)], settings, heads)
        assert found.hour_day_factor == pytest.approx(factor)
        assert found.leakage == pytest.approx(36 - 6)
        assert found.leakage_day == pytest.approx(30 * factor)


def test_what_is_not_given_is_unknown() -> None:
    series = Series(("Z",), hourly(10), np.full((240, 1), 0.01))
    (found,) = balance(series, [], Settings())
    assert found.present == pytest.approx(36)
    assert all(
        math.isnan(value)
        for value in (found.legitimate, found.leakage, found.leakage_day, found.ili)
    )
    assert len(found.unknown) == 3
    (found,) = balance(series, [Zone("Z")], Settings(per_connection=1.7))
    assert "the number of connections is not given" in found.unknown
    (found,) = balance(series, [Zone("Z", people=1e6)], Settings(per_person=0.6))
    assert math.isnan(found.leakage)
    assert any("more than all" in reason for reason in found.unknown)


def test_a_night_needs_half_of_its_readings() -> None:
    times = START + np.arange(3 * 96) * np.timedelta64(900, "s")
    flow = np.full(len(times), 5.0)
    flow[96 + 8 : 96 + 11] = np.nan  # three of four quarters of an hour in the second night
    flow[2 * 96 + 8 : 2 * 96 + 10] = np.nan
    _, found = night_flow(times, flow, Settings())
    assert found[0] == found[2] == 5
    assert math.isnan(found[1])


def test_a_step_is_found_and_a_mend_as_well() -> None:
    noise = np.random.default_rng(1).normal(0, 0.5, 60)
    flow = 30 + noise
    flow[25:45] += 6
    flow[10] += 6  # one night of a filling pool is no step
    flow[30] = np.nan
    up, down = steps_of(nights(60), flow, Alarm())
    assert up.night == nights(60)[25]
    assert up.after - up.before == pytest.approx(6, abs=1)
    assert down.night == nights(60)[45]
    assert down.after < down.before


def test_noise_alone_gives_next_to_no_alarm() -> None:
    """40 series of 90 nights, 5 % of normal noise: no more than two have any step."""
    rows = [
        steps_of(nights(90), np.random.default_rng(seed).normal(100, 5, 90), Alarm())
        for seed in range(40)
    ]
    assert sum(bool(row) for row in rows) <= 2


def test_a_trend_by_hand() -> None:
    """0.1 m³/h a day for 5 days: z = (10 - 1) / sqrt(5 * 4 * 15 / 18)."""
    found = trend_of(nights(5), 20 + 0.1 * np.arange(5))
    assert found is not None
    assert found.slope == pytest.approx(0.1)
    assert found.z == pytest.approx(9 / math.sqrt(300 / 18))
    assert found.real
    assert trend_of(nights(3), np.arange(3.0)) is None


def test_a_trend_against_scipy() -> None:
    stats = pytest.importorskip("scipy.stats")
    flow = np.random.default_rng(3).normal(20, 1, 30) + 0.05 * np.arange(30)
    found = trend_of(nights(30), flow)
    assert found is not None
    assert found.slope == pytest.approx(stats.theilslopes(flow, np.arange(30)).slope)


FLOWS = "time,North,South\n" + "".join(
    f"2024-03-{day:02d}T{hour:02d}:00,{flow / 3.6:.4f},{10 if day < 12 else ''}\n"
    for day in range(1, 21)
    for hour, flow in enumerate(day_of(20 if day < 15 else 30, 60))
)
ZONES = "zone,connections,mains_km,service_km,pressure_m,hour_day_factor\nNorth,3500,40,0,35,21\n"


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    (tmp_path / "flows.csv").write_text(FLOWS)
    (tmp_path / "zones.csv").write_text(ZONES + "East,1,,,,\n")
    words = ["--unit", "L/s", "--zones", str(tmp_path / "zones.csv"), "--per-connection", "1.7"]
    return [str(tmp_path / "flows.csv"), *words]


def test_night_flow(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert call("night-flow", *files, "--json") == 0
    found = valid("water-night-flow", capsys.readouterr().out)
    north, south = found["zones"]
    assert north["night_flow_m3_h"] == pytest.approx(30, abs=1e-3)
    assert north["leakage_m3_h"] == pytest.approx(30 - 5.95, abs=1e-3)
    assert north["ili"] == pytest.approx(24.05 * 21 / ((720 + 2800) * 35 / 1000), rel=1e-3)
    assert [step["night"] for step in north["steps"]] == ["2024-03-15"]
    assert south["leakage_m3_h"] is None
    assert found["status"] == "partial"
    codes = {finding["code"] for finding in found["findings"]}
    assert codes == {"water.night-flow-up", "water.night-flow-zone"}
    assert call("night-flow", *files) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "rises from 20 to 30" in text
    assert "South: the number of connections is not given." in text
    # South has no readings since the 12th: nothing says how it stands
    assert south["night_flow_m3_h"] is None
    assert "South: none of the last 7 nights has enough readings." in text


def test_the_clock_of_times_with_an_offset(tmp_path: Path) -> None:
    import zoneinfo

    file = tmp_path / "flows.csv"
    file.write_text("time,Z\n2024-01-01T00:00Z,1\n2024-01-01T01:00+00:00,2\n2024-01-01T02:00Z,\n")
    series, _ = read_series(file, 1.0, zoneinfo.ZoneInfo("Europe/Riga"))
    assert str(series.times[0]) == "2024-01-01T02:00:00"
    assert np.isnan(series.values[2, 0])


def test_the_hour_that_comes_twice_is_told(tmp_path: Path) -> None:
    file = tmp_path / "flows.csv"
    file.write_text("time,Z\n2024-01-01T00:00,1\n2024-01-01T00:00,2\n")
    assert [note.code for note in read_series(file, 1.0)[1]] == ["water.series-twice"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("when,Z\n2024-01-01T00:00,1\n", "column"),
        ("time\n2024-01-01T00:00\n", "column"),
        ("time,Z,z\n2024-01-01T00:00,1,2\n", "column"),
        ("time,Z\nyesterday,1\n", "time"),
        ("time,Z\n2024-01-01T00:00,much\n", "number"),
        ("time,Z\n2024-01-01T00:00,1e999\n", "number"),
        ("time,Z\n2024-01-01T00:00\n", "values"),
        ('time,Z\n"2024', "values"),
    ],
)
def test_broken_series(tmp_path: Path, text: str, code: str) -> None:
    file = tmp_path / "flows.csv"
    file.write_text(text)
    with pytest.raises(InputError) as told:
        read_series(file, 1.0)
    assert f"water.series-{code}" in {finding.code for finding in told.value.findings}


def test_broken_zones(tmp_path: Path) -> None:
    file = tmp_path / "zones.csv"
    file.write_text("zone,connections,colour\nA,many,red\nA,1,\n,2,\n")
    with pytest.raises(InputError) as told:
        read_zones(file)
    codes = sorted(finding.code.rpartition("-")[2] for finding in told.value.findings)
    assert codes == ["column", "number", "zone", "zone"]


@pytest.mark.parametrize(
    "words",
    [
        ("--unit", "m"),
        ("--unit", "buckets"),
        ("--unit", "L/s", "--night", "4-2"),
        ("--unit", "L/s", "--n1", "-1"),
        ("--unit", "L/s", "--timezone", "Mars/Base"),
    ],
)
def test_wrong_usage(files: list[str], words: tuple[str, ...]) -> None:
    with pytest.raises(UsageError):
        call("night-flow", files[0], *words)
