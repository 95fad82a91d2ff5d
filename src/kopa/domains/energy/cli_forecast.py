"""``kopa energy forecast``: load, sun and wind power in the hours to come, with ranges."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kopa import console
from kopa.domains.energy.cli_common import failed, positive
from kopa.domains.energy.engine_pvlib import Field, Weather, power
from kopa.domains.energy.engine_statsforecast import seasons
from kopa.domains.energy.forecast import (
    LEAST,
    ORIGINS,
    Forecast,
    Tried,
    load_forecast,
    needed,
    weather_forecast,
    wind_power,
)
from kopa.domains.energy.read_series import Series, read_series
from kopa.errors import EngineError, Finding, InputError, stopping
from kopa.model import FloatArray

SANE = {
    "ghi": (-20.0, 1800.0),
    "dni": (-20.0, 1500.0),
    "dhi": (-20.0, 1200.0),
    "temp_air": (-90.0, 60.0),
    "wind_speed": (0.0, 120.0),
}
"""What weather can be, W/m², °C and m/s; instruments read some W/m² below zero at night."""
MOST_GAPS = 0.05
"""Share of a load's past that may be missing; it is filled from the weeks around."""


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("forecast", help="load, sun and wind power to come, with ranges")
    of = job.add_subparsers(required=True, metavar="WHAT")
    load = of.add_parser("load", help="a load from its own past")
    load.add_argument("past", type=Path, metavar="PAST.csv", help="time, and a column each load")
    load.add_argument("--hours", type=_hours, default=48, help="how far, 1 to 168 (48)")
    load.set_defaults(run=load_job)
    sun = of.add_parser("pv", help="a photovoltaic field from the weather")
    north, east = _within(-90, 90), _within(-180, 180)
    sun.add_argument("--latitude", type=north, required=True, help="degrees north")
    sun.add_argument("--longitude", type=east, required=True, help="degrees east")
    sun.add_argument("--kwp", type=positive, required=True, help="power of the modules, kW")
    tilt, azimuth = _within(0, 90), _within(0, 360)
    sun.add_argument("--tilt", type=tilt, required=True, help="degrees from the horizontal")
    sun.add_argument("--azimuth", type=azimuth, required=True, help="degrees; 180 is south")
    sun.set_defaults(run=sun_job)
    wind = of.add_parser("wind", help="a wind turbine from the weather")
    curve = "speed_m_s, kw: the power curve"
    wind.add_argument("--curve", type=Path, required=True, metavar="F.csv", help=curve)
    wind.add_argument("--hub-m", type=positive, required=True, help="height of the hub, m")
    wind.add_argument("--at-m", type=positive, required=True, help="height of the wind speed, m")
    shear = "of the wind with height (0.2)"
    wind.add_argument("--shear", type=_within(0, 1), default=0.2, help=shear)
    wind.set_defaults(run=wind_job)
    for one, columns in ((sun, "ghi, temp_air, wind_speed, perhaps dni and dhi"),
                         (wind, "wind_speed")):  # fmt: skip
        one.add_argument("weather", type=Path, metavar="WEATHER.csv", help=f"time, {columns}")
        past = "time, kw: what it gave before, for the range"
        one.add_argument("--measured", type=Path, metavar="F.csv", help=past)
    for one in (load, sun, wind):
        one.add_argument("--json", action="store_true", help="one JSON document on stdout")


def _within(low: float, high: float) -> Callable[[str], float]:
    def number(text: str) -> float:
        value = float(text)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"must be from {low:g} to {high:g}")
        return value

    return number


