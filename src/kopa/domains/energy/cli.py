"""``kopa energy``: what a grid file says, with no city around it."""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kopa import console
from kopa.domains.energy import (
    cli_forecast,
    cli_hosting,
    cli_import,
    cli_outage,
    cli_plan,
    cli_year,
)
from kopa.domains.energy.cli_common import failed, grid_of, not_solved
from kopa.domains.energy.domain import Energy
from kopa.domains.energy.effects import at_risk, loading
from kopa.domains.energy.engine_pgm import Flows
from kopa.domains.energy.screen import ELEMENTS, Outage, screen
from kopa.domains.energy.topology import BASE
from kopa.errors import EngineError, Finding

SHOWN = 15
"""So many rows a table for people has."""


def register(jobs: Any) -> None:
    """Add the jobs to a parser.

    Parameters
    ----------
    jobs
        What ``ArgumentParser.add_subparsers`` gave.
    """
    one = jobs.add_parser("solve", help="power flow of a grid")
    many = jobs.add_parser("screen", help="every line and transformer out, one at a time (N-1)")
    for job in (one, many):
        job.add_argument("grid", type=Path, metavar="GRID.json", help="grid as pandapower JSON")
        job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    many.add_argument(
        "--elements",
        choices=[*ELEMENTS, "all"],
        action="append",
        help="kind of element; may be given again (default: line and trafo)",
    )
    many.add_argument(
        "--full", action="store_true", help="power flow of every outage, radial ones too"
    )
    cli_outage.register(jobs)
    cli_hosting.register(jobs)
    cli_year.register(jobs)
    cli_plan.register(jobs)
    cli_import.register(jobs)
    cli_forecast.register(jobs)
    one.set_defaults(run=solve)
    many.set_defaults(run=screen_all)


def solve(arguments: argparse.Namespace) -> int:
    """Power flow of a grid file; gives the exit code."""
    read_in = grid_of(arguments)
    if read_in is None:
        return 1
    energy, findings = read_in
    try:
        flows = energy.power_flow.solve([BASE])
    except EngineError as error:
        return failed(arguments, [*findings, not_solved(str(error))])
    if not flows.converged[0]:
        reason = "The power flow does not converge: the grid may be unable to carry its load."
        return failed(arguments, [*findings, not_solved(reason)])
    findings += at_risk(energy.network, flows)
    if arguments.json:
        console.document(_solved_document(energy, flows, findings))
    else:
        _tell_solved(energy, flows, findings)
    return 0


def screen_all(arguments: argparse.Namespace) -> int:
    """N-1 of a grid file; gives the exit code."""
    read_in = grid_of(arguments)
    if read_in is None:
        return 1
    energy, findings = read_in
    chosen = arguments.elements or ["line", "trafo"]
    kinds = ELEMENTS if "all" in chosen else tuple(dict.fromkeys(chosen))
    total = sum(kind in kinds for kind in energy.assets().kinds)
    with console.progress("outages", total, quiet=arguments.json) as advance:
        try:
            outages = screen(energy, kinds, arguments.full, advance)
        except EngineError as error:
            return failed(arguments, [*findings, not_solved(str(error))])
    if arguments.json:
        console.document(_screen_document(energy, outages, findings))
    else:
        _tell_outages(energy, outages, findings)
    return 0


def _solved_document(energy: Energy, flows: Flows, findings: Sequence[Finding]) -> dict[str, Any]:
    return {
        "status": "ok",
        "buses": _bus_rows(energy, flows),
        "lines": _edge_rows(energy, flows, "line"),
        "trafos": _edge_rows(energy, flows, "trafo"),
        "balance": _balance(flows),
        "findings": console.finding_rows(findings),
    }


def _bus_rows(energy: Energy, flows: Flows) -> list[dict[str, Any]]:
    assets = energy.assets()
    live = energy.topology.live
    return [
        {
            "id": assets.ids[bus],
            "name": assets.names[bus],
            "energised": bool(live[bus]),
            "voltage_pu": float(flows.volts[0, bus]) if live[bus] else None,
            "angle_degree": math.degrees(flows.angle[0, bus]) if live[bus] else None,
        }
        for bus in range(energy.network.buses)
    ]


