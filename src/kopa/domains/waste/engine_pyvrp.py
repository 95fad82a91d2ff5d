"""PyVRP: iterated local search for rich vehicle routing.

References
----------
Wouda, Lan and Kool (2024), PyVRP: a high-performance VRP solver package, INFORMS Journal on
Computing 36(4).
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from kopa.domains.waste.routing.problem import NEVER, Effort, Found, Problem, Stop, Tour

Progress = Callable[[float], None]
"""Told the share of the work that is done, 0 to 1."""
PER_MEMORY, PER_STEP, LEAST_MEMORY, MOST_MEMORY = 60, 200, 100, 1000
"""Late acceptance remembers one plan for so many iterations (the second: for so many of small
steps), within these numbers of plans."""
OWN_MEMORY = 300
"""PyVRP's own."""
FEW_MEMORY = 25
"""With very many clients: 1,000 containers of L'Aquila are planned within 300 MB."""
STREET_MEMORY = 200
"""The best of those tried on CARPLIB's egl."""
BRIEF_MEMORY, BRIEFER_MEMORY = 100, 30
"""With many clients there are few iterations in the time: a long memory never comes to rest. The
second is of every other try."""
SOME, MANY = 250, 600
"""So many clients and more are many, and very many."""
TRIAL = 0.03
"""Share of the time that goes into finding the pace of a search."""
TOLD = 200
"""Progress is told once in so many iterations."""


class _Stop:
    """Ends a search by its clock or by its count, whichever is first."""

    def __init__(self, effort: Effort, progress: Progress) -> None:
        self._effort = effort
        self._progress = progress
        self._begin = time.perf_counter()
        self._count = 0

    def __call__(self, best_cost: float) -> bool:
        self._count += 1
        spent = 0.0
        if self._effort.iterations:
            spent = (self._count - 1) / self._effort.iterations
        if self._effort.seconds:
            spent = max(spent, (time.perf_counter() - self._begin) / self._effort.seconds)
        if self._count % TOLD == 0:
            self._progress(min(spent, 1.0))
        return spent >= 1.0


def search(problem: Problem, effort: Effort, progress: Progress = lambda done: None) -> Found:
    """One search of PyVRP.

    Parameters
    ----------
    problem
        What is asked.
    effort
        How long; its `tries` are for the caller.
    progress
        Told from time to time.
    """
    data = _data(problem)
    pace, left = _pace(data, problem, effort)
    return _run(data, _params(problem, effort, pace), left, progress)


def defaults(problem: Problem, effort: Effort) -> Found:
    """A search with PyVRP's own settings: what Kopa's are measured against.

    Parameters
    ----------
    problem
        What is asked.
    effort
        How long.
    """
    import pyvrp

    return _run(_data(problem), pyvrp.SolveParams(), effort, lambda done: None)


def _run(data: Any, params: Any, effort: Effort, progress: Progress) -> Found:
    import pyvrp
    import pyvrp.exceptions

    with warnings.catch_warnings():
        # a penalty at its bound means that no plan holds: the answer says so
        warnings.simplefilter("ignore", pyvrp.exceptions.PenaltyBoundWarning)
        stop = _Stop(effort, progress)
        result = pyvrp.solve(data, stop, seed=effort.seed, collect_stats=False, params=params)
    best = result.best
    tours = tuple(_tour(route) for route in best.routes())
    feasible = bool(best.is_feasible() and best.is_complete())
    cost = int(result.cost()) if feasible else NEVER
    return Found(tours, cost, feasible, int(result.num_iterations))


def _params(problem: Problem, effort: Effort, iterations: int) -> Any:
    """Settings of a search that will make so many iterations.

    Late acceptance with a long memory goes on finding better plans where one with a short memory
    has come to rest, and with too long a memory it has no time to come to rest. Every other try
    has PyVRP's own memory; but where there are windows it is narrow, with fewer neighbours and
    smaller steps, which is the better on some of the published instances and the worse on others.
    Where one client stands for another (streets), steps of a middle size are best. With many
    clients the memory is brief, there are fewer neighbours, and no search looks through all again
    at each new best (at first each is a new best); with very many the memory is the least: it
    takes memory.
    """
    import pyvrp
    from pyvrp.search import NeighbourhoodParams, PerturbationParams

    odd = effort.style % 2 == 1
    clients = len(problem.clients.place)
    many, windows = clients > SOME, bool((problem.clients.late < NEVER).any())
    streets = bool((problem.clients.group >= 0).any())
    memory, neighbours, step = OWN_MEMORY if odd else _memory(iterations, PER_MEMORY), 50, 25
    if clients > MANY:
        memory, neighbours = FEW_MEMORY, 20
    elif streets:
        memory, neighbours, step = STREET_MEMORY, 30, 15
    elif many and not windows:
        memory, neighbours = BRIEFER_MEMORY if odd else BRIEF_MEMORY, 20
    elif odd and windows:
        memory, neighbours, step = _memory(iterations, PER_STEP), 20, 10
    exhaustive = clients <= MANY and (windows or streets or not many)
    return pyvrp.SolveParams(
        ils=pyvrp.IteratedLocalSearchParams(history_length=memory, exhaustive_on_best=exhaustive),
        penalty=_penalties(problem),
        neighbourhood=NeighbourhoodParams(num_neighbours=neighbours),
        perturbation=PerturbationParams(1, step),
    )


