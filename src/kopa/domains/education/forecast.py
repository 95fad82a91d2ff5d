"""Children of the years to come, by cohort survival, with a range.

Those of age a this year are those of age a + 1 next year times a ratio: who moves in and out, and
who lives. The ratio of an age in a catchment is what all counted years tell together. Each draw
of the range takes the ratios of years that were, one whole year for each year to come and for all
ages and catchments, so that what moves together stays together, and lets chance play with small
numbers (Poisson).

References
----------
Pettibone, T., Bushan, L. (1990), School district enrollment projections: a comparison of three
methods, Planning and Changing 21 (cohort survival). Efron, B., Tibshirani, R. (1993), An
Introduction to the Bootstrap.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from kopa.model import FloatArray

from .read_children import Counts, Seats

DRAWS = 2000
LOW, HIGH = 0.1, 0.9
"""The range holds eight of ten draws."""
LEAST = 3
"""So many steps from year to year tell a range; fewer do not."""


def ratios(counts: Counts) -> tuple[FloatArray, FloatArray]:
    """Ratios from each age to the next.

    Parameters
    ----------
    counts
        Children.

    Returns
    -------
    tuple
        By all years together, shape (catchment, age - 1), and by year, shape (year - 1,
        catchment, age - 1). Where a catchment has no children of an age, those of all catchments
        count; NaN where there are none either.
    """
    before, after = counts.children[:, :-1, :-1], counts.children[:, 1:, 1:]
    both = np.isfinite(before) & np.isfinite(after)
    low, high = np.where(both, before, 0.0), np.where(both, after, 0.0)
    whole = _over(high.sum(axis=(0, 1)), low.sum(axis=(0, 1)))
    mean = _over(high.sum(axis=1), low.sum(axis=1))
    mean = np.where(np.isfinite(mean), mean, whole)
    by_year = np.moveaxis(_over(high, low), 1, 0)
    return mean, np.where(np.isfinite(by_year), by_year, mean)


def _over(high: FloatArray, low: FloatArray) -> FloatArray:
    return np.asarray(np.divide(high, low, out=np.full(np.shape(low), np.nan), where=low > 0))


def cohorts(
    counts: Counts, years: int, random: np.random.Generator | None = None, draws: int = 1
) -> Iterator[FloatArray]:
    """Children of some years to come, each of shape (catchment, year to come, age); NaN: unknown.

    Parameters
    ----------
    counts
        Children of the years that were.
    years
        How many.
    random
        None for the ratios of all years together.
    draws
        How often.
    """
    mean, by_year = ratios(counts)
    start = counts.children[:, -1]
    born = np.array(
        [
            [counts.births.get((name, counts.last + ahead), np.nan) for name in counts.catchments]
            for ahead in range(1, years + 1)
        ]
    )
    for _ in range(draws):
        steps = [mean] * years
        if random is not None:
            steps = [by_year[one] for one in random.integers(0, len(by_year), years)]
        yield _grown(start, born, steps, random)


def _grown(
    start: FloatArray,
    born: FloatArray,
    steps: list[FloatArray],
    random: np.random.Generator | None = None,
) -> FloatArray:
    """Step by step, shape (catchment, year to come, age)."""
    now, found = start, np.empty((len(start), len(steps), start.shape[1]))
    for ahead, ratio in enumerate(steps):
        expected = np.concatenate([born[ahead][:, None], now[:, :-1] * ratio], axis=1)
        if random is not None:
            known = np.isfinite(expected)
            drawn = random.poisson(np.where(known, expected, 0.0)).astype(np.float64)
            expected = np.where(known, drawn, np.nan)
        found[:, ahead] = now = expected
    return found


def weights(seats: Seats, ages: int) -> FloatArray:
    """Share of each age that belongs to a group, shape (age,); from 1.5 on it is half of age 1."""
    age = np.arange(ages, dtype=np.float64)
    within = np.minimum(age + 1, seats.age_to + 1) - np.maximum(age, seats.age_from)
    return np.asarray(np.clip(within, 0, 1))


@dataclass(frozen=True)
class Need:
    """Children who want a place in one year, against the places.

    Parameters
    ----------
    seats
        Whose.
    year
        When.
    low, mid, high
        Children; NaN where unknown.
    """

    seats: Seats
    year: int
    low: float
    mid: float
    high: float

    @property
    def enough(self) -> str:
        """``yes`` or ``no`` where the whole range says so, else ``uncertain`` or ``unknown``."""
        if not np.isfinite(self.low + self.high):
            return "unknown"
        if self.high <= self.seats.places:
            return "yes"
        return "no" if self.low > self.seats.places else "uncertain"


def needs(counts: Counts, seats: tuple[Seats, ...], years: int, seed: int = 0) -> list[Need]:
    """Children against places, group by group and year by year.

    Parameters
    ----------
    counts, seats
        Children of the years that were, and places.
    years
        How many to come.
    seed
        Of the draws of the range.
    """
    rows = [counts.catchments.index(one.catchment) for one in seats]
    weight = np.array([weights(one, counts.children.shape[2]) * one.share for one in seats])
    whole = np.array([(one.age_to + 1 - one.age_from) * one.share for one in seats])
    # a group with ages that nobody counts at all is unknown, not empty
    known = np.isclose(weight.sum(axis=1), whole)

    def wanted(children: FloatArray) -> FloatArray:
        """Shape (seats, year)."""
        used = np.where(weight[:, None, :] > 0, children[rows], 0.0) * weight[:, None, :]
        return np.where(known[:, None], used.sum(axis=2), np.nan)

    (mid,) = (wanted(one) for one in cohorts(counts, years))
    low = high = np.full(mid.shape, np.nan)
    if counts.children.shape[1] > LEAST:
        random = np.random.default_rng(seed)
        drawn = np.array([wanted(one) for one in cohorts(counts, years, random, DRAWS)])
        low, high = np.quantile(drawn, [LOW, HIGH], axis=0)
    return [
        Need(
            one, counts.last + 1 + ahead, float(low[row, ahead]), float(mid[row, ahead]),
            float(high[row, ahead]),
        )
        for row, one in enumerate(seats)
        for ahead in range(years)
    ]  # fmt: skip


@dataclass(frozen=True)
class Trial:
    """The last year as it would have been forecast, against what came.

    Parameters
    ----------
    groups
        Groups that could be tried.
    inside
        Share of them that came inside the range.
    error, naive
        Mean absolute error, and that of last year's number again, children.
    """

    groups: int
    inside: float
    error: float
    naive: float


def tried(counts: Counts, seats: tuple[Seats, ...], seed: int = 0) -> Trial | None:
    """Forecast the last counted year from those before it; None where they are too few."""
    if counts.children.shape[1] < LEAST + 2:
        return None
    last, before = counts.children[:, -1], counts.children[:, -2]
    born = {(name, counts.last): last[row, 0] for row, name in enumerate(counts.catchments)}
    past = replace(counts, children=counts.children[:, :-1], births=born)
    rows = []
    for need in needs(past, seats, 1, seed):
        weight = weights(need.seats, last.shape[1]) * need.seats.share
        use, row = weight > 0, counts.catchments.index(need.seats.catchment)
        real, naive = last[row, use] @ weight[use], before[row, use] @ weight[use]
        if np.isfinite(real + naive + need.low):
            inside = need.low <= real <= need.high
            rows.append((inside, abs(need.mid - real), abs(naive - real)))
    if not rows:
        return None
    inside, error, naive = np.mean(np.array(rows, dtype=np.float64), axis=0).tolist()
    return Trial(len(rows), inside, error, naive)
