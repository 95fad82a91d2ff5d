"""What the outage of one edge cuts off, for all edges in one walk of the graph.

References
----------
Tarjan, R. (1974), A note on finding the bridges of a graph, Information Processing Letters 2:6.
"""

from __future__ import annotations

import numpy as np

from kopa.domains.energy.topology import Topology
from kopa.model import FloatArray, IntArray


class Bridges:
    """Which edges are the only way to what lies behind them.

    Parameters
    ----------
    topology
        The grid as its file has it.

    Attributes
    ----------
    below
        First bus of what an edge cuts off, -1 where it cuts off nothing, shape (edge,).
    """

    def __init__(self, topology: Topology) -> None:
        self._parent = [-1] * topology.network.buses
        self._edge_to = [-1] * topology.network.buses
        self._order = self._walked(topology)
        self.below: IntArray = np.full(len(topology.ends), -1)
        for bus in self._only_ways(topology):
            self.below[self._edge_to[bus]] = bus

    def behind(self, values: FloatArray) -> FloatArray:
        """Sum of a value of buses over what each edge cuts off.

        Parameters
        ----------
        values
            Of each bus, shape (bus,).

        Returns
        -------
        FloatArray
            0 where an edge cuts off nothing, shape (edge,).
        """
        total: list[float] = values.tolist()
        for bus in reversed(self._order):
            if self._parent[bus] >= 0:
                total[self._parent[bus]] += total[bus]
        return np.where(self.below >= 0, np.array(total)[self.below], 0.0)

    def _walked(self, topology: Topology) -> list[int]:
        """Energised buses by a walk in depth from all sources; notes whence each is met."""
        around, carries = topology.around, topology.carries
        order: list[int] = []
        sources = topology.sources_on()
        known = bytearray(topology.network.buses)
        for source in sources:
            known[source] = 1
        for source in sources:
            order.append(source)
            todo = [(other, edge, source) for edge, other in around[source] if carries[edge]]
            while todo:
                bus, via, parent = todo.pop()
                if known[bus]:
                    continue
                known[bus] = 1
                order.append(bus)
                self._parent[bus], self._edge_to[bus] = parent, via
                todo += [
                    (other, edge, bus)
                    for edge, other in around[bus]
                    if not known[other] and carries[edge]
                ]
        return order

    def _only_ways(self, topology: Topology) -> list[int]:
        """Buses from which, and from behind which, no second way leads back."""
        around, carries, parent = topology.around, topology.carries, self._parent
        # sources hold their voltage together: a way to any of them leads back to the beginning
        number = [0] * topology.network.buses
        for place, bus in enumerate(self._order):
            number[bus] = place if parent[bus] >= 0 else -1
        lowest = number.copy()
        only = []
        for bus in reversed(self._order):
            via, first = self._edge_to[bus], lowest[bus]
            for edge, other in around[bus]:
                if carries[edge] and edge != via:
                    first = min(first, lowest[other] if parent[other] == bus else number[other])
            lowest[bus] = first
            if via >= 0 and first == number[bus]:
                only.append(bus)
        return only
