"""What residuals are without leaks: their means, how they follow the load, and their noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kopa.model import FloatArray, IntArray

from .drive import Driven
from .signature import CLASSES, Signatures, class_of

LEAST_DAYS = 5.0
"""A shorter leak-free time says too little of what is usual."""

OWN_ERROR = 0.06
"""What is off in a raw signature at each observation by itself, as a share."""

_SHRINK = 0.15  # towards sensors that know nothing of one another
_FLOORS = (0.01, 0.05 / 3600, 0.05 / 3600)  # m, m³/s, m³/s: nothing is better known
_MOST_INFLATED = 12.0
_LEAST_SPREAD = 0.02  # of a district's demand from day to day: it changes with the weather


@dataclass(frozen=True)
class Calibration:
    """Residuals freed of what is usual, and their noise.

    Parameters
    ----------
    residual
        Shape (hour, observation); NaN where unknown.
    parts
        Part of the day of each hour.
    covariance
        Of hourly residuals, inflated for their memory, shape (class, observation, observation).
    counts
        Leak-free hours by class and observation.
    shared
        Demand of each district that moves together from day to day: standard deviation of its
        daily factor times its mean demand, shape (class, district).
    signatures
        Of a leak of `TRIAL` by 1 m³/s, shape (class, observation, candidate).
    bend
        What they change by 1 m³/s more than that, shape (class, observation, candidate).
    raw
        A part of what is off in them is a share of this, shape (class, observation, candidate).
    errors
        What the model is off in them, as columns whose squares add up, at the part of the day
        with most demand, shape (observation, model, candidate).
    scale
        The same at the other parts of the day, as a share, shape (class,).
    used
        True for observations that say something, shape (observation,).
    """

    residual: FloatArray
    parts: IntArray
    covariance: FloatArray
    counts: FloatArray
    shared: FloatArray
    signatures: FloatArray
    bend: FloatArray
    raw: FloatArray
    errors: FloatArray
    scale: FloatArray
    used: IntArray

    def off(self, column: int) -> FloatArray:
        """What a candidate's signature may be off: columns with a weight of about one each.

        Errors of the whole model, the same at all hours, and a share of each observation's own;
        shape (class, observation, column).
        """
        model = self.scale[:, None, None] * self.errors[None, :, :, column]
        own = self.raw[:, :, column, None] * np.eye(self.raw.shape[1]) * OWN_ERROR
        return np.concatenate([model, own], axis=2)


def calibrate(driven: Driven, found: Signatures, errors: FloatArray, free: int) -> Calibration:
    """Learn from the leak-free hours ``[0, free)``.

    Parameters
    ----------
    driven
        The driven model.
    found
        What leaks do.
    errors
        What the model is off in that (`model_errors`).
    free
        First hour that may have a leak.
    """
    hours, districts = driven.readings.hours, driven.districts
    parts = class_of(driven.readings.hour_of_week)
    seen = driven.residual.shape[1] - len(districts)
    residual = driven.residual.copy()
    loads = _loads(driven)
    for k, around in enumerate(_around(driven)):
        residual[:, k] -= _fitted(residual[:, k], loads[:, around], parts, free)
    shared = np.zeros((CLASSES, len(districts)))
    own = residual.copy()
    for number, district in enumerate(districts):
        forecast = _forecast(district.nominal, district.unmetered, driven, free)
        column = seen + number
        residual[:, column] = district.unmetered - forecast
        factor = _daily(residual[:free, column], forecast[:free])
        spread = max(float(np.nanstd(factor)), _LEAST_SPREAD)
        shared[:, number] = [
            spread * np.nanmean(forecast[:free][parts[:free] == part]) for part in range(CLASSES)
        ]
        days = np.arange(hours) // 24
        own[:, column] = residual[:, column] - np.append(factor, np.zeros(days[-1] + 1))[days] * (
            forecast
        )
    good = np.isfinite(own[:free])
    counts = np.array([good[parts[:free] == part].sum(axis=0) for part in range(CLASSES)])
    used = np.flatnonzero((counts >= LEAST_DAYS).all(axis=0) & (np.nanstd(own[:free], axis=0) > 0))
    floors = np.repeat(_FLOORS, (len(driven.sensors), len(driven.open_meters), len(districts)))
    covariance = _covariance(own[:free, used], parts[:free], floors[used])
    return Calibration(
        residual=residual[:, used],
        parts=parts,
        covariance=covariance,
        counts=counts[:, used].astype(float),
        shared=_placed(shared, used, seen),
        signatures=found.values[:, used],
        bend=found.bend[:, used],
        raw=found.raw[:, used],
        errors=errors[used],
        scale=_scale(found.raw[:, :seen]),
        used=used,
    )


def _loads(driven: Driven) -> FloatArray:
    """What moves the model's error: the load of each district, then each pumped flow, m³/s.

    Shape (hour, district + pump). Of a district that is mostly metered it is what meters say: its
    inflow would follow a leak.
    """
    flows = driven.readings.flows
    pumped = np.setdiff1d(np.arange(len(flows)), driven.open_meters)
    own = [one.inflow if one.driven else one.metered for one in driven.districts]
    return np.stack([*own, *flows.values[:, pumped].T], axis=1)


def _around(driven: Driven) -> list[IntArray]:
    """Columns of the loads that a pressure or an open meter follows: its district's, and pumps'."""
    districts, network = driven.districts, driven.network
    everything = np.arange(_loads(driven).shape[1])
    pumps = everything[len(districts) :]
    names = [driven.readings.flows.names[k] for k in driven.open_meters]
    places = [[node] for node in driven.sensors.tolist()]
    places += [network.ends[:, network.link_ids.index(name)].tolist() for name in names]
    found = []
    for nodes in places:
        mine = [k for k, one in enumerate(districts) if np.isin(nodes, one.nodes).any()]
        found.append(np.concatenate([np.array(mine, dtype=np.int64), pumps]))
    return found


def _fitted(values: FloatArray, load: FloatArray, parts: IntArray, free: int) -> FloatArray:
    """What is usual, shape (hour,).

    It follows the load: a signature needs no correction for that, as what the model makes of
    spread demand and of a leak are off alike. A load that was never seen counts as the nearest
    that was.
    """
    known = load[:free]
    middle, spread = np.nanmean(known, axis=0), np.nanstd(known, axis=0) + 1e-12
    load = np.clip(load, np.nanmin(known, axis=0), np.nanmax(known, axis=0))
    scaled = (load - middle) / spread
    columns = np.concatenate([np.eye(CLASSES)[parts], scaled, scaled**2], axis=1)
    good = np.isfinite(values[:free]) & np.isfinite(columns[:free]).all(axis=1)
    if good.sum() < columns.shape[1] + 1:
        return np.full(len(values), np.nan)
    ridge = np.eye(columns.shape[1])
    ridge[:CLASSES] *= 1e-6
    x, y = columns[:free][good], values[:free][good]
    answer = np.linalg.solve(x.T @ x + ridge, x.T @ y)
    return np.asarray(columns @ answer)


def _forecast(nominal: FloatArray, unmetered: FloatArray, driven: Driven, free: int) -> FloatArray:
    """Unmetered inflow that is usual at each hour, m³/s: the model's pattern times a ratio."""
    of_day = driven.readings.hour_of_week % 24
    ratio = np.zeros(24)
    for hour in range(24):
        here = (of_day[:free] == hour) & np.isfinite(unmetered[:free])
        ratio[hour] = unmetered[:free][here].sum() / max(nominal[:free][here].sum(), 1e-12)
    return np.asarray(nominal * ratio[of_day])


