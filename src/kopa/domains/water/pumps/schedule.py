"""A pump schedule with its certificate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from kopa.model import BoolArray

from .bound import Bound
from .lattice import Margins, lattice_of
from .plant import Plant
from .replay import Run, pumps_of, replay
from .search import Outcome, Search

Answer = Literal["optimal", "gap", "infeasible", "unknown"]

_WHY_S = 20.0  # for each limit that is lifted to see which one cannot be held


@dataclass(frozen=True)
class Schedule:
    """What a search for a schedule gives.

    Parameters
    ----------
    answer
        ``optimal``: no schedule is cheaper. ``gap``: the time was over first. ``infeasible``: no
        schedule holds the limits. ``unknown``: none was found in the time.
    outcome
        Of the search.
    running
        Which pumps run, shape (hour, pump); None without a schedule.
    run
        The schedule as EPANET runs it in one go.
    own
        The file's own controls over the same horizon.
    margins
        Errors that the bound allows for; None if the search had no such bound.
    without
        Limits without which there is a schedule, where there is none with them.
    """

    answer: Answer
    outcome: Outcome
    running: BoolArray | None
    run: Run | None
    own: Run
    margins: Margins | None
    without: tuple[str, ...] = ()


@dataclass(frozen=True)
class Watch:
    """Who looks on, and for how long.

    Parameters
    ----------
    time_limit
        Of the search, s.
    tables
        Called with the number of tables newly made.
    searched
        Called with the state of the search.
    """

    time_limit: float = 120.0
    tables: Callable[[int], None] = lambda done: None
    searched: Callable[[Outcome], None] = lambda outcome: None


def schedule(plant: Plant, watch: Watch | None = None, bounded: bool = True) -> Schedule:
    """Find the cheapest schedule.

    Parameters
    ----------
    plant
        Network, prices and limits.
    watch
        Time limit and progress.
    bounded
        False leaves the bound by dynamic programming out: slower, the same answer.
    """
    watch = watch or Watch()
    outcome, margins = _searched(plant, watch, bounded)
    own = replay(plant, None)
    if outcome.plan is None:
        answer: Answer = "infeasible" if outcome.finished else "unknown"
        without = _without(plant) if outcome.finished else ()
        return Schedule(answer, outcome, None, None, own, margins, without)
    running = pumps_of(plant, outcome.plan)
    assert running is not None  # or the search had not taken the plan
    run = replay(plant, running)
    answer = "optimal" if outcome.finished else "gap"
    return Schedule(answer, outcome, running, run, own, margins)


def _searched(
    plant: Plant, watch: Watch, bounded: bool, first: bool = False
) -> tuple[Outcome, Margins | None]:
    lattice = lattice_of(plant, watch.tables) if bounded else None
    bound = Bound(plant, lattice) if lattice else None

    def judged(plan: tuple[int, ...]) -> float:
        run = replay(plant, pumps_of(plant, plan))
        return np.inf if run.broken else run.cost

    def look(outcome: Outcome) -> None:
        watch.searched(outcome)
        if first and outcome.plan is not None:
            raise TimeoutError  # one is enough

    outcome = Search(plant, bound, judged).run(watch.time_limit, look)
    return outcome, lattice.margins if lattice else None


def _without(plant: Plant) -> tuple[str, ...]:
    """Limits each of which, lifted alone, lets a schedule be."""
    limits = plant.limits
    lifted = {
        "pressure": replace(limits, nodes=limits.nodes[:0], pressure=limits.pressure[:0]),
        "end level": replace(limits, end_level=False),
        "cycles": replace(limits, cycles=plant.hours),
    }
    found = []
    for name, fewer in lifted.items():
        outcome, _ = _searched(replace(plant, limits=fewer), Watch(_WHY_S), True, first=True)
        if outcome.plan is not None:
            found.append(name)
    return tuple(found)
