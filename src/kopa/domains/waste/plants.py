"""What lies at facilities: what trucks bring, what is worked off, what is passed on."""

from __future__ import annotations

import numpy as np

from kopa.model import FloatArray, IntArray, Window

from .parts import Facilities


class Plants:
    """Stocks of facilities over a window, advanced step by step.

    Parameters
    ----------
    facilities, window
        What there is, and when.
    running
        Share of each step in which it works, shape (step, facility).

    Attributes
    ----------
    stock
        What lies unworked, kg, shape (facility,).
    stocks
        The same at the end of each step, shape (step, facility).
    delivered, passed, left
        What trucks brought, what came from other facilities, and what was worked off and not
        passed on, kg, shape (facility,).
    streams
        What trucks brought by stream, kg, shape (facility,) each.
    """

    def __init__(self, facilities: Facilities, window: Window, running: FloatArray) -> None:
        self._of, self._window, self._running = facilities, window, running
        self._step = 0
        self.stock = facilities.stock.copy()
        self.stocks = np.zeros((window.steps, len(facilities)))
        self.delivered = np.zeros(len(facilities))
        self.passed = np.zeros(len(facilities))
        self.left = np.zeros(len(facilities))
        self.streams: dict[str, FloatArray] = {}
        self._order = _downstream_first(facilities.feeds)

    def takes(self, facility: int, kg: float, at: float) -> bool:
        """True if there is room for so much at a second."""
        self._advance(at)
        return bool(self.stock[facility] + kg <= self._of.store[facility])

    def bring(self, facility: int, kg: float, stream: str, at: float) -> None:
        """A truck unloads so much of a stream at a second."""
        self._advance(at)
        self.stock[facility] += kg
        self.delivered[facility] += kg
        self.streams.setdefault(stream, np.zeros(len(self.delivered)))[facility] += kg

    def finish(self) -> None:
        """Advance to the window's end."""
        self._advance(float("inf"))

    def _advance(self, at: float) -> None:
        window = self._window
        while self._step < window.steps and window.start + (self._step + 1) * window.step <= at:
            self._work(self._step)
            self._step += 1

    def _work(self, step: int) -> None:
        of, hours = self._of, self._window.hours_per_step
        for facility in self._order:
            share, onward = float(self._running[step, facility]), int(of.feeds[facility])
            if share <= 0:
                continue
            # what knows no rate works off all that lies there
            worked = min(self.stock[facility], of.rate[facility] * share * hours)
            if onward >= 0:
                worked = min(worked, max(of.store[onward] - self.stock[onward], 0.0))
                self.stock[onward] += worked
                self.passed[onward] += worked
            else:
                self.left[facility] += worked
            self.stock[facility] -= worked
        self.stocks[step] = self.stock


def _downstream_first(feeds: IntArray) -> list[int]:
    """Rows so that each stands after the one that it feeds."""
    depth = np.zeros(len(feeds), dtype=np.int64)
    for row, onward in enumerate(feeds.tolist()):
        while onward >= 0:
            depth[row] += 1
            onward = int(feeds[onward])
    return [int(row) for row in np.argsort(depth, kind="stable")]
