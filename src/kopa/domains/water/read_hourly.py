"""Reads hourly series by local clock from CSV: flows of zones, weather, holidays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from kopa.errors import Finding, InputError
from kopa.model import FloatArray

from .demand import HOURS
from .read_flows import Series, read_series


@dataclass(frozen=True)
class Hourly:
    """Series by local day and hour.

    Parameters
    ----------
    first
        First day.
    names
        Of the series.
    values
        NaN where unknown, shape (series, day, 24). An hour that the clock goes through twice has
        the mean of both, one that it leaves out has none.
    end
        Hours from the beginning of the first day to the end of the last value.
    """

    first: date
    names: tuple[str, ...]
    values: FloatArray
    end: int


def read_hourly(file: Path, needed: Sequence[str] = ()) -> tuple[Hourly, tuple[Finding, ...]]:
    """Read series.

    Parameters
    ----------
    file
        As `read_series` takes it, times by the local clock; an offset is left out. Several
        values in an hour count with their mean.
    needed
        Columns that must be there.

    Returns
    -------
    tuple
        The series, and findings that do not stop the work.

    Raises
    ------
    InputError
        With all findings.
    """
    series, findings = read_series(file, 1.0)
    missing = [
        Finding(
            "water.series-column", f"the column '{name}' is missing.", "Add it.", file=str(file)
        )
        for name in needed
        if name not in series.names
    ]
    if missing:
        raise InputError([*findings, *missing])
    return _by_clock(series), findings


def read_holidays(file: Path) -> frozenset[date]:
    """Read days, one a row (YYYY-MM-DD); what follows a comma is not read.

    Raises
    ------
    InputError
        With all findings.
    """
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except OSError:
        found = Finding("water.holidays-missing", "there is no such file.", "Check the path.")
        raise InputError([replace(found, file=str(file))]) from None
    days, findings = set(), []
    for number, line in enumerate(lines, 1):
        text = line.split(",")[0].strip()
        if not text or (number == 1 and text == "date"):
            continue
        try:
            days.add(date.fromisoformat(text))
        except ValueError:
            what, do = f"'{text[:40]}' is no day.", "Write it as 2026-11-18."
            findings.append(
                Finding("water.holidays-day", what, do, file=str(file), place=f"line {number}")
            )
    if findings:
        raise InputError(findings)
    return frozenset(days)


def _by_clock(series: Series) -> Hourly:
    begin = series.times[0].astype("datetime64[D]")
    hour = (series.times - begin).astype("timedelta64[h]").astype(np.int64)
    days = int(hour.max()) // HOURS + 1
    sums, counts = np.zeros((2, len(series.names), days * HOURS))
    for place in range(len(series.names)):
        known = np.isfinite(series.values[:, place])
        np.add.at(sums[place], hour[known], series.values[known, place])
        np.add.at(counts[place], hour[known], 1)
    values = np.full_like(sums, np.nan)
    np.divide(sums, counts, out=values, where=counts > 0)
    some = np.flatnonzero((counts > 0).any(axis=0))
    end = int(some[-1]) + 1 if len(some) else 0
    return Hourly(begin.item(), series.names, values.reshape(len(values), days, HOURS), end)


def day_of(series: Hourly, day: int) -> date:
    """A day of a series by its number."""
    return series.first + timedelta(days=day)
