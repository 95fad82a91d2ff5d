"""What a single link cuts off: bridges of the network, and the pockets behind them."""

from __future__ import annotations

import numpy as np

from kopa.model import BoolArray, IntArray

from .network import PIPE, Network

_ROOT_EDGE = -1


class Pockets:
    """Nodes that only one link joins to all sources, by link.

    All sources hang on one root; a depth-first search from it numbers the nodes. A link is a
    bridge if nothing below it has another way up; the nodes below it have consecutive numbers.

    Parameters
    ----------
    network
        The network.
    open_links
        Links that may ever let water pass, shape (link,).

    References
    ----------
    Tarjan (1974), A note on finding the bridges of a graph, Inf. Process. Lett. 2(6).
    """

    def __init__(self, network: Network, open_links: BoolArray) -> None:
        self._nodes = len(network.node_ids)
        self._order, self._behind = _bridges(network, np.flatnonzero(open_links))
        special = np.flatnonzero((network.link_types > PIPE) | network.controlled)
        self._special = network.ends[:, special]

    def behind(self, link: int) -> IntArray:
        """Nodes that get nothing while `link` is shut; empty if it is no bridge."""
        low, high = self._behind.get(link, (0, 0))
        return self._order[low:high]

    def is_plain(self, pocket: IntArray) -> bool:
        """True if all links inside a pocket are pipes that no control moves."""
        inside = np.zeros(self._nodes, dtype=bool)
        inside[pocket] = True
        return not inside[self._special].all(axis=0).any()


def _neighbours(network: Network, links: IntArray) -> list[list[tuple[int, int]]]:
    """Node and link beyond each node; the last entry is the root, tied to every source."""
    root = len(network.node_ids)
    beyond: list[list[tuple[int, int]]] = [[] for _ in range(root + 1)]
    for link in links.tolist():
        a, b = map(int, network.ends[:, link])
        beyond[a].append((b, link))
        beyond[b].append((a, link))
    for source in map(int, np.flatnonzero(network.sources)):
        beyond[root].append((source, _ROOT_EDGE))
        beyond[source].append((root, _ROOT_EDGE))
    return beyond


def _bridges(network: Network, links: IntArray) -> tuple[IntArray, dict[int, tuple[int, int]]]:
    """Nodes in the order of the search, and the stretch of it behind each bridge."""
    beyond = _neighbours(network, links)
    root = len(network.node_ids)
    number = [-1] * (root + 1)
    least = [0] * (root + 1)
    order: list[int] = [root]
    number[root] = 0
    found: dict[int, tuple[int, int]] = {}
    stack = [(root, _ROOT_EDGE, iter(beyond[root]))]
    while stack:
        node, via, rest = stack[-1]
        for other, link in rest:
            if number[other] < 0:
                number[other] = least[other] = len(order)
                order.append(other)
                stack.append((other, link, iter(beyond[other])))
                break
            if link != via or link == _ROOT_EDGE:
                least[node] = min(least[node], number[other])
        else:
            stack.pop()
            if via != _ROOT_EDGE:
                above = stack[-1][0]
                least[above] = min(least[above], least[node])
                if least[node] == number[node]:
                    found[via] = (number[node], len(order))
    return np.array(order, dtype=np.int64), found
