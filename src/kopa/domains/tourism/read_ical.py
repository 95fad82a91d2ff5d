"""Reads events of a calendar (iCal), and tells all that is wrong with them.

References
----------
RFC 5545: VEVENT with UID, DTSTART, DTEND or DURATION, SUMMARY, LOCATION, GEO. How many come is in
``X-KOPA-VISITORS``, for the standard has no word for it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from kopa.errors import Finding, InputError, Severity, stopping

Found = tuple[Finding, ...]


@dataclass(frozen=True)
class Happening:
    """An event.

    Parameters
    ----------
    id, name
        What it is.
    start, end
        Local time of the city.
    place
        Where, in words.
    lonlat
        Where, degrees; None where the file has no coordinates.
    visitors
        How many come; NaN where unknown.
    """

    id: str
    name: str
    start: datetime
    end: datetime
    place: str
    lonlat: tuple[float, float] | None
    visitors: float


def read_ical(file: Path, zone: str) -> tuple[list[Happening], Found]:
    """Read events.

    Parameters
    ----------
    file
        ``.ics``.
    zone
        Time zone of the city.

    Raises
    ------
    InputError
        With all that is wrong.
    """
    import icalendar

    findings: list[Finding] = []

    def tell(code: str, place: str, what: str, do: str, severity: Severity = "error") -> None:
        findings.append(Finding(f"tourism.{code}", what, do, severity, str(file), place))

    try:
        whole = icalendar.Calendar.from_ical(file.read_bytes())
    except OSError as error:
        tell("no-file", "", f"it cannot be read: {error.strerror}.", "Check the path.")
        raise InputError(findings) from None
    except (ValueError, IndexError, KeyError, TypeError) as error:
        tell("ical", "", f"it is no calendar: {str(error)[:80]}.", "Write it as RFC 5545 says.")
        raise InputError(findings) from None
    found, seen = [], set()
    for number, one in enumerate(whole.walk("VEVENT"), 1):
        name = str(one.get("UID", ""))
        place = f"event {number} ({name})"
        if not name:
            tell("missing", place, "it has no UID.", "Give it one.")
            continue
        if str(one.get("STATUS", "")) == "CANCELLED":
            tell("cancelled", place, "it is cancelled: it is left out.", "Nothing.", "info")
            continue
        if one.get("RRULE") is not None:
            what, do = "it recurs: only its first time is read.", "Write an event for each time."
            tell("recurs", place, what, do, "warning")
        if name in seen:
            tell("duplicate", place, "its UID stands there twice.", "Give each an own UID.")
        seen.add(name)
        times = _span(one, zone)
        if times is None:
            what = "DTSTART and DTEND are no moments, or not in order."
            tell("when", place, what, "Write both.")
            continue
        found.append(
            Happening(
                name, str(one.get("SUMMARY", "")), *times, str(one.get("LOCATION", "")),
                _geo(one), _visitors(one),
            )
        )  # fmt: skip
    if not found and not findings:
        tell("empty", "", "there is no event.", "Add one, or leave the file out.", "warning")
    if stopping(findings):
        raise InputError(findings)
    return found, tuple(findings)


def _span(event: Any, zone: str) -> tuple[datetime, datetime] | None:
    try:
        start, end = event.get("DTSTART"), event.get("DTEND")
        first = _local(start.dt, zone)
        if end is not None:
            last = _local(end.dt, zone)
        elif event.get("DURATION") is not None:
            last = first + event.get("DURATION").dt
        else:
            # RFC 5545, 3.6.1: a day where the start is a day
            last = first + timedelta(days=0 if isinstance(start.dt, datetime) else 1)
    except (AttributeError, TypeError, ValueError):
        return None
    return (first, last) if first < last else None


def _local(given: date | datetime, zone: str) -> datetime:
    if not isinstance(given, datetime):
        return datetime.combine(given, time())
    if given.tzinfo is not None:
        given = given.astimezone(ZoneInfo(zone))
    return given.replace(tzinfo=None)


def _geo(event: Any) -> tuple[float, float] | None:
    given = event.get("GEO")
    try:
        return float(given.longitude), float(given.latitude)
    except (AttributeError, TypeError, ValueError):
        return None


def _visitors(event: Any) -> float:
    try:
        found = float(str(event.get("X-KOPA-VISITORS", "nan")))
    except ValueError:
        return math.nan
    return found if 0 <= found < 1e7 else math.nan
