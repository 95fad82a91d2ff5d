"""Least-cost assignment, and distances on foot, by scipy.

References
----------
Crouse, D. (2016), On implementing 2D rectangular assignment algorithms, IEEE Transactions on
Aerospace and Electronic Systems 52.
"""

from __future__ import annotations

import numpy as np

from kopa.geo.streets import Streets
from kopa.model import FloatArray, IntArray

TOGETHER = 64
"""So many points are walked from at once."""


def assigned(cost: FloatArray, without: FloatArray) -> IntArray:
    """The row that each column gets at least total cost, -1 for none, shape (column,).

    Parameters
    ----------
    cost
        `inf` where a row cannot have a column, shape (row, column).
    without
        What it costs that a column gets no row, shape (column,).
    """
    from scipy.optimize import linear_sum_assignment

    rows, columns = cost.shape
    whole = np.concatenate([cost, np.tile(without, (columns, 1))])
    row, column = linear_sum_assignment(whole)
    found = np.full(columns, -1, dtype=np.int64)
    found[column] = np.where(row < rows, row, -1)
    return found


def walked(streets: Streets, sources: IntArray, targets: IntArray, most: float) -> FloatArray:
    """Metres on foot from nodes to nodes, `inf` beyond `most`, shape (source, target)."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import dijkstra

    edges = np.flatnonzero(streets.walk)
    a, b, length = streets.a[edges], streets.b[edges], streets.length[edges]
    # of parallel streets the shortest: a sparse matrix would add them up
    order = np.lexsort((length, np.maximum(a, b), np.minimum(a, b)))
    low, high, length = np.minimum(a, b)[order], np.maximum(a, b)[order], length[order]
    first = np.r_[True, (np.diff(low) != 0) | (np.diff(high) != 0)][: len(order)]
    many = streets.nodes
    graph = coo_array((length[first], (low[first], high[first])), shape=(many, many)).tocsr()
    found = np.full((len(sources), len(targets)), np.inf)
    for at in range(0, len(sources), TOGETHER):
        part = slice(at, at + TOGETHER)
        far = dijkstra(graph, directed=False, indices=sources[part], limit=most)
        found[part] = far[:, targets]
    return found
