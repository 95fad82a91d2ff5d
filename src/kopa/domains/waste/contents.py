"""What is in the containers over a window."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from kopa.model import BoolArray, FloatArray, Window

from .parts import Containers


class Contents:
    """Contents of containers, which fill steadily within a step and are emptied now and then.

    Parameters
    ----------
    containers, window
        What there is, and when.
    start
        What is in at the window's begin, kg, NaN where unknown, shape (container,).
    thrown
        What is thrown in in each step, kg, shape (step, container).
    measured
        True where `start` was measured: what was emptied before the window is gone from it,
        shape (container,).
    """

    def __init__(
        self,
        containers: Containers,
        window: Window,
        start: FloatArray,
        thrown: FloatArray,
        measured: BoolArray,
    ) -> None:
        self._of, self._window = containers, window
        self.start, self._measured = start, measured
        self._sum = np.vstack([np.zeros(len(containers)), np.cumsum(thrown, axis=0)])
        self._emptied: list[tuple[float, int, float]] = []
        self._base = start.copy()

    @property
    def thrown(self) -> FloatArray:
        """What was thrown in in the window, kg, shape (container,)."""
        return np.asarray(self._sum[-1])

    def at(self, container: int, second: float) -> float:
        """What a truck finds in a container at a second, kg."""
        window = self._window
        if second < window.start and self._measured[container]:
            return 0.0
        place = (second - window.start) / window.step
        step = min(max(int(place), 0), window.steps - 1)
        low, high = self._sum[step, container], self._sum[step + 1, container]
        return float(self._base[container] + low + (high - low) * min(max(place - step, 0.0), 1.0))

    def take(self, container: int, second: float, kg: float) -> None:
        """Take so much out at a second; times must rise."""
        self._base[container] -= kg
        self._emptied.append((second, container, kg))

    @property
    def end(self) -> FloatArray:
        """What is in at the window's end, kg, shape (container,)."""
        return np.asarray(self._base + self._sum[-1])

    def middle(self) -> FloatArray:
        """What is in at the middle of each step, kg, shape (step, container)."""
        found = self.start + (self._sum[:-1] + self._sum[1:]) / 2
        window = self._window
        middles = window.starts + window.step / 2
        for second, container, kg in self._emptied:
            found[middles > second, container] -= kg
        return np.asarray(found)

    @cached_property
    def over(self) -> FloatArray:
        """What lies beside the containers at the middle of each step, m³, 0 where unknown.

        To be asked for once all is emptied; shape (step, container).
        """
        with np.errstate(invalid="ignore"):
            beside = np.nan_to_num(self.middle() / self._of.density) - self._of.volume
        return np.maximum(beside, 0.0)


def unknown(start: FloatArray, thrown: FloatArray) -> BoolArray:
    """True for containers of which it is not known what is in them, shape (container,)."""
    return np.asarray(np.isnan(start) | np.isnan(thrown).any(axis=0))
