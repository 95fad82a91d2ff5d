"""``kopa ebusiness partners``: who can do what a city needs."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kopa import console
from kopa.domain.speech import Speech, speech_of
from kopa.errors import Finding

from .network import PACKAGE
from .partners.match import Match, draft, matches, read_members, read_needs


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("partners", help="members of a cluster for what a city needs")
    job.add_argument("members", type=Path, metavar="MEMBERS", help="CSV or GeoJSON")
    job.add_argument("needs", type=Path, metavar="NEEDS.json", help="findings, measures or leaks")
    job.add_argument("--buyer", default="", metavar="NAME", help="draft tenders (OCDS) of it")
    job.add_argument("--lang", default="en", metavar="L", help="en or lv")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Answer the job; gives the exit code."""
    speech = speech_of(PACKAGE, arguments.lang)
    members, told = read_members(arguments.members)
    needs, more = read_needs(arguments.needs)
    now = datetime.now(UTC).replace(microsecond=0)
    rows = []
    for need in needs:
        found = matches(need, members)
        title = need.lv if arguments.lang == "lv" else need.en
        rows.append(
            {
                "need": need.id, "title": title, "what": need.what, "asset": need.asset,
                "cpv": need.cpv, "matches": [_row(one, speech) for one in found],
                "draft": draft(need, arguments.buyer, now) if arguments.buyer else None,
            }
        )  # fmt: skip
    findings = [*told, *more]
    if arguments.json:
        console.document({"status": "ok", "needs": rows,
                          "findings": console.finding_rows(findings)})  # fmt: skip
    else:
        _say(rows, findings, speech)
    return 0


def _row(one: Match, speech: Speech) -> dict[str, Any]:
    reasons = []
    if one.capabilities:
        reasons.append(speech.say("partners-can", what=", ".join(one.capabilities)))
    if one.cpv:
        reasons.append(speech.say("partners-code", what=", ".join(one.cpv)))
    if one.member.zone:
        reasons.append(speech.say("partners-zone", what=one.member.zone))
    return {"member": one.member.id, "name": one.member.name, "score": one.score,
            "reasons": reasons}  # fmt: skip


def _say(rows: list[dict[str, Any]], findings: list[Finding], speech: Speech) -> None:
    head = [speech.say(f"partners-{key}") for key in ("member", "reasons", "score")]
    for row in rows:
        title = " · ".join(one for one in (row["need"], row["title"], row["asset"]) if one)
        lines = [
            (one["name"], "; ".join(one["reasons"]), speech.number(one["score"]))
            for one in row["matches"]
        ]
        if lines:
            console.table(head, lines, title, 1)
        else:
            console.say(console.escape(f"{title}: {speech.say('partners-none')}"))
    console.tell(findings)
