"""Moments, days and ISO 8601 durations, in µs since 1970 UTC."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from kopa.errors import RangeError
from kopa.model import IntArray

SECOND = 1_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR
MOST_BUCKETS = 1_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

MOMENT = (
    r"^([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:T([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9]|60)(?:[.,]([0-9]{1,6})[0-9]*)?"
    r"(?:Z|([+-])(0[0-9]|1[0-5]):?([0-5][0-9])))?$"
)
"""Regular expression of a date, or a date-time with its zone; PostgreSQL reads it as well."""
_MOMENT = re.compile(MOMENT)
_DURATION = re.compile(
    r"^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?"
    r"(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$"
)


def parse_moment(text: str) -> int | None:
    """Moment of an ISO 8601 date (its midnight, UTC) or date-time with zone; None if none."""
    match = _MOMENT.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    try:
        moment = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except ValueError:
        return None
    at = (moment - EPOCH) // timedelta(microseconds=1) + (second - min(second, 59)) * SECOND
    at += int((match[7] or "").ljust(6, "0"))
    if match[8]:
        offset = int(match[9]) * HOUR + int(match[10]) * 60 * SECOND
        at += offset if match[8] == "-" else -offset
    return at


def day_of(at: int) -> int:
    """Day since 1970 that a moment lies in."""
    return at // DAY


def day_name(day: int) -> str:
    """``2026-11-22`` of a day since 1970."""
    return (EPOCH + timedelta(days=day)).date().isoformat()


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time: months that the calendar measures, and µs."""

    months: int
    us: int

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Read an ISO 8601 duration such as ``PT1H``, ``P1D`` or ``P1M``.

        Raises
        ------
        RangeError
            If the text is none, or mixes months with shorter parts.
        """
        match = _DURATION.match(text)
        if match is None or text.endswith(("P", "T")):
            raise RangeError(f"'{text}' is no ISO 8601 duration such as PT1H, P1D or P1M")
        years, months, weeks, days, hours, minutes = (int(p or 0) for p in match.groups()[:6])
        seconds = round(float(match[7] or 0) * SECOND)
        us = (weeks * 7 + days) * DAY + hours * HOUR + minutes * 60 * SECOND + seconds
        duration = cls(years * 12 + months, us)
        if duration.months and duration.us:
            raise RangeError(f"'{text}' mixes months with shorter parts: use one of them")
        return duration


def bucket_edges(begin: int, end: int, duration: Duration) -> IntArray:
    """Edges of the buckets that cover [begin, end), the first at `begin`, shape (bucket + 1,).

    A duration of zero is one bucket. The last edge is `end`. A month later is the same day of
    the next month, or its last day.

    Raises
    ------
    RangeError
        If the window is empty, or has more than a million buckets.
    """
    if end <= begin:
        raise RangeError("the window of an aggregate must end after it begins")
    if duration.us:
        if (end - begin) // duration.us > MOST_BUCKETS:
            raise RangeError(f"that is more than {MOST_BUCKETS} buckets: use a longer duration")
        edges = np.arange(begin, end, duration.us, dtype=np.int64)
    elif duration.months:
        starts: list[int] = []
        while not starts or starts[-1] < end:
            starts.append(_months_later(begin, duration.months * len(starts)))
        edges = np.array(starts[:-1] if starts[-1] >= end else starts, dtype=np.int64)
    else:
        edges = np.array([begin], dtype=np.int64)
    return np.append(edges, end)


def _months_later(at: int, months: int) -> int:
    start = EPOCH + timedelta(microseconds=at)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if year > 9999:
        return 1 << 62
    for day in range(start.day, 27, -1):
        try:
            moved = start.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
        return (moved - EPOCH) // timedelta(microseconds=1)
    moved = start.replace(year=year, month=month + 1)
    return (moved - EPOCH) // timedelta(microseconds=1)
