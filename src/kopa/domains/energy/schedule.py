"""A day-ahead plan: the cheapest schedule that holds all that is hard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from kopa.domains.energy.plan import Problem
from kopa.domains.energy.programme import Builder, Columns, Cut
from kopa.engine_highs import Programme, Solution, clashing, solve
from kopa.errors import EngineError, KopaError
from kopa.model import FloatArray

TOLERANCE = 1e-6
"""kW, and units of stock."""
_ROUNDS = 20


class ConflictError(KopaError):
    """No plan holds all that is hard.

    Attributes
    ----------
    names
        Constraints that cannot hold together; without any one of them the others could.
    """

    code = "energy.plan-conflict"

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(f"these cannot hold together: {'; '.join(names)}")
        self.names = tuple(names)


@dataclass(frozen=True)
class Plan:
    """A schedule.

    Parameters
    ----------
    bought, sold
        Power in and out of the site, kW, shape (step,).
    into, out
        What each storage consumes and produces, kW, shape (storage, step).
    stock
        At the end of each step, in each one's unit, shape (storage, step).
    process
        What each process consumes, kW, shape (process, step).
    missed
        What was wished and does not hold, and by how much.
    cost
        Of all, breaches among them.
    breach_cost
        What of it are breaches and the peak.
    gap
        How far the cost may be from the least, relative.
    """

    bought: FloatArray
    sold: FloatArray
    into: FloatArray
    out: FloatArray
    stock: FloatArray
    process: FloatArray
    missed: dict[str, float]
    cost: float
    breach_cost: float
    gap: float

    @property
    def device_kw(self) -> FloatArray:
        """Consumption less production, storages before processes, shape (device, step)."""
        return np.concatenate([self.into - self.out, self.process])


Cutter = Callable[[Plan], Sequence[Cut] | None]
"""Gives the limits of a grid around a plan as straight lines; None where the plan is right."""


def schedule(problem: Problem, seconds: float = 60.0, cutter: Cutter = lambda plan: None) -> Plan:
    """Plan.

    Whole numbers come in only where the straight programme does what no device can: consume and
    produce at once. Limits of a grid come in where the plan breaks them, until it breaks none.

    Parameters
    ----------
    problem
        What is to be planned.
    seconds
        Most time of one solution.
    cutter
        The grid.

    Raises
    ------
    ConflictError
        If no plan holds all that is hard.
    EngineError
        If there is no answer in the time, or the grid's limits are not met in the end.
    """
    apart: list[tuple[int, int]] = []
    cuts: Sequence[Cut] = ()
    for _ in range(_ROUNDS):
        builder = Builder(problem, apart, cuts)
        programme = builder.programme()
        found = solve(programme, seconds)
        if found.status == "infeasible":
            raise ConflictError(clashing(builder.one_way.without(programme), builder.held, seconds))
        if found.status == "unbounded":
            raise EngineError("the plan could earn without end: limit what the site can sell")
        if not len(found.x):
            raise EngineError(f"no plan was found in {seconds:g} s")
        both = _at_once(problem, found.x, builder.columns, TOLERANCE)
        if both:
            apart += both
            continue
        plan = _plan(problem, programme, builder.columns, found)
        more = cutter(plan)
        if more is None:
            return plan
        cuts = more
    raise EngineError(f"the plan does not settle within the limits of the grid in {_ROUNDS} rounds")


def _plan(problem: Problem, programme: Programme, columns: Columns, found: Solution) -> Plan:
    x, steps = found.x, problem.steps
    lines = [
        x[runs] * process.kw for runs, process in zip(columns.runs, problem.processes, strict=True)
    ]
    missed = {name: float(x[at]) for name, at in columns.breaches.items() if x[at] > TOLERANCE}
    both = np.minimum(x[columns.bought], x[columns.sold])  # where both cost the same
    breaches = sum(programme.cost[at] * x[at] for at in columns.breaches.values())
    return Plan(
        bought=x[columns.bought] - both,
        sold=x[columns.sold] - both,
        into=x[_table(columns.in_, steps)],
        out=x[_table(columns.out, steps)],
        stock=x[_table(columns.stock, steps)],
        process=np.array(lines).reshape(-1, steps),
        missed=missed,
        cost=found.cost,
        breach_cost=float(breaches),
        gap=found.gap,
    )


def _table(columns: Sequence[np.ndarray], steps: int) -> np.ndarray:
    return np.array(columns, dtype=np.int64).reshape(-1, steps)


def _at_once(problem: Problem, x: FloatArray, columns: Columns, kw: float) -> list[tuple[int, int]]:
    """Storage and step at which more than a power is consumed and produced at once."""
    found = []
    for place, (into, out) in enumerate(zip(columns.in_, columns.out, strict=True)):
        both = np.minimum(x[into], x[out]) > kw
        found += [(place, int(step)) for step in np.flatnonzero(both)]
    return found
