"""Weather and heads of a known response, made for tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.signal import fftconvolve
from scipy.stats import gamma

from kopa.domains.groundwater.read_readings import TimeSeries

GAIN, SHAPE, SCALE, USED, FADES = 0.4, 1.2, 80.0, 0.8, 20.0
"""Of the gamma response, m/mm and d; share of evaporation that takes from recharge; memory, d."""


def made(years: int = 10) -> tuple[TimeSeries, TimeSeries, TimeSeries]:
    """Weekly heads of the last years, and daily precipitation and evaporation of four more."""
    days = 365 * (years + 4)
    random = np.random.default_rng(1)
    times = (np.datetime64("2008-01-01") + np.arange(days)).astype("datetime64[s]")
    rain = random.gamma(0.25, 8.0, days)
    evaporation = np.maximum(0, 1.5 + 1.5 * np.sin(2 * np.pi * (np.arange(days) - 100) / 365.25))
    step = GAIN * gamma.cdf(np.arange(1500), SHAPE, scale=SCALE)
    heads = 10 + fftconvolve(rain - USED * evaporation, np.diff(step))[:days]
    noise = np.zeros(days)
    for day in range(1, days):
        noise[day] = noise[day - 1] * np.exp(-1 / FADES) + random.normal(0, 0.008)
    chosen = slice(365 * 4, None, 7)
    return (
        TimeSeries(Path("heads.csv"), times[chosen], (heads + noise)[chosen]),
        TimeSeries(Path("precipitation.csv"), times, rain),
        TimeSeries(Path("evaporation.csv"), times, evaporation),
    )


def write(series: TimeSeries, column: str, folder: Path) -> Path:
    """A series as CSV."""
    file = folder / series.file.name
    rows = zip(np.datetime_as_string(series.times, "D"), series.values, strict=True)
    lines = [f"time,{column}", *(f"{time},{value:.4f}" for time, value in rows)]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file
