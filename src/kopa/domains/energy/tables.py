"""Columns of a file, checked against ``attributes.csv``, the one source of what they may be."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kopa.domain.attributes import Attribute
from kopa.domains.energy.attributes import attributes, default, need, unit_text
from kopa.errors import Finding
from kopa.model import BoolArray, FloatArray, IntArray

MISSING = -(2**60)
"""Stands for a whole number that a file does not give; its finding is told already."""

MOST = 20
"""So many rows that are wrong in the same way get a finding each; one more tells the rest."""


@dataclass(frozen=True)
class Table:
    """One table of a file, its columns checked.

    Parameters
    ----------
    name
        Name of the table.
    index
        Index of each row, shape (row,).
    columns
        Arrays of shape (row,), text as lists; those that the file lacks hold the default.
    given
        Names of the columns that the file has.
    """

    name: str
    index: IntArray
    columns: Mapping[str, Any] = field(default_factory=dict)
    given: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self.index)

    def real(self, column: str) -> FloatArray:
        """A column of numbers, NaN where there is none."""
        return np.asarray(self.columns[column], dtype=np.float64)

    def whole(self, column: str) -> IntArray:
        """A column of indices or counts."""
        return np.asarray(self.columns[column], dtype=np.int64)

    def flag(self, column: str) -> BoolArray:
        """A column of yes and no."""
        return np.asarray(self.columns[column], dtype=bool)

    def text(self, column: str) -> list[str]:
        """A column of words, empty where there is none."""
        return list(self.columns[column])


class Checker:
    """Turns the raw tables of one file into checked ones and gathers what is wrong.

    Parameters
    ----------
    file
        The file, for the findings.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.findings: list[Finding] = []

    def tell(self, code: str, place: str, what: str, do: str, severity: Any = "error") -> None:
        """Add a finding."""
        self.findings.append(Finding(f"energy.{code}", what, do, severity, self.file, place))

    def rows(
        self, code: str, table: Table, bad: BoolArray, say: Callable[[int], tuple[str, str, str]]
    ) -> None:
        """Add a finding for each row that is bad.

        Parameters
        ----------
        code
            What is wrong.
        table
            The table.
        bad
            True where a row is bad, shape (row,).
        say
            Gives column, what and do of a row.
        """
        wrong = np.nonzero(bad)[0]
        for row in wrong[:MOST]:
            column, what, do = say(int(row))
            self.tell(code, _place(table.name, int(table.index[row]), column), what, do)
        rest = wrong[MOST:]
        if len(rest):
            column, _, do = say(int(rest[0]))
            listed = ", ".join(str(index) for index in table.index[rest])
            place = f"table {table.name}, column {column}, rows {listed}"
            self.tell(code, place, f"{len(rest)} more rows are wrong in the same way.", do)

    def table(self, name: str, columns: Sequence[str], index: Sequence[Any], data: Any) -> Table:
        """A table with its columns checked, each against its attribute.

        Parameters
        ----------
        name
            Name of the table.
        columns
            Names of the columns in the file.
        index
            Index of the rows.
        data
            Rows of cells.
        """
        place = f"table {name}"
        if any(not isinstance(row, list) or len(row) != len(columns) for row in data) or len(
            data
        ) != len(index):
            self.tell(
                "ragged-table",
                place,
                f"The rows of table {name} differ in length from its columns or its index.",
                "Write the file again with pandapower.to_json.",
            )
            return self.empty(name)
        keys = self._index(name, index)
        cells = dict(zip(columns, zip(*data, strict=True), strict=True)) if data else {}
        checked: dict[str, Any] = {}
        shell = Table(name, keys)
        for attribute in attributes()[name]:
            there = attribute.name in columns
            raw = cells.get(attribute.name) if there else None
            if not there:
                self._missing(attribute, len(keys))
            checked[attribute.name] = self._column(attribute, shell, raw)
        return Table(name, keys, checked, frozenset(columns))

    def empty(self, name: str) -> Table:
        """A table without rows."""
        none: dict[str, Any] = {}
        for attribute in attributes()[name]:
            none[attribute.name] = [] if attribute.type == "text" else np.empty(0)
        return Table(name, np.empty(0, dtype=np.int64), none)

    def _index(self, name: str, index: Sequence[Any]) -> IntArray:
        whole = [key if _is_whole(key) else None for key in index]
        for row, key in enumerate(whole):
            if key is None:
                what = f"The index {index[row]!r} of table {name} is no whole number."
                self.tell("bad-index", f"table {name}, row at position {row}", what, "Number it.")
        seen: set[int] = set()
        for row, key in enumerate(whole):
            if key is not None and key in seen:
                self.tell(
                    "duplicate-index",
                    f"table {name}, row {key}",
                    f"Table {name} has the index {key} more than once (position {row}).",
                    "Give each row an index of its own.",
                )
            if key is not None:
                seen.add(key)
        return np.array(
            [MISSING + row if key is None else int(key) for row, key in enumerate(whole)],
            dtype=np.int64,
        )

    def _missing(self, attribute: Attribute, rows: int) -> None:
        place = f"table {attribute.table}, column {attribute.name}"
        if attribute.required == "yes":
            self.tell(
                "missing-column",
                place,
                f"Table {attribute.table} has no column {attribute.name}.",
                f"Add it{f', in {attribute.unit}' if attribute.unit else ''}.",
            )
        elif attribute.required == "expected" and rows:
            self.tell(
                "assumed",
                place,
                f"Table {attribute.table} has no column {attribute.name}; "
                f"{default(attribute):g} is assumed.",
                "Add the column if that is wrong.",
                "warning",
            )

    def _column(self, attribute: Attribute, table: Table, raw: Sequence[Any] | None) -> Any:
        size = len(table)
        if raw is None:
            if attribute.type == "text":
                return [""] * size
            if attribute.type == "flag":
                return np.full(size, bool(attribute.value(None)))
            value = default(attribute)
            whole = attribute.type in ("integer", "bus") and math.isnan(value)
            return np.full(size, MISSING if whole else value)
        kinds = set(map(type, raw))
        if attribute.type == "text":
            return self._text(attribute, table, raw, kinds)
        if attribute.type == "flag":
            return self._bool(attribute, table, raw)
        values = self._numbers(attribute, table, raw, kinds)
        values = self._filled(attribute, table, values)
        values = self._range(attribute, table, values)
        if attribute.type in ("integer", "bus"):
            return np.where(np.isfinite(values), values, MISSING).astype(np.int64)
        return values

    def _text(
        self, attribute: Attribute, table: Table, raw: Sequence[Any], kinds: set[type]
    ) -> list[str]:
        if attribute.required == "yes":
            bad = np.array([not isinstance(cell, str) or not cell for cell in raw], dtype=bool)
            self._wrong_type(attribute, table, raw, bad)
        if kinds == {str}:
            return list(raw)
        blank = (None, math.nan)
        return ["" if cell in blank or cell != cell else str(cell) for cell in raw]

    def _bool(self, attribute: Attribute, table: Table, raw: Sequence[Any]) -> BoolArray:
        # NaN and null stand for the default of a column that need not be there
        optional = attribute.required != "yes"
        cells = [
            bool(attribute.value(None)) if optional and (cell is None or cell != cell) else cell
            for cell in raw
        ]
        bad = np.array([type(cell) is not bool and cell not in (0, 1) for cell in cells], bool)
        self._wrong_type(attribute, table, raw, bad)
        return np.array([bool(cell) and cell in (0, 1) for cell in cells], dtype=bool)

    def _numbers(
        self, attribute: Attribute, table: Table, raw: Sequence[Any], kinds: set[type]
    ) -> FloatArray:
        usual = kinds <= {int, float, type(None)}
        cells = raw if usual else [cell if _is_number(cell) else None for cell in raw]
        if not usual:
            bad = np.array([cell is not None and not _is_number(cell) for cell in raw], bool)
            self._wrong_type(attribute, table, raw, bad)
        try:
            values: NDArray[np.float64] = np.array(cells, dtype=np.float64)
        except OverflowError:  # an integer of JSON may have any number of digits
            values = np.array([_as_float(cell) for cell in cells], dtype=np.float64)
        if attribute.type in ("integer", "bus"):
            part = np.isfinite(values) & ((values != np.floor(values)) | (abs(values) > 2**53))
            self._wrong_type(attribute, table, raw, part)
            values = np.where(part, np.nan, values)
        if attribute.required == "yes":
            empty = np.isnan(values) & np.array(
                [cell is None or cell != cell for cell in raw],
                dtype=bool,
            )
            self.rows(
                "missing-value",
                table,
                empty,
                lambda row: (attribute.name, "The value is missing.", need(attribute)),
            )
        return values

    def _filled(self, attribute: Attribute, table: Table, values: FloatArray) -> FloatArray:
        gaps = np.isnan(values)
        if attribute.required == "yes" or math.isnan(default(attribute)) or not gaps.any():
            return values
        if attribute.required == "expected":
            count = int(gaps.sum())
            first = ", ".join(str(index) for index in table.index[gaps][:MOST])
            self.tell(
                "assumed",
                f"table {table.name}, column {attribute.name}, rows {first}",
                f"{count} rows have no {attribute.name}; {default(attribute):g} is assumed.",
                "Fill the rows if that is wrong.",
                "warning",
            )
        return np.where(gaps, default(attribute), values)

    def _range(self, attribute: Attribute, table: Table, values: FloatArray) -> FloatArray:
        """The values; those out of range, once told, stand as NaN and do not mislead checks."""
        bad = (values < attribute.low) | (values > attribute.high) | np.isinf(values)
        self.rows(
            "out-of-range",
            table,
            bad,
            lambda row: (
                attribute.name,
                f"{attribute.name} is {values[row]:g}{unit_text(attribute)}.",
                need(attribute),
            ),
        )
        return np.where(bad, np.nan, values)

    def _wrong_type(
        self, attribute: Attribute, table: Table, raw: Sequence[Any], bad: BoolArray
    ) -> None:
        self.rows(
            "wrong-type",
            table,
            bad,
            lambda row: (
                attribute.name,
                f"{attribute.name} is {raw[row]!r}.",
                need(attribute),
            ),
        )


def _place(table: str, row: int, column: str) -> str:
    return f"table {table}, row {row}, column {column}"


def _is_whole(value: Any) -> bool:
    return type(value) is int and abs(value) <= 2**53


def _is_number(value: Any) -> bool:
    return type(value) in (int, float)


def _as_float(value: Any) -> float:
    try:
        return math.nan if value is None else float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
