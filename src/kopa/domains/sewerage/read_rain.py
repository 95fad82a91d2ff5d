"""Reads rain for the jobs on files: one series, or the members of an ensemble forecast.

CSV with a head: ``time,mm/h`` or ``member,time,mm/h``. Times are ``HH:MM`` from the beginning of
the run, equally far apart, and a value holds until the next.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from kopa.errors import Finding, InputError

from .edits import Series

_TIME = re.compile(r"^(\d{1,3}):([0-5]\d)$")
_RATE = re.compile(r"^(\d+(?:\.\d+)?)\s*(?:mm/h)?$")
_MOST = 1000.0  # mm/h
_HOURS = 3600


def read_rain(text: str, begin: int, end: int) -> list[tuple[Series, int]]:
    """Rain of each member, mm/h from some second on, and the time between values, s.

    Parameters
    ----------
    text
        A file, or a rate such as ``12mm/h`` that falls all the time.
    begin, end
        The run, s since midnight of its first day.

    Raises
    ------
    InputError
        With all that is wrong in the file.
    """
    rate = _RATE.match(text)
    if rate:
        return [([(at, float(rate[1])) for at in range(begin, end, 300)], 300)]
    path = Path(text)

    def wrong(code: str, what: str, do: str, place: str = "") -> Finding:
        return Finding(f"sewerage.rain-{code}", what, do, file=text, place=place)

    form = "Write CSV with the head time,mm/h or member,time,mm/h."
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        do = f"Give a rate such as 12mm/h, or a file. {form}"
        raise InputError([wrong("unreadable", "the file cannot be read.", do)]) from None
    table = csv.reader(lines)
    head = [name.strip() for name in next(table, [])]
    if head not in (["time", "mm/h"], ["member", "time", "mm/h"]):
        raise InputError([wrong("head", f"the head is '{','.join(head)}'.", form, "line 1")])
    members: dict[str, list[tuple[int, float]]] = {}
    found: list[Finding] = []
    for number, row in enumerate(table, 2):
        if not row:
            continue
        place = f"line {number}"
        if len(row) != len(head):
            found.append(wrong("row", f"it has {len(row)} columns.", form, place))
            continue
        time, value = _TIME.match(row[-2].strip()), _value(row[-1])
        if time is None:
            found.append(wrong("time", f"'{row[-2]}' is no time.", "Write HH:MM.", place))
        if value is None:
            what = f"'{row[-1]}' is no rain from 0 to {_MOST:g} mm/h."
            found.append(wrong("value", what, "Write a number.", place))
        if time is not None and value is not None:
            at = begin + int(time[1]) * _HOURS + int(time[2]) * 60
            members.setdefault(row[0] if len(head) == 3 else "", []).append((at, value))
    for name, series in members.items():
        if not _even(series):
            what = f"times of member '{name}' do not rise by equal steps."
            found.append(wrong("steps", what, "Write a row for each step, also without rain."))
    if not members and not found:
        found.append(wrong("empty", "the file has no rows.", form))
    if found:
        raise InputError(found)
    return [(series, _step(series)) for series in members.values()]


def _value(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value <= _MOST else None


def _step(series: Sequence[tuple[int, float]]) -> int:
    return series[1][0] - series[0][0] if len(series) > 1 else _HOURS


def _even(series: Sequence[tuple[int, float]]) -> bool:
    step = _step(series)
    return step > 0 and all(b[0] - a[0] == step for a, b in pairwise(series))
