"""Which streets are still joined to the rest."""

from __future__ import annotations

import numpy as np

from kopa.model import BoolArray, IntArray
from kopa.model.graph import components

from .network import Network


def joined(network: Network, closed: BoolArray) -> BoolArray:
    """True for streets with an end that open streets still join to the rest.

    Each connected part of the map (a map may have islands) goes on as its largest remaining
    part. Directions are not looked at: who must, drives against one.

    Parameters
    ----------
    network
        The streets.
    closed
        True for closed edges, shape (edge,).

    Returns
    -------
    BoolArray
        Shape (edge,).
    """
    streets = network.streets
    drive = streets.drive
    usual = components(streets.nodes, streets.a[drive], streets.b[drive])
    left = drive & ~closed
    now = components(streets.nodes, streets.a[left], streets.b[left])
    # the largest part of now in each part of before; ties go to the lower label
    labels, sizes = np.unique(now, return_counts=True)
    order = np.lexsort((-labels, sizes))
    largest = np.zeros(streets.nodes, dtype=np.int64)
    largest[usual[labels[order]]] = labels[order]
    main = now == largest[usual]
    return np.asarray(main[streets.a] | main[streets.b])


def bridges(nodes: int, a: IntArray, b: IntArray) -> BoolArray:
    """True for edges whose loss tears a part in two, shape (edge,).

    Parameters
    ----------
    nodes
        Number of nodes.
    a, b
        Ends of the edges, shape (edge,).

    References
    ----------
    Tarjan (1974), A note on finding the bridges of a graph, Information Processing Letters 2.
    """
    around: list[list[tuple[int, int]]] = [[] for _ in range(nodes)]
    for edge, (one, other) in enumerate(zip(a.tolist(), b.tolist(), strict=True)):
        around[one].append((other, edge))
        around[other].append((one, edge))
    seen, low = [-1] * nodes, [0] * nodes
    found = np.zeros(len(a), dtype=bool)
    clock = 0
    for root in range(nodes):
        if seen[root] >= 0 or not around[root]:
            continue
        stack = [(root, -1, iter(around[root]))]
        seen[root] = low[root] = clock
        clock += 1
        while stack:
            node, by, rest = stack[-1]
            for other, edge in rest:
                if edge == by:
                    continue
                if seen[other] >= 0:
                    low[node] = min(low[node], seen[other])
                    continue
                seen[other] = low[other] = clock
                clock += 1
                stack.append((other, edge, iter(around[other])))
                break
            else:
                stack.pop()
                if stack:
                    parent = stack[-1][0]
                    low[parent] = min(low[parent], low[node])
                    if low[node] > seen[parent]:
                        found[by] = True
    return found
