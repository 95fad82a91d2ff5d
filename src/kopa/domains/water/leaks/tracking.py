"""Leaks that are known: how much each of them loses from hour to hour.

Every few hours the size, the growth and the signature of all running leaks are corrected together
by what was observed (an extended Kalman filter: a local linear trend, and for every observation a
fixed error of the model's signature). What they explain is taken out of the residuals, and what
is not known of it is noise to the search for the next leak.

References
----------
Harvey (1989), Forecasting, Structural Time Series Models and the Kalman Filter, sections 2.3.1
(local linear trend) and 3.7.2 (extended filter).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import block_diag, cho_factor, cho_solve

from kopa.model import FloatArray

from .calibration import Calibration
from .matched import SIGNATURE_ERROR, Stretch

EVERY = 6
"""Hours from one look to the next."""

_UNIT = 1 / 3600  # m³/s in one m³/h
_SIZE_NOISE = 0.3 * _UNIT  # that a size wanders from look to look
_GROWTH_NOISE = 0.05 * _UNIT  # that its growth from look to look wanders
_FIRST_SIZE = 5.0 * _UNIT
_FIRST_GROWTH = 0.5 * _UNIT


@dataclass
class Leak:
    """A known leak.

    Parameters
    ----------
    column
        Candidate whose signature it has; it moves to the likeliest one as data come.
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
    ended
        Hour at which it was repaired; None while it runs.
    """

    column: int
    reported: int
    start: int
    found: int
    confidence: float
    size: FloatArray
    ended: int | None = None

    def reset(self, observations: int, size: float = 0.0) -> None:
        """Forget what was learnt of its size and signature."""
        spread = [_FIRST_SIZE**2, _FIRST_GROWTH**2, *[SIGNATURE_ERROR**2] * observations]
        self.state = np.zeros(2 + observations)
        self.state[0] = size
        self.spread = np.diag(spread)

    @property
    def runs(self) -> bool:
        """False once repaired."""
        return self.ended is None


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
        self.residual = calibration.residual.copy()
        """Residuals less what known leaks explain, shape (hour, observation)."""

    @property
    def running(self) -> list[Leak]:
        """Leaks that are not repaired."""
        return [leak for leak in self.leaks if leak.runs]

    def unknown(self, stretch: Stretch, without: Leak | None = None) -> FloatArray:
        """What is not known of running leaks, as noise of a stretch; shape (mean, any)."""
        parts = [np.zeros((len(stretch.means), 0))]
        for leak in self.running:
            if leak is not without:
                spread = leak.spread + 1e-12 * np.diag(np.diag(leak.spread))
                parts.append(self._slopes(stretch, leak) @ _root(spread))
        return np.concatenate(parts, axis=1)

    def advance(self, low: int, high: int) -> None:
        """Correct sizes by the hours ``[low, high)``, of all running leaks together."""
        self._filter(self.running, low, high)
        self.settle()

    def follow(self, leak: Leak, low: int, now: int) -> None:
        """Track one leak again from an hour until now, the others as they are."""
        self.residual = self.without(leak)
        leak.size[low:] = 0.0
        for first in range(low, now, EVERY):
            self._filter([leak], first, min(first + EVERY, now), ready=True)
        self.settle()

    def add(self, leak: Leak, now: int) -> None:
        """Begin to track a leak, from its start until now."""
        leak.reset(self.calibration.residual.shape[1])
        self.leaks.append(leak)
        self.follow(leak, leak.start, now)

    def without(self, leak: Leak) -> FloatArray:
        """Residuals as if a leak were not known, shape (hour, observation)."""
        here = np.flatnonzero(leak.size)
        residual = self.residual.copy()
        residual[here] += self._explained(leak)[here]
        return residual

    def settle(self) -> None:
        """Take what known leaks explain out of the residuals."""
        self.residual = self.calibration.residual.copy()
        for leak in self.leaks:
            self.residual -= self._explained(leak)

    def end(self, leak: Leak, at: int) -> None:
        """Say that a leak was repaired at an hour."""
        leak.ended = at
        leak.size[at:] = 0.0
        self.settle()

    def _explained(self, leak: Leak) -> FloatArray:
        calibration = self.calibration
        shape = calibration.signatures[:, :, leak.column]
        shape = shape + calibration.raw[:, :, leak.column] * leak.state[2:]
        return np.asarray(leak.size[:, None] * shape[calibration.parts])

    def _slopes(self, stretch: Stretch, leak: Leak) -> FloatArray:
        """How the means move with a leak's size, growth and signature errors."""
        errors = stretch.errors(leak.column)
        size = stretch.shapes(np.array([leak.column])) + errors @ leak.state[2:, None]
        return np.concatenate([size, np.zeros_like(size), errors * leak.state[0]], axis=1)

    def _filter(self, leaks: list[Leak], low: int, high: int, ready: bool = False) -> None:
        """One step of the filter for some leaks, the others as they are.

        `ready` says that the residuals are already without the one leak.
        """
        if not leaks:
            return
        there = self.residual[low:high].copy()
        if not ready:
            for leak in leaks:
                there += self._explained(leak)[low:high]
        for leak in leaks:
            leak.state[0] += leak.state[1]
            step = np.eye(len(leak.state))
            step[0, 1] = 1.0
            leak.spread = step @ leak.spread @ step.T
            leak.spread[0, 0] += _SIZE_NOISE**2
            leak.spread[1, 1] += _GROWTH_NOISE**2
        stretch = Stretch(self.calibration, there, 0, high - low, first=low)
        if stretch.there.any():
            self._correct(stretch, leaks)
        for leak in leaks:
            leak.state[0] = max(leak.state[0], 0.0)
            leak.size[low:high] = leak.state[0]

    def _correct(self, stretch: Stretch, leaks: list[Leak]) -> None:
        slopes = np.concatenate([self._slopes(stretch, leak) for leak in leaks], axis=1)
        spread = block_diag(*[leak.spread for leak in leaks])
        expected = sum(
            self._slopes(stretch, leak)[:, 0] * leak.state[0] for leak in leaks
        )
        whole = slopes @ spread @ slopes.T + stretch.noise()
        gain = cho_solve(cho_factor(whole, lower=True), slopes @ spread).T
        more = gain @ (stretch.means - expected)
        spread = spread - gain @ slopes @ spread
        length = len(leaks[0].state)
        for k, leak in enumerate(leaks):
            mine = slice(k * length, (k + 1) * length)
            leak.state = leak.state + more[mine]
            leak.spread = (spread[mine, mine] + spread[mine, mine].T) / 2


def _root(spread: FloatArray) -> FloatArray:
    """A matrix whose square is a covariance, even one that is not quite positive."""
    values, vectors = np.linalg.eigh(spread)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))
