"""Reads networks and trips in the TNTP format, and tells all that is wrong with them.

References
----------
Transportation Networks for Research Core Team, github.com/bstabler/TransportationNetworks.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from kopa.errors import Finding, InputError, stopping
from kopa.model import FloatArray

from .link_network import LinkNetwork

_META = re.compile(r"^<([^>]+)>\s*(.*)$")
_TRIP = re.compile(r"^(\S+)\s*:\s*(\S+)$")
COLUMNS = ("init_node", "term_node", "capacity", "length", "free_flow_time", "b", "power")
"""The first columns of a row of a network; speed, toll and type may follow and are not used."""


class _File:
    """Lines of a file after its metadata, and what is wrong with them."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.findings: list[Finding] = []
        self.meta: dict[str, tuple[str, str]] = {}
        self._lines: list[tuple[int, str]] = []
        try:
            text = file.read_bytes().decode("utf-8-sig")
        except OSError:
            self.wrong("missing", "there is no such file.", "Check the path.")
            return
        except UnicodeDecodeError as error:
            what = f"byte {error.start} is not UTF-8."
            self.wrong("encoding", what, "Save the file as UTF-8.")
            return
        self._split(text)

    def _split(self, text: str) -> None:
        ended = False
        for number, line in enumerate(text.splitlines(), 1):
            plain = line.split("~")[0].strip()
            match = _META.match(plain) if not ended else None
            if match and match[1].strip().upper() == "END OF METADATA":
                ended = True
            elif match:
                self.meta[match[1].strip().upper()] = (match[2].strip(), f"line {number}")
            elif plain and ended:
                self._lines.append((number, plain))
        if not ended:
            what = "the line <END OF METADATA> is missing."
            self.wrong("metadata", what, "Is this a TNTP file? Write it before the data.")

    def wrong(self, code: str, what: str, do: str, place: str = "", warning: bool = False) -> None:
        """Tell a fault."""
        self.findings.append(
            Finding(
                f"transport.tntp-{code}",
                what,
                do,
                "warning" if warning else "error",
                str(self.file),
                place,
            )
        )

    def count(self, name: str) -> int:
        """A number of the metadata, 0 if there is none."""
        text, place = self.meta.get(name, ("", ""))
        if not text.isdigit() or int(text) < 1:
            what = f"<{name}> is missing." if not text else f"<{name}> is '{text[:40]}'."
            self.wrong("metadata", what, "Write a whole number above 0.", place)
            return 0
        return int(text)

    def lines(self) -> Iterator[tuple[str, str]]:
        """Place and text of each line of data."""
        for number, line in self._lines:
            yield f"line {number}", line

    def number(self, text: str, name: str, place: str) -> float:
        """A number, NaN if the text is none."""
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            self.wrong("number", f"{name} is '{text[:40]}'.", "Write a number.", place)
            return math.nan
        return value


def read_tntp_network(file: Path) -> LinkNetwork:
    """Read a network.

    Parameters
    ----------
    file
        ``…_net.tntp``.

    Raises
    ------
    InputError
        With all findings.
    """
    source = _File(file)
    rows: list[list[float]] = []
    counts: Mapping[str, int] = {}
    if not source.findings:
        names = ("NUMBER OF ZONES", "NUMBER OF NODES", "FIRST THRU NODE", "NUMBER OF LINKS")
        counts = {name: source.count(name) for name in names}
        for place, line in source.lines():
            row = _link(source, place, line, counts["NUMBER OF NODES"])
            if row is not None:
                rows.append(row)
        told = counts["NUMBER OF LINKS"]
        if told and len(rows) != told and not source.findings:
            what = f"<NUMBER OF LINKS> is {told}, but {len(rows)} links follow."
            source.wrong("links", what, "The file may be cut off: compare it with its source.")
        if counts["NUMBER OF ZONES"] > counts["NUMBER OF NODES"] > 0:
            source.wrong("zones", "there are more zones than nodes.", "Correct the metadata.")
    if source.findings:
        raise InputError(source.findings)
    table = np.array(rows, dtype=np.float64).reshape(-1, len(COLUMNS))
    return LinkNetwork(
        zones=counts["NUMBER OF ZONES"],
        nodes=counts["NUMBER OF NODES"],
        first_through=counts["FIRST THRU NODE"],
        tail=table[:, 0].astype(np.int64) - 1,
        head=table[:, 1].astype(np.int64) - 1,
        capacity=table[:, 2],
        length=table[:, 3],
        free_time=table[:, 4],
        b=table[:, 5],
        power=table[:, 6],
    )


