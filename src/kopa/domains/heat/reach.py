"""Who is joined to a plant: a step on the graph, which needs no engine."""

from __future__ import annotations

import numpy as np

from kopa.model import BoolArray, IntArray

from .network import HeatNetwork


class Reach:
    """The graph of a network: junctions, joined by pipes and valves that are open.

    Parameters
    ----------
    network
        The network.
    """

    def __init__(self, network: HeatNetwork) -> None:
        pipes, valves, junctions = network.pipes, network.valves, network.junctions
        self._network = network
        self._begin = np.concatenate([pipes.begin, valves.begin])
        self._end = np.concatenate([pipes.end, valves.end])
        usable = junctions.in_service[self._begin] & junctions.in_service[self._end]
        self._open = np.concatenate([pipes.open, valves.open]) & usable

    def parts(self, open_pipes: BoolArray, open_valves: BoolArray) -> IntArray:
        """Part of the network that each junction is in, shape (junction,).

        Parameters
        ----------
        open_pipes, open_valves
            What is open, shapes (pipe,) and (valve,).
        """
        from scipy.sparse import coo_matrix
        from scipy.sparse.csgraph import connected_components

        joined = np.flatnonzero(self._open & np.concatenate([open_pipes, open_valves]))
        count = len(self._network.junctions)
        ends = (self._begin[joined], self._end[joined])
        graph = coo_matrix((np.ones(len(joined), dtype=np.int8), ends), shape=(count, count))
        return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)

    def plant_of(self, parts: IntArray, plants: BoolArray) -> IntArray:
        """A plant in operation that each consumer is joined to both ways, -1 for none.

        Plants of one part are all named by the first of them, so that those who share plants
        have the same number; shape (consumer,).

        Parameters
        ----------
        parts
            As `parts` gives them.
        plants
            Those in operation, shape (plant,).
        """
        consumers, works = self._network.consumers, self._network.plants
        first: dict[tuple[int, int], int] = {}
        for row in np.flatnonzero(plants).tolist():
            first.setdefault((int(parts[works.out[row]]), int(parts[works.back[row]])), row)
        ends = zip(parts[consumers.begin].tolist(), parts[consumers.end].tolist(), strict=True)
        found = np.array([first.get(pair, -1) for pair in ends], dtype=np.int64)
        return np.where(consumers.in_service, found, -1)

    def group_of(self, parts: IntArray, plants: BoolArray) -> IntArray:
        """The number under which `plant_of` names each plant, -1 where it is not in operation."""
        works = self._network.plants
        first: dict[tuple[int, int], int] = {}
        found = np.full(len(works), -1, dtype=np.int64)
        for row in np.flatnonzero(plants).tolist():
            pair = (int(parts[works.out[row]]), int(parts[works.back[row]]))
            found[row] = first.setdefault(pair, row)
        return found
