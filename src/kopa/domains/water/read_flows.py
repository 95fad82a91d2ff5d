"""Reads series of zones: time, and a column for each zone."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kopa.errors import Finding
from kopa.model import FloatArray

from .read_rows import Rows

TIMES = ("time", "timestamp", "datetime")
_BLANK = ("nan", "null", "none", "-")


@dataclass(frozen=True)
class Series:
    """Readings of zones.

    Parameters
    ----------
    names
        The zones.
    times
        Moments of the local clock, ``datetime64[s]``, in order, shape (reading,).
    values
        SI, NaN where missing, shape (reading, zone).
    """

    names: tuple[str, ...]
    times: np.ndarray
    values: FloatArray


def read_series(
    file: Path, factor: float, timezone: datetime.tzinfo | None = None
) -> tuple[Series, tuple[Finding, ...]]:
    """Read a series.

    Parameters
    ----------
    file
        CSV: a column ``time`` and one a zone; an empty cell, ``nan``, ``null`` or ``-`` is a
        missing reading.
    factor
        What one unit of the file is in SI.
    timezone
        Times with an offset from UTC are told on its clock; None takes them as they are written.

    Returns
    -------
    tuple
        The readings, and findings that do not stop the work.

    Raises
    ------
    InputError
        With all findings.
    """
    rows = Rows(file, "series")
    clock = next((name for name in TIMES if name in rows.heads), "")
    names = [head for head in rows.heads if head and head != clock]
    if rows.rows and not clock:
        rows.note("column", "the column 'time' is missing.", "Name it in the first line.", "line 1")
    if rows.rows and not names:
        rows.note("column", "no zone has a column.", "Add one for each zone.", "line 1")
    rows.check()
    times, values = [], []
    for row in rows.rows:
        moment = _moment(row.first(clock), timezone)
        if moment is None:
            what = f"'{row.first(clock)[:40]}' is no time."
            rows.note("time", what, "Write YYYY-MM-DDTHH:MM.", row.place)
            continue
        times.append(np.datetime64(moment.replace(tzinfo=None), "s"))
        values.append([_reading(rows, row.first(name), name, row.place) for name in names])
    rows.check()
    moments = np.array(times, dtype="datetime64[s]")
    order = np.argsort(moments, kind="stable")
    moments = moments[order]
    twice = int((np.diff(moments).astype(int) == 0).sum())
    if twice:
        what = f"{twice} times are there twice; both of their readings count."
        do = "See whether that is the hour that comes twice in autumn."
        rows.note("twice", what, do, severity="warning")
    table = np.array(values, dtype=np.float64).reshape(-1, len(names))[order] * factor
    series = Series(tuple(rows.heads[name] for name in names), moments, table)
    return series, tuple(rows.findings)


def _moment(text: str, timezone: datetime.tzinfo | None) -> datetime.datetime | None:
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(timezone) if moment.tzinfo and timezone else moment


def _reading(rows: Rows, text: str, name: str, place: str) -> float:
    if not text or text.lower() in _BLANK:
        return math.nan
    try:
        value = float(text)
    except ValueError:
        value = math.inf
    if not math.isfinite(value):
        what = f"{name} is '{text[:40]}'."
        rows.note("number", what, "Write a number, or leave it empty.", place)
    return value
