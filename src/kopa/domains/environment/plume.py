"""Gaussian plumes and puffs of accidental releases.

Gases that behave as air does: what is heavier (chlorine, cold ammonia) stays lower and spreads
wider near its source than this says.

References
----------
Turner (1970), Workbook of Atmospheric Dispersion Estimates, equations 3.1 (plume), 5.13 (puff)
and 5.8 (lid, by images); Palazzi et al. (1982), Atmos. Environ. 16(12) (short releases).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import erf

from kopa.errors import RangeError
from kopa.model import FloatArray

from .stability import widths

NEAREST, FARTHEST = 1.0, 50_000.0
"""Distances that are looked at, m."""
IMAGES = 6
"""So many reflections at the lid and the ground are summed on each side."""
_PLACES = 4000


@dataclass(frozen=True)
class Weather:
    """The air that a release is carried by.

    Parameters
    ----------
    wind
        m/s, >= 0.5: below, a plume has no direction.
    wind_from
        ° clockwise from north.
    stability
        Pasquill's class.
    urban
        Over a town; else over open country.
    lid
        Height of an inversion, m; infinite for none.

    Raises
    ------
    RangeError
        If a number is outside its range.
    """

    wind: float
    wind_from: float
    stability: str
    urban: bool = True
    lid: float = math.inf

    def __post_init__(self) -> None:
        if not self.wind >= 0.5:
            raise RangeError("a Gaussian plume needs a wind of 0.5 m/s or more")
        if not 0 <= self.wind_from <= 360:
            raise RangeError("the wind comes from 0 to 360°")
        if not self.lid > 0:
            raise RangeError("the lid must lie above the ground")
        widths(np.ones(1), self.stability, self.urban)

    def along(self, offset: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Distance downwind and across, m.

        Parameters
        ----------
        offset
            East and north of the source, m, shape (point, 2).
        """
        angle = math.radians(self.wind_from)
        east, north = -math.sin(angle), -math.cos(angle)
        downwind = offset[:, 0] * east + offset[:, 1] * north
        return downwind, offset[:, 1] * east - offset[:, 0] * north

    def ground(self, downwind: FloatArray, across: FloatArray) -> FloatArray:
        """East and north of the source of points downwind, m, shape (point, 2)."""
        angle = math.radians(self.wind_from)
        east, north = -math.sin(angle), -math.cos(angle)
        x = downwind * east - across * north
        return np.column_stack([x, downwind * north + across * east])


def _upward(
    height: FloatArray | float, source: float, spread: FloatArray, lid: float
) -> FloatArray:
    """Vertical part with its images at the ground and the lid, 1/m."""
    shifts = [0.0] if math.isinf(lid) else [2.0 * j * lid for j in range(-IMAGES, IMAGES + 1)]
    total = np.zeros_like(spread)
    for shift in shifts:
        for sign in (-1.0, 1.0):
            total += np.exp(-((height + sign * source + shift) ** 2) / (2 * spread**2))
    bare = total / (math.sqrt(2 * math.pi) * spread)
    if math.isinf(lid):
        return bare
    return np.where(spread > 2 * lid, 1.0 / lid, bare)  # well mixed below the lid


def plume(
    weather: Weather, downwind: FloatArray, across: FloatArray, rate: float, source: float = 0.0
) -> FloatArray:
    """Concentration at the ground under a steady plume, kg/m³.

    Parameters
    ----------
    weather
        The air.
    downwind, across
        m from the source, of one shape; upwind there is nothing.
    rate
        kg/s.
    source
        Height of the release, m.
    """
    ahead = np.maximum(downwind, NEAREST)
    side, up = widths(ahead, weather.stability, weather.urban)
    flat = np.exp(-(across**2) / (2 * side**2)) / (math.sqrt(2 * math.pi) * side)
    found = rate / weather.wind * flat * _upward(0.0, source, up, weather.lid)
    return np.asarray(np.where(downwind >= NEAREST, found, 0.0))


def puff(
    weather: Weather,
    downwind: FloatArray,
    across: FloatArray,
    mass: float,
    seconds: float,
    source: float = 0.0,
) -> FloatArray:
    """Concentration at the ground some time after all was released at once, kg/m³.

    Parameters
    ----------
    weather
        The air.
    downwind, across
        m from the source, of one shape.
    mass
        kg.
    seconds
        Since the release, > 0.
    source
        Height of the release, m.
    """
    way = np.full_like(np.asarray(downwind, dtype=np.float64), weather.wind * seconds)
    side, up = widths(np.maximum(way, NEAREST), weather.stability, weather.urban)
    flat = np.exp(-((downwind - way) ** 2 + across**2) / (2 * side**2)) / (2 * math.pi * side**2)
    return np.asarray(mass * flat * _upward(0.0, source, up, weather.lid))


def passing(weather: Weather, downwind: FloatArray, seconds: float, lasts: float) -> FloatArray:
    """Share of the steady plume that is there some time after a release began.

    Parameters
    ----------
    weather
        The air.
    downwind
        m from the source.
    seconds
        Since the release began.
    lasts
        How long it lasts, s.

    References
    ----------
    Palazzi et al. (1982): the plume between two fronts that are blurred along the wind.
    """
    ahead = np.maximum(downwind, NEAREST)
    side, _ = widths(ahead, weather.stability, weather.urban)
    blur = math.sqrt(2) * side

    def front(at: float) -> FloatArray:
        return np.asarray(erf((weather.wind * at - ahead) / blur))

    share = (front(seconds) - front(seconds - lasts)) / 2
    return np.asarray(np.where(downwind >= NEAREST, np.clip(share, 0.0, 1.0), 0.0))


@dataclass(frozen=True)
class Reach:
    """Where a concentration is passed at the ground.

    Parameters
    ----------
    level
        kg/m³.
    distance
        Farthest place, m; 0 where it is passed nowhere, infinite where farther than is looked.
    area
        m².
    outline
        Downwind and across, m, shape (point, 2); empty where it is passed nowhere.
    """

    level: float
    distance: float
    area: float
    outline: FloatArray


def reach(weather: Weather, rate: float, level: float, source: float = 0.0) -> Reach:
    """The ground over which a steady plume passes a level.

    Parameters
    ----------
    weather
        The air.
    rate
        kg/s; of a puff its mass over the time that the level is averaged over.
    level
        kg/m³, > 0.
    source
        Height of the release, m.
    """
    ahead = np.geomspace(NEAREST, FARTHEST, _PLACES)
    middle = plume(weather, ahead, np.zeros(_PLACES), rate, source)
    over = middle > level
    if not over.any():
        return Reach(level, 0.0, 0.0, np.empty((0, 2)))
    side, _ = widths(ahead, weather.stability, weather.urban)
    half = np.zeros(_PLACES)
    half[over] = side[over] * np.sqrt(2 * np.log(middle[over] / level))
    first, last = np.flatnonzero(over)[[0, -1]]
    begin, end = max(first - 1, 0), min(last + 1, _PLACES - 1)
    x, y = ahead[begin : end + 1], half[begin : end + 1]
    outline = np.column_stack([np.concatenate([x, x[::-1]]), np.concatenate([y, -y[::-1]])])
    distance = math.inf if over[-1] else float(ahead[last])
    return Reach(level, distance, float(2 * np.trapezoid(y, x)), outline)
