"""What can be reached by car in some time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from kopa.model import BoolArray

from .network import Network
from .stretch import edge_lines

WIDTH_M = 40.0
"""The area is all that lies so near to a street that is reached."""


@dataclass(frozen=True)
class Isochrone:
    """What is reached.

    Parameters
    ----------
    reached
        True for nodes that are reached, shape (node,).
    street_m
        Length of the streets, up to where the time ends on them, m.
    area
        The area, a shapely geometry in metres.
    """

    reached: BoolArray
    street_m: float
    area: Any


def isochrone(network: Network, node: int, seconds: float) -> Isochrone:
    """What a car reaches from a node in some time of free traffic.

    Parameters
    ----------
    network
        The streets.
    node
        Where it starts.
    seconds
        How long it drives, s.
    """
    import shapely
    from shapely.ops import substring

    streets, roads = network.streets, network.roads
    everywhere = np.arange(streets.nodes, dtype=np.int64)
    times = network.router.metric().matrix(np.array([node]), everywhere)[0]
    left = np.maximum(seconds - times, 0.0)  # 0 where a node is not reached
    # how far one gets into each edge from either end
    from_a, from_b = np.zeros(streets.edges), np.zeros(streets.edges)
    reach = np.minimum(left[roads.tail] * streets.speed[roads.edge], streets.length[roads.edge])
    along = roads.tail == streets.a[roads.edge]
    np.maximum.at(from_a, roads.edge[along], reach[along])
    np.maximum.at(from_b, roads.edge[~along], reach[~along])
    covered = np.minimum(from_a + from_b, streets.length)
    whole = np.flatnonzero((covered > 0) & (covered >= streets.length - 1e-9))
    parts = list(edge_lines(streets, whole)) if len(whole) else []
    cut = np.flatnonzero((covered > 0) & (covered < streets.length - 1e-9))
    for edge, line in zip(cut.tolist(), edge_lines(streets, cut) if len(cut) else (), strict=True):
        share_a = from_a[edge] / streets.length[edge]
        share_b = from_b[edge] / streets.length[edge]
        if share_a > 0:
            parts.append(substring(line, 0, share_a, normalized=True))
        if share_b > 0:
            parts.append(substring(line, 1 - share_b, 1, normalized=True))
    start = shapely.points(streets.x[node], streets.y[node])
    area = shapely.union_all(shapely.buffer([start, *parts], WIDTH_M, quad_segs=4))
    return Isochrone(times <= seconds, float(covered.sum()), shapely.simplify(area, 2.0))
