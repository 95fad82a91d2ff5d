"""Distances on the ground and along lines."""

from __future__ import annotations

import numpy as np

from kopa.model import FloatArray

RADIUS = 6_371_008.8
"""Mean radius of the Earth, m (IUGG)."""


def metres_between(lon: FloatArray, lat: FloatArray) -> FloatArray:
    """Distance from each point to the next, m, shape (point - 1,).

    Parameters
    ----------
    lon, lat
        The points, degrees, shape (point,).
    """
    mean = np.radians((lat[1:] + lat[:-1]) / 2)
    east = np.radians(np.diff(lon)) * np.cos(mean)
    return np.asarray(RADIUS * np.hypot(east, np.radians(np.diff(lat))))


def run_along(x: FloatArray, y: FloatArray) -> FloatArray:
    """Distance of each point from the first one, along the line, m, shape (point,)."""
    return np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
