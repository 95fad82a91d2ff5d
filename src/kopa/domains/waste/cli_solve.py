"""``kopa waste solve``: published routing problems, to hold the planner against best values."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kopa import console
from kopa.domains.waste.cli_common import effort_of, effort_options
from kopa.domains.waste.routing.carp import ArcRouting
from kopa.domains.waste.routing.problem import Checked, Effort, Found
from kopa.domains.waste.routing.read_carp import read_carp
from kopa.domains.waste.routing.read_routes import Published, read_routes
from kopa.domains.waste.routing.read_vrplib import read_vrplib
from kopa.domains.waste.routing.search import best_of
from kopa.domains.waste.routing.vehicle_routing import VehicleRouting
from kopa.errors import Finding, InputError, UsageError

SHOWN = 20
"""So many routes a table for people has."""


@dataclass(frozen=True)
class Answer:
    """A plan that was checked, or why there is none.

    Parameters
    ----------
    found
        What the engine found.
    routes
        As the document has them.
    checked
        What the checker says to them.
    seconds
        Wall time of the search.
    """

    found: Found
    routes: Sequence[Sequence[Any]]
    checked: Checked
    seconds: float

    @property
    def reason(self) -> str:
        """Why there is no answer; empty where there is one."""
        if self.found.reason:
            return self.found.reason
        return "; ".join(self.checked.wrong)


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("solve", help="solve a published routing problem (VRPLIB, CARPLIB)")
    job.add_argument("file", type=Path, metavar="FILE.vrp|FILE.dat", help="the problem")
    effort_options(job)
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=solve_job)


def solve_job(arguments: argparse.Namespace) -> int:
    """Answer the job; gives the exit code."""
    effort = effort_of(arguments)
    problem, read = _read(arguments.file)
    published, told = _published(arguments.file, problem)
    answer = solve(problem, effort)
    findings = [*read, *told]
    if answer.reason:
        what = f"there is no plan: {answer.reason}."
        do = "Give it more time with --seconds; see whether the trucks can carry it all."
        findings.append(Finding("waste.no-plan", what, do, file=str(arguments.file)))
    if arguments.json:
        console.document(
            {**_document(problem, answer, published), "findings": console.finding_rows(findings)}
        )
    else:
        _tell(problem, answer, published)
        console.tell(findings)
    return 1 if answer.reason else 0


def solve(problem: VehicleRouting | ArcRouting, effort: Effort) -> Answer:
    """Search, then check.

    Parameters
    ----------
    problem
        As a file has it.
    effort
        How long.
    """
    begin = time.perf_counter()
    found = best_of(problem.problems(), effort)
    seconds = time.perf_counter() - begin
    if isinstance(problem, VehicleRouting):
        routes = problem.routes(found)
        return Answer(found, routes, problem.check(routes), seconds)
    tours = problem.tours(found)
    numbers = [[(tail + 1, head + 1) for tail, head in tour] for tour in tours]
    return Answer(found, numbers, problem.check(tours), seconds)


def _read(file: Path) -> tuple[VehicleRouting | ArcRouting, tuple[Finding, ...]]:
    if file.suffix.lower() == ".vrp":
        return read_vrplib(file)
    if file.suffix.lower() == ".dat":
        return read_carp(file)
    raise UsageError(f"'{file.name}' is neither .vrp (VRPLIB) nor .dat (CARPLIB)")


def _published(
    file: Path, problem: VehicleRouting | ArcRouting
) -> tuple[Published | None, list[Finding]]:
    """Best known routes, where they lie beside the file; a cost that is not theirs is told."""
    beside = file.with_suffix(".sol")
    if not beside.is_file():
        return None, []
    try:
        published = read_routes(beside)
    except InputError as error:
        return None, [_warning(one) for one in error.findings]
    if not isinstance(problem, VehicleRouting) or not published.routes:
        return published, []
    checked = problem.check(published.routes)
    if not checked.wrong and checked.cost == published.cost:
        return published, []
    why = "; ".join(checked.wrong) or f"its routes cost {checked.cost:,}"
    what = f"the published cost {published.cost:,.12g} is not that of its routes: {why}."
    finding = Finding("routes.cost", what, "Take the file again.", "warning", file=str(beside))
    return None, [finding]


def _warning(finding: Finding) -> Finding:
    return Finding(finding.code, finding.what, finding.do, "warning", finding.file, finding.place)


def _document(
    problem: VehicleRouting | ArcRouting, answer: Answer, published: Published | None
) -> dict[str, Any]:
    holds = not answer.reason
    best = published.cost if published else None
    return {
        "status": "ok" if holds else "unknown",
        "reason": answer.reason,
        "name": problem.name,
        "kind": problem.kind if isinstance(problem, VehicleRouting) else "CARP",
        "objective": answer.checked.cost if holds else None,
        "scale": problem.scale if isinstance(problem, VehicleRouting) else 1,
        "feasible": holds,
        "best_known": best,
        "gap_percent": 100 * (answer.checked.cost / best - 1) if holds and best else None,
        "trucks": len(answer.routes) if holds else None,
        "routes": answer.routes if holds else [],
        "iterations": answer.found.iterations,
        "seconds": answer.seconds,
    }


def _tell(
    problem: VehicleRouting | ArcRouting, answer: Answer, published: Published | None
) -> None:
    told = _document(problem, answer, published)
    if answer.reason:
        console.say(f"{console.escape(problem.name)}: unknown")
        return
    known = ""
    if told["best_known"]:
        known = f", best known {told['best_known']:,.12g} ({told['gap_percent']:+.2f} %)"
    console.say(
        f"{console.escape(problem.name)}: cost {told['objective']:,}{known}, "
        f"{told['trucks']} trucks, {answer.seconds:.1f} s"
    )
    cells = [
        (str(number), str(len(route)), _short(route))
        for number, route in enumerate(answer.routes[:SHOWN], 1)
    ]
    console.table(("route", "stops", "in order"), cells)


def _short(route: Sequence[Any]) -> str:
    words = [f"{one[0]}-{one[1]}" if isinstance(one, tuple) else str(one) for one in route]
    return " ".join(words[:25]) + (" …" if len(words) > 25 else "")
