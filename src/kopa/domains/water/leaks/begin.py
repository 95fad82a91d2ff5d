"""When a leak began: the step or the growth that its trace in the residuals shows."""

from __future__ import annotations

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from kopa.model import FloatArray

from .calibration import Calibration
from .signature import CLASSES


def trace(
    calibration: Calibration, residual: FloatArray, column: int, low: int, high: int
) -> tuple[FloatArray, FloatArray]:
    """What each hour says of one candidate: its size times the weight, and the weight.

    Parameters
    ----------
    calibration, residual
        What is usual, and the residuals, shape (hour, observation).
    column
        The candidate.
    low, high
        The hours ``[low, high)``.
    """
    parts = calibration.parts[low:high]
    along, power = np.zeros(high - low), np.zeros(high - low)
    for part in range(CLASSES):
        here = parts == part
        shape = calibration.signatures[part, :, column]
        weights = cho_solve(cho_factor(calibration.covariance[part], lower=True), shape)
        values = residual[low:high][here]
        good = np.isfinite(values)
        along[here] = np.where(good, values, 0.0) @ weights
        power[here] = good @ (weights * shape)
    return along, np.maximum(power, 0.0)


def began(along: FloatArray, power: FloatArray) -> int:
    """First hour of a leak that runs to the end of its trace.

    The likeliest among steps and growths with the square of time (a hole that widens evenly),
    from any hour.
    """
    hours = len(along)
    since = np.arange(hours)[None, :] - np.arange(hours)[:, None]
    best, first = -np.inf, 0
    for grown in (since >= 0, np.square(np.maximum(since + 1, 0) / hours)):
        match = grown @ along
        weight = np.square(grown) @ power
        ratio = np.where(match > 0, match**2 / np.maximum(weight, 1e-30), -np.inf)
        if ratio.max() > best:
            best, first = float(ratio.max()), int(np.argmax(ratio))
    return first


def leapt(along: FloatArray, power: FloatArray) -> int:
    """First hour of a leak that is full-grown from its first hour on (a step)."""
    after = np.cumsum(along[::-1])[::-1]
    weight = np.cumsum(power[::-1])[::-1]
    ratio = np.where(after > 0, after**2 / np.maximum(weight, 1e-30), -np.inf)
    return int(np.argmax(ratio))


def ended(along: FloatArray, power: FloatArray) -> int:
    """First hour without a leak that was there at the beginning of the trace (a step)."""
    return leapt(-along, power)
