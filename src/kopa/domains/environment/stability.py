"""How the air mixes: Pasquill's classes, and Briggs' widths of plumes."""

from __future__ import annotations

import datetime
import math

import numpy as np

from kopa.errors import RangeError
from kopa.model import FloatArray

CLASSES = "ABCDEF"
_WIND = (2.0, 3.0, 5.0, 6.0)
_DAY = {
    # wind below 2, 3, 5, 6 m/s, and above; of two classes the one that mixes less
    "strong": "ABBCC",
    "moderate": "BBCDD",
    "slight": "BCCDD",
}
_NIGHT = {"cloudy": "EEDDD", "clear": "FFEDD"}
_RURAL = {
    # σy = a x / sqrt(1 + 0.0001 x); σz = b x (1 + c x)^d
    "A": (0.22, 0.20, 0.0, 0.0),
    "B": (0.16, 0.12, 0.0, 0.0),
    "C": (0.11, 0.08, 0.0002, -0.5),
    "D": (0.08, 0.06, 0.0015, -0.5),
    "E": (0.06, 0.03, 0.0003, -1.0),
    "F": (0.04, 0.016, 0.0003, -1.0),
}
_URBAN = {
    # σy = a x / sqrt(1 + 0.0004 x); σz = b x (1 + c x)^d
    "A": (0.32, 0.24, 0.001, 0.5),
    "B": (0.32, 0.24, 0.001, 0.5),
    "C": (0.22, 0.20, 0.0, 0.0),
    "D": (0.16, 0.14, 0.0003, -0.5),
    "E": (0.11, 0.08, 0.0015, -0.5),
    "F": (0.11, 0.08, 0.0015, -0.5),
}


def pasquill_class(wind: float, cloud: float, sun_deg: float) -> str:
    """Pasquill's stability class.

    Of two classes that the table gives for a wind, the one that mixes less is taken.

    Parameters
    ----------
    wind
        At 10 m, m/s, > 0.
    cloud
        Share of the sky that is covered, 0 to 1.
    sun_deg
        Height of the sun, °; 0 or below is night.

    Raises
    ------
    RangeError
        If a number is outside its range.

    References
    ----------
    Pasquill (1961), Meteorol. Mag. 90, 33-49; height of the sun and cloud: Turner (1970),
    Workbook of Atmospheric Dispersion Estimates, table 3-1 and its notes.
    """
    if not (wind > 0 and 0 <= cloud <= 1 and -90 <= sun_deg <= 90):
        raise RangeError("wind must be above 0 m/s, cloud 0 to 1, the sun -90 to 90°")
    column = int(np.searchsorted(_WIND, wind, side="right"))
    if cloud > 0.99:
        return "D"  # overcast, day or night
    if sun_deg <= 0:
        return _NIGHT["cloudy" if cloud >= 0.5 else "clear"][column]
    strength = 2 if sun_deg > 60 else 1 if sun_deg > 35 else 0
    if cloud > 0.5:
        strength = max(0, strength - 1)  # broken clouds take a grade
    return _DAY[("slight", "moderate", "strong")[strength]][column]


def widths(distance: FloatArray, stability: str, urban: bool) -> tuple[FloatArray, FloatArray]:
    """Standard deviations of a plume across the wind and upward, m.

    Parameters
    ----------
    distance
        Downwind, m, > 0. The formulas were made for 100 m to 10 km.
    stability
        Pasquill's class.
    urban
        Over a town; else over open country.

    Raises
    ------
    RangeError
        If there is no such class.

    References
    ----------
    Briggs (1973), Diffusion estimation for small emissions, ATDL 79; as in Griffiths (1994),
    Atmos. Environ. 28(17), table 1.
    """
    if stability not in CLASSES or len(stability) != 1:
        raise RangeError(f"'{stability}' is no stability class: A to F")
    a, b, c, d = (_URBAN if urban else _RURAL)[stability]
    bend = 0.0004 if urban else 0.0001
    across = a * distance / np.sqrt(1 + bend * distance)
    upward = b * distance * (1 + c * distance) ** d
    return across, upward


def sun_height(moment: datetime.datetime, latitude: float, longitude: float) -> float:
    """Height of the sun above the horizon, °.

    Parameters
    ----------
    moment
        UTC.
    latitude, longitude
        Degrees, north and east.

    References
    ----------
    Spencer (1971), Fourier series representation of the position of the sun, Search 2(5): the
    declination and the equation of time, to about half a degree.
    """
    hours = moment.hour + moment.minute / 60 + moment.second / 3600
    day = 2 * math.pi / 365 * (moment.timetuple().tm_yday - 1 + (hours - 12) / 24)
    declination = (
        0.006918 - 0.399912 * math.cos(day) + 0.070257 * math.sin(day)
        - 0.006758 * math.cos(2 * day) + 0.000907 * math.sin(2 * day)
        - 0.002697 * math.cos(3 * day) + 0.00148 * math.sin(3 * day)
    )  # fmt: skip
    equation = 229.18 * (
        0.000075 + 0.001868 * math.cos(day) - 0.032077 * math.sin(day)
        - 0.014615 * math.cos(2 * day) - 0.040849 * math.sin(2 * day)
    )  # fmt: skip
    angle = math.radians((hours * 60 + equation + 4 * longitude) / 4 - 180)
    north = math.radians(latitude)
    sine = math.sin(north) * math.sin(declination)
    sine += math.cos(north) * math.cos(declination) * math.cos(angle)
    return math.degrees(math.asin(max(-1.0, min(1.0, sine))))
