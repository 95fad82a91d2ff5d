"""Broken files give findings, all of them, and never a traceback or a silent zero."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kopa.domains.industry.read_meter import read_meter, read_production, read_weather
from kopa.domains.industry.read_sites import read_sites
from kopa.domains.industry.usage import usage
from kopa.errors import InputError

from .plants import changed, plants, write


def meter(file: Path) -> Any:
    return read_meter(file)


READERS: dict[str, Callable[[Path], Any]] = {
    "meter": meter,
    "weather": read_weather,
    "production": read_production,
}
ROWS = "2024-01-01,1\n2024-01-02,2\n2024-01-03,3\n"
BROKEN = [
    ("meter", b"start,energy_kwh\n2024-01-01,\xff\n", {"encoding"}),
    ("meter", b"", {"column"}),
    ("meter", b"start,energy_kwh\n", {"empty"}),
    ("meter", b"energy_kwh,start\n1,2024-01-01\n", {"column"}),
    ("meter", b"start\n2024-01-01\n", {"column"}),
    ("meter", b"start,energy_kwh,energy_kwh\n2024-01-01,1,1\n", {"column"}),
    ("meter", b"start,kilowatts\n" + ROWS.encode(), {"column"}),
    ("meter", b"start,value\n" + ROWS.encode(), {"unit"}),
    ("meter", b"start,energy_kwh\n2024-13-01,1\n2024-01-02,x\n2024-01-03,1,2\n",
     {"time", "number", "cells"}),
    ("meter", b"start,energy_kwh\n2024-01-01,inf\n2024-01-02,1e300\n", {"number"}),
    ("meter", b"start,energy_kwh\n0001-01-01,1\n2024-01-02,1\n", {"span"}),
    ("meter", b"start,energy_kwh\n2024-01-01,1\n", {"spacing"}),
    ("meter", b"start,energy_kwh\n2024-01-01,1\n2024-01-08,1\n2024-01-15,1\n", {"spacing"}),
    ("meter", b"start,energy_kwh\n2024-01-01,1\n2024-01-01,2\n2024-01-02,1\n", {"twice"}),
    ("meter", b"start,energy_kwh\n2024-01-01T00:00+02:00,1\n2024-01-02,1\n", {"offset"}),
    ("meter", b"start,energy_kwh\n2024-01-01,1\n2024-01-02,-1\n2024-01-03,1\n", {"negative"}),
    ("weather", b"time,temperature\n" + ROWS.encode(), {"column"}),
    ("weather", b"time,temperature_c\n2024-01-01,99\n2024-01-02,-3\n", {"temperature"}),
    ("weather", b"time,temperature_c\n2024-01-01,9\n2024-02-01,3\n", {"spacing"}),
    ("production", b"time,tonnes\n2024-01-01,many\n", {"number"}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "codes"), BROKEN)
def test_broken_series(tmp_path: Path, kind: str, text: bytes, codes: set[str]) -> None:
    file = tmp_path / "series.csv"
    file.write_bytes(text)
    with pytest.raises(InputError) as caught:
        READERS[kind](file)
    assert {one.code.removeprefix("industry.") for one in caught.value.findings} == codes
    for one in caught.value.findings:
        assert one.file == str(file)
        assert one.do


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for read in (*READERS.values(), read_sites):
        with pytest.raises(InputError, match="cannot be read"):
            read(tmp_path / "none.csv")


def test_units_and_empty_cells(tmp_path: Path) -> None:
    file = tmp_path / "meter.csv"
    for head, unit, factor in (
        ("energy_kwh", "", 1), ("energy_mwh", "", 1000), ("energy_gj", "", 277.7778),
        ("value", "therm", 29.3001),
    ):  # fmt: skip
        file.write_text(f"start;{head}\n2024-01-01;1\n2024-01-02;\n2024-01-03;nan\n2024-01-04;2\n")
        found, told = read_meter(file, unit)
        assert told == ()
        assert found.energy == pytest.approx(
            [factor, np.nan, np.nan, 2 * factor], nan_ok=True, rel=1e-6
        )


def test_fahrenheit(tmp_path: Path) -> None:
    file = tmp_path / "weather.csv"
    file.write_text("time,temperature_f\n2024-01-01,32\n2024-01-02,14\n")
    assert read_weather(file).values[:, 0] == pytest.approx([0, -10])


def test_zero_is_told_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "meter.csv"
    file.write_text("start,energy_kwh\n2024-01-01,1\n2024-01-02,0\n2024-01-03,1\n")
    found, told = read_meter(file)
    assert [one.code for one in told] == ["industry.zero"]
    assert found.energy.tolist() == [1, 0, 1]


def test_the_last_bill_has_no_end(tmp_path: Path) -> None:
    file = tmp_path / "meter.csv"
    file.write_text("start,energy_kwh\n2024-01-01,10\n2024-02-01,20\n2024-03-01,30\n")
    found, told = read_meter(file)
    assert [one.code for one in told] == ["industry.last-interval"]
    weather = tmp_path / "weather.csv"
    days = [f"{day},1" for day in np.arange("2024-01-01", "2024-04-01", dtype="datetime64[D]")]
    weather.write_text("\n".join(["time,temperature_c", *days]))
    data = usage(found, read_weather(weather))
    assert data.days.tolist() == [31, 29]
    assert data.energy.tolist() == [10, 20]


def test_quarters_of_an_hour_and_the_change_of_clocks(tmp_path: Path) -> None:
    """On 2024-10-27 clocks of Riga go through 03:00 to 04:00 twice: the day has 25 hours."""
    file = tmp_path / "meter.csv"
    utc = np.arange("2024-10-26T21:00", "2024-10-28T22:00", 15, dtype="datetime64[m]")
    rows = []
    for time in utc:
        shift = 3 if time < np.datetime64("2024-10-27T01:00") else 2
        rows.append(f"{time + np.timedelta64(shift, 'h')}+0{shift}:00,0.25")
    file.write_text("\n".join(["start,energy_kwh", *rows]))
    weather = tmp_path / "weather.csv"
    weather.write_text("time,temperature_c\n2024-10-27,5\n2024-10-28,6\n")
    found, _ = read_meter(file)
    assert found.spacing == "hourly"
    data = usage(found, read_weather(weather))
    assert data.energy.tolist() == [25, 24]
    assert data.weekend.tolist() == [1, 0]  # a Sunday
    file.write_text("\n".join(["start,energy_kwh", *rows[:50], *rows[51:]]))  # a quarter less
    energy = usage(read_meter(file)[0], read_weather(weather)).energy
    assert np.isnan(energy[0])
    assert energy[1] == 24
    naive = [row.replace("+03:00", "").replace("+02:00", "") for row in rows]
    file.write_text("\n".join(["start,energy_kwh", *naive]))
    with pytest.raises(InputError, match="write the offset"):
        read_meter(file)


def test_the_day_of_23_hours(tmp_path: Path) -> None:
    """2024-03-31 has 23 hours in Riga; without offsets nobody knows that, and it is unknown."""
    file, weather = tmp_path / "meter.csv", tmp_path / "weather.csv"
    rows = []
    for time in np.arange("2024-03-30T22:00", "2024-04-01T21:00", 60, dtype="datetime64[m]"):
        shift = 2 if time < np.datetime64("2024-03-31T01:00") else 3
        rows.append(f"{time + np.timedelta64(shift, 'h')}+0{shift}:00,1")
    weather.write_text("time,temperature_c\n2024-03-31,5\n2024-04-01,6\n")
    file.write_text("\n".join(["start,energy_kwh", *rows]))
    data = usage(read_meter(file)[0], read_weather(weather))
    assert data.energy.tolist() == [23, 24]
    naive = [row.replace("+03:00", "").replace("+02:00", "") for row in rows]
    file.write_text("\n".join(["start,energy_kwh", *naive]))
    data = usage(read_meter(file)[0], read_weather(weather))
    assert data.known.tolist() == [False, True]


def test_weather_in_utc_is_taken_by_the_clock_of_the_meter(tmp_path: Path) -> None:
    meter_file, weather = tmp_path / "meter.csv", tmp_path / "weather.csv"
    meter_file.write_text(
        "start,energy_kwh\n" + "".join(f"2024-01-0{d}T00:00+02:00,1\n" for d in range(1, 4))
    )
    hours = np.arange("2023-12-31T22:00", "2024-01-03T22:00", 60, dtype="datetime64[m]")
    rows = [f"{time}Z,{1 + n // 24}" for n, time in enumerate(hours)]
    weather.write_text("\n".join(["time,temperature_c", *rows]))
    data = usage(read_meter(meter_file)[0], read_weather(weather))
    assert data.temperature.tolist() == [1, 2, 3]


def test_production_must_have_the_days_or_the_bills(tmp_path: Path) -> None:
    meter_file, weather = tmp_path / "meter.csv", tmp_path / "weather.csv"
    made = tmp_path / "production.csv"
    meter_file.write_text("start,energy_kwh\n" + ROWS)
    weather.write_text("time,temperature_c\n" + ROWS)
    made.write_text("date,tonnes\n2024-01-01,5\n2024-02-01,5\n")
    with pytest.raises(InputError, match="by the intervals of the meter"):
        usage(read_meter(meter_file)[0], read_weather(weather), read_production(made))
    made.write_text("date,tonnes\n2024-01-01,5\n2024-01-03,6\n2024-01-02,\n")
    data = usage(read_meter(meter_file)[0], read_weather(weather), read_production(made))
    assert data.known.tolist() == [True, False, True]


def test_plants(tmp_path: Path) -> None:
    found, told = read_sites(write(tmp_path))
    assert told == ()
    assert found.assets.ids == ("dairy", "mill")
    assert found.power.tolist() == [400, 150]
    assert found.needing("heat").tolist() == [0]
    assert found.needing("electricity").tolist() == [0, 1]
    assert np.isnan(found.value[1])
    _, told = read_sites(write(tmp_path, changed("mill", restart_h=None, idle_share=None)))
    assert {one.place for one in told} == {"idle_share", "restart_h"}
    assert {one.severity for one in told} == {"warning"}


SITES: list[tuple[Any, set[str]]] = [
    ({"type": "FeatureCollection", "features": []}, {"empty"}),
    ([1], {"geojson"}),
    ([{"type": "Feature"}], {"feature"}),
    (changed("mill", kind="plant"), {"kind"}),
    (changed("mill", id="dairy"), {"duplicate"}),
    (changed("mill", electricity_kw=None, id=None), {"missing"}),
    (changed("mill", electricity_kw=-1, restart_h="two", needs_heat="yes"), {"value"}),
    ([plants()[0] | {"geometry": None}], {"geometry"}),
    ([plants()[0] | {"geometry": {"type": "Point", "coordinates": [1]}}], {"geometry"}),
]


@pytest.mark.parametrize(("features", "codes"), SITES)
def test_broken_plants(tmp_path: Path, features: Any, codes: set[str]) -> None:
    import json

    file = write(tmp_path, features if isinstance(features, list) else [])
    if codes == {"geojson"}:
        file.write_text(json.dumps(features))
    with pytest.raises(InputError) as caught:
        read_sites(file)
    assert {one.code.removeprefix("industry.") for one in caught.value.findings} == codes
    if codes == {"value"}:
        assert len(caught.value.findings) == 3


@pytest.mark.parametrize("text", [b"\xff", b"{", b"[" * 100_000])
def test_plants_that_are_no_json(tmp_path: Path, text: bytes) -> None:
    file = tmp_path / "sites.geojson"
    file.write_bytes(text)
    with pytest.raises(InputError):
        read_sites(file)
