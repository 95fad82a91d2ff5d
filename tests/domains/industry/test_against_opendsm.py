"""Both models on the meters that OpenDSM ships, of which 10 % savings are known."""

from __future__ import annotations

import logging
import warnings
from pathlib import Path

import numpy as np
import pytest

from kopa.domains.industry import engine_opendsm, savings
from kopa.domains.industry.read_meter import read_meter, read_weather
from kopa.domains.industry.savings import NINETY, Report, disagree, periods_of
from kopa.domains.industry.usage import usage
from kopa.errors import EngineError

from .samples import DATES, SAVED, write


def report(folder: Path, name: str, unit: str) -> Report:
    meter_file, weather_file = write(folder, name)
    meter, _ = read_meter(meter_file, unit)
    weather = read_weather(weather_file)
    return savings.report(meter, weather, usage(meter, weather), DATES)


@pytest.mark.parametrize(
    ("name", "unit", "model"),
    [
        ("il-electricity-cdd-hdd-daily", "kwh", "opendsm-daily"),
        ("il-gas-hdd-only-daily", "therm", "opendsm-daily"),
        ("il-gas-intercept-only-daily", "therm", "opendsm-daily"),
        ("il-electricity-cdd-hdd-hourly", "kwh", "opendsm-hourly"),
        ("il-electricity-cdd-hdd-billing_monthly", "kwh", "opendsm-billing"),
    ],
)
def test_ten_percent_is_within_both_intervals(
    tmp_path: Path, name: str, unit: str, model: str
) -> None:
    found = report(tmp_path, name, unit)
    assert found.opendsm is not None
    assert found.opendsm.model == model
    for one in (found.regression, found.opendsm):
        share, half = one.savings / one.expected, one.half[NINETY] / one.expected
        assert abs(share - SAVED) <= half, (one.model, share, half)
        assert half < 0.08
    assert found.opendsm.measured == pytest.approx(found.regression.measured, rel=1e-6)
    assert not disagree(found.regression, found.opendsm)
    assert found.verdict == "significant"
    if "gas-hdd" in name:  # simulated with a balance point of 60 °F, 15.6 °C
        assert found.fit.terms.heating == pytest.approx(15.6, abs=1)
        assert np.isnan(found.fit.terms.cooling)


def test_a_noisy_meter_of_which_both_find_less(tmp_path: Path) -> None:
    """Cooling only, CV(RMSE) 35 %: both models find 4 %, and both say that it is not sure."""
    found = report(tmp_path, "il-electricity-cdd-only-daily", "kwh")
    assert found.opendsm is not None
    assert found.opendsm.savings == pytest.approx(found.regression.savings, rel=0.2)
    assert found.verdict == "not-significant"


def test_it_is_asked_as_its_own_manual_does(tmp_path: Path) -> None:
    """What it gets is what its own loader makes of local time and hourly weather."""
    meter_file, weather_file = write(tmp_path, "il-electricity-cdd-hdd-daily")
    meter, _ = read_meter(meter_file, "kwh")
    weather = read_weather(weather_file)
    data = usage(meter, weather)
    rows = periods_of(data, DATES).before
    with engine_opendsm.quiet():
        import pandas as pd
        from opendsm import eemeter

        mine = engine_opendsm.frame("daily", meter, weather, data, rows)
        mine = eemeter.DailyBaselineData(mine, is_electricity_data=False).df
        _, air, _ = eemeter.load_sample("il-electricity-cdd-hdd-daily")
        table = pd.read_csv(meter_file)
        days = pd.to_datetime(table["start"].str[:10]).dt.tz_localize("America/Chicago")
        energy = pd.Series(table["value"].to_numpy(), days)["2015-12-27":"2016-12-25"]
        air = air.tz_convert("America/Chicago")["2015-12-27":"2016-12-25 23:00"]
        theirs = eemeter.DailyBaselineData.from_series(energy, air, is_electricity_data=False).df
    assert len(mine) == len(theirs) == 365
    for column in ("temperature", "observed"):
        assert mine[column].to_numpy() == pytest.approx(theirs[column].to_numpy(), rel=1e-12)
    for column in ("season", "weekday_weekend"):
        assert (mine[column].to_numpy() == theirs[column].to_numpy()).all()


def test_no_answer_is_told_and_nothing_leaks(tmp_path: Path) -> None:
    meter_file, weather_file = write(tmp_path, "il-gas-intercept-only-daily")
    meter, _ = read_meter(meter_file, "therm")
    weather = read_weather(weather_file)
    data = usage(meter, weather)
    nothing = np.zeros(len(data), dtype=bool)
    before = logging.root.manager.disable
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with pytest.raises(EngineError, match="OpenDSM"):
            engine_opendsm.opinion(meter, weather, data, (nothing, nothing), (0.9,))
    assert not caught
    assert logging.root.manager.disable == before
