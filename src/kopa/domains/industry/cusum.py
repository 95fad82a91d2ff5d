"""Cumulative sum of what a plant uses above its baseline, and the days on which that changed.

References
----------
Page (1954), Continuous inspection schemes, Biometrika 41: the cumulative sum.
Jackson et al. (2005), An algorithm for optimal partitioning of data on an interval, IEEE Signal
Process. Lett. 12(2): the search, which is exact.
Zhang, Siegmund (2007), A modified Bayes information criterion with applications to the analysis of
comparative genomic hybridization data, Biometrics 63: the price of a change, 3 log n, and of a
part, the logarithm of its share of the rows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from kopa.model import BoolArray, FloatArray, IntArray

from .regression import Fit
from .uncertainty import Quality
from .usage import Usage

PRICE = 3.0
"""A change must explain so many times log(rows) variances, or it is chance."""
SHORTEST = {True: 7, False: 2}
"""Rows between two changes, for days and for bills."""


@dataclass(frozen=True)
class Change:
    """A day from which on energy is used otherwise.

    Parameters
    ----------
    row
        The first row of the new use.
    before, after
        Mean above the baseline, kWh/d.
    error
        Standard error of their difference, kWh/d, widened for autocorrelation.
    """

    row: int
    before: float
    after: float
    error: float

    @property
    def step(self) -> float:
        """Change of the use, kWh/d."""
        return self.after - self.before


@dataclass(frozen=True)
class Sums:
    """The cumulative sum of a meter.

    Parameters
    ----------
    rows
        Known rows from the first of the baseline on, shape (known row,).
    expected, measured
        By the baseline's model and by the meter, kWh, shape (known row,).
    total
        Cumulative sum of measured less expected, kWh, shape (known row,).
    changes
        Where the use changed, in the order of time.
    """

    rows: IntArray
    expected: FloatArray
    measured: FloatArray
    total: FloatArray
    changes: tuple[Change, ...]


def cumulate(usage: Usage, fit: Fit, told: Quality, rows: BoolArray) -> Sums:
    """The cumulative sum, and where its slope changed.

    Parameters
    ----------
    usage
        The data.
    fit, told
        The baseline's model and its quality.
    rows
        Rows to look at, shape (row,).
    """
    known = np.flatnonzero(rows & usage.known)
    expected, measured = fit.predict(usage)[known], usage.energy[known]
    days = usage.days[known]
    above = (measured - expected) / days
    # the variance of a mean of n autocorrelated rows is that of n' independent ones
    variance = told.rmse**2 * told.rows / told.independent
    weights = days if not usage.daily else np.ones(len(days))
    weights = weights / weights.mean()
    starts = changes(above, weights, variance, SHORTEST[usage.daily])
    edges = [0, *starts, len(known)]
    parts = [slice(a, b) for a, b in pairwise(edges)]
    means = [float(np.average(above[part], weights=weights[part])) for part in parts]
    noise = [variance / float(weights[part].sum()) for part in parts]
    found = tuple(
        Change(int(known[start]), means[n], means[n + 1], math.sqrt(noise[n] + noise[n + 1]))
        for n, start in enumerate(starts)
    )
    return Sums(known, expected, measured, np.cumsum(measured - expected), found)


def changes(values: FloatArray, weights: FloatArray, variance: float, shortest: int) -> list[int]:
    """First row of each part but the first: the split into constant parts of least cost.

    Parameters
    ----------
    values, weights
        A series and the weight of each value, shape (row,).
    variance
        Of a value of weight 1; 0 where the model is exact.
    shortest
        Rows that a part has at least.
    """
    count = len(values)
    if count < 2 * shortest:
        return []
    floor = 1e-9 * float(np.average(values**2, weights=weights)) + 1e-12
    variance = max(variance, floor)
    price = PRICE * math.log(count) * variance
    w = np.concatenate([[0.0], np.cumsum(weights)])
    s = np.concatenate([[0.0], np.cumsum(weights * values)])
    q = np.concatenate([[0.0], np.cumsum(weights * values**2)])
    best = np.full(count + 1, np.inf)
    best[0] = -price
    came = np.zeros(count + 1, dtype=np.int64)
    for end in range(shortest, count + 1):
        begin = np.arange(0, end - shortest + 1)
        weight = w[end] - w[begin]
        inside = q[end] - q[begin] - (s[end] - s[begin]) ** 2 / weight
        part = variance * np.log((end - begin) / count)
        cost = best[begin] + inside + part + price
        came[end] = begin[np.argmin(cost)]
        best[end] = float(cost.min())
    found, end = [], count
    while came[end] > 0:
        end = int(came[end])
        found.append(end)
    return found[::-1]
