"""What a map shows, and how large: from metres to the units of a picture."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from kopa.geo.read_base import Box
from kopa.model import FloatArray

WORLD_M = 156_543.03
"""A pixel of a web map is so many metres wide at zoom 0 on the equator."""
PAPER = 1.0
"""A picture on paper may show what a screen shows at one zoom more."""
LEAST, MOST = 0.55, 1.12
"""Height of a map by its width."""


@dataclass(frozen=True)
class Frame:
    """A stretch of ground as a picture.

    Parameters
    ----------
    west, north
        Its upper left corner in the city's CRS.
    scale
        Units of the picture by metre.
    width, height
        Of the picture.
    latitude
        Of the city, °: zooms depend on it.
    """

    west: float
    north: float
    scale: float
    width: float
    height: float
    latitude: float = 45.0

    @property
    def zoom(self) -> float:
        """The zoom of a web map that shows as much."""
        metres = WORLD_M * math.cos(math.radians(self.latitude))
        return math.log2(metres * self.scale) + PAPER

    @property
    def box(self) -> Box:
        """West, south, east, north, m."""
        east = self.west + self.width / self.scale
        return self.west, self.north - self.height / self.scale, east, self.north

    def place(self, x: FloatArray, y: FloatArray) -> FloatArray:
        """Points in the picture, shape (point, 2)."""
        return np.column_stack([(x - self.west) * self.scale, (self.north - y) * self.scale])

    def shows(self, x: FloatArray, y: FloatArray) -> np.ndarray:
        """True for points that lie in it."""
        west, south, east, north = self.box
        return np.asarray((x >= west) & (x <= east) & (y >= south) & (y <= north))


def framed(
    box: Box, width: float, latitude: float, margin: float = 0.03, most: float = MOST
) -> Frame:
    """A frame around a box.

    Parameters
    ----------
    box
        What must be in it, m.
    width
        Of the picture.
    latitude
        Of the city, °.
    margin
        Of the picture's width, on each side.
    most
        Its height by its width, at most.
    """
    west, south, east, north = box
    wide, high = max(east - west, 1e-6), max(north - south, 1e-6)
    height = round(width * min(max(high / wide, LEAST), most))
    left = width * (1 - 2 * margin)
    scale = min(left / wide, (height - 2 * margin * width) / high)
    middle_x, middle_y = (west + east) / 2, (south + north) / 2
    return Frame(
        middle_x - width / scale / 2,
        middle_y + height / scale / 2,
        scale,
        width,
        height,
        latitude,
    )


def around(
    x: FloatArray, y: FloatArray, weight: FloatArray, least_m: float, left_out: float = 0.02
) -> Box:
    """A box around nearly all of some points: a few that lie far off do not make it useless.

    Parameters
    ----------
    x, y
        The points, m, shape (point,).
    weight
        How much each matters, shape (point,).
    least_m
        The box is so wide at least.
    left_out
        Share of the weight that may lie outside, to each side.
    """
    ends = [_middle_part(values, weight, left_out) for values in (x, y)]
    (west, east), (south, north) = [
        (low - max(0.0, least_m - (high - low)) / 2, high + max(0.0, least_m - (high - low)) / 2)
        for low, high in ends
    ]
    return west, south, east, north


def _middle_part(values: FloatArray, weight: FloatArray, left_out: float) -> tuple[float, float]:
    order = np.argsort(values, kind="stable")
    share = np.cumsum(weight[order]) / max(float(weight.sum()), 1e-12)
    low = values[order][min(int(np.searchsorted(share, left_out)), len(values) - 1)]
    high = values[order][min(int(np.searchsorted(share, 1 - left_out)), len(values) - 1)]
    return float(low), float(high)
