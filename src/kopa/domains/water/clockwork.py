"""Leads EPANET through a window, so that every run of it stops at the same moments.

EPANET 2.3.5 counts time in whole seconds. A tank that would run dry, or over, in less than a
second is no reason for it to stop: a drop is enough for the tank to supply everybody for another
time step. So after each solution a tank with less than a second of its outflow left is set to
its least level here, one with less than a second of room to its greatest, and the moment is
solved again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from kopa.errors import EngineError
from kopa.model import BoolArray, FloatArray, Window
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
        self._length = network.units.length
        per_second = network.units.flow / network.units.length**3
        self._tanks = [_Tank(project, int(node) + 1, per_second) for node in network.tanks]
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
    def volumes(self) -> FloatArray:
        """What each tank holds now, in the file's units, shape (tank,)."""
        return np.array([tank.volume for tank in self._tanks])

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
        self._look_at_tanks()

    def advance(self) -> int:
        """Go on to the next moment that matters to EPANET or here; gives the seconds.

        Raises
        ------
        EngineError
            If EPANET ends the run before the window ends.
        """
        self._set_step(self._longest_step())
        seconds = self._project.advance()
        if seconds <= 0:
            raise EngineError(f"EPANET ends the run at {clock(self.now)}")
        self.now += seconds
        self._look_at_tanks()
        return seconds

    def set_levels(self, levels: Mapping[int, float]) -> None:
        """Let tanks stand as they were measured: level, m, by node."""
        for tank in self._tanks:
            level = levels.get(tank.index - 1)
            if level is not None:
                tank.put(self._project, level / self._length)
        self._look_at_tanks()

    def end(self) -> None:
        """Leave the project as it was."""
        self._set_step(self._usual)
        self._restore_tanks()

    def _longest_step(self) -> int:
        """Seconds until the next moment that matters here, or EPANET's usual step."""
        window, now = self.window, self.now
        stop = next((t for t in self._stops if t > now), window.end)
        if self.counts:
            stop = min(stop, now + window.step - (now - window.start) % window.step)
        return min(self._usual, stop - now)

    def _set_step(self, step: int) -> None:
        if step != self._step:
            self._project.set_time(TimeValue.HYDRAULIC_STEP, step)
            self._step = step

    def settle_tanks(self) -> bool:
        """Set tanks that the last solution would empty or fill within a second; True if any.

        Not where the next step is a second itself, as in a snapshot: there a tank is what it is.
        """
        if self._longest_step() <= 1:
            return False
        settled = [tank.settle(self._project) for tank in self._tanks]
        if any(settled):
            self._look_at_tanks()
        return any(settled)

    def _look_at_tanks(self) -> None:
        for tank in self._tanks:
            self.empty[tank.index - 1] = tank.is_empty(self._project)

    def _restore_tanks(self) -> None:
        for tank in self._tanks:
            tank.restore(self._project)


class _Tank:
    """One tank, and how much it held when it was looked at last.

    `per_second` is the volume, in the file's units, that one unit of flow brings in a second.
    """

    def __init__(self, project: Project, index: int, per_second: float) -> None:
        self.index = index
        self.volume = 0.0
        self._per_second = per_second
        self._least = project.node_value(index, NodeValue.MIN_VOLUME)
        self._most = project.node_value(index, NodeValue.MAX_VOLUME)
        self._lowest = project.node_value(index, NodeValue.MIN_LEVEL)
        self._highest = project.node_value(index, NodeValue.MAX_LEVEL)
        self._spills = project.node_value(index, NodeValue.CAN_OVERFLOW) > 0
        self._first = project.node_value(index, NodeValue.TANK_LEVEL)
        self._is_set = False

    def is_empty(self, project: Project) -> bool:
        """True if it has nothing more to give."""
        self.volume = project.node_value(self.index, NodeValue.TANK_VOLUME)
        return self.volume <= self._least + _DROP * (1 + self._least)

    def settle(self, project: Project) -> bool:
        """Set it to its least or greatest level if it is there in a second; True if it was set."""
        gain = project.node_value(self.index, NodeValue.DEMAND) * self._per_second
        left, room = self.volume - self._least, self._most - self.volume
        if gain < 0 < left < -gain:
            project.set_node(self.index, NodeValue.TANK_LEVEL, self._lowest)
        elif 0 < room < gain and not self._spills:
            project.set_node(self.index, NodeValue.TANK_LEVEL, self._highest)
        else:
            return False
        self._is_set = True
        return True

    def put(self, project: Project, level: float) -> None:
        """Set its level, in the file's units."""
        project.set_node(
            self.index, NodeValue.TANK_LEVEL, min(max(level, self._lowest), self._highest)
        )
        self._is_set = True

    def restore(self, project: Project) -> None:
        """Give it back the level at which runs begin."""
        if self._is_set:
            project.set_node(self.index, NodeValue.TANK_LEVEL, self._first)
            self._is_set = False
