"""``kopa emergency log``: incidents as they went on."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kopa import console
from kopa.errors import UsageError

from .incident_log import STATES, Entry, add, read_log, replayed


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("log", help="write an incident down, or replay the log")
    job.add_argument("log", type=Path, metavar="LOG.jsonl", help="it only grows")
    job.add_argument("--incident", default="", metavar="ID", help="write: which")
    job.add_argument("--state", choices=STATES, help="write: to what it came")
    job.add_argument("--by", default="", metavar="ROLE", help="write: a role, not a name")
    job.add_argument("--text", default="", help="write: what happened; it is redacted")
    job.add_argument("--until", type=_instant, metavar="TIME", help="replay until then (now)")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=run)


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no time") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def run(arguments: argparse.Namespace) -> int:
    """Write or replay; gives the exit code."""
    if arguments.state:
        if not arguments.incident or not arguments.by:
            raise UsageError("--state goes with --incident and --by")
        now = datetime.now(UTC).replace(microsecond=0)
        entry = Entry(now, arguments.incident, arguments.state, arguments.by, arguments.text, "")
        add(arguments.log, entry)
    elif arguments.incident or arguments.by or arguments.text:
        raise UsageError("to write, say --state, --incident and --by")
    elif not arguments.log.exists():
        raise UsageError(f"there is no log {arguments.log}")
    entries = read_log(arguments.log)
    state = replayed(entries, arguments.until)
    if arguments.json:
        rows = [
            {"incident": name, "state": one.state, "at": one.at.isoformat(), "by": one.by,
             "text": one.text}
            for name, one in state.items()
        ]  # fmt: skip
        console.document({"status": "ok", "entries": len(entries), "incidents": rows})
    else:
        console.table(
            ["incident", "state", "at", "by", "text"],
            [
                [n, one.state, f"{one.at:%Y-%m-%d %H:%M}", one.by, one.text]
                for n, one in state.items()
            ],
            f"{len(entries)} entries, the chain holds",
        )
    return 0
