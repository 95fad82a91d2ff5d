"""Forecast of the inflow of a zone, from its past, the calendar and the weather.

Two stages. First three profiles: means of past days at the same hour, days of the same kind
weighing most and recent ones more; one of them forgets in days, one in weeks. Then a robust ridge
regression, one for each group of lead times, corrects their mean by what only a few numbers know:
how the profiles differ, how far the last day, days and week were from what was forecast for them,
temperature and rain against those of the days in the profile, holidays. Nothing from after the
hour at which a forecast begins is used but weather, which is taken as forecast.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kopa.model import BoolArray, FloatArray, IntArray

HOURS = 24
MEMORY = 84
"""Days that a profile looks back."""

LEAST_DAYS = 14
"""Days without which there is no forecast."""

LEARN_DAYS = 90
"""Days from which on the correction is learned; with fewer, profiles stand alone."""

QUANTILES = (0.05, 0.25, 0.75, 0.95)

_SUNDAY = 6
_PROFILES = ((5.0, 0.6), (10.0, 0.4), (25.0, 0.2))  # days to forget, weight of the other weekdays
_MIDDLE = 1
_GROUPS = ((0,), (1, 2), (3, 4, 5, 6, 7))  # days ahead that share a correction
_YEAR, _EVERY = 365, 2  # days that are learned from, and how many apart
_RIDGE, _ROUNDS = 0.02, 4
_SPIKE, _SPIKE_HOURS = 8.0, 3  # of the usual spread; longer ones are no spikes
_WARM, _DRY = 20.0, 10.0  # °C above which warmth is thirst; mm a day that count at most


@dataclass(frozen=True)
class History:
    """What is known of a zone, by local clock.

    Parameters
    ----------
    flow
        By day and hour, NaN where unknown, shape (day, 24).
    weekday
        0 is Monday; holidays are Sundays, shape (day,).
    holiday
        True on holidays, shape (day,).
    temperature, rain
        Mean, °C, and sum, mm, of each day, NaN where unknown; None without weather.
    day, hour
        First hour of the forecast: what `flow` has from there on is not looked at.
    """

    flow: FloatArray
    weekday: IntArray
    holiday: BoolArray
    temperature: FloatArray | None
    rain: FloatArray | None
    day: int
    hour: int = 0


@dataclass(frozen=True)
class Forecast:
    """A forecast.

    Parameters
    ----------
    flow
        Hour by hour, shape (hour,).
    bands
        Quantiles of `QUANTILES`, shape (quantile, hour).
    learned
        False if there was too little to learn a correction from.
    weather
        True if weather was used.
    spikes
        Values that were left out as spikes.
    """

    flow: FloatArray
    bands: FloatArray
    learned: bool
    weather: bool
    spikes: int


def forecast(history: History, hours: int = 168) -> Forecast:
    """Forecast a zone.

    Parameters
    ----------
    history
        Its past, with weekdays, holidays and weather of the days to come.
    hours
        From the first hour on; up to 168.
    """
    past = history.flow[: history.day + 1].copy()
    past[-1, history.hour :] = np.nan
    past, spikes = _without_spikes(past, history)
    days = -(-(history.hour + hours) // HOURS)
    weather = _usable(history, days)
    learn = int(np.isfinite(past).any(axis=1).sum()) >= LEARN_DAYS
    first = max(LEAST_DAYS, history.day - _YEAR)
    origins = np.arange(first, history.day + 1) if learn else np.array([history.day])
    origins = origins[(history.day - origins) % _EVERY == 0]
    seen = _Seen(past, history, origins, days, weather)
    flow = np.empty((days, HOURS))
    bands = np.empty((len(QUANTILES), days, HOURS))
    for group in _GROUPS:
        for lead in (lead for lead in group if lead < days):
            leads = [one for one in group if one < days]
            correct, spread = seen.correction(leads) if learn else (None, seen.spread(lead))
            flow[lead] = seen.profile[-1, lead, _MIDDLE]
            if correct is not None:
                flow[lead] += seen.features(lead)[-1] @ correct
            bands[:, lead] = flow[lead] + spread
    here = slice(history.hour, history.hour + hours)
    lowest = 0.0 if np.nanmin(past) >= 0 else -np.inf
    return Forecast(
        np.maximum(flow.reshape(-1)[here], lowest),
        np.maximum(bands.reshape(len(QUANTILES), -1)[:, here], lowest),
        learn, weather, spikes,
    )  # fmt: skip


class _Seen:
    """Profiles and features of many forecasts at once, one begun on each day of `origins`.

    Arrays have the shape (origin, lead, …, hour).
    """

    def __init__(
        self, past: FloatArray, history: History, origins: IntArray, days: int, weather: bool
    ) -> None:
        self._past, self._history, self._origins = past, history, origins
        self._days, self._weather = days, weather
        every = np.arange(len(past))
        yesterday, _ = _profiles(past, history, every, 1)
        self._missed = past - yesterday[:, 0, _MIDDLE]
        self.profile, self._share = _profiles(past, history, origins, days)
        self._anomalies = self._weather_anomalies() if weather else None
        self._found: dict[int, FloatArray] = {}
        self._learned: dict[int, tuple[FloatArray, FloatArray]] = {}

    def features(self, lead: int) -> FloatArray:
        """What corrects a day, shape (origin, hour, feature)."""
        if lead not in self._found:
            self._found[lead] = self._features(lead)
        return self._found[lead]

    def correction(self, leads: list[int]) -> tuple[FloatArray, FloatArray]:
        """Coefficients for a group of lead times, and quantiles of what they miss.

        The quantiles are of the last third of the past, by coefficients of the two before.
        """
        if leads[0] not in self._learned:
            cut = 2 * len(self._origins) // 3
            early = self._fitted(leads, slice(0, cut))
            misses = [
                self._errors(lead)[cut:] - self.features(lead)[cut:] @ early for lead in leads
            ]
            spread = _quantiles(np.concatenate(misses))
            self._learned[leads[0]] = self._fitted(leads, slice(0, None)), spread
        return self._learned[leads[0]]

    def spread(self, lead: int) -> FloatArray:
        """Quantiles of what profiles alone miss, shape (quantile, hour)."""
        return _quantiles(self._missed[LEAST_DAYS:]) * (1 + 0.1 * lead)

    def _fitted(self, leads: list[int], rows: slice) -> FloatArray:
        x = np.concatenate([self.features(lead)[rows] for lead in leads])
        y = np.concatenate([self._errors(lead)[rows] for lead in leads])
        known = np.isfinite(y)
        return _ridge(x[known], y[known])

    def _errors(self, lead: int) -> FloatArray:
        """What the profile missed, NaN where that is not known yet, shape (origin, hour)."""
        days = self._origins + lead
        there = np.minimum(days, len(self._past) - 1)
        missed = self._past[there] - self.profile[:, lead, _MIDDLE]
        missed[days >= len(self._past)] = np.nan
        if lead == 0:  # hours before the forecast begins are known, and not forecast
            missed[:, : self._history.hour] = np.nan
        return np.asarray(missed)

    def _features(self, lead: int) -> FloatArray:
        base = self.profile[:, lead, _MIDDLE]
        shape = base / np.maximum(base.mean(axis=1, keepdims=True), 1e-9)
        end = self._origins * HOURS + self._history.hour
        missed = self._missed.reshape(-1)
        columns = [
            self.profile[:, lead, 0] - base,
            self.profile[:, lead, 2] - base,
            *(_mean_before(missed, end, span)[:, None] * shape for span in (24, 72, 168)),
            self._same_hour(missed, end),
            self._last_like_it(lead) - base,
            shape,
            self._history.holiday[self._origins + lead][:, None] * shape,
        ]
        if self._anomalies is not None:
            warmer, wetter, heat = self._anomalies[:, lead].T[..., None]
            columns += [warmer * shape, heat * warmer * shape, wetter * shape]
        return np.asarray(np.nan_to_num(np.stack(columns, axis=-1)))

    def _same_hour(self, missed: FloatArray, end: IntArray) -> FloatArray:
        """What was missed at each hour of the last 24, shape (origin, hour)."""
        back = (self._history.hour - 1 - np.arange(HOURS)) % HOURS
        return np.asarray(missed[end[:, None] - 1 - back])

    def _last_like_it(self, lead: int) -> FloatArray:
        """Flow of the last whole day of the same kind; the profile where it is unknown."""
        window, weekday = _window(self._origins), self._history.weekday
        like = weekday[np.maximum(window, 0)] == weekday[self._origins + lead][:, None]
        like &= window >= 0
        last = MEMORY - 1 - np.argmax(like[:, ::-1], axis=1)
        days = window[np.arange(len(window)), last]
        flow = np.where(like.any(axis=1)[:, None], self._past[days], np.nan)
        return np.asarray(np.where(np.isnan(flow), self.profile[:, lead, _MIDDLE], flow))

    def _weather_anomalies(self) -> FloatArray:
        """Warmer and wetter than the days of the profile, and heat, shape (origin, lead, 3)."""
        history = self._history
        assert history.temperature is not None
        assert history.rain is not None
        window = _window(self._origins)
        ahead = self._origins[:, None] + np.arange(self._days)
        share = self._share
        parts = []
        for values in (history.temperature, np.minimum(history.rain, _DRY)):
            known = np.isfinite(values[window]) & (window >= 0)
            weight = share * known[:, None]
            mean = (weight * np.nan_to_num(values[window])[:, None]).sum(axis=2)
            mean /= np.maximum(weight.sum(axis=2), 1e-12)
            parts.append(values[np.minimum(ahead, len(values) - 1)] - mean)
        heat = history.temperature[np.minimum(ahead, len(history.temperature) - 1)] - _WARM
        stacked = np.stack([*parts, np.maximum(heat, 0) / 10], axis=-1)
        return np.asarray(np.nan_to_num(stacked))


def _profiles(
    past: FloatArray, history: History, origins: IntArray, days: int
) -> tuple[FloatArray, FloatArray]:
    """Weighted means of the days before, shape (origin, lead, profile, hour), and the weights.

    The weights are those of the middle profile, shape (origin, lead, day before).
    """
    window = _window(origins)
    known = np.isfinite(past[window]) & (window >= 0)[..., None]
    flow = np.where(known, past[window], 0.0)
    age = origins[:, None] - window
    kind = history.weekday[np.maximum(window, 0)]
    found = np.empty((len(origins), days, len(_PROFILES), HOURS))
    middle = np.empty((len(origins), days, MEMORY))
    usual = np.nanmean(past) if np.isfinite(past).any() else 0.0
    for lead in range(days):
        to = history.weekday[np.minimum(origins + lead, len(history.weekday) - 1)][:, None]
        like = ((kind < 5) & (to < 5)) | ((kind >= 5) & (to >= 5))
        for place, (forget, other) in enumerate(_PROFILES):
            weight = np.exp(-age / forget) * np.where(kind == to, 1.0, other * like)
            weight = np.where(window >= 0, np.maximum(weight, 1e-9), 0.0)
            total = np.einsum("od,odh->oh", weight, known.astype(np.float64))
            mean = np.einsum("od,odh->oh", weight, flow) / np.maximum(total, 1e-300)
            found[:, lead, place] = np.where(total > 0, mean, usual)
            if place == _MIDDLE:
                middle[:, lead] = weight
    return found, middle


def _window(origins: IntArray) -> IntArray:
    """Days before each, shape (origin, MEMORY); below zero before there were any."""
    return np.asarray(origins[:, None] - MEMORY + np.arange(MEMORY))


def _ridge(x: FloatArray, y: FloatArray) -> FloatArray:
    """Ridge regression with Huber's weights, by iteration."""
    spread = x.std(axis=0)
    scale = spread + 1e-3 * spread.max() + 1e-9
    scaled, weight = x / scale, np.ones(len(y))
    coefficients = np.zeros(x.shape[1])
    for _ in range(_ROUNDS):
        gram = scaled.T @ (scaled * weight[:, None])
        gram += _RIDGE * weight.sum() * np.eye(len(scale))
        coefficients = np.linalg.solve(gram, scaled.T @ (weight * y))
        far = np.abs(y - scaled @ coefficients)
        weight = np.minimum(1.0, (1.5 * np.median(far) + 1e-9) / np.maximum(far, 1e-12))
    return np.asarray(coefficients / scale)


