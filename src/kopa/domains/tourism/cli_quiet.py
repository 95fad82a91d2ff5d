"""``kopa tourism quiet``: when a sight is least full."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from kopa import console
from kopa.domain.speech import speech_of
from kopa.engine_opening_hours import open_share
from kopa.model import Window
from kopa.model.window import clock

from .cli_routes import _date
from .load import read_city
from .network import PACKAGE
from .visitors import usual

BEST = 3
"""Hours that are named for each sight."""


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("quiet", help="hours in which a sight is least full")
    job.add_argument("city", type=Path, metavar="CITY", help="the folder with city.toml")
    job.add_argument("--date", type=_date, metavar="YYYY-MM-DD", help="the day")
    job.add_argument("--language", default="en", help="of the words (en)")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Answer the job; gives the exit code."""
    speech = speech_of(PACKAGE, arguments.language)
    network, findings = read_city(arguments.city)
    sights, window = network.sights, Window(date=arguments.date)
    here, _ = usual(network, window)
    shares = open_share(sights.hours, window, network.country)
    rows: list[dict[str, Any]] = []
    for row in np.flatnonzero(~sights.events).tolist():
        able = np.flatnonzero(shares[:, row] >= 1 - 1e-9)
        known = bool(np.isfinite(sights.visitors[row]))
        order = able[np.argsort(here[able, row], kind="stable")] if known else able[:0]
        room = sights.capacity[row]
        rows.append(
            {
                "sight": sights.ids[row],
                "name": sights.names[row],
                "status": "ok" if known and len(able) else "unknown" if not known else "closed",
                "quiet": [
                    {
                        "hour": clock(int(step) * 3600),
                        "visitors": round(float(here[step, row]), 2),
                        "of_capacity": round(float(here[step, row] / room), 4)
                        if np.isfinite(room)
                        else None,
                    }
                    for step in order[:BEST].tolist()
                ],
                "busiest": clock(int(able[here[able, row].argmax()]) * 3600)
                if known and len(able)
                else None,
            }
        )
    date = arguments.date.isoformat() if arguments.date else None
    found = console.finding_rows(findings)
    if arguments.json:
        console.document({"date": date, "sights": rows, "findings": found})
        return 0
    cells = [
        (
            one["name"] or one["sight"],
            ", ".join(quiet["hour"] for quiet in one["quiet"]) or speech.say("tourism-unknown"),
            speech.number(one["quiet"][0]["visitors"]) if one["quiet"] else "",
        )
        for one in rows
    ]
    heads = [speech.say(f"tourism-{name}") for name in ("sight", "hour", "visitors")]
    console.table(heads, cells, speech.say("tourism-quiet"), 1)
    console.tell(findings)
    return 0
