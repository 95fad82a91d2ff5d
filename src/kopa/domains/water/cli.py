"""``kopa water``: an INP file solved and screened, with no city around it."""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

from kopa import console
from kopa.domain import Change, Event, Finding, Result, checked, parse_change
from kopa.model import Window
from kopa.model.window import clock

from . import (
    cli_forecast,
    cli_isolate,
    cli_leaks,
    cli_night_flow,
    cli_pumps,
    cli_quality,
    cli_screen,
)
from .causes import shares
from .cli_common import open_water, window_arguments, window_of
from .domain import KINDS, Water
from .effects import unserved
from .hydraulics import Hydraulics

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
    window_arguments(one)
    one.add_argument(
        "--change",
        action="append",
        default=[],
        metavar="TEXT",
        help="'P-12 closed 08:00-14:00'; may be given again",
    )
    one.set_defaults(run=solve)
    cli_screen.register(jobs)
    cli_isolate.register(jobs)
    cli_quality.register(jobs)
    cli_night_flow.register(jobs)
    cli_pumps.register(jobs)
    cli_forecast.register(jobs)
    cli_leaks.register(jobs)


def solve(arguments: argparse.Namespace) -> int:
    """What every junction gets; gives the exit code."""
    water, findings = open_water(arguments)
    window, scale = window_of(arguments, water)
    changes = [_change(text, water) for text in arguments.change]
    planned, run, runs = water.solve(window, changes, {})
    result = water.result(window, planned, run, runs)
    findings += result.findings
    if arguments.json:
        console.document(_solve_document(water, window, run, result, scale, findings))
    else:
        _tell_solved(water, run, result, scale, findings)
    return 0 if result.status == "ok" else 1


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
