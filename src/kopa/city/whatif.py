"""What breaks if …: changes followed through all domains, with the cause of every effect."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from kopa.city.load import City
from kopa.coupling.explain import Explanation
from kopa.coupling.solution import Solution
from kopa.coupling.solver import Solver
from kopa.domain import Change, Finding, Status
from kopa.ledger.effects import Effects, all_differences
from kopa.ledger.factors import priced, unpriced
from kopa.ledger.people import Reliability, reliability
from kopa.ledger.totals import Total, totals


@dataclass(frozen=True)
class WhatIf:
    """The answer to a what-if.

    Parameters
    ----------
    asked
        The changes that were asked about.
    solution, baseline
        The city with the changes, and without.
    effects
        Ledger rows, as columns; none if the status is `unknown`.
    totals
        Their sums.
    reliability
        Indices by service.
    explanation
        Cause paths.
    findings
        What is wrong or at risk.
    seconds
        Time that it took.
    """

    asked: tuple[Change, ...]
    solution: Solution
    baseline: Solution
    effects: Sequence[Effects]
    totals: Sequence[Total]
    reliability: Sequence[Reliability]
    explanation: Explanation
    findings: Sequence[Finding]
    seconds: float

    @property
    def status(self) -> Status:
        """`unknown` if the city, with the changes or without, cannot be trusted."""
        found = {self.solution.status, self.baseline.status}
        if "unknown" in found:
            return "unknown"
        return "partial" if "partial" in found else "ok"


def effects_of(city: City, solution: Solution, baseline: Solution) -> list[Effects]:
    """Priced ledger rows of a solution against its baseline."""
    own = all_differences(
        {name: result.accounts for name, result in solution.results.items()},
        {name: result.accounts for name, result in baseline.results.items()},
    )
    return priced(own, city.settings.factors)


def what_if(
    city: City,
    solver: Solver,
    changes: Sequence[Change],
    without: Sequence[int] = (),
    given: Sequence[Change] = (),
) -> WhatIf:
    """Answer a what-if.

    Parameters
    ----------
    city
        The city.
    solver
        Its kernel over the window; the first answer solves the baseline, later ones reuse it.
    changes
        Checked changes.
    without
        Numbers of links to undo: the counterfactual.
    given
        Changes that hold anyway: how the city stands now. The answer is against these.
    """
    begin = time.perf_counter()
    baseline = solver.solve(given) if given else solver.baseline
    solution = solver.solve((*given, *changes), frozenset(without))
    usable = "unknown" not in (solution.status, baseline.status)
    effects = effects_of(city, solution, baseline) if usable else []
    return WhatIf(
        tuple(changes),
        solution,
        baseline,
        effects,
        totals(effects, city.settings.factors),
        _reliability(city, effects),
        Explanation(solver.wiring, solution, baseline),
        [
            *(f for f in solution.findings if f not in baseline.findings),
            *unpriced(effects, city.settings.factors),
        ],
        time.perf_counter() - begin,
    )


def _reliability(city: City, effects: Sequence[Effects]) -> list[Reliability]:
    domains = {e.domain for e in effects if e.quantity == "person_hours"}
    found: list[Reliability] = []
    for name in sorted(domains):
        assets = city.domains[name].assets()
        found += reliability(
            [e for e in effects if e.domain == name], float(assets.customers.sum()), assets.people
        )
    return found
