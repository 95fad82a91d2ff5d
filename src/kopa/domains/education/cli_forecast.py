"""``kopa education forecast``: children of the years to come against places."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from kopa import console
from kopa.domain.speech import speech_of
from kopa.errors import Finding

from .forecast import HIGH, LEAST, LOW, Need, needs, tried
from .network import PACKAGE
from .read_children import Counts, read_children

MOST_YEARS = 25


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("forecast", help="children of the years to come against places")
    job.add_argument("children", type=Path, metavar="CHILDREN", help="CSV: counts by age")
    job.add_argument("places", type=Path, metavar="PLACES", help="CSV: places by group")
    job.add_argument("--births", type=Path, metavar="F.csv", help="of the years to come")
    job.add_argument("--years", type=_years, default=5, metavar="N", help="to come (5)")
    job.add_argument("--seed", type=int, default=0, help="of the draws of the range (0)")
    job.add_argument("--language", default="en", help="of the words (en)")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Answer the job; gives the exit code."""
    speech = speech_of(PACKAGE, arguments.language)
    files = arguments.children, arguments.places, arguments.births
    counts, seats, told = read_children(*files)
    found = needs(counts, seats, arguments.years, abs(arguments.seed))
    findings = [*told, *_unknown(found, counts)]
    trial = tried(counts, seats, abs(arguments.seed))
    document: dict[str, Any] = {
        "status": "partial" if any(one.enough == "unknown" for one in found) else "ok",
        "from": counts.last,
        "range": [LOW, HIGH],
        "rows": [
            {
                "catchment": one.seats.catchment,
                "group": one.seats.group,
                "year": one.year,
                "low": one.low,
                "mid": one.mid,
                "high": one.high,
                "places": one.seats.places,
                "missing": max(one.mid - one.seats.places, 0.0) if np.isfinite(one.mid) else None,
                "enough": one.enough,
            }
            for one in found
        ],
        "trial": None
        if trial is None
        else {
            "year": counts.last,
            "groups": trial.groups,
            "inside": trial.inside,
            "error": trial.error,
            "naive_error": trial.naive,
        },
        "findings": console.finding_rows(findings),
    }
    if arguments.json:
        console.document(document)
        return 0
    names = ("catchment", "group", "enough", "year", "low", "mid", "high", "places", "missing")
    cells = [
        (
            row["catchment"], row["group"], speech.say(f"education-{row['enough']}"),
            str(row["year"]),
            *(
                speech.say("education-unknown")
                if row[name] is None or not np.isfinite(row[name])
                else speech.number(row[name])
                for name in names[4:]
            ),
        )
        for row in document["rows"]
    ]  # fmt: skip
    heads = [speech.say(f"education-{name}") for name in names]
    console.table(heads, cells, speech.say("education-forecast"), 6)
    console.tell(findings)
    return 0


def _years(text: str) -> int:
    value = int(text) if text.isdecimal() and len(text) < 4 else 0
    if not 1 <= value <= MOST_YEARS:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to {MOST_YEARS}")
    return value


def _unknown(found: list[Need], counts: Counts) -> list[Finding]:
    told = []
    steps = counts.children.shape[1] - 1
    if steps < LEAST:
        what = f"{steps + 1} years are counted: they tell no range."
        do = f"Give {LEAST + 1} years at least."
        told.append(Finding("education.no-range", what, do, "warning"))
    many = sum(not np.isfinite(one.mid) for one in found)
    if many:
        what = f"{many} of {len(found)} numbers are unknown: ages that nobody counted, or children "
        what += "who are not born yet."
        do = "Count all ages of a group, and give --births for the years to come."
        told.append(Finding("education.unknown", what, do, "warning"))
    return told
