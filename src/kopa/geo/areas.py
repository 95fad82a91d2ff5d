"""Areas of polygons and what lies within them, by shapely."""

from __future__ import annotations

from typing import Any

import numpy as np

from kopa.model import BoolArray, FloatArray

Rings = tuple[FloatArray, ...]
"""Outer ring first, then its holes, each of shape (point, 2)."""


def area_of(polygons: tuple[Rings, ...]) -> Any:
    """Polygons as one area.

    Parameters
    ----------
    polygons
        Each with its rings, m.

    Raises
    ------
    ValueError
        If one of them crosses itself.
    """
    import shapely

    shapes = [shapely.Polygon(rings[0], rings[1:]) for rings in polygons]
    for number, shape in enumerate(shapes, 1):
        if not shape.is_valid:
            raise ValueError(f"polygon {number}: {shapely.is_valid_reason(shape)}")
    whole = shapely.union_all(shapes)
    shapely.prepare(whole)
    return whole


def within(area: Any, x: FloatArray, y: FloatArray) -> BoolArray:
    """True for points in an area or on its border, shape (point,)."""
    import shapely

    return np.asarray(shapely.intersects_xy(area, x, y))
