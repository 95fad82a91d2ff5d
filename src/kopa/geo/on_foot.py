"""Distances on foot, and where people step onto the streets."""

from __future__ import annotations

from typing import Any

import numpy as np

from kopa.geo.project import Projection
from kopa.geo.streets import Streets
from kopa.model import FloatArray, IntArray

TOGETHER = 64
"""So many points are walked from at once."""
LEAST_M = 1e-6
"""An edge of no length is none to a sparse matrix."""


def lengths(streets: Streets) -> Any:
    """Lengths of streets that people walk along, m: a sparse matrix by nodes, each pair once.

    Parameters
    ----------
    streets
        The map.
    """
    from scipy.sparse import csr_array

    edges = np.flatnonzero(streets.walk)
    low = np.minimum(streets.a[edges], streets.b[edges])
    high = np.maximum(streets.a[edges], streets.b[edges])
    # of parallel streets the shortest counts: a sparse matrix would add them up
    order = np.lexsort((streets.length[edges], high, low))
    low, high = low[order], high[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (np.diff(low) != 0) | (np.diff(high) != 0)
    first &= low != high
    length = np.maximum(streets.length[edges][order][first], LEAST_M)
    return csr_array((length, (low[first], high[first])), shape=(streets.nodes, streets.nodes))


def walked(
    streets: Streets, sources: IntArray, targets: IntArray, most: float = np.inf
) -> FloatArray:
    """Metres on foot from nodes to nodes, `inf` where no way leads, shape (source, target).

    Parameters
    ----------
    streets
        The map.
    sources, targets
        Nodes.
    most
        What is further is `inf` too, m.
    """
    from scipy.sparse.csgraph import dijkstra

    graph = lengths(streets)
    found = np.full((len(sources), len(targets)), np.inf)
    for at in range(0, len(sources), TOGETHER):
        part = slice(at, at + TOGETHER)
        far = dijkstra(graph, directed=False, indices=sources[part], limit=most)
        found[part] = far[:, targets]
    return found


def crossing(streets: Streets, lon: float, lat: float, most: float) -> int:
    """The nearest crossing that people walk to, -1 where none is so near.

    Parameters
    ----------
    streets
        The map.
    lon, lat
        A place in degrees.
    most
        m.
    """
    x, y = Projection(streets.crs).metres(np.array([lon]), np.array([lat]))
    nodes = np.unique(np.concatenate([streets.a[streets.walk], streets.b[streets.walk]]))
    far = np.hypot(streets.x[nodes] - x[0], streets.y[nodes] - y[0])
    return int(nodes[far.argmin()]) if len(nodes) and far.min() <= most else -1


def crossings(streets: Streets, x: FloatArray, y: FloatArray) -> tuple[IntArray, FloatArray]:
    """The nearest crossings that people walk to, and how far each is, m.

    Parameters
    ----------
    streets
        The map; people walk on some street of it.
    x, y
        Places in its CRS, m, shape (place,).
    """
    from scipy.spatial import KDTree

    nodes = np.unique(np.concatenate([streets.a[streets.walk], streets.b[streets.walk]]))
    far, row = KDTree(np.column_stack([streets.x[nodes], streets.y[nodes]])).query(
        np.column_stack([x, y])
    )
    return nodes[row], np.asarray(far, dtype=np.float64)
