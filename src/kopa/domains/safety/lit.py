"""Streets along which lamps stand."""

from __future__ import annotations

import numpy as np

from kopa.geo.streets import Streets
from kopa.model import BoolArray, FloatArray, IntArray

LIT_M = 20.0
"""A street whose middle is so near to a line of lamps is lit."""
SPACING_M = 10.0
"""Points that a line of lamps is looked at by."""


def lit(streets: Streets, x: FloatArray, y: FloatArray, first: IntArray) -> BoolArray:
    """True for streets along which lamps stand, shape (edge,).

    Parameters
    ----------
    streets
        The map.
    x, y, first
        Lines of lamps as `Shapes` has them, m.
    """
    from scipy.spatial import KDTree

    if not len(x):
        return np.zeros(streets.edges, dtype=bool)
    points = []
    for low, high in zip(first[:-1].tolist(), first[1:].tolist(), strict=True):
        run = np.hypot(np.diff(x[low:high]), np.diff(y[low:high]))
        along = np.concatenate([[0.0], np.cumsum(run)])
        at = np.linspace(0.0, along[-1], max(2, int(along[-1] / SPACING_M) + 1))
        points.append(
            np.column_stack([np.interp(at, along, x[low:high]), np.interp(at, along, y[low:high])])
        )
    far, _ = KDTree(np.concatenate(points)).query(np.column_stack(streets.middle))
    return np.asarray(far <= LIT_M)
