"""Streets within a flood, by shapely."""

from __future__ import annotations

from typing import Any

import numpy as np

from kopa.geo.streets import Streets
from kopa.model import BoolArray


def met_edges(area: Any, streets: Streets) -> BoolArray:
    """True for streets that touch an area, shape (edge,)."""
    import shapely

    points = np.column_stack([streets.point_x, streets.point_y])
    of = np.repeat(np.arange(streets.edges), np.diff(streets.first))
    return np.asarray(shapely.intersects(shapely.linestrings(points, indices=of), area))
