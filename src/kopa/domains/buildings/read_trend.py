"""Reads measured series of points from CSV; tells all that is wrong with them."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from kopa.errors import Finding, InputError, Severity, stopping
from kopa.model import BoolArray, FloatArray, IntArray

from .points import RANGES, UNITS, Column, PointMap, Quantity
from .read_observations import COLUMNS as OBSERVED
from .read_observations import local, pivot

LONGEST_STEP_S = 900.0
"""Rules look at what happens within half an hour: values must come more often than this."""
GAP_STEPS = 3.0
"""A pause longer than so many steps is a gap: nothing is carried over it."""


@dataclass(frozen=True)
class Trend:
    """Series of points at common times.

    Parameters
    ----------
    times
        Local clock, ``datetime64[s]``, rising, shape (time,).
    values
        By point in SI (temperatures in °C), NaN where unknown, shape (time,) each.
    step_s
        Usual time between values, s.
    """

    times: np.ndarray[tuple[int], np.dtype[np.datetime64]]
    values: Mapping[str, FloatArray]
    step_s: float

    @property
    def seconds(self) -> FloatArray:
        """Since the first value, s, shape (time,)."""
        return np.asarray((self.times - self.times[0]).astype(np.float64))

    @property
    def held_s(self) -> FloatArray:
        """How long each value holds: until the next, but not over gaps, s, shape (time,)."""
        ahead = np.append(np.diff(self.seconds), self.step_s)
        return np.where(ahead > GAP_STEPS * self.step_s, self.step_s, ahead)

    @property
    def begins(self) -> BoolArray:
        """True where a stretch without a gap begins, shape (time,)."""
        return np.asarray(np.append(True, np.diff(self.seconds) > GAP_STEPS * self.step_s))

    @property
    def days(self) -> tuple[tuple[str, ...], IntArray]:
        """Days as text, and the number of the day of each value, shape (time,)."""
        days, which = np.unique(self.times.astype("datetime64[D]"), return_inverse=True)
        return tuple(str(day) for day in days), np.asarray(which.reshape(-1), dtype=np.int64)


@dataclass(frozen=True)
class Wanted:
    """A series to read: its name, quantity and column."""

    name: str
    quantity: Quantity
    column: Column


class _Sheet:
    """A CSV file's rows, with findings."""

    def __init__(self, file: Path) -> None:
        self.file, self.findings = file, list[Finding]()
        self.heads: list[str] = []
        self.rows: list[list[str]] = []
        self.lines: list[int] = []
        self.text = ""

    def tell(
        self, code: str, what: str, do: str, place: str = "", severity: Severity = "error"
    ) -> None:
        found = Finding(f"buildings.{code}", what, do, severity, str(self.file), place)
        self.findings.append(found)

    @property
    def stopped(self) -> bool:
        return bool(stopping(self.findings))

    def read(self) -> bool:
        try:
            self.text = text = self.file.read_bytes().decode("utf-8-sig")
        except OSError as error:
            self.tell("no-file", f"cannot read it: {error.strerror}.", "Check the path.")
            return False
        except UnicodeDecodeError as error:
            self.tell("encoding", f"byte {error.start} is not UTF-8.", "Save the file as UTF-8.")
            return False
        reader = csv.reader(text.splitlines())
        try:
            self.heads = [head.strip() for head in next(reader, [])]
            for row in reader:
                if not any(cell.strip() for cell in row):
                    continue
                if len(row) != len(self.heads):
                    what = f"the row has {len(row)} cells, the first line {len(self.heads)}."
                    do = "Put cells that hold a comma in quotes."
                    self.tell("row", what, do, f"line {reader.line_num}")
                    continue
                self.rows.append(row)
                self.lines.append(reader.line_num)
        except csv.Error as error:
            self.tell("csv", f"{error}.", "Save it as CSV (RFC 4180).", f"line {reader.line_num}")
        if not self.rows and not self.findings:
            self.tell("empty", "it has no values.", "Give at least some hours of values.")
        return bool(self.rows)

    def column(self, names: Sequence[str]) -> int | None:
        """Place of the first of some names; None where none is there."""
        return next((self.heads.index(name) for name in names if name in self.heads), None)


