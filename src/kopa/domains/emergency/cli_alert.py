"""``kopa emergency alert`` and ``publish``: from who is cut off to an alert that is sent out."""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from kopa import console
from kopa.alerting.draft import LANGUAGES, Wish, cancel, draft, update
from kopa.alerting.publish import publish, signed
from kopa.cap.alert import Alert
from kopa.cap.check import check
from kopa.cap.engine_signxml import read_signer
from kopa.cap.read_cap import file_bytes, parsed, read_cap
from kopa.cap.write_cap import write_cap
from kopa.errors import EngineError, UsageError

from .cli_area import answer, asked


def register(jobs: Any) -> None:
    """Add the jobs to a parser."""
    job = jobs.add_parser("alert", help="draft an alert (CAP 1.2) to those who are cut off")
    asked(job)
    job.add_argument("--sender", required=True, metavar="S", help="such as alerts@city.lv")
    job.add_argument(
        "--lang", nargs="+", choices=LANGUAGES, default=list(LANGUAGES), help="languages (all)"
    )
    job.add_argument("--date", type=_date, metavar="DAY", help="the day it is about (today)")
    job.add_argument(
        "--updates", type=Path, metavar="F.xml", help="the alert that it brings up to date"
    )
    job.add_argument(
        "--cancels", type=Path, metavar="F.xml", help="the alert that is over; without --change"
    )
    job.add_argument("--key", type=Path, metavar="F.pem", help="who drafts signs with this key")
    job.add_argument("--certificate", type=Path, metavar="F.pem", help="and this certificate")
    job.add_argument("--output", type=Path, metavar="F.xml", help="where to (stdout)")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=run)
    job = jobs.add_parser("publish", help="make a signed draft an actual alert: a second person")
    job.add_argument("draft", type=Path, metavar="DRAFT.xml", help="what `alert` wrote")
    job.add_argument("--key", type=Path, required=True, metavar="F.pem", help="of who publishes")
    job.add_argument("--certificate", type=Path, required=True, metavar="F.pem", help="and theirs")
    job.add_argument("--trust", type=Path, required=True, metavar="F.pem", help="who may")
    job.add_argument("--output", type=Path, required=True, metavar="F.xml", help="where to")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=run_publish)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no day such as 2026-11-23") from None


def run(arguments: argparse.Namespace) -> int:
    """Draft; gives the exit code."""
    if bool(arguments.key) != bool(arguments.certificate):
        raise UsageError("--key and --certificate go together")
    if arguments.cancels and (arguments.change or arguments.live or arguments.updates):
        raise UsageError("--cancels goes without --change, --live and --updates")
    signer = read_signer(arguments.key, arguments.certificate) if arguments.key else None
    made = _alert(arguments)
    data = signed(made, signer) if signer else write_cap(made)
    wrong = check(parsed(data, "the draft"), "the draft")
    if wrong:  # nothing that breaks the rules leaves the house
        raise EngineError(f"the draft breaks a rule: {wrong[0]}")
    if arguments.output:
        arguments.output.write_bytes(data)
    if arguments.json:
        console.document(_document(made, bool(signer), data))
    elif arguments.output:
        _say(made, arguments.output)
    else:
        print(data.decode("utf-8"))
    return 0


def _alert(arguments: argparse.Namespace) -> Alert:
    now = datetime.now(UTC).replace(microsecond=0)
    if arguments.cancels:
        old = read_cap(file_bytes(arguments.cancels), str(arguments.cancels))
        return cancel(old, Wish(arguments.sender, now, now.date()))
    found = answer(arguments)
    now = now.astimezone(ZoneInfo(found.timezone))
    wish = Wish(arguments.sender, now, arguments.date or now.date(), tuple(arguments.lang))
    made = draft(found, wish)
    if arguments.updates:
        return update(made, read_cap(file_bytes(arguments.updates), str(arguments.updates)))
    return made


def _document(made: Alert, is_signed: bool, data: bytes) -> dict[str, Any]:
    first = made.infos[0]
    return {
        "status": "ok",
        "identifier": made.identifier,
        "kind": made.kind,
        "alert_status": made.status,
        "references": list(made.references),
        "languages": [info.language for info in made.infos],
        "severity": first.severity,
        "urgency": first.urgency,
        "headline": {info.language: info.headline for info in made.infos},
        "polygons": sum(len(area.polygons) for area in first.areas),
        "signed": is_signed,
        "xml": data.decode("utf-8"),
    }


def _say(made: Alert, path: Path) -> None:
    for info in made.infos:
        console.say(f"[bold]{info.language}[/] {console.escape(info.headline)}")
    console.say(f"{made.kind} {made.identifier}, {made.status}: written to {path}.")


def run_publish(arguments: argparse.Namespace) -> int:
    """Publish; gives the exit code."""
    signer = read_signer(arguments.key, arguments.certificate)
    now = datetime.now(UTC).replace(microsecond=0)
    data = file_bytes(arguments.draft)
    out = publish(arguments.draft, data, signer, arguments.trust, now)
    arguments.output.write_bytes(out)
    made = read_cap(out, str(arguments.output))
    if arguments.json:
        console.document({"status": "ok", "identifier": made.identifier, "sent": str(made.sent)})
    else:
        console.say(f"{made.identifier} is {made.status}: written to {arguments.output}.")
    return 0
