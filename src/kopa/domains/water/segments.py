"""Valve segments: what isolation valves part from one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kopa.model import BoolArray, IntArray
from kopa.model.graph import components

WHOLE_LINK = -1
"""In place of a node: the valve is the link itself."""


@dataclass(frozen=True, slots=True)
class IsolationValve:
    """A valve that a crew shuts to isolate a main.

    Parameters
    ----------
    name
        Its id.
    link
        Row of the link that it sits on.
    node
        Row of the end of the link that it sits at, or `WHOLE_LINK`.
    """

    name: str
    link: int
    node: int = WHOLE_LINK


class Segments:
    """The network parted at its valves.

    A graph has a vertex for every node and every link, and an edge from each link to each of its
    ends; a valve takes away the edge that it sits on, and one that is a link takes away both of
    that link's. What is still connected is a segment. Links that are shut for another reason
    join what they touch: nothing says where along them the water is held.

    Parameters
    ----------
    nodes
        Number of nodes.
    ends
        Ends of the links, shape (2, link).
    valves
        Valves that work; one that is stuck is not among them.

    References
    ----------
    Walski (1993), Water distribution valve topology for reliability analysis, Reliability
    Engineering and System Safety 42(1); Jun and Loganathan (2007), Valve-controlled segments in
    water distribution systems, J. Water Resour. Plann. Manage. 133(2).
    """

    def __init__(self, nodes: int, ends: IntArray, valves: Sequence[IsolationValve]) -> None:
        self.nodes = nodes
        self.valves = tuple(valves)
        links = np.arange(ends.shape[1])
        link = np.array([valve.link for valve in valves], dtype=np.int64)
        node = np.array([valve.node for valve in valves], dtype=np.int64)
        whole = node == WHOLE_LINK
        joined = np.ones(ends.shape, dtype=bool)
        joined[:, link[whole]] = False
        for end in (0, 1):
            joined[end, link[~whole][ends[end, link[~whole]] == node[~whole]]] = False
        label = components(
            nodes + len(links),
            np.concatenate([ends[0, joined[0]], ends[1, joined[1]]]),
            nodes + np.concatenate([links[joined[0]], links[joined[1]]]),
        )
        self.of_node: IntArray = label[:nodes]
        self.of_link: IntArray = label[nodes:]
        self._sides = np.where(
            whole, label[ends[:, link]], np.array([label[nodes + link], label[node]])
        )

    def around(self, segment: int) -> list[IsolationValve]:
        """The valves that part a segment from others."""
        inside = self._sides == segment
        return [self.valves[row] for row in np.flatnonzero(inside[0] ^ inside[1])]

    def members(self, segment: int) -> tuple[BoolArray, BoolArray]:
        """Nodes and links of a segment, shapes (node,) and (link,)."""
        return self.of_node == segment, self.of_link == segment
