"""Reads hourly values of stations, and overflows of reaches, from CSV."""

from __future__ import annotations

import csv
import datetime
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kopa.errors import Finding, InputError
from kopa.model import FloatArray

QUANTITIES = (
    "pm25", "pm10", "no2", "o3", "so2", "lden", "lnight", "laeq",
    "temperature", "humidity", "rain", "wind",
)  # fmt: skip
SIGNED = ("temperature",)
MOST_HOURS = 20 * 8784


@dataclass(frozen=True)
class Series:
    """Hourly values of one station.

    Parameters
    ----------
    station
        Its id.
    start
        The first hour.
    values
        By quantity, NaN where nothing was measured, shape (hour,).
    """

    station: str
    start: datetime.datetime
    values: dict[str, FloatArray]


class _File:
    """A CSV file and what is wrong with it."""

    def __init__(self, file: Path, area: str) -> None:
        self.file, self._area = file, area
        self.findings: list[Finding] = []

    def wrong(self, code: str, what: str, do: str, place: str = "") -> None:
        name = f"environment.{self._area}-{code}"
        self.findings.append(Finding(name, what, do, file=str(self.file), place=place))

    def text(self) -> str:
        try:
            return self.file.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            self.wrong("encoding", f"byte {error.start} is not UTF-8.", "Save it as UTF-8.")
        except OSError as error:
            self.wrong("missing", f"it cannot be read: {error.strerror}.", "Check the path.")
        raise InputError(self.findings)

    def number(self, text: str | None, name: str, place: str, signed: bool = False) -> float:
        """A number; NaN where the cell is empty, or is wrong and told so."""
        if text is None or not text.strip():
            return math.nan
        try:
            value = float(text)
        except ValueError:
            value = math.inf
        if math.isinf(value) or math.isnan(value) or (value < 0 and not signed):
            do = "Write a number, 0 or more; leave it empty where nothing was measured."
            self.wrong("number", f"{name} is {text[:40]!r}.", do, place)
            return math.nan
        return value


def read_stations(file: Path) -> list[Series]:
    """Read hourly values.

    Parameters
    ----------
    file
        CSV with the columns ``time`` (ISO 8601, the hour's beginning), ``station`` and
        quantities: ``pm25``, ``no2``, …, in the units of the thresholds. Hours may be missing.

    Raises
    ------
    InputError
        With all findings.
    """
    source = _File(file, "stations")
    reader = csv.DictReader(source.text().splitlines(), restkey="")
    heads = reader.fieldnames or []
    lost = [name for name in ("time", "station") if name not in heads]
    strange = [name for name in heads if name not in (*QUANTITIES, "time", "station")]
    if lost or strange or len(heads) < 3:
        what = f"columns missing: {', '.join(lost) or 'none'}; "
        what += f"unknown: {', '.join(strange) or 'none'}."
        source.wrong("column", what, f"Known are time, station, {', '.join(QUANTITIES)}.", "line 1")
        raise InputError(source.findings)
    rows: dict[str, dict[datetime.datetime, dict[str, float]]] = {}
    for row in reader:
        place = f"line {reader.line_num}"
        when = _hour(source, row["time"], place)
        values = {
            name: source.number(row[name], name, place, name in SIGNED)
            for name in heads
            if name in QUANTITIES
        }
        if row.get("") or not row["station"]:
            source.wrong("row", "it has no station, or too many cells.", "Correct it.", place)
        elif (
            when is not None
            and rows.setdefault(row["station"], {}).setdefault(when, values) is not values
        ):
            source.wrong("twice", f"{when.isoformat()} stands twice.", "Leave one.", place)
    if not rows and not source.findings:
        source.wrong("empty", "it has no row.", "Add hourly values.")
    found = [_filled(source, station, hours) for station, hours in rows.items()]
    if source.findings:
        raise InputError(source.findings)
    return found


