"""Air quality: rolling means, the European index, exceedances. What is not known is NaN."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kopa.model import FloatArray, IntArray

from .thresholds import Threshold, chosen

BANDS = ("good", "fair", "moderate", "poor", "very_poor", "extremely_poor")
COVERED = 0.75
"""Share of the hours that a mean needs (Directive 2008/50/EC Annexes VII and XI)."""
COVERED_YEAR = 0.9
"""Share of the year that an annual mean needs (Directive 2008/50/EC Annex XI)."""
_YEAR = 8760


def rolling(values: FloatArray, hours: int) -> FloatArray:
    """Mean of the hours up to each, NaN where fewer than three quarters of them are known.

    Parameters
    ----------
    values
        Hourly means, shape (hour,).
    hours
        Length of the mean.
    """
    known = np.isfinite(values)
    total = np.concatenate([[0.0], np.cumsum(np.where(known, values, 0.0))])
    many = np.concatenate([[0], np.cumsum(known)])
    end = np.arange(1, len(values) + 1)
    begin = np.maximum(end - hours, 0)
    count = many[end] - many[begin]
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (total[end] - total[begin]) / count
    return np.asarray(np.where(count >= COVERED * hours, mean, np.nan))


def daily(values: FloatArray, first_hour: int = 0) -> FloatArray:
    """Means of calendar days, NaN where fewer than 18 hours are known, shape (day,).

    Parameters
    ----------
    values
        Hourly means, shape (hour,).
    first_hour
        Hour of the day of the first value.
    """
    days = -(-(len(values) + first_hour) // 24)
    hours = np.full(days * 24, np.nan)
    hours[first_hour : first_hour + len(values)] = values
    table = hours.reshape(days, 24)
    known = np.isfinite(table).sum(axis=1)
    total = np.where(np.isfinite(table), table, 0.0).sum(axis=1)
    enough = known >= COVERED * 24
    return np.asarray(np.where(enough, total / np.maximum(known, 1), np.nan))


@dataclass(frozen=True)
class Index:
    """The index of a station, hour by hour.

    Parameters
    ----------
    band
        0 good to 5 extremely poor, -1 unknown, shape (hour,).
    worst
        The pollutant behind it, as a number of `pollutants`, -1 unknown, shape (hour,).
    pollutants
        Those that were measured.
    """

    band: IntArray
    worst: IntArray
    pollutants: tuple[str, ...]


def index(values: Mapping[str, FloatArray], thresholds: Mapping[str, Threshold]) -> Index:
    """The European Air Quality Index: the worst of the pollutants that are known.

    Parameters
    ----------
    values
        Hourly means by pollutant, µg/m³, shape (hour,).
    thresholds
        By id; those of kind ``index`` give the bands.
    """
    bands = {one.quantity: one for one in thresholds.values() if one.kind == "index"}
    measured = tuple(name for name in values if name in bands)
    hours = len(next(iter(values.values()), ()))
    grades = np.full((len(measured), hours), -1, dtype=np.int64)
    for row, name in enumerate(measured):
        one = bands[name]
        mean = rolling(values[name], 24) if one.averaging == "24h" else values[name]
        grade = np.searchsorted(np.array(one.values), mean, side="left")
        grades[row] = np.where(np.isfinite(mean), grade, -1)
    if not measured:
        none = np.full(hours, -1, dtype=np.int64)
        return Index(none, none, ())
    worst = grades.argmax(axis=0)
    band = grades.max(axis=0)
    return Index(band, np.where(band < 0, -1, worst), measured)


@dataclass(frozen=True)
class Exceedance:
    """A threshold held against a station.

    Parameters
    ----------
    threshold
        The threshold.
    state
        ``exceeded``: more often than is allowed; ``counted``: above it, no more often than is
        allowed; ``below``; ``unknown``: too little was measured.
    times
        Hours, days or years above it.
    most
        The greatest mean, NaN where none is known.
    first
        Hour of the first exceedance, -1 for none.
    """

    threshold: Threshold
    state: str
    times: int
    most: float
    first: int


def exceedances(
    values: Mapping[str, FloatArray],
    thresholds: Mapping[str, Threshold],
    subjects: Sequence[str],
    first_hour: int = 0,
) -> list[Exceedance]:
    """Every threshold that a station's values can be held against.

    Parameters
    ----------
    values
        Hourly means by quantity, shape (hour,).
    thresholds
        By id.
    subjects
        What the station is: ``air_station``, ``noise_station``, ``road``.
    first_hour
        Hour of the day of the first value.
    """
    found = []
    for one in chosen(thresholds, subjects):
        if one.kind != "index" and one.quantity in values:
            mean, hours = _means(values[one.quantity], one.averaging, first_hour)
            found.append(_held(one, mean, hours))
    return found


def _means(values: FloatArray, averaging: str, first_hour: int) -> tuple[FloatArray, IntArray]:
    """Means as a threshold asks for, and the hour at which each ends."""
    hour = np.arange(len(values), dtype=np.int64)
    if averaging == "1h":
        return values, hour
    if averaging == "1h×3":  # above it for three hours in a row: the least of the three
        rows = np.stack([np.concatenate([np.full(k, np.nan), values[: len(values) - k]])
                         for k in range(min(3, len(values)))])  # fmt: skip
        least = rows.min(axis=0) if len(rows) == 3 else np.full(len(values), np.nan)
        return least, hour
    if averaging == "8h":  # the greatest mean of each day, as the directive counts
        means = rolling(values, 8)
        return _daily_most(means, first_hour)
    if averaging == "24h":
        means = daily(values, first_hour)
        ends = np.arange(1, len(means) + 1) * 24 - first_hour - 1
        return means, np.minimum(ends, len(values) - 1)
    known = np.isfinite(values)
    enough = known.sum() >= COVERED_YEAR * _YEAR
    mean = float(values[known].mean()) if enough else float("nan")
    return np.array([mean]), np.array([len(values) - 1], dtype=np.int64)


def _daily_most(means: FloatArray, first_hour: int) -> tuple[FloatArray, IntArray]:
    days = (np.arange(len(means)) + first_hour) // 24
    most, hours = [], []
    for day in np.unique(days):
        mine = np.flatnonzero(days == day)
        filled = np.where(np.isfinite(means[mine]), means[mine], -np.inf)
        best = int(mine[filled.argmax()])
        most.append(means[best])
        hours.append(best)
    return np.array(most), np.array(hours, dtype=np.int64)


def _held(one: Threshold, means: FloatArray, hours: IntArray) -> Exceedance:
    known = np.isfinite(means)
    if not known.any():
        return Exceedance(one, "unknown", 0, float("nan"), -1)
    over = np.flatnonzero(known & (np.where(known, means, 0.0) > one.value))
    times = len(over)
    state = "below" if not times else "counted" if times <= one.allowed else "exceeded"
    first = int(hours[over[0]]) if times else -1
    return Exceedance(one, state, times, float(means[known].max()), first)
