"""Reads how the power of loads and generators goes over time, from CSV."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kopa.domains.energy.network import Network
from kopa.domains.energy.read_series import Series, SeriesReader
from kopa.errors import Finding, InputError, UsageError, stopping
from kopa.model import FloatArray, IntArray

KINDS = ("load", "motor", "sgen")
"""Kinds of unit that a column may be about as a whole."""
_HEAD = re.compile(r"(.+?)\s*(?:\[(kW|MW)\])?")
_MW = {"kW": 1e-3, "MW": 1.0}


@dataclass(frozen=True)
class Profiles:
    """Factors of the powers that a grid's file has.

    Parameters
    ----------
    series
        Factor of each column; its values are no longer the file's.
    column
        Column of each unit, -1 where its power stays as it is, shape (unit,).
    """

    series: Series
    column: IntArray

    def factors(self, begin: int, end: int) -> FloatArray:
        """Factor of each unit from one step to another, shape (step, unit)."""
        part = self.series.values[begin:end]
        return np.where(self.column >= 0, part[:, self.column], 1.0)


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


class _Reader(SeriesReader):
    def __init__(self, file: Path, network: Network) -> None:
        super().__init__(file, "profiles")
        self._network = network

    def read(self) -> Profiles | None:
        """The profiles; None where the file cannot be read at all."""
        found = self.series()
        if found is None:
            return None
        column = self._columns(list(found.names), found.values)
        return Profiles(found, column)

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
                    self.note("twice", what, "Leave one of them out.", "line 1")
                if alone or not own[row]:
                    column[row], own[row] = place, alone
                if unit and alone:
                    self._scale(values, place, row, _MW[unit])
            if unit and name in KINDS:
                what = f"{head}: a power cannot be that of all units of a kind."
                self.note("unit", what, "Write factors, or a column for each unit.", "line 1")
        left = int((units.in_service & (column < 0) & units.p.any(axis=1)).sum())
        if left:
            what = f"{left} loads, motors and generators have no column and keep their power."
            do = "Add columns if theirs changes."
            self.note("left", what, do, "line 1", "warning")
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
            self.note("column", f"{error}.", "Name a load, motor or generator.", "line 1")
            return
        found = np.flatnonzero(units.rows == row)
        if not len(found):
            what = f"{head} is a {assets.kinds[row]}."
            self.note("column", what, "Name a load, motor or generator.", "line 1")
        for unit in found.tolist():
            yield unit, True

    def _scale(self, values: FloatArray, place: int, unit: int, mw: float) -> None:
        units = self._network.units
        power = float(units.p[unit].sum()) * (-1 if units.feeds[unit] else 1)
        if power == 0:
            name = self._network.assets.ids[units.rows[unit]]
            what = f"{name} has no power in the grid's file, so its reactive power is unknown."
            self.note("unit", what, "Give it a power in the grid's file.", "line 1")
            return
        values[:, place] *= mw / power
