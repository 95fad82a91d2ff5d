"""Arrivals in the hours or days to come, with a range that held on days that have passed.

Counts follow a Poisson regression on hour and kind of day, weekday, holidays, season and trend;
the level of the last days goes on as far as it did before. The range is that of errors of
forecasts for days that the model had not seen, measured in standard deviations of an
overdispersed count.

References
----------
McCullagh and Nelder (1989), Generalized Linear Models, 2nd ed., ch. 6 (counts, overdispersion);
iteratively reweighted least squares, ch. 2.5.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

from kopa.model import BoolArray, FloatArray, IntArray

LOW, HIGH = 0.1, 0.9
"""Quantiles of the range: four of five values lie in it."""
AHEAD = 7
"""Days ahead at which the forecast is tried, and the longest season of the naive one."""
YEAR = 365.25
SEASON_DAYS, TREND_DAYS = 330, 700
"""Days of a past from which a season of the year and a trend can be told."""
LEAST_DAYS = 70
"""Days without which nothing is forecast: two parts of four weeks to try on, and two to learn."""
_SUNDAY, _SATURDAY = 6, 5
_RIDGE = 1e-3
_ROUNDS = 30


@dataclass(frozen=True)
class Calendar:
    """Days of the series.

    Parameters
    ----------
    number
        Days since 1970-01-01, shape (day,).
    holiday
        Shape (day,).
    per_day
        Steps a day: 24 or 1.
    """

    number: IntArray
    holiday: BoolArray
    per_day: int

    def part(self, low: int, high: int) -> Calendar:
        """Some of the days."""
        return Calendar(self.number[low:high], self.holiday[low:high], self.per_day)


def calendar(first: date, days: int, per_day: int, free: Collection[date]) -> Calendar:
    """Days from the first on.

    Parameters
    ----------
    first, days
        The first day, and how many.
    per_day
        Steps a day.
    free
        Holidays.
    """
    number = np.arange(days) + (first - date(1970, 1, 1)).days
    off = {(one - date(1970, 1, 1)).days for one in free}
    return Calendar(number, np.array([day in off for day in number.tolist()], dtype=bool), per_day)


@dataclass(frozen=True)
class Expected:
    """What is expected.

    Parameters
    ----------
    mid, low, high
        Mean, and a range in which four of five values lie, shape (step,).
    """

    mid: FloatArray
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True)
class Tried:
    """How forecasts did on days that were kept from them.

    Parameters
    ----------
    days
        How many.
    error, naive
        Mean absolute error, and that of repeating the week before.
    inside
        Share of the values within the range that was told before.
    """

    days: int
    error: float
    naive: float
    inside: float


def features(days: Calendar, first: int, past_days: int) -> FloatArray:
    """What a step is known by, shape (step, feature).

    Parameters
    ----------
    days
        The days.
    first, past_days
        Begin of the past, days since 1970-01-01, and its length: without a year there is no
        season, without two no trend.
    """
    weekday = (days.number + 3) % 7  # 1970-01-01 was a Thursday
    before = np.append(False, days.holiday[:-1])
    columns = [np.ones(len(weekday)), days.holiday, before & ~days.holiday]
    columns += [(weekday == one) & ~days.holiday for one in range(1, 7)]
    if past_days >= SEASON_DAYS:
        angle = 2 * np.pi * days.number / YEAR
        columns += [wave(angle * n) for n in (1, 2) for wave in (np.sin, np.cos)]
    if past_days >= TREND_DAYS:
        columns.append((days.number - first) / YEAR)
    whole = np.repeat(np.column_stack(columns).astype(float), days.per_day, axis=0)
    if days.per_day == 1:
        return whole
    kind = np.where(days.holiday | (weekday == _SUNDAY), 2, weekday == _SATURDAY).astype(int)
    slot = np.repeat(kind, days.per_day) * days.per_day
    slot = slot + np.tile(np.arange(days.per_day), len(weekday))
    hours = np.zeros((len(slot), 3 * days.per_day))
    hours[np.arange(len(slot)), slot] = 1.0
    return np.hstack([whole[:, 1:], hours])


def fit(x: FloatArray, y: FloatArray) -> FloatArray:
    """Coefficients of a Poisson regression with a logarithmic link, shape (feature,).

    Parameters
    ----------
    x
        Shape (step, feature).
    y
        Counts, NaN where missing, shape (step,).
    """
    known = np.isfinite(y)
    x, y = x[known], y[known]
    mean = np.maximum(y, 0.1 + 0.5 * y.mean())
    found = np.zeros(x.shape[1])
    penalty = _RIDGE * np.eye(x.shape[1])
    for _ in range(_ROUNDS):
        work = np.log(mean) + (y - mean) / mean
        weighted = x * mean[:, None]
        before, found = found, np.linalg.solve(x.T @ weighted + penalty, weighted.T @ work)
        mean = np.exp(np.clip(x @ found, -12, 14))
        if np.abs(found - before).max() < 1e-6:
            break
    return found


@dataclass(frozen=True)
class Levels:
    """How much of the last days' level goes on.

    Parameters
    ----------
    memory
        Weight of the newest day in the running level.
    kept
        Share of the level that is left so many days ahead, shape (AHEAD,).
    """

    memory: float
    kept: FloatArray


def _daily(y: FloatArray, mean: FloatArray, per_day: int) -> FloatArray:
    """Logarithm of each day over what was expected, 0 where nothing is known, shape (day,)."""
    known = np.isfinite(y)
    got = np.where(known, y, 0).reshape(-1, per_day).sum(axis=1)
    due = np.where(known, mean, 0).reshape(-1, per_day).sum(axis=1)
    return np.where(due > 0, np.log((got + 0.5) / (due + 0.5)), 0.0)


def _running(levels: FloatArray, memory: float) -> FloatArray:
    found, now = np.empty_like(levels), 0.0
    for day, level in enumerate(levels.tolist()):
        now += memory * (level - now)
        found[day] = now
    return found


def _levels(daily: FloatArray) -> Levels:
    """The memory whose level said most of the days after it."""
    best, least = Levels(0.3, np.zeros(AHEAD)), np.inf
    for memory in (0.1, 0.2, 0.35, 0.6):
        running, kept, left = _running(daily, memory), np.zeros(AHEAD), 0.0
        for ahead in range(AHEAD):
            now, then = running[: -ahead - 1], daily[ahead + 1 :]
            square = float(now @ now)
            kept[ahead] = np.clip(now @ then / square, 0, 1) if square > 0 else 0.0
            left += float(np.mean((then - kept[ahead] * now) ** 2))
        if left < least:
            best, least = Levels(memory, kept), left
    return best


@dataclass(frozen=True)
class _Model:
    days: Calendar
    known: int
    coefficients: FloatArray
    levels: Levels

    @classmethod
    def of(cls, y: FloatArray, days: Calendar, known: int) -> _Model:
        """Learn from the first `known` days."""
        steps = known * days.per_day
        x = features(days.part(0, known), int(days.number[0]), known)
        coefficients = fit(x, y[:steps])
        mean = np.exp(np.clip(x @ coefficients, -12, 14))
        return cls(days, known, coefficients, _levels(_daily(y[:steps], mean, days.per_day)))

    def means(self) -> FloatArray:
        """Of all days, without the level of the last ones."""
        x = features(self.days, int(self.days.number[0]), self.known)
        return np.exp(np.clip(x @ self.coefficients, -12, 14))

    def from_days(self, y: FloatArray, origins: IntArray, ahead: int) -> FloatArray:
        """Forecasts from the end of some days on, shape (origin, ahead in days, step of a day)."""
        per_day, mean = self.days.per_day, self.means()
        known = len(y) // per_day
        running = _running(_daily(y, mean[: len(y)], per_day), self.levels.memory)
        by_day = mean.reshape(-1, per_day)
        found = np.empty((len(origins), ahead, per_day))
        for row, origin in enumerate(origins.tolist()):
            level = running[min(origin, known) - 1]
            for day in range(ahead):
                kept = self.levels.kept[min(day, AHEAD - 1)]
                found[row, day] = by_day[origin + day] * np.exp(kept * level)
        return found


def forecast(y: FloatArray, days: Calendar, ahead: int) -> tuple[Expected, Tried]:
    """Arrivals in the days to come, and how such forecasts did.

    Parameters
    ----------
    y
        The past in whole days, NaN where missing, shape (step,); at least `LEAST_DAYS`.
    days
        Days of the past and of what is to come.
    ahead
        Days to come.
    """
    per_day = days.per_day
    past = len(y) // per_day
    held = int(np.clip(past // 5, 28, 91)) // 2 * 2
    held = min(held, (past - LEAST_DAYS // 5) // 3)
    parts = [past - 2 * held, past - held, past]
    errors, scales, reals, naives = [], [], [], []
    for known, end in pairwise(parts):
        model = _Model.of(y, days, known)
        origins = np.arange(known, end - AHEAD + 1)
        mid = model.from_days(y[: end * per_day], origins, AHEAD)
        real = np.array([_block(y, origin, AHEAD, per_day) for origin in origins.tolist()])
        week = np.array([_block(y, origin - 7, AHEAD, per_day) for origin in origins.tolist()])
        errors.append(real - mid)
        scales.append(mid)
        reals.append(real)
        naives.append(np.abs(real - week))
    spread = _spread(errors[0], scales[0])
    deviation = np.sqrt(scales[1] + spread * scales[1] ** 2)
    low, high = _ends(errors[0], scales[0], spread)
    both = np.isfinite(errors[1]) & np.isfinite(naives[1])
    inside = (errors[1] >= np.maximum(low * deviation, -scales[1])) & (
        errors[1] <= high * deviation
    )
    tried = Tried(
        held,
        float(np.abs(errors[1][both]).mean()),
        float(naives[1][both].mean()),
        float(inside[np.isfinite(errors[1])].mean()),
    )
    mid = _Model.of(y, days, past).from_days(y, np.array([past]), ahead).ravel()
    every, means = np.concatenate(errors), np.concatenate(scales)
    spread = _spread(every, means)
    low, high = _ends(every, means, spread)
    deviation = np.sqrt(mid + spread * mid**2)
    return Expected(mid, np.maximum(mid + low * deviation, 0.0), mid + high * deviation), tried


def _block(y: FloatArray, day: int, days: int, per_day: int) -> FloatArray:
    return y[day * per_day : (day + days) * per_day].reshape(days, per_day)


def _spread(errors: FloatArray, mid: FloatArray) -> float:
    """Variance beyond that of a Poisson count over the mean squared, by moments."""
    known = np.isfinite(errors)
    more = float((errors[known] ** 2 - mid[known]).sum())
    return max(more / float((mid[known] ** 2).sum()), 0.0)


def _ends(errors: FloatArray, mid: FloatArray, spread: float) -> tuple[float, float]:
    """Ends of the range in standard deviations."""
    known = np.isfinite(errors)
    apart = errors[known] / np.sqrt(mid[known] + spread * mid[known] ** 2)
    low, high = np.quantile(apart, [LOW, HIGH])
    return float(low), float(high)