def _mean_before(values: FloatArray, end: IntArray, span: int) -> FloatArray:
    """Mean of the known ones of so many values before each end; 0 if none is known."""
    known = np.isfinite(values)
    sums = np.concatenate([[0.0], np.cumsum(np.where(known, values, 0.0))])
    counts = np.concatenate([[0], np.cumsum(known)])
    begin = np.maximum(end - span, 0)
    many = counts[end] - counts[begin]
    return np.asarray((sums[end] - sums[begin]) / np.maximum(many, 1))


def _quantiles(missed: FloatArray) -> FloatArray:
    """Quantiles by hour, each with the hours beside it, shape (quantile, hour)."""
    around = np.concatenate([np.roll(missed, shift, axis=1) for shift in (-1, 0, 1)])
    around = np.where(np.isfinite(around).any(axis=0), around, 0.0)
    return np.asarray(np.nanquantile(around, QUANTILES, axis=0))


def _without_spikes(past: FloatArray, history: History) -> tuple[FloatArray, int]:
    """Leave out single hours that are far from their profile; what lasts is no spike."""
    profile, _ = _profiles(past, history, np.arange(len(past)), 1)
    missed = np.abs(past - profile[:, 0, _MIDDLE])
    if not np.isfinite(missed).any():
        return past, 0
    usual = 1.4826 * np.nanmedian(missed)
    far = np.nan_to_num(missed).reshape(-1) > _SPIKE * max(usual, 1e-9)
    far[: LEAST_DAYS * HOURS] = False
    edges = np.flatnonzero(np.diff(np.concatenate([[0], far.astype(np.int8), [0]])))
    for begin, end in edges.reshape(-1, 2):
        if end - begin > _SPIKE_HOURS:
            far[begin:end] = False
    clean = np.where(far.reshape(past.shape), np.nan, past)
    return clean, int(far.sum())


def _usable(history: History, days: int) -> bool:
    """True if the weather of the past month and of all days to come is known."""
    if history.temperature is None or history.rain is None:
        return False
    span = slice(max(0, history.day - 28), history.day + days)
    both = np.isfinite(history.temperature[span]) & np.isfinite(history.rain[span])
    return bool(both[-days:].all() and both.mean() > 0.8) and len(both) >= days
