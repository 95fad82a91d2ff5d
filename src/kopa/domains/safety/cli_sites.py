"""``kopa safety sites``: where stations, patrols or lights should be."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from kopa import console
from kopa.errors import EngineError, Finding, InputError, UsageError

from .cli_common import (
    HEADS,
    Setting,
    arguments_of,
    point,
    positive,
    read_setting,
    said,
    site_rows,
    today,
    told,
    write_map,
)
from .problem import KINDS, Answer, Problem, served, solve


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("sites", help="the best sites for stations, patrols or lights")
    arguments_of(job)
    job.add_argument(
        "--problem", choices=KINDS,
        help="most demand within reach, least way of all, or least longest way",
    )  # fmt: skip
    job.add_argument("--count", type=int, metavar="P", help="sites in all")
    job.add_argument("--budget", type=positive, metavar="EUR", help="of new sites; cover only")
    job.add_argument("--keep", action="store_true", help="the sites of today stay")
    job.add_argument(
        "--candidates", type=Path, metavar="F.geojson", help="where a city's sites could be"
    )
    job.add_argument(
        "--seconds", type=positive, default=60.0, metavar="S", help="most time of a solution (60)"
    )
    job.add_argument("-o", "--output", type=Path, metavar="F.geojson", help="sites for a map")
    job.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """The sites; gives the exit code."""
    if arguments.candidates and not arguments.input.is_dir():
        raise UsageError("--candidates goes with a city; a case names its own")
    setting = _asked(arguments, read_setting(arguments, arguments.candidates))
    problem = setting.with_ways(closed=True)
    faults = [replace(one, file=str(arguments.input)) for one in problem.faults(arguments.keep)]
    if faults:
        raise InputError(faults)
    try:
        answer = solve(problem, arguments.keep, arguments.seconds)
        other = _other(arguments, problem)
    except EngineError as error:
        raise InputError(
            [Finding("safety.sites-unknown", f"{error}.", "Give it more --seconds.")]
        ) from None
    findings = [*setting.findings, *_noted(problem, answer)]
    before = _before(setting, problem, answer)
    document = {
        "status": "partial" if answer.served.unreached > 0 else "ok",
        **_document(problem, answer),
        "today": told(problem, today(problem)) if problem.existing.any() else None,
        "other": None
        if other is None
        else {"keep": not arguments.keep, **_document(problem, other)},
        "before": before,
        "findings": console.finding_rows(findings),
    }
    if arguments.output:
        write_map(arguments.output, _features(setting, problem, answer))
    if arguments.json:
        console.document(document)
    else:
        _say(document)
        console.tell(findings)
    return 0


def _asked(arguments: argparse.Namespace, setting: Setting) -> Setting:
    problem = setting.problem
    if arguments.problem:
        problem = replace(problem, kind=arguments.problem)
    if arguments.count is not None:
        problem = replace(problem, count=arguments.count)
    if arguments.budget is not None:
        problem = replace(problem, budget=arguments.budget)
    return replace(setting, problem=problem)


def _other(arguments: argparse.Namespace, problem: Problem) -> Answer | None:
    """The best where the sites of today stay, if they may go, and the other way round."""
    if not problem.existing.any() or problem.faults(not arguments.keep):
        return None
    return solve(problem, not arguments.keep, arguments.seconds)


def _before(setting: Setting, problem: Problem, answer: Answer) -> dict[str, Any] | None:
    """What the sites, and those of today, do where nothing is closed; None where nothing is."""
    if setting.closed is None:
        return None
    free = setting.with_ways(closed=False)
    return {
        "closed_streets": int(setting.closed.edges.sum()),
        "covered": told(free, served(free, answer.choice.sites)),
        "today": told(free, today(free)) if problem.existing.any() else None,
    }


def _document(problem: Problem, answer: Answer) -> dict[str, Any]:
    choice = answer.choice
    return {
        "problem": problem.kind,
        "unit": problem.unit,
        "within": problem.within,
        "objective": choice.objective,
        "bound": choice.bound,
        "optimal": choice.optimal,
        "gap": choice.gap,
        "sites": site_rows(problem, answer.served),
        "covered": told(problem, answer.served),
    }


def _noted(problem: Problem, answer: Answer) -> list[Finding]:
    found = []
    if not answer.choice.optimal:
        gap = answer.choice.gap
        what = "no choice reaches all." if not np.isfinite(answer.choice.objective) else (
            f"a choice may be up to {gap:.2%} better: the time ran out."
        )  # fmt: skip
        found.append(Finding("safety.sites-gap", what, "Give it more --seconds.", "warning"))
    nobody = ~np.isfinite(problem.way).any(axis=1) & (problem.weight > 0)
    if nobody.any():
        many = console.number(float(problem.weight[nobody].sum()))
        what = f"{many} of the demand, at {int(nobody.sum())} points, have no way from anywhere."
        found.append(Finding("safety.sites-none", what, "Add candidates near them.", "warning"))
    left = answer.served.unreached - float(problem.weight[nobody].sum())
    if left > 1e-9 and problem.kind != "cover":
        what = f"{console.number(left)} of the demand have no way from these sites."
        found.append(Finding("safety.sites-left", what, "Raise the count.", "warning"))
    return found


def _features(setting: Setting, problem: Problem, answer: Answer) -> list[dict[str, Any]]:
    """Sites and demand points for a map.

    Raises
    ------
    UsageError
        If the places are not in degrees.
    """
    if setting.ground is None:
        raise UsageError("-o needs streets: a city, or a case that names them")
    from kopa.geo.project import Projection

    ground = setting.ground
    found = [
        point(row["x"], row["y"], {key: row[key] for key in ("id", "existing", "demand")})
        for row in site_rows(problem, answer.served)
    ]
    least = problem.way[:, answer.choice.sites].min(axis=1, initial=np.inf)
    lon, lat = Projection(ground.driving.streets.crs).degrees(*ground.demand_xy.T)
    found += [
        point(x, y, {"seconds": far, "covered": bool(far <= problem.within), "demand": many})
        for x, y, far, many in zip(lon, lat, least.tolist(), problem.weight.tolist(), strict=True)
    ]
    return found


def _say(document: dict[str, Any]) -> None:
    number = console.number
    cells = [
        (
            row["id"],
            "yes" if row["existing"] else "",
            number(row["demand"]),
            number(row["cost_eur"]),
        )
        for row in document["sites"]
    ]
    console.table(("site", "there today", "demand nearest", "cost, EUR"), cells, "Sites", 2)
    unit, before, other = document["unit"], document["before"], document["other"]
    rows = [said("chosen", document["covered"], unit)]
    if document["today"]:
        rows.append(said("today", document["today"], unit))
    if other:
        name = "those of today stay" if other["keep"] else "those of today may go"
        rows.append(said(f"best if {name}", other["covered"], unit))
    if before:
        rows.append(said("chosen, nothing closed", before["covered"], unit))
        if before["today"]:
            rows.append(said("today, nothing closed", before["today"], unit))
    console.table(HEADS, rows, "What they do", 5)
    proof = "proven to be the best"
    if not document["optimal"]:
        proof = f"at most {document['gap']:.2%} from the best"
    console.say(f"objective {number(document['objective'], 6)}, {proof} under the ways as given.")
