"""``kopa ebusiness tenders``: releases of OCDS as records, with what to look at."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from kopa import console
from kopa.domain.speech import Speech, speech_of
from kopa.errors import EngineError, Finding

from .engine_ocdsmerge import compiled
from .network import PACKAGE
from .tenders.flags import flags, state
from .tenders.read_ocds import read_ocds


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("tenders", help="public tenders (OCDS): records and red flags")
    job.add_argument("files", type=Path, nargs="+", metavar="FILE", help="OCDS 1.1 JSON")
    job.add_argument("--records", action="store_true", help="the compiled releases as well")
    job.add_argument("--lang", default="en", metavar="L", help="en or lv")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Answer the job; gives the exit code."""
    speech = speech_of(PACKAGE, arguments.lang)
    whole = tenders(arguments.files, arguments.lang, arguments.records)
    if arguments.json:
        console.document(whole)
    else:
        _say(whole, speech)
    return 0


def tenders(paths: list[Path], language: str = "en", records: bool = False) -> dict[str, Any]:
    """Records of files with their red flags, as one document.

    Parameters
    ----------
    paths
        OCDS 1.1.
    language
        Of what the flags are called.
    records
        True for the compiled releases as well.

    Raises
    ------
    InputError
        If there is no release.
    """
    found, findings = read_ocds(paths)
    told = list(findings)
    rows = []
    for ocid, releases in found.items():
        try:
            record = compiled(releases)
        except EngineError as error:
            what, do = f"{ocid}: {error}.", "Correct the releases at their publisher."
            told.append(Finding("ebusiness.merge", what, do, "warning", place=ocid))
            continue
        rows.append({**_row(ocid, releases, record, language),
                     **({"record": record} if records else {})})  # fmt: skip
    rules = [
        {"flag": one.id, "name": one.lv if language == "lv" else one.en,
         "threshold": one.threshold, "unit": one.unit, "source": one.source}
        for one in flags()
    ]  # fmt: skip
    return {
        "status": "ok" if len(rows) == len(found) else "partial",
        "tenders": rows,
        "definitions": rules,
        "findings": console.finding_rows(told),
    }


def _row(ocid: str, releases: list[Any], record: dict[str, Any], language: str) -> dict[str, Any]:
    tender = record.get("tender") if isinstance(record.get("tender"), dict) else {}
    buyer = record.get("buyer") if isinstance(record.get("buyer"), dict) else {}
    raised, unknown = [], []
    for flag in flags():
        said = state(flag, record)
        if said is None or said[0] == "clear":
            continue
        if said[0] == "unknown":
            unknown.append(flag.id)
            continue
        words = flag.lv if language == "lv" else flag.en
        raised.append({"flag": flag.id, "name": words, "value": said[1], "unit": flag.unit})
    return {
        "ocid": ocid,
        "title": str((tender or {}).get("title") or ""),
        "buyer": str((buyer or {}).get("name") or ""),
        "releases": len(releases),
        "flags": raised,
        "unknown": unknown,
    }


def _say(whole: dict[str, Any], speech: Speech) -> None:
    head = [speech.say(f"tenders-{key}") for key in ("ocid", "title", "buyer", "flags", "unknown")]
    lines = [
        (one["ocid"], one["title"], one["buyer"], "; ".join(f["name"] for f in one["flags"]),
         ", ".join(one["unknown"]))
        for one in sorted(whole["tenders"], key=lambda one: -len(one["flags"]))
    ]  # fmt: skip
    console.table(head, lines, speech.say("tenders-kind"))
    console.tell([Finding(**row) for row in whole["findings"]])