def _hour(source: _File, text: str | None, place: str) -> datetime.datetime | None:
    try:
        when = datetime.datetime.fromisoformat(text or "")
    except ValueError:
        source.wrong("time", f"{(text or '')[:40]!r} is no time.", "Write 2026-07-01T08:00.", place)
        return None
    if when.minute or when.second or when.microsecond:
        do = "Give one row an hour, at its beginning."
        source.wrong("time", f"{text} is no full hour.", do, place)
        return None
    return (
        when.replace(tzinfo=None)
        if when.tzinfo is None
        else when.astimezone(datetime.UTC).replace(tzinfo=None)
    )


def _filled(
    source: _File, station: str, hours: dict[datetime.datetime, dict[str, float]]
) -> Series:
    first, last = min(hours), max(hours)
    many = int((last - first).total_seconds() // 3600) + 1
    if many > MOST_HOURS:
        what = f"{station} spans {many} hours."
        source.wrong("time", what, f"Give at most {MOST_HOURS}.")
        return Series(station, first, {})
    names = next(iter(hours.values()))
    values = {name: np.full(many, np.nan) for name in names}
    for when, row in hours.items():
        at = int((when - first).total_seconds() // 3600)
        for name, value in row.items():
            values[name][at] = value
    known = {name: series for name, series in values.items() if np.isfinite(series).any()}
    return Series(station, first, known)


def read_overflows(file: Path, reaches: Sequence[str], steps: int, step: int) -> FloatArray:
    """Read overflows.

    Parameters
    ----------
    file
        CSV with the column ``time`` (HH:MM from the window's begin on) and one column a reach,
        L/s; a row holds until the next, the last for one step.
    reaches
        Ids of the reaches.
    steps, step
        Number and length of the window's steps, s.

    Returns
    -------
    FloatArray
        L/s, mean of each step, shape (step, reach).

    Raises
    ------
    InputError
        With all findings.
    """
    from kopa.errors import UsageError
    from kopa.model.window import seconds

    source = _File(file, "overflow")
    reader = csv.DictReader(source.text().splitlines(), restkey="")
    heads = reader.fieldnames or []
    strange = [name for name in heads if name not in (*reaches, "time")]
    if strange or "time" not in heads or len(heads) < 2:
        what = f"unknown columns: {', '.join(strange) or 'none'}; 'time' must be there."
        source.wrong("column", what, f"Known are time, {', '.join(reaches)}.", "line 1")
        raise InputError(source.findings)
    times: list[int] = []
    rows: list[list[float]] = []
    for row in reader:
        place = f"line {reader.line_num}"
        try:
            at = seconds(row["time"] or "")
        except UsageError as error:
            source.wrong("time", f"{error}.", "Write HH:MM.", place)
            continue
        if at >= steps * step:
            what = "it lies past the end of the window."
            source.wrong("time", what, "Count from the window's begin, or ask for more.", place)
        if times and at <= times[-1]:
            source.wrong("time", "it is not after the row before.", "Let times rise.", place)
        times.append(at)
        values = [source.number(row.get(name), name, place) for name in heads if name != "time"]
        if any(math.isnan(value) for value in values):
            source.wrong("number", "an overflow is missing.", "Write 0 where there is none.", place)
        rows.append(values)
    if not rows and not source.findings:
        source.wrong("empty", "it has no row.", "Add overflows.")
    if source.findings:
        raise InputError(source.findings)
    flow = np.zeros((steps, len(reaches)))
    columns = [reaches.index(name) for name in heads if name != "time"]
    ends = [*times[1:], times[-1] + step]
    starts = np.arange(steps, dtype=np.float64) * step
    for begin, end, values in zip(times, ends, rows, strict=True):
        low, high = np.maximum(starts, begin), np.minimum(starts + step, end)
        cover = np.clip((high - low) / step, 0.0, 1.0)
        flow[:, columns] += cover[:, None] * np.array(values)
    return flow
