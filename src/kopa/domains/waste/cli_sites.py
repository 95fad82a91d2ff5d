"""``kopa waste sites``: where container sites and recycling stations should be."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kopa import console
from kopa.domains.waste.processing.read_sites import (
    Candidates,
    Demand,
    read_candidates,
    read_demand,
)
from kopa.domains.waste.processing.siting import Served, served, straight, walked
from kopa.errors import EngineError, Finding, InputError, UsageError
from kopa.geo.read_osm import read_streets
from kopa.location import Choice, centre, cover, median
from kopa.model import FloatArray, IntArray

from .cli_common import failed

DETOUR = 1.3
"""Way along streets by straight way (Boscoe et al. 2012, The Professional Geographer 64: 1.3 to
1.4 of drives in the United States)."""
FAR = 1000.0
"""A mean way beyond it, m, hints at points that are not of this map."""


UNITS = {"cover": "people", "median": "person·m", "centre": "m"}
"""What each objective counts."""


@dataclass(frozen=True)
class Asked:
    """What was asked, read."""

    demand: Demand
    candidates: Candidates
    way: FloatArray
    fixed: IntArray


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("sites", help="container sites by walking distance and cost")
    job.add_argument("demand", type=Path, metavar="DEMAND.geojson", help="points with people")
    job.add_argument(
        "candidates", type=Path, metavar="CANDIDATES.geojson", help="points with id, cost, existing"
    )
    job.add_argument(
        "--objective",
        choices=tuple(UNITS),
        default="cover",
        help="most people within reach, least way of all, or least longest way (cover)",
    )
    job.add_argument("--count", type=int, required=True, metavar="P", help="sites in all")
    job.add_argument("--within", type=_positive, metavar="M", help="reach, m; cover needs it")
    job.add_argument("--budget", type=_positive, metavar="EUR", help="of new sites; cover only")
    job.add_argument("--fixed", nargs="+", default=[], metavar="ID", help="sites that must be")
    job.add_argument("--keep", action="store_true", help="existing sites stay")
    job.add_argument("--streets", type=Path, metavar="F.osm.pbf", help="walk along its streets")
    job.add_argument(
        "--detour",
        type=_positive,
        default=DETOUR,
        metavar="X",
        help=f"way by straight way, without --streets ({DETOUR})",
    )
    job.add_argument(
        "--seconds", type=_positive, default=60.0, metavar="S", help="most time of a solution (60)"
    )
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """The sites; gives the exit code."""
    _check(arguments)
    try:
        asked = _asked(arguments)
        choice = _choice(arguments, asked)
    except InputError as error:
        return failed(arguments, error.findings)
    except EngineError as error:
        found = Finding("waste.sites-unknown", f"{error}.", "Give it more --seconds.")
        return failed(arguments, [found])
    findings = _noted(asked, choice)
    if arguments.json:
        console.document(_document(arguments, asked, choice, findings))
    else:
        _say(arguments, asked, choice)
        console.tell(findings)
    return 0


def _check(arguments: argparse.Namespace) -> None:
    if arguments.objective == "cover" and arguments.within is None:
        raise UsageError("--objective cover needs --within")
    if arguments.objective != "cover" and arguments.budget is not None:
        raise UsageError("--budget goes with --objective cover")
    if arguments.count < 1:
        raise UsageError("--count must be 1 or more")


def _asked(arguments: argparse.Namespace) -> Asked:
    """All that the files say.

    Raises
    ------
    InputError
        With all that is wrong.
    """
    wrong: list[Finding] = []
    read: list[Any] = []
    for reader, file in (
        (read_demand, arguments.demand),
        (read_candidates, arguments.candidates),
    ):
        try:
            read.append(reader(file))
        except InputError as error:
            wrong += error.findings
    if wrong:
        raise InputError(wrong)
    demand, candidates = read
    rows = {name: row for row, name in enumerate(candidates.ids)}
    file = arguments.candidates.name

    def note(what: str, do: str) -> None:
        wrong.append(Finding("waste.sites-input", what, do, file=file))

    for name in arguments.fixed:
        if name not in rows:
            note(f"There is no candidate '{name}' to be fixed.", "Name an id of the file.")
    fixed = {rows[name] for name in arguments.fixed if name in rows}
    if arguments.keep:
        fixed |= set(np.flatnonzero(candidates.existing).tolist())
    if not len(fixed) <= arguments.count <= len(rows):
        what = f"{arguments.count} sites cannot be: {len(fixed)} are fixed of {len(rows)}."
        note(what, "Change --count.")
    if arguments.budget is not None and np.isnan(candidates.cost).any():
        missing = [rows_id for rows_id, at in rows.items() if np.isnan(candidates.cost[at])]
        note(f"These have no cost: {', '.join(missing[:9])}.", "Write 'cost' or drop --budget.")
    if wrong:
        raise InputError(wrong)
    if arguments.streets is None:
        way = straight(demand, candidates, arguments.detour)
    else:
        way = walked(demand, candidates, read_streets(arguments.streets)[0])
    return Asked(demand, candidates, way, np.array(sorted(fixed), dtype=np.int64))


def _choice(arguments: argparse.Namespace, asked: Asked) -> Choice:
    from scipy.sparse import csr_array

    people, seconds = asked.demand.people, arguments.seconds
    if arguments.objective == "median":
        return median(asked.way, people, arguments.count, asked.fixed, seconds)
    if arguments.objective == "centre":
        return centre(asked.way[people > 0], arguments.count, asked.fixed, seconds)
    reach = csr_array((asked.way <= arguments.within).astype(np.float64))
    if arguments.budget is None:
        return cover(reach, people, arguments.count, asked.fixed, seconds=seconds)
    cost, most = asked.candidates.cost, arguments.budget
    return cover(reach, people, arguments.count, asked.fixed, cost, most, seconds)


def _noted(asked: Asked, choice: Choice) -> list[Finding]:
    found = []
    if not choice.optimal:
        what = f"A choice may be up to {choice.gap:.2%} better: the time ran out."
        found.append(Finding("waste.sites-gap", what, "Give it more --seconds.", "warning"))
    nearest = asked.way.min(axis=1)
    far = nearest > FAR
    if far.any():
        what = (
            f"{console.number(float(asked.demand.people[far].sum()))} people at {int(far.sum())} "
            f"points are more than {FAR:g} m from every candidate."
        )
        found.append(Finding("waste.sites-far", what, "Add candidates near them.", "info"))
    return found


def _now(arguments: argparse.Namespace, asked: Asked, sites: IntArray) -> Served:
    within = np.nan if arguments.within is None else arguments.within
    return served(asked.way, asked.demand.people, sites, within)


def _document(
    arguments: argparse.Namespace, asked: Asked, choice: Choice, findings: list[Finding]
) -> dict[str, Any]:
    then = _now(arguments, asked, choice.sites)
    existing = np.flatnonzero(asked.candidates.existing)
    people = float(asked.demand.people.sum())
    return {
        "status": "ok",
        "objective": arguments.objective,
        "value": choice.objective,
        "bound": choice.bound,
        "unit": UNITS[arguments.objective],
        "optimal": choice.optimal,
        "gap": choice.gap,
        "sites": [
            {
                "id": asked.candidates.ids[site],
                "people": float(many),
                "cost_eur": asked.candidates.cost[site],
                "existing": bool(asked.candidates.existing[site]),
            }
            for site, many in zip(choice.sites.tolist(), then.people, strict=True)
        ],
        "people": people,
        "covered": _told(then, people, len(choice.sites)),
        "today": _told(_now(arguments, asked, existing), people, len(existing)),
        "findings": console.finding_rows(findings),
    }


def _told(now: Served, people: float, sites: int) -> dict[str, float]:
    share = now.covered / people
    return {"sites": sites, "people": now.covered, "share": share, "mean_m": now.mean}


def _say(arguments: argparse.Namespace, asked: Asked, choice: Choice) -> None:
    number = console.number
    then = _now(arguments, asked, choice.sites)
    cells = [
        (
            asked.candidates.ids[site],
            "yes" if asked.candidates.existing[site] else "",
            number(float(many)),
            number(float(asked.candidates.cost[site])),
        )
        for site, many in zip(choice.sites.tolist(), then.people, strict=True)
    ]
    console.table(("site", "there today", "people nearest", "cost, EUR"), cells, "Sites", 2)
    existing = np.flatnonzero(asked.candidates.existing)
    people = float(asked.demand.people.sum())
    for name, now, many in (
        ("chosen", then, len(choice.sites)),
        ("today", _now(arguments, asked, existing), len(existing)),
    ):
        reach = "" if np.isnan(now.covered) else f"{100 * now.covered / people:.1f} % within reach"
        console.say(f"{name}: {many} sites, {reach or 'no reach given'}, mean {number(now.mean)} m")
    proof = "proven to be the best" if choice.optimal else f"at most {choice.gap:.2%} from the best"
    console.say(f"{proof} under the ways as given.")


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < 1e12:
        raise argparse.ArgumentTypeError("must be above 0")
    return value
