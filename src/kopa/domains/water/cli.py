"""``kopa water``: an INP file solved and screened, with no city around it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from kopa import console
from kopa.domain import Change, Event, Finding, Result, checked, parse_change
from kopa.errors import UsageError
from kopa.model import Window
from kopa.model.window import clock, duration, seconds

from . import cli_leaks
from .causes import shares
from .domain import KINDS, Water
from .effects import unserved
from .hydraulics import Hydraulics
from .network import Service
from .read_inp import read_inp
from .screen import SNAPSHOT, Case, Pool, Screening, outages, screen

SHOWN = 15
"""So many rows a table for people has."""


def register(jobs: Any) -> None:
    """Add the jobs to a parser.

    Parameters
    ----------
    jobs
        What ``ArgumentParser.add_subparsers`` gave.
    """
    one = jobs.add_parser("solve", help="what every junction gets")
    many = jobs.add_parser("screen", help="every link shut, one at a time (N-1)")
    for job in (one, many):
        _common(job)
    one.add_argument(
        "--change",
        action="append",
        default=[],
        metavar="TEXT",
        help="'P-12 closed 08:00-14:00'; may be given again",
    )
    one.set_defaults(run=solve)
    many.add_argument("--links", choices=("pipes", "all"), default="pipes", help="what to shut")
    many.add_argument("--workers", type=int, default=0, help="processes (default: one a core)")
    many.add_argument("--dask", default="", metavar="ADDRESS", help="run on a Dask cluster")
    many.set_defaults(run=screen_links)
    cli_leaks.register(jobs)


def _common(job: argparse.ArgumentParser) -> None:
    job.add_argument("network", type=Path, metavar="NET.inp", help="network as EPANET INP")
    job.add_argument(
        "--hours", type=float, default=24.0, help="length; 0: one solution, held for a step"
    )
    job.add_argument("--step", default="1h", help="length of a step: 15min, 1h, 900s")
    job.add_argument("--at", metavar="HH:MM", help="begin (default: the file's start clock time)")
    job.add_argument("--required", type=float, metavar="M", help="pressure of full service, m")
    job.add_argument("--minimum", type=float, metavar="M", help="pressure of no service, m")
    job.add_argument("--exponent", type=float, help="of the pressure-demand function")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")


def solve(arguments: argparse.Namespace) -> int:
    """What every junction gets; gives the exit code."""
    water, findings = _water(arguments)
    window, scale = _window(arguments, water)
    changes = [_change(text, water) for text in arguments.change]
    planned, run, runs = water.solve(window, changes, {})
    result = water.result(window, planned, run, runs)
    findings += result.findings
    if arguments.json:
        console.document(_solve_document(water, window, run, result, scale, findings))
    else:
        _tell_solved(water, run, result, scale, findings)
    return 0 if result.status == "ok" else 1


def screen_links(arguments: argparse.Namespace) -> int:
    """N-1 of the links; gives the exit code."""
    water, findings = _water(arguments)
    window, scale = _window(arguments, water)
    links = outages(water.network, arguments.links == "pipes")
    with console.progress("links", len(links), quiet=arguments.json) as advance:
        pool = Pool(arguments.workers, arguments.dask, advance)
        found = screen(water.network, window, links, pool)
    if arguments.json:
        console.document(_screen_document(water, window, found, scale, findings))
    else:
        _tell_screened(water, found, scale, findings)
    return 0


def _water(arguments: argparse.Namespace) -> tuple[Water, list[Finding]]:
    given = (arguments.minimum, arguments.required, arguments.exponent)
    service = None
    if any(value is not None for value in given):
        usual = Service()
        values = zip(given, (usual.minimum, usual.required, usual.exponent), strict=True)
        service = Service(*(default if value is None else value for value, default in values))
    network, warnings = read_inp(arguments.network, service)
    return Water(network), list(warnings)


def _window(arguments: argparse.Namespace, water: Water) -> tuple[Window, float]:
    """The window, and what a volume in it stands for: a snapshot is held for a step."""
    start = seconds(arguments.at) if arguments.at else water.network.start_clock
    step = duration(arguments.step)
    if not arguments.hours >= 0:
        raise UsageError("--hours must be 0 or more")
    if arguments.hours == 0:
        return Window(start, SNAPSHOT, 1), step / SNAPSHOT
    steps, rest = divmod(arguments.hours * 3600, step)
    if rest or not steps:
        raise UsageError("--hours must be a whole number of steps")
    return Window(start, step, int(steps)), 1.0


def _change(text: str, water: Water) -> Change:
    """A change; its domain may be left out here."""
    return checked(
        parse_change(text if text.startswith("water:") else f"water:{text}"),
        water.assets(),
        KINDS,
    )


def _solve_document(
    water: Water,
    window: Window,
    run: Hydraulics,
    result: Result,
    scale: float,
    findings: list[Finding],
) -> dict[str, Any]:
    network = water.network
    known = result.status != "unknown"
    document: dict[str, Any] = {
        "status": result.status,
        "file": str(network.source),
        "start": window.clock(0),
        "step_s": window.step * scale,
        "steps": window.steps,
        "required_pressure_m": network.service.required,
        "minimum_pressure_m": network.service.minimum,
        "findings": console.finding_rows(findings),
    }
    if not known:
        return document
    share, pressure = shares(network, run), np.round(run.pressure, 3)
    wanted, delivered = run.wanted.sum(axis=0) * scale, run.delivered.sum(axis=0) * scale
    balance = run.balance
    document |= {
        "totals": {
            "wanted_m3": wanted.sum(),
            "delivered_m3": delivered.sum(),
            "unserved_m3": unserved(run).sum() * scale,
            "lost_m3": run.leaked.sum() * scale,
            "pump_energy_kwh": run.pump_energy.sum() * scale,
        },
        "balance": {
            "supplied_m3": balance.supplied * scale,
            "used_m3": balance.used * scale,
            "lost_m3": balance.lost * scale,
            "stored_m3": balance.stored * scale,
            "residual_m3": balance.residual * scale,
            "ok": balance.ok,
        },
        "junctions": [
            {
                "id": network.node_ids[row],
                "wanted_m3": wanted[row],
                "delivered_m3": delivered[row],
                "share": share[:, row],
                "pressure_m": pressure[:, row],
            }
            for row in network.junctions
        ],
        "pumps": [
            {"id": network.link_ids[link], "energy_kwh": energy * scale}
            for link, energy in zip(network.pumps, run.pump_energy.sum(axis=0), strict=True)
        ],
        "events": [_event_row(water, event) for event in result.events],
    }
    return document


def _event_row(water: Water, event: Event) -> dict[str, Any]:
    return {
        "what": event.what,
        "from": clock(event.start),
        "to": clock(event.end),
        "assets": [water.assets().ids[row] for row in event.rows],
    }


def _tell_solved(
    water: Water, run: Hydraulics, result: Result, scale: float, findings: list[Finding]
) -> None:
    console.tell(findings)
    if result.status == "unknown":
        console.say("There is no answer.")
        return
    network, number = water.network, console.number
    missing, wanted = unserved(run) * scale, run.wanted.sum(axis=0) * scale
    console.say(
        f"{number(wanted.sum())} m³ wanted, {number(missing.sum())} m³ not supplied, "
        f"{number(run.leaked.sum() * scale)} m³ lost; "
        f"pumps drew {number(run.pump_energy.sum() * scale)} kWh."
    )
    short = [int(row) for row in np.argsort(-missing, kind="stable") if missing[row] > 0]
    if not short:
        asking = np.flatnonzero(wanted > 0)
        lowest = run.pressure[:, asking].min(initial=np.inf)
        console.say(f"All junctions are served; lowest pressure at a demand {number(lowest)} m.")
        return
    rows = [
        (
            network.node_ids[row],
            f"{number(missing[row])} m³",
            f"{number(100 * (1 - missing[row] / wanted[row]))} %",
            f"{number(run.pressure[:, row].min())} m",
        )
        for row in short[:SHOWN]
    ]
    heads = ("junction", "not supplied", "delivered", "lowest pressure")
    console.table(heads, rows, f"{len(short)} junctions are short", numbers=3)


def _screen_document(
    water: Water, window: Window, found: Screening, scale: float, findings: list[Finding]
) -> dict[str, Any]:
    network = water.network
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
        "links": [
            {
                "id": network.link_ids[case.link],
                "unserved_m3": case.unserved * scale,
                "extra_m3": (case.unserved - found.unserved) * scale,
                "share": found.share(case),
                "status": case.status,
                "why": case.why,
            }
            for case in found.cases
        ],
        "findings": console.finding_rows(findings),
    }


def _tell_screened(water: Water, found: Screening, scale: float, findings: list[Finding]) -> None:
    console.tell(findings)
    network, number = water.network, console.number
    harmful = sorted(
        (case for case in found.cases if case.status == "ok" and case.unserved > found.unserved),
        key=_worst_first,
    )
    unknown = [network.link_ids[case.link] for case in found.cases if case.status == "unknown"]
    console.say(
        f"{len(found.cases)} links shut one at a time: {len(harmful)} leave more unsupplied than "
        f"the {number(found.unserved * scale)} m³ of {number(found.wanted * scale)} m³ before."
    )
    if unknown:
        console.say(f"No answer for {len(unknown)}: {', '.join(unknown[:SHOWN])}.")
    rows = [
        (
            network.link_ids[case.link],
            f"{number(case.unserved * scale)} m³",
            f"{number((case.unserved - found.unserved) * scale)} m³",
            f"{number(100 * found.share(case))} %",
        )
        for case in harmful[:SHOWN]
    ]
    if rows:
        console.table(("link", "not supplied", "more than before", "delivered"), rows, numbers=3)


def _worst_first(case: Case) -> float:
    return -case.unserved
