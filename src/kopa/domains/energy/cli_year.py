"""``kopa energy year``: what a grid goes through while its loads and generators change."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kopa import console
from kopa.domains.energy.cli_common import (
    add_limits,
    failed,
    grid_of,
    limits_document,
    limits_of,
    not_solved,
)
from kopa.domains.energy.domain import Energy
from kopa.domains.energy.limits import Limits
from kopa.domains.energy.read_profiles import Profiles, read_profiles
from kopa.domains.energy.year import Year, year
from kopa.errors import EngineError, Finding, InputError
from kopa.model import FloatArray

SHOWN = 15
"""So many rows a table for people has."""


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("year", help="power flows of a year, or of any steps, by profiles")
    job.add_argument("grid", type=Path, metavar="GRID.json", help="grid as pandapower JSON")
    job.add_argument(
        "profiles",
        type=Path,
        metavar="PROFILES.csv",
        help="time, and a column for each unit (load:3, load, sgen): factors, or power as [kW]",
    )
    add_limits(job)
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """The power flows of all steps; gives the exit code."""
    limits = limits_of(arguments)
    read_in = grid_of(arguments)
    if read_in is None:
        return 1
    energy, findings = read_in
    try:
        profiles, more = read_profiles(arguments.profiles, energy.network)
    except InputError as error:
        return failed(arguments, [*findings, *error.findings])
    findings += more
    try:
        with console.progress("steps", len(profiles.series.times), quiet=arguments.json) as advance:
            found = year(energy, profiles, limits, advance)
    except EngineError as error:
        return failed(arguments, [*findings, not_solved(f"{error}.")])
    if not found.solved.any():
        return failed(arguments, [*findings, not_solved("No step has a power flow.")])
    findings += _unsolved(profiles, found)
    if arguments.json:
        console.document(_document(energy, profiles, found, limits, findings))
    else:
        _say(energy, profiles, found, limits)
        console.tell(findings)
    return 0


def _unsolved(profiles: Profiles, found: Year) -> list[Finding]:
    lost = np.flatnonzero(~found.solved)
    if not len(lost):
        return []
    what = (
        f"{len(lost)} of {len(found.solved)} steps have no power flow, the first at "
        f"{profiles.series.told(int(lost[0]))}; energies and hours are without them."
    )
    do = "The grid may be unable to carry that load; check it, and the profiles there."
    return [Finding("energy.not-converged", what, do)]


def _document(
    energy: Energy, profiles: Profiles, found: Year, limits: Limits, findings: Sequence[Finding]
) -> dict[str, Any]:
    network, assets = energy.network, energy.assets()
    live = np.flatnonzero(energy.topology.live).tolist()
    rated = np.flatnonzero(np.isfinite(found.fullest.value)).tolist()
    peak = int(np.nanargmax(found.source_mw))
    return {
        "status": "ok" if found.solved.all() else "partial",
        "limits": limits_document(limits),
        "steps": len(profiles.series.times),
        "step_minutes": profiles.series.step_h * 60,
        "unsolved": [profiles.series.told(int(step)) for step in np.flatnonzero(~found.solved)],
        "energy_mwh": _energy(profiles, found),
        "peak": {"mw": found.source_mw[peak], "at": profiles.series.told(peak)},
        "reverse_flow": _reverse(profiles, found),
        "buses": [
            {
                "id": assets.ids[bus],
                "name": assets.names[bus],
                "min_voltage_pu": found.lowest.value[bus],
                "min_at": profiles.series.told(found.lowest.step[bus]),
                "max_voltage_pu": found.highest.value[bus],
                "max_at": profiles.series.told(found.highest.step[bus]),
                "hours_low": found.lowest.hours[bus],
                "hours_high": found.highest.hours[bus],
            }
            for bus in live
        ],
        "branches": [
            {
                "id": assets.ids[row := network.edges.rows[edge]],
                "name": assets.names[row],
                "max_loading_percent": found.fullest.value[edge],
                "max_at": profiles.series.told(found.fullest.step[edge]),
                "hours_above": found.fullest.hours[edge],
            }
            for edge in rated
        ],
        "findings": console.finding_rows(findings),
    }


def _energy(profiles: Profiles, found: Year) -> dict[str, float]:
    parts: dict[str, FloatArray] = {
        "sources": found.source_mw,
        "generators": found.fed_mw,
        "used": found.used_mw,
        "losses": found.losses_mw,
    }
    return {name: float(np.nansum(mw)) * profiles.series.step_h for name, mw in parts.items()}


def _reverse(profiles: Profiles, found: Year) -> dict[str, Any]:
    back = -np.nan_to_num(found.source_mw, nan=np.inf)
    most = int(back.argmax())
    some = back[most] > 0
    return {
        "hours": float((back > 0).sum()) * profiles.series.step_h,
        "mwh": float(back[back > 0].sum()) * profiles.series.step_h,
        "max_mw": float(back[most]) if some else 0.0,
        "at": profiles.series.told(most) if some else "",
    }


def _say(energy: Energy, profiles: Profiles, found: Year, limits: Limits) -> None:
    document = _document(energy, profiles, found, limits, [])
    told = {name: console.number(value) for name, value in document["energy_mwh"].items()}
    peak, back = document["peak"], document["reverse_flow"]
    console.say(
        f"{document['steps']} steps of {document['step_minutes']:g} minutes: sources "
        f"{told['sources']} MWh + generators {told['generators']} MWh = used {told['used']} MWh + "
        f"losses {told['losses']} MWh"
    )
    console.say(f"power from the sources, MW  {console.spark(found.source_mw.tolist())}")
    console.say(f"peak {console.number(peak['mw'])} MW at {peak['at']}")
    if back["hours"]:
        console.say(
            f"power goes back in {console.number(back['hours'])} h, at most "
            f"{console.number(back['max_mw'])} MW at {back['at']}"
        )
    _table(document["buses"], "min_voltage_pu", "min_at", "hours_low", False, "voltage, p.u.")
    _table(document["buses"], "max_voltage_pu", "max_at", "hours_high", True, "voltage, p.u.")
    _table(document["branches"], "max_loading_percent", "max_at", "hours_above", True, "loading, %")


def _table(
    rows: Sequence[dict[str, Any]], value: str, at: str, hours: str, most: bool, unit: str
) -> None:
    chosen = sorted(rows, key=lambda row: row[value], reverse=most)[:SHOWN]
    cells = [
        (row["id"], row["name"], console.number(row[value], 4), row[at], console.number(row[hours]))
        for row in chosen
    ]
    title = f"{'Highest' if most else 'Lowest'} {unit.partition(',')[0]}"
    console.table(("id", "name", unit, "at", "beyond its limit, h"), cells, title)
