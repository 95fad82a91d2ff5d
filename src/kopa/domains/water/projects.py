"""A pool of open EPANET projects, warm for the next run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue

from .engine_epanet import Option, Project
from .network import Network, Service

_EXTRA_TRIALS = 10.0  # UNBALANCED CONTINUE: with STOP, EPANET ends a run without a word


class Projects:
    """Open EPANET projects of one network; each is used by one run at a time."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._free: SimpleQueue[Project] = SimpleQueue()

    @contextmanager
    def project(self) -> Iterator[Project]:
        """A project for one run; it comes back to the pool as it was lent."""
        try:
            project = self._free.get_nowait()
        except Empty:
            project = self._open()
        try:
            yield project
        except BaseException:  # an interrupted run as well: nobody knows where it stands
            project.close()
            raise
        self._free.put(project)

    def _open(self) -> Project:
        project = Project(self._network.inp)
        set_service(project, self._network, self._network.service)
        project.set_option(Option.UNBALANCED, _EXTRA_TRIALS)
        project.open_hydraulics()
        return project


def set_service(project: Project, network: Network, service: Service) -> None:
    """Make demands depend on pressure."""
    unit = network.units.pressure
    project.set_pressure_driven(
        True, service.minimum / unit, service.required / unit, service.exponent
    )
