"""``kopa ebusiness requests``: from first contact to contract."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kopa import console
from kopa.domain.speech import speech_of
from kopa.errors import UsageError

from .network import PACKAGE
from .partners.requests import ENDS, STATES, Step, add, read_requests, standing


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("requests", help="requests of partners and public bodies, as they stand")
    job.add_argument("log", type=Path, metavar="LOG.jsonl", help="it only grows")
    job.add_argument("--request", default="", metavar="ID", help="write: which")
    job.add_argument("--state", choices=STATES, help="write: to what it came")
    job.add_argument("--partner", default="", metavar="ID", help="write: with whom")
    job.add_argument("--need", default="", metavar="ID", help="write: for what")
    job.add_argument("--by", default="", metavar="ROLE", help="write: a role, not a name")
    job.add_argument("--text", default="", help="write: what was said; it is redacted")
    job.add_argument("--lang", default="en", metavar="L", help="en or lv")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write or list; gives the exit code."""
    speech = speech_of(PACKAGE, arguments.lang)
    given = (arguments.request, arguments.partner, arguments.need, arguments.by, arguments.text)
    if arguments.state:
        if not arguments.request or not arguments.by:
            raise UsageError("--state goes with --request and --by")
        now = datetime.now(UTC).replace(microsecond=0)
        step = Step(now, arguments.request, arguments.state, arguments.partner, arguments.need,
                    arguments.by, arguments.text, "")  # fmt: skip
        try:
            add(arguments.log, step)
        except OSError as error:
            raise UsageError(f"{arguments.log} cannot be written: {error.strerror}") from None
    elif any(given):
        raise UsageError("to write, say --request, --state and --by")
    elif not arguments.log.exists():
        raise UsageError(f"there is no log {arguments.log}")
    steps = read_requests(arguments.log)
    rows = [
        {"request": name, "state": one.state, "partner": one.partner, "need": one.need,
         "at": one.at.isoformat(), "by": one.by, "text": one.text, "open": one.state not in ENDS}
        for name, one in standing(steps).items()
    ]  # fmt: skip
    if arguments.json:
        console.document({"status": "ok", "steps": len(steps), "requests": rows})
        return 0
    keys = ("request", "state", "partner", "need", "at", "by", "text")
    said = [{**row, "state": speech.say(f"requests-is_{row['state']}")} for row in rows]
    head = [speech.say(f"requests-{key}") for key in keys]
    lines = [[str(row[key]) for key in keys] for row in said]
    console.table(head, lines, speech.say("requests-title", steps=len(steps)))
    return 0
