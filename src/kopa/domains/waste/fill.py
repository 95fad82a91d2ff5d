"""How full containers will be: by what sensors told, weekdays and surges, with a range.

What is thrown in on a day is a container's own rate × the weekday and, after a year, the month of
its stream × known surges. The range is what such forecasts missed by in the last third of the past,
pooled by stream: a sum of days errs less than a day. Nothing is assumed of the shape of the errors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from kopa.model import FloatArray, IntArray

from .calendar import last_emptied
from .network import Network
from .read_history import History

DROP = 0.08
"""A level that falls by more was emptied; less is noise of a sensor."""
COVER = 0.5
"""A day of which less is known is unknown."""
LEAST_DAYS = 14
"""With fewer known days a container's past says nothing."""
YEAR = 365
"""From so many days on, months are learned."""
LEAST_ERRORS = 30
"""With fewer errors there is no range."""
OLD = 7.0
"""A level that was told so many days ago says nothing of now."""
TAILS = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class Forecast:
    """Levels of containers, shares of their volume, if nobody empties them.

    Parameters
    ----------
    first
        First day, days since 1970-01-01.
    now
        At its begin, NaN where unknown, shape (container,).
    low, mid, high
        At the end of each day: one in ten lies below low, one above high; NaN where unknown,
        shape (day, container).
    risk
        Probability that it flows over by the end of each day, NaN where unknown, shape (day,
        container).
    learned
        True where the past told what is thrown in, shape (container,).
    """

    first: int
    now: FloatArray
    low: FloatArray
    mid: FloatArray
    high: FloatArray
    risk: FloatArray
    learned: FloatArray


def daily(history: History, network: Network) -> tuple[int, FloatArray]:
    """What was thrown in on each day, shares of the volume.

    Parameters
    ----------
    history
        Levels.
    network
        The containers.

    Returns
    -------
    tuple
        First day, days since 1970-01-01, and shares, NaN where unknown, shape (day, container).
    """
    times = [series[0] for series in history.values()]
    if not times:
        return 0, np.full((0, len(network.containers)), np.nan)
    first = int(min(series[0] for series in times))
    last = int(max(series[-1] for series in times)) + 1
    found = np.full((last - first, len(network.containers)), np.nan)
    edges = np.arange(first, last + 1, dtype=np.float64)
    for container, (at, level) in history.items():
        rise, span = np.diff(level), np.diff(at)
        good = rise > -DROP
        grown = np.concatenate([[0.0], np.cumsum(np.where(good, rise, 0.0))])
        known = np.concatenate([[0.0], np.cumsum(np.where(good, span, 0.0))])
        cover = np.diff(np.interp(edges, at, known))
        some = np.diff(np.interp(edges, at, grown))
        with np.errstate(divide="ignore", invalid="ignore"):
            found[:, container] = np.where(cover >= COVER, some / cover, np.nan)
    return first, found


def _weekday(days: IntArray) -> IntArray:
    return np.asarray((days + 3) % 7)


def _month(days: IntArray) -> IntArray:
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return np.asarray(months % 12)


@dataclass(frozen=True)
class _Model:
    """Rate of each container, and its factors by weekday and month, shape (7 or 12, container)."""

    rate: FloatArray
    weekday: FloatArray
    month: FloatArray

    def shape(self, days: IntArray) -> FloatArray:
        """Factor of each day, shape (day, container)."""
        return np.asarray(self.weekday[_weekday(days)] * self.month[_month(days)])

    def expected(self, days: IntArray, surge: FloatArray) -> FloatArray:
        """Shape (day, container)."""
        return np.asarray(self.rate * self.shape(days) * surge)


def _surges(network: Network, days: IntArray) -> FloatArray:
    found = np.ones((len(days), len(network.containers)))
    for one in network.surges:
        within = (days >= one.first) & (days <= one.last)
        found[np.ix_(within, one.containers)] += one.factor - 1
    return found


def _fit(past: FloatArray, days: IntArray, surge: FloatArray, network: Network) -> _Model:
    """Rates of containers, weekdays and months of streams, in turn until they settle."""
    with np.errstate(divide="ignore", invalid="ignore"):
        plain = np.where(surge > 0, past / surge, np.nan)
    many = np.isfinite(plain).sum(axis=0)
    width = len(network.containers)
    model = _Model(np.full(width, np.nan), np.ones((7, width)), np.ones((12, width)))
    yearly = len(days) >= YEAR
    for _ in range(5):
        rate = _mean(plain / model.shape(days))
        rate[many < LEAST_DAYS] = np.nan
        model = replace(model, rate=rate)
        model = replace(model, weekday=_factors(plain, model, days, _weekday(days), network, 7))
        if yearly:
            model = replace(model, month=_factors(plain, model, days, _month(days), network, 12))
    return replace(model, rate=np.maximum(model.rate, 0.0))


