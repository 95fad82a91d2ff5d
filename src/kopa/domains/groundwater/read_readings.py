"""Reads columns of numbers: pumping tests, heads, precipitation and evaporation."""

from __future__ import annotations

import csv
import math
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from kopa.errors import Finding, InputError, UsageError, stopping
from kopa.model import FloatArray
from kopa.units import to_si

from .table import Checker

_HEAD = re.compile(r"^\s*([A-Za-z ]+?)\s*(?:[_ ]\(?([A-Za-z]+)\)?)?\s*$")
_DAY = 86_400.0


@dataclass(frozen=True)
class PumpingTest:
    """Drawdown at one distance from a well that is pumped at one rate.

    Parameters
    ----------
    file
        Where it is from.
    distance
        From the well, m.
    times
        Since pumping began, s, rising, shape (reading,).
    drawdown
        m, shape (reading,).
    """

    file: Path
    distance: float
    times: FloatArray
    drawdown: FloatArray


def _lines(file: Path, check: Checker) -> list[tuple[int, list[str]]]:
    """Number and cells of each line that says something."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        check.wrong("missing-file", f"it cannot be read: {error.strerror}.", "Check the path.")
        return []
    except UnicodeDecodeError as error:
        check.wrong("encoding", f"byte {error.start} is not UTF-8.", "Save it as UTF-8.")
        return []
    found: list[tuple[int, list[str]]] = []
    for number, line in enumerate(text.splitlines(), 1):
        plain = line.strip()
        if plain and (found or not plain.startswith("#") or not _numbers(plain)):
            cells = next(csv.reader([plain.lstrip("# ")], delimiter=_delimiter(plain)))
            found.append((number, [cell.strip() for cell in cells if cell.strip()]))
    return found


def _delimiter(line: str) -> str:
    return next((one for one in (";", ",", "\t") if one in line), " ")


def _numbers(line: str) -> bool:
    return bool(re.fullmatch(r"[-+0-9.eE;,\s#]+", line))


def read_test(file: Path, distance: float, time_unit: str = "") -> PumpingTest:
    """Read a pumping test: time and drawdown.

    Parameters
    ----------
    file
        Columns of numbers, with heads such as ``time_min`` and ``drawdown_m``, or without.
    distance
        From the well, m.
    time_unit
        Unit of time, and metres for drawdown, where there are no heads.

    Raises
    ------
    InputError
        With all findings.
    """
    check = Checker(str(file))
    lines = _lines(file, check)
    units = ("", "")
    if lines and not _numbers(" ".join(lines[0][1])):
        units = _units(lines.pop(0), check)
    elif time_unit:
        units = (time_unit, "m")
    elif lines:
        check.wrong(
            "no-units",
            "it has no heads, so nothing says what its numbers are.",
            "Begin it with a line such as 'time_min,drawdown_m', or give --time-unit.",
            "line 1",
        )
    rows = [values for line in lines if (values := _pair(line, check)) is not None]
    if len(rows) < 5 and not stopping(check.findings):
        check.wrong("few", f"it has {len(rows)} readings.", "A fit needs five or more.")
    times, drawdown = np.array(rows, dtype=np.float64).reshape(-1, 2).T
    for code, bad, what, do in (
        ("time", times <= 0, "times that are not after the start", "Leave them out."),
        ("order", np.diff(times, prepend=-np.inf) <= 0, "times that do not rise", "Sort them."),
    ):
        if bad.any():
            place = f"reading {int(np.flatnonzero(bad)[0]) + 1}"
            check.wrong(code, f"it has {int(bad.sum())} {what}.", do, place)
    if len(drawdown) and (drawdown <= 0).all():
        check.wrong(
            "sign", "no drawdown is above zero.", "Write how far the level fell, not the head."
        )
    factors = _factors(units, check) if all(units) else (1.0, 1.0)
    if stopping(check.findings):
        raise InputError(check.findings)
    return PumpingTest(file, distance, times * factors[0], drawdown * factors[1])


def _units(line: tuple[int, list[str]], check: Checker) -> tuple[str, str]:
    """Units of the two columns, from their heads."""
    number, cells = line
    wanted = ("time", "drawdown")
    found = ["", ""]
    for place, (cell, name) in enumerate(zip(cells, wanted, strict=False)):
        match = _HEAD.match(cell)
        if match is None or match[1].strip().lower() != name or not match[2]:
            check.wrong(
                "head",
                f"column {place + 1} is '{cell}'.",
                f"Name it {name} with its unit: {name}_{'min' if name == 'time' else 'm'}.",
                f"line {number}",
            )
        else:
            found[place] = match[2]
    if len(cells) != 2:
        do = "Write two columns: time and drawdown."
        check.wrong("columns", f"it has {len(cells)} columns.", do, f"line {number}")
    return found[0], found[1]


def _pair(line: tuple[int, list[str]], check: Checker) -> tuple[float, float] | None:
    number, cells = line
    try:
        first, second = map(float, cells)
    except ValueError:
        first = second = math.nan
    if math.isfinite(first) and math.isfinite(second):
        return first, second
    what = f"'{' '.join(cells)[:60]}' is no pair of numbers."
    check.wrong("number", what, "Write time and drawdown, with a point as decimal sign.",
                f"line {number}")  # fmt: skip
    return None


def _factors(units: tuple[str, str], check: Checker) -> tuple[float, float]:
    factors = []
    for unit, wanted in zip(units, ("s", "m"), strict=True):
        try:
            factor, si = (
                (_DAY, "s") if unit == "d" else (1.0, "s") if unit == "s" else to_si(1, unit)
            )
        except UsageError:
            factor, si = 1.0, ""
        if si != wanted:
            known = "s, min, h or d" if wanted == "s" else "m, mm or ft"
            check.wrong("unit", f"'{unit}' is no unit of it.", f"Use {known}.")
        factors.append(factor)
    return factors[0], factors[1]


@dataclass(frozen=True)
class TimeSeries:
    """Values in time.

    Parameters
    ----------
    file
        Where they are from.
    times
        Rising, shape (value,) of datetime64[s].
    values
        m or mm, shape (value,).
    """

    file: Path
    times: np.ndarray
    values: FloatArray


def read_series(file: Path, column: str) -> tuple[TimeSeries, tuple[Finding, ...]]:
    """Read a series: a CSV file with the columns ``time`` and another.

    Parameters
    ----------
    file
        The file.
    column
        The other column: ``head_m``, ``precipitation_mm``, ``evaporation_mm``.

    Returns
    -------
    tuple
        The series, and findings that do not stop the work.

    Raises
    ------
    InputError
        With all findings.
    """
    check = Checker(str(file))
    lines = _lines(file, check)
    heads = [cell.lower() for cell in lines[0][1]] if lines else []
    if lines and heads != ["time", column]:
        check.wrong(
            "columns",
            f"its first line is '{','.join(lines[0][1])}'.",
            f"Begin it with 'time,{column}'.",
            f"line {lines[0][0]}",
        )
    low, high = (-500.0, 9000.0) if column == "head_m" else (-100.0, 2000.0)
    rows: list[tuple[datetime, float]] = []
    gaps = 0
    for number, cells in lines[1:]:
        if len(cells) == 1:
            gaps += 1
            continue
        row = _dated(number, cells, check)
        if row is None:
            continue
        if not low <= row[1] <= high:
            unit = column.rpartition("_")[2]
            check.wrong(
                "value",
                f"{row[1]:g} {unit} is no {column.rpartition('_')[0]}.",
                f"Possible are {low:g} to {high:g} {unit}.",
                f"line {number}",
            )
        if rows and row[0] <= rows[-1][0]:
            check.wrong("order", f"{row[0]} does not follow {rows[-1][0]}.", "Sort it by time, "
                        "each time once.", f"line {number}")  # fmt: skip
        rows.append(row)
    if gaps:
        check.wrong("gaps", f"{gaps} times have no value and are left out.", "", "", "warning")
    if len(rows) < 2 and not stopping(check.findings):
        check.wrong("few", f"it has {len(rows)} values.", "Give a series.")
    if stopping(check.findings):
        raise InputError(check.findings)
    times = np.array([row[0] for row in rows], dtype="datetime64[s]")
    return TimeSeries(file, times, np.array([row[1] for row in rows])), tuple(check.findings)


def _dated(number: int, cells: list[str], check: Checker) -> tuple[datetime, float] | None:
    try:
        time, value = datetime.fromisoformat(cells[0]), float(cells[1])
    except ValueError:
        time, value = datetime.min, math.nan
    if len(cells) == 2 and math.isfinite(value):
        return time.replace(tzinfo=None), value
    what = f"'{','.join(cells)[:60]}' is no time and value."
    check.wrong("row", what, "Write 2026-11-23,12.34.", f"line {number}")
    return None
