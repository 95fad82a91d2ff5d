"""How high the sun stands, and so which part of a step is night.

References
----------
NOAA Global Monitoring Laboratory, Solar Calculator, equations of its spreadsheet, after Meeus
(1991), Astronomical Algorithms: good to 0.01 degree between the years 1900 and 2100 without
refraction.
"""

from __future__ import annotations

import datetime
import math
from zoneinfo import ZoneInfo

import numpy as np

from kopa.model import FloatArray, Window

EQUINOX = datetime.date(2026, 3, 20)
"""The day of a window that has none: nights are as long as days."""
PARTS = 12
"""Looks at the sun in each step."""
DAY_S = 86_400


def elevation(times: np.ndarray, lon: float, lat: float) -> FloatArray:
    """Height of the sun's middle above the horizon, degrees, without refraction.

    Parameters
    ----------
    times
        UTC, ``datetime64[s]``, shape (time,).
    lon, lat
        Degrees, east and north.
    """
    since = (times - np.datetime64("2000-01-01T12:00:00")).astype("timedelta64[s]")
    days = since.astype(np.float64) / DAY_S
    century = days / 36_525
    mean = np.radians((280.46646 + century * (36000.76983 + century * 0.0003032)) % 360)
    anomaly = np.radians(357.52911 + century * (35999.05029 - 0.0001537 * century))
    eccentric = 0.016708634 - century * (0.000042037 + 0.0000001267 * century)
    centre = (
        np.sin(anomaly) * (1.914602 - century * (0.004817 + 0.000014 * century))
        + np.sin(2 * anomaly) * (0.019993 - 0.000101 * century)
        + np.sin(3 * anomaly) * 0.000289
    )
    node = np.radians(125.04 - 1934.136 * century)
    longitude = mean + np.radians(centre - 0.00569 - 0.00478 * np.sin(node))
    tilt = 23 + (26 + (21.448 - century * (46.815 + century * 0.00059)) / 60) / 60
    slope = np.radians(tilt + 0.00256 * np.cos(node))
    declination = np.arcsin(np.sin(slope) * np.sin(longitude))
    half = np.tan(slope / 2) ** 2
    equation = 4 * np.degrees(
        half * np.sin(2 * mean)
        - 2 * eccentric * np.sin(anomaly)
        + 4 * eccentric * half * np.sin(anomaly) * np.cos(2 * mean)
        - 0.5 * half**2 * np.sin(4 * mean)
        - 1.25 * eccentric**2 * np.sin(2 * anomaly)
    )
    minutes = ((days + 0.5) % 1) * 1440 + equation + 4 * lon
    hour = np.radians(minutes / 4 - 180)
    place = math.radians(lat)
    height = np.sin(place) * np.sin(declination)
    height = height + np.cos(place) * np.cos(declination) * np.cos(hour)
    return np.asarray(np.degrees(np.arcsin(np.clip(height, -1, 1))))


def utc(window: Window, seconds: FloatArray, timezone: str, lon: float) -> np.ndarray:
    """Local times of a window in UTC, ``datetime64[s]``.

    Parameters
    ----------
    window
        Its first day counts, or the equinox.
    seconds
        Since local midnight of that day, shape (time,).
    timezone
        IANA name; empty for the hour of the meridian.
    lon
        Degrees.
    """
    day = window.date or EQUINOX
    local = np.datetime64(day) + np.rint(seconds).astype("timedelta64[s]")
    if not timezone:
        return np.asarray(local - np.timedelta64(round(lon / 15) * 3600, "s"))
    zone = ZoneInfo(timezone)
    # the offset changes by the hour at most
    hours, back = np.unique(local.astype("datetime64[h]"), return_inverse=True)
    offsets = np.array([_offset(zone, hour) for hour in hours.tolist()], dtype="timedelta64[s]")
    return np.asarray(local - offsets[back])


def _offset(zone: ZoneInfo, at: datetime.datetime) -> int:
    offset = at.replace(tzinfo=zone).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0


def night(
    window: Window, place: tuple[float, float], below: float, timezone: str = ""
) -> FloatArray:
    """Share of each step in which the sun is lower than some height, shape (step,).

    Parameters
    ----------
    window
        When.
    place
        Longitude and latitude, degrees.
    below
        Degrees.
    timezone
        As in `utc`.
    """
    inside = (np.arange(PARTS) + 0.5) / PARTS * window.step
    seconds = (window.starts[:, None] + inside).ravel()
    height = elevation(utc(window, seconds, timezone, place[0]), *place)
    return np.asarray((height < below).reshape(window.steps, PARTS).mean(axis=1))
