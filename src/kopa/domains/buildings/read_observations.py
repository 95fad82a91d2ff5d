"""Reads observations as ``kopa export`` writes them: a row a value, from any number of sensors.

Sensors speak when they like. What they said becomes series of a minute each: the mean of what came
in a minute, held until the next value, but no longer than `HELD_MIN` minutes.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, tzinfo

import numpy as np

from kopa.model import FloatArray

COLUMNS = ("observed_at", "entity", "attribute", "value")
HELD_MIN = 15
"""A sensor that is silent for longer says nothing of now."""
MOST_MINUTES = 3 * 366 * 24 * 60
"""Longer series are read in parts."""
Tell = Callable[[str, str, str, str], None]
"""Takes code, what is wrong, what to do, and place."""


def pivot(
    text: str, zone: tzinfo | None, wanted: Sequence[Sequence[str]], tell: Tell
) -> tuple[np.ndarray[tuple[int], np.dtype[np.datetime64]], list[FloatArray | None]]:
    """Series of a minute each.

    Parameters
    ----------
    text
        The CSV.
    zone
        Time zone of the local clock; None leaves clocks as they are written.
    wanted
        For each series its names: ``entity attribute``, or an attribute that one entity has.
    tell
        Takes what is wrong.

    Returns
    -------
    tuple
        Local clock of the minutes, and values as written, NaN where unknown, shape (time,); None
        for a series that is not there.
    """
    values, counts = _sums(text, zone, tell)
    minutes = sorted({minute for series in values.values() for minute in series})
    if not minutes:
        tell("empty", "it has no values.", "Export some hours of values.", "")
        return np.zeros(0, dtype="datetime64[s]"), []
    many = minutes[-1] - minutes[0] + 1
    if many > MOST_MINUTES:
        tell("long", f"it spans {many / 1440:.0f} days.", "Export at most three years.", "")
        return np.zeros(0, dtype="datetime64[s]"), []
    times = (np.arange(minutes[0], minutes[-1] + 1) * 60).astype("datetime64[s]")
    found: list[FloatArray | None] = []
    for names in wanted:
        key = _key(names, list(values))
        if key is None:
            found.append(None)
            continue
        series = np.full(many, np.nan)
        for minute, total in values[key].items():
            series[minute - minutes[0]] = total / counts[key][minute]
        found.append(_held(series))
    return times, found


Key = tuple[str, str]


def _sums(
    text: str, zone: tzinfo | None, tell: Tell
) -> tuple[dict[Key, dict[int, float]], dict[Key, dict[int, int]]]:
    """Sum and number of the values of each minute, by entity and attribute."""
    values: dict[Key, dict[int, float]] = {}
    counts: dict[Key, dict[int, int]] = {}
    reader = csv.DictReader(text.splitlines())
    for row in reader:
        place = f"line {reader.line_num}"
        if (row.get("quality") or "good") != "good":
            continue
        minute, value = _minute(row, zone, place, tell), _value(row, place, tell)
        if minute is None or value is None:
            continue
        key = (row["entity"] or "", row["attribute"] or "")
        values.setdefault(key, {}).setdefault(minute, 0.0)
        values[key][minute] += value
        counts.setdefault(key, {}).setdefault(minute, 0)
        counts[key][minute] += 1
    return values, counts


def _minute(
    row: Mapping[str, str | None], zone: tzinfo | None, place: str, tell: Tell
) -> int | None:
    """Minute of the local clock, counted from 1970."""
    written = row["observed_at"] or ""
    try:
        time = local(datetime.fromisoformat(written), zone)
    except ValueError:
        tell("time", f"'{written[:40]}' is no time.", "Write ISO 8601.", place)
        return None
    return int((time - datetime(1970, 1, 1)).total_seconds() // 60)


def _value(row: Mapping[str, str | None], place: str, tell: Tell) -> float | None:
    written = (row["value"] or "").strip()
    if not written:
        return None  # a text, or nothing
    words = {"true": 1.0, "false": 0.0}
    try:
        value = words[written] if written in words else float(written)
    except ValueError:
        tell("number", f"'{written[:40]}' is no number.", "Export numbers.", place)
        return None
    return value if math.isfinite(value) else None


def local(time: datetime, zone: tzinfo | None) -> datetime:
    """A time by the local clock, without its offset."""
    if zone is not None and time.tzinfo is not None:
        time = time.astimezone(zone)
    return time.replace(tzinfo=None)


def _key(names: Sequence[str], keys: Sequence[Key]) -> Key | None:
    """The series that a name means; an attribute alone means one that only one entity has."""
    for name in names:
        whole = [key for key in keys if f"{key[0]} {key[1]}" == name]
        alone = [key for key in keys if key[1] == name]
        if whole or len(alone) == 1:
            return (whole or alone)[0]
    return None


def _held(series: FloatArray) -> FloatArray:
    """Each value until the next, but no longer than `HELD_MIN`."""
    rows = np.arange(len(series))
    last = np.maximum.accumulate(np.where(np.isfinite(series), rows, -1))
    held = np.where(last >= 0, series[np.maximum(last, 0)], np.nan)
    return np.where(rows - last <= HELD_MIN, held, np.nan)
