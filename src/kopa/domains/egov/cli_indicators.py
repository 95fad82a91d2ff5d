"""``kopa egov indicators``: ISO 37120 and U4SSC, as far as a city's files allow."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import Any

from kopa import console
from kopa.domain.speech import speech_of

from .indicators import indicators
from .network import PACKAGE
from .read_city import read_city


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("indicators", help="ISO 37120 and U4SSC indicators of a city")
    job.add_argument("city", type=Path, metavar="CITY", help="folder with city.toml")
    job.add_argument("--lang", default="en", metavar="L", help="en or lv")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Answer the job; gives the exit code."""
    speech = speech_of(PACKAGE, arguments.lang)
    city = read_city(arguments.city)
    found = indicators(city)
    name = str(city.settings.get("name", arguments.city.name))
    if arguments.json:
        rows = [
            {
                "code": one.indicator.code,
                "standard": one.indicator.standard,
                "theme": one.indicator.theme,
                "name": one.indicator.lv if arguments.lang == "lv" else one.indicator.en,
                "unit": one.indicator.unit,
                "value": one.value,
                "status": "ok" if math.isfinite(one.value) else "no data",
                "source": one.source,
            }
            for one in found
        ]
        findings = console.finding_rows(city.findings)
        console.document({"status": "ok", "city": name, "indicators": rows, "findings": findings})
        return 0
    keys = ("code", "name", "unit", "why", "value")
    none = speech.say("indicators-none")
    lines = [
        (
            one.indicator.code,
            one.indicator.lv if arguments.lang == "lv" else one.indicator.en,
            one.indicator.unit,
            one.source,
            speech.number(one.value, 4) if math.isfinite(one.value) else none,
        )
        for one in found
    ]
    head = [speech.say(f"indicators-{key}") for key in keys]
    console.table(head, lines, speech.say("indicators-title", city=name), 1)
    console.tell(city.findings)
    return 0
