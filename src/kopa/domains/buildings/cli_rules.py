"""``kopa buildings rules``: the rules, their parameters, and the points that a map may name."""

from __future__ import annotations

import argparse

from kopa import __version__, console

from .points import UNITS, points
from .rules import rule_book


def rules(arguments: argparse.Namespace) -> int:
    """Tell what `faults` evaluates; gives the exit code."""
    book = rule_book()
    document = {
        "kopa": __version__,
        "rules": [
            {
                "rule": rule.id,
                "about": rule.about,
                "fault": rule.fault["en"],
                "states": list(rule.states),
                "condition": rule.when.text,
                "delay_min": rule.delay_min,
                "waste": None if rule.waste is None else rule.waste.text,
                "source": rule.source,
            }
            for rule in book.rules
        ],
        "states": [
            {"state": one.number, "name": one.name, "condition": one.when.text}
            for one in book.states
        ],
        "derived": {name: one.text for name, one in book.derived.items()},
        "parameters": [
            {
                "parameter": one.name,
                "value": one.value,
                "unit": one.unit,
                "what": one.what,
                "source": one.source,
            }
            for one in book.parameters.values()
        ],
        "points": [
            {
                "point": kind.name,
                "what": kind.what,
                "units": list(UNITS[kind.quantity]),
            }
            for kind in points().values()
        ],
    }
    if arguments.json:
        console.document(document)
        return 0
    console.table(
        ("rule", "fault", "states", "condition", "min", "source"),
        [
            (
                rule.id, rule.fault["en"], " ".join(map(str, rule.states)) or "off",
                rule.when.text, f"{rule.delay_min:g}", rule.source,
            )
            for rule in book.rules
        ],
        "Rules",
    )  # fmt: skip
    console.table(
        ("parameter", "value", "unit", "what", "source"),
        [
            (
                one.name,
                "" if one.value is None else f"{one.value:g}",
                one.unit,
                one.what,
                one.source,
            )
            for one in book.parameters.values()
        ],
        "Parameters that a map may set",
    )
    console.table(
        ("point", "what", "units"),
        [
            (kind.name, kind.what, ", ".join(unit for unit in UNITS[kind.quantity] if unit))
            for kind in points().values()
        ],
        "Points that a map may name",
    )
    return 0
