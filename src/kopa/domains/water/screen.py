"""N-1: what each link, shut for a whole window, leaves unsupplied.

Most links leave nobody short, and `Served` shows it cheaply. Only the others are run in full,
pressure-driven and from the beginning, as `Water.run` does it. So no answer depends on the order
of the cases or on how they are spread over processes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from kopa.domain import Bound, Change
from kopa.errors import EngineError
from kopa.model import FloatArray, Window
from kopa.parallel import Work, map_cases

from .effects import person_hours, unserved
from .hydraulics import Hydraulics, simulate
from .network import PIPE, PUMP, Network
from .plan import Plan, plan
from .projects import Projects
from .served import Served
from .trust import distrust

SNAPSHOT = 1
"""Length of the window of a snapshot, s: one solution."""


@dataclass(frozen=True)
class Case:
    """What one shut link does.

    Parameters
    ----------
    link
        Row of the link.
    unserved
        Demand that is not delivered in the window, m³; NaN where unknown.
    status
        ``unknown`` where no run could tell, for the reason in `why`.
    full_run
        True if it took a run of the whole window.
    why
        Empty where it is known.
    person_hours
        Without water in the window; NaN where unknown.
    """

    link: int
    unserved: float
    status: Literal["ok", "unknown"] = "ok"
    full_run: bool = False
    why: str = ""
    person_hours: float = float("nan")


@dataclass(frozen=True)
class Screening:
    """What every shut link does.

    Parameters
    ----------
    cases
        One a link, in the order asked for.
    wanted, unserved
        Demand in the window, and what of it the baseline leaves unserved, m³.
    person_hours
        Without water in the baseline; NaN where nobody knows where people live.
    """

    cases: tuple[Case, ...]
    wanted: float
    unserved: float
    person_hours: float = float("nan")

    def share(self, case: Case) -> float:
        """Share of the demand that is delivered; 1 where nothing is asked for."""
        return 1.0 - case.unserved / self.wanted if self.wanted > 0 else 1.0


@dataclass(frozen=True)
class Pool:
    """Where the cases run.

    Parameters
    ----------
    workers
        Processes; 0 takes one for every core.
    dask
        Address of a Dask scheduler; empty runs here.
    progress
        Called with the number of cases that are newly done.
    """

    workers: int = 0
    dask: str = ""
    progress: Callable[[int], None] = lambda done: None


def outages(network: Network, pipes_only: bool) -> list[int]:
    """Rows of the links to shut: pipes, or pumps and valves as well."""
    last = PIPE if pipes_only else network.link_types.max(initial=PIPE)
    return [int(link) for link in np.flatnonzero(network.link_types <= last)]


def screen(
    network: Network,
    window: Window,
    links: Sequence[int],
    pool: Pool,
    people: FloatArray | None = None,
) -> Screening:
    """Shut each link for a whole window.

    Parameters
    ----------
    network
        The network.
    window
        The time to cover; one of `SNAPSHOT` seconds is solved once.
    links
        Rows of the links.
    pool
        Where the cases run.
    people
        People at each node, shape (node,); None where nobody knows.

    Raises
    ------
    EngineError
        If the baseline has no answer.
    """
    task = _Task(network, window, people)
    wanted, missing = task.baseline()
    task.prepare()
    work = Work(task.case, _lost)
    cases = map_cases(work, list(links), pool.workers, pool.dask, pool.progress)
    return Screening(tuple(cases), wanted, missing, task.person_hours(task.prepare()))


class _Task:
    """Answers cases one by one; a copy serves each process."""

    def __init__(self, network: Network, window: Window, people: FloatArray | None) -> None:
        self._network, self._window, self._people = network, window, people
        self._projects = Projects(network)
        self._served: Served | None = None
        self._quiet: Hydraulics | None = None

    def __getstate__(self) -> tuple[Network, Window, FloatArray | None]:
        return self._network, self._window, self._people

    def __setstate__(self, state: tuple[Network, Window, FloatArray | None]) -> None:
        self.__init__(*state)  # type: ignore[misc]  # open projects do not travel

    def baseline(self) -> tuple[float, float]:
        """Demand, and what of it is unserved with nothing shut, m³."""
        quiet = self._run(Plan(self._network, ()))
        wrong = distrust(self._network, quiet)
        if wrong:
            raise EngineError(f"the network has no answer as it is: {wrong[0].what}")
        self._quiet = quiet
        return _rounded(quiet.wanted), _rounded(unserved(quiet))

    def prepare(self) -> Hydraulics:
        """Have the baseline, and the quick check if it can show anything."""
        if self._quiet is None:
            self.baseline()
        assert self._quiet is not None
        _ = self._network.assets  # made once, before processes are forked
        if self._served is None and not unserved(self._quiet).any():
            lived = np.zeros(len(self._network.node_ids), dtype=bool)
            if self._people is not None:
                lived = self._people > 0
            self._served = Served(self._network, self._window, self._quiet, lived)
        return self._quiet

    def case(self, link: int) -> Case:
        """What one shut link does."""
        quiet = self.prepare()
        if self._served is not None:
            short = self._served.short(link)
            if short is not None:
                hours = (self._window.end - self._window.start) / 3600
                lost = float("nan") if self._people is None else self._people[short].sum() * hours
                return Case(link, _rounded(quiet.wanted[:, short]), person_hours=float(lost))
        network = self._network
        kind = "off" if network.link_types[link] == PUMP else "closed"
        change = Change("water", network.assets.ids[network.link_row(link)], kind)
        run = self._run(plan(network, self._window, [change], {}, None))
        wrong = distrust(network, run)
        if wrong:
            return Case(link, float("nan"), "unknown", True, wrong[0].what)
        lost = self.person_hours(run)
        return Case(link, _rounded(unserved(run)), full_run=True, person_hours=lost)

    def person_hours(self, run: Hydraulics) -> float:
        """Person-hours without water in a run; NaN where nobody knows where people live."""
        if self._people is None:
            return float("nan")
        return person_hours(self._network, run, self._window, self._people)

    def _run(self, planned: Plan) -> Hydraulics:
        with self._projects.project() as project:
            return simulate(project, self._network, planned, self._window)


def _rounded(volumes: FloatArray) -> float:
    """Total to 1 mm³, so that it is the same in whatever order it was added up."""
    return round(float(volumes.sum()), 9)


def _lost(link: int, reason: str) -> Case:
    return Case(link, float("nan"), "unknown", True, reason)


def bounds(network: Network, window: Window, changes: Sequence[Change]) -> list[Bound | None]:
    """Which changes, each taken alone, certainly change nothing.

    Those are changes outside the window, demands times one, and the closing of pipes that are
    shut at first and that no control opens.
    """
    return [
        Bound("exact") if _changes_nothing(network, window, change) else None for change in changes
    ]


def _changes_nothing(network: Network, window: Window, change: Change) -> bool:
    if not window.cover(change.start, change.end).any():
        return True
    if change.kind == "factor":
        return change.value == 1.0
    if change.kind != "closed":
        return False
    link = network.assets.find(change.asset) - len(network.node_ids)
    return bool(network.always_shut[link] and not network.may_open[link])
