"""Leads EPANET through a window, so that every run of it stops at the same moments."""

from __future__ import annotations

from collections.abc import Iterable

from kopa.model import Window
from kopa.model.window import DAY

from .engine_epanet import Project, TimeValue
from .network import Network


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
        self._project.init_hydraulics(flag)

    def advance(self) -> int:
        """Go on to the next moment that matters to EPANET or here; gives the seconds."""
        window, now = self.window, self.now
        stop = next((t for t in self._stops if t > now), window.end)
        if self.counts:
            stop = min(stop, now + window.step - (now - window.start) % window.step)
        self._set_step(min(self._usual, stop - now))
        seconds = self._project.advance()
        self.now += seconds
        return seconds

    def end(self) -> None:
        """Leave the project as it was."""
        self._set_step(self._usual)

    def _set_step(self, step: int) -> None:
        if step != self._step:
            self._project.set_time(TimeValue.HYDRAULIC_STEP, step)
            self._step = step
