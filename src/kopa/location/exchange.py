"""Good choices of sites, quickly: one after the other, then swaps.

References
----------
Whitaker, R. (1983), A fast algorithm for the greedy interchange for large-scale clustering and
median location problems, INFOR 21.
"""

from __future__ import annotations

import time

import numpy as np

from kopa.model import BoolArray, FloatArray, IntArray


def greedy(way: FloatArray, must: BoolArray, count: int) -> IntArray:
    """The best site first, then the best one beside it, and so on.

    Parameters
    ----------
    way
        Of all people of each client to each site, shape (site, client).
    must
        Sites that are open whatever comes, shape (site,).
    count
        Sites.
    """
    opened = np.flatnonzero(must).tolist()
    far = float(way.max(initial=0.0)) + 1.0
    near = way[opened].min(axis=0) if opened else np.full(way.shape[1], far)
    while len(opened) < count:
        gain = np.maximum(near - way, 0.0).sum(axis=1)
        gain[opened] = -1.0
        opened.append(int(gain.argmax()))
        near = np.minimum(near, way[opened[-1]])
    return np.array(opened, dtype=np.int64)


def exchanged(way: FloatArray, must: BoolArray, opened: IntArray, until: float) -> IntArray:
    """Swap one site for another as long as that helps, or time is left."""
    opened = opened.copy()
    clients = np.arange(way.shape[1])
    while time.monotonic() < until:
        ways = way[opened]
        near = ways.argmin(axis=0)
        first = ways[near, clients]
        ways[near, clients] = np.inf
        second = ways.min(axis=0)
        gain = np.maximum(first - way, 0.0).sum(axis=1)
        loss = np.maximum(np.minimum(way, second) - first, 0.0)
        served = np.zeros((len(clients), len(opened)))
        served[clients, near] = 1.0
        better = gain[:, None] - loss @ served
        better[:, must[opened]] = -np.inf
        better[opened] = -np.inf
        into, out = np.unravel_index(int(better.argmax()), better.shape)
        if not better[into, out] > 1e-9 * max(float(first.sum()), 1.0):
            break
        opened[out] = into
    return opened
