"""``kopa health forecast``: emergency arrivals with a range, and the staff that they need."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from kopa import console
from kopa.domain.rows import Rows
from kopa.errors import Finding, InputError
from kopa.model import FloatArray

from .arrivals import LEAST_DAYS, Expected, Tried, calendar, forecast
from .capability import PACKAGE
from .cli_common import failed, times_of, whole, within
from .erlang import staff
from .holidays import countries, holidays

HOUR, DAY = 3600, 86_400
MOST_GAPS = 0.05
"""Share of the past that may be missing."""


@dataclass(frozen=True)
class Past:
    """Arrivals by hour or day.

    Parameters
    ----------
    first
        First whole day.
    per_day
        Steps a day: 24 or 1.
    values
        NaN where missing, whole days, shape (step,).
    """

    first: date
    per_day: int
    values: FloatArray


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("forecast", help="emergency arrivals with a range, and their staff")
    job.add_argument("past", type=Path, metavar="ARRIVALS.csv", help="time,arrivals; hours or days")
    job.add_argument("--days", type=whole(1, 28), default=7, help="how far, 1 to 28 (7)")
    job.add_argument(
        "--country", choices=countries(), default="LV", help="whose public holidays (LV)"
    )
    job.add_argument(
        "--minutes", type=within(0.1, 1440), metavar="MIN",
        help="mean time that one arrival takes a member of staff; without it no staff is told",
    )  # fmt: skip
    job.add_argument("--within", type=within(0, 1440), default=10.0, help="longest wait, min (10)")
    job.add_argument(
        "--share", type=within(0, 0.9999), default=0.9, help="of arrivals that wait no longer (0.9)"
    )
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Answer the job; gives the exit code."""
    try:
        past, findings = read_past(arguments.past)
    except InputError as error:
        return failed(arguments, error.findings)
    days = len(past.values) // past.per_day
    years = range(past.first.year, (past.first + timedelta(days + arguments.days)).year + 1)
    free = set().union(*(holidays(year, arguments.country) for year in years))
    dates = calendar(past.first, days + arguments.days, past.per_day, free)
    expected, tried = forecast(past.values, dates, arguments.days)
    findings = [*findings, *_noted(arguments, past, tried)]
    rows = _rows(arguments, past, expected, free)
    if arguments.json:
        console.document(
            {
                "status": "ok",
                "step_h": 24 // past.per_day,
                "past_days": days,
                "tried": {
                    "days": tried.days,
                    "error": tried.error,
                    "naive_error": tried.naive,
                    "better": 1 - tried.error / tried.naive if tried.naive > 0 else np.nan,
                    "inside": tried.inside,
                },
                "target": {"within_min": arguments.within, "share": arguments.share,
                           "minutes": arguments.minutes},
                "forecast": rows,
                "findings": console.finding_rows(findings),
            }
        )  # fmt: skip
        return 0
    _say(past, rows, tried)
    console.tell(findings)
    return 0


def read_past(path: Path) -> tuple[Past, list[Finding]]:
    """Arrivals of a file, its whole days.

    Parameters
    ----------
    path
        CSV.

    Raises
    ------
    InputError
        With all that is wrong.
    """
    rows = Rows(path, PACKAGE, "arrival", "health")
    found = rows.lines()
    times, step = times_of(rows, found)
    if step and step not in (HOUR, DAY) and not rows.findings:
        what = f"its steps are {step / HOUR:g} h."
        rows.tell("step", "", what, "Give arrivals by hour or by day.")
    values = np.array([row["arrivals"] for row in found], dtype=np.float64)
    for row in found:
        if row["arrivals"] % 1 > 0:
            rows.tell("value", row["place"], f"arrivals is {row['arrivals']:g}.", "Count people.")
    if len(found) > 1 and not np.isfinite(values).any() and not rows.findings:
        rows.tell("columns", "line 1", "the column arrivals is missing or empty.", "Add it.")
    rows.finish()
    per_day = DAY // step
    low = (-(times[0].hour * HOUR + times[0].minute * 60) // step) % per_day
    if low < len(times) and times[low].time() != datetime.min.time():
        rows.tell("step", "line 2", "no hour or day begins at midnight.", "Begin at full hours.")
    count = max(len(values) - low, 0) // per_day
    values = values[low : low + count * per_day]
    if count < LEAST_DAYS:
        what = f"{count} whole days are too few."
        rows.tell("short", "", what, f"Give {LEAST_DAYS} days or more.")
    elif np.isnan(values).mean() > MOST_GAPS:
        what = f"{np.isnan(values).mean():.0%} of the arrivals are missing."
        rows.tell("gaps", "arrivals", what, f"At most {MOST_GAPS:.0%} may be.")
    elif not np.nansum(values) > 0:
        rows.tell("empty", "arrivals", "nobody ever arrives.", "Give the counts.")
    if any(one.severity == "error" for one in rows.findings):
        raise InputError(rows.findings)
    if np.isnan(values).any():
        what = f"{int(np.isnan(values).sum())} arrivals are missing: nothing is learned from them."
        rows.tell("filled", "arrivals", what, "Fill them if you know.", "warning")
    return Past(times[low].date(), per_day, values), list(rows.findings)


def _noted(arguments: argparse.Namespace, past: Past, tried: Tried) -> list[Finding]:
    found = []
    if tried.error >= tried.naive:
        what = "on days kept back the forecast was no better than repeating the week before."
        found.append(Finding("health.forecast-poor", what, "Look for breaks.", "warning"))
    if not 0.7 <= tried.inside <= 0.9:
        what = f"on days kept back {tried.inside:.0%} lay in the range, not four of five."
        found.append(Finding("health.forecast-range", what, "Do not rely on it.", "warning"))
    if arguments.minutes and past.per_day == 1:
        what = "arrivals by day say nothing of hours: no staff is told."
        found.append(Finding("health.forecast-days", what, "Give arrivals by hour.", "warning"))
    return found


def _rows(
    arguments: argparse.Namespace, past: Past, expected: Expected, free: set[date]
) -> list[dict[str, Any]]:
    step = timedelta(hours=24 // past.per_day)
    begin = datetime.combine(past.first, datetime.min.time()) + step * len(past.values)
    staffed = bool(arguments.minutes) and past.per_day > 1
    rows = []
    for number, mid in enumerate(expected.mid.tolist()):
        time = begin + step * number
        high = float(expected.high[number])
        row: dict[str, Any] = {
            "time": f"{time:%Y-%m-%dT%H:%M}",
            "holiday": time.date() in free,
            "mid": mid,
            "low": float(expected.low[number]),
            "high": high,
            "staff": None,
            "staff_high": None,
        }
        if staffed:
            target = arguments.minutes, arguments.within, arguments.share
            row["staff"] = staff(mid, *target).servers
            row["staff_high"] = staff(high, *target).servers
        rows.append(row)
    return rows


def _say(past: Past, rows: list[dict[str, Any]], tried: Tried) -> None:
    number = console.number
    cells = [
        (
            row["time"],
            *(number(row[name]) for name in ("mid", "low", "high")),
            *("" if row[name] is None else str(row[name]) for name in ("staff", "staff_high")),
        )
        for row in rows
    ]
    heads = ("time", "arrivals", "low", "high", "staff", "staff if high")
    console.table(heads, cells, "Arrivals; four of five lie between low and high", 5)
    better = 1 - tried.error / tried.naive if tried.naive > 0 else float("nan")
    console.say(
        f"On {tried.days} days kept back: off by {number(tried.error)} a step, {better:.0%} less "
        f"than the week before again; {tried.inside:.0%} lay in the range."
    )
