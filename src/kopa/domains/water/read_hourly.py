"""Reads hourly series by local clock from CSV: flows of zones, weather, holidays."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np

from kopa.errors import Finding, InputError
from kopa.model import FloatArray

from .demand import HOURS

_BLANK = ("", "nan", "null", "none", "-")


@dataclass(frozen=True)
class Hourly:
    """Series by local day and hour.

    Parameters
    ----------
    first
        First day.
    names
        Of the series.
    values
        NaN where unknown, shape (series, day, 24). An hour that the clock goes through twice has
        the mean of both, one that it leaves out has none.
    end
        Hours from the beginning of the first day to the end of the last value.
    """

    first: date
    names: tuple[str, ...]
    values: FloatArray
    end: int


def read_hourly(file: Path, needed: Sequence[str] = ()) -> Hourly:
    """Read series.

    Parameters
    ----------
    file
        CSV: a column `time` (ISO 8601, local; an offset is left out), and one column a series.
        Several values in an hour count with their mean.
    needed
        Columns that must be there.

    Raises
    ------
    InputError
        With all findings.
    """
    findings: list[Finding] = []

    def note(code: str, what: str, do: str, place: str = "", severity: str = "error") -> None:
        findings.append(Finding(f"water.flows-{code}", what, do, severity, str(file), place))  # type: ignore[arg-type]  # one of three words

    try:
        text = file.read_bytes().decode("utf-8-sig")
    except OSError:
        raise InputError([_missing(file)]) from None
    except UnicodeDecodeError as error:
        note("encoding", f"byte {error.start} is not UTF-8.", "Save the file as UTF-8.")
        raise InputError(findings) from None
    table = csv.reader(text.splitlines())
    heads = [head.strip() for head in next(table, [])]
    for name in ("time", *needed):
        if name not in heads:
            note("column", f"the column '{name}' is missing.", "Add it.", "line 1")
    if not findings and len(heads) < 2:
        note("column", "there is no column of values.", "Add one.", "line 1")
    if len(set(heads)) < len(heads):
        note("twice", "two columns have one name.", "Rename one of them.", "line 1")
    if findings:
        raise InputError(findings)
    at = heads.index("time")
    times: list[datetime] = []
    rows: list[list[float]] = []
    for row in table:
        place = f"line {table.line_num}"
        if not row:
            continue
        if len(row) != len(heads):
            note("cells", f"{len(row)} cells, not {len(heads)}.", "Fill the row.", place)
            continue
        try:
            times.append(datetime.fromisoformat(row[at].strip()).replace(tzinfo=None))
        except ValueError:
            note("time", f"'{row[at][:40]}' is no time.", "Write 2026-11-23T08:00.", place)
            continue
        values = []
        for name, cell in zip(heads, row, strict=True):
            if name == "time":
                continue
            value = _number(cell)
            if value is None:
                note("number", f"{name} is '{cell[:40]}'.", "Write a number or nothing.", place)
                value = float("nan")
            values.append(value)
        rows.append(values)
    if not rows and not findings:
        note("empty", "there are no rows.", "Add some.")
    if findings:
        raise InputError(findings)
    names = tuple(name for name in heads if name != "time")
    return _by_clock(names, times, np.array(rows, dtype=np.float64))


def read_holidays(file: Path) -> frozenset[date]:
    """Read days, one a row (YYYY-MM-DD); what follows a comma is not read.

    Raises
    ------
    InputError
        With all findings.
    """
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except OSError:
        raise InputError([_missing(file)]) from None
    days, findings = set(), []
    for number, line in enumerate(lines, 1):
        text = line.split(",")[0].strip()
        if not text or (number == 1 and text == "date"):
            continue
        try:
            days.add(date.fromisoformat(text))
        except ValueError:
            what, do = f"'{text[:40]}' is no day.", "Write it as 2026-11-18."
            findings.append(
                Finding("water.holidays-day", what, do, file=str(file), place=f"line {number}")
            )
    if findings:
        raise InputError(findings)
    return frozenset(days)


def _by_clock(names: tuple[str, ...], times: Sequence[datetime], rows: FloatArray) -> Hourly:
    first = min(times).date()
    hour = np.array([(t.date() - first).days * HOURS + t.hour for t in times], dtype=np.int64)
    days = int(hour.max()) // HOURS + 1
    sums, counts = np.zeros((2, len(names), days * HOURS))
    for place in range(len(names)):
        known = np.isfinite(rows[:, place])
        np.add.at(sums[place], hour[known], rows[known, place])
        np.add.at(counts[place], hour[known], 1)
    with np.errstate(invalid="ignore"):
        values = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
    some = np.flatnonzero((counts > 0).any(axis=0))
    end = int(some[-1]) + 1 if len(some) else 0
    return Hourly(first, names, values.reshape(len(names), days, HOURS), end)


def day_of(series: Hourly, day: int) -> date:
    """A day of a series by its number."""
    return series.first + timedelta(days=day)


def _number(cell: str) -> float | None:
    """A number, NaN for a blank, None for what is neither."""
    if cell.strip().lower() in _BLANK:
        return float("nan")
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def _missing(file: Path) -> Finding:
    what, do = "there is no such file.", "Check the path."
    return Finding("water.flows-missing", what, do, file=str(file))
