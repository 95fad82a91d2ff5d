"""``kopa waste proof``: what of a day's rounds was done, and which complaints are right."""

from __future__ import annotations

import argparse
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from kopa import console
from kopa.errors import Finding, InputError, UsageError
from kopa.geo.project import Projection
from kopa.model.window import seconds

from .calendar import DAY_S
from .city_files import Waste, arguments_of, read_waste
from .cli_common import failed
from .proof import Answered, Service, Verdict, answer, prove
from .read_service import Complaint, Lift, Track, read_complaints, read_lifts, read_tracks

SHOWN = 30
VERDICTS: tuple[Verdict, ...] = ("served", "seen", "missed", "unknown", "pending")


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("proof", help="which stops of a day's rounds were served")
    arguments_of(job)
    job.add_argument("--tracks", type=Path, metavar="F.csv", help="truck,time,lon,lat")
    job.add_argument("--lifts", type=Path, metavar="F.csv", help="truck,time,container,kg")
    job.add_argument("--complaints", type=Path, metavar="F.csv", help="time,container,lon,lat")
    job.add_argument("--until", metavar="HH:MM", help="what is known at this time of the shift")
    job.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Answer the job; gives the exit code."""
    if not (arguments.tracks or arguments.lifts):
        raise UsageError("give --tracks, --lifts or both: nothing else proves a service")
    try:
        waste = read_waste(arguments, 1)
        findings = list(waste.findings)
        services, answered = _proved(arguments, waste, findings)
    except InputError as error:
        return failed(arguments, error.findings)
    if not services:
        what = f"no round is due on {waste.date.isoformat()}."
        findings.append(Finding("waste.no-round", what, "Take another --date.", "warning"))
    counts = Counter(one.verdict for one in services)
    if arguments.json:
        console.document(
            {
                "status": "partial" if counts["unknown"] else "ok",
                "date": waste.date.isoformat(),
                "planned": len(services),
                **{word: counts[word] for word in VERDICTS},
                "stops": [_service(waste, one) for one in services],
                "complaints": [_answer(waste, one) for one in answered],
                "findings": console.finding_rows(findings),
            }
        )
    else:
        _say(waste, services, answered)
        console.tell(findings)
    return 0


def _proved(
    arguments: argparse.Namespace, waste: Waste, findings: list[Finding]
) -> tuple[list[Service], list[Answered]]:
    network = waste.network
    projection = Projection(network.streets.crs)
    tracks: dict[int, Track] = {}
    lifts: list[Lift] = []
    complaints: list[Complaint] = []
    if arguments.tracks:
        tracks, told = read_tracks(arguments.tracks, network.trucks, projection)
        findings += told
    if arguments.lifts:
        lifts, told = read_lifts(arguments.lifts, network.trucks, network.containers)
        findings += told
    if arguments.complaints:
        complaints, told = read_complaints(arguments.complaints, network.containers, projection)
        findings += told
    until = waste.day * DAY_S + seconds(arguments.until) if arguments.until else np.inf
    services = prove(network, waste.day, tracks, lifts, float(until))
    return services, answer(network, complaints, services, waste.day)


def _clock(time: float) -> str | None:
    if not np.isfinite(time):
        return None
    return (datetime(1970, 1, 1) + timedelta(seconds=time)).isoformat()


def _service(waste: Waste, one: Service) -> dict[str, Any]:
    network = waste.network
    return {
        "container": network.containers.ids[one.container],
        "stream": network.containers.streams[one.container],
        "truck": network.trucks.ids[one.truck],
        "verdict": one.verdict,
        "time": _clock(one.time),
        "by": network.trucks.ids[one.by] if one.by >= 0 else None,
        "kg": one.kg,
    }


def _answer(waste: Waste, one: Answered) -> dict[str, Any]:
    some = waste.network.containers
    return {
        "id": one.complaint.id,
        "time": _clock(one.complaint.time),
        "container": some.ids[one.container] if one.container >= 0 else None,
        "answer": one.answer,
        "served": _clock(one.time),
    }


def _say(waste: Waste, services: list[Service], answered: list[Answered]) -> None:
    trucks = waste.network.trucks.ids
    cells = []
    for truck in dict.fromkeys(one.truck for one in services):
        counts = Counter(one.verdict for one in services if one.truck == truck)
        cells.append((trucks[truck], *(str(counts[word]) for word in VERDICTS)))
    console.table(("truck", *VERDICTS), cells, numbers=len(VERDICTS))
    missed = [one for one in services if one.verdict == "missed"]
    if missed:
        names = [waste.network.containers.ids[one.container] for one in missed]
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        console.say(f"missed: {', '.join(names[:SHOWN])}{more}")
    if answered:
        rows = [_answer(waste, one) for one in answered]
        heads = ("id", "time", "container", "answer", "served")
        console.table(heads, [[row[key] or "" for key in heads] for row in rows])
