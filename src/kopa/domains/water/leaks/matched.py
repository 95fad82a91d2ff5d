"""The matched filter: how well one more leak at every pipe explains a stretch of residuals.

Residuals of a stretch are their means by part of the day. Given noise with covariance S, a leak
with signature g and size q explains the means y by the log-likelihood ratio

    2 log L(q) / L(0) = (g' S^-1 y)^2 / (g' S^-1 g)    at    q = g' S^-1 y / (g' S^-1 g).

References
----------
Kay (1998), Fundamentals of Statistical Signal Processing: Detection Theory, section 4.4 and
eq. 6.12 (generalised matched filter, unknown amplitude).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve, cholesky, solve_triangular

from kopa.model import BoolArray, FloatArray, IntArray

from .calibration import Calibration
from .signature import CLASSES

SIGNATURE_ERROR = 0.15
"""What the model's signatures are off, as a share of them: its roughness and demand are."""


@dataclass(frozen=True)
class Known:
    """Leaks that are already known, as noise.

    Parameters
    ----------
    columns
        Their candidates.
    size
        m³/s.
    spread
        Standard deviation of it, m³/s.
    """

    columns: IntArray
    size: FloatArray
    spread: FloatArray


@dataclass(frozen=True)
class Match:
    """How well each candidate explains a stretch.

    Parameters
    ----------
    size
        Likeliest m³/s lost, below zero where less is, shape (candidate,).
    ratio
        Twice the log-likelihood ratio against no leak, shape (candidate,).
    variance
        Of `size`, shape (candidate,).
    """

    size: FloatArray
    ratio: FloatArray
    variance: FloatArray


class Stretch:
    """Means of the residuals of some hours, and their noise.

    Parameters
    ----------
    calibration
        What is usual.
    residual
        Residuals without known leaks, shape (hour, observation).
    low, high
        The hours ``[low, high)``.
    """

    def __init__(
        self, calibration: Calibration, residual: FloatArray, low: int, high: int
    ) -> None:
        self._calibration = calibration
        parts = calibration.parts[low:high]
        values = residual[low:high]
        good = np.isfinite(values)
        values = np.where(good, values, 0.0)
        member = np.eye(CLASSES)[parts]
        counts = member.T @ good
        self.there: BoolArray = counts > 0
        means = (member.T @ values) / np.maximum(counts, 1)
        self.means = means[self.there]
        self.counts = counts

    def noise(self, known: Known) -> FloatArray:
        """Covariance of the means, shape (mean, mean)."""
        calibration, there = self._calibration, self.there
        size = there.sum(axis=1)
        whole = np.zeros((size.sum(), size.sum()))
        stop = np.cumsum(size)
        for part, (low, high) in enumerate(zip(stop - size, stop, strict=True)):
            here = there[part]
            now = 1 / np.sqrt(self.counts[part][here])
            then = 1 / np.sqrt(calibration.counts[part][here])
            noise = calibration.covariance[part][np.ix_(here, here)]
            whole[low:high, low:high] = noise * (np.outer(now, now) + np.outer(then, then))
        shared = calibration.shared[there]
        whole += shared @ shared.T
        if len(known.columns):
            shapes = calibration.signatures[:, :, known.columns][there]
            spread = shapes * known.spread
            whole += spread @ spread.T
            off = np.square(shapes * known.size * SIGNATURE_ERROR).sum(axis=1)
            whole[np.diag_indices_from(whole)] += off
        return whole

    def shapes(self, columns: IntArray | slice = slice(None)) -> FloatArray:
        """Signatures of candidates as means, shape (mean, candidate)."""
        return np.asarray(self._calibration.signatures[:, :, columns][self.there])

    def match(self, noise: FloatArray, columns: IntArray | slice = slice(None)) -> Match:
        """Hold candidates against the means."""
        factor = cholesky(noise, lower=True)
        shapes = solve_triangular(factor, self.shapes(columns), lower=True)
        means = solve_triangular(factor, self.means, lower=True)
        along, power = shapes.T @ means, np.square(shapes).sum(axis=0)
        power = np.maximum(power, 1e-30)
        return Match(along / power, along * np.abs(along) / power, 1 / power)

    def located(
        self, noise: FloatArray, match: Match, prior: FloatArray
    ) -> FloatArray:
        """Probability of every candidate, given that there is one leak; shape (candidate,).

        Signatures are only known to `SIGNATURE_ERROR`, so that of the likeliest candidate is
        noise to that share.
        """
        best = int(np.argmax(match.ratio))
        off = self.shapes()[:, best] * match.size[best] * SIGNATURE_ERROR
        fuzzy = noise + np.diag(np.square(off))
        again = self.match(fuzzy)
        weight = np.where(again.size > 0, again.ratio / 2, -np.inf) + np.log(prior)
        weight = np.exp(weight - weight.max())
        return np.asarray(weight / weight.sum())


def solved(noise: FloatArray, right: FloatArray) -> FloatArray:
    """Inverse of a covariance times something."""
    return np.asarray(cho_solve(cho_factor(noise, lower=True), right))
