"""``kopa ebusiness exchange``: by-products between firms."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from kopa import console
from kopa.domain.speech import Speech, speech_of
from kopa.errors import UsageError, stopping

from .circular.document import document, unknown_carbon
from .circular.exchange import exchange
from .circular.read_case import read_case
from .network import PACKAGE


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("exchange", help="by-products of firms that other firms can use")
    job.add_argument("case", type=Path, metavar="CASE.json", help="firms, offers, wants, transport")
    job.add_argument(
        "--carbon", type=float, metavar="EUR_T", help="what a tonne of CO2e is worth in the choice"
    )
    job.add_argument("--lang", default="en", metavar="L", help="en or lv")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Answer the job; gives the exit code."""
    speech = speech_of(PACKAGE, arguments.lang)
    case, findings = read_case(arguments.case)
    if arguments.carbon is not None:
        if not 0 <= arguments.carbon < 1e6:
            raise UsageError("--carbon is a price from 0, EUR a tonne")
        case = replace(case, carbon_eur_t=arguments.carbon)
    found = exchange(case)
    file = str(arguments.case)
    told = [*findings, *(replace(one, file=file) for one in found.findings)]
    told += [replace(one, file=file) for one in unknown_carbon(case)]
    whole = document(found)
    if arguments.json:
        console.document({**whole, "findings": console.finding_rows(told)})
    else:
        _say(whole, speech)
        console.tell(told)
    return 1 if stopping(told) else 0


def _say(whole: dict[str, Any], speech: Speech) -> None:
    if whole["status"] == "ok":
        keys = ("from", "to", "ewc", "t", "km", "value_eur", "kgco2e")
        none = speech.say("exchange-unknown")

        def written(value: float | None) -> str:
            return none if value is None else speech.number(value, 6)

        lines = [
            (*(str(one[key]) for key in keys[:3]), *(written(one[key]) for key in keys[3:]))
            for one in whole["flows"]
        ]
        if lines:
            head = [speech.say(f"exchange-{key}") for key in keys]
            console.table(head, lines, speech.say("exchange-title", case=whole["case"]), 4)
        saved = {key: written(whole[key]) for key in ("value_eur", "kgco2e")}
        period = whole["period"]
        period = speech.say("exchange-year") if period == "year" else period
        console.say(console.escape(speech.say("exchange-saved", period=period, **saved)))
    base = {key: speech.number(whole["baseline"][key], 6)
            for key in ("disposal_t", "disposal_eur", "virgin_t", "virgin_eur")}  # fmt: skip
    console.say(console.escape(speech.say("exchange-baseline", **base)))
