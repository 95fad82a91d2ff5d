"""How far pipes are from one another along pipes."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

from kopa.model import FloatArray, IntArray

from ..network import PIPE, Network


def pipe_distances(network: Network, pipes: IntArray) -> FloatArray:
    """Distance between the middles of pipes along pipes, m, shape (pipe, pipe).

    The least distance between any of their ends, and half the length of each; 0 from a pipe to
    itself. Valves and pumps join nothing, as in BattLeDIM's scorer: across them it is infinite.

    Parameters
    ----------
    network
        The network.
    pipes
        Rows of the pipes.

    References
    ----------
    Vrachimis et al. (2022), Battle of the Leakage Detection and Isolation Methods, J. Water
    Resour. Plann. Manage. 148(12), and the scoring code published with it.
    """
    joins = network.link_types <= PIPE
    a, b = network.ends[:, joins]
    low, high = np.minimum(a, b), np.maximum(a, b)
    length = np.maximum(network.length[joins], 1e-6)
    order = np.lexsort((length, high, low))  # parallel pipes would add up: the shortest counts
    low, high, length = low[order], high[order], length[order]
    first = np.append(True, (low[1:] != low[:-1]) | (high[1:] != high[:-1]))
    nodes = len(network.node_ids)
    graph = coo_matrix((length[first], (low[first], high[first])), shape=(nodes, nodes)).tocsr()
    ends = network.ends[:, pipes]
    used, place = np.unique(ends, return_inverse=True)
    between = dijkstra(graph, directed=False, indices=used)
    place = place.reshape(ends.shape)
    nearest = np.full((len(pipes), len(pipes)), np.inf)
    for mine in place:
        for theirs in ends:
            nearest = np.minimum(nearest, between[mine][:, theirs])
    half = network.length[pipes] / 2
    distance = nearest + half[:, None] + half[None, :]
    np.fill_diagonal(distance, 0.0)
    return np.asarray(distance)