def _hours(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 168:
        raise argparse.ArgumentTypeError("must be from 1 to 168")
    return value


def load_job(arguments: argparse.Namespace) -> int:
    """Forecast loads; gives the exit code."""
    try:
        past = read_series(arguments.past, "load", gaps=True)
    except InputError as error:
        return failed(arguments, error.findings)
    day, ahead = round(24 / past.step_h), round(arguments.hours / past.step_h)
    findings: list[Finding] = []
    if abs(day * past.step_h - 24) > 1e-9 or day < 2 or ahead < 1:
        what = f"Steps of {past.step_h:g} h do not make up a day, or are as long."
        findings.append(_finding("step", what, "Give steps such as 15 minutes or 1 hour."))
    elif len(past.times) < needed(day, ahead):
        what = f"{len(past.times) / day:.0f} days are too few."
        findings.append(_finding("short", what, f"Give {needed(day, ahead) / day:.0f} days."))
    if findings:
        return failed(arguments, findings)
    rows: list[dict[str, Any]] = []
    total = len(past.names) * (ORIGINS + 1)
    with console.progress("forecasts", total, quiet=arguments.json) as advance:
        for name, values in zip(past.names, past.values.T, strict=True):
            full = _filled(values, 7 * day, name, findings)
            if full is None:
                continue
            try:
                found, tried = load_forecast(full, day, ahead, seasons, advance)
            except EngineError as error:
                what = f"{name} has no forecast: {error}."
                findings.append(_finding("model", what, "Check its values."))
            else:
                rows.append(_row(name, found, tried))
    if not rows:
        return failed(arguments, findings)
    first = len(past.times)
    times = [past.told(first + step) for step in range(ahead)]
    return _tell(arguments, times, past.step_h, rows, findings)


def _filled(values: FloatArray, week: int, name: str, findings: list[Finding]) -> FloatArray | None:
    """A series whose gaps have the mean of the same step in other weeks; None for too many."""
    gaps = np.isnan(values)
    if gaps.mean() > MOST_GAPS or not (~gaps).any():
        what = f"{name}: {gaps.mean():.0%} of its past is missing."
        findings.append(_finding("gaps", what, f"At most {MOST_GAPS:.0%} may be."))
        return None
    if gaps.any():
        what = f"{name}: {int(gaps.sum())} missing values count as the mean of their weekly step."
        findings.append(_finding("filled", what, "Fill them if you know better.", "warning"))
        step = np.arange(len(values)) % week
        known = np.bincount(step[~gaps], values[~gaps], week)
        count = np.bincount(step[~gaps], minlength=week)
        mean = np.where(count > 0, known / np.maximum(count, 1), np.nanmean(values))
        values = np.where(gaps, mean[step], values)
    return values


def sun_job(arguments: argparse.Namespace) -> int:
    """Forecast a photovoltaic field; gives the exit code."""
    try:
        weather = _weather(arguments, ("ghi", "temp_air", "wind_speed"), zoned=True)
        middle = weather.times + np.timedelta64(round(weather.step_h * 1800), "s")
        columns = dict(zip(weather.names, weather.values.T, strict=True))
        both = "dni" in columns and "dhi" in columns
        given = Weather(
            middle,
            np.maximum(columns["ghi"], 0.0),
            np.maximum(columns["dni"], 0.0) if both else None,
            np.maximum(columns["dhi"], 0.0) if both else None,
            columns["temp_air"],
            columns["wind_speed"],
        )
        place = arguments.latitude, arguments.longitude
        field = Field(*place, arguments.kwp, arguments.tilt, arguments.azimuth)
        return _by_weather(arguments, weather, power(field, given), arguments.kwp)
    except InputError as error:
        return failed(arguments, error.findings)


def wind_job(arguments: argparse.Namespace) -> int:
    """Forecast a wind turbine; gives the exit code."""
    try:
        weather = _weather(arguments, ("wind_speed",))
        speed = weather.values[:, weather.names.index("wind_speed")]
        curve = _curve(arguments.curve)
        found = wind_power(speed, curve, arguments.hub_m, arguments.at_m, arguments.shear)
        return _by_weather(arguments, weather, found, float(curve[:, 1].max()))
    except InputError as error:
        return failed(arguments, error.findings)


def _weather(arguments: argparse.Namespace, needs: Sequence[str], zoned: bool = False) -> Series:
    weather = read_series(arguments.weather, "weather")
    if zoned and not weather.zone:
        what = "The times have no offset from UTC: the sun's place is unknown."
        raise InputError([_finding("zone", what, "Write times with their offset.")])
    findings = []
    for name, values in zip(weather.names, weather.values.T, strict=True):
        low, high = SANE.get(name, (-np.inf, np.inf))
        wrong = np.flatnonzero((values < low) | (values > high))
        if len(wrong):
            what = f"{name} is {values[wrong[0]]:g}, and {len(wrong)} values are not within "
            what += f"{low:g} to {high:g}."
            place, do = f"line {wrong[0] + 2}", "Write W/m², °C and m/s."
            name_ = arguments.weather.name
            findings.append(Finding("energy.weather-value", what, do, file=name_, place=place))
    if findings:
        raise InputError(findings)
    missing = [name for name in needs if name not in weather.names]
    if missing:
        file, do = arguments.weather.name, f"Columns are {', '.join(needs)}."
        what = f"The columns {', '.join(missing)} are missing."
        raise InputError([Finding("energy.weather-column", what, do, file=file, place="line 1")])
    return weather


def _curve(file: Path) -> FloatArray:
    """A power curve, shape (point, 2)."""
    findings: list[Finding] = []

    def wrong(what: str, do: str, place: str = "") -> None:
        findings.append(Finding("energy.curve", what, do, file=file.name, place=place))

    points: list[tuple[float, float]] = []
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        wrong(f"It cannot be read: {error}.", "Check the path.")
        raise InputError(findings) from None
    if not lines or [head.strip() for head in lines[0].split(",")] != ["speed_m_s", "kw"]:
        wrong("Its columns are not speed_m_s,kw.", "Name them in the first line.", "line 1")
    for number, line in enumerate(lines[1:], 2):
        try:
            speed, kw = (float(cell) for cell in line.split(","))
        except ValueError:
            speed = kw = math.nan
        if not (math.isfinite(speed) and math.isfinite(kw) and kw >= 0):
            wrong(f"'{line[:40]}' is no speed and power.", "Write 7.5,820.", f"line {number}")
        elif points and speed <= points[-1][0]:
            wrong("The speed does not rise.", "Sort the rows.", f"line {number}")
        else:
            points.append((speed, kw))
    if not findings and len(points) < 2:
        wrong("It has less than two points.", "Add some.")
    if findings:
        raise InputError(findings)
    return np.array(points)


def _by_weather(
    arguments: argparse.Namespace, weather: Series, modelled: FloatArray, most: float
) -> int:
    """Answer a job with what the weather gives; gives the exit code."""
    measured = np.full(len(modelled), np.nan)
    if arguments.measured:
        past = read_series(arguments.measured, "measured", gaps=True)
        if "kw" not in past.names:
            file = arguments.measured.name
            what = "The column kw is missing."
            raise InputError([Finding("energy.measured-column", what, "Add it.", file=file)])
        if (past.zone, past.step_h) != (weather.zone, weather.step_h):
            what = "Its steps or its offset from UTC are not those of the weather."
            do = "Give both in steps of one length, with offsets or without."
            raise InputError(
                [Finding("energy.measured-step", what, do, file=arguments.measured.name)]
            )
        _, ours, theirs = np.intersect1d(weather.times, past.times, return_indices=True)
        measured[ours] = past.values[theirs, past.names.index("kw")]
    found, count = weather_forecast(modelled, measured, most)
    findings = []
    if count < LEAST:
        what = f"The range is unknown: {count} measured values, {LEAST} are needed."
        do = "Give --measured, with weather of the same time in the weather's file."
        findings.append(_finding("no-range", what, do, "warning"))
    after = np.flatnonzero(np.isfinite(measured))
    first = int(after[-1]) + 1 if len(after) else 0
    if first == len(modelled):
        what = "The weather ends where the measured values end."
        raise InputError([_finding("no-weather", what, "Give the weather of the hours to come.")])
    part = Forecast(found.mid[first:], found.low[first:], found.high[first:])
    times = [weather.told(step) for step in range(first, len(modelled))]
    return _tell(arguments, times, weather.step_h, [_row("power", part, None)], findings)


def _finding(code: str, what: str, do: str, severity: Any = "error") -> Finding:
    return Finding(f"energy.forecast-{code}", what, do, severity)


def _row(name: str, found: Forecast, tried: Tried | None) -> dict[str, Any]:
    told = None
    if tried:
        told = {
            "days": tried.days,
            "mean_absolute_error": tried.error,
            "of_the_week_before": tried.naive,
            "share_inside": tried.inside,
        }
    return {"name": name, "mid": found.mid, "low": found.low, "high": found.high, "tried": told}


def _tell(
    arguments: argparse.Namespace,
    times: list[str],
    step_h: float,
    rows: list[dict[str, Any]],
    findings: Sequence[Finding],
) -> int:
    if arguments.json:
        console.document(
            {
                "status": "partial" if stopping(findings) else "ok",
                "step_minutes": step_h * 60,
                "times": times,
                "series": rows,
                "findings": console.finding_rows(findings),
            }
        )
        return 0
    for row in rows:
        console.say(f"{console.escape(row['name'])} from {times[0]}: {console.spark(row['mid'])}")
        low, high = (float(np.nanmean(row[side])) if np.isfinite(row[side]).any() else math.nan
                     for side in ("low", "high"))  # fmt: skip
        mean = console.number(float(row["mid"].mean()))
        console.say(
            f"  mean {mean}, four of five from {console.number(low)} to {console.number(high)}"
        )
        if row["tried"]:
            tried = row["tried"]
            console.say(
                f"  on {tried['days']} days that have passed: error "
                f"{console.number(tried['mean_absolute_error'])}, the week before "
                f"{console.number(tried['of_the_week_before'])}; {tried['share_inside']:.0%} inside"
            )
    console.tell(findings)
    return 0
