"""``kopa water leaks``: leaks found in readings, as they would have been told at the time."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from kopa import console
from kopa.errors import Finding, UsageError
from kopa.ledger.factors import shipped_factors

from .leaks.alone import search_alone
from .leaks.calibration import LEAST_DAYS
from .leaks.found import Found
from .leaks.places import pipe_distances
from .leaks.read_readings import UNITS, Source, read_columns, read_readings
from .leaks.score import Claim, Score, TrueLeaks, score
from .network import PIPE, Network
from .read_inp import read_inp

PRICE = "cost_of_lost_water"
"""The factor that prices what is lost."""


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("leaks", help="leaks found in pressures, flows, levels and meters")
    job.add_argument("network", type=Path, metavar="NET.inp", help="network as EPANET INP")
    for name, what in (
        ("pressures", "pressures at junctions"),
        ("flows", "flows through links"),
        ("levels", "levels in tanks"),
        ("meters", "demands of junctions by smart meters"),
    ):
        needed = name in {"pressures", "flows"}
        job.add_argument(f"--{name}", type=Path, metavar="CSV", required=needed, help=what)
    job.add_argument("--leak-free-until", metavar="TIME", help="no new leak before: 2018-01-15")
    for name, usual in (("pressure", "m"), ("flow", "m3/h"), ("level", "m"), ("meter", "L/h")):
        units = UNITS["flow" if name == "meter" else name]
        job.add_argument(f"--{name}-unit", default=usual, choices=units, help=f"default: {usual}")
    job.add_argument("--price", type=float, metavar="EUR", help="of 1 m³ (default: the factor's)")
    job.add_argument("--truth", type=Path, metavar="CSV", help="leaks in m³/h, to be scored")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=leaks_job)


def leaks_job(arguments: argparse.Namespace) -> int:
    """Answer the job; gives the exit code."""
    price = arguments.price
    if price is None:
        price = next(factor.mid for factor in shipped_factors() if factor.id == PRICE)
    if not price >= 0:
        raise UsageError("--price must be 0 or more")
    network, warnings = read_inp(arguments.network)
    readings, told = read_readings(
        network,
        Source(arguments.pressures, arguments.pressure_unit),
        Source(arguments.flows, arguments.flow_unit),
        Source(arguments.levels, arguments.level_unit),
        Source(arguments.meters, arguments.meter_unit),
    )
    findings = [*warnings, *told]
    free = 0
    if arguments.leak_free_until:
        free = int(readings.hour(_moment(arguments.leak_free_until)))
    status, found = "ok", None
    if free < LEAST_DAYS * 24 or free >= readings.hours:
        status = "unknown"
        findings.append(
            Finding(
                "water.leaks-no-calibration",
                f"{max(free, 0) / 24:.1f} days of {readings.hours / 24:.1f} are known to be "
                f"without new leaks; what is usual takes {LEAST_DAYS:g} of them, and some after.",
                "Say with --leak-free-until up to when no new leak began.",
            )
        )
    else:
        with console.progress("hours", readings.hours, quiet=arguments.json) as advance:
            found = search_alone(network, readings, free, advance)
        findings += found.findings
        status = found.status
    judged = None
    if arguments.truth is not None and found is not None:
        judged = _judged(network, arguments.truth, found)
    if arguments.json:
        document = {"status": status, "file": str(network.source), "price_eur_m3": price}
        if found is not None:
            document |= _document(found, price)
        if judged is not None:
            document["score"] = _score_document(judged)
        console.document({**document, "findings": console.finding_rows(findings)})
    else:
        console.tell(findings)
        if found is not None:
            _tell(found, price)
        if judged is not None:
            _tell_score(judged)
    return 0 if status == "ok" else 1


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        raise UsageError(f"--leak-free-until: '{text}' is no time such as 2018-01-15") from None


def _judged(network: Network, path: Path, found: Found) -> Score:
    file = read_columns(path)
    pipes = np.flatnonzero(network.link_types <= PIPE).astype(np.int64)
    ids = [network.link_ids[row] for row in pipes.tolist()]
    strange = [name for name in file.names if name not in ids]
    if strange:
        raise UsageError(f"--truth: the network has no pipe {', '.join(strange[:5])}")
    truth = TrueLeaks(file.times, file.names, np.nan_to_num(file.values))
    claims = [Claim(leak.pipe, leak.detected) for leak in found.leaks]
    return score(truth, claims, ids, pipe_distances(network, pipes))


def _document(found: Found, price: float) -> dict[str, Any]:
    return {
        "hours": found.hours,
        "sensors_used": found.sensors,
        "leaks": [
            {
                "pipe": leak.pipe,
                "state": leak.state,
                "start": leak.start.isoformat(),
                "detected": leak.detected.isoformat(),
                "repaired": leak.repaired.isoformat() if leak.repaired else None,
                "flow_m3h": leak.flow_m3h,
                "lost_m3": leak.lost_m3,
                "cost_eur": leak.lost_m3 * price,
                "confidence": leak.confidence,
                "alternatives": list(leak.alternatives),
            }
            for leak in found.leaks
        ],
    }


def _score_document(judged: Score) -> dict[str, Any]:
    return {
        "total_eur": judged.total,
        "perfect_eur": judged.perfect,
        "share": judged.share,
        "false_alarms": judged.false,
        "missed": list(judged.missed),
        "claims": [
            {
                "pipe": row.claim.pipe,
                "at": row.claim.at.isoformat(),
                "verdict": row.verdict,
                "leak": row.pipe,
                "distance_m": row.distance,
                "score_eur": row.score,
            }
            for row in judged.judged
        ],
    }


def _tell(found: Found, price: float) -> None:
    number = console.number
    rows = [
        (
            leak.pipe,
            leak.state,
            f"{leak.start:%Y-%m-%d %H:%M}",
            f"{leak.detected:%Y-%m-%d %H:%M}",
            number(leak.flow_m3h),
            number(leak.lost_m3),
            number(leak.lost_m3 * price),
            f"{leak.confidence:.0%}",
        )
        for leak in found.leaks
    ]
    console.say(f"{len(rows)} leaks in {number(found.hours / 24)} days.")
    if rows:
        heads = ("pipe", "state", "began", "told", "m³/h", "m³ so far", "€", "within 300 m")
        console.table(heads, rows, numbers=4)


def _tell_score(judged: Score) -> None:
    number = console.number
    console.say(
        f"Score: {number(judged.total, 5)} € of {number(judged.perfect, 5)} € "
        f"({judged.share:.0%}), {judged.false} false alarms; "
        f"missed: {', '.join(judged.missed) or 'none'}."
    )
