"""The causal sweep: every few hours, what the data until then say of leaks.

Nothing of a later hour enters: at hour t the residuals of ``[0, t)`` are held against every pipe
over stretches of several lengths. A leak is told when it is certain that there is one and where.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from kopa.model import BoolArray, FloatArray

from .begin import began, ended, leapt, trace
from .calibration import Calibration
from .leap import LEAP, leap
from .matched import Match, Stretch
from .score import CREW_EUR, WATER_EUR_M3
from .told import Place, Report, Rules
from .tracking import DAY, EVERY, Leak, Tracker, usual

STRETCHES = (12, 24, 48, 96, 192, 336)
"""Lengths of the stretches, h: bursts show in the short ones, slow growth in the long ones."""

RADIUS = 300.0
"""A place within this distance along pipes will do, m: a crew listens that far."""

_NEARER = 0.2  # of probability that a place in the middle is worth

_SETTLING = 72
"""Hours after it was told in which a leak may still move; later ones would move it wrongly."""

_LEAST_HOURS = 10
"""A place is not read from a shorter trace alone."""

_TWO = 1.5  # leaks that there are, from which there is more than one

_MOVES = 168
"""Hours after one was told in which leaks may be placed again."""

_WITHIN = 3 * RADIUS
"""What lies farther from where a leak was told is another one."""

_SURE = 0.9
"""Probability near a place from which the look before is enough to agree with."""

_DOUBT = 0.4
"""Probability near where a leak was told below which it may be told again elsewhere."""

_LEAST_SHARE = 0.15  # of what known leaks lose: so much of it may be the model's error
_LEAST_SIZE = 0.7 / 3600  # m³/s; below it a change of the town looks the same


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
            if self._may_move(leak, now):
                self._placed_again(leak, now)
        for _ in range(3):
            if not (self._found(now) or self._leapt(now)):
                break

    def _found(self, now: int) -> bool:
        """Tell the next leak; False if there is none to tell."""
        best = self._best(now)
        if best is None:
            return False
        stretch, noise, match = best
        strongest = int(np.argmax(match.ratio))
        jump = float(match.size[strongest]) if stretch.hours <= DAY else 0.0
        start = self._start(strongest, now)
        if now - start >= _LEAST_HOURS:  # hours without it would count as if it were smaller
            since = Stretch(self.calibration, self.tracker.residual, start, now)
            quiet = since.noise(self.tracker.unknown(since, now))
            traced = since.match(quiet)
            if traced.ratio.max() > match.ratio.max():
                stretch, noise, match = since, quiet, traced
        place = self._placed(stretch, noise, match)
        same = self._same(place, now)
        burst = same is not None and jump > max(LEAP, 2 * same.now(now - EVERY))
        if same is not None and not burst:
            return False
        if not self._worth_telling(place, match, now):
            return False
        leak = self._new(place, match, self._start(place.likeliest, now), now)
        both = float(place.weight.sum()) > _TWO  # neither of two explains all
        if not (both or self._explains(leak, now)):
            return False
        if not (burst or self._is_another(leak, now)):
            return False
        self._add(leak, now)
        return True

    def _leapt(self, now: int) -> bool:
        """Tell a leak that known ones have taken for their own; False if there is none.

        They explain what it loses by growing, but none grows that fast: there is no other test.
        """
        found = leap(self.tracker, now, self.rules.ratio)
        if found is None:
            return False
        place = self._placed(found.stretch, found.noise, found.match)
        if found.match.size[place.likeliest] < LEAP:
            return False
        if not self._worth_telling(place, found.match, now):
            return False
        along, power = trace(self.calibration, found.residual, place.likeliest, found.first, now)
        start = found.first + leapt(along, power)
        if start < found.change - DAY // 2 or self._told_since(start, place.column):
            return False
        self._add(self._new(place, found.match, start, now), now)
        return True

    def _told_since(self, start: int, column: int) -> bool:
        """True if a leak that began in the day around an hour was told near a candidate."""
        return any(
            abs(leak.start - start) <= DAY and not self._apart[column, leak.reported]
            for leak in self.tracker.leaks
        )

    def _placed(self, stretch: Stretch, noise: FloatArray, match: Match) -> Place:
        """Where the leak of a stretch is."""
        weight = stretch.located(noise, match, self._prior, self._apart)
        mass = self.near @ weight
        column = int(np.argmax(mass - _NEARER * self._distance_to(weight) / RADIUS))
        likeliest = int(np.argmax(np.where(self.near[column], weight, 0.0)))
        return Place(weight, column, likeliest, float(mass[column]))

    def _worth_telling(self, place: Place, match: Match, now: int) -> bool:
        """True if a place pays, and looks before said the same."""
        if not self._pays(place.mass, float(match.size[place.likeliest])):
            return False
        return self._again(place.column, now, EVERY if place.mass > _SURE else DAY // 2)

    def _new(self, place: Place, match: Match, start: int, now: int) -> Leak:
        """A leak that is not told yet."""
        leak = Leak(
            column=place.likeliest,
            reported=place.column,
            start=start,
            found=now,
            confidence=min(place.mass, 1.0),
            size=np.full(len(self.calibration.residual), match.size[place.likeliest]),
        )
        self.tracker.prepare(leak)
        return leak

    def _add(self, leak: Leak, now: int) -> None:
        """Tell a leak, and track it."""
        self.tracker.add(leak, now)
        self._tell(now, len(self.tracker.leaks) - 1, "found", leak.reported)

    def _pays(self, mass: float, size: float) -> bool:
        """True if what is lost while one waits to be surer is worth more than a vain search."""
        lost = size * 3600 * DAY * self.rules.patience * WATER_EUR_M3
        return mass >= self.rules.mass and mass * lost > (1 - mass) * CREW_EUR

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

    def _same(self, place: Place, now: int) -> Leak | None:
        """The known leak that has rather grown than that there is one more."""
        column = place.likeliest
        for leak in self.tracker.running:
            if self.near[column, leak.column] and self.near[leak.column] @ place.weight > 0.3:
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

    def _is_another(self, leak: Leak, now: int) -> bool:
        """True if no known leak, moved and resized, explains as much as one more leak does.

        Held against all since the known leak began: before the new one began, and after.
        """
        low = max(min(leak.start, now - DAY), 0)
        for known in self.tracker.running:
            residual = self.tracker.without(known)
            first = max(known.start, low - max(STRETCHES))
            alone = np.zeros(len(self._prior))
            if low - first >= DAY // 2:
                alone = self._held(residual, first, low, known, low)[0]
            one, two = self._held(residual, max(low, known.start), now, known, now)
            if (alone + one).max() + self.rules.another > alone[known.column] + two[leak.column]:
                return False
        return True

    def _held(
        self, residual: FloatArray, low: int, high: int, known: Leak, now: int
    ) -> tuple[FloatArray, FloatArray]:
        """Ratios of one leak at each candidate, and of it together with a known one."""
        stretch = Stretch(self.calibration, residual, low, high)
        size = max(known.now(now), 0.0)
        off = stretch.errors(known.column) * size
        unknown = self.tracker.unknown(stretch, now, without=known)
        noise = stretch.noise(np.concatenate([unknown, off], axis=1))
        return stretch.beside(noise, known.column, size)

    def _again(self, column: int, now: int, since: int) -> bool:
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

    def _may_move(self, leak: Leak, now: int) -> bool:
        """True soon after a leak was told, and when another is newly known."""
        newest = max(one.found for one in self.tracker.leaks)
        return leak.found < now and min(now - leak.found, now - newest) <= _MOVES

    def _placed_again(self, leak: Leak, now: int) -> None:
        """Give a leak the signature of where it is likeliest by now.

        By what was measured before the next leak began: later it would be moved wrongly.
        """
        others = [one.start for one in self.tracker.running if one is not leak]
        if any(abs(start - leak.start) <= DAY // 2 for start in others):
            return
        high = min([start for start in others if start > leak.start], default=now)
        low = max(leak.start, high - max(STRETCHES))
        if high - low < DAY:
            return
        stretch = Stretch(self.calibration, self.tracker.without(leak), low, high)
        noise = stretch.noise(self.tracker.unknown(stretch, high, without=leak))
        match = stretch.match(noise)
        if match.ratio.max() < self.rules.ratio:
            return
        place = stretch.located(noise, match, self._prior, self._apart)
        place = np.where(self._distance[leak.reported] <= _WITHIN, place, 0.0)
        if place.sum() < 1 - _DOUBT:
            return
        place /= place.sum()
        if self._moved(leak, place, now):
            return
        column = int(np.argmax(place))
        if place[column] > 3 * place[leak.column]:
            leak.column = column
            self.tracker.prepare(leak)
        self.tracker.learn(leak, high)

    def _moved(self, leak: Leak, place: FloatArray, now: int) -> bool:
        """Tell a leak again, once, that by now, for a day, is rather not where it was told."""
        if leak.again:
            return False
        fresh = np.where(self.near[leak.reported], 0.0, place)
        column = int(np.argmax(self.near @ fresh - _NEARER * self._distance_to(place) / RADIUS))
        found = float(self.near[column] @ fresh)
        mass = self.near @ place
        if mass[leak.reported] > _DOUBT or found < 1 - _DOUBT:
            leak.doubted = None
            return False
        if leak.doubted is None:
            leak.doubted = now
        if now - leak.doubted < DAY:
            return False
        likeliest = int(np.argmax(np.where(self.near[column], place, 0.0)))
        self.tracker.withdraw(leak)
        another = Leak(
            column=likeliest,
            reported=column,
            start=leak.start,
            found=now,
            confidence=float(min(mass[column], 1.0)),
            size=leak.size,
            again=True,
        )
        self.tracker.prepare(another)
        self.tracker.add(another, now)
        self._tell(now, len(self.tracker.leaks) - 1, "moved", column)
        return True

    def _tell(self, now: int, leak: int, kind: str, column: int) -> None:
        self.reports.append(Report(now, leak, kind, column))

    def _distance_to(self, place: FloatArray) -> FloatArray:
        """Mean distance to where the leak may be, m; what is far does not count more."""
        return np.asarray(np.minimum(self._distance, 2 * RADIUS) @ place)
