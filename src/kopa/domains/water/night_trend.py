"""Steps and trends of night flow: what is more than its own noise."""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kopa.model import FloatArray

NOISE = 1.4826
"""Standard deviation of normal noise by its median absolute deviation."""


@dataclass(frozen=True)
class Alarm:
    """When a night stands out.

    Parameters
    ----------
    least, most
        Nights that it is held against.
    together
        So many nights in a row must stand out.
    times
        By more than so many standard deviations of the nights before.
    floor
        Noise is at least this share of the night flow: meters are no better.
    """

    least: int = 7
    most: int = 21
    together: int = 2
    times: float = 4.0
    floor: float = 0.01


@dataclass(frozen=True)
class Step:
    """A change of night flow beyond its own noise.

    Parameters
    ----------
    night
        The first night of it.
    before, after
        Night flow, m³/h.
    noise
        Standard deviation of the nights before, m³/h.
    """

    night: datetime.date
    before: float
    after: float
    noise: float


@dataclass(frozen=True)
class Trend:
    """How night flow has moved since its last step.

    Parameters
    ----------
    slope
        m³/h a day, median of all pairs of nights.
    z
        Of the Mann-Kendall test; beyond 1.96 chance alone makes such a trend once in 20.
    """

    slope: float
    z: float

    @property
    def real(self) -> bool:
        """True if chance makes such a trend less than once in 20."""
        return abs(self.z) > 1.96


def steps_of(nights: Sequence[datetime.date], flow: FloatArray, alarm: Alarm) -> tuple[Step, ...]:
    """Nights from which on night flow stands apart from the nights before.

    Each night is held against the median of the nights before it, back to the last step; its
    noise is their median absolute deviation. Some nights in a row must stand out on one side.

    Parameters
    ----------
    nights, flow
        The nights and their flow, NaN where unknown.
    alarm
        How far and how long it must stand out.
    """
    rows = np.flatnonzero(np.isfinite(flow))
    found: list[Step] = []
    begin = 0
    for at in range(len(rows)):
        before = flow[rows[max(begin, at - alarm.most) : at]]
        after = flow[rows[at : at + alarm.together]]
        if len(before) < alarm.least or len(after) < alarm.together:
            continue
        usual = float(np.median(before))
        spread = NOISE * float(np.median(np.abs(before - usual)))
        noise = max(spread, alarm.floor * abs(usual))
        apart = after - usual
        if np.abs(apart).min() > alarm.times * noise and abs(np.sign(apart).sum()) == len(apart):
            found.append(Step(nights[rows[at]], usual, float(np.median(after)), noise))
            begin = at
    return tuple(found)


def trend_of(nights: Sequence[datetime.date], flow: FloatArray) -> Trend | None:
    """Trend of the nights; None for less than four.

    Parameters
    ----------
    nights, flow
        The nights and their flow, NaN where unknown.

    References
    ----------
    Sen (1968), Estimates of the regression coefficient based on Kendall's tau, JASA 63(324);
    Mann (1945), Nonparametric tests against trend, Econometrica 13(3), with Kendall's variance.
    """
    known = np.isfinite(flow)
    count = int(known.sum())
    if count < 4:
        return None
    day = np.array([night.toordinal() for night in nights], dtype=float)[known]
    values = flow[known]
    one, other = np.triu_indices(count, 1)
    rise, gap = values[other] - values[one], day[other] - day[one]
    score = float(np.sign(rise).sum())
    _, tied = np.unique(values, return_counts=True)
    variance = count * (count - 1) * (2 * count + 5) - (tied * (tied - 1) * (2 * tied + 5)).sum()
    z = 0.0
    if variance > 0 and score:
        z = (score - math.copysign(1, score)) / math.sqrt(float(variance) / 18)
    return Trend(float(np.median(rise / gap)), z)
