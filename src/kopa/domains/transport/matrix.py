"""Times and lengths of the fastest ways between places."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kopa.model import FloatArray, IntArray

from .network import Network


@dataclass(frozen=True)
class Matrix:
    """Fastest ways by car in free traffic.

    Parameters
    ----------
    minutes
        `inf` where there is no way, shape (source, target).
    metres
        Length of the fastest way, `inf` where there is none, shape (source, target).
    """

    minutes: FloatArray
    metres: FloatArray


def matrix(network: Network, sources: IntArray, targets: IntArray) -> Matrix:
    """Minutes and metres from every source to every target.

    Parameters
    ----------
    network
        The streets.
    sources, targets
        Nodes, shape (source,) and (target,).
    """
    metric = network.router.metric()
    length = network.streets.length[network.roads.edge]
    rows, row_of = np.unique(sources, return_inverse=True)
    columns, column_of = np.unique(targets, return_inverse=True)
    seconds = metric.matrix(rows, columns)
    metres = np.full(seconds.shape, np.inf)
    for row, column in np.argwhere(np.isfinite(seconds)).tolist():
        _, arcs = metric.path(int(rows[row]), int(columns[column]))
        metres[row, column] = length[arcs].sum()
    pick = np.ix_(row_of, column_of)
    return Matrix(seconds[pick] / 60, metres[pick])
