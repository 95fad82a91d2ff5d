"""``kopa transport assign``: flows of a user equilibrium on a TNTP network."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kopa import console
from kopa.errors import Finding, UsageError
from kopa.model import BoolArray

from .assignment import Assignment, assign
from .link_network import LinkNetwork
from .read_tntp import read_tntp_network, read_tntp_trips

SHOWN = 15
"""So many rows a table for people has."""


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("assign", help="flows of a user equilibrium on a TNTP network")
    job.add_argument("network", type=Path, metavar="NET.tntp", help="links")
    job.add_argument("trips", type=Path, metavar="TRIPS.tntp", help="trips from zone to zone")
    job.add_argument(
        "--close",
        action="append",
        default=[],
        metavar="FROM-TO",
        help="close a link, such as 3-4; may be given again",
    )
    job.add_argument("--gap", type=float, default=1e-8, help="relative gap to reach")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=assign_job)


def assign_job(arguments: argparse.Namespace) -> int:
    """Answer the job; gives the exit code."""
    if not 0 < arguments.gap < 1:
        raise UsageError("--gap must lie between 0 and 1")
    network = read_tntp_network(arguments.network)
    trips, told = read_tntp_trips(arguments.trips, network.zones)
    closed = _closed(network, arguments.close)
    begin = time.perf_counter()
    found = assign(network, trips, closed, arguments.gap)
    took = time.perf_counter() - begin
    findings = [*told, *_notes(found, arguments.gap)]
    reached = found.gap <= arguments.gap
    if arguments.json:
        document = _document(network, found)
        told_too = {"seconds": took, "findings": console.finding_rows(findings)}
        console.document({"status": "ok" if reached else "partial", **document, **told_too})
    else:
        _tell(network, found)
        console.tell(findings)
    return 0 if reached else 1


def _closed(network: LinkNetwork, given: Sequence[str]) -> BoolArray:
    closed = np.zeros(len(network.tail), dtype=bool)
    for text in given:
        tail, _, head = text.partition("-")
        if not (tail.isdigit() and head.isdigit()):
            raise UsageError(f"--close: '{text}' is no link: write FROM-TO, such as 3-4")
        here = (network.tail == int(tail) - 1) & (network.head == int(head) - 1)
        if not here.any():
            raise UsageError(f"--close: the network has no link {text}")
        closed |= here
    return closed


def _notes(found: Assignment, gap: float) -> list[Finding]:
    notes = []
    if found.unserved:
        what = f"{found.unserved:g} trips have no way to their end, and are in no figure."
        notes.append(Finding("transport.unserved", what, "Open a link.", "warning"))
    if found.gap > gap:
        what = f"after {found.rounds} rounds the gap is {found.gap:.1e}, not {gap:.1e}."
        notes.append(Finding("transport.not-converged", what, "Ask for a wider --gap."))
    return notes


def _document(network: LinkNetwork, found: Assignment) -> dict[str, Any]:
    return {
        "tstt": found.total_time,
        "gap": found.gap,
        "objective": network.objective(found.flow),
        "rounds": found.rounds,
        "unserved": found.unserved,
        "flows": [
            {"from": tail + 1, "to": head + 1, "flow": flow, "time": seconds}
            for tail, head, flow, seconds in zip(
                network.tail.tolist(),
                network.head.tolist(),
                found.flow.tolist(),
                found.time.tolist(),
                strict=True,
            )
        ],
    }


def _tell(network: LinkNetwork, found: Assignment) -> None:
    number = console.number
    console.say(
        f"total time {number(found.total_time, 8)}, relative gap {found.gap:.1e} "
        f"after {found.rounds} rounds (units of the file)"
    )
    load = found.flow / np.where(network.capacity > 0, network.capacity, np.inf)
    rows = np.argsort(-load, kind="stable")[:SHOWN].tolist()
    cells = [
        (
            f"{network.tail[row] + 1}-{network.head[row] + 1}",
            number(found.flow[row], 5),
            number(found.time[row], 4),
            f"{load[row]:.0%}",
        )
        for row in rows
    ]
    console.table(("link", "flow", "time", "of capacity"), cells, "Most loaded", 3)
