"""Reads series from CSV: a column of times at equal steps, and columns of numbers."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kopa.errors import Finding, InputError, Severity, stopping
from kopa.model import FloatArray

TIMES = ("time", "timestamp", "datetime")
SHOWN = 5
"""So many cells of one column are told."""


@dataclass(frozen=True)
class Series:
    """Columns over time.

    Parameters
    ----------
    times
        Beginning of each step, ``datetime64[s]``, at equal distance, shape (step,).
    zone
        ``UTC``, or empty where the file says no offset.
    step_h
        Length of a step, h.
    names
        Of the columns.
    values
        NaN where a cell may be empty and is, shape (step, column).
    """

    times: np.ndarray
    zone: str
    step_h: float
    names: tuple[str, ...]
    values: FloatArray

    def told(self, step: int) -> str:
        """A step's time as ISO 8601; steps go on after the last."""
        beyond = step - len(self.times) + 1
        moment = self.times[min(step, len(self.times) - 1)]
        if beyond > 0:
            moment += np.timedelta64(round(self.step_h * 3600), "s") * beyond
        return f"{moment}{'Z' if self.zone else ''}"


def read_series(file: Path, area: str, gaps: bool = False) -> Series:
    """Read series.

    Parameters
    ----------
    file
        CSV with a column ``time`` (ISO 8601, all with an offset from UTC or none).
    area
        Second part of the findings' codes: ``energy.<area>-number``.
    gaps
        True where cells may be empty.

    Raises
    ------
    InputError
        With all that is wrong.
    """
    reader = SeriesReader(file, area, gaps)
    found = reader.series()
    if found is None or stopping(reader.findings):
        raise InputError(reader.findings)
    return found


class SeriesReader:
    """Reads a file, and keeps what is wrong with it; see `read_series`."""

    def __init__(self, file: Path, area: str, gaps: bool = False) -> None:
        self._file, self._area, self._gaps = file, area, gaps
        self.findings: list[Finding] = []

    def note(
        self, code: str, what: str, do: str, place: str = "", severity: Severity = "error"
    ) -> None:
        """Write down what is wrong."""
        name = f"energy.{self._area}-{code}"
        self.findings.append(Finding(name, what, do, severity, self._file.name, place))

    def series(self) -> Series | None:
        """The series; None where the file cannot be read at all."""
        table = self._table()
        if table is None:
            return None
        heads = [str(head).strip() for head in table.columns]
        for head in sorted({head for head in heads if heads.count(head) > 1}):
            self.note("twice", f"The column '{head}' is there twice.", "Leave one out.", "line 1")
        clock = next((place for place, head in enumerate(heads) if head.lower() in TIMES), None)
        if clock is None:
            self.note("column", "The column 'time' is missing.", "Add it.", "line 1")
            return None
        if len(table) < 2:
            self.note("empty", "It has less than two steps.", "Add rows.")
            return None
        times, zone = self._times(table.iloc[:, clock])
        columns = [place for place in range(len(heads)) if place != clock]
        if not columns:
            self.note("column", "There is nothing beside the times.", "Add columns.", "line 1")
            return None
        values = np.column_stack(
            [self._numbers(table.iloc[:, place], heads[place]) for place in columns]
        )
        step = float((times[1] - times[0]) / np.timedelta64(3600, "s"))
        return Series(times, zone, step, tuple(heads[place] for place in columns), values)

    def _table(self) -> Any:
        import pandas

        try:
            text = self._file.read_bytes().decode("utf-8-sig")
            first = text.splitlines()[0] if text else ""
            sign = ";" if ";" in first else ","
            table = pandas.read_csv(io.StringIO(text), sep=sign)
            heads = next(csv.reader([first], delimiter=sign), [])
            if len(heads) == len(table.columns):  # pandas numbers doubles
                table.columns = heads
        except OSError as error:
            self.note("missing", f"It cannot be read: {error.strerror}.", "Check the path.")
        except UnicodeDecodeError as error:
            self.note("encoding", f"Byte {error.start} is not UTF-8.", "Save it as UTF-8.")
        except (pandas.errors.ParserError, pandas.errors.EmptyDataError) as error:
            self.note("csv", f"{str(error).strip()}.", "Save it as CSV again.")
        else:
            if isinstance(table.index, pandas.RangeIndex):
                return table
            self.note("csv", "Rows have more cells than the first line.", "Quote commas.")
        return None

    def _times(self, cells: Any) -> tuple[np.ndarray, str]:
        import pandas

        text = cells.astype(str)
        offset = text.str.contains(r"[T ]\d\d.*(?:Z|[+-]\d\d(?::?\d\d)?)$")
        if offset.any() and not offset.all():
            place = f"line {int((offset != offset.iloc[0]).idxmax()) + 2}"
            self.note("time", "Only some times have an offset.", "Write it everywhere.", place)
        moments = pandas.to_datetime(text, format="ISO8601", utc=True, errors="coerce")
        for row in np.flatnonzero(moments.isna())[:SHOWN].tolist():
            what = f"'{text.iloc[row][:40]}' is no time."
            self.note("time", what, "Write YYYY-MM-DDTHH:MM.", f"line {row + 2}")
        times = moments.dt.tz_localize(None).to_numpy().astype("datetime64[s]")
        if not moments.isna().any():
            self._check_steps(times, bool(offset.all()))
        return times, "UTC" if offset.all() else ""

    def _check_steps(self, times: np.ndarray, offset: bool) -> None:
        steps = np.diff(times).astype(np.int64)
        lengths, count = np.unique(steps, return_counts=True)
        usual = int(lengths[count.argmax()])
        wrong = np.flatnonzero((steps != usual) | (steps <= 0))
        for row in wrong[:SHOWN].tolist():
            what = f"The step before is {steps[row] / 60:g} minutes"
            what += f", not {usual / 60:g}." if steps[row] > 0 else ": time does not go on."
            do = "Fill gaps and take doubles out; sort by time."
            if not offset and abs(steps[row] - usual) == 3600:
                do = "It looks as if the clock was changed: write times with their offset."
            self.note("step", what, do, f"line {row + 3}")
        if len(wrong) > SHOWN:
            self.note("step", f"{len(wrong)} steps differ from the usual one.", "See above.")

    def _numbers(self, cells: Any, head: str) -> FloatArray:
        import pandas

        if cells.dtype == bool:  # true and false would pass as 1 and 0
            cells = cells.astype(str)
        values: FloatArray = pandas.to_numeric(cells, errors="coerce").to_numpy(dtype=np.float64)
        empty = cells.isna().to_numpy() if self._gaps else np.zeros(len(cells), dtype=bool)
        wrong = np.flatnonzero(~np.isfinite(values) & ~empty)
        for row in wrong[:SHOWN].tolist():
            known = not pandas.isna(cells.iloc[row])
            what = f"{head} is '{str(cells.iloc[row])[:40]}'." if known else f"{head} is empty."
            self.note("number", what, "Write a number.", f"line {row + 2}")
        if len(wrong) > SHOWN:
            self.note("number", f"{head}: {len(wrong)} cells hold no number.", "See above.")
        return values
