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
from scipy.linalg import cholesky, solve_triangular

from kopa.model import BoolArray, FloatArray, IntArray

from .calibration import Calibration
from .signature import CLASSES, LARGE, TRIAL

_PAIRED = 300  # likeliest candidates that are tried in pairs

MOST = 1.5 * LARGE
"""A larger leak has the signature of this size."""

SECOND_LEAK = 3.0
"""Logarithm of how much rarer two leaks that come up together are than one."""


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
        Its rows ``[low, high)``.
    first
        Hour of the first row.
    """

    def __init__(
        self,
        calibration: Calibration,
        residual: FloatArray,
        low: int,
        high: int,
        first: int = 0,
    ) -> None:
        self._calibration = calibration
        parts = calibration.parts[first + low : first + high]
        values = residual[low:high]
        good = np.isfinite(values)
        values = np.where(good, values, 0.0)
        member = np.eye(CLASSES)[parts]
        counts = member.T @ good
        self.there: BoolArray = counts > 0
        means = (member.T @ values) / np.maximum(counts, 1)
        self.means = means[self.there]
        self.hours = high - low
        self.counts = counts

    def noise(self, unknown: FloatArray | None = None) -> FloatArray:
        """Covariance of the means, shape (mean, mean).

        Parameters
        ----------
        unknown
            What is not known of leaks that are: columns whose squares add up, shape (mean, any).
        """
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
        if unknown is not None:
            whole += unknown @ unknown.T
        return whole

    def shapes(
        self, columns: IntArray | slice = slice(None), size: FloatArray | float = TRIAL
    ) -> FloatArray:
        """Signatures of candidates of such sizes, m³/s, as means, shape (mean, candidate)."""
        shapes = self._calibration.signatures[:, :, columns][self.there]
        more = np.clip(size, 0.0, MOST) - TRIAL
        return np.asarray(shapes + self._calibration.bend[:, :, columns][self.there] * more)

    def errors(self, column: int) -> FloatArray:
        """What a candidate's signature may be off, by unit of size, shape (mean, any)."""
        return np.asarray(self._calibration.off(column)[self.there])

    def match(self, noise: FloatArray, columns: IntArray | slice = slice(None)) -> Match:
        """Hold candidates against the means."""
        factor = cholesky(noise, lower=True)
        shapes = solve_triangular(factor, self.shapes(columns), lower=True)
        means = solve_triangular(factor, self.means, lower=True)
        along, power = shapes.T @ means, np.square(shapes).sum(axis=0)
        power = np.maximum(power, 1e-30)
        return Match(along / power, along * np.abs(along) / power, 1 / power)

    def beside(self, noise: FloatArray, known: int, size: float) -> tuple[FloatArray, FloatArray]:
        """Ratios of each candidate by itself, of a size, and together with a known leak."""
        factor = cholesky(noise, lower=True)
        shapes = solve_triangular(factor, self.shapes(size=size), lower=True)
        means = solve_triangular(factor, self.means, lower=True)
        along, power = shapes.T @ means, np.maximum(np.square(shapes).sum(axis=0), 1e-30)
        one = np.where(along > 0, along**2 / power, 0.0)
        cross = shapes.T @ shapes[:, known]
        left = power * power[known] - cross**2
        first = along * power[known] - along[known] * cross
        second = along[known] * power - along * cross
        good = (left > 1e-6 * power * power[known]) & (first > 0) & (second > 0)
        ratio = (first * along + second * along[known]) / np.where(good, left, 1.0)
        return one, np.where(good, ratio, np.maximum(one, one[known]))

    def located(
        self, noise: FloatArray, match: Match, prior: FloatArray, apart: BoolArray
    ) -> FloatArray:
        """Probability that a leak is at each candidate, given that there are one or two.

        Two leaks that come up together would else be taken for one between them. What the
        likeliest candidate's signature may be off is noise.

        Parameters
        ----------
        noise, match
            Noise of the means, and how candidates match them.
        prior
            Weight of each candidate beforehand: its length, shape (candidate,).
        apart
            True where two candidates are so far apart that both may leak, shape (candidate,
            candidate): one leak must not be taken for two beside it.

        Returns
        -------
        FloatArray
            Shape (candidate,); adds up to one for one leak, to two for two.
        """
        best = int(np.argmax(match.ratio))
        off = self.errors(best) * match.size[best]
        factor = cholesky(noise + off @ off.T, lower=True)
        shapes = solve_triangular(factor, self.shapes(size=match.size), lower=True)
        means = solve_triangular(factor, self.means, lower=True)
        along = shapes.T @ means
        cross = shapes.T @ shapes
        power = np.maximum(np.diag(cross), 1e-30)
        prior = np.log(prior / prior.sum())
        one = np.where(along > 0, along**2 / power / 2, -np.inf) + prior
        some = np.argsort(-one, kind="stable")[:_PAIRED]
        two = _pairs(along[some], power[some], cross[np.ix_(some, some)]) / 2
        two = np.where(apart[np.ix_(some, some)], two, -np.inf)
        two += prior[some, None] + prior[None, some] - SECOND_LEAK
        most = max(one.max(), two.max())
        if not np.isfinite(most):
            return np.full(len(prior), 1 / len(prior))
        one, two = np.exp(one - most), np.exp(two - most)
        whole = one.sum() + two.sum() / 2
        one[some] += two.sum(axis=1)
        return np.asarray(one / whole)


def _pairs(along: FloatArray, power: FloatArray, cross: FloatArray) -> FloatArray:
    """Twice the log-likelihood ratio of every two candidates together, both above zero."""
    left = power[:, None] * power[None, :] - cross**2
    alone = left < 1e-6 * power[:, None] * power[None, :]
    left = np.where(alone, 1.0, left)
    first = (along[:, None] * power[None, :] - along[None, :] * cross) / left
    ratio = first * along[:, None] + first.T * along[None, :]
    return np.where(alone | (first <= 0) | (first.T <= 0), -np.inf, ratio)