def _memory(iterations: int, each: int) -> int:
    return int(np.clip(iterations / each, LEAST_MEMORY, MOST_MEMORY))


def _penalties(problem: Problem) -> Any:
    """PyVRP's rule, but for where it starts: that is the middle of its range."""
    import pyvrp

    class Penalties(pyvrp.PenaltyParams):
        def midpoint_penalties(self, data: Any) -> tuple[list[float], float, float]:
            first = problem.first_penalty
            return [first] * data.num_load_dimensions, first, first

    return Penalties(max_penalty=problem.penalty)


def _pace(data: Any, problem: Problem, effort: Effort) -> tuple[int, Effort]:
    """How many iterations a search will make, and what is left for it.

    Where the clock ends it, a short search shows the pace.
    """
    if not effort.seconds:
        return effort.iterations, effort
    begin = time.perf_counter()
    trial = replace(effort, seconds=TRIAL * effort.seconds, iterations=0)
    made = _run(data, _params(problem, effort, 0), trial, lambda done: None).iterations
    spent = time.perf_counter() - begin
    left = max(effort.seconds - spent, TRIAL * effort.seconds)
    count = int(made * left / spent)
    return min(count, effort.iterations or count), replace(effort, seconds=left)


def _tour(route: Any) -> Tour:
    stops = [Stop(int(one.idx), bool(one.is_depot())) for one in route.schedule()]
    return Tour(int(route.vehicle_type()), tuple(stops[1:-1]))


def _data(problem: Problem) -> Any:
    import pyvrp

    many = len(problem.distance[0])
    return pyvrp.ProblemData(
        [pyvrp.Location(0, 0)] * many,
        _clients(problem),
        _depots(problem),
        _trucks(problem),
        list(problem.distance),  # type: ignore[arg-type]  # its stubs mean arrays of int64
        list(problem.time),  # type: ignore[arg-type]
        _groups(problem),
    )


def _clients(problem: Problem) -> list[Any]:
    import pyvrp

    of = problem.clients
    rows = zip(
        of.place.tolist(),
        of.load.tolist(),
        of.service.tolist(),
        of.early.tolist(),
        of.late.tolist(),
        of.release.tolist(),
        of.prize.tolist(),
        of.required.tolist(),
        of.group.tolist(),
        strict=True,
    )
    return [
        pyvrp.Client(
            place,
            pickup=load,
            service_duration=service,
            tw_early=early,
            tw_late=late,
            release_time=release,
            prize=prize,
            required=required and group < 0,
            group=group if group >= 0 else None,
        )
        for place, load, service, early, late, release, prize, required, group in rows
    ]


def _groups(problem: Problem) -> list[Any]:
    import pyvrp

    group = problem.clients.group
    many = int(group.max(initial=-1)) + 1
    order = np.argsort(group, kind="stable")
    begin = np.searchsorted(group[order], np.arange(many + 1))
    required = problem.clients.required
    return [
        pyvrp.ClientGroup(rows.tolist(), required=bool(required[rows].all()))
        for rows in (order[begin[at] : begin[at + 1]] for at in range(many))
    ]


def _depots(problem: Problem) -> list[Any]:
    import pyvrp

    of = problem.depots
    rows = zip(
        of.place.tolist(), of.early.tolist(), of.late.tolist(), of.service.tolist(), strict=True
    )
    return [pyvrp.Depot(place, early, late, service) for place, early, late, service in rows]


def _trucks(problem: Problem) -> list[Any]:
    import pyvrp

    return [
        pyvrp.VehicleType(
            num_available=truck.count,
            capacity=list(truck.capacity),
            start_depot=truck.start,
            end_depot=truck.end,
            fixed_cost=truck.fixed,
            tw_early=truck.early,
            tw_late=truck.late,
            shift_duration=truck.longest,
            unit_distance_cost=truck.per_distance,
            unit_duration_cost=truck.per_time,
            profile=truck.profile,
            initial_load=list(truck.aboard),
            reload_depots=list(truck.reloads),
            max_reloads=truck.trips,
        )
        for truck in problem.trucks
    ]
