"""Energy, weather and production on one calendar: what models are fitted to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from kopa.errors import Finding, InputError
from kopa.model import BoolArray, FloatArray, IntArray

from .read_meter import Meter
from .read_table import DAY_S, HOUR_S, Columns

TEMPERATURES = 0.5
"""Share of a day's temperatures that must be known (CalTRACK 2.0, 2.2.2.3)."""
BILL = 0.9
"""Share of a bill's days that must be (ibid., 2.2.3.2)."""
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Usage:
    """Rows of energy use: days, or intervals of bills.

    Parameters
    ----------
    daily
        True where each row is a day.
    first
        First day of each row, days since 1970-01-01, shape (row,).
    days
        Length of each row, d, shape (row,).
    energy
        kWh, NaN where unknown, shape (row,).
    temperature
        Mean of each day, °C, NaN where unknown, shape (day,).
    owner
        Row of each day, rising, shape (day,).
    drivers
        Names of the production drivers.
    production
        Of each row, NaN where unknown, shape (row, driver).
    """

    daily: bool
    first: IntArray
    days: FloatArray
    energy: FloatArray
    temperature: FloatArray
    owner: IntArray
    drivers: tuple[str, ...]
    production: FloatArray

    def __len__(self) -> int:
        return len(self.first)

    def mean(self, daily: FloatArray) -> FloatArray:
        """Mean of what is known of a daily series in each row, shape (row,).

        NaN where less than `BILL` of the days is known.
        """
        known = np.isfinite(daily)
        count = np.bincount(self.owner, known, len(self))
        total = np.bincount(self.owner, np.where(known, daily, 0.0), len(self))
        enough = count >= BILL * self.days
        return np.asarray(
            np.divide(total, count, out=np.full(len(self), np.nan), where=enough & (count > 0))
        )

    @property
    def known(self) -> BoolArray:
        """True for rows with energy, weather and production, shape (row,)."""
        good = np.isfinite(self.energy) & np.isfinite(self.mean(self.temperature))
        return np.asarray(good & np.isfinite(self.production).all(axis=1))

    @property
    def weekend(self) -> FloatArray:
        """Share of each row's days that are Saturdays or Sundays, shape (row,)."""
        day = self.first[self.owner] + _within(self.owner)
        return self.mean(((day + 3) % 7 >= 5).astype(np.float64))  # 1970-01-01 was a Thursday

    def between(self, begin: date, end: date) -> BoolArray:
        """True for rows that end by the last day, and have half of theirs after the first.

        Both days count; shape (row,).
        """
        low, high = number(begin), number(end)
        half = self.first + self.days / 2 >= low
        return np.asarray(half & (self.first + self.days - 1 <= high))


def _within(owner: IntArray) -> IntArray:
    """Number of each day within its row, shape (day,)."""
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    return np.arange(len(owner)) - np.repeat(starts, np.diff(np.append(starts, len(owner))))


def number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def day_of(number: float) -> date:
    """The day with a number."""
    return EPOCH + timedelta(days=int(number))


def usage(meter: Meter, weather: Columns, production: Columns | None = None) -> Usage:
    """Put meter, weather and production on one calendar.

    A day of which an hour is unknown is unknown: a plant's mean hour tells nothing of its night
    shift. Temperatures are taken by the clock of the
    weather file; where that writes UTC and the meter another offset, by the meter's first.

    Parameters
    ----------
    meter, weather, production
        As they are read.

    Raises
    ------
    InputError
        If they have no day in common, or the production's intervals are not the meter's.
    """
    if meter.spacing == "billing":
        reads = np.floor(meter.columns.times / DAY_S).astype(np.int64)
        first, days = reads[:-1], np.diff(reads).astype(np.float64)
        energy = meter.energy[:-1]
    else:
        first, energy = _daily(meter)
        days = np.ones(len(first))
    span = int(first[-1] + days[-1] - first[0])
    owner = np.repeat(np.arange(len(first)), days.astype(np.int64))
    temperature = _temperatures(weather, meter.columns.offset, int(first[0]), span)
    if not np.isfinite(temperature).any():
        what = "no day of the meter has a temperature."
        do = "Give the weather of the meter's days."
        raise InputError([Finding("industry.no-weather", what, do, file=weather.file)])
    names: tuple[str, ...] = ()
    made = np.empty((len(first), 0))
    if production is not None:
        names, made = production.names, _production(production, first, days, owner)
    return Usage(meter.spacing != "billing", first, days, energy, temperature, owner, names, made)


def _daily(meter: Meter) -> tuple[IntArray, FloatArray]:
    """Days from the first to the last, and the energy of each."""
    day = np.floor(meter.columns.times / DAY_S).astype(np.int64)
    span = int(day[-1] - day[0]) + 1
    sums, counts = _sums(day, meter.energy, int(day[0]), span)
    least = _hours_of(day, meter.columns, span) if meter.spacing == "hourly" else np.ones(span)
    return np.arange(day[0], day[-1] + 1), np.where(counts >= least, sums, np.nan)


def _hours_of(day: IntArray, columns: Columns, span: int) -> FloatArray:
    """Hours that each day has: 24, and 23 or 25 where offsets show that clocks moved."""
    shift = columns.times - columns.steady
    first = np.flatnonzero(np.diff(day, prepend=day[0] - 1))
    last = np.append(first[1:], len(day)) - 1
    hours = np.full(span, 24.0)
    hours[day[first] - day[0]] -= (shift[last] - shift[first]) / HOUR_S
    return hours


def _sums(
    day: IntArray, values: FloatArray, start: int, span: int
) -> tuple[FloatArray, FloatArray]:
    """Sum of what is known on each day of a span, and how many values that are, shape (day,)."""
    inside = (day >= start) & (day < start + span) & np.isfinite(values)
    at = day[inside] - start
    counts = np.bincount(at, minlength=span).astype(np.float64)
    return np.bincount(at, values[inside], span).astype(np.float64), counts


def _temperatures(weather: Columns, offset: float | None, start: int, span: int) -> FloatArray:
    clock = weather.times
    utc = weather.offset == 0 and np.array_equal(weather.times, weather.steady)
    if utc and offset is not None:
        clock = clock + offset
    day = np.floor(clock / DAY_S).astype(np.int64)
    sums, counts = _sums(day, weather.values[:, 0], start, span)
    enough = counts >= max(1.0, TEMPERATURES * DAY_S / weather.spacing)
    return np.asarray(np.divide(sums, counts, out=np.full(span, np.nan), where=enough))


def _production(made: Columns, first: IntArray, days: FloatArray, owner: IntArray) -> FloatArray:
    day = np.floor(made.times / DAY_S).astype(np.int64)
    if made.spacing <= 1.1 * DAY_S:
        span = int(days.sum())
        out = np.empty((len(first), len(made.names)))
        for column in range(len(made.names)):
            sums, counts = _sums(day, made.values[:, column], int(first[0]), span)
            sums[counts == 0] = np.nan
            out[:, column] = np.bincount(owner, sums, len(first))
        return out
    if not np.isin(first, day).all():
        missing = first[~np.isin(first, day)]
        what = f"{len(missing)} intervals of the meter have none, the first {day_of(missing[0])}."
        do = "Give production by day, or by the intervals of the meter."
        raise InputError([Finding("industry.production", what, do, file=made.file)])
    return made.values[np.searchsorted(day, first)]
