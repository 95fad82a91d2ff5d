"""Forecasts with ranges: what is expected, and how far it was off before.

No range comes from a model's own belief: a load's is that of forecasts made for days that have
passed, that of sun and wind is learned from what was measured under the same kind of weather.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kopa.model import FloatArray

LOW, HIGH = 0.1, 0.9
"""Quantiles of a range: four of five values lie in it."""
ORIGINS = 14
"""Days that have passed and are forecast again."""
_CLASSES = 5
LEAST = 20
"""Values without which a class has no range of its own."""


@dataclass(frozen=True)
class Forecast:
    """What is expected.

    Parameters
    ----------
    mid
        Best value, shape (step,).
    low, high
        Between them lie four of five values; NaN where that is unknown, shape (step,).
    """

    mid: FloatArray
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True)
class Tried:
    """How a load's forecast did on days that have passed.

    Parameters
    ----------
    days
        How many.
    error, naive
        Mean absolute error of the forecast, and of repeating the week before.
    inside
        Share of the values inside the range that the other days give.
    """

    days: int
    error: float
    naive: float
    inside: float


Model = Callable[[FloatArray, int, list[int]], FloatArray]


def load_forecast(
    values: FloatArray,
    day: int,
    ahead: int,
    model: Model,
    progress: Callable[[int], None] = lambda done: None,
) -> tuple[Forecast, Tried]:
    """A load in the steps to come.

    Each of the last days is forecast from what came before it. The mean of the model and of the
    week before stands, weighed as they did there; the range is that of its errors, by how far
    ahead they were.

    Parameters
    ----------
    values
        The past, without gaps, shape (step,); at least `needed` steps.
    day
        Steps of a day.
    ahead
        Steps to come.
    model
        Continues a series by its seasons.
    progress
        Called after each forecast.
    """
    week, seasons = 7 * day, [day, 7 * day]
    origins = [len(values) - ahead - day * back for back in range(ORIGINS)]
    models, weeks, truth = [], [], []
    for origin in origins:
        models.append(model(values[:origin], ahead, seasons))
        weeks.append(_again(values[:origin], ahead, week))
        truth.append(values[origin : origin + ahead])
        progress(1)
    ours, naive, real = np.array(models), np.array(weeks), np.array(truth)
    weight = _weight(ours, naive, real)
    errors = real - (weight * ours + (1 - weight) * naive)
    mid = weight * model(values, ahead, seasons)
    mid = mid + (1 - weight) * _again(values, ahead, week)
    progress(1)
    low, high = _spread(errors, day)
    inside = [
        np.mean((errors[row] >= below) & (errors[row] <= above))
        for row in range(len(errors))
        for below, above in [_spread(np.delete(errors, row, axis=0), day)]
    ]
    tried = Tried(
        days=len(origins),
        error=float(np.abs(errors).mean()),
        naive=float(np.abs(real - naive).mean()),
        inside=float(np.mean(inside)),
    )
    return Forecast(mid, mid + low, mid + high), tried


def needed(day: int, ahead: int) -> int:
    """Steps of the past without which a load is not forecast: two weeks before each day tried."""
    return 14 * day + ORIGINS * day + ahead


def _again(values: FloatArray, ahead: int, week: int) -> FloatArray:
    """The week before, again and again."""
    return np.asarray(np.resize(values[-week:], ahead))


def _weight(ours: FloatArray, naive: FloatArray, real: FloatArray) -> float:
    """Share of the model in the mean, by least squares."""
    apart = ours - naive
    square = float((apart**2).sum())
    return float(np.clip((apart * (real - naive)).sum() / square, 0, 1)) if square else 0.0


def _spread(errors: FloatArray, day: int) -> tuple[FloatArray, FloatArray]:
    """Quantiles of errors for each step ahead: of all that lie within three hours of it."""
    steps, reach = errors.shape[1], max(1, day // 8)
    low, high = np.empty(steps), np.empty(steps)
    for step in range(steps):
        near = errors[:, max(0, step - reach) : step + reach + 1]
        low[step], high[step] = np.quantile(near, [LOW, HIGH])
    return low, high


def weather_forecast(
    modelled: FloatArray, measured: FloatArray, most: float
) -> tuple[Forecast, int]:
    """Power of sun or wind with a range learned from what was measured.

    Parameters
    ----------
    modelled
        By the weather, shape (step,).
    measured
        NaN where it is not known, shape (step,).
    most
        The plant's rating; no value is above it, and none below zero.

    Returns
    -------
    tuple
        The forecast, its best value moved by how far the model was off, and how many measured
        values it was learned from. With fewer than `LEAST`, the model stands and has no range.
    """
    known = np.isfinite(measured) & (modelled > 0)
    count = int(known.sum())
    unknown = np.full(len(modelled), np.nan)
    if count < LEAST:
        return Forecast(modelled, unknown, unknown), count
    edges = np.quantile(modelled[known], np.linspace(0, 1, _CLASSES + 1)[1:-1])
    place = np.searchsorted(edges, modelled)
    low, mid, high = unknown.copy(), modelled.copy(), unknown.copy()
    for one in range(_CLASSES):
        here = place == one
        past = here & known
        if past.sum() < LEAST:
            past = known
        ratio = measured[past] / modelled[past]
        below, middle, above = np.quantile(ratio, [LOW, 0.5, HIGH])
        low[here] = modelled[here] * below
        mid[here] = modelled[here] * middle
        high[here] = modelled[here] * above
    parts = (np.clip(part, 0, most) for part in (mid, low, high))
    return Forecast(*parts), count


def wind_power(
    speed: FloatArray, curve: FloatArray, hub_m: float, at_m: float, shear: float
) -> FloatArray:
    """Power of a wind turbine, shape (step,).

    Parameters
    ----------
    speed
        Wind speed at `at_m` above the ground, m/s, shape (step,).
    curve
        Speed at the hub, m/s, and power, kW, rising in speed, shape (point, 2); nothing beyond it.
    hub_m
        Height of the hub, m.
    at_m
        Height of the measurement, m.
    shear
        Exponent of the power law: 0.2 in IEC 61400-1 (6.3.1.2, normal wind profile), 0.14 over
        open land.
    """
    hub = speed * (hub_m / at_m) ** shear
    return np.asarray(np.interp(hub, curve[:, 0], curve[:, 1], left=0.0, right=0.0))
