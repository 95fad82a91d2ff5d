"""``kopa ebusiness invoice``: invoices held against EN 16931 and what else is installed."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from kopa import console
from kopa.domain.speech import Speech, speech_of
from kopa.errors import EngineError, Finding, InputError

from .invoices.check import Failure, check, terms
from .invoices.read_invoice import read_file
from .invoices.rules import folder_of, installed
from .network import PACKAGE


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("invoice", help="hold e-invoices against EN 16931 and Peppol")
    job.add_argument("files", type=Path, nargs="+", metavar="FILE", help="UBL or CII")
    job.add_argument("--rules", type=Path, metavar="FOLDER", help="where rules lie")
    job.add_argument("--lang", default="en", metavar="L", help="en or lv")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Answer the job; gives the exit code."""
    speech = speech_of(PACKAGE, arguments.lang)
    whole = invoices(arguments.files, folder_of(arguments.rules), speech)
    if arguments.json:
        console.document(whole)
    else:
        _say(whole, speech)
    return 0 if all(one["status"] == "ok" for one in whole["invoices"]) else 1


def invoices(paths: list[Path], folder: Path, speech: Speech) -> dict[str, Any]:
    """What of each invoice breaks which rule, as one document.

    Parameters
    ----------
    paths
        Files of invoices.
    folder
        Where rules lie.
    speech
        The language of what to mend.

    Raises
    ------
    InputError
        If no rules are installed.
    """
    sets = installed(folder)
    if not sets:
        what = "no rules are installed: Kopa brings none."
        do = "Fetch the official files and give them to 'kopa ebusiness rules install'."
        raise InputError([Finding("ebusiness.rules", what, do, file=str(folder))])
    found: list[dict[str, Any]] = []
    told: list[Finding] = []
    for path in paths:
        row: dict[str, Any] = {"file": str(path), "number": "", "syntax": "", "rules": [],
                               "status": "unknown", "broken": [], "failures": []}  # fmt: skip
        found.append(row)
        try:
            invoice = read_file(path)
            row |= {"number": invoice.number, "syntax": invoice.syntax}
            checked = check(invoice, sets, folder)
        except InputError as error:
            told += error.findings
            continue
        except EngineError as error:
            told.append(Finding("ebusiness.engine", f"{error}.", "Look at it.", file=str(path)))
            continue
        if not checked.rules:
            what = f"no installed rules are for it ({invoice.syntax}, {invoice.customization!r})."
            do = "Install rules of its syntax."
            told.append(Finding("ebusiness.no-rules", what, do, file=str(path)))
            continue
        row["rules"] = list(checked.rules)
        row["status"] = "ok" if checked.good else "broken"
        row["broken"] = list(dict.fromkeys(one.rule for one in checked.failures))
        row["failures"] = [_row(one, speech) for one in checked.failures]
    good = all(one["status"] != "unknown" for one in found)
    return {
        "status": "ok" if good else "partial",
        "invoices": found,
        "findings": console.finding_rows(told),
    }


def _row(one: Failure, speech: Speech) -> dict[str, Any]:
    return {
        "rule": one.rule,
        "severity": one.severity,
        "place": one.place,
        "line": one.line or None,
        "words": one.words,
        "fields": [{"term": term, "name": _name(term, speech.language)} for term in one.fields],
        "mend": mend(one, speech),
    }


def mend(one: Failure, speech: Speech) -> str:
    """What to do, in a language; names the fields where they are known."""
    names = [f"{_name(term, speech.language)} ({term})" for term in one.fields if term in terms()]
    fields = ", ".join(names) or one.place.rpartition("/")[2]
    return speech.say(f"invoice-{one.kind}", fields=fields)


def _name(term: str, language: str) -> str:
    known = terms().get(term)
    return known["lv" if language == "lv" else "en"] if known else ""


def _say(whole: dict[str, Any], speech: Speech) -> None:
    for one in whole["invoices"]:
        title = speech.say(f"invoice-is_{one['status']}", file=one["file"])
        if not one["failures"]:
            console.say(console.escape(title))
            continue
        keys = ("rule", "severity", "line", "mend", "words")
        head = [speech.say(f"invoice-{key}") for key in keys]
        lines = []
        for row in one["failures"]:
            said = {**row, "severity": speech.say(f"invoice-{row['severity']}")}
            lines.append([str(said[key] or "") for key in keys])
        console.table(head, lines, title)
    console.tell([Finding(**row) for row in whole["findings"]])