def _factors(
    plain: FloatArray, model: _Model, days: IntArray, label: IntArray, network: Network, many: int
) -> FloatArray:
    """Factors of a stream by weekday or month, with those that the model has taken in."""
    own = model.weekday if many == 7 else model.month
    found = np.ones((many, plain.shape[1]))
    rest = model.shape(days) / own[label]
    for columns in network.by_stream.values():
        usual = (model.rate * rest)[:, columns]
        ratio = plain[:, columns] / np.where(usual > 0, usual, np.nan)
        means = np.array([_flat(ratio[label == one]) for one in range(many)])
        means = np.where(np.isfinite(means), means, 1.0)
        found[:, columns] = (means / max(means.mean(), 1e-9))[:, None]
    return found


def _mean(values: FloatArray) -> FloatArray:
    """Mean of what is known in each column, NaN where nothing is."""
    known = np.isfinite(values)
    total = np.where(known, values, 0.0).sum(axis=0)
    count = known.sum(axis=0)
    return np.asarray(np.divide(total, count, out=np.full(len(count), np.nan), where=count > 0))


def _flat(values: FloatArray) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")


def _errors(
    past: FloatArray, days: IntArray, surge: FloatArray, network: Network, ahead: int
) -> list[list[FloatArray]]:
    """By number of days and stream: sums of days over what was expected of them, sorted."""
    cut = len(days) - len(days) // 3
    model = _fit(past[:cut], days[:cut], surge[:cut], network)
    expected = model.expected(days[cut:], surge[cut:])
    sums = np.vstack([np.zeros(past.shape[1]), np.cumsum(past[cut:], axis=0)])
    means = np.vstack([np.zeros(past.shape[1]), np.cumsum(expected, axis=0)])
    found: list[list[FloatArray]] = []
    for many in range(1, ahead + 1):
        most = min(many, len(sums) - 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = (sums[most:] - sums[:-most]) / (means[most:] - means[:-most])
        found.append(
            [
                np.sort(ratio[:, columns][np.isfinite(ratio[:, columns])])
                for columns in network.by_stream.values()
            ]
        )
    return found


def forecast(
    network: Network, now: FloatArray, first: int, ahead: int, history: History | None = None
) -> Forecast:
    """Levels at the end of each of the next days.

    Parameters
    ----------
    network
        The containers and surges.
    now
        Levels at the begin of the first day where no sensor told one, NaN where unknown, shape
        (container,).
    first
        The first day, days since 1970-01-01.
    ahead
        Days.
    history
        What sensors told; without it rates are those of the file, and nothing is known of their
        range.
    """
    some = network.containers
    days = first + np.arange(ahead)
    mean = np.tile(some.daily / some.full, (ahead, 1)) * _surges(network, days)
    learned = np.zeros(len(some), dtype=bool)
    blank = np.full(mean.shape, np.nan)
    low, high, risk = blank.copy(), blank.copy(), blank.copy()
    errors: Sequence[Sequence[FloatArray]] = ()
    if history:
        begin, past = daily(history, network)
        then = begin + np.arange(len(past))
        before = then < first
        past, then = past[before], then[before]
        surge = _surges(network, then)
        model = _fit(past, then, surge, network)
        learned = np.isfinite(model.rate)
        mean[:, learned] = model.expected(days, _surges(network, days))[:, learned]
        errors = _errors(past, then, surge, network, ahead)
        rate = np.where(learned, model.rate, some.daily / some.full)
        told = _read(network, history, rate, first)
        now = np.where(np.isfinite(told), told, now)
    grown = np.cumsum(mean, axis=0)
    for day, by_stream in enumerate(errors):
        for ratio, columns in zip(by_stream, network.by_stream.values(), strict=True):
            use = columns[learned[columns]]
            if len(ratio) < LEAST_ERRORS or not len(use):
                continue
            least, _, most = np.quantile(ratio, TAILS)
            low[day, use] = now[use] + least * grown[day, use]
            high[day, use] = now[use] + most * grown[day, use]
            room = 1 - now[use]
            with np.errstate(divide="ignore", invalid="ignore"):
                needed = np.where(room <= 0, -np.inf, room / grown[day, use])
            over = 1 - np.searchsorted(ratio, needed, side="right") / len(ratio)
            risk[day, use] = np.where(np.isfinite(now[use]), over, np.nan)
    return Forecast(first, now, low, now + grown, high, risk, learned)


def _read(network: Network, history: History, rate: FloatArray, first: int) -> FloatArray:
    """Levels at the begin of a day by the last that were told, NaN where none was in a week.

    What came since is added at the usual rate; where today's rounds emptied a container since, it
    filled from then on.
    """
    found = np.full(len(network.containers), np.nan)
    emptied = last_emptied(network, float(first))
    for container, (at, level) in history.items():
        row = int(np.searchsorted(at, first, side="right")) - 1
        if row < 0 or first - at[row] > OLD:
            continue
        gone = emptied[container] > at[row]
        since = emptied[container] if gone else at[row]
        found[container] = (0.0 if gone else level[row]) + (first - since) * rate[container]
    return found
