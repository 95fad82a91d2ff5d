"""``kopa water screen``: every link shut, one at a time, and which of them matter most."""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kopa import console
from kopa.domain import Finding
from kopa.errors import UsageError
from kopa.model import Window

from .cli_common import open_water, window_arguments, window_of
from .criticality import Criticality, criticality, ranking
from .domain import Water
from .read_addresses import people_at, read_addresses
from .screen import SNAPSHOT, Case, Pool, Screening, outages, screen

SHOWN = 15
"""So many rows a table for people has."""


@dataclass(frozen=True)
class _Told:
    """A screening and what is known around it."""

    water: Water
    window: Window
    found: Screening
    beside: Criticality | None
    scale: float
    findings: Sequence[Finding]


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("screen", help="every link shut, one at a time (N-1), ranked")
    window_arguments(job)
    job.add_argument("--links", choices=("pipes", "all"), default="pipes", help="what to shut")
    job.add_argument(
        "--snapshot",
        action="store_true",
        help="also what a steady snapshot at the beginning says, and what it misses",
    )
    job.add_argument(
        "--addresses", type=Path, metavar="F", help="people of junctions, as CSV or GeoJSON"
    )
    job.add_argument("--workers", type=int, default=0, help="processes (default: one a core)")
    job.add_argument("--dask", default="", metavar="ADDRESS", help="run on a Dask cluster")
    job.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """N-1 of the links; gives the exit code."""
    water, findings = open_water(arguments)
    network = water.network
    window, scale = window_of(arguments, water)
    if arguments.snapshot and window.step == SNAPSHOT:
        raise UsageError("--snapshot needs a window to stand beside: leave out --hours 0")
    people = None
    if arguments.addresses:
        addresses, notes = read_addresses(arguments.addresses, network)
        people, findings = people_at(network, addresses), [*findings, *notes]
    links = outages(network, arguments.links == "pipes")
    rounds = 2 if arguments.snapshot else 1
    with console.progress("links", rounds * len(links), quiet=arguments.json) as advance:
        pool = Pool(arguments.workers, arguments.dask, advance)
        beside = None
        if arguments.snapshot:
            beside = criticality(network, window, links, pool, people)
        found = beside.window if beside else screen(network, window, links, pool, people)
    told = _Told(water, window, found, beside, scale, findings)
    if arguments.json:
        console.document(_document(told))
    else:
        _tell(told)
    return 0


def _document(told: _Told) -> dict[str, Any]:
    network, window, found, scale = told.water.network, told.window, told.found, told.scale
    return {
        "status": "ok" if all(case.status == "ok" for case in found.cases) else "partial",
        "file": str(network.source),
        "start": window.clock(0),
        "step_s": window.step * scale,
        "steps": window.steps,
        "required_pressure_m": network.service.required,
        "minimum_pressure_m": network.service.minimum,
        "wanted_m3": found.wanted * scale,
        "baseline_unserved_m3": found.unserved * scale,
        "baseline_person_hours": _known(found.person_hours * scale),
        "links": [_row(told, row, case) for row, case in enumerate(found.cases)],
        "ranking": [network.link_ids[found.cases[row].link] for row in ranking(found)],
        "findings": console.finding_rows(told.findings),
    }


def _row(told: _Told, number: int, case: Case) -> dict[str, Any]:
    found, scale, beside = told.found, told.scale, told.beside
    row = {
        "id": told.water.network.link_ids[case.link],
        "unserved_m3": case.unserved * scale,
        "extra_m3": (case.unserved - found.unserved) * scale,
        "share": found.share(case),
        "person_hours": _known(case.person_hours * scale),
        "status": case.status,
        "why": case.why,
    }
    if beside is not None:
        row["snapshot_unserved_m3"] = beside.by_snapshot(number)
        row["snapshot_misses_it"] = beside.is_missed(number)
    return row


def _known(value: float) -> float | str:
    return "unknown" if math.isnan(value) else value


def _tell(told: _Told) -> None:
    console.tell(told.findings)
    network, found, scale = told.water.network, told.found, told.scale
    number = console.number
    harmful = [row for row in ranking(found) if found.cases[row].unserved > found.unserved]
    unknown = [network.link_ids[case.link] for case in found.cases if case.status == "unknown"]
    console.say(
        f"{len(found.cases)} links shut one at a time: {len(harmful)} leave more unsupplied than "
        f"the {number(found.unserved * scale)} m³ of {number(found.wanted * scale)} m³ before."
    )
    if unknown:
        console.say(f"No answer for {len(unknown)}: {', '.join(unknown[:SHOWN])}.")
    if told.beside is not None:
        _tell_missed(told, told.beside)
    heads = ["link", "not supplied", "more than before", "delivered", "person-hours"]
    if told.beside is not None:
        heads.append("by a snapshot")
    rows = [_cells(told, row) for row in harmful[:SHOWN]]
    if rows:
        console.table(heads, rows, numbers=len(heads) - 1)


def _tell_missed(told: _Told, beside: Criticality) -> None:
    ids = told.water.network.link_ids
    missed = [ids[case.link] for row, case in enumerate(told.found.cases) if beside.is_missed(row)]
    console.say(
        f"A snapshot at {told.window.clock(0)} misses {len(missed)} of them"
        + console.escape(f": {', '.join(missed[:SHOWN])}." if missed else ".")
    )


def _cells(told: _Told, row: int) -> list[str]:
    found, scale, number = told.found, told.scale, console.number
    case = found.cases[row]
    cells = [
        told.water.network.link_ids[case.link],
        f"{number(case.unserved * scale)} m³",
        f"{number((case.unserved - found.unserved) * scale)} m³",
        f"{number(100 * found.share(case))} %",
        number(case.person_hours * scale),
    ]
    if told.beside is not None:
        cells.append(f"{number(told.beside.by_snapshot(row))} m³")
    return cells
