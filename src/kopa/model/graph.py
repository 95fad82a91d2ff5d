"""Connected parts of a graph, by numpy alone: loading a graph library costs more than this."""

from __future__ import annotations

import numpy as np

from kopa.model.arrays import BoolArray, IntArray


def components(nodes: int, a: IntArray, b: IntArray) -> IntArray:
    """Connected part of every node, named by the least node in it.

    Minimum-label hooking with pointer jumping; a few rounds on any real network.

    Parameters
    ----------
    nodes
        Number of nodes.
    a, b
        Ends of the edges, shape (edge,).

    Returns
    -------
    IntArray
        Label of each node's part, shape (node,).

    References
    ----------
    Zhang, Azad and Hu (2020), FastSV: a distributed-memory connected component algorithm with
    fast convergence, SIAM PP20.
    """
    label = np.arange(nodes)
    if not len(a):
        return label
    while True:
        la, lb = label[a], label[b]
        differ = la != lb
        if not differ.any():
            return label
        la, lb = la[differ], lb[differ]
        high, low = np.maximum(la, lb), np.minimum(la, lb)
        np.minimum.at(label, high, low)
        while True:
            jumped = label[label]
            if np.array_equal(jumped, label):
                break
            label = jumped


def reached(
    nodes: int,
    a: IntArray,
    b: IntArray,
    sources: BoolArray,
    one_way: BoolArray | None = None,
) -> BoolArray:
    """True for every node that a path along the edges joins to a source.

    Parameters
    ----------
    nodes
        Number of nodes.
    a, b
        Ends of the edges, shape (edge,).
    sources
        True at the sources, shape (node,).
    one_way
        True for edges that lead from `a` to `b` only, shape (edge,); None for none.
    """
    if one_way is None or not one_way.any():
        label = components(nodes, a, b)
        from_a = from_b = np.empty(0, dtype=np.int64)
    else:
        label = components(nodes, a[~one_way], b[~one_way])
        from_a, from_b = label[a[one_way]], label[b[one_way]]
    fed = np.zeros(nodes, dtype=bool)
    fed[label[sources]] = True
    while (more := fed[from_a] & ~fed[from_b]).any():
        fed[from_b[more]] = True
    return np.asarray(fed[label])
