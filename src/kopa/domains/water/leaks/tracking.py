"""Leaks that are known: how much each of them loses from hour to hour.

Every few hours the sizes of all running leaks are found together from the last day, freely: no
law of growth is assumed. Where they leap there is another leak (`leap`). Soon after a leak was
found, what the model's signature is off at every observation is learnt from its own trace, once.
What known leaks explain is taken out of the residuals; their size, and what their signatures may
still be off, is noise to the search for the next leak.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from kopa.model import FloatArray

from .calibration import Calibration
from .matched import MOST, Stretch
from .signature import TRIAL

EVERY = 6
"""Hours from one look to the next."""

DAY = 24

_UNIT = 1 / 3600  # m³/s in one m³/h
_LEAST_SPREAD = 3.0 * _UNIT  # that nothing is taken for sure of a known leak's size
_DRIFT = 2.0 * _UNIT  # that a leak's size changes by in a few days
_LONGEST_HELD = 48  # h that sizes wait for an explanation of something else
_ANY_SIZE = 100.0 * _UNIT


@dataclass(eq=False)
class Leak:
    """A known leak.

    Parameters
    ----------
    column
        Candidate whose signature it has.
    reported
        Candidate that was told.
    start
        Hour at which it likely began.
    found
        Hour at which it was told.
    confidence
        Probability that it lies within the search radius of what was told.
    size
        m³/s by hour, shape (hour,).
    off
        What is learnt of how the model's signature is off: weights of `Calibration.off`.
    spread
        Covariance of `off`.
    ended
        Hour at which it was repaired; None while it runs.
    doubted
        Hour from which it has not seemed to be where it was told; None if it does.
    withdrawn
        True if it was told again elsewhere.
    again
        True if it was told before, elsewhere.
    """

    column: int
    reported: int
    start: int
    found: int
    confidence: float
    size: FloatArray
    off: FloatArray = field(default_factory=lambda: np.zeros(0))
    spread: FloatArray = field(default_factory=lambda: np.zeros((0, 0)))
    ended: int | None = None
    doubted: int | None = None
    withdrawn: bool = False
    again: bool = False

    @property
    def runs(self) -> bool:
        """False once repaired."""
        return self.ended is None

    def runs_at(self, hour: int) -> bool:
        """True before it was repaired."""
        return self.ended is None or hour < self.ended

    def now(self, at: int) -> float:
        """Its size before an hour, m³/s."""
        return float(self.size[max(at - 1, 0)])


class Tracker:
    """All known leaks of a sweep.

    Parameters
    ----------
    calibration
        What is usual.
    """

    def __init__(self, calibration: Calibration) -> None:
        self.calibration = calibration
        self.leaks: list[Leak] = []
        self._held = 0
        self.residual = calibration.residual.copy()
        """Residuals less what known leaks explain, shape (hour, observation)."""

    @property
    def running(self) -> list[Leak]:
        """Leaks that are not repaired."""
        return [leak for leak in self.leaks if leak.runs]

    def prepare(self, leak: Leak) -> None:
        """Say that nothing is known of what a leak's signature is off."""
        columns = self.calibration.off(leak.column).shape[2]
        leak.off = np.zeros(columns)
        leak.spread = np.eye(columns)

    def add(self, leak: Leak, now: int) -> None:
        """Begin to track a leak; its sizes since its start come of its own trace."""
        leak.size = np.zeros(len(self.calibration.residual))
        self.leaks.append(leak)
        for low in range(leak.start, now, EVERY):
            high = min(low + EVERY, now)
            since = [one for one in self.leaks if one.start <= low and one.runs_at(low)]
            self._sizes(since, low, high, max(high - DAY, leak.start), gated=False)
            self.settle()

    def advance(self, low: int, high: int) -> None:
        """Find the sizes in the hours ``[low, high)`` of all running leaks together.

        They stay as they were while something else happens that they do not explain.
        """
        if self.running:
            self._sizes(self.running, low, high, high - DAY, gated=True)
            self.settle()

    def learn(self, leak: Leak, now: int) -> None:
        """Learn what a leak's signature is off from its trace until now."""
        low = leak.start
        stretch = Stretch(self.calibration, self.without(leak), low, now)
        size = float(leak.size[low:now].mean())
        if size <= 0 or not stretch.there.any():
            return
        errors = stretch.errors(leak.column) * size
        shape = stretch.shapes(np.array([leak.column]), size)
        noise = stretch.noise(self.unknown(stretch, now, without=leak))
        prior = np.eye(len(leak.off))
        whole = noise + errors @ prior @ errors.T + shape @ shape.T * _ANY_SIZE**2
        factor = cho_factor(whole, lower=True)
        gain = cho_solve(factor, errors @ prior).T
        leak.off = gain @ (stretch.means - shape[:, 0] * size)
        leak.spread = prior - gain @ errors @ prior
        self.settle()

    def unknown(
        self,
        stretch: Stretch,
        now: int,
        without: Leak | None = None,
        held: Sequence[Leak] = (),
    ) -> FloatArray:
        """What is not known of running leaks, as noise of a stretch; shape (mean, any).

        Parameters
        ----------
        stretch
            The stretch.
        now
            Hour before which all is known.
        without
            A leak that does not count.
        held
            Leaks whose change alone counts, and not their size.
        """
        parts = [np.zeros((len(stretch.means), 0))]
        for leak in self.running:
            size = leak.now(now)
            if leak in held:
                parts.append(self._shape(stretch, leak, size) * _DRIFT)
            elif leak is not without:
                shape = self._shape(stretch, leak, size) * max(_LEAST_SPREAD, size)
                errors = stretch.errors(leak.column) @ _root(leak.spread)
                parts += [shape, errors * size]
        return np.concatenate(parts, axis=1)

    def without(self, leak: Leak) -> FloatArray:
        """Residuals as if a leak were not known, shape (hour, observation)."""
        return self.residual + self.explained(leak)

    def settle(self) -> None:
        """Take what known leaks explain out of the residuals."""
        self.residual = self.calibration.residual.copy()
        for leak in self.leaks:
            self.residual -= self.explained(leak)

    def end(self, leak: Leak, at: int) -> None:
        """Say that a leak was repaired at an hour."""
        leak.ended = at
        leak.size[at:] = 0.0
        self.settle()

    def withdraw(self, leak: Leak) -> None:
        """Say that a leak is not where it was told: what it lost is another's."""
        leak.withdrawn = True
        self.end(leak, leak.start)

    def _shape(self, stretch: Stretch, leak: Leak, size: float) -> FloatArray:
        off = stretch.errors(leak.column) @ leak.off[:, None]
        return np.asarray(stretch.shapes(np.array([leak.column]), size) + off)

    def explained(self, leak: Leak) -> FloatArray:
        """What a leak does to observations, shape (hour, observation)."""
        calibration = self.calibration
        shape = calibration.signatures[:, :, leak.column]
        shape = shape + calibration.off(leak.column) @ leak.off
        bend = calibration.bend[:, :, leak.column][calibration.parts]
        more = np.minimum(leak.size, MOST) - TRIAL
        return np.asarray(leak.size[:, None] * (shape[calibration.parts] + bend * more[:, None]))

    def fitted(
        self, stretch: Stretch, leaks: list[Leak], at: int, fixed: float = 0.0
    ) -> tuple[FloatArray, float]:
        """Sizes of leaks that fit a stretch best, none below zero, and the misfit that is left.

        Parameters
        ----------
        stretch
            Hours with nothing taken out for these leaks.
        leaks
            The leaks.
        at
            Hour whose sizes tell how much their signatures are off.
        fixed
            m³/s that the last of the leaks loses, if it is above zero.
        """
        if not leaks:
            factor = cho_factor(stretch.noise(), lower=True)
            return np.zeros(0), float(stretch.means @ cho_solve(factor, stretch.means))
        size = np.array([leak.now(at) for leak in leaks])
        errors = [stretch.errors(leak.column) @ _root(leak.spread) * leak.now(at) for leak in leaks]
        factor = cho_factor(stretch.noise(np.concatenate(errors, axis=1)), lower=True)
        for _ in range(2):  # signatures depend on sizes a little
            guess = np.where(size > 0, size, TRIAL).tolist()
            shapes = np.concatenate(
                [self._shape(stretch, *one) for one in zip(leaks, guess, strict=True)], axis=1
            )
            means = stretch.means - shapes[:, -1] * fixed
            size = _above_zero(shapes, cho_solve(factor, shapes), means, fixed <= 0)
        rest = means - shapes @ size
        size[-1] += fixed
        return size, float(rest @ cho_solve(factor, rest))

    def bare(self, low: int, high: int) -> Stretch:
        """A stretch with nothing taken out for running leaks."""
        there = self.residual[low:high].copy()
        for leak in self.running:
            there += self.explained(leak)[low:high]
        return Stretch(self.calibration, there, 0, high - low, first=low)

    def _sizes(self, leaks: list[Leak], low: int, high: int, first: int, gated: bool) -> None:
        """Sizes of some leaks in ``[low, high)`` by the hours ``[first, high)``."""
        there = self.residual[first:high].copy()
        for leak in leaks:
            if leak.size[first:high].any():
                there += self.explained(leak)[first:high]
        stretch = Stretch(self.calibration, there, 0, high - first, first=first)
        if not stretch.there.any():
            for leak in leaks:
                leak.size[low:high] = leak.now(low)
            return
        size, rest = self.fitted(stretch, leaks, low)
        if gated and rest > usual(len(stretch.means)) and self._held < _LONGEST_HELD:
            size = np.array([leak.now(low) for leak in leaks])
            self._held += high - low
        elif gated:
            self._held = 0
        for leak, value in zip(leaks, size, strict=True):
            leak.size[low:high] = max(value, 0.0)


def _above_zero(
    shapes: FloatArray, weighted: FloatArray, means: FloatArray, last: bool
) -> FloatArray:
    """Sizes that fit best and are none below zero; without the last one, if it is not `last`."""
    size = np.zeros(shapes.shape[1])
    kept = np.ones(len(size), dtype=bool)
    kept[-1] = last
    left = weighted.T @ shapes + np.eye(len(size)) / _ANY_SIZE**2
    while kept.any():  # what would be below zero is nothing
        size[:] = 0.0
        size[kept] = np.linalg.solve(left[np.ix_(kept, kept)], weighted[:, kept].T @ means)
        if (size >= 0).all():
            break
        kept &= size > 0
    return np.maximum(size, 0.0)


def usual(observations: int) -> float:
    """What the squares of so many observations add up to at most: chi-squared, 4 sigma."""
    return observations + 4 * float(np.sqrt(2 * observations))


def _root(spread: FloatArray) -> FloatArray:
    """A matrix whose square is a covariance, even one that is not quite positive."""
    values, vectors = np.linalg.eigh(spread)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))
