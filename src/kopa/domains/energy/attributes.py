"""What a file's columns may be: ``attributes.csv`` is the one source of it."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Attribute:
    """One row of ``attributes.csv``.

    Parameters
    ----------
    table, column
        Where it stands.
    type
        ``float``, ``int``, ``bool``, ``text`` or ``bus`` (an index of the table ``bus``).
    unit
        Unit in the file.
    default
        Value where the file gives none; NaN or empty where there is none.
    low, high
        Range.
    required
        ``yes``: must be there; ``expected``: its default is told as a warning; ``no``.
    """

    table: str
    column: str
    type: str
    unit: str
    default: Any
    low: float
    high: float
    required: str


@lru_cache(maxsize=1)
def attributes() -> Mapping[str, tuple[Attribute, ...]]:
    """All attributes by table."""
    tables: dict[str, list[Attribute]] = {}
    source = files("kopa.domains.energy").joinpath("attributes.csv")
    with source.open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            attribute = _attribute(row)
            tables.setdefault(attribute.table, []).append(attribute)
    return {name: tuple(rows) for name, rows in tables.items()}


def _attribute(row: Mapping[str, str]) -> Attribute:
    table, column = row["name"].split(".")
    default: Any = row["default"]
    if row["type"] == "bool":
        default = default == "True"
    elif row["type"] != "text":
        default = float(default) if default else math.nan
    return Attribute(
        table=table,
        column=column,
        type=row["type"],
        unit=row["unit"],
        default=default,
        low=float(row["low"]) if row["low"] else -math.inf,
        high=float(row["high"]) if row["high"] else math.inf,
        required=row["required"],
    )


def need(attribute: Attribute) -> str:
    """What a cell of the column must be, as advice."""
    kinds = {
        "float": "a number",
        "int": "a whole number",
        "bool": "true or false",
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
    return f"{between}{attribute.unit}" if attribute.unit not in ("", "1") else ""
