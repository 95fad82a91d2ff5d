"""One file of a GTFS feed as columns, with everything that is wrong with its cells."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from kopa.errors import Finding, Severity
from kopa.model import FloatArray, IntArray

TOLD = 20
"""Of one kind of fault in one file so many rows are told, and the rest is counted."""


@dataclass
class Report:
    """Collects findings of a feed.

    Parameters
    ----------
    feed
        The feed's file.
    """

    feed: str
    findings: list[Finding] = field(default_factory=list)
    _seen: Counter[tuple[str, str]] = field(default_factory=Counter)
    _last: dict[tuple[str, str], Finding] = field(default_factory=dict)

    def add(
        self,
        code: str,
        what: str,
        do: str,
        *,
        file: str = "",
        place: str = "",
        severity: Severity = "error",
    ) -> None:
        """Add a finding, unless there are many of its kind already."""
        key = (code, file)
        self._seen[key] += 1
        found = Finding(
            f"transport.{code}",
            what,
            do,
            severity,
            f"{self.feed}/{file}" if file else self.feed,
            place,
        )
        if self._seen[key] <= TOLD:
            self.findings.append(found)
        self._last[key] = found

    def close(self) -> tuple[Finding, ...]:
        """All findings, with a line for each kind of which more were found than are told."""
        more = [
            Finding(
                found.code,
                f"{self._seen[key] - TOLD} more rows have this fault.",
                found.do,
                found.severity,
                found.file,
            )
            for key, found in self._last.items()
            if self._seen[key] > TOLD
        ]
        return (*self.findings, *more)


@dataclass(frozen=True)
class Table:
    """One file of the feed.

    Parameters
    ----------
    name
        Its name, ``trips.txt``.
    columns
        Cells by column.
    rows
        Number of rows.
    report
        Where findings go.
    """

    name: str
    columns: dict[str, Sequence[str]]
    rows: int
    report: Report

    def wrong(self, row: int, code: str, what: str, do: str) -> None:
        """Tell a fault of a row."""
        self.report.add(code, what, do, file=self.name, place=f"line {row + 2}")

    def text(self, name: str) -> Sequence[str]:
        """Cells of a column; blanks where the file does not have it."""
        column = self.columns.get(name)
        return ("",) * self.rows if column is None else column

    def numbers(self, name: str, low: float, high: float, blank: float = np.nan) -> FloatArray:
        """Numbers of a column, `blank` where a cell is empty, shape (row,)."""
        column = self.columns.get(name)
        if column is None:
            return np.full(self.rows, blank)
        try:
            values = np.array([*map(float, column)])
        except ValueError:
            values = np.array([_number(cell, blank) for cell in column], dtype=np.float64)
        given = np.ones(self.rows, dtype=bool)
        if "" in column:
            given = np.array([bool(cell) for cell in column])
        outside = given & ~((values >= low) & (values <= high))
        for row in np.flatnonzero(outside).tolist():
            what = f"{name} is '{column[row][:40]}'."
            self.wrong(row, "gtfs-number", what, f"Write a number from {low:g} to {high:g}.")
        return np.where(given, values, blank)

    def coded(self, name: str, to: dict[str, int], blank_allowed: bool, where: str) -> IntArray:
        """Rows of another table that a column refers to, -1 for none, shape (row,)."""
        column = self.text(name)
        codes = np.fromiter((to.get(cell, -1) for cell in column), np.int64, self.rows)
        for row in np.flatnonzero(codes < 0).tolist():
            if column[row]:
                what = f"{name} '{column[row]}' is not in {where}."
                self.wrong(row, "gtfs-reference", what, f"Add it to {where}, or correct the row.")
            elif not blank_allowed:
                self.wrong(row, "gtfs-missing-value", f"{name} is empty.", "Fill it in.")
        return codes

    def mapped(self, name: str, read: Callable[[str], int | None], must: str) -> IntArray:
        """Values of a column by a function that gives None for what it cannot read.

        Empty cells are -1.
        """
        column = self.text(name)
        known = {cell: read(cell) if cell else -1 for cell in set(column)}
        bad = {cell for cell, value in known.items() if value is None}
        if bad:
            for row, cell in enumerate(column):
                if cell in bad:
                    self.wrong(row, "gtfs-value", f"{name} is '{cell[:40]}'.", f"Write {must}.")
        plain = {cell: -1 if value is None else value for cell, value in known.items()}
        return np.fromiter((plain[cell] for cell in column), np.int64, self.rows)

    def keys(self, name: str) -> dict[str, int]:
        """Row by the value of a key column; a value that stands twice is a fault."""
        rows: dict[str, int] = {}
        for row, cell in enumerate(self.text(name)):
            if not cell:
                self.wrong(row, "gtfs-missing-value", f"{name} is empty.", "Fill it in.")
            elif cell in rows:
                what = f"{name} '{cell}' stands in line {rows[cell] + 2} already."
                self.wrong(row, "gtfs-duplicate", what, "Give every row an id of its own.")
            else:
                rows[cell] = row
        return rows


def _number(cell: str, blank: float) -> float:
    try:
        return float(cell) if cell else blank
    except ValueError:
        return float("nan")


def parse(name: str, content: bytes, must: Iterable[str], report: Report) -> Table:
    """A file of the feed from its bytes.

    Parameters
    ----------
    name
        Its name.
    content
        Its bytes.
    must
        Columns that it must have.
    report
        Where findings go.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        what = f"byte {error.start} is not UTF-8."
        report.add("gtfs-encoding", what, "Save the file as UTF-8.", file=name)
        text = content.decode("utf-8-sig", "replace")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    heads = [head.strip() for head in rows[0]] if rows else []
    body = [row for row in rows[1:] if row]
    for head in must:
        if head not in heads:
            what = f"the column '{head}' is missing."
            report.add("gtfs-column", what, "Add it.", file=name, place="line 1")
    good = body
    if set(map(len, body)) - {len(heads)}:
        good = []
        for number, row in enumerate(body):
            if len(row) == len(heads):
                good.append(row)
                continue
            what = f"the row has {len(row)} cells, the first line has {len(heads)}."
            report.add(
                "gtfs-row",
                what,
                "Give it one cell for each column.",
                file=name,
                place=f"line {number + 2}",
            )
    columns: dict[str, Sequence[str]] = dict(zip(heads, zip(*good, strict=True), strict=False))
    if not good:
        columns = dict.fromkeys(heads, ())
    for head in must:
        column = columns.get(head, ())
        if any(blank in "".join(column) for blank in " \t"):
            columns[head] = tuple(map(str.strip, column))
    return Table(name, columns, len(good), report)