def _daily(residual: FloatArray, forecast: FloatArray) -> FloatArray:
    """Relative error of the forecast by day, shape (day,)."""
    day = np.arange(len(residual)) // 24
    good = np.isfinite(residual)
    over = np.bincount(day[good], residual[good], day[-1] + 1)
    total = np.bincount(day[good], forecast[good], day[-1] + 1)
    return np.asarray(over / np.maximum(total, 1e-12))


def _covariance(own: FloatArray, parts: IntArray, floors: FloatArray) -> FloatArray:
    """Noise by class: deviations by class, correlation over all, memory by observation."""
    deviation = np.array([np.nanstd(own[parts == part], axis=0) for part in range(CLASSES)])
    deviation = np.maximum(deviation, floors)
    scaled = np.nan_to_num(own / deviation[parts])
    correlation = scaled.T @ scaled / len(scaled)
    size = np.sqrt(np.maximum(np.diag(correlation), 1e-12))
    correlation /= np.outer(size, size)
    correlation = (1 - _SHRINK) * correlation + _SHRINK * np.eye(len(correlation))
    deviation = deviation * np.sqrt(_memory(scaled))
    return np.asarray(deviation[:, :, None] * correlation * deviation[:, None, :])


def _memory(scaled: FloatArray) -> FloatArray:
    """How much more means vary than those of independent hours would, shape (observation,)."""
    most = np.ones(scaled.shape[1])
    for length in (24 // CLASSES, 24):
        blocks = len(scaled) // length
        means = scaled[: blocks * length].reshape(blocks, length, -1).mean(axis=1)
        most = np.maximum(most, means.var(axis=0) * length)
    return np.minimum(most, _MOST_INFLATED)


def _scale(raw: FloatArray) -> FloatArray:
    """How strong signatures are at each part of the day beside the strongest, shape (class,)."""
    size = np.sqrt(np.square(raw).mean(axis=(1, 2)))
    return np.asarray(size / max(float(size.max()), 1e-30))


def _placed(shared: FloatArray, used: IntArray, seen: int) -> FloatArray:
    """As vectors over observations, shape (class, used observation, district)."""
    whole = np.zeros((CLASSES, seen + shared.shape[1], shared.shape[1]))
    for number in range(shared.shape[1]):
        whole[:, seen + number, number] = shared[:, number]
    return whole[:, used]
