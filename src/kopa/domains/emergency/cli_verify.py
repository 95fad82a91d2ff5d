"""``kopa emergency verify``: what a received alert is worth."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kopa import console
from kopa.cap.read_cap import file_bytes
from kopa.cap.verify import Verdict, verdict_of


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("verify", help="check an alert (CAP 1.2) and its signature")
    job.add_argument("alert", type=Path, metavar="ALERT.xml", help="the alert")
    job.add_argument("--trust", type=Path, metavar="F.pem", help="signers and their authorities")
    job.add_argument("--at", type=_instant, metavar="TIME", help="time of verification (now)")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=run)


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no time") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def run(arguments: argparse.Namespace) -> int:
    """Verify; 1 unless the alert holds and its signer is trusted."""
    at = arguments.at or datetime.now(UTC)
    data = file_bytes(arguments.alert)
    verdict = verdict_of(data, str(arguments.alert), arguments.trust, at)
    if arguments.json:
        console.document(_document(verdict, at))
    else:
        console.say(f"[bold]{verdict.word}[/] {console.escape(verdict.signature.signer)}")
        console.tell(verdict.findings)
    return 0 if verdict.word == "trusted" else 1


def _document(verdict: Verdict, at: datetime) -> dict[str, Any]:
    made = verdict.alert
    return {
        "status": "ok",
        "verdict": verdict.word,
        "at": at.isoformat(),
        "identifier": made.identifier if made else "",
        "alert_status": made.status if made else "",
        "kind": made.kind if made else "",
        "signer": verdict.signature.signer,
        "intact": verdict.signature.intact,
        "trusted": verdict.signature.trusted,
        "findings": console.finding_rows(verdict.findings),
    }
