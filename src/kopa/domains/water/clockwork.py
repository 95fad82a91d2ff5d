"""Leads EPANET through a window, so that every run of it stops at the same moments.

EPANET 2.3.5 holds a tank to be empty only when its volume is its least to the digit. It stops a
run to the second when a tank runs dry, and the drop that rounding leaves there is enough for the
tank to supply everybody for another time step. So a tank with less than a second of its outflow
left is set to its least level here.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from kopa.errors import EngineError
from kopa.model import BoolArray, Window
from kopa.model.window import DAY, clock

from .engine_epanet import NodeValue, Project, TimeValue
from .network import Network

_DROP = 1e-6  # share of the least volume; so much is nothing


class Clockwork:
    """The moments of one run.

    A run begins at the file's own start clock time, so that tanks stand in the window as they
    would; in the window it stops at every step.

    Parameters
    ----------
    project
        The open project.
    network
        Its network.
    window
        The time to cover.
    stops
        Seconds since midnight at which something begins or ends.
    """

    def __init__(
        self, project: Project, network: Network, window: Window, stops: Iterable[int] = ()
    ) -> None:
        self.window = window
        self.origin = network.start_clock - (DAY if network.start_clock > window.start else 0)
        self.now = self.origin
        self._project = project
        self._stops = sorted({window.start, window.end, *stops})
        self._usual = self._step = project.time(TimeValue.HYDRAULIC_STEP)
        self._tanks = [_Tank(project, int(node) + 1) for node in network.tanks]
        self.empty: BoolArray = np.zeros(len(network.node_ids), dtype=bool)

    @property
    def elapsed(self) -> int:
        """Seconds since the run began."""
        return self.now - self.origin

    @property
    def counts(self) -> bool:
        """True once the window has begun."""
        return self.now >= self.window.start

    @property
    def at_stop(self) -> bool:
        """True at the beginning, and where something begins or ends."""
        return self.now == self.origin or self.now in self._stops

    @property
    def step(self) -> int:
        """Number of the window's present step."""
        return (self.now - self.window.start) // self.window.step

    @property
    def runs(self) -> bool:
        """True until the window ends."""
        return self.now < self.window.end

    def begin(self, flag: int) -> None:
        """Go back to the beginning; `flag` is that of `Project.init_hydraulics`."""
        self.now = self.origin
        self._project.set_time(TimeValue.DURATION, self.window.end - self.origin)
        self._restore_tanks()
        self._project.init_hydraulics(flag)
        self._find_empty(0)

    def advance(self) -> int:
        """Go on to the next moment that matters to EPANET or here; gives the seconds.

        Raises
        ------
        EngineError
            If EPANET ends the run before the window ends.
        """
        window, now = self.window, self.now
        stop = next((t for t in self._stops if t > now), window.end)
        if self.counts:
            stop = min(stop, now + window.step - (now - window.start) % window.step)
        self._set_step(min(self._usual, stop - now))
        seconds = self._project.advance()
        if seconds <= 0:
            raise EngineError(f"EPANET ends the run at {clock(now)}")
        self.now += seconds
        self._find_empty(seconds)
        return seconds

    def end(self) -> None:
        """Leave the project as it was."""
        self._set_step(self._usual)
        self._restore_tanks()

    def _set_step(self, step: int) -> None:
        if step != self._step:
            self._project.set_time(TimeValue.HYDRAULIC_STEP, step)
            self._step = step

    def _find_empty(self, seconds: int) -> None:
        """Look at the tanks, `seconds` after the last look."""
        for tank in self._tanks:
            self.empty[tank.index - 1] = tank.is_empty(self._project, seconds)

    def _restore_tanks(self) -> None:
        for tank in self._tanks:
            tank.restore(self._project)


class _Tank:
    """One tank, and how much it held when it was looked at last."""

    def __init__(self, project: Project, index: int) -> None:
        self.index = index
        self._volume = 0.0
        self._least = project.node_value(index, NodeValue.MIN_VOLUME)
        self._lowest = project.node_value(index, NodeValue.MIN_LEVEL)
        self._first = project.node_value(index, NodeValue.TANK_LEVEL)
        self._is_set = False

    def is_empty(self, project: Project, seconds: int) -> bool:
        """True if it has nothing more to give; then it stands at its least level."""
        before, self._volume = self._volume, project.node_value(self.index, NodeValue.TANK_VOLUME)
        left = self._volume - self._least
        within_a_second = seconds > 0 and left * seconds <= before - self._volume
        if left > _DROP * (1 + self._least) and not within_a_second:
            return False
        if left > 0:
            project.set_node(self.index, NodeValue.TANK_LEVEL, self._lowest)
            self._is_set = True
        return True

    def restore(self, project: Project) -> None:
        """Give it back the level at which runs begin."""
        if self._is_set:
            project.set_node(self.index, NodeValue.TANK_LEVEL, self._first)
            self._is_set = False
