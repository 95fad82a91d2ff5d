"""What was measured lately: the newest value of each series, how old, how steady."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from kopa.domain import Readings

HOUR_S = 3600.0
LATE = 4.0
"""A series is silent after so many of its usual intervals,"""
SOON_S, OLD_S = 120.0, 3600.0
"""but not before the first, and after the second in any case."""
STUCK_S = 1800.0
"""A value that should vary and has not for so long is stuck."""
ARRIVALS = 5
"""So many values must have come before a series can be stuck."""

Series = tuple[str, int, str]
"""Domain, asset row and quantity."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value; `at` in seconds since 1970 UTC.

    Parameters
    ----------
    series, at, value, simulated
        What was measured, and when.
    lasting
        True where somebody said so without a time: it holds until something else is said.
    """

    series: Series
    at: float
    value: float
    simulated: bool = False
    lasting: bool = False


@dataclass(slots=True)
class _Known:
    """What is remembered of one series."""

    at: float
    value: float
    simulated: bool
    lasting: bool
    since: float
    every: float = 0.0
    arrivals: int = 1
    trail: deque[tuple[float, float]] = field(default_factory=deque)

    def follow(self, new: Value) -> None:
        """Take a newer value, or what the last one was corrected to."""
        if new.at > self.at:
            every = new.at - self.at
            self.every = every if self.arrivals == 1 else 0.8 * self.every + 0.2 * every
            self.arrivals += 1
        elif new.at < self.at:
            return
        self.since = self.since if new.value == self.value else new.at
        self.at, self.value = new.at, new.value
        self.simulated, self.lasting = new.simulated, new.lasting

    def limit(self) -> float:
        """Age at which it is silent, s."""
        if self.lasting:
            return float("inf")
        return min(max(LATE * self.every, SOON_S), OLD_S) if self.arrivals > 1 else OLD_S


@dataclass(frozen=True, slots=True)
class Shown:
    """One series as it is shown: `age_s` since it was measured, `fresh` if that is not long."""

    series: Series
    at: float
    value: float
    age_s: float
    fresh: bool
    stuck_s: float
    simulated: bool


class Memory:
    """Remembers the last hour of every series.

    Newest values come in by `take`; everything else is told as of a moment, so that the same
    memory gives the same answer.
    """

    def __init__(self) -> None:
        self._known: dict[Series, _Known] = {}
        self._begun: float | None = None

    def take(self, values: Iterable[Value], now: float) -> None:
        """Remember the newest values.

        Parameters
        ----------
        values
            The newest of each series; one that is known already says that nothing came.
        now
            Seconds since 1970 UTC.
        """
        self._begun = now if self._begun is None else self._begun
        for new in values:
            old = self._known.get(new.series)
            if old is None:
                old = _Known(new.at, new.value, new.simulated, new.lasting, new.at)
                self._known[new.series] = old
            else:
                old.follow(new)
            old.trail.append((now, old.value))
            while old.trail[0][0] < now - HOUR_S:
                old.trail.popleft()

    def readings(self, domain: str, now: float) -> Mapping[str, Readings]:
        """Fresh values of a domain, by quantity."""
        groups: dict[str, list[tuple[int, _Known]]] = {}
        for (name, row, quantity), known in self._known.items():
            if name == domain and now - known.at <= known.limit():
                groups.setdefault(quantity, []).append((row, known))
        return {quantity: self._columns(found, now) for quantity, found in groups.items()}

    def _columns(self, found: list[tuple[int, _Known]], now: float) -> Readings:
        begun = now if self._begun is None else self._begun
        known = [one for _, one in found]
        span = min(now - begun, HOUR_S)
        lines = [_line(one.trail, span) for one in known]
        return Readings(
            rows=np.array([row for row, _ in found], dtype=np.int64),
            values=np.array([one.value for one in known]),
            age_s=np.array([now - one.at for one in known]),
            steady_s=np.array([(now if one.lasting else one.at) - one.since for one in known]),
            mean=np.array([mean for mean, _, _ in lines]),
            rise=np.array([rise for _, rise, _ in lines]),
            error=np.array([error for _, _, error in lines]),
            span_s=span,
            simulated=np.array([one.simulated for one in known], dtype=bool),
        )

    def shown(self, now: float) -> list[Shown]:
        """Every series, old ones too, in the order in which they came first."""
        return [
            Shown(
                series,
                one.at,
                one.value,
                max(now - one.at, 0.0),
                now - one.at <= one.limit(),
                one.at - one.since if one.arrivals >= ARRIVALS else 0.0,
                one.simulated,
            )
            for series, one in self._known.items()
        ]


def _line(trail: Iterable[tuple[float, float]], span: float) -> tuple[float, float, float]:
    """Mean, rise over a span by least squares, and the standard error of the rise."""
    times, values = np.array(list(trail)).T
    mean, spread = float(values.mean()), times - times.mean()
    square = float(spread @ spread)
    if len(times) < 3 or square <= 0:
        return mean, 0.0, float("inf")
    slope = float(spread @ values) / square
    left = values - mean - slope * spread
    error = float(np.sqrt(left @ left / (len(times) - 2) / square))
    return mean, slope * span, error * span
