"""The attributes of the file's tables, and how one is asked for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache

from kopa.domain.attributes import Attribute
from kopa.domain.attributes import attributes as all_attributes

PACKAGE = "kopa.domains.energy"


@cache
def attributes() -> Mapping[str, tuple[Attribute, ...]]:
    """All attributes by table."""
    tables: dict[str, list[Attribute]] = {}
    for attribute in all_attributes(PACKAGE):
        tables.setdefault(attribute.table, []).append(attribute)
    return {name: tuple(rows) for name, rows in tables.items()}


def default(attribute: Attribute) -> float:
    """Default of a number, NaN where there is none."""
    return float(attribute.default or "nan")


def need(attribute: Attribute) -> str:
    """What a cell of the column must be, as advice."""
    kinds = {
        "number": "a number",
        "integer": "a whole number",
        "flag": "true or false",
        "text": "a word",
        "bus": "the index of a bus",
    }
    text = f"Write {kinds[attribute.type]}{unit_text(attribute, ' in ')}"
    low, high = attribute.low, attribute.high
    if math.isfinite(low) and math.isfinite(high):
        text += f" from {low:g} to {high:g}"
    return text + "."


def unit_text(attribute: Attribute, between: str = " ") -> str:
    """The unit behind a number, empty where there is none."""
    return f"{between}{attribute.unit}" if attribute.unit else ""
