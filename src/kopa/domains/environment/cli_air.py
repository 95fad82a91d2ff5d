"""``kopa environment air``: index and exceedances of stations."""

from __future__ import annotations

import argparse
import datetime
from pathlib import Path
from typing import Any

import numpy as np

from kopa import console

from .air_index import BANDS, Exceedance, Index, exceedances, index
from .network import STATIONS
from .read_measurements import Series, read_stations
from .read_thresholds import read_thresholds

MARKS = "▁▂▃▅▆█"
"""A mark a band; ``·`` where it is unknown."""
WIDE = 72
WORDS = tuple(band.replace("_", " ") for band in BANDS)


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("air", help="air quality index and exceedances of stations")
    job.add_argument("stations", type=Path, metavar="STATIONS.csv", help="hourly values")
    job.add_argument("--thresholds", type=Path, metavar="F.csv", help="the city's thresholds")
    job.add_argument(
        "--noise", choices=("road", "rail", "aircraft"), default="road", help="what is heard"
    )
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=air_job)


def air_job(arguments: argparse.Namespace) -> int:
    """Answer the job; gives the exit code."""
    thresholds = read_thresholds(arguments.thresholds)
    subjects = (*STATIONS, arguments.noise)
    answers = [
        (
            one,
            index(one.values, thresholds),
            exceedances(one.values, thresholds, subjects, one.start.hour),
        )
        for one in read_stations(arguments.stations)
    ]
    if arguments.json:
        console.document({"status": "ok", "stations": [_document(*one) for one in answers]})
    else:
        for one in answers:
            _tell(*one)
    return 0


def _at(series: Series, hour: int) -> str | None:
    if hour < 0:
        return None
    return (series.start + datetime.timedelta(hours=hour)).isoformat(timespec="minutes")


def _document(series: Series, found: Index, held: list[Exceedance]) -> dict[str, Any]:
    return {
        "station": series.station,
        "start": series.start.isoformat(timespec="minutes"),
        "index": [BANDS[band] if band >= 0 else "unknown" for band in found.band.tolist()],
        "worst": [found.pollutants[one] if one >= 0 else None for one in found.worst.tolist()],
        "thresholds": [
            {
                "id": one.threshold.id,
                "kind": one.threshold.kind,
                "quantity": one.threshold.quantity,
                "value": one.threshold.value,
                "unit": one.threshold.unit,
                "averaging": one.threshold.averaging,
                "allowed_a_year": one.threshold.allowed,
                "legal_source": one.threshold.legal_source,
                "state": one.state,
                "times": one.times,
                "most": one.most,
                "first": _at(series, one.first),
            }
            for one in held
        ],
    }


def _tell(series: Series, found: Index, held: list[Exceedance]) -> None:
    number = console.number
    last = found.band.tolist()[-WIDE:]
    marks = "".join(MARKS[band] if band >= 0 else "·" for band in last)
    known = np.flatnonzero(found.band >= 0)
    if len(known):
        worst = int(known[found.band[known].argmax()])
        text = (
            f"worst {WORDS[found.band[worst]]} by {found.pollutants[found.worst[worst]]} "
            f"at {_at(series, worst)}"
        )
    else:
        text = "index unknown"
    console.say(f"[bold]{console.escape(series.station)}[/] {marks} {text}")
    rows = [
        (
            one.threshold.quantity,
            one.threshold.kind,
            one.state,
            f"{one.times} of {one.threshold.allowed}",
            "unknown" if np.isnan(one.most) else f"{number(one.most)} {one.threshold.unit}",
            f"{one.threshold.value:g} {one.threshold.unit}, {one.threshold.averaging}",
            one.threshold.legal_source,
        )
        for one in held
        if one.state in ("exceeded", "counted")
    ]
    short = [one.threshold.id for one in held if one.state == "unknown"]
    if rows:
        heads = ("quantity", "kind", "state", "times", "most", "threshold", "source")
        console.table(heads, rows)
    else:
        console.say("Below all thresholds that it can be held against.")
    if short:
        console.say(f"Unknown, too few hours: {', '.join(short)}")
