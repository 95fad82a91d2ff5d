"""The safest way on foot that is not much longer than the shortest.

Each street has a length and a risk; among all ways of at most so many metres the one of least risk
is found by labels that no other label beats in both, with bounds from the target backwards: exact,
unless there are more labels than `MOST`.

References
----------
Handler, G., Zang, I. (1980), A dual algorithm for the constrained shortest path problem, Networks
10. Rosén, E., Sander, U. (2009), Pedestrian fatality risk as a function of car impact speed,
Accident Analysis & Prevention 41(3).
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np

from kopa.geo.project import Projection
from kopa.geo.streets import Streets
from kopa.model import FloatArray

MOST = 400_000
"""Labels at most."""
TOWN_KMH = 50.0
"""Speed whose risk counts as 1: the usual limit in towns."""


@dataclass(frozen=True)
class Way:
    """A way on foot.

    Parameters
    ----------
    nodes, edges
        In order.
    metres, risk
        Its length, and the sum of its streets' risks.
    """

    nodes: list[int]
    edges: list[int]
    metres: float
    risk: float


def traffic(kmh: FloatArray) -> FloatArray:
    """Risk of death of somebody whom a car hits, over that at 50 km/h (Rosén and Sander 2009)."""

    def share(speed: FloatArray | float) -> FloatArray:
        return np.asarray(1 / (1 + np.exp(6.9 - 0.090 * np.asarray(speed))))

    return np.asarray(share(kmh) / share(TOWN_KMH))


class Walks:
    """Ways between two crossings.

    Parameters
    ----------
    streets
        The map.
    risk
        Of each edge, ≥ 0, shape (edge,).
    """

    def __init__(self, streets: Streets, risk: FloatArray) -> None:
        self._metres, self._risk = streets.length.tolist(), risk.tolist()
        self._near: list[list[tuple[int, int]]] = [[] for _ in range(streets.nodes)]
        for edge in np.flatnonzero(streets.walk).tolist():
            a, b = int(streets.a[edge]), int(streets.b[edge])
            self._near[a].append((b, edge))
            self._near[b].append((a, edge))

    def least(self, start: int, cost: list[float]) -> tuple[list[float], list[int]]:
        """Least sum of a cost from a node to all, and the edge that leads to each."""
        far = [float("inf")] * len(self._near)
        by = [-1] * len(self._near)
        far[start] = 0.0
        heap = [(0.0, start)]
        while heap:
            cheap, node = heapq.heappop(heap)
            if cheap > far[node]:
                continue
            for other, edge in self._near[node]:
                if cheap + cost[edge] < far[other]:
                    far[other], by[other] = cheap + cost[edge], edge
                    heapq.heappush(heap, (far[other], other))
        return far, by

    def shortest(self, start: int, end: int) -> Way | None:
        """The shortest way; None where there is none."""
        _, by = self.least(end, self._metres)
        if start != end and by[start] < 0:
            return None
        return self._along(start, end, by)

    def _along(self, start: int, end: int, by: list[int]) -> Way:
        nodes, edges = [start], []
        while nodes[-1] != end:
            edge = by[nodes[-1]]
            edges.append(edge)
            nodes.append(next(other for other, one in self._near[nodes[-1]] if one == edge))
        return self._way(nodes, edges)

    def _way(self, nodes: list[int], edges: list[int]) -> Way:
        metres = sum(self._metres[edge] for edge in edges)
        return Way(nodes, edges, metres, sum(self._risk[edge] for edge in edges))

    def safest(self, start: int, end: int, most: float) -> tuple[Way | None, bool]:
        """The way of least risk among those of at most so many metres, and whether that is proven.

        Parameters
        ----------
        start, end
            Nodes.
        most
            m.
        """
        metres_left, _ = self.least(end, self._metres)
        risk_left, _ = self.least(end, self._risk)
        if metres_left[start] > most:
            return None, True
        labels: list[tuple[float, int, int, int]] = [(0.0, start, -1, -1)]  # metres, node, edge, of
        heap = [(risk_left[start], 0.0, 0, 0.0)]
        shortest_at: dict[int, float] = {}
        while heap:
            _, metres, number, risk = heapq.heappop(heap)
            node = labels[number][1]
            if node == end:
                return self._traced(labels, number), True
            # labels come by rising risk to each node: a longer one than before is beaten
            if metres >= shortest_at.get(node, float("inf")):
                continue
            shortest_at[node] = metres
            if len(labels) > MOST:
                return self.shortest(start, end), False
            for other, edge in self._near[node]:
                longer = metres + self._metres[edge]
                if longer + metres_left[other] > most + 1e-9:
                    continue
                if longer >= shortest_at.get(other, float("inf")):
                    continue
                worse = risk + self._risk[edge]
                labels.append((longer, other, edge, number))
                heapq.heappush(heap, (worse + risk_left[other], longer, len(labels) - 1, worse))
        return None, True

    def _traced(self, labels: list[tuple[float, int, int, int]], number: int) -> Way:
        nodes, edges = [], []
        while number >= 0:
            _, node, edge, before = labels[number]
            nodes.append(node)
            if edge >= 0:
                edges.append(edge)
            number = before
        return self._way(nodes[::-1], edges[::-1])


def drawn(streets: Streets, way: Way) -> FloatArray:
    """A way in degrees, shape (point, 2)."""
    points: list[FloatArray] = [np.array([(streets.x[way.nodes[0]], streets.y[way.nodes[0]])])]
    for node, edge in zip(way.nodes, way.edges, strict=False):
        line = np.asarray(streets.line(edge))
        points.append(line if streets.a[edge] == node else line[::-1])
    whole = np.concatenate(points)
    lonlat: FloatArray = np.column_stack(Projection(streets.crs).degrees(whole[:, 0], whole[:, 1]))
    return lonlat


def names(streets: Streets, way: Way) -> list[str]:
    """Names of the streets along a way, each stretch once."""
    all_ = [streets.name[edge] for edge in way.edges]
    return [name for at, name in enumerate(all_) if name and all_[at - 1 : at] != [name]]
