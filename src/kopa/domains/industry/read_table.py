"""Reads CSV files whose first column is a time, and tells all that is wrong with them."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from kopa.errors import Finding, InputError, Severity, stopping
from kopa.model import FloatArray

TIMES = ("start", "time", "date", "datetime", "timestamp", "dt")
"""Names that the column of times may have."""
UNKNOWN = ("", "nan", "na", "n/a", "null", "none")
"""What stands in a cell of which nothing is known."""
MOST, LONGEST_YR = 1e15, 100
"""No meter shows more, and none runs longer."""
HOUR_S, DAY_S = 3600, 86_400


@dataclass(frozen=True)
class Columns:
    """Columns of numbers over time.

    Parameters
    ----------
    file
        Where they are from.
    times
        By the clock as written, s since 1970-01-01 00:00 of that clock, rising, shape (row,).
    steady
        By a clock that is never put forward or back: that of the first row, s, shape (row,).
    offset
        Offset of the first row from UTC, s; None where the file writes none.
    names
        Of the columns.
    values
        NaN where a cell is empty, shape (row, column).
    """

    file: str
    times: FloatArray
    steady: FloatArray
    offset: float | None
    names: tuple[str, ...]
    values: FloatArray

    @property
    def spacing(self) -> float:
        """Median seconds from row to row; NaN for a single row."""
        return float(np.median(np.diff(self.times))) if len(self.times) > 1 else math.nan


class Table:
    """A CSV file and what is wrong with it.

    Parameters
    ----------
    file
        The file.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self.findings: list[Finding] = []

    def tell(
        self, code: str, what: str, do: str, place: str = "", severity: Severity = "error"
    ) -> None:
        """Add a finding."""
        self.findings.append(Finding(f"industry.{code}", what, do, severity, str(self.file), place))

    def check(self) -> None:
        """Raise what stops the work.

        Raises
        ------
        InputError
            With all findings, if one of them is an error.
        """
        if stopping(self.findings):
            raise InputError(self.findings)

    def columns(self) -> Columns:
        """Read all columns.

        Raises
        ------
        InputError
            With all findings.
        """
        lines = self._text().splitlines()
        delimiter = ";" if lines and ";" in lines[0] else ","
        reader = csv.reader(lines, delimiter=delimiter)
        heads = [head.strip().lower() for head in next(reader, [])]
        if not heads or heads[0] not in TIMES:
            first = heads[0] if heads else ""
            do = f"Name the columns in the first line; the first is one of {', '.join(TIMES)}."
            self.tell("column", f"the first column is '{first[:40]}'.", do, "line 1")
        for head in sorted({one for one in heads if heads.count(one) > 1}):
            self.tell("column", f"the column '{head}' is there twice.", "Rename one.", "line 1")
        if len(heads) == 1:
            self.tell("column", "there is no column of values.", "Add one.", "line 1")
        self.check()
        whens: list[datetime] = []
        rows: list[list[float]] = []
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            place = f"line {reader.line_num}"
            if len(cells) != len(heads):
                what = f"it has {len(cells)} cells, the first line {len(heads)}."
                self.tell("cells", what, "Correct the line.", place)
                continue
            when = self._time(cells[0], place)
            numbers = [self._number(c, n, place) for c, n in zip(cells[1:], heads[1:], strict=True)]
            if when is not None:
                whens.append(when)
                rows.append(numbers)
        if not rows and not self.findings:
            self.tell("empty", "it has no row.", "Add some.")
        self.check()
        return self._sorted(whens, rows, heads[1:])

    def _text(self) -> str:
        try:
            return self.file.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            self.tell("encoding", f"byte {error.start} is not UTF-8.", "Save it as UTF-8.")
        except OSError as error:
            self.tell("no-file", f"it cannot be read: {error.strerror}.", "Check the path.")
        raise InputError(self.findings)

    def _time(self, text: str, place: str) -> datetime | None:
        try:
            return datetime.fromisoformat(text.strip())
        except ValueError:
            do = "Write it as 2026-11-18, 2026-11-18T07:00 or 2026-11-18T07:00+02:00."
            self.tell("time", f"'{text.strip()[:40]}' is no time.", do, place)
            return None

    def _number(self, text: str, name: str, place: str) -> float:
        if text.strip().lower() in UNKNOWN:
            return math.nan
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not abs(value) <= MOST:
            do = "Write a number with a decimal point; leave it empty where nothing is known."
            self.tell("number", f"{name} is {text.strip()[:40]!r}.", do, place)
            value = math.nan
        return value

    def _sorted(
        self, whens: Sequence[datetime], rows: Sequence[Sequence[float]], names: Sequence[str]
    ) -> Columns:
        with_offset = sum(when.tzinfo is not None for when in whens)
        if 0 < with_offset < len(whens):
            what = f"{with_offset} of {len(whens)} times have an offset from UTC."
            self.tell("offset", what, "Write it with all times, or with none.")
            self.check()
        epoch = datetime(1970, 1, 1)
        clock = np.array([(when.replace(tzinfo=None) - epoch).total_seconds() for when in whens])
        shift = [when.utcoffset() for when in whens]
        offsets = np.array([0.0 if one is None else one.total_seconds() for one in shift])
        order = np.argsort(clock - offsets, kind="stable")
        first = offsets[order[0]]
        steady = (clock - offsets)[order] + first
        years = float(steady[-1] - steady[0]) / (365.25 * DAY_S)
        if years > LONGEST_YR:
            what = f"its times span {years:,.0f} years."
            self.tell("span", what, "Correct the year of the first or the last.")
        for place in np.flatnonzero(np.diff(steady) == 0)[:20].tolist():
            text = whens[int(order[place])].isoformat()
            do = "Leave one; in the hour that the clock goes through twice, write the offset."
            self.tell("twice", f"{text} stands twice.", do)
        self.check()
        return Columns(
            str(self.file),
            clock[order],
            steady,
            float(first) if with_offset else None,
            tuple(names),
            np.array(rows, dtype=np.float64)[order],
        )
