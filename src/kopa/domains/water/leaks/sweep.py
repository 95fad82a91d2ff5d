"""The causal sweep: every few hours, what the data until then say of leaks.

Nothing of a later hour enters: at hour t the residuals of ``[0, t)`` are held against every pipe
over stretches of several lengths. A leak is told when it is certain that there is one and where.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kopa.model import BoolArray, FloatArray

from .begin import began, ended, trace
from .calibration import Calibration
from .matched import Match, Stretch
from .tracking import DAY, EVERY, Leak, Tracker, usual

STRETCHES = (12, 24, 48, 96, 192, 336)
"""Lengths of the stretches, h: bursts show in the short ones, slow growth in the long ones."""

RADIUS = 300.0
"""A place within this distance along pipes will do, m: a crew listens that far."""

_NEARER = 0.2  # of probability that a place in the middle is worth

_JUMP = 5.0 / 3600  # m³/s within a day: no known leak that grows, but another beside it

_SETTLING = 72
"""Hours after it was told in which a leak may still move; later ones would move it wrongly."""

_LEAST_SHARE = 0.15  # of what known leaks lose: so much of it may be the model's error
_LEAST_SIZE = 0.7 / 3600  # m³/s; below it a change of the town looks the same


@dataclass(frozen=True)
class Rules:
    """When something is told.

    Parameters
    ----------
    ratio
        Twice the log-likelihood ratio from which there is a leak.
    mass
        Probability within `RADIUS` from which its place is known.
    change
        The ratio from which a known leak has changed.
    """

    ratio: float = 22.0
    mass: float = 0.85
    change: float = 20.0


@dataclass(frozen=True)
class Report:
    """What was told at an hour.

    Parameters
    ----------
    hour
        When.
    leak
        Number of the leak.
    kind
        ``found`` or ``repaired``.
    column
        The candidate told.
    """

    hour: int
    leak: int
    kind: str
    column: int


class Sweep:
    """All looks of one set of readings.

    Parameters
    ----------
    calibration
        What is usual.
    distance
        Between candidates along pipes, m, shape (candidate, candidate).
    prior
        Weight of each candidate beforehand, shape (candidate,).
    rules
        When something is told.
    """

    def __init__(
        self,
        calibration: Calibration,
        distance: FloatArray,
        prior: FloatArray,
        rules: Rules | None = None,
    ) -> None:
        self.calibration = calibration
        self.near: BoolArray = distance <= RADIUS
        self._distance = distance
        self._apart: BoolArray = distance > 2 * RADIUS
        self._prior = prior
        self.rules = rules or Rules()
        self.tracker = Tracker(calibration)
        self.reports: list[Report] = []
        self._free = 0
        self._seen: list[tuple[int, int]] = []

    def run(self, free: int, progress: Callable[[float], None] = lambda done: None) -> None:
        """Go through the hours from `free` on."""
        self._free = free
        hours = len(self.calibration.residual)
        for now in range(free + EVERY, hours + 1, EVERY):
            self.look(now)
            progress(EVERY)

    def look(self, now: int) -> None:
        """What is said at an hour, of the hours before it."""
        self.tracker.advance(now - EVERY, now)
        for leak in self.tracker.running:
            self._changed(leak, now)
        for leak in self.tracker.running:
            if 0 < now - leak.found <= _SETTLING:
                self._placed_again(leak, now)
        for _ in range(3):
            if not self._found(now):
                break

    def _found(self, now: int) -> bool:
        """Tell the next leak; False if there is none to tell."""
        best = self._best(now)
        if best is None:
            return False
        stretch, noise, match = best
        jumped = float(match.size[np.argmax(match.ratio)]) > _JUMP and stretch.hours <= DAY
        place = stretch.located(noise, match, self._prior, self._apart)
        mass = self.near @ place
        column = int(np.argmax(mass - _NEARER * self._distance_to(place) / RADIUS))
        likeliest = int(np.argmax(np.where(self.near[column], place, 0.0)))
        same = self._same(likeliest, place, now)
        if same is not None and not (now - same.found > _SETTLING and jumped):
            return False
        if mass[column] < self.rules.mass or not self._again(column, now):
            return False
        leak = Leak(
            column=likeliest,
            reported=column,
            start=self._start(likeliest, now),
            found=now,
            confidence=float(min(mass[column], 1.0)),
            size=np.full(len(self.calibration.residual), match.size[likeliest]),
        )
        self.tracker.prepare(leak)
        if not (self._explains(leak, now) or self._again(column, now, 3 * DAY)):
            return False
        self.tracker.add(leak, now)
        self._tell(now, len(self.tracker.leaks) - 1, "found", column)
        return True

    def _best(self, now: int) -> tuple[Stretch, FloatArray, Match] | None:
        """The stretch in which a leak stands out most; None if it does in none."""
        best, most = None, self.rules.ratio
        known = sum(leak.now(now) for leak in self.tracker.running)
        least = max(_LEAST_SIZE, _LEAST_SHARE * known)
        for length in STRETCHES:
            low = now - length
            if low < self._free - 24 * 2 or low < 0:
                continue
            stretch = Stretch(self.calibration, self.tracker.residual, low, now)
            noise = stretch.noise(self.tracker.unknown(stretch, now))
            match = stretch.match(noise)
            ratio = np.where(match.size > least, match.ratio, -np.inf)
            if ratio.max() > most:
                most = float(ratio.max())
                best = (stretch, noise, match)
        return best

    def _same(self, column: int, place: FloatArray, now: int) -> Leak | None:
        """The running leak that is rather a known one that has grown."""
        for leak in self.tracker.running:
            if self.near[column, leak.column] and self.near[leak.column] @ place > 0.3:
                return leak
            fresh = now - leak.found <= _SETTLING
            if fresh and not (
                self._apart[column, leak.column] and self._apart[column, leak.reported]
            ):
                return leak
        return None

    def _explains(self, leak: Leak, now: int) -> bool:
        """True if with this leak the last hours are as they should be."""
        low = now - 12
        stretch = self.tracker.bare(low, now)
        sizes, rest = self.tracker.fitted(stretch, [*self.tracker.running, leak], low)
        return rest < 1.5 * usual(len(stretch.means)) and sizes[-1] > 0

    def _again(self, column: int, now: int, since: int = DAY // 2) -> bool:
        """True if looks so many hours ago or more, of the last days, said the same place."""
        self._seen = [(hour, one) for hour, one in self._seen if now - hour <= 5 * DAY]
        before = any(now - hour >= since and self.near[one, column] for hour, one in self._seen)
        self._seen.append((now, column))
        return before

    def _start(self, column: int, now: int) -> int:
        low = max(now - max(STRETCHES), self._free)
        along, power = trace(self.calibration, self.tracker.residual, column, low, now)
        return low + began(along, power)

    def _changed(self, leak: Leak, now: int) -> None:
        """Tell a repair: without the leak all is explained, with half of what it lost it is not."""
        low = now - 12
        if now - leak.found < DAY:
            return
        before = float(np.median(leak.size[max(now - 72, leak.start) : now - 12]))
        stretch = self.tracker.bare(low, now)
        others = [one for one in self.tracker.running if one is not leak]
        if not stretch.there.any():
            return
        _, without = self.tracker.fitted(stretch, others, low)
        sizes, free = self.tracker.fitted(stretch, [*others, leak], low)
        small = before < _LEAST_SIZE and sizes[-1] < _LEAST_SIZE
        _, half = self.tracker.fitted(stretch, [*others, leak], low, fixed=max(before / 2, 1e-9))
        explained = without < usual(len(stretch.means)) and without - free < 9.0
        if not explained or not (small or half - free > self.rules.change):
            return
        back = max(now - 72, leak.start)
        along, power = trace(self.calibration, self.tracker.without(leak), leak.column, back, now)
        self.tracker.end(leak, back + ended(along - before * power, power))
        self._tell(now, self.tracker.leaks.index(leak), "repaired", leak.reported)

    def _placed_again(self, leak: Leak, now: int) -> None:
        """Give a leak the signature of where it is likeliest by now."""
        low = max(leak.start, now - 336)
        if now - low < 24:
            return
        stretch = Stretch(self.calibration, self.tracker.without(leak), low, now)
        noise = stretch.noise(self.tracker.unknown(stretch, now, without=leak))
        match = stretch.match(noise)
        if match.ratio.max() < self.rules.ratio:
            return
        place = stretch.located(noise, match, self._prior, self._apart)
        column = int(np.argmax(place))
        if place[column] > 3 * place[leak.column]:
            leak.column = column
            self.tracker.prepare(leak)
        self.tracker.learn(leak, now)

    def _tell(self, now: int, leak: int, kind: str, column: int) -> None:
        self.reports.append(Report(now, leak, kind, column))

    def _distance_to(self, place: FloatArray) -> FloatArray:
        """Mean distance to where the leak may be, m; what is far does not count more."""
        return np.asarray(np.minimum(self._distance, 2 * RADIUS) @ place)
