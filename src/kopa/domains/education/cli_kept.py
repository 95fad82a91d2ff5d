"""``kopa education purge`` and ``kept``: what the store of applications has, and its end."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import Any

from kopa import console
from kopa.domain.speech import speech_of

from .network import PACKAGE
from .private import Private, day, key_of


def register(jobs: Any) -> None:
    """Add the jobs to a parser."""
    job = jobs.add_parser("purge", help="delete the rounds whose day has come: once a day")
    job.add_argument("--on", metavar="YYYY-MM-DD", help="as if it were this day (today)")
    job.set_defaults(run=purge)
    other = jobs.add_parser("kept", help="what is kept of one child, and deleting it")
    other.add_argument("--key", type=Path, required=True, metavar="F", help="key of the store")
    other.add_argument("--child", required=True, metavar="C", help="as the applications have it")
    other.add_argument("--forget", action="store_true", help="delete all of it")
    other.set_defaults(run=kept)
    for one in (job, other):
        one.add_argument("store", type=Path, metavar="F.sqlite", help="as assign --store wrote it")
        one.add_argument("--language", default="en", help="of the words (en)")
        one.add_argument("--json", action="store_true", help="one JSON document on stdout")


def purge(arguments: argparse.Namespace) -> int:
    """Delete what is due; gives the exit code."""
    speech = speech_of(PACKAGE, arguments.language)
    on = day(arguments.on) if arguments.on else date.today()
    store = Private(arguments.store)
    deleted = store.purge(on)
    if arguments.json:
        left = store.rounds()
        console.document({"status": "ok", "on": f"{on}", "deleted": deleted, "left": left})
        return 0
    many = sum(one["children"] for one in deleted)
    console.say(speech.say("education-purged", rounds=len(deleted), children=many))
    return 0


def kept(arguments: argparse.Namespace) -> int:
    """Tell, and delete if asked to; gives the exit code."""
    speech = speech_of(PACKAGE, arguments.language)
    store = Private(arguments.store)
    found = store.of(arguments.child, key_of(arguments.key), arguments.forget)
    if arguments.json:
        console.document({"status": "ok", "rounds": found, "deleted": bool(arguments.forget)})
        return 0
    heads = [speech.say(f"education-{name}") for name in ("rank", "school", "taken")]
    for one in found:
        cells = [
            (
                str(row["rank"]),
                row["school"],
                speech.say(f"education-{'yes' if row['taken'] else 'no'}"),
            )
            for row in one["applications"]
        ]
        console.table(heads, cells, f"{one['round']} ({one['delete_on']})")
    if not found:
        console.say(speech.say("education-none"))
    return 0