def _edge_rows(energy: Energy, flows: Flows, kind: str) -> list[dict[str, Any]]:
    assets, edges = energy.assets(), energy.network.edges
    full = loading(energy.network, flows)[0]
    return [
        {
            "id": assets.ids[row],
            "name": assets.names[row],
            "loading_percent": float(full[edge]),
            "p_from_mw": float(flows.begin_mw[0, edge]),
            "p_to_mw": float(flows.end_mw[0, edge]),
            "losses_mw": float(flows.losses_mw[0, edge]),
        }
        for edge, row in enumerate(edges.rows.tolist())
        if assets.kinds[row] == kind
    ]


def _balance(flows: Flows) -> dict[str, float]:
    return {
        "sources_mw": float(flows.source_mw[0].sum()),
        "generators_mw": float(flows.fed_mw[0]),
        "used_mw": float(flows.used_mw[0]),
        "losses_mw": float(flows.losses_mw[0].sum()),
    }


def _tell_solved(energy: Energy, flows: Flows, findings: Sequence[Finding]) -> None:
    live = energy.topology.live
    parts = _balance(flows)
    console.say(
        f"{int(live.sum())} of {len(live)} buses energised, voltage "
        f"{flows.volts[0, live].min():.3f} to {flows.volts[0, live].max():.3f} p.u."
    )
    console.say(
        f"sources {console.number(parts['sources_mw'])} MW + "
        f"generators {console.number(parts['generators_mw'])} MW = "
        f"used {console.number(parts['used_mw'])} MW + "
        f"losses {console.number(parts['losses_mw'])} MW"
    )
    rows = [row for kind in ("line", "trafo") for row in _edge_rows(energy, flows, kind)]
    rated = [row for row in rows if math.isfinite(row["loading_percent"])]
    rated.sort(key=lambda row: -row["loading_percent"])
    cells = [
        (
            row["id"],
            row["name"],
            console.number(row["loading_percent"]),
            console.number(row["p_from_mw"]),
            console.number(row["losses_mw"]),
        )
        for row in rated[:SHOWN]
    ]
    heads = ("id", "name", "loading, %", "power, MW", "losses, MW")
    console.table(heads, cells, "Most loaded", 3)
    console.tell(findings)


def _screen_document(
    energy: Energy, outages: Sequence[Outage], findings: Sequence[Finding]
) -> dict[str, Any]:
    assets = energy.assets()
    by_flow = sum(outage.method != "graph" for outage in outages)
    unknown = any(outage.status == "unknown" for outage in outages)
    return {
        "status": "partial" if unknown else "ok",
        "elements": [
            {
                "id": assets.ids[outage.row],
                "name": assets.names[outage.row],
                "kind": assets.kinds[outage.row],
                "unsupplied_loads": outage.unsupplied_loads,
                "lost_mw": outage.lost_mw,
                "min_voltage_pu": outage.min_voltage_pu,
                "max_loading_percent": outage.max_loading_percent,
                "status": outage.status,
                "method": outage.method,
            }
            for outage in outages
        ],
        "solved": {"graph": len(outages) - by_flow, "power_flow": by_flow},
        "findings": console.finding_rows(findings),
    }


def _tell_outages(energy: Energy, outages: Sequence[Outage], findings: Sequence[Finding]) -> None:
    assets = energy.assets()
    worst = sorted(outages, key=lambda outage: (-outage.lost_mw, outage.row))[:SHOWN]
    cells = [
        (
            assets.ids[outage.row],
            assets.names[outage.row],
            outage.status,
            outage.method,
            str(outage.unsupplied_loads),
            console.number(outage.lost_mw),
            _or_dash(outage.min_voltage_pu),
            _or_dash(outage.max_loading_percent),
        )
        for outage in worst
    ]
    lost = np.array([outage.unsupplied_loads for outage in outages])
    console.say(
        f"{len(outages)} outages, {int((lost > 0).sum())} of them leave loads without supply"
    )
    heads = ("id", "name", "status", "method", "loads", "lost, MW", "voltage, p.u.", "loading, %")
    console.table(heads, cells, "Worst outages", 4)
    console.tell(findings)


def _or_dash(value: float) -> str:
    return console.number(value) if math.isfinite(value) else "–"
