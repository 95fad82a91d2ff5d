"""``kopa ebusiness rules``: install the rule files that invoices are held against."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from kopa import console
from kopa.domain.speech import speech_of
from kopa.errors import UsageError

from .invoices.rules import RuleSet, folder_of, install, installed
from .network import PACKAGE


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("rules", help="install rule files of e-invoices, or list them")
    job.add_argument("what", choices=("install", "list"), help="install FILE, or list")
    job.add_argument("file", type=Path, nargs="?", metavar="FILE", help="XSLT, .sch, folder or zip")
    job.add_argument(
        "--compiler", type=Path, metavar="SCHXSLT", help="SchXslt 1.x, folder or zip, for .sch"
    )
    job.add_argument(
        "--only", default="", metavar="TEXT", help="for invoices whose CustomizationID has this"
    )
    job.add_argument("--rules", type=Path, metavar="FOLDER", help="where rules lie")
    job.add_argument("--lang", default="en", metavar="L", help="en or lv")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Answer the job; gives the exit code."""
    speech = speech_of(PACKAGE, arguments.lang)
    folder = folder_of(arguments.rules)
    told: tuple[Any, ...] = ()
    if arguments.what == "install":
        if arguments.file is None:
            raise UsageError("say which FILE to install")
        try:
            _, told = install(arguments.file, folder, arguments.compiler, arguments.only)
        except OSError as error:
            raise UsageError(f"{folder} cannot be written: {error.strerror}") from None
    elif arguments.file is not None:
        raise UsageError("list takes no FILE")
    sets = installed(folder)
    if arguments.json:
        rows = [_row(one) for one in sets]
        findings = console.finding_rows(told)
        console.document({"status": "ok", "folder": str(folder), "rules": rows,
                          "findings": findings})  # fmt: skip
        return 0
    keys = ("name", "syntax", "only", "installed", "assertions")
    head = [speech.say(f"rules-{key}") for key in keys]
    lines = [[str(_row(one)[key]) for key in keys] for one in sets]
    console.table(head, lines, speech.say("rules-title", folder=str(folder)), 1)
    console.tell(told)
    return 0


def _row(one: RuleSet) -> dict[str, Any]:
    return {
        "name": one.name, "syntax": one.syntax, "only": one.only, "assertions": one.assertions,
        "sha256": one.sha256, "source": one.source, "installed": one.installed,
    }  # fmt: skip
