"""``kopa emergency feed``: the alerts that hold, as a feed for everybody."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kopa import console
from kopa.cap.alert import Alert
from kopa.cap.feed import current, write_feed
from kopa.cap.read_cap import file_bytes
from kopa.cap.verify import verdict_of
from kopa.errors import Finding, InputError


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("feed", help="an Atom feed of the alerts that hold now")
    job.add_argument("alerts", type=Path, metavar="FOLDER", help="published alerts (*.xml)")
    job.add_argument("--trust", type=Path, required=True, metavar="F.pem", help="who may publish")
    job.add_argument("--address", required=True, metavar="URL", help="where the folder is served")
    job.add_argument("--title", default="Alerts", help="of the feed")
    job.add_argument("--output", type=Path, required=True, metavar="F.xml", help="where to")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the feed; gives the exit code."""
    folder, now = arguments.alerts, datetime.now(UTC).replace(microsecond=0)
    if not folder.is_dir():
        what = "there is no such folder."
        raise InputError([Finding("cap.folder", what, "Check the path.", file=str(folder))])
    known: dict[str, tuple[Alert, str]] = {}
    findings = []
    address = arguments.address.rstrip("/")
    for file in sorted(folder.glob("*.xml")):
        if arguments.output.resolve() == file.resolve():
            continue
        verdict = verdict_of(file_bytes(file), str(file), arguments.trust, now)
        if verdict.alert is None or verdict.word != "trusted":
            what = f"it is {verdict.word} and not in the feed."
            findings.append(Finding("cap.left-out", what, "Verify it.", "warning", str(file)))
        else:
            known[verdict.alert.reference] = (verdict.alert, f"{address}/{file.name}")
    held = current((alert for alert, _ in known.values()), now)
    rows = [known[alert.reference] for alert in held]
    own = f"{address}/{arguments.output.name}"
    arguments.output.write_bytes(write_feed(rows, arguments.title, own, now))
    if arguments.json:
        names = [alert.identifier for alert in held]
        told = console.finding_rows(findings)
        console.document({"status": "ok", "alerts": names, "findings": told})
    else:
        console.say(f"{len(held)} alerts hold: written to {arguments.output}.")
        console.tell(findings)
    return 0
