"""Reads how the power of loads and generators goes over time, from CSV."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domains.energy.network import Network
from kopa.errors import Finding, InputError, Severity, UsageError, stopping
from kopa.model import FloatArray, IntArray

TIMES = ("time", "timestamp", "datetime")
KINDS = ("load", "motor", "sgen")
"""Kinds of unit that a column may be about as a whole."""
SHOWN = 5
"""So many cells of one column are told."""
_HEAD = re.compile(r"(.+?)\s*(?:\[(kW|MW)\])?")
_MW = {"kW": 1e-3, "MW": 1.0}


@dataclass(frozen=True)
class Profiles:
    """Factors of the powers that a grid's file has.

    Parameters
    ----------
    times
        Beginning of each step, ``datetime64[s]``, at equal distance, shape (step,).
    zone
        ``UTC``, or empty where the file says no offset.
    step_h
        Length of a step, h.
    values
        Factor of each column, shape (step, column).
    column
        Column of each unit, -1 where its power stays as it is, shape (unit,).
    """

    times: np.ndarray
    zone: str
    step_h: float
    values: FloatArray
    column: IntArray

    def factors(self, begin: int, end: int) -> FloatArray:
        """Factor of each unit from one step to another, shape (step, unit)."""
        part = self.values[begin:end]
        return np.where(self.column >= 0, part[:, self.column], 1.0)

    def told(self, step: int) -> str:
        """A step's time as ISO 8601."""
        return f"{self.times[step]}{'Z' if self.zone else ''}"


def read_profiles(file: Path, network: Network) -> tuple[Profiles, tuple[Finding, ...]]:
    """Read profiles.

    Parameters
    ----------
    file
        CSV of a column ``time`` and one for each unit (``load:3``, a name) or kind of unit
        (``load``, ``motor``, ``sgen``; a unit's own column goes before): a factor of the power
        in the grid's file, or, under a head that ends in ``[kW]`` or ``[MW]``, the power at
        1 p.u. Reactive power goes along. Times have offsets from UTC, or none of them has.
    network
        The grid.

    Returns
    -------
    tuple
        The profiles, and findings that do not stop the work.

    Raises
    ------
    InputError
        With all that is wrong.
    """
    reader = _Reader(file, network)
    found = reader.read()
    if found is None or stopping(reader.findings):
        raise InputError(reader.findings)
    return found, tuple(reader.findings)


