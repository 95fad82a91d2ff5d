"""The sea of a map, from its coastline: land lies to the left of it, water to the right."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

ASIDE = 1e-6
"""A point so many degrees to the right of a coastline lies in the water."""


def sea(coast: NDArray[np.object_], box: tuple[float, float, float, float]) -> list[Any] | None:
    """Polygons of the sea within a box.

    Parameters
    ----------
    coast
        Lines of the coastline, in OSM's direction.
    box
        West, south, east, north.

    Returns
    -------
    list or None
        None where the coastline ends within the box: nobody knows where the sea is.
    """
    import shapely

    frame = shapely.box(*box)
    lines = shapely.clip_by_rect(coast, *box)
    lines = [line for line in lines if not shapely.is_empty(line) and shapely.length(line) > 0]
    if not lines:
        return []
    parts = shapely.union_all([*lines, frame.exterior])
    faces = list(shapely.polygonize(shapely.get_parts(parts)).geoms)
    left, right = _aside(lines)
    tree = shapely.STRtree(faces)
    wet = np.unique(tree.query(right, predicate="within")[1])
    dry = np.unique(tree.query(left, predicate="within")[1])
    if len(np.intersect1d(wet, dry)) or not len(wet):
        return None
    return [faces[at] for at in wet.tolist()]


def _aside(lines: list[Any]) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Points to the left and to the right of the middle of every segment."""
    import shapely

    xy, of = shapely.get_coordinates(shapely.get_parts(lines), return_index=True)
    same = of[1:] == of[:-1]
    begin, end = xy[:-1][same], xy[1:][same]
    step = end - begin
    length = np.hypot(step[:, 0], step[:, 1])
    long = length > 10 * ASIDE
    across = np.column_stack([-step[:, 1], step[:, 0]])[long] / length[long, None] * ASIDE
    middle = (begin + end)[long] / 2
    return shapely.points(middle + across), shapely.points(middle - across)
