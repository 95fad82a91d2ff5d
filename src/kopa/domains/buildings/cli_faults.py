"""``kopa buildings faults``: fault detection for air handlers."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import Any

from kopa import __version__, console
from kopa.errors import Finding, InputError, UsageError

from .daily import Case, Day, DayFault, Prices, by_day
from .faults import Evaluated, evaluate
from .points import Equipment, PointMap, points
from .read_map import read_map
from .read_trend import Wanted, read_trend
from .rules import rule_book

HANDLER = frozenset({"supply_air", "mixed_air", "fan_status"})
"""A unit with one of these points is an air handler; others of a map are buildings."""
SHOWN = 40
"""So many rows a table for people has."""


@dataclass(frozen=True)
class _Unit:
    """A unit with what was found."""

    equipment: Equipment
    evaluated: Evaluated
    faults: list[DayFault]
    days: list[Day]


def faults(arguments: argparse.Namespace) -> int:
    """Evaluate the rules on a file; gives the exit code."""
    for name in ("heat_price", "cool_price"):
        price = getattr(arguments, name)
        if price is not None and not 0 <= price < 100:
            raise UsageError(f"--{name.replace('_', '-')} lies between 0 and 100 EUR/kWh")
    point_map, findings = read_map(arguments.map)
    told = list(findings)
    units = [_unit(arguments, point_map, one, told) for one in _chosen(arguments, point_map)]
    for unit in units:
        told += _unseen(unit)
    document = {
        "kopa": __version__,
        "status": "unknown" if any(_blind(unit) for unit in units) else "ok",
        "findings": console.finding_rows(told),
        "faults": _rows(units, "equipment"),
        "tuning": _rows(units, "control"),
        "days": [_day_row(unit.equipment.id, day) for unit in units for day in unit.days],
        "rules": [row for unit in units for row in _rule_rows(unit)],
    }
    if arguments.json:
        console.document(document)
    else:
        _tell(units, arguments.lang)
        console.tell(told)
    return 1 if document["status"] == "unknown" else 0


def _chosen(arguments: argparse.Namespace, point_map: PointMap) -> tuple[Equipment, ...]:
    handlers = [one for one in point_map.equipment if HANDLER & one.points.keys()]
    if not handlers:
        what, do = "it names no air handler.", f"Map at least one of {', '.join(sorted(HANDLER))}."
        raise InputError([Finding("buildings.map-empty", what, do, file=point_map.file)])
    if not arguments.equipment:
        return tuple(handlers)
    known = {one.id: one for one in handlers}
    lost = [name for name in arguments.equipment if name not in known]
    if lost:
        raise UsageError(f"the map has no '{lost[0]}'; it has {', '.join(known)}")
    return tuple(known[name] for name in arguments.equipment)


def _unit(
    arguments: argparse.Namespace, point_map: PointMap, equipment: Equipment, told: list[Finding]
) -> _Unit:
    kinds = points()
    wanted = [Wanted(name, kinds[name].quantity, at) for name, at in equipment.points.items()]
    trend, findings = read_trend(arguments.data, point_map, wanted)
    told += findings
    evaluated = evaluate(trend, equipment, rule_book())
    prices = Prices(arguments.heat_price, arguments.cool_price)
    return _Unit(equipment, evaluated, *by_day(Case(trend, equipment, evaluated, prices)))


def _blind(unit: _Unit) -> bool:
    """True if no rule at all could be evaluated."""
    return not any(one.evaluated.any() for one in unit.evaluated.evidence)


def _unseen(unit: _Unit) -> list[Finding]:
    lacks: dict[str, list[str]] = {}
    for one in unit.evaluated.evidence:
        for name in one.missing:
            lacks.setdefault(name, []).append(one.rule.id)
    return [
        Finding(
            "buildings.not-evaluated",
            f"{unit.equipment.id}: without '{name}' not evaluated: {', '.join(rules)}.",
            "Map the point, or give the parameter in the map.",
            "info",
            asset=f"buildings:{unit.equipment.id}",
        )
        for name, rules in sorted(lacks.items())
    ]


def _rows(units: list[_Unit], about: str) -> list[dict[str, Any]]:
    """What is broken, or what works but wants tuning."""
    return [_fault_row(one) for unit in units for one in unit.faults if one.rule.about == about]


def _fault_row(one: DayFault) -> dict[str, Any]:
    return {
        "day": one.day,
        "equipment": one.equipment,
        "rule": one.rule.id,
        "fault": one.rule.fault["en"],
        "evidence_hours": round(one.hours, 3),
        "first": one.first,
        "last": one.last,
        "kwh": one.kwh,
        "kwh_unknown": one.why_kwh,
        "eur": one.eur,
        "eur_unknown": one.why_eur,
        "thresholds": dict(one.thresholds),
        "condition": one.rule.when.text,
        "source": one.rule.source,
        "work_order": dict(one.order),
    }


def _day_row(unit: str, day: Day) -> dict[str, Any]:
    return {
        "day": day.day,
        "equipment": unit,
        "status": day.status,
        "evaluated_hours": round(day.evaluated_h, 3),
        "kwh": day.kwh,
    }


def _rule_rows(unit: _Unit) -> list[dict[str, Any]]:
    return [
        {
            "equipment": unit.equipment.id,
            "rule": one.rule.id,
            "source": one.rule.source,
            "evaluated": bool(one.evaluated.any()),
            "missing": list(one.missing),
        }
        for one in unit.evaluated.evidence
    ]


def _tell(units: list[_Unit], language: str) -> None:
    for unit in units:
        count = dict.fromkeys(("fault", "control", "clean", "unknown"), 0)
        for day in unit.days:
            count[day.status] += 1
        name = console.escape(unit.equipment.id)
        console.say(
            f"{name}: days with a fault {count['fault']}, on which only control wants tuning "
            f"{count['control']}, clean {count['clean']}, not evaluated {count['unknown']}"
        )
        heads = ("day", "rule", "what", "from", "to", "evidence, h", "kWh", "EUR")
        cells = [
            (
                one.day, one.rule.id, one.rule.fault[language], one.first, one.last,
                f"{one.hours:.1f}", _number(one.kwh), _number(one.eur),
            )
            for one in unit.faults[:SHOWN]
        ]  # fmt: skip
        if cells:
            console.table(heads, cells, "", 3)
        if len(unit.faults) > SHOWN:
            console.say(f"{len(unit.faults) - SHOWN} more; --json has all")
        for one in {one.rule.id: one for one in unit.faults}.values():
            console.say(f"{one.rule.id}  {console.escape(one.order[language])}")


def _number(value: float | None) -> str:
    return "unknown" if value is None else console.number(value)
