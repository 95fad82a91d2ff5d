"""``kopa water forecast``: inflow of zones in the hours to come, with bands."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from kopa import console
from kopa.errors import Finding, UsageError
from kopa.model import BoolArray, FloatArray, IntArray

from .demand import HOURS, LEAST_DAYS, QUANTILES, Forecast, History, forecast
from .read_hourly import Hourly, day_of, read_holidays, read_hourly

MOST_HOURS = 168
_STUCK = 6  # hours of one value above zero, to the last digit: a meter that stands still
_BARS = "▁▂▃▄▅▆▇█"


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("forecast", help="inflow of zones in the hours to come, with bands")
    job.add_argument("flows", type=Path, metavar="FLOWS.csv", help="time, and a column a zone")
    job.add_argument(
        "--weather",
        type=Path,
        metavar="F.csv",
        help="time, temperature, rain: the past, and the hours to come as they are forecast",
    )
    job.add_argument("--holidays", type=Path, metavar="F.csv", help="days, one a row")
    job.add_argument("--hours", type=int, default=MOST_HOURS, help="how far (default: 168)")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=forecast_job)


@dataclass(frozen=True)
class _Calendar:
    """Weekdays, holidays and weather from the first day of the flows on."""

    weekday: IntArray
    holiday: BoolArray
    temperature: FloatArray | None
    rain: FloatArray | None


def forecast_job(arguments: argparse.Namespace) -> int:
    """Answer the job; gives the exit code."""
    if not 1 <= arguments.hours <= MOST_HOURS:
        raise UsageError(f"--hours must be from 1 to {MOST_HOURS}")
    flows, told = read_hourly(arguments.flows)
    findings: list[Finding] = [*told]
    calendar = _calendar(arguments, flows, findings)
    found: dict[str, Forecast | None] = {}
    for name, values in zip(flows.names, flows.values, strict=True):
        clean = _cleaned(arguments.flows, name, values, findings)
        found[name] = None if clean is None else _one(clean, flows, calendar, arguments.hours)
    if arguments.weather and not any(one.weather for one in found.values() if one):
        what = "weather does not cover the past month and all hours to come: it is not used."
        do = "Add what is missing, the weather forecast included."
        findings.append(
            Finding("water.forecast-weather", what, do, "warning", str(arguments.weather))
        )
    start = datetime.combine(flows.first, time()) + timedelta(hours=flows.end)
    if arguments.json:
        console.document(_document(arguments, start, found, findings))
    else:
        _tell(start, found, findings)
    return 0 if all(one is not None for one in found.values()) else 1


def _calendar(arguments: argparse.Namespace, flows: Hourly, findings: list[Finding]) -> _Calendar:
    days = (flows.end + arguments.hours - 1) // HOURS + 2
    off = read_holidays(arguments.holidays) if arguments.holidays else frozenset()
    if not arguments.holidays:
        what = "no holidays are given: days are told apart by weekday only."
        findings.append(Finding("water.forecast-holidays", what, "Give --holidays.", "info"))
    dates = [day_of(flows, day) for day in range(days)]
    holiday = np.array([day in off for day in dates])
    weekday = np.where(holiday, 6, [day.weekday() for day in dates])
    if not arguments.weather:
        return _Calendar(weekday, holiday, None, None)
    weather, told = read_hourly(arguments.weather, ("temperature", "rain"))
    findings += told
    shift = (weather.first - flows.first).days
    daily = np.full((2, days), np.nan)
    for row, name in enumerate(("temperature", "rain")):
        values = weather.values[weather.names.index(name)]
        known = np.isfinite(values)
        total = np.where(known, values, 0.0).sum(axis=1)
        many = known.sum(axis=1)
        # half a day tells its mean; a sum is taken to a whole day
        mean = np.where(many >= HOURS // 2, total / np.maximum(many, 1), np.nan)
        begin, end = max(shift, 0), min(shift + len(mean), days)
        if begin < end:
            daily[row, begin:end] = mean[begin - shift : end - shift] * (HOURS if row else 1)
    return _Calendar(weekday, holiday, daily[0], daily[1])


def _cleaned(
    file: Path, name: str, values: FloatArray, findings: list[Finding]
) -> FloatArray | None:
    """Leave out what a meter cannot have measured; None if too little is left."""
    flat = values.reshape(-1).copy()

    def note(code: str, what: str, do: str, severity: Any = "warning") -> None:
        findings.append(
            Finding(f"water.forecast-{code}", f"{name}: {what}", do, severity, str(file))
        )

    if (below := flat < 0).any():
        note("negative", f"{int(below.sum())} values below 0 are left out.", "Check the meter.")
        flat[below] = np.nan
    if (stuck := _stuck(flat)).any():
        what = f"{int(stuck.sum())} hours of a value that stands still are left out."
        note("stuck", what, "Check the meter.")
        flat[stuck] = np.nan
    known = np.isfinite(flat).reshape(-1, HOURS)
    if (known.sum(axis=1) >= HOURS // 2).sum() < LEAST_DAYS:
        what = f"fewer than {LEAST_DAYS} days are known."
        note("short", what, "Give a longer past.", "error")
        return None
    if not known.reshape(-1)[-7 * HOURS :].any():
        note("old", "nothing is known of the last week.", "Give newer values.")
    return flat.reshape(values.shape)


def _stuck(flat: FloatArray) -> BoolArray:
    """Hours in which a value repeats itself too long."""
    same = np.concatenate([[False], np.diff(flat) == 0])
    edges = np.flatnonzero(np.diff(np.concatenate([[0], same.astype(np.int8), [0]])))
    found = np.zeros(len(flat), dtype=bool)
    for begin, end in edges.reshape(-1, 2):
        if end - begin + 1 >= _STUCK:
            found[begin - 1 : end] = True
    return found


def _one(values: FloatArray, flows: Hourly, calendar: _Calendar, hours: int) -> Forecast:
    day, hour = divmod(flows.end, HOURS)
    longer = np.full((max(day + 1, len(values)), HOURS), np.nan)
    longer[: len(values)] = values
    return forecast(
        History(
            longer, calendar.weekday, calendar.holiday, calendar.temperature, calendar.rain,
            day, hour,
        ),
        hours,
    )  # fmt: skip


def _document(
    arguments: argparse.Namespace,
    start: datetime,
    found: dict[str, Forecast | None],
    findings: Sequence[Finding],
) -> dict[str, Any]:
    known = [one for one in found.values() if one is not None]
    status = "ok" if len(known) == len(found) else "partial" if known else "unknown"
    return {
        "status": status,
        "file": str(arguments.flows),
        "start": start.isoformat(timespec="minutes"),
        "hours": arguments.hours,
        "quantiles": QUANTILES,
        "zones": [
            {
                "id": name,
                "status": "unknown" if one is None else "ok",
                "flow": None if one is None else np.round(one.flow, 4),
                "bands": None if one is None else np.round(one.bands, 4),
                "learned": one is not None and one.learned,
                "weather": one is not None and one.weather,
                "spikes_left_out": 0 if one is None else one.spikes,
            }
            for name, one in found.items()
        ],
        "findings": console.finding_rows(findings),
    }


def _tell(start: datetime, found: dict[str, Forecast | None], findings: Sequence[Finding]) -> None:
    console.tell(findings)
    number = console.number
    rows = []
    for name, one in found.items():
        if one is None:
            rows.append((name, "unknown", "", "", ""))
            continue
        day = one.flow[:HOURS]
        low, high = float(day.min()), float(day.max())
        places = np.round((day - low) / ((high - low) or 1.0) * 7).astype(int)
        bars = "".join(_BARS[place] for place in places)
        rows.append((name, bars, number(day.mean()), number(high), number(one.flow.mean())))
    title = f"Inflow from {start:%Y-%m-%d %H:%M} on, in the unit of the file"
    heads = ("zone", "first day", "mean", "highest", "mean of all hours")
    console.table(heads, rows, title, 3)
