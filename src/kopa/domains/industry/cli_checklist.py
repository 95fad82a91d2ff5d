"""``kopa industry checklist``."""

from __future__ import annotations

import argparse
import math
from typing import Any

from kopa import console
from kopa.console import number
from kopa.errors import Finding

from .catalogue import Measure, catalogue
from .checklist import Row, rows
from .cli_common import head
from .read_plant import read_plant


def run(arguments: argparse.Namespace) -> int:
    """What measures save and are worth; gives the exit code."""
    if arguments.plant is None:
        return _catalogue(arguments.json)
    plant, findings = read_plant(arguments.plant)
    found = rows(plant)
    told = [*findings, *_worse(found)]
    if arguments.json:
        status = "ok" if all(row.known for row in found) else "partial"
        console.document(
            head(status, told) | {"plant": plant.name, "measures": [_document(r) for r in found]}
        )
        return 0
    known = [row for row in found if row.known]
    cells = [
        (
            row.measure.id,
            row.planned.name,
            number(row.kwh),
            number(row.eur),
            number(row.npv),
            number(row.payback) if row.payback != math.inf else "never",
            number(row.co2),
        )
        for row in known
    ]
    heads = ("measure", "where", "kWh/yr", "EUR/yr", "NPV, EUR", "payback, yr", "kgCO2e/yr")
    if cells:
        console.table(heads, cells, f"{plant.name}: what measures save", 5)
        console.say("Measures that work on the same air, steam or motor do not add up.")
    _tell_lacks(known)
    unknown = [
        (r.measure.id, r.planned.name, r.reason or ", ".join(r.missing))
        for r in found
        if not r.known
    ]
    if unknown:
        console.table(("measure", "where", "what is missing"), unknown, "Unknown", 0)
    console.tell(told)
    return 0


def _worse(found: list[Row]) -> list[Finding]:
    """Measures that would use more."""
    return [
        Finding(
            "industry.no-saving",
            f"{row.measure.id} {row.planned.name}".rstrip()
            + f" would use {-row.kwh:,.0f} kWh more.",
            "Check its inputs: the new state is worse than the old one.",
            "warning",
        )
        for row in found
        if row.known and row.kwh < 0
    ]


def _tell_lacks(known: list[Row]) -> None:
    lacks: dict[str, list[str]] = {}
    for row in known:
        for name in row.lacks:
            lacks.setdefault(name, []).append(row.measure.id)
    for name, who in lacks.items():
        console.say(f"{name} is not given: what follows from it is unknown ({', '.join(who)})")


def _document(row: Row) -> dict[str, Any]:
    return {
        "id": row.measure.id,
        "group": row.measure.group,
        "what": row.measure.name,
        "where": row.planned.name,
        "status": "ok" if row.known else "unknown",
        "missing": list(row.missing),
        "reason": row.reason,
        "saves": row.measure.saves,
        "saved_kwh_yr": row.kwh,
        "saved_eur_yr": row.eur,
        "saved_kgco2e_yr": row.co2,
        "investment_eur": row.planned.investment,
        "lifetime_yr": row.planned.lifetime,
        "npv_eur": row.npv,
        "payback_yr": row.payback,
        "lacks": list(row.lacks),
        "formula": _formula(row.measure),
        "source": row.measure.source,
    }


def _formula(measure: Measure) -> str:
    where = "; ".join(f"{name} = {part.text}" for name, part in measure.where.items())
    return measure.formula.text + (f", where {where}" if where else "")


def _catalogue(json: bool) -> int:
    """All measures with what they ask."""
    known = catalogue()
    if json:
        console.document(
            head("ok", ())
            | {
                "catalogue": [
                    {
                        "id": one.id,
                        "group": one.group,
                        "what": one.name,
                        "saves": one.saves,
                        "formula": _formula(one),
                        "source": one.source,
                        "inputs": [
                            {
                                "name": i.name,
                                "unit": i.unit,
                                "what": i.what,
                                "low": i.low,
                                "high": i.high,
                                "list": i.many,
                            }
                            for i in (known.inputs[name] for name in one.inputs)
                        ],
                    }
                    for one in known.measures.values()
                ]
            }
        )
        return 0
    cells = [(m.id, m.name, m.saves, ", ".join(m.inputs)) for m in known.measures.values()]
    console.table(("measure", "what", "saves", "inputs"), cells, f"{len(cells)} measures")
    return 0
