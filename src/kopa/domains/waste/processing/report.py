"""Quantities of waste by code and operation, and the recycling rate, as the law asks for them.

References
----------
Regulation (EC) No 2150/2002 on waste statistics, annex II (items of treatment, as Regulation (EU)
No 849/2010 has them); Directive 2008/98/EC, annexes I (D) and II (R) and article 11a; Commission
Implementing Decision (EU) 2019/1004. ``operations.csv`` has the operations.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from kopa.domains.waste.ewc import Entry
from kopa.errors import Finding

RECYCLING = ("R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9")
"""Operations that are recycling; R1 makes energy, R10 and R11 use what is left."""


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of recovery (R) or disposal (D).

    Parameters
    ----------
    code
        ``R3``, ``D5``.
    name
        What it is.
    item
        Its item of the waste statistics.
    interim
        True where the waste moves on to another operation.
    """

    code: str
    name: str
    item: str
    interim: bool


@dataclass(frozen=True, slots=True)
class Movement:
    """Waste that went from one place to another.

    Parameters
    ----------
    line
        Of the file.
    on
        When.
    entry
        What.
    tonnes
        How much, t.
    operation
        What was done with it.
    origin, to
        Where it came from, and where it went.
    municipal
        Whether it is municipal waste.
    """

    line: int
    on: date
    entry: Entry
    tonnes: float
    operation: Operation
    origin: str
    to: str
    municipal: bool


@dataclass(frozen=True)
class Row:
    """A row of the table: a code and what was done with it.

    Parameters
    ----------
    entry
        The waste.
    tonnes
        t by operation.
    """

    entry: Entry
    tonnes: Mapping[str, float]


@dataclass(frozen=True)
class Rate:
    """Recycling of municipal waste.

    Parameters
    ----------
    generated, recycled
        t.
    """

    generated: float
    recycled: float

    @property
    def share(self) -> float:
        """Recycling rate; NaN where there is no municipal waste."""
        return self.recycled / self.generated if self.generated else float("nan")


@cache
def operations() -> Mapping[str, Operation]:
    """All operations, by their code."""
    text = (
        files("kopa.domains.waste.processing")
        .joinpath("operations.csv")
        .read_text(encoding="utf-8")
    )
    return {
        row["operation"]: Operation(
            row["operation"], row["name"], row["item"], row["interim"] == "yes"
        )
        for row in csv.DictReader(text.splitlines())
    }


def is_municipal(entry: Entry) -> bool:
    """Whether a code is municipal waste: chapter 20, and packaging collected separately (15 01)."""
    return entry.code.startswith(("20", "15 01"))


def table(movements: Sequence[Movement]) -> list[Row]:
    """Tonnes by code and operation, in the order of the list."""
    found: dict[str, defaultdict[str, float]] = {}
    entries = {}
    for one in movements:
        entries[one.entry.code] = one.entry
        found.setdefault(one.entry.code, defaultdict(float))[one.operation.code] += one.tonnes
    return [Row(entries[code], dict(found[code])) for code in sorted(found)]


def by_item(movements: Sequence[Movement]) -> dict[str, dict[str, float]]:
    """Tonnes by item of the waste statistics: hazardous and not."""
    found: dict[str, dict[str, float]] = {}
    for one in movements:
        row = found.setdefault(one.operation.item, {"hazardous": 0.0, "other": 0.0})
        row["hazardous" if one.entry.hazardous else "other"] += one.tonnes
    return found


def recycling(movements: Sequence[Movement]) -> Rate:
    """Recycling rate of municipal waste.

    Generated is what moves for the first time: what leaves a place that got waste of the same
    code for an interim operation, or leaves a sorting of it under another code (19 12), was
    counted when it came. Recycled is what enters a recycling operation.
    """
    municipal = [one for one in movements if one.municipal]
    passed_on = {one.to for one in municipal if one.operation.interim}
    first = [one for one in municipal if one.origin not in passed_on]
    generated = sum(one.tonnes for one in first)
    recycled = sum(one.tonnes for one in municipal if one.operation.code in RECYCLING)
    return Rate(generated, recycled)


def noted(movements: Sequence[Movement], file: str) -> list[Finding]:
    """What a reader of the report should know."""
    found = []
    seen: dict[tuple[object, ...], int] = {}
    for one in movements:
        key = (one.on, one.entry.code, one.tonnes, one.operation.code, one.origin, one.to)
        place = f"line {one.line}"
        if key in seen:
            what = f"It says the same as line {seen[key]}."
            do = "Delete one of them, if it was one movement."
            found.append(Finding("waste.report-twice", what, do, "warning", file, place))
        seen.setdefault(key, one.line)
        separate = one.entry.code.startswith(("20 01", "15 01")) and not one.entry.hazardous
        if separate and one.operation.item == "landfill":
            what = f"{one.entry.code} ({one.entry.name}) is landfilled."
            do = "Check it: separately collected waste must not be (1999/31/EC, article 5(3)(f))."
            found.append(Finding("waste.report-landfilled", what, do, "warning", file, place))
    rate = recycling(movements)
    if rate.recycled > rate.generated:
        what = "More municipal waste is recycled than was generated in these movements."
        do = "Add the movements by which it came, or write 'municipal' = no."
        found.append(Finding("waste.report-rate", what, do, "warning", file))
    return found