def _link(source: _File, place: str, line: str, nodes: int) -> list[float] | None:
    cells = line.rstrip(";").split()
    if len(cells) < len(COLUMNS):
        what = f"the row has {len(cells)} numbers."
        source.wrong("row", what, f"A link has {', '.join(COLUMNS)}.", place)
        return None
    row = [source.number(cell, name, place) for name, cell in zip(COLUMNS, cells, strict=False)]
    if any(math.isnan(value) for value in row):
        return None
    good = True
    for name, value in zip(COLUMNS[:2], row, strict=False):
        if value != int(value) or not 1 <= value <= max(nodes, 1):
            do = f"Nodes are whole numbers from 1 to {nodes}."
            source.wrong("node", f"{name} is {value:g}.", do, place)
            good = False
    if row[2] <= 0 and row[5] != 0:
        source.wrong("capacity", f"capacity is {row[2]:g}.", "Give one above 0.", place)
        good = False
    for at in (3, 4, 5, 6):
        if row[at] < 0:
            source.wrong("negative", f"{COLUMNS[at]} is {row[at]:g}.", "Give 0 or more.", place)
            good = False
    return row if good else None


def read_tntp_trips(file: Path, zones: int) -> tuple[FloatArray, tuple[Finding, ...]]:
    """Read trips.

    Parameters
    ----------
    file
        ``…_trips.tntp``.
    zones
        Number of zones of the network.

    Returns
    -------
    tuple
        Trips, shape (from zone, to zone), and findings that do not stop the work.

    Raises
    ------
    InputError
        With all findings.
    """
    source = _File(file)
    trips = np.zeros((zones, zones))
    if not source.findings:
        origin = 0
        for place, line in source.lines():
            if line.lower().startswith("origin"):
                origin = _zone(source, line[6:].strip(), zones, place)
                continue
            for part in filter(None, (part.strip() for part in line.split(";"))):
                _trip(source, (origin, part, place), trips)
        _told_total(source, trips)
    if stopping(source.findings):
        raise InputError(source.findings)
    return trips, tuple(source.findings)


def _trip(source: _File, given: tuple[int, str, str], trips: FloatArray) -> None:
    origin, part, place = given
    match = _TRIP.match(part)
    if match is None:
        source.wrong("trips", f"'{part[:40]}' is no trip.", "Write 'zone : trips;'.", place)
        return
    target = _zone(source, match[1], len(trips), place)
    value = source.number(match[2], "trips", place)
    if value < 0:
        source.wrong("negative", f"there are {value:g} trips.", "Give 0 or more.", place)
    elif origin == 0 and not source.findings:
        what = "trips stand before any line 'Origin n'."
        source.wrong("trips", what, "Write whose they are.", place)
    elif origin and target and not math.isnan(value):
        trips[origin - 1, target - 1] += value


def _zone(source: _File, text: str, zones: int, place: str) -> int:
    """A zone from 1 on; 0 if the text is none."""
    if text.isdigit() and 1 <= int(text) <= zones:
        return int(text)
    do = f"Zones are whole numbers from 1 to {zones}."
    source.wrong("zone", f"there is no zone '{text[:40]}'.", do, place)
    return 0


def _told_total(source: _File, trips: FloatArray) -> None:
    if "TOTAL OD FLOW" not in source.meta or stopping(source.findings):
        return
    text, place = source.meta["TOTAL OD FLOW"]
    told = source.number(text, "TOTAL OD FLOW", place)
    total = float(trips.sum())
    if not math.isnan(told) and abs(told - total) > 1e-3 * max(told, total):
        what = f"<TOTAL OD FLOW> is {told:g}, but the trips add up to {total:g}."
        source.wrong("total", what, "The file may be cut off.", place, warning=True)
