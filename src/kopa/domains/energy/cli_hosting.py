"""``kopa energy hosting``: how much generation and load each bus can take."""

from __future__ import annotations

import argparse
import math
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
    positive,
)
from kopa.domains.energy.domain import Energy
from kopa.domains.energy.hosting import Hosting, hosting, together
from kopa.domains.energy.limits import Limits
from kopa.domains.energy.read_wanted import read_wanted
from kopa.errors import EngineError, InputError
from kopa.model import Assets, FloatArray

SHOWN = 15
"""So many rows a table for people has."""
_KINDS = (("pv", True), ("chargers", False))


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("hosting", help="how much PV and how many chargers each bus can take")
    job.add_argument("grid", type=Path, metavar="GRID.json", help="grid as pandapower JSON")
    job.add_argument(
        "--pv-load",
        type=positive,
        default=1.0,
        metavar="X",
        help="factor of all loads while the sun shines (1)",
    )
    job.add_argument(
        "--charger-load",
        type=positive,
        default=1.0,
        metavar="X",
        help="factor of all loads while cars charge (1)",
    )
    job.add_argument(
        "--power-factor",
        type=_power_factor,
        default=1.0,
        metavar="X",
        help="of what is added, drawing reactive power (1)",
    )
    job.add_argument(
        "--wanted",
        type=Path,
        metavar="F.csv",
        help="asset, kw: what is wanted at buses or loads, all at once",
    )
    job.add_argument(
        "--wanted-is", choices=[name for name, _ in _KINDS], default="pv", help="of what kind (pv)"
    )
    add_limits(job)
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=run)


def _power_factor(text: str) -> float:
    value = float(text)
    if not 0.5 <= value <= 1:
        raise argparse.ArgumentTypeError("must lie between 0.5 and 1")
    return value


def run(arguments: argparse.Namespace) -> int:
    """The hosting capacity of all buses; gives the exit code."""
    limits = limits_of(arguments)
    read_in = grid_of(arguments)
    if read_in is None:
        return 1
    energy, findings = read_in
    factors = (arguments.pv_load, arguments.charger_load)
    try:
        wanted = None
        if arguments.wanted is not None:
            wanted = read_wanted(arguments.wanted, energy.network, energy.topology.live)
    except InputError as error:
        return failed(arguments, [*findings, *error.findings])
    total = 2 * int(energy.topology.live.sum())
    try:
        with console.progress("buses", total, quiet=arguments.json) as advance:
            found = [
                hosting(energy, arguments.power_factor, generates, limits, factor, advance)
                for (_, generates), factor in zip(_KINDS, factors, strict=True)
            ]
        at_once = None if wanted is None else _together(energy, wanted, arguments, limits, factors)
    except EngineError as error:
        return failed(arguments, [*findings, not_solved(f"{error}.")])
    if arguments.json:
        console.document(
            {
                "status": "ok",
                "limits": limits_document(limits),
                "power_factor": arguments.power_factor,
                "load_factors": {"pv": factors[0], "chargers": factors[1]},
                "buses": _rows(energy.assets(), found),
                "together": at_once,
                "findings": console.finding_rows(findings),
            }
        )
    else:
        _say(energy.assets(), found)
        if at_once is not None:
            held = f", held by {at_once['binds']} {at_once['at']}" if at_once["binds"] else ""
            console.say(
                f"Of {console.number(at_once['wanted_mw'])} MW of {at_once['kind']} at once, "
                f"{at_once['share']:.1%} fit{held}."
            )
        console.tell(findings)
    return 0


def _together(
    energy: Energy,
    wanted: FloatArray,
    arguments: argparse.Namespace,
    limits: Limits,
    factors: tuple[float, float],
) -> dict[str, Any]:
    kinds = [name for name, _ in _KINDS]
    place = kinds.index(arguments.wanted_is)
    (_, generates), factor = _KINDS[place], factors[place]
    found = together(energy, wanted, arguments.power_factor, generates, limits, factor)
    return {
        "kind": arguments.wanted_is,
        "wanted_mw": float(wanted.sum()),
        "share": found.share,
        "binds": found.binds,
        "at": energy.assets().ids[found.at] if found.at >= 0 else "",
    }


def _rows(assets: Assets, found: list[Hosting]) -> list[dict[str, Any]]:
    return [
        {
            "id": assets.ids[bus],
            "name": assets.names[bus],
            **{
                name: {
                    "mw": float(one.mw[row]),
                    "binds": one.binds[row],
                    "at": assets.ids[one.at[row]] if one.at[row] >= 0 else "",
                }
                for (name, _), one in zip(_KINDS, found, strict=True)
            },
        }
        for row, bus in enumerate(found[0].buses.tolist())
    ]


def _say(assets: Assets, found: list[Hosting]) -> None:
    rows = _rows(assets, found)
    for name, _ in _KINDS:
        known = np.array([row[name]["mw"] for row in rows])
        known = known[np.isfinite(known)]
        if len(known):
            low, middle, high = (console.number(one) for one in np.quantile(known, [0, 0.5, 1]))
            console.say(f"{name}: {low} to {high} MW at one bus alone, {middle} MW in the middle.")
    rows.sort(key=lambda row: min(row[name]["mw"] for name, _ in _KINDS))
    cells = [
        (row["id"], row["name"], *(cell for name, _ in _KINDS for cell in _cells(row[name])))
        for row in rows[:SHOWN]
    ]
    heads = ("bus", "name", "PV, MW", "held by", "chargers, MW", "held by")
    console.table(heads, cells, "Buses that take least")


def _cells(one: dict[str, Any]) -> tuple[str, str]:
    if not math.isfinite(one["mw"]):
        return "no limit", ""
    return console.number(one["mw"]), f"{one['binds']} {one['at']}".strip()
