"""Public holidays by rule: ``holidays.csv``."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from .capability import table

SATURDAY = 5


def countries() -> tuple[str, ...]:
    """Countries that the table has."""
    return tuple(sorted({row["country"] for row in table("holidays.csv")}))


@cache
def holidays(year: int, country: str) -> frozenset[date]:
    """Days of a year that are free, and those in lieu.

    Parameters
    ----------
    year
        1583 or later.
    country
        ISO 3166 code.
    """
    found = set()
    for row in table("holidays.csv"):
        if row["country"] != country:
            continue
        day = _day(row["rule"], year)
        found.add(day)
        if row["moves"] == "monday" and day.weekday() >= SATURDAY:
            found.add(day + timedelta(days=7 - day.weekday()))
    return frozenset(found)


def _day(rule: str, year: int) -> date:
    if rule.startswith("easter"):
        return easter(year) + timedelta(days=int(rule.removeprefix("easter")))
    if rule.startswith("sunday"):
        _, count, month = rule.split("-")
        first = date(year, int(month), 1)
        return first + timedelta(days=(6 - first.weekday()) % 7 + 7 * (int(count) - 1))
    return date(year, int(rule[:2]), int(rule[3:]))


def easter(year: int) -> date:
    """Easter Sunday (Meeus, Astronomical Algorithms, ch. 8: Gregorian calendar)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (b - (b + 8) // 25 + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    el = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * el) // 451
    month, day = divmod(h + el - 7 * m + 114, 31)
    return date(year, month, day + 1)
