"""Heat, cold and bad air: levels, spells, and the people at risk."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from kopa.model import FloatArray

from .capability import table

VALID = 0.75
"""Share of the hours of a mean that must be known (WHO 2021 and Directive 2008/50/EC, annex XI)."""
OLD, CHILD = 65, 14
"""Years: from which on, and up to which people are at risk (WHO 2021, Health and heat; for the
young by air alone)."""
_UNDER = re.compile(r"^\s*(?:<|under|below)\s*(\d+)\D*$", re.IGNORECASE)
_BAND = re.compile(r"^\D*(\d+)\s*(?:[-–]\s*(\d+)|\+|-)?\D*$")


@dataclass(frozen=True)
class Level:
    """A row of ``levels.csv``.

    Parameters
    ----------
    hazard, quantity
        ``heat`` by ``utci``.
    hours
        Of the mean that is held against it.
    low, high
        It holds from `low` to below `high`.
    severity
        1 to 3.
    name, source
        What it is called, and where it is from.
    """

    hazard: str
    quantity: str
    hours: int
    low: float
    high: float
    severity: int
    name: str
    source: str


@cache
def levels() -> tuple[Level, ...]:
    """All levels of the table."""
    found: list[Level] = []
    source = ""
    for row in table("levels.csv"):
        source = row["source"] if row["source"] != "same" else source
        found.append(
            Level(
                row["hazard"], row["quantity"], int(row["hours"]),
                float(row["from"] or "-inf"), float(row["to"] or "inf"), int(row["severity"]),
                row["level"], source,
            )
        )  # fmt: skip
    return tuple(found)


@dataclass(frozen=True)
class Spell:
    """Hours on end at one level.

    Parameters
    ----------
    level
        The level.
    first, last
        Steps, both within.
    peak
        The value that is farthest from what is harmless.
    """

    level: Level
    first: int
    last: int
    peak: float


def running_mean(values: FloatArray, hours: int) -> FloatArray:
    """Mean of the hours up to each, NaN where too few are known, shape (step,)."""
    if hours == 1:
        return values
    known = np.isfinite(values)
    sums = np.cumsum(np.insert(np.where(known, values, 0.0), 0, 0.0))
    counts = np.cumsum(np.insert(known.astype(np.int64), 0, 0))
    low = np.maximum(np.arange(len(values)) + 1 - hours, 0)
    high = np.arange(len(values)) + 1
    count = counts[high] - counts[low]
    total = sums[high] - sums[low]
    few = count < math.ceil(VALID * hours)
    return np.where(few, np.nan, total / np.maximum(count, 1))


def spells(series: Mapping[str, FloatArray]) -> list[Spell]:
    """Spells of all levels, in order of time.

    Parameters
    ----------
    series
        By quantity, hourly, NaN where unknown, shape (step,).
    """
    found = []
    for level in levels():
        if level.quantity not in series:
            continue
        mean = running_mean(series[level.quantity], level.hours)
        cold = level.hazard == "cold"
        here = (mean >= level.low) & (mean < level.high)
        edges = np.flatnonzero(np.diff(np.concatenate([[False], here, [False]]).astype(np.int8)))
        for first, after in edges.reshape(-1, 2).tolist():
            part = mean[first:after]
            peak = float(part.min() if cold else part.max())
            found.append(Spell(level, first, after - 1, peak))
    return sorted(found, key=lambda one: (one.first, -one.level.severity))


def unjudged(series: Mapping[str, FloatArray]) -> dict[tuple[str, int], int]:
    """Hours whose mean is unknown where there are any, by quantity and hours of the mean.

    Parameters
    ----------
    series
        As for `spells`.
    """
    found = {}
    for level in levels():
        if level.quantity in series:
            mean = running_mean(series[level.quantity], level.hours)
            found[level.quantity, level.hours] = int(np.isnan(mean).sum())
    return {key: count for key, count in found.items() if count}


def _ages(band: str) -> tuple[float, float] | None:
    """First and last year of an age band: ``0-14``, ``65+``, ``<65``."""
    if (match := _UNDER.match(band)) is not None:
        return 0.0, float(match[1]) - 1
    if (match := _BAND.match(band)) is None:
        return None
    return float(match[1]), float(match[2]) if match[2] else math.inf


def at_risk(hazard: str, groups: Mapping[str, float]) -> float:
    """People whose age puts them at risk; NaN where no band is known, or one lies across the age.

    Parameters
    ----------
    hazard
        ``heat``, ``cold`` or ``air``.
    groups
        People by age band: ``65+``, ``0-14``.
    """
    found, known = 0.0, False
    for name, people in groups.items():
        ages = _ages(name)
        if ages is None:
            continue
        known = True
        low, high = ages
        young = hazard == "air"
        if low >= OLD or (young and high <= CHILD):
            found += people
        elif people > 0 and (high >= OLD or (young and low <= CHILD)):
            return math.nan
    return found if known else math.nan
