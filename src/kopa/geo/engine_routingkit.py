"""Shortest paths by RoutingKit's customizable contraction hierarchies.

The order of contraction is found once for a map; a closed or slowed street is a new metric over
it. Where there is no wheel of pyroutingkit, scipy's Dijkstra answers the same, more slowly.

References
----------
Dibbelt, Strasser and Wagner (2016), Customizable Contraction Hierarchies, ACM Journal of
Experimental Algorithmics 21.
"""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise
from typing import Any, Protocol

import numpy as np

from kopa.geo.roads import Roads
from kopa.model import FloatArray, IntArray

MILLISECONDS = 1000.0
"""Times are whole milliseconds inside: sums are exact, and both engines agree to the digit."""


class Metric(Protocol):
    """Times of all arcs in one state of the streets."""

    def matrix(self, sources: IntArray, targets: IntArray) -> FloatArray:
        """Time from every source to every target, s, `inf` for none, shape (source, target)."""
        ...

    def path(self, source: int, target: int) -> tuple[float, IntArray]:
        """Time of the fastest path, s, and its arcs in order; `inf` and none if there is none."""
        ...


class Router:
    """Makes metrics over one map.

    Parameters
    ----------
    roads
        The directed graph.
    plain
        Use scipy although pyroutingkit is there.
    """

    def __init__(self, roads: Roads, plain: bool = False) -> None:
        self.roads = roads
        self._plain = plain

    @property
    def engine(self) -> str:
        """Which library answers."""
        return "scipy" if self._topology is None else "RoutingKit"

    @cached_property
    def _topology(self) -> Any:
        if self._plain:
            return None
        try:
            import pyroutingkit
        except ImportError:
            return None
        streets = self.roads.streets
        topology = pyroutingkit.CCHTopology()
        topology.build(
            self.roads.tail.astype(np.uint32),
            self.roads.head.astype(np.uint32),
            streets.lat.astype(np.float32),
            streets.lon.astype(np.float32),
            streets.nodes,
        )
        return topology

    def metric(self, seconds: FloatArray | None = None) -> Metric:
        """A metric.

        Parameters
        ----------
        seconds
            Time of each arc, s, `inf` where it is closed, shape (arc,); None for free traffic.
        """
        times = self.roads.seconds if seconds is None else seconds
        whole = np.where(np.isfinite(times), np.rint(times * MILLISECONDS), np.inf)
        if self._topology is None:
            return _Dijkstra(self.roads, whole)
        return _Hierarchy(self._topology, whole)


class _Hierarchy:
    def __init__(self, topology: Any, weights: FloatArray) -> None:
        import pyroutingkit

        self._none = int(pyroutingkit.INF_WEIGHT)
        self._metric = pyroutingkit.CCHMetric(topology)
        # a weight is kept well below "none": thousands of streets may add up to it
        capped = np.where(np.isfinite(weights), np.minimum(weights, self._none / 64), self._none)
        self._metric.customize(capped.astype(np.uint32))

    def matrix(self, sources: IntArray, targets: IntArray) -> FloatArray:
        found = self._metric.distances_many_to_many(
            sources.astype(np.uint32), targets.astype(np.uint32)
        )
        times = np.asarray(found, dtype=np.float64)
        times[found >= self._none] = np.inf
        times /= MILLISECONDS
        return times

    def path(self, source: int, target: int) -> tuple[float, IntArray]:
        if source == target:
            return 0.0, np.empty(0, dtype=np.int64)
        far, _, arcs = self._metric.query(source, target)
        if far >= self._none:
            return float("inf"), np.empty(0, dtype=np.int64)
        return far / MILLISECONDS, np.asarray(arcs, dtype=np.int64)


class _Dijkstra:
    def __init__(self, roads: Roads, weights: FloatArray) -> None:
        from scipy.sparse import csr_array

        nodes = roads.streets.nodes
        order = np.lexsort((weights, roads.head, roads.tail))
        tail, head = roads.tail[order], roads.head[order]
        # of parallel arcs the fastest counts: a sparse matrix would add them up
        first = np.ones(len(order), dtype=bool)
        first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
        first &= np.isfinite(weights[order]) & (tail != head)
        self._arc = order[first]
        # a time of 0 would be no arc at all
        values = np.maximum(weights[self._arc], 1e-9)
        self._graph = csr_array((values, (tail[first], head[first])), shape=(nodes, nodes))
        ends = zip(tail[first].tolist(), head[first].tolist(), strict=True)
        self._of = dict(zip(ends, self._arc.tolist(), strict=True))

    def matrix(self, sources: IntArray, targets: IntArray) -> FloatArray:
        from scipy.sparse.csgraph import dijkstra

        distinct, back = np.unique(sources, return_inverse=True)
        found = dijkstra(self._graph, indices=distinct)[:, targets]
        return np.asarray(np.round(found)[back] / MILLISECONDS)

    def path(self, source: int, target: int) -> tuple[float, IntArray]:
        from scipy.sparse.csgraph import dijkstra

        far, before = dijkstra(self._graph, indices=source, return_predecessors=True)
        nodes = [target]
        while nodes[-1] != source:
            nodes.append(int(before[nodes[-1]]))
            if nodes[-1] < 0:
                return float("inf"), np.empty(0, dtype=np.int64)
        nodes.reverse()
        arcs = [self._of[pair] for pair in pairwise(nodes)]
        return float(round(far[target])) / MILLISECONDS, np.array(arcs, dtype=np.int64)
