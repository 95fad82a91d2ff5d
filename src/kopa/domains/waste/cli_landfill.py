"""``kopa waste landfill``: methane of a landfill, year by year."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from kopa import console
from kopa.domains.waste.processing.landfill import Landfill, Methane, methane
from kopa.domains.waste.processing.read_landfill import read_landfill
from kopa.domains.waste.processing.treatment import factor
from kopa.errors import Finding, InputError
from kopa.model import FloatArray

from .cli_common import factor_rows, failed, spans

GWP = "methane_landfill"
ROWS = 24
"""A table for people has about so many rows of years."""


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("landfill", help="methane of a landfill by first-order decay (IPCC)")
    job.add_argument("input", type=Path, metavar="INPUT.json", help="deposits; TOML is read too")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """The methane; gives the exit code."""
    try:
        landfill = read_landfill(arguments.input)
    except InputError as error:
        return failed(arguments, error.findings)
    found = methane(landfill)
    findings = _noted(landfill, arguments.input.name)
    if arguments.json:
        console.document(_document(landfill, found, findings))
    else:
        _say(landfill, found)
        console.tell(findings)
    return 0


def _noted(landfill: Landfill, file: str) -> list[Finding]:
    findings = []
    if landfill.recovered.any():
        what = "The IPCC counts gas as recovered only where it is measured or flared on record."
        do = "Take 'recovered-share' from the gas meter."
        findings.append(Finding("waste.landfill-recovered", what, do, "info", file))
    for stream in landfill.streams:
        if not stream.tonnes.any():
            what = f"{stream.name} brings nothing in any year."
            findings.append(
                Finding("waste.landfill-empty", what, "Check its tonnes.", "warning", file)
            )
    return findings


def _kgco2e(emitted: FloatArray) -> FloatArray:
    gwp = factor(GWP)
    return np.asarray(emitted * 1000 * np.array([[gwp.low], [gwp.mid], [gwp.high]]))


def _document(landfill: Landfill, found: Methane, findings: list[Finding]) -> dict[str, Any]:
    return {
        "status": "ok",
        "years": landfill.years,
        "streams": [
            {"name": stream.name, "deposited_t": stream.tonnes, "methane_t": spans(made)}
            for stream, made in zip(landfill.streams, found.made.swapaxes(0, 1), strict=True)
        ],
        "methane_t": spans(found.made.sum(axis=1)),
        "recovered_t": spans(found.recovered),
        "emitted_t": spans(found.emitted),
        "kgco2e": spans(_kgco2e(found.emitted)),
        "gas_m3": spans(found.gas_m3),
        "electricity_kwh": spans(found.electricity_kwh),
        "factors": factor_rows([GWP]),
        "findings": console.finding_rows(findings),
    }


def _say(landfill: Landfill, found: Methane) -> None:
    kg = _kgco2e(found.emitted)
    made = found.made.sum(axis=1)
    step = max(1, -(-len(landfill.years) // ROWS))
    number = console.number
    cells = [
        (
            str(year),
            number(float(sum(stream.tonnes[at] for stream in landfill.streams))),
            number(made[1, at]),
            number(found.recovered[1, at]),
            number(found.emitted[1, at]),
            f"{number(kg[0, at] / 1000)} – {number(kg[2, at] / 1000)}",
            number(kg[1, at] / 1000),
            number(found.gas_m3[1, at]),
            number(found.electricity_kwh[1, at] / 1000),
        )
        for at, year in list(enumerate(landfill.years))[::step]
    ]
    heads = ("year", "brought, t", "methane, t", "collected, t", "emitted, t")
    more = ("tCO2e, low – high", "tCO2e", "gas, m³", "electricity, MWh")
    every = "" if step == 1 else f", every {step} years"
    console.table((*heads, *more), cells, f"Landfill{every}", 8)
    console.say(f"methane, t a year: {console.spark(made[1].tolist(), 72)}")
    rows = [
        (stream.name, number(float(one.sum())), console.spark(one.tolist(), 60))
        for stream, one in zip(landfill.streams, found.made[1], strict=True)
    ]
    first, last = landfill.years[0], landfill.years[-1]
    console.table(("stream", "methane in all, t", f"{first} to {last}"), rows)
