"""Releases into the air in a run: where the air is not clean, and for how long."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kopa.domain import Change, Event, Finding, Parent
from kopa.errors import RangeError
from kopa.model import FloatArray, IntArray, Window

from .network import Environment
from .plume import Weather, plume
from .read_substances import Substance, substances

LEVEL_MINUTES = (10, 30, 60)


@dataclass(frozen=True)
class AirRun:
    """Clean air where people breathe.

    Parameters
    ----------
    clean
        Share of each step and place below the level, shape (step, breathing place).
    origins
        Event behind each place's loss, -1 for none, shape (breathing place,).
    released
        kg by substance, shape (asset,).
    findings
        Why a release cannot be followed.
    """

    clean: FloatArray
    origins: IntArray
    released: Mapping[str, FloatArray]
    findings: tuple[Finding, ...] = ()


def weather_of(settings: Mapping[str, Any]) -> Weather | None:
    """The air by the settings; None where they do not say.

    Raises
    ------
    RangeError
        If they make no sense.
    """
    given = [settings[name] for name in ("wind_speed_m_s", "wind_from_deg", "stability")]
    if any(value is None for value in given):
        return None
    lid = settings["inversion_m"]
    lid = math.inf if lid is None else lid
    return Weather(given[0], given[1], given[2], bool(settings["urban"]), lid)


def exposure_minutes(seconds: float) -> int:
    """Minutes of the guideline level that fits the length of an exposure."""
    return next((m for m in LEVEL_MINUTES if seconds <= 60 * m), LEVEL_MINUTES[-1])


def alert_level(
    substance: Substance, wanted: int, minutes: int, temperature_c: float
) -> tuple[int, float]:
    """The level asked for, or the next above it that is known: its number and kg/m³.

    Raises
    ------
    RangeError
        If none is known.
    """
    for level in range(wanted, 4):
        found = substance.level(level, minutes, temperature_c)
        if found is not None:
            return level, found
    raise RangeError(f"{substance.name} has no AEGL-{wanted}")


def releases(
    environment: Environment,
    settings: Mapping[str, Any],
    window: Window,
    changes: Sequence[Change],
    events: list[Event],
) -> AirRun:
    """Follow the releases of a run; each begins an event among `events`.

    Parameters
    ----------
    environment, settings, window
        The sites, zones and stations, the domain's settings, and the run.
    changes
        All changes of the run; those of kind ``release`` count.
    events
        One a change, in order; what the air does is added.
    """
    places = environment.breathing
    clean = np.ones((window.steps, len(places)))
    origins = np.full(len(places), -1, dtype=np.int64)
    released: dict[str, FloatArray] = {}
    weather = weather_of(settings)
    findings: list[Finding] = []
    sites = {native: n for n, native in enumerate(environment.points.ids)}
    for number, change in enumerate(changes):
        if change.kind != "release":
            continue
        site = sites[change.asset]
        substance = substances()[environment.points.extra[site]]
        cover = window.cover(change.start, change.end)
        rate = change.value or 0.0
        kilograms = released.setdefault(substance.name, np.zeros(len(environment.assets)))
        kilograms[environment.point_rows[site]] += rate * float(cover.sum()) * window.step
        if weather is None:
            findings.append(_no_weather(change))
            continue
        seconds = float(cover.sum()) * window.step
        minutes = exposure_minutes(seconds)
        wanted, warm = int(settings["air_level"]), settings["air_temperature_c"]
        _, level = alert_level(substance, wanted, minutes, warm)
        share, late = _exposed(environment, weather, site, rate, level)
        hit = np.flatnonzero(share > 0)
        for place in hit.tolist():
            clean[:, place] *= 1 - share[place] * _during(window, change, late[place])
            origins[place] = len(events)
        if len(hit):
            rows = environment.point_rows[places[hit]]
            start, end = events[number].start, events[number].end
            parents = (Parent("event", number),)
            events.append(Event("unclean_air", rows, start, end, parents))
    return AirRun(clean, origins, released, tuple(findings))


def _during(window: Window, change: Change, late: float) -> FloatArray:
    """Share of each step in which a release reaches a place, so many seconds downwind."""
    begin = window.start if change.start is None else max(change.start, window.start)
    end = window.end if change.end is None else change.end
    return window.cover(begin + round(late), end + round(late))


def _exposed(
    environment: Environment, weather: Weather, site: int, rate: float, level: float
) -> tuple[FloatArray, FloatArray]:
    """Share of each breathing place above a level, and how late the plume comes, s."""
    points = environment.points
    source = np.array([points.x[site], points.y[site]])
    share, late = np.zeros(len(environment.breathing)), np.zeros(len(environment.breathing))
    for column, place in enumerate(environment.breathing.tolist()):
        downwind, across = weather.along(points.samples[place] - source)
        over = plume(weather, downwind, across, rate, points.height[site]) > level
        share[column] = over.mean()
        if over.any():
            late[column] = downwind[over].min() / weather.wind
    return share, late


def _no_weather(change: Change) -> Finding:
    return Finding(
        "environment.no-weather",
        f"Where the release at {change.full} goes is unknown: the wind is not given.",
        "Give wind_speed_m_s, wind_from_deg and stability in [environment] of city.toml.",
        asset=change.full,
        values={"asset": change.full},
    )
