"""Synthetic arrivals at an emergency department: not measured, for trials and benchmarks only.

Counts are drawn from a negative binomial whose mean has the shape of a day, weekdays, a season,
holidays, a slow trend and a level that wanders from day to day. Numbers are of our own choosing,
of the size that emergency departments report; no hospital stands behind them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from kopa.model import FloatArray

from .holidays import holidays

_HOURS = np.array(
    [3.2, 2.6, 2.2, 1.9, 1.8, 2.0, 2.6, 3.6, 5.2, 6.8, 7.8, 8.0,
     7.8, 7.5, 7.2, 7.0, 6.9, 6.9, 6.8, 6.5, 6.0, 5.3, 4.6, 3.9]
)  # fmt: skip
_WEEKDAYS = np.array([1.12, 1.03, 1.0, 0.99, 1.01, 0.94, 0.91])
SPREAD, WANDER, STAYS = 0.03, 0.03, 0.85
"""Variance beyond Poisson over the mean squared, day-to-day move of the level, and its memory."""


@dataclass(frozen=True)
class Synthetic:
    """Arrivals by hour.

    Parameters
    ----------
    first
        First day.
    arrivals, mean
        Drawn, and what they were drawn around, shape (hour,).
    """

    first: date
    arrivals: FloatArray
    mean: FloatArray


def synthetic(seed: int, days: int = 730, per_day: float = 120.0, country: str = "LV") -> Synthetic:
    """Draw a series.

    Parameters
    ----------
    seed
        Of all that is drawn.
    days, per_day
        Its length, and arrivals on a mean day.
    country
        Whose holidays it has.
    """
    random = np.random.default_rng(seed)
    first = date(2024, 1, 1)
    level, mean = 0.0, np.empty((days, 24))
    for number in range(days):
        day = first + timedelta(days=number)
        off = day in holidays(day.year, country)
        weekday = 6 if off else day.weekday()
        shape = _HOURS.copy()
        if weekday >= 5:
            shape[:6] *= 1.35  # nights of free days
            shape[7:11] *= 0.9
        season = 0.06 * np.cos(2 * np.pi * (number - 20) / 365.25)
        season += 0.02 * np.sin(4 * np.pi * number / 365.25)
        level = STAYS * level + random.normal(0, WANDER)
        size = per_day * _WEEKDAYS[weekday] * (1.05 if off else 1.0)
        mean[number] = shape / _HOURS.sum() * size * np.exp(season + level + 0.03 * number / 365.25)
    around = mean.ravel()
    drawn = random.poisson(around * random.gamma(1 / SPREAD, SPREAD, len(around)))
    return Synthetic(first, drawn.astype(np.float64), around)


def csv_of(series: Synthetic) -> str:
    """The series as ``time,arrivals``."""
    begin = np.datetime64(series.first.isoformat(), "h")
    times = begin + np.arange(len(series.arrivals)).astype("timedelta64[h]")
    pairs = zip(times.tolist(), series.arrivals.tolist(), strict=True)
    lines = [f"{time:%Y-%m-%dT%H:%M},{count:.0f}" for time, count in pairs]
    return "\n".join(["time,arrivals", *lines, ""])
