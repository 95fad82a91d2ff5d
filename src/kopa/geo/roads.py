"""The streets that cars drive on, as a directed graph."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from kopa.geo.streets import Streets
from kopa.model import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class Roads:
    """Directed arcs over the nodes of a map's streets; turns cost nothing.

    Parameters
    ----------
    streets
        The map.
    edge
        Street edge of each arc, shape (arc,).
    tail, head
        Nodes, shape (arc,).
    seconds
        Time of free traffic, s, shape (arc,).
    """

    streets: Streets
    edge: IntArray
    tail: IntArray
    head: IntArray
    seconds: FloatArray

    @cached_property
    def main(self) -> BoolArray:
        """True at nodes of the largest part in which all reach all, shape (node,)."""
        from scipy.sparse import csr_array
        from scipy.sparse.csgraph import connected_components

        nodes = self.streets.nodes
        ones = np.ones(len(self.tail), dtype=np.int8)
        matrix = csr_array((ones, (self.tail, self.head)), shape=(nodes, nodes))
        _, label = connected_components(matrix, directed=True, connection="strong")
        drivable = np.zeros(nodes, dtype=bool)
        drivable[self.tail] = drivable[self.head] = True
        sizes = np.bincount(label[drivable], minlength=1)
        return np.asarray(drivable & (label == int(np.argmax(sizes))))

    def nearest(self, x: FloatArray, y: FloatArray) -> tuple[IntArray, FloatArray]:
        """Nearest node of the main part for each point, and how far it is.

        Parameters
        ----------
        x, y
            The points in the map's CRS, m, shape (point,).

        Returns
        -------
        tuple
            Nodes, and distances in m, each of shape (point,).
        """
        far, row = self._tree.query(np.column_stack([x, y]))
        return self._main_nodes[row], np.asarray(far, dtype=np.float64)

    @cached_property
    def _main_nodes(self) -> IntArray:
        return np.flatnonzero(self.main)

    @cached_property
    def _tree(self) -> Any:
        from scipy.spatial import KDTree

        nodes = self._main_nodes
        return KDTree(np.column_stack([self.streets.x[nodes], self.streets.y[nodes]]))


def roads_of(streets: Streets) -> Roads:
    """The directed graph of a map."""
    along, against = np.flatnonzero(streets.forward), np.flatnonzero(streets.backward)
    edge = np.concatenate([along, against])
    return Roads(
        streets,
        edge,
        np.concatenate([streets.a[along], streets.b[against]]),
        np.concatenate([streets.b[along], streets.a[against]]),
        streets.length[edge] / streets.speed[edge],
    )
