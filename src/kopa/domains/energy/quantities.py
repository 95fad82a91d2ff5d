"""Quantities with units, as a plan's file writes them: one text, or parts over time."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from kopa.errors import Finding
from kopa.model import FloatArray

_TEXT = re.compile(r"\s*([-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)\s*(.*?)\s*")
_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")

POWER = {"W": 1e-3, "kW": 1.0, "MW": 1e3}
ENERGY = {"Wh": 1e-3, "kWh": 1.0, "MWh": 1e3}
VOLUME = {"m3": 1.0, "m³": 1.0, "l": 1e-3}
FLOW = {"m3/h": 1.0, "m³/h": 1.0, "m3/d": 1 / 24, "l/s": 3.6, "m3/s": 3600.0}
SHARE = {"%": 0.01, "": 1.0}
EMISSION = {"g/kWh": 1e-3, "kg/kWh": 1.0, "kg/MWh": 1e-3, "t/MWh": 1.0}
MOST = 1e12
"""No quantity is larger: beyond it, the engine takes numbers for no limit, or loses digits."""
_MOST_HOURS = 1e6  # more than a century
SPECIFIC = {"kWh/m3": 1.0, "kWh/m³": 1.0, "Wh/m3": 1e-3}


def prices(currency: str, of: Mapping[str, float]) -> dict[str, float]:
    """Units of prices: one for each of some units, and the same in hundredths of a euro."""
    found = {f"{currency}/{unit}": 1 / factor for unit, factor in of.items()}
    if currency == "EUR":
        found |= {f"ct/{unit}": 0.01 / factor for unit, factor in of.items()}
    return found


@dataclass
class Reader:
    """Reads quantities, and keeps what is wrong.

    Parameters
    ----------
    file
        The file; others are named from its folder.
    start, step_h, steps
        The time that is planned.
    """

    file: Path
    start: datetime
    step_h: float
    steps: int
    findings: list[Finding] = field(default_factory=list)

    def wrong(self, place: str, what: str, do: str) -> None:
        """Write down what is wrong."""
        self.findings.append(Finding("energy.plan", what, do, file=self.file.name, place=place))

    def number(
        self, given: Any, units: Mapping[str, float], place: str, least: float = -math.inf
    ) -> float:
        """A quantity; NaN after telling what is wrong."""
        found = _TEXT.fullmatch(given) if isinstance(given, str) else None
        if isinstance(given, int | float) and not isinstance(given, bool) and "" in units:
            value, unit = _real(given), ""
        elif found:
            value, unit = float(found[1]), found[2]
        else:
            self.wrong(place, f"{_told(given)} is no quantity.", _example(units))
            return math.nan
        if unit not in units:
            what = f"{_told(given)} has the unit '{unit}'."
            self.wrong(place, what, f"Write one of {', '.join(unit or '1' for unit in units)}.")
            return math.nan
        if not abs(value * units[unit]) < MOST:
            self.wrong(place, f"{_told(given)} is too large.", f"Write less than {MOST:g}.")
            return math.nan
        if value * units[unit] < least:
            self.wrong(place, f"{_told(given)} is too small.", f"Write {least:g} or more.")
            return math.nan
        return value * units[unit]

    def series(
        self,
        given: Any,
        units: Mapping[str, float],
        place: str,
        least: float = -math.inf,
        gaps: float = math.nan,
    ) -> FloatArray:
        """A quantity of each step; `gaps` where nothing is said, NaN makes that an error."""
        if not isinstance(given, list):
            return np.full(self.steps, self.number(given, units, place, least))
        values = np.full(self.steps, gaps)
        told = len(self.findings)
        known = np.zeros(self.steps, dtype=bool)
        for part, begin, end, at in self.parts(given, place):
            if end <= 0 or begin >= self.steps:
                continue
            if begin == end or begin != int(begin) or end != int(end):
                self.wrong(at, "It does not begin and end with a step.", self._steps())
                continue
            steps = slice(max(int(begin), 0), max(int(end), 0))
            values[steps] = self.number(part.get("value"), units, at, least)
            known[steps] = True
        if len(self.findings) == told and math.isnan(gaps) and not known.all():
            missing = self.start + timedelta(hours=self.step_h * int(np.argmin(known)))
            what = f"Nothing is said for {missing.isoformat()}."
            self.wrong(place, what, "Write parts for the whole time.")
        return values

    def parts(
        self, given: Any, place: str
    ) -> Iterator[tuple[Mapping[str, Any], float, float, str]]:
        """Parts of a list: each with its begin and end in steps, equal for a moment."""
        if not isinstance(given, list):
            self.wrong(place, f"{_told(given)} is no list.", "Write a list of parts with times.")
            return
        for number, part in enumerate(given):
            at = f"{place}[{number}]"
            if not isinstance(part, dict):
                self.wrong(at, f"{_told(part)} is no object.", 'Write {"start", "end", "value"}.')
                continue
            span = self._span(part, at)
            if span is not None:
                yield part, *span, at

    def _span(self, part: Mapping[str, Any], place: str) -> tuple[float, float] | None:
        if "datetime" in part:
            moment = self.moment(part["datetime"], f"{place}.datetime")
            return None if moment is None else (moment, moment)
        ends = [self.moment(part[key], f"{place}.{key}") for key in ("start", "end") if key in part]
        if None in ends:
            return None
        begin, end = ends[0] if ends else None, ends[-1] if len(ends) == 2 else None
        if "duration" in part and "start" in part and begin is not None:
            hours = self.duration(part["duration"], f"{place}.duration")
            end = None if hours is None else begin + hours / self.step_h
        if begin is None or end is None or end <= begin:
            do = "Write start with end or duration, or datetime."
            self.wrong(place, "Its time is missing or empty.", do)
            return None
        return begin, end

    def moment(self, given: Any, place: str) -> float | None:
        """A moment in steps from the start; None after telling what is wrong."""
        try:
            moment = datetime.fromisoformat(given)
        except (TypeError, ValueError):
            self.wrong(place, f"{_told(given)} is no time.", "Write 2026-11-23T07:00:00+02:00.")
            return None
        if moment.tzinfo is None:
            self.wrong(place, f"{given} has no offset from UTC.", "Write it, such as +02:00.")
            return None
        return round((moment - self.start) / timedelta(hours=self.step_h), 9)

    def duration(self, given: Any, place: str) -> float | None:
        """A duration, h; None after telling what is wrong."""
        hours = hours_of(given)
        if hours is None:
            self.wrong(place, f"{_told(given)} is no duration.", "Write PT15M, PT24H or P1D.")
        return hours

    def name(self, given: Mapping[str, Any], place: str) -> str:
        """The name of a device."""
        name = given.get("name")
        if not isinstance(name, str) or not name.strip():
            self.wrong(f"{place}.name", "It is missing.", "Give each device a name.")
            return place
        return name.strip()

    def known(self, given: Mapping[str, Any], keys: Sequence[str], place: str) -> None:
        """Tell of keys that nobody knows."""
        for key in sorted(set(given) - set(keys)):
            what = "This is not known, so it would not be held."
            self.wrong(f"{place}.{key}", what, f"Known are {', '.join(keys)}.")

    def listed(self, given: Any, place: str) -> Any:
        """A quantity over time from a CSV file, as parts; anything else as it is."""
        if not isinstance(given, dict):
            return given
        if "sensor" in given:
            self.wrong(place, "There are no sensors here.", "Write values, or a file.")
            return []
        try:
            file, time, value, unit = (str(given[key]) for key in ("file", "time", "value", "unit"))
            with (self.file.parent / file).open(encoding="utf-8-sig") as lines:
                rows = [(row[time], row[value]) for row in csv.DictReader(lines)]
        except (OSError, ValueError, csv.Error) as error:
            self.wrong(place, f"The file cannot be read: {error}.", "Check it.")
            return []
        except KeyError as error:
            do = "Write file, time and value (its columns) and unit."
            self.wrong(place, f"{error} is missing.", do)
            return []
        ends = [*(start for start, _ in rows[1:]), _after([start for start, _ in rows[-2:]])]
        return [
            {"start": start, "end": end, "value": f"{number} {unit}"}
            for (start, number), end in zip(rows, ends, strict=True)
        ]

    def _steps(self) -> str:
        return f"Steps are {self.step_h * 60:g} minutes from {self.start.isoformat()}."


def _after(times: Sequence[str]) -> str:
    """The end of the last of two intervals: as long as the one before it."""
    try:
        before, last = (datetime.fromisoformat(time) for time in times)
        return (last + (last - before)).isoformat()
    except (ValueError, TypeError, OverflowError):
        return ""  # told where the times are read


def hours_of(given: Any) -> float | None:
    """A duration of ISO 8601 without months, h; None if it is none."""
    found = _DURATION.fullmatch(given) if isinstance(given, str) else None
    if found is None or not any(found.groups()):
        return None
    days, hours, minutes, seconds = (float(part or 0) for part in found.groups())
    total = days * 24 + hours + minutes / 60 + seconds / 3600
    return total if 0 < total < _MOST_HOURS else None


def _real(given: float) -> float:
    try:
        return float(given)
    except OverflowError:  # a whole number of hundreds of digits
        return math.inf


def _told(given: Any) -> str:
    if given is None:
        return "What is missing"
    return f"'{str(given)[:60]}'"


def _example(units: Mapping[str, float]) -> str:
    names: Sequence[str] = [f"'3.5 {unit}'".replace(" '", "'") for unit in units]
    return f"Write a number with its unit: {', '.join(names[:4])}."
