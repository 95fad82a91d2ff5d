"""Reads sensor readings: a CSV file with a column of times and one of each sensor.

BattLeDIM's files (semicolons between columns, commas in numbers) and plain ones are both read as
they are. Any step of an hour or less will do, regular or not: hours get the mean of their readings.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from kopa.errors import Finding, InputError, Severity, UsageError
from kopa.model import BoolArray, FloatArray
from kopa.units import GALLON, PSI_METRE

from ..network import TANK, Network
from .readings import HOUR, Readings, Table

UNITS: dict[str, dict[str, float]] = {
    "pressure": {"m": 1.0, "bar": 10.1972, "kPa": 0.101972, "psi": PSI_METRE, "ft": 0.3048},
    "flow": {
        "m3/h": 1 / HOUR, "L/s": 1e-3, "m3/s": 1.0, "L/h": 1e-3 / HOUR, "L/min": 1e-3 / 60,
        "gpm": GALLON / 60,
    },
    "level": {"m": 1.0, "ft": 0.3048},
}  # fmt: skip
"""What one unit is in SI."""

_LONGEST_YEARS = 3
_STUCK_H = 24
_PRESSURES = (-20.0, 400.0)  # m; what lies outside no sensor of a supply network measures


@dataclass(frozen=True)
class Source:
    """A file of readings and its unit.

    Parameters
    ----------
    path
        The file; None for none.
    unit
        One of `UNITS` of its kind.
    """

    path: Path | None
    unit: str


@dataclass(frozen=True)
class Columns:
    """A file as it is: local times, names and values, shape (row, column)."""

    path: Path
    times: list[datetime]
    names: tuple[str, ...]
    values: FloatArray


def read_readings(
    network: Network, pressures: Source, flows: Source, levels: Source, meters: Source
) -> tuple[Readings, list[Finding]]:
    """Read all readings and put them on one clock.

    Parameters
    ----------
    network
        The network whose junctions, links and tanks the columns name.
    pressures, flows, levels, meters
        The files.

    Returns
    -------
    tuple
        The readings, and what is wrong in them without stopping the work.

    Raises
    ------
    InputError
        With all findings, if a file cannot be read or nothing of it is left.
    """
    kinds = (
        ("pressure", pressures, {network.node_ids[k] for k in network.junctions.tolist()}),
        ("flow", flows, set(network.link_ids)),
        ("level", levels, {network.node_ids[k] for k in network.tanks.tolist()}),
        ("flow", meters, {network.node_ids[k] for k in network.junctions.tolist()}),
    )
    findings: list[Finding] = []
    files = []
    for kind, source, known in kinds:
        if source.unit not in UNITS[kind]:
            raise UsageError(f"'{source.unit}' is no unit of {kind}: {', '.join(UNITS[kind])}")
        file = None
        if source.path is not None:
            file = _read(source.path, findings)
            file = file and _named(file, known, findings, UNITS[kind][source.unit])
        files.append(file)
    for name, file in (("pressures", files[0]), ("flows", files[1])):
        if file is None and not any(f.severity == "error" for f in findings):
            findings.append(
                _finding("empty", Path(), f"no {name} are left.", "Name sensors of the network.")
            )
    if any(f.severity == "error" for f in findings):
        raise InputError(findings)
    there = [file for file in files if file is not None]
    start = min(file.times[0] for file in there).replace(minute=0, second=0, microsecond=0)
    last = max(file.times[-1] for file in there)
    hours = int((last - start) / timedelta(hours=1) + 1)
    tables = [_hourly(file, start, hours) for file in files]
    _missing_tanks(network, tables[2], findings)
    readings = Readings(start, *tables)
    return _checked(readings, pressures.path or Path(), findings), findings


def read_columns(path: Path) -> Columns:
    """A file of times and numbers as it is.

    Raises
    ------
    InputError
        With all findings.
    """
    findings: list[Finding] = []
    file = _read(path, findings)
    errors = [finding for finding in findings if finding.severity == "error"]
    if file is None or errors:
        raise InputError(findings)
    return file


def _read(path: Path, findings: list[Finding]) -> Columns | None:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        what = f"cannot be read: {error.strerror or error}."
        findings.append(_finding("unreadable", path, what, "Give a file that can be read."))
        return None
    except UnicodeDecodeError:
        findings.append(_finding("unreadable", path, "is no text in UTF-8.", "Save it as CSV."))
        return None
    head = text.partition("\n")[0]
    mark = max(";\t,", key=head.count)
    rows = [row for row in csv.reader(text.splitlines(), delimiter=mark) if any(row)]
    if len(rows) < 2 or len(rows[0]) < 2:
        what = "has no rows of a time and at least one value."
        findings.append(_finding("empty", path, what, "Write a head, then one row a time."))
        return None
    names = tuple(name.strip() for name in rows[0][1:])
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        what = f"has these columns twice: {', '.join(twice)}."
        findings.append(_finding("twice", path, what, "Keep one of each."))
    times: list[datetime] = []
    bad: list[int] = []
    offsets: set[str] = set()
    values = np.full((len(rows) - 1, len(names)), np.nan)
    for number, row in enumerate(rows[1:], 2):
        at = _time(row[0])
        if at is None or len(row) - 1 > len(names):
            bad.append(number)
            at = times[-1] if times else datetime.min
        if at.tzinfo is not None:
            offsets.add(f"{at:%z}")
        times.append(at.replace(tzinfo=None))
        for column, cell in enumerate(row[1 : len(names) + 1]):
            value = _number(cell, mark)
            if value is None:
                bad.append(number)
            else:
                values[number - 2, column] = value
    if bad:
        rest = f" and {len(bad) - 5} more" if len(bad) > 5 else ""
        place = f"rows {', '.join(map(str, bad[:5]))}{rest}"
        what, do = (
            "no time or no number is there.",
            "Write times as 2018-01-31 13:45, or leave gaps empty.",
        )
        findings.append(_finding("cell", path, what, do, place))
        return None
    if offsets:
        what = f"has times with an offset from UTC ({', '.join(sorted(offsets))}): it is left out."
        do = "Make sure that they are the town's local times."
        findings.append(_finding("offset", path, what, do, severity="warning"))
    order = np.argsort(np.array(times, dtype="datetime64[s]"), kind="stable")
    times = [times[k] for k in order.tolist()]
    if (times[-1] - times[0]).days > 366 * _LONGEST_YEARS:
        what = f"spans from {times[0]} to {times[-1]}."
        findings.append(_finding("span", path, what, f"Give at most {_LONGEST_YEARS} years."))
        return None
    return Columns(path, times, names, values[order])


def _time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        return None


def _number(text: str, mark: str) -> float | None:
    text = text.strip()
    if text.lower() in {"", "nan", "na", "null", "-"}:
        return float("nan")
    try:
        value = float(text.replace(",", ".") if mark != "," else text)
    except ValueError:
        return None
    return value if np.isfinite(value) else float("nan")


def _named(file: Columns, known: set[str], findings: list[Finding], unit: float) -> Columns | None:
    """Columns that the network knows, in SI."""
    good = [k for k, name in enumerate(file.names) if name in known]
    wrong = [name for name in file.names if name not in known]
    if wrong:
        what = f"the network has none of these: {', '.join(wrong[:10])}; they are left out."
        severity: Severity = "warning" if good else "error"
        do = "Name columns as the network's file does."
        findings.append(_finding("unknown-sensor", file.path, what, do, severity=severity))
    if not good:
        return None
    names = tuple(file.names[k] for k in good)
    return Columns(file.path, file.times, names, file.values[:, good] * unit)


def _hourly(file: Columns | None, start: datetime, hours: int) -> Table:
    if file is None:
        return Table((), np.zeros((hours, 0)), np.zeros((hours + 1, 0)))
    seconds = np.array([(at - start).total_seconds() for at in file.times])
    hour = (seconds // HOUR).astype(np.int64)
    values = np.full((hours, len(file.names)), np.nan)
    edges = np.full((hours + 1, len(file.names)), np.nan)
    for column in range(len(file.names)):
        good = np.isfinite(file.values[:, column])
        here, what = hour[good], file.values[good, column]
        number = np.bincount(here, minlength=hours)
        total = np.bincount(here, what, hours)
        values[:, column] = np.where(number > 0, total / np.maximum(number, 1), np.nan)
        if good.any():
            at = np.arange(hours + 1) * float(HOUR)
            edges[:, column] = np.interp(at, seconds[good], what)
            nearest = np.searchsorted(seconds[good], at).clip(1, max(good.sum() - 1, 1))
            before = np.abs(seconds[good][nearest - 1] - at)
            after = np.abs(seconds[good][nearest.clip(max=good.sum() - 1)] - at)
            edges[np.minimum(before, after) > HOUR, column] = np.nan
    return Table(file.names, values, edges)


def _missing_tanks(network: Network, levels: Table, findings: list[Finding]) -> None:
    tanks = [network.node_ids[k] for k in np.flatnonzero(network.node_types == TANK).tolist()]
    missing = [name for name in tanks if name not in levels.names]
    if missing:
        what = f"no level is given for {', '.join(missing)}: the model keeps the file's own."
        do = "Give them with --levels: leaks beyond these tanks are not seen by their balance."
        findings.append(_finding("no-level", network.source, what, do, severity="warning"))


def _checked(readings: Readings, path: Path, findings: list[Finding]) -> Readings:
    """Pressures without what no sensor that works would say."""
    table = readings.pressures
    values = table.values.copy()
    low, high = _PRESSURES
    for column, name in enumerate(table.names):
        own = values[:, column]
        wild = (own < low) | (own > high)
        stuck = _stuck(own)
        for what, which in (
            (f"{name} is outside {low:g} to {high:g} m", wild),
            (f"{name} has not moved for a day or more", stuck),
        ):
            if which.any():
                text = f"{what}, for {int(which.sum())} h; these hours are left out."
                findings.append(
                    _finding("sensor", path, text, "Look at the sensor.", severity="warning")
                )
        values[wild | stuck, column] = np.nan
        if not np.isfinite(values[:, column]).any():
            text = f"{name} says nothing at all: it is left out."
            findings.append(
                _finding("dead-sensor", path, text, "Look at the sensor.", severity="warning")
            )
    pressures = Table(table.names, values)
    return Readings(readings.start, pressures, readings.flows, readings.levels, readings.meters)


def _stuck(values: FloatArray) -> BoolArray:
    """Hours of one and the same value from when it has been that for `_STUCK_H`.

    At the time nobody could know it sooner.
    """
    same = np.append(False, np.diff(values) == 0)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], same.astype(int), [0]])))
    stuck = np.zeros(len(values), dtype=bool)
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        stuck[first - 1 + _STUCK_H : last] = True
    return stuck


def _finding(
    code: str, path: Path, what: str, do: str, place: str = "", severity: Severity = "error"
) -> Finding:
    file = "" if path == Path() else str(path)
    return Finding(f"water.readings-{code}", what, do, severity, file, place)
