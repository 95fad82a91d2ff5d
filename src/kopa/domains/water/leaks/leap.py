"""What has changed within a day or two: a leap that no growth of known leaks makes.

Sizes of known leaks are fitted freely, so one of them takes a burst near it for its own, and
nothing is left that tells it. But no hole widens so fast. Where known leaks seem to, the last hours
are held against the days before them. What known leaks lose, and what the model is off in it, is in
both alike: where one of them was told at a wrong place does not matter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from kopa.model import FloatArray

from .calibration import Calibration
from .matched import Match, Stretch
from .signature import CLASSES
from .tracking import DAY, Leak, Tracker

LEAP = 5.0 / 3600
"""m³/s that no leak grows by in a day or two, so that it is another leak.

The fastest of BattLeDIM's growing leaks come to 25 m³/h in a month, with the square of time: on
their last day they grow by 1.6 m³/h.
"""

_AFTER = (12, 24, 48)  # h since a leap
_BEFORE = 72  # h before it, at most


@dataclass(frozen=True)
class Leap:
    """A leak that stands out of a change.

    Parameters
    ----------
    stretch, noise, match
        The hours since, less what was usual before; their noise, and how candidates match.
    residual
        The hours before and since, less what was usual before, NaN at others, shape (hour,
        observation).
    first
        The first of the hours before.
    change
        The first of the hours since.
    """

    stretch: Stretch
    noise: FloatArray
    match: Match
    residual: FloatArray
    first: int
    change: int


def leap(tracker: Tracker, now: int, ratio: float) -> Leap | None:
    """The change in which one more leak stands out most; None if it does in none.

    Parameters
    ----------
    tracker
        Known leaks.
    now
        Hour before which all is known.
    ratio
        Twice the log-likelihood ratio from which there is a leak.
    """
    best, most = None, ratio
    for after in _AFTER:
        change = now - after
        held = _held(tracker, change)
        if not held or _grown(tracker, held, change, now) < LEAP:
            continue
        found = _since(tracker, held, change, now)
        if found is None:
            continue
        ratios = np.where(found.match.size > LEAP, found.match.ratio, -np.inf)
        if ratios.max() > most:
            most, best = float(ratios.max()), found
    return best


def _held(tracker: Tracker, change: int) -> list[Leak]:
    """Leaks that were known, and ran for a day, when something changed."""
    return [leak for leak in tracker.running if leak.found <= change and leak.start <= change - DAY]


def _grown(tracker: Tracker, held: list[Leak], change: int, now: int) -> float:
    """How much more known leaks, fitted freely, seem to lose since a change, m³/s."""
    stretch = tracker.bare(change, now)
    if not stretch.there.any():
        return 0.0
    leaks = [*held, *(leak for leak in tracker.running if leak not in held)]
    sizes, _ = tracker.fitted(stretch, leaks, change)
    return float(sizes[: len(held)].sum()) - sum(leak.now(change) for leak in held)


def _since(tracker: Tracker, held: list[Leak], change: int, now: int) -> Leap | None:
    """The hours since a change, less what was usual in those before with the held leaks.

    Parts of the day that are not in both have no say; None where no part is. Both have the noise of
    their hours and of their days, so what days differ by counts twice.
    """
    calibration = tracker.calibration
    first = max(change - _BEFORE, *(leak.start for leak in held))
    rows = tracker.residual[first:now].copy()
    for leak in held:
        rows += tracker.explained(leak)[first:now]
    before, counts = _means(calibration, rows[: change - first], first)
    residual = np.full_like(tracker.residual, np.nan)
    residual[first:now] = rows - before[calibration.parts[first:now]]
    beside = replace(calibration, counts=counts, shared=calibration.shared * np.sqrt(2))
    stretch = Stretch(beside, residual, change, now)
    if not stretch.there.any():
        return None
    noise = stretch.noise(tracker.unknown(stretch, now, held=held))
    return Leap(stretch, noise, stretch.match(noise), residual, first, change)


def _means(calibration: Calibration, rows: FloatArray, first: int) -> tuple[FloatArray, FloatArray]:
    """Means by part of the day, NaN where unknown, and how many hours each is of."""
    member = np.eye(CLASSES)[calibration.parts[first : first + len(rows)]]
    good = np.isfinite(rows)
    counts = member.T @ good
    sums = member.T @ np.where(good, rows, 0.0)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan), counts