def read_trend(
    file: Path,
    point_map: PointMap,
    wanted: Sequence[Wanted],
    longest_step_s: float = LONGEST_STEP_S,
) -> tuple[Trend, tuple[Finding, ...]]:
    """Read series.

    Parameters
    ----------
    file
        CSV: a head, a column of times and one a point; or observations as ``kopa export`` writes
        them (`read_observations`).
    point_map
        How times and missing values are written.
    wanted
        The series.
    longest_step_s
        Values that come less often are of no use.

    Returns
    -------
    tuple
        The series, and findings that do not stop the work.

    Raises
    ------
    InputError
        With all findings.
    """
    sheet = _Sheet(file)
    if not sheet.read():
        raise InputError(sheet.findings)
    read = _from_observations if set(OBSERVED) <= set(sheet.heads) else _from_columns
    times, written = read(sheet, point_map, wanted)
    values = {}
    for one, numbers in zip(wanted, written, strict=False):
        if numbers is None:
            what = f"there is no column '{one.column.names[0]}' ({one.name})."
            do = f"Correct the map, {one.column.place or one.name}, or add the column."
            sheet.tell("column", what, do, "line 1")
        else:
            values[one.name] = _scaled(sheet, numbers, one)
    if sheet.stopped:
        raise InputError(sheet.findings)
    step = float(np.median(np.diff(times).astype(np.float64))) if len(times) > 1 else math.nan
    if not step <= longest_step_s:
        what = f"values come every {step / 60:.0f} min." if step == step else "it has one row."
        do = f"Export values at most {longest_step_s / 60:.0f} min apart."
        sheet.tell("step", what, do)
        raise InputError(sheet.findings)
    return Trend(times, values, step), tuple(sheet.findings)


Times = np.ndarray[tuple[int], np.dtype[np.datetime64]]
Written = tuple[Times, list[FloatArray | None]]
"""Times, and numbers as the file has them; None for a series that is not there."""


def _from_observations(sheet: _Sheet, point_map: PointMap, wanted: Sequence[Wanted]) -> Written:
    names = [one.column.names for one in wanted]
    return pivot(sheet.text, point_map.zone, names, sheet.tell)


def _from_columns(sheet: _Sheet, point_map: PointMap, wanted: Sequence[Wanted]) -> Written:
    times = _times(sheet, point_map)
    places = [sheet.column(one.column.names) for one in wanted]
    return times, [
        None if place is None else _numbers(sheet, place, point_map.missing) for place in places
    ]


def _times(sheet: _Sheet, point_map: PointMap) -> Times:
    """Times of the rows; rows that do not come later than the one before are findings."""
    place = sheet.column([point_map.time]) if point_map.time else 0
    if place is None:
        sheet.tell(
            "column", f"there is no column '{point_map.time}'.", "Correct `time` of the map."
        )
        return np.zeros(0, dtype="datetime64[s]")
    read = datetime.fromisoformat
    if point_map.time_format:
        shape = point_map.time_format

        def read(text: str) -> datetime:
            return datetime.strptime(text, shape)

    found, last = [], None
    for row, line in zip(sheet.rows, sheet.lines, strict=True):
        text = row[place].strip()
        try:
            time = local(read(text), point_map.zone)
        except ValueError:
            do = "Write 2026-11-18T06:00, or give `time_format` in the map."
            sheet.tell("time", f"'{text[:40]}' is no time.", do, f"line {line}")
            continue
        if last is not None and time <= last:
            what = f"{time} does not come after {last}."
            do = "Sort the rows; where clocks go back leave one of both hours out."
            sheet.tell("order", what, do, f"line {line}")
        last = time
        found.append(time)
    return np.array(found, dtype="datetime64[s]")


def _numbers(sheet: _Sheet, place: int, missing: frozenset[str]) -> FloatArray:
    """A column; words that are no numbers are findings, unless they mean that there is none."""
    numbers = np.full(len(sheet.rows), np.nan)
    for at, row in enumerate(sheet.rows):
        text = row[place].strip()
        if not text or text in missing:
            continue
        try:
            numbers[at] = float(text)
        except ValueError:
            what = f"'{text[:40]}' is no number ({sheet.heads[place]})."
            do = "Correct it, or name it under `missing` of the map if it means no value."
            sheet.tell("number", what, do, f"line {sheet.lines[at]}")
    return numbers


def _scaled(sheet: _Sheet, numbers: FloatArray, wanted: Wanted) -> FloatArray:
    """Numbers in SI; what cannot be is NaN, and told."""
    scale = UNITS[wanted.quantity].get(wanted.column.unit)
    if scale is None:
        what = f"'{wanted.column.unit}' is no unit of {wanted.quantity}."
        do = f"Write one of: {', '.join(u for u in UNITS[wanted.quantity] if u) or 'nothing'}."
        sheet.tell("unit", what, do, wanted.column.place or wanted.name)
        return numbers
    numbers = numbers * scale[0] + scale[1]
    low, high = RANGES[wanted.quantity]
    bad = (np.isfinite(numbers) & ~((numbers >= low) & (numbers <= high))) | np.isinf(numbers)
    if bad.any():
        what = f"{bad.sum()} values of {wanted.name} are outside {low:g} to {high:g}."
        do = "They are taken as missing: check sensor and unit."
        sheet.tell("range", what, do, f"value {int(np.argmax(bad)) + 1}", "warning")
    return np.where(bad, np.nan, numbers)
