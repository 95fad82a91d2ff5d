"""``kopa water quality``: age, chlorine or origin of the water at every node."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import Any

import numpy as np

from kopa import console
from kopa.domain import Finding
from kopa.domain.attributes import attributes
from kopa.errors import UsageError
from kopa.model import IntArray

from .network import JUNCTION, RESERVOIR, Network
from .quality import UNITS, Quality, Question, quality
from .read_inp import read_inp

PACKAGE = "kopa.domains.water"
MOST_DAYS = 3660
SHOWN = 15
"""So many rows a table for people has."""


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("quality", help="age, chlorine or origin of the water at every node")
    job.add_argument("network", type=Path, metavar="NET.inp", help="network as EPANET INP")
    job.add_argument("--kind", choices=UNITS, required=True, help="what is computed")
    job.add_argument("--trace", metavar="NODE", help="whose share of the water is traced")
    job.add_argument("--bulk", type=float, metavar="K", help="bulk coefficient, 1/day, decay < 0")
    job.add_argument("--wall", type=float, metavar="K", help="wall coefficient, m/day, decay < 0")
    job.add_argument(
        "--dose",
        nargs="+",
        default=[],
        metavar="[NODE=]MG_L",
        help="chlorine that leaves a node, or all reservoirs, mg/L (default: the file's sources)",
    )
    job.add_argument("--limit", type=float, metavar="L", help="in h, mg/L or %% (see the docs)")
    job.add_argument("--days", type=int, default=30, help="the longest run (default: 30)")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Answer the job; gives the exit code."""
    network, warnings = read_inp(arguments.network)
    limit, source = _limit(arguments)
    question = _question(arguments, network, limit)
    found = quality(network, question)
    findings = [*warnings, *_doubts(network, found)]
    if arguments.json:
        console.document(_document(network, question, found, source, findings))
    else:
        _tell(network, question, found, findings)
    return 1 if found.failure else 0


def _limit(arguments: argparse.Namespace) -> tuple[float | None, str]:
    """The limit, and where it comes from."""
    if arguments.limit is not None:
        if not (math.isfinite(arguments.limit) and arguments.limit >= 0):
            raise UsageError("--limit must be a number from 0 on")
        return arguments.limit, "--limit"
    rows = {a.name: a for a in attributes(PACKAGE) if a.table == "quality"}
    row = rows.get(f"{arguments.kind}_limit")
    return (float(row.default), row.standard) if row else (None, "")


def _question(arguments: argparse.Namespace, network: Network, limit: float | None) -> Question:
    kind = arguments.kind
    if (kind == "trace") != (arguments.trace is not None):
        raise UsageError("--trace NODE belongs to --kind trace, and is needed there")
    given = (arguments.bulk, arguments.wall, *arguments.dose)
    if kind != "chlorine" and any(value is not None for value in given):
        raise UsageError("--bulk, --wall and --dose belong to --kind chlorine")
    for name in ("bulk", "wall"):
        value = getattr(arguments, name)
        if value is not None and not -1e4 <= value <= 1e4:
            raise UsageError(f"--{name} must be a number from -10000 to 10000")
    if not 1 <= arguments.days <= MOST_DAYS:
        raise UsageError(f"--days must be from 1 to {MOST_DAYS}")
    return Question(
        kind,
        _node(network, arguments.trace) if arguments.trace is not None else -1,
        arguments.bulk,
        arguments.wall,
        _doses(network, arguments.dose),
        limit,
        arguments.days,
    )


def _doses(network: Network, texts: list[str]) -> dict[int, float]:
    doses: dict[int, float] = {}
    for text in texts:
        node, _, number = text.rpartition("=")
        try:
            dose = float(number)
        except ValueError:
            dose = math.nan
        if not 0 <= dose <= 1000:
            raise UsageError(f"'{text}' is no dose: write 0.6 or NODE=0.6, in mg/L")
        if node:
            doses[_node(network, node)] = dose
        else:
            reservoirs = np.flatnonzero(network.node_types == RESERVOIR).tolist()
            doses |= dict.fromkeys(reservoirs, dose)
    return doses


def _node(network: Network, name: str) -> int:
    if name not in network.node_ids:
        raise UsageError(f"no node is called '{name}' in {network.source}")
    return network.node_ids.index(name)


def _doubts(network: Network, found: Quality) -> list[Finding]:
    file = str(network.source)
    if found.failure:
        do = "Correct the INP file, or allow another length with --days."
        return [Finding("water.quality-unknown", found.failure, do, "warning", file)]
    moving = int((~found.settled & (found.demand > 0)).sum())
    if not moving:
        return []
    what = f"{moving} junctions have not settled after {found.days} days: they are unknown."
    do = "Allow a longer run with --days; water that hardly moves may never settle."
    return [Finding("water.quality-unsettled", what, do, "warning", file)]


def _status(found: Quality) -> str:
    if found.failure:
        return "unknown"
    return "ok" if found.all_settled else "partial"


def _worst_first(network: Network, question: Question, found: Quality) -> IntArray:
    """Settled junctions with a demand, the worst first."""
    rows = np.flatnonzero(found.settled & (found.demand > 0) & (network.node_types == JUNCTION))
    sign = 1 if question.kind == "chlorine" else -1
    return rows[np.argsort(sign * found.mean[rows], kind="stable")]


def _document(
    network: Network, question: Question, found: Quality, source: str, findings: list[Finding]
) -> dict[str, Any]:
    document: dict[str, Any] = {
        "status": _status(found),
        "file": str(network.source),
        "kind": question.kind,
        "unit": UNITS[question.kind],
        "days": found.days,
        "cycle_h": found.cycle_h,
        "settled": found.all_settled,
        "limit": question.limit,
        "limit_source": source,
        "findings": console.finding_rows(findings),
    }
    if found.failure:
        return document
    worst = _worst_first(network, question, found)
    return document | {
        "share_beyond": found.share_beyond if question.limit is not None else None,
        "share_unknown": found.share_unknown,
        "worst_nodes": [network.node_ids[row] for row in worst[:SHOWN]],
        "nodes": [
            {
                "id": name,
                "settled": bool(found.settled[row]),
                "mean": found.mean[row] if found.settled[row] else None,
                "worst": found.worst[row] if found.settled[row] else None,
                "end": found.end[row] if found.settled[row] else None,
                "demand_m3": found.demand[row],
            }
            for row, name in enumerate(network.node_ids)
        ],
    }


def _tell(network: Network, question: Question, found: Quality, findings: list[Finding]) -> None:
    console.tell(findings)
    if found.failure:
        console.say("There is no answer.")
        return
    number, unit = console.number, UNITS[question.kind]
    state = "settled" if found.all_settled else "not settled everywhere"
    console.say(f"Last {found.cycle_h} h of {found.days} days: {state}.")
    if question.limit is not None:
        side = "less than" if question.kind == "chlorine" else "more than"
        console.say(
            f"{number(100 * found.share_beyond)} % of the demand has {side} "
            f"{number(question.limit)} {unit}; {number(100 * found.share_unknown)} % is unknown."
        )
    rows = [
        (
            network.node_ids[row],
            f"{number(found.mean[row])} {unit}",
            f"{number(found.worst[row])} {unit}",
            f"{number(found.demand[row] * 24 / found.cycle_h)} m³/day",
        )
        for row in _worst_first(network, question, found)[:SHOWN]
    ]
    console.table(("junction", "mean", "worst", "demand"), rows, numbers=3)
