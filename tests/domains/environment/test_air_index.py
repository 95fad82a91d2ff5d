"""Index and exceedances, against counts by hand; what is missing is unknown."""

from __future__ import annotations

import numpy as np
import pytest

from kopa.domains.environment.air_index import BANDS, daily, exceedances, index, rolling
from kopa.domains.environment.read_thresholds import read_thresholds

THRESHOLDS = read_thresholds()


def state(values: dict[str, np.ndarray], name: str, first_hour: int = 0) -> tuple[str, int]:
    found = exceedances(values, THRESHOLDS, ("air_station", "road", "noise_station"), first_hour)
    (one,) = (one for one in found if one.threshold.id == name)
    return one.state, one.times


def test_bands_of_the_agency() -> None:
    """EEA, bands of 2021: NO2 0-40 good, 41-90 fair, ..., over 340 extremely poor."""
    no2 = np.array([40.0, 40.1, 90.0, 119.0, 200.0, 300.0, 341.0, np.nan])
    found = index({"no2": no2}, THRESHOLDS)
    words = [BANDS[band] if band >= 0 else "unknown" for band in found.band]
    assert words == [
        "good", "fair", "fair", "moderate", "poor", "very_poor", "extremely_poor", "unknown",
    ]  # fmt: skip


def test_the_worst_pollutant_counts_and_particles_are_daily_means() -> None:
    values = {"no2": np.full(30, 50.0), "pm10": np.full(30, 60.0), "so2": np.full(30, np.nan)}
    found = index(values, THRESHOLDS)
    # pm10 is known from the 18th hour on: three quarters of a day
    assert found.band[16] == 1
    assert found.band[17] == 3
    assert found.pollutants[found.worst[17]] == "pm10"
    assert index({"rain": np.zeros(3)}, THRESHOLDS).band.tolist() == [-1, -1, -1]


def test_rolling_means_need_three_quarters() -> None:
    values = np.array([1.0, 2, np.nan, 4, 5, 6, 7, 8, np.nan, np.nan, np.nan])
    found = rolling(values, 8)
    assert np.isnan(found[5])
    assert found[6] == pytest.approx(25 / 6)
    assert found[7] == pytest.approx(33 / 7)
    assert np.isnan(found[10])


def test_days_begin_at_midnight() -> None:
    values = np.concatenate([np.full(6, 100.0), np.full(24, 10.0)])
    found = daily(values, 18)
    assert np.isnan(found[0])
    assert found[1] == 10


def test_exceedances_are_counted_as_the_law_does() -> None:
    hours = np.full(72, 30.0)
    hours[[3, 40]] = 201.0
    assert state({"no2": hours}, "no2-hour") == ("counted", 2)
    hours[:17] = 250.0
    assert state({"no2": hours}, "no2-hour") == ("counted", 18)  # as many as the law allows
    hours[:19] = 250.0
    assert state({"no2": hours}, "no2-hour") == ("exceeded", 20)
    assert state({"no2": hours}, "no2-hour-2030") == ("exceeded", 20)
    assert state({"no2": hours}, "no2-alert") == ("below", 0)
    alert = np.full(24, 10.0)
    alert[[2, 3]] = 450.0
    assert state({"no2": alert}, "no2-alert") == ("below", 0)
    alert[4] = 401.0
    assert state({"no2": alert}, "no2-alert") == ("exceeded", 1)


def test_ozone_is_the_greatest_eight_hour_mean_of_a_day() -> None:
    hours = np.full(48, 50.0)
    hours[10:18] = 130.0
    assert state({"o3": hours}, "o3-target") == ("counted", 1)
    assert state({"o3": np.full(5, 300.0)}, "o3-target") == ("unknown", 0)


def test_a_year_needs_nine_tenths_of_its_hours() -> None:
    assert state({"no2": np.full(2000, 60.0)}, "no2-year") == ("unknown", 0)
    assert state({"no2": np.full(8760, 60.0)}, "no2-year") == ("exceeded", 1)
    assert state({"lden": np.full(8760, 54.0)}, "lden-road") == ("exceeded", 1)
    assert state({"lden": np.full(8760, 54.0)}, "lden-report") == ("below", 0)
