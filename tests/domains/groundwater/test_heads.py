"""Heads and weather: a known response is found, an unknown one is not trusted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from domains.groundwater.weather import GAIN, SCALE, SHAPE, USED, made, write

from kopa.domains.groundwater.heads import Judged, judge
from kopa.domains.groundwater.read_readings import TimeSeries, read_series
from kopa.errors import InputError


@pytest.fixture(scope="module")
def series() -> tuple[TimeSeries, TimeSeries, TimeSeries]:
    return made()


@pytest.fixture(scope="module")
def judged(series: tuple[TimeSeries, TimeSeries, TimeSeries]) -> Judged:
    """The heads but the last 26 weeks, with one odd head."""
    heads, rain, evaporation = series
    values = heads.values[:-26].copy()
    values[200] += 0.3
    return judge(replace(heads, times=heads.times[:-26], values=values), rain, evaporation, 180)


def test_the_response_that_made_the_heads_is_found(judged: Judged) -> None:
    found = judged.model.parameters
    names = ("recharge_A", "recharge_n", "recharge_a", "recharge_f")
    wanted = (GAIN, SHAPE, SCALE, -USED)
    for name, value in zip(names, wanted, strict=True):
        assert found[name] == pytest.approx(value, rel=0.2), name
    assert judged.model.explained > 0.9
    assert judged.unseen > 0.85
    assert not judged.findings


def test_an_odd_head_is_told(judged: Judged, series: tuple[TimeSeries, ...]) -> None:
    assert str(series[0].times[200]) in {one.time for one in judged.anomalies}
    assert len(judged.anomalies) <= 3
    (odd,) = [one for one in judged.anomalies if one.time == str(series[0].times[200])]
    assert odd.head - odd.expected == pytest.approx(0.3, abs=0.1)


def test_the_band_holds_the_heads_that_came(judged: Judged, series: tuple[TimeSeries, ...]) -> None:
    assert judged.forecast is not None
    ahead = judged.forecast
    heads = series[0]
    rows = np.searchsorted(ahead.times, heads.times[-26:])
    rows = rows[rows < len(ahead.times)]
    came = heads.values[-26:][: len(rows)]
    inside = (ahead.low[rows] <= came) & (came <= ahead.high[rows])
    assert inside.mean() >= 0.7
    assert (ahead.high - ahead.low)[-1] > (ahead.high - ahead.low)[0]
    assert ahead.years >= 8


def test_heads_that_weather_does_not_make_are_unknown(
    series: tuple[TimeSeries, TimeSeries, TimeSeries],
) -> None:
    heads, rain, evaporation = series
    walk = np.cumsum(np.random.default_rng(3).normal(0, 0.1, len(heads.values)))
    found = judge(replace(heads, values=10 + walk), rain, evaporation, 30)
    assert found.forecast is None
    assert {one.code for one in found.findings} == {"groundwater.unexplained"}


def test_series_must_cover_one_another(series: tuple[TimeSeries, TimeSeries, TimeSeries]) -> None:
    heads, rain, evaporation = series
    short = replace(heads, times=heads.times[:50], values=heads.values[:50])
    gap = replace(rain, times=np.delete(rain.times, 100), values=np.delete(rain.values, 100))
    late = replace(evaporation, times=evaporation.times[1400:], values=evaporation.values[1400:])
    with pytest.raises(InputError) as error:
        judge(short, gap, late)
    codes = {one.code for one in error.value.findings}
    assert codes == {"groundwater.gaps", "groundwater.cover", "groundwater.short"}


def test_a_series_from_its_file(series: tuple[TimeSeries, ...], tmp_path: Path) -> None:
    found, findings = read_series(write(series[0], "head_m", tmp_path), "head_m")
    assert (found.times == series[0].times).all()
    assert found.values == pytest.approx(series[0].values, abs=1e-4)
    assert not findings


BROKEN = {
    "time,head\n2020-01-01,1\n2020-01-02,1\n": "columns",
    "time,head_m\n01.02.2020,1\n2020-01-02,1\n": "row",
    "time,head_m\n2020-01-02,1\n2020-01-01,1\n": "order",
    "time,head_m\n2020-01-01,99999\n2020-01-02,1\n": "value",
    "time,head_m\n2020-01-01,nan\n2020-01-02,1\n": "row",
    "time,head_m\n": "few",
    "": "few",
}


@pytest.mark.parametrize("text", BROKEN)
def test_broken(text: str, tmp_path: Path) -> None:
    file = tmp_path / "heads.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_series(file, "head_m")
    assert f"groundwater.{BROKEN[text]}" in {one.code for one in error.value.findings}


def test_values_that_are_missing_are_told(tmp_path: Path) -> None:
    file = tmp_path / "heads.csv"
    file.write_text("time,head_m\n2020-01-01,1\n2020-01-02,\n2020-01-03,2\n", encoding="utf-8")
    found, findings = read_series(file, "head_m")
    assert found.values.tolist() == [1, 2]
    assert [one.code for one in findings] == ["groundwater.gaps"]
