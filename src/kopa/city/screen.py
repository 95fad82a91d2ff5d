"""N-1 over all assets of a city, ranked by each lens."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kopa.city.load import City
from kopa.city.whatif import effects_of
from kopa.coupling.screen import Case, Machines, outages, screen
from kopa.coupling.solution import Solution
from kopa.coupling.solver import Solver
from kopa.domain import Finding, Status
from kopa.model import IntArray

RANKED: Mapping[str, tuple[str, ...]] = {
    "people": ("person_hours",),
    "environment": ("greenhouse_gas",),
    "money": ("social_cost", "utility_cost"),
}
"""What each lens ranks by: quantities that share a unit."""


@dataclass(frozen=True, slots=True)
class Line:
    """One quantity of one case.

    Parameters
    ----------
    domain, lens, quantity, unit, service
        What it is.
    low, mid, high
        Its sum and range.
    assets
        How many assets it concerns.
    own
        True for the quantity by which the domain ranks on its own.
    """

    domain: str
    lens: str
    quantity: str
    unit: str
    service: str
    low: float
    mid: float
    high: float
    assets: int
    own: bool


@dataclass(frozen=True)
class Told:
    """What is kept of the solution of a case."""

    status: Status
    lines: tuple[Line, ...]
    findings: tuple[Finding, ...]
    runs: Mapping[str, int]


@dataclass(frozen=True)
class Ranked:
    """One asset of the screen.

    Parameters
    ----------
    case
        The case.
    kind
        What the asset is.
    status
        `unknown` if the case could not be solved.
    rank
        Place by lens, 1 is the worst; equal values share a place; empty if unknown.
    own_rank
        Place among the assets of its domain by the domain's own quantity.
    people_rank
        Place among the assets of its domain by people.
    """

    case: Case[Told]
    kind: str
    status: Status
    rank: Mapping[str, int]
    own_rank: int
    people_rank: int

    @property
    def surprise(self) -> float:
        """How much higher the asset stands by people than in its own domain.

        Doublings of the place: 2 means that it climbs from place 40 to place 10.
        """
        return math.log2(self.own_rank / self.people_rank)

    @property
    def why_unknown(self) -> str:
        """Why there is no answer; empty if there is one."""
        if self.case.lost or self.status != "unknown" or self.case.told is None:
            return self.case.lost
        return " ".join(finding.what for finding in self.case.told.findings)

    def value(self, quantities: Sequence[str]) -> float:
        """Sum of quantities over the domains."""
        lines = self.case.told.lines if self.case.told else ()
        return sum(line.mid for line in lines if line.quantity in quantities)


@dataclass(frozen=True)
class Screening:
    """The answer to a screen: assets in the order of the people they concern."""

    assets: tuple[Ranked, ...]
    baseline: Solution
    runs: Mapping[str, int]
    seconds: float


@dataclass(frozen=True)
class _Tell:
    """Keeps the sums of a solution; sent to workers."""

    city: City
    baseline: Solution

    def __call__(self, solution: Solution) -> Told:
        if "unknown" in (solution.status, self.baseline.status):
            new = tuple(f for f in solution.findings if f not in self.baseline.findings)
            return Told("unknown", (), new or solution.findings, solution.runs)
        lines = tuple(
            Line(
                e.domain,
                e.lens,
                e.quantity,
                e.unit,
                e.service,
                float(e.low.sum()),
                float(e.mid.sum()),
                float(e.high.sum()),
                len(e.rows),
                e.own,
            )
            for e in effects_of(self.city, solution, self.baseline)
            if not e.group
        )
        return Told(solution.status, lines, (), solution.runs)


def screen_city(
    city: City,
    solver: Solver,
    domains: Sequence[str] = (),
    machines: Callable[[int], Machines] = lambda total: Machines(),
) -> Screening:
    """Take out every asset of a city, one at a time.

    Parameters
    ----------
    city, solver
        The city, and its kernel over the window.
    domains
        Whose assets; empty for all.
    machines
        Where cases run, given their number.
    """
    begin = time.perf_counter()
    wanted = {name: d for name, d in city.domains.items() if not domains or name in domains}
    changes = outages(wanted)
    cases = screen(solver, changes, _Tell(city, solver.baseline), machines(len(changes)))
    runs = {name: sum(case.told.runs[name] for case in cases if case.told) for name in city.domains}
    return Screening(
        tuple(_ranked(city, cases)), solver.baseline, runs, time.perf_counter() - begin
    )


def _ranked(city: City, cases: Sequence[Case[Told]]) -> list[Ranked]:
    known = np.array([_status(case) != "unknown" for case in cases], dtype=bool)
    ranks = {
        lens: _places([_value(case, quantities) for case in cases], known)
        for lens, quantities in RANKED.items()
    }
    own, people = np.zeros(len(cases), dtype=np.int64), np.zeros(len(cases), dtype=np.int64)
    domain = np.array([case.change.domain for case in cases])
    for name in set(domain.tolist()):
        mine = np.flatnonzero(domain == name)
        part = [cases[row] for row in mine.tolist()]
        own[mine] = _places([_own(case) for case in part], known[mine])
        people[mine] = _places([_value(case, RANKED["people"]) for case in part], known[mine])
    found = []
    for row, case in enumerate(cases):
        assets = city.domains[case.change.domain].assets()
        found.append(
            Ranked(
                case,
                assets.kinds[assets.index[case.change.asset]],
                _status(case),
                {lens: int(places[row]) for lens, places in ranks.items()} if known[row] else {},
                int(own[row]),
                int(people[row]),
            )
        )
    found.sort(key=lambda r: (r.rank.get("people", 0), r.rank.get("money", 0), str(r.case.change)))
    return found


def _status(case: Case[Told]) -> Status:
    if case.lost:
        return "unknown"
    return case.told.status if case.told else "ok"


def _value(case: Case[Told], quantities: Sequence[str]) -> float:
    lines = case.told.lines if case.told else ()
    return sum(line.mid for line in lines if line.quantity in quantities)


def _own(case: Case[Told]) -> float:
    """What the asset's own domain loses, in the domain's own quantity."""
    lines = case.told.lines if case.told else ()
    return case.most + sum(
        line.mid for line in lines if line.own and line.domain == case.change.domain
    )


def _places(values: Sequence[float], known: IntArray) -> IntArray:
    """Place of each value, the greatest first; equal values (to nine digits) share a place."""
    rounded = np.array([float(f"{value:.9g}") for value in values])
    rounded[~known] = -np.inf
    ordered = np.sort(-rounded)
    return np.asarray(np.searchsorted(ordered, -rounded, side="left") + 1)
