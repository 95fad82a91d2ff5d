"""Heads of an observation well: what they should be, will be, and where they are odd."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from kopa.errors import Finding, InputError
from kopa.model import FloatArray

from .engine_pastas import HeadModel, fit_heads
from .read_readings import TimeSeries

LEAST_EXPLAINED = 0.70
"""Share of the variance that a model must explain, of the heads it is fitted to and of those it has
not seen, to be used for a forecast."""
FITTED = 0.7
"""Share of the heads that the model of the split-sample test sees (Klemeš 1986)."""
LEAST_YEARS = 3.0
ODD = 4.0
"""Standard errors of the one-step forecast from which a head is odd."""
_DAY = np.timedelta64(1, "D")
_BAND = (0.05, 0.95)
_DRAWS = 200


@dataclass(frozen=True)
class Anomaly:
    """A head that the head before it and the weather do not explain.

    Parameters
    ----------
    time
        When, as ISO 8601.
    head, expected
        m.
    score
        Difference in standard errors.
    """

    time: str
    head: float
    expected: float
    score: float


@dataclass(frozen=True)
class Forecast:
    """Heads to come.

    Parameters
    ----------
    times
        Days, datetime64[s], shape (day,).
    low, mid, high
        5th percentile, median and 95th percentile, m, shape (day,).
    years
        Years of weather that it is drawn from.
    """

    times: np.ndarray
    low: FloatArray
    mid: FloatArray
    high: FloatArray
    years: int


@dataclass(frozen=True)
class Judged:
    """What the heads tell.

    Parameters
    ----------
    model
        The model of all heads.
    unseen
        Share of the variance of the last heads that a model of the first ones explains.
    anomalies
        Odd heads.
    forecast
        None where the model cannot be trusted, or none is asked for.
    findings
        Why it cannot be trusted, as errors.
    """

    model: HeadModel
    unseen: float
    anomalies: tuple[Anomaly, ...]
    forecast: Forecast | None
    findings: tuple[Finding, ...]


def judge(
    heads: TimeSeries, precipitation: TimeSeries, evaporation: TimeSeries, days: int = 0
) -> Judged:
    """Fit heads, test the fit on heads that it has not seen, and forecast.

    Parameters
    ----------
    heads
        Heads, m.
    precipitation, evaporation
        Daily sums, mm.
    days
        Days to forecast after the last head.

    Raises
    ------
    InputError
        If the series do not cover one another.
    EngineError
        If the engine gives no fit.
    """
    _cover(heads, precipitation, evaporation)
    model = fit_heads(heads, precipitation, evaporation)
    unseen = _unseen(heads, precipitation, evaporation)
    findings = _doubts(model.explained, unseen)
    forecast = None
    if days and not findings:
        forecast = _forecast(heads, model, (precipitation, evaporation), days)
    return Judged(model, unseen, _anomalies(heads, model), forecast, tuple(findings))


def _cover(heads: TimeSeries, precipitation: TimeSeries, evaporation: TimeSeries) -> None:
    found = []

    def wrong(series: TimeSeries, code: str, what: str, do: str) -> None:
        found.append(Finding(f"groundwater.{code}", what, do, file=str(series.file)))

    for series in (precipitation, evaporation):
        steps = np.diff(series.times)
        if (steps != _DAY).any():
            where = series.times[int(np.argmax(steps != _DAY))]
            wrong(
                series,
                "gaps",
                f"it is not daily: after {where} comes no next day.",
                "Give a value a day, without gaps.",
            )
        if (
            series.times[0] > heads.times[0] - 365 * _DAY
            or series.times[-1] < heads.times[-1] - _DAY
        ):
            wrong(
                series,
                "cover",
                f"it covers {str(series.times[0])[:10]} to {str(series.times[-1])[:10]}, but the "
                f"heads {str(heads.times[0])[:10]} to {str(heads.times[-1])[:10]}.",
                "Give it from a year before the first head to the last.",
            )
    years = float((heads.times[-1] - heads.times[0]) / _DAY) / 365.25
    if years < LEAST_YEARS:
        wrong(
            heads,
            "short",
            f"it covers {years:.1f} years.",
            f"A model of heads and weather needs {LEAST_YEARS:g} years or more.",
        )
    if found:
        raise InputError(found)


def _unseen(heads: TimeSeries, precipitation: TimeSeries, evaporation: TimeSeries) -> float:
    """Share of the variance of the last heads that a model of the first ones explains."""
    first = round(FITTED * len(heads.times))
    part = replace(heads, times=heads.times[:first], values=heads.values[:first])
    model = fit_heads(part, precipitation, evaporation)
    expected = _at(model.simulated(precipitation, evaporation), heads.times[first:])
    rest = heads.values[first:]
    return float(1 - ((rest - expected) ** 2).mean() / rest.var()) if rest.var() > 0 else 0.0


def _at(series: TimeSeries, times: np.ndarray) -> FloatArray:
    return np.interp(times.astype(np.int64), series.times.astype(np.int64), series.values)


def _doubts(explained: float, unseen: float) -> list[Finding]:
    found = []
    for share, which in ((explained, "it is fitted to"), (unseen, "it has not seen")):
        if share < LEAST_EXPLAINED:
            found.append(
                Finding(
                    "groundwater.unexplained",
                    f"The model explains {max(share, 0):.0%} of the variance of the heads {which}; "
                    f"less than {LEAST_EXPLAINED:.0%} is not trusted.",
                    "Look for abstraction, a river or a drain that the weather does not tell of.",
                )
            )
    return found


def _innovations(model: HeadModel) -> tuple[FloatArray, FloatArray, float]:
    """What each residual has that the one before does not explain, in standard errors.

    Gives the scores, what was expected of each residual, m, and the standard deviation of the
    residuals, m.
    """
    gap = np.diff(model.times) / _DAY
    fade = np.exp(-gap / model.memory_d)
    expected = model.residuals[:-1] * fade
    spread = np.sqrt(1 - fade**2)
    new = (model.residuals[1:] - expected) / spread
    # a robust spread, as odd heads are among them
    deviation = 1.4826 * float(np.median(np.abs(new - np.median(new))))
    return new / max(deviation, 1e-9), expected, deviation


def _anomalies(heads: TimeSeries, model: HeadModel) -> tuple[Anomaly, ...]:
    score, expected, _ = _innovations(model)
    found = []
    for place in np.flatnonzero(np.abs(score) > ODD):
        time = model.times[place + 1]
        head = float(_at(heads, model.times[place + 1 : place + 2])[0])
        simulated = head - float(model.residuals[place + 1])
        found.append(
            Anomaly(str(time), head, simulated + float(expected[place]), float(score[place]))
        )
    return tuple(found)


def _forecast(
    heads: TimeSeries, model: HeadModel, weather: tuple[TimeSeries, TimeSeries], days: int
) -> Forecast:
    """Heads with the weather of each past year from the same day on (Day 1985), and noise.

    The last residual fades; what is new has the spread of the residuals.
    """
    last = heads.times[-1].astype("datetime64[D]").astype("datetime64[s]")
    ahead = last + np.arange(1, days + 1) * _DAY
    paths = [
        _at(model.simulated(*(_after(series, last, start, days) for series in weather)), ahead)
        for start in _years(weather[0], last, days)
    ]
    fade = np.exp(-np.arange(1, days + 1) / model.memory_d)
    spread = _innovations(model)[2] * np.sqrt(1 - fade**2)
    draws = np.random.default_rng(0).standard_normal((_DRAWS, 1, 1))
    every = np.array(paths) + model.residuals[-1] * fade + draws * spread
    low, mid, high = np.quantile(every.reshape(-1, days), [_BAND[0], 0.5, _BAND[1]], axis=0)
    return Forecast(ahead, low, mid, high, len(paths))


def _years(series: TimeSeries, last: Any, days: int) -> list[int]:
    """Rows of the day after the last head in each past year that has enough days left."""
    row = int(np.searchsorted(series.times, last)) + 1
    starts = [round(row - 365.25 * back) for back in range(1, 200)]
    return [start for start in starts if start >= 0 and start + days <= len(series.times)]


def _after(series: TimeSeries, last: Any, start: int, days: int) -> TimeSeries:
    """A series up to the last head, and then the days of another year."""
    until = int(np.searchsorted(series.times, last)) + 1
    times = np.concatenate([series.times[:until], last + np.arange(1, days + 1) * _DAY])
    values = np.concatenate([series.values[:until], series.values[start : start + days]])
    return TimeSeries(series.file, times, values)
