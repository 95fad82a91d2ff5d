"""Rules of a design: every number that it builds by, with its source.

A package carries them in ``rules.csv`` with the columns ``name, value, unit, source,
description``. No number of a design stands in code.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from kopa.errors import RangeError


@dataclass(frozen=True, slots=True)
class Rule:
    """One number that a design builds by.

    Parameters
    ----------
    name
        What it is called.
    value, unit
        The number and its unit.
    source
        Standard, handbook or measurement that it is from.
    description
        What it does.
    """

    name: str
    value: float
    unit: str
    source: str
    description: str


class Rules(Mapping[str, float]):
    """Values by name; `all` gives the rows with their sources.

    Parameters
    ----------
    rows
        The rules.

    Raises
    ------
    RangeError
        If two have the same name, or one has no source.
    """

    def __init__(self, rows: tuple[Rule, ...]) -> None:
        self.all = rows
        self._values = {row.name: row.value for row in rows}
        if len(self._values) < len(rows):
            raise RangeError("two rules of a design have the same name")
        if lost := [row.name for row in rows if not row.source]:
            raise RangeError(f"rules of a design have no source: {', '.join(lost)}")

    def __getitem__(self, name: str) -> float:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def of(self, prefix: str, kind: str) -> float:
        """Value of ``<prefix>.<kind>``, or of ``<prefix>.other`` where the kind has none."""
        return self._values.get(f"{prefix}.{kind}", self._values[f"{prefix}.other"])


@cache
def rules(package: str) -> Rules:
    """The rules that a package carries.

    Parameters
    ----------
    package
        Name of the package, such as ``kopa.domains.water.design``.
    """
    text = files(package).joinpath("rules.csv").read_text(encoding="utf-8")
    return Rules(
        tuple(
            Rule(
                row["name"],
                float(row["value"]),
                row["unit"],
                row["source"],
                row["description"],
            )
            for row in csv.DictReader(text.splitlines())
        )
    )
