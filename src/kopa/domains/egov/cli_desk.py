"""``kopa egov desk``: requests joined to the faults that explain them."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from kopa import console
from kopa.domain.speech import Speech, speech_of
from kopa.errors import EngineError, Finding, UsageError
from kopa.open311.model import Fault
from kopa.open311.read_faults import read_faults
from kopa.open311.read_open311 import read_requests
from kopa.open311.services import services
from kopa.open311.write_open311 import write_json, write_requests_xml

from .desk import Desk, desk, faults_of
from .network import PACKAGE


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("desk", help="requests of residents, and the faults that explain them")
    job.add_argument("requests", type=Path, metavar="REQUESTS", help="GeoReport v2, XML or JSON")
    job.add_argument("--faults", type=Path, metavar="F.geojson", help="faults of networks")
    job.add_argument("--city", type=Path, metavar="CITY", help="folder with city.toml")
    job.add_argument(
        "--change", action="append", default=[], metavar="'DOMAIN:ASSET KIND [VALUE] [FROM-TO]'",
        help="what happened in the city today; may be given again",
    )  # fmt: skip
    job.add_argument(
        "--live", default="", metavar="URL",
        help="a running Kopa: what it knows to have happened; a key for it in KOPA_KEY",
    )  # fmt: skip
    job.add_argument("--services", type=Path, metavar="F.csv", help="a city's own kinds of request")
    job.add_argument("--now", type=_time, metavar="T", help="the time that it is, with its zone")
    job.add_argument("--feed", type=Path, metavar="F", help="write the public feed, .xml or .json")
    job.add_argument("--lang", default="en", metavar="L", help="en or lv")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=run)


def _time(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = datetime.min
    if found.tzinfo is None:
        raise argparse.ArgumentTypeError("a time with its zone, such as 2026-11-24T08:30+02:00")
    return found


def run(arguments: argparse.Namespace) -> int:
    """Answer the job; gives the exit code."""
    speech = speech_of(PACKAGE, arguments.lang)
    now = arguments.now or datetime.now(UTC)
    known = services(arguments.services)
    requests, findings = read_requests(arguments.requests)
    faults, more = _faults(arguments, now)
    found = desk(requests, faults, known, now)
    told = [*findings, *more, *_unjoinable(found, str(arguments.requests))]
    feed = found.public()
    if arguments.feed:
        markup = arguments.feed.suffix.lower() == ".xml"
        try:
            arguments.feed.write_bytes(write_requests_xml(feed) if markup else write_json(feed))
        except OSError as error:
            raise UsageError(f"{arguments.feed} cannot be written: {error.strerror}") from None
    if arguments.json:
        whole = _document(found, feed)
        console.document({**whole, "findings": console.finding_rows(told)})
    else:
        _say(found, speech)
        console.tell(told)
    return 0


def _faults(
    arguments: argparse.Namespace, now: datetime
) -> tuple[tuple[Fault, ...], tuple[Finding, ...]]:
    """Faults of the file, and of what happened in the city."""
    found, told = read_faults(arguments.faults) if arguments.faults else ((), ())
    if not (arguments.change or arguments.live):
        if arguments.city:
            raise UsageError("say what happened in the city with --change or --live")
        return found, told
    if not arguments.city:
        raise UsageError("--change and --live need the --city that they happened in")
    whole = arguments.ask(arguments.city, arguments.change, arguments.live)
    if whole.status == "unknown":
        raise EngineError(f"who is cut off is unknown: {whole.reason}")
    zone = ZoneInfo(whole.timezone or "UTC")
    midnight = datetime.combine(now.astimezone(zone).date(), time(), zone)
    return (*found, *faults_of(whole, midnight)), told


def _unjoinable(found: Desk, file: str) -> list[Finding]:
    strange = sorted({one.code for one in found.requests} - {*found.known})
    nowhere = sum(one.lat is None for one in found.requests)
    told = []
    if strange:
        what = f"kinds of request are not known: {', '.join(strange[:6])}; they join nothing."
        do = "Add them to a file of --services."
        told.append(Finding("egov.unknown-kind", what, do, "warning", file))
    if nowhere:
        what = f"{nowhere} requests have no lat and long; they join nothing."
        told.append(Finding("egov.no-place", what, "Find their address.", "warning", file))
    return told


def _document(found: Desk, feed: list[dict[str, Any]]) -> dict[str, Any]:
    joined, ids = found.joined, [one.id for one in found.requests]
    alone = [name for name, row in zip(ids, joined.fault.tolist(), strict=True) if row < 0]

    def pairs(rows: Any, key: str) -> list[dict[str, str]]:
        return [
            {"request": name, key: ids[row]}
            for name, row in zip(ids, rows.tolist(), strict=True) if row >= 0
        ]  # fmt: skip

    return {
        "status": "ok",
        "requests": len(ids),
        "joined": found.orders(),
        "unexplained": alone,
        "duplicates": pairs(joined.duplicate, "of"),
        "reopened": pairs(joined.reopens, "of"),
        "cut_off": found.cut_off(),
        "late": [
            {"request": one.id, "kind": one.code, "due": one.due.isoformat(),
             "hours": one.hours, "open": one.open}
            for one in found.late
        ],
        "public_feed": feed,
    }  # fmt: skip


def _say(found: Desk, speech: Speech) -> None:
    orders = found.orders()
    if orders:
        head = [speech.say(f"desk-{one}") for one in ("order", "fault", "requests", "people")]
        rows = [
            (one["work_order"], ", ".join(one["services"]), str(len(one["requests"])),
             speech.number(one["people"]))
            for one in orders
        ]  # fmt: skip
        console.table(head, rows, speech.say("desk-title"), 2)
    joined = found.joined
    counts: dict[str, float] = {
        "count": int((joined.fault < 0).sum()),
        "duplicates": int((joined.duplicate >= 0).sum()),
        "reopened": int((joined.reopens >= 0).sum()),
    }
    console.say(speech.say("desk-single", "", **counts))
    waits = sum(one.open for one in found.late)
    console.say(speech.say("desk-late", open=waits, closed=len(found.late) - waits))