class _Reader:
    def __init__(self, file: Path, network: Network) -> None:
        self._file, self._network = file, network
        self.findings: list[Finding] = []

    def _note(
        self, code: str, what: str, do: str, place: str = "", severity: Severity = "error"
    ) -> None:
        name = f"energy.profiles-{code}"
        self.findings.append(Finding(name, what, do, severity, self._file.name, place))

    def read(self) -> Profiles | None:
        """The profiles; None where the file cannot be read at all."""
        table = self._table()
        if table is None:
            return None
        heads = [str(head).strip() for head in table.columns]
        clock = next((place for place, head in enumerate(heads) if head.lower() in TIMES), None)
        if clock is None:
            self._note("column", "The column 'time' is missing.", "Add it.", "line 1")
            return None
        if len(table) < 2:
            self._note("empty", "It has less than two steps.", "Add rows.")
            return None
        times, zone = self._times(table.iloc[:, clock])
        columns = [place for place in range(len(heads)) if place != clock]
        values = np.column_stack(
            [self._numbers(table.iloc[:, place], heads[place]) for place in columns]
            or [np.empty((len(table), 0))]
        )
        column = self._columns([heads[place] for place in columns], values)
        step = float((times[1] - times[0]) / np.timedelta64(3600, "s"))
        return Profiles(times, zone, step, values, column)

    def _table(self) -> Any:
        import pandas

        try:
            with self._file.open(encoding="utf-8-sig") as lines:
                sign = ";" if ";" in lines.readline() else ","
            table = pandas.read_csv(self._file, sep=sign, encoding="utf-8-sig")
        except OSError as error:
            self._note("missing", f"It cannot be read: {error.strerror}.", "Check the path.")
        except UnicodeDecodeError as error:
            self._note("encoding", f"Byte {error.start} is not UTF-8.", "Save it as UTF-8.")
        except (pandas.errors.ParserError, pandas.errors.EmptyDataError) as error:
            self._note("csv", f"{str(error).strip()}.", "Save it as CSV again.")
        else:
            if isinstance(table.index, pandas.RangeIndex):
                return table
            self._note("csv", "Rows have more cells than the first line.", "Quote commas.")
        return None

    def _times(self, cells: Any) -> tuple[np.ndarray, str]:
        import pandas

        text = cells.astype(str)
        offset = text.str.contains(r"(?:Z|[+-]\d\d:?\d\d)$")
        if offset.any() and not offset.all():
            place = f"line {int((offset != offset.iloc[0]).idxmax()) + 2}"
            self._note("time", "Only some times have an offset.", "Write it everywhere.", place)
        moments = pandas.to_datetime(text, format="ISO8601", utc=True, errors="coerce")
        for row in np.flatnonzero(moments.isna())[:SHOWN].tolist():
            what = f"'{text.iloc[row][:40]}' is no time."
            self._note("time", what, "Write YYYY-MM-DDTHH:MM.", f"line {row + 2}")
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
            what = f"The step before is {steps[row] / 60:g} minutes, not {usual / 60:g}."
            do = "Fill gaps and take doubles out."
            if not offset and abs(steps[row] - usual) == 3600:
                do = "It looks as if the clock was changed: write times with their offset."
            self._note("step", what, do, f"line {row + 3}")
        if len(wrong) > SHOWN:
            self._note("step", f"{len(wrong)} steps differ from the usual one.", "See above.")

    def _numbers(self, cells: Any, head: str) -> FloatArray:
        import pandas

        values: FloatArray = pandas.to_numeric(cells, errors="coerce").to_numpy(dtype=np.float64)
        wrong = np.flatnonzero(~np.isfinite(values))
        for row in wrong[:SHOWN].tolist():
            known = not pandas.isna(cells.iloc[row])
            what = f"{head} is '{str(cells.iloc[row])[:40]}'." if known else f"{head} is empty."
            self._note("number", what, "Write a number.", f"line {row + 2}")
        if len(wrong) > SHOWN:
            self._note("number", f"{head}: {len(wrong)} cells hold no number.", "See above.")
        return values

    def _columns(self, heads: list[str], values: FloatArray) -> IntArray:
        """Column of each unit; powers become factors in place."""
        units = self._network.units
        column = np.full(len(units.rows), -1)
        own = np.zeros(len(units.rows), dtype=bool)
        for place, head in enumerate(heads):
            name, unit = self._parts(head)
            for row, alone in self._of(name, head):
                if own[row] and alone:
                    what = f"{head}: its unit has a column already."
                    self._note("twice", what, "Leave one of them out.", "line 1")
                if alone or not own[row]:
                    column[row], own[row] = place, alone
                if unit and alone:
                    self._scale(values, place, row, _MW[unit])
            if unit and name in KINDS:
                what = f"{head}: a power cannot be that of all units of a kind."
                self._note("unit", what, "Write factors, or a column for each unit.", "line 1")
        left = int((units.in_service & (column < 0) & units.p.any(axis=1)).sum())
        if left:
            what = f"{left} loads, motors and generators have no column and keep their power."
            do = "Add columns if theirs changes."
            self._note("left", what, do, "line 1", "warning")
        return column

    @staticmethod
    def _parts(head: str) -> tuple[str, str]:
        found = _HEAD.fullmatch(head)
        return (found[1], found[2] or "") if found else (head, "")

    def _of(self, name: str, head: str) -> Iterator[tuple[int, bool]]:
        """Units that a column is about, each with whether it is theirs alone."""
        assets, units = self._network.assets, self._network.units
        if name in KINDS:
            for unit, row in enumerate(units.rows.tolist()):
                if assets.kinds[row] == name:
                    yield unit, False
            return
        try:
            row = assets.find(name)
        except UsageError as error:
            self._note("column", f"{error}.", "Name a load, motor or generator.", "line 1")
            return
        found = np.flatnonzero(units.rows == row)
        if not len(found):
            what = f"{head} is a {assets.kinds[row]}."
            self._note("column", what, "Name a load, motor or generator.", "line 1")
        for unit in found.tolist():
            yield unit, True

    def _scale(self, values: FloatArray, place: int, unit: int, mw: float) -> None:
        power = abs(float(self._network.units.p[unit].sum()))
        if power == 0:
            name = self._network.assets.ids[self._network.units.rows[unit]]
            what = f"{name} has no power in the grid's file, so its reactive power is unknown."
            self._note("unit", what, "Give it a power in the grid's file.", "line 1")
            return
        values[:, place] *= mw / power
