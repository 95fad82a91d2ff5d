"""N-1 over all assets: a domain's own quick judgement first, then runs of the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from kopa.coupling.solution import Solution
from kopa.coupling.solver import Solver
from kopa.domain import Bound, Change, Domain, Screens
from kopa.parallel import Work, map_cases

Told = TypeVar("Told")
Method = Literal["exact", "bound", "full"]


@dataclass(frozen=True)
class Case(Generic[Told]):
    """One asset taken out.

    Parameters
    ----------
    change
        What is done to it.
    method
        ``exact``: nothing changes, as its domain can tell without a run; ``bound``: its domain
        alone changes, by no more than `most` of its own quantity; ``full``: all was run.
    told
        What `tell` makes of the solution; None where nothing ran, or the run was lost.
    most
        See `method`.
    lost
        Why there is no answer; empty if there is one.
    """

    change: Change
    method: Method
    told: Told | None = None
    most: float = 0.0
    lost: str = ""


def outages(domains: Mapping[str, Domain]) -> list[Change]:
    """What N-1 does to each asset of each domain, in order."""
    found = []
    for name in sorted(domains):
        domain = domains[name]
        kind_of = {
            kind: change.name
            for change in domain.kinds()
            if change.outage
            for kind in change.assets
        }
        assets = domain.assets()
        for native, kind in zip(assets.ids, assets.kinds, strict=True):
            if kind in kind_of:
                found.append(Change(name, native, kind_of[kind]))
    return found


@dataclass(frozen=True)
class _Run(Generic[Told]):
    """Solves one change and tells what came of it; sent to workers as a whole."""

    solver: Solver
    tell: Callable[[Solution], Told]

    def __call__(self, change: Change) -> Case[Told]:
        return Case(change, "full", self.tell(self.solver.solve([change])))


def _felt(solver: Solver, name: str, bound: Bound) -> bool:
    """True if what a settled change moves reaches a domain to which it may matter."""
    ends = [end for port, row in bound.moves for end in solver.wiring.fed_by(name, port, row)]
    alone = len({domain for domain, _, _ in ends}) == len(ends)
    return not alone or any(
        column not in solver.ignored.get((domain, port), ()) for domain, port, column in ends
    )


def _lost(change: Change, reason: str) -> Case[Told]:
    return Case(change, "full", lost=reason)


@dataclass(frozen=True)
class Machines:
    """Where cases run.

    Parameters
    ----------
    workers
        Processes here; 0 for one a core.
    dask
        Address of a Dask scheduler; empty runs here.
    progress
        Called with the number of cases newly done.
    """

    workers: int = 0
    dask: str = ""
    progress: Callable[[int], None] = lambda done: None


def screen(
    solver: Solver,
    changes: Sequence[Change],
    tell: Callable[[Solution], Told],
    machines: Machines | None = None,
) -> list[Case[Told]]:
    """Solve each change alone.

    Parameters
    ----------
    solver
        The kernel over the window.
    changes
        Checked changes.
    tell
        Makes of a solution what is wanted of it; runs where the case runs.
    machines
        Where cases run; None for all cores here.

    Returns
    -------
    list of Case
        In the order of the changes.
    """
    machines = machines or Machines()
    solver.baseline  # noqa: B018  solved before the workers start, so that they share it
    cases: dict[Change, Case[Told]] = {}
    for name, domain in solver.domains.items():
        mine = [change for change in changes if change.domain == name]
        bounds: Sequence[Bound | None] = [None] * len(mine)
        if isinstance(domain, Screens) and mine:
            bounds = domain.screen(solver.window, mine)
        for change, bound in zip(mine, bounds, strict=True):
            if bound is not None and not _felt(solver, name, bound):
                cases[change] = Case(change, bound.method, most=bound.most)
                machines.progress(1)
    rest = [change for change in changes if change not in cases]
    work: Work[Change, Case[Told]] = Work(_Run(solver, tell), _lost)
    for case in map_cases(work, rest, machines.workers, machines.dask, machines.progress):
        cases[case.change] = case
    return [cases[change] for change in changes]
