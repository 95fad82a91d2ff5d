"""Reads streets as nodes and arcs: plain CSV, or the files of JEMSS.

A plain ``nodes.csv`` has ``id,lon,lat`` and ``arcs.csv`` has ``from,to,seconds``. JEMSS writes
several tables a file, times in days, one column a mode of travel.

References
----------
Mason, A. et al., JEMSS: Julia Emergency Medical Services Simulation, its data format.
"""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

import numpy as np

from kopa.domain.rows import Rows
from kopa.errors import InputError
from kopa.geo.project import Projection, utm
from kopa.geo.streets import Streets
from kopa.model import FloatArray, IntArray

from .network import PACKAGE

DAY_S = 86_400.0
MOST_BYTES = 200_000_000
MILLI = 1000.0
Table = tuple[list[str], list[list[str]], int]
"""Head, rows, and the line of the file on which the first row stands."""


def read_nodes(nodes: Path, arcs: Path | None, mode: int = 1) -> Streets:
    """Streets of two files, or of an archive that holds ``nodes.csv`` and ``arcs.csv``.

    Parameters
    ----------
    nodes, arcs
        The files; `arcs` is None for an archive.
    mode
        Column of travel times, from 1.

    Raises
    ------
    InputError
        With all findings.
    """
    where, ways = (_Reader(one, name) for one, name in ((nodes, "nodes"), (arcs or nodes, "arcs")))
    points = where.numbers(where.table("nodes"), (("id", "index"), ("lon", "x"), ("lat", "y")))
    table = ways.table("arcs")
    days = f"mode_{mode}" in table[0]
    head = (("from", "fromNode"), ("to", "toNode"), ("seconds", f"mode_{mode}"))
    legs = ways.numbers(table, head)
    if where.found.findings or ways.found.findings:
        raise InputError([*where.found.findings, *ways.found.findings])
    row = {number: at for at, number in enumerate(points[:, 0].astype(np.int64).tolist())}
    where.check(len(row) == len(points), "", "an id stands twice.", "Give each node its own.")
    outside = np.flatnonzero((np.abs(points[:, 1:]) > (180, 90)).any(axis=1))
    where.check(not len(outside), f"node {outside[:1]}", "it lies nowhere.", "Write degrees.")
    ends = legs[:, :2].astype(np.int64).tolist()
    lost = [line for line, (a, b) in enumerate(ends) if a not in row or b not in row]
    first = f"row {lost[0] + 1}" if lost else ""
    ways.check(not lost, first, "it joins a node that is not there.", "See both files.")
    late = np.flatnonzero(~(legs[:, 2] >= 0))
    ways.check(not len(late), f"row {late[:1] + 1}", "its time is below 0.", "Correct it.")
    if where.found.findings or ways.found.findings:
        raise InputError([*where.found.findings, *ways.found.findings])
    seconds = legs[:, 2] * (DAY_S if days else 1.0)
    tail, head_ = np.array([(row[a], row[b]) for a, b in ends], dtype=np.int64).T
    return _streets(points, tail, head_, seconds)


def _streets(points: FloatArray, tail: IntArray, head: IntArray, seconds: FloatArray) -> Streets:
    """Each arc as a street of one direction; times are whole milliseconds, at least one."""
    lon, lat = points[:, 1], points[:, 2]
    crs = utm(float(np.median(lon)), float(np.median(lat)))
    x, y = Projection(crs).metres(lon, lat)
    many = len(tail)
    length = np.maximum(np.hypot(x[head] - x[tail], y[head] - y[tail]), 0.1)
    time = np.maximum(np.rint(seconds * MILLI), 1.0) / MILLI
    yes, no = np.ones(many, dtype=bool), np.zeros(many, dtype=bool)
    return Streets(
        crs=crs,
        node_osm=points[:, 0].astype(np.int64),
        lon=lon,
        lat=lat,
        x=x,
        y=y,
        signals=np.zeros(len(points), dtype=bool),
        a=tail,
        b=head,
        way=np.arange(1, many + 1),
        part=np.ones(many, dtype=np.int64),
        length=length,
        speed=length / time,
        kind=("arc",) * many,
        name=("",) * many,
        forward=yes,
        backward=no,
        walk=no,
        first=2 * np.arange(many + 1),
        point_x=np.column_stack([x[tail], x[head]]).ravel(),
        point_y=np.column_stack([y[tail], y[head]]).ravel(),
    )


class _Reader:
    """One file of tables."""

    def __init__(self, file: Path, name: str) -> None:
        self.found = Rows(file, PACKAGE, "node", "safety")
        self._name = name

    def check(self, fine: bool, place: str, what: str, do: str) -> None:
        """Note what is wrong."""
        if not fine:
            self.found.tell("nodes", f"{self._name}.csv {place}".strip(), what, do)

    def _text(self) -> str:
        if self.found.path.suffix.lower() != ".zip":
            return self.found.text()
        try:
            with zipfile.ZipFile(self.found.path) as archive:
                entry = archive.getinfo(f"{self._name}.csv")
                if entry.file_size <= MOST_BYTES:
                    return archive.read(entry).decode("utf-8-sig")
            self.check(False, "", "it is too large.", f"At most {MOST_BYTES:,} bytes are read.")
        except (OSError, KeyError, zipfile.BadZipFile, UnicodeDecodeError) as error:
            self.check(False, "", f"it cannot be read: {error}.", "Write the archive again.")
        raise InputError(self.found.findings)

    def table(self, name: str) -> Table:
        """The table of a name where the file has several, or the whole file."""
        lines = list(csv.reader(self._text().splitlines()))
        for number, cells in enumerate(lines):
            if len(cells) > 1 and cells[0] == name and cells[1].isdecimal():
                begin = number + 2
                rows = lines[begin : begin + int(cells[1])]
                head = lines[number + 1] if number + 1 < len(lines) else []
                fine = len(rows) == int(cells[1])
                self.check(
                    fine, "", f"it has not the {cells[1]} rows that it says.", "Complete it."
                )
                return head, rows, begin + 1
        self.check(bool(lines), "", "it is empty.", "Write a line a row.")
        return (lines[0] if lines else []), lines[1:], 2

    def numbers(self, table: Table, columns: tuple[tuple[str, str], ...]) -> FloatArray:
        """Some columns as numbers, each by either of two names, shape (row, column)."""
        head, rows, line = table
        at = [next((head.index(name) for name in names if name in head), -1) for names in columns]
        missing = [names[0] for names, column in zip(columns, at, strict=True) if column < 0]
        if missing:
            what = f"there is no column {', '.join(missing)}."
            self.check(False, f"line {line - 1}", what, "Write the head's names.")
            return np.empty((0, len(columns)))
        found = np.full((len(rows), len(columns)), np.nan)
        for number, cells in enumerate(rows):
            try:
                found[number] = [float(cells[column]) for column in at]
            except (ValueError, IndexError):
                what = f"it is no row of numbers: {','.join(cells)[:60]!r}."
                self.check(False, f"line {line + number}", what, "Correct it.")
        if not len(found):
            self.check(False, "", "it has no row.", "Write a line a row.")
        elif not np.isfinite(found).all() and not self.found.findings:
            self.check(False, "", "a value is not finite.", "Write numbers.")
        return found
