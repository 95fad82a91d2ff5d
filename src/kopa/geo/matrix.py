"""Times and lengths of the fastest ways between many nodes.

The engine gives times alone. A way is fastest if each of its arcs is tight: time to its tail +
its time = time to its head. So one tight arc into each node makes the tree of fastest ways from a
source, and lengths add up along it in steps that double (pointer jumping): the length of a
thousand times a thousand ways costs no thousand times a thousand queries.

References
----------
JáJá (1992), An Introduction to Parallel Algorithms, section 2.2 (pointer jumping).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kopa.geo.engine_routingkit import MILLISECONDS, Metric, Router
from kopa.model import FloatArray, IntArray

CELLS = 300_000
"""Sources × nodes that are looked at together: some 12 MB of memory."""


@dataclass(frozen=True)
class Matrix:
    """Fastest ways.

    Parameters
    ----------
    seconds
        `inf` where there is no way, shape (source, target).
    metres
        Length of the fastest way, of one of them where several are as fast; `inf` where there is
        none, shape (source, target).
    """

    seconds: FloatArray
    metres: FloatArray


def matrix(
    router: Router, sources: IntArray, targets: IntArray, seconds: FloatArray | None = None
) -> Matrix:
    """Seconds and metres from every source to every target.

    Parameters
    ----------
    router
        The streets.
    sources, targets
        Nodes, shape (source,) and (target,); a node may be there twice.
    seconds
        Time of each arc, s, `inf` where it is closed, shape (arc,); None for free traffic.
    """
    metric = router.metric(seconds)
    rows, row_of = np.unique(sources, return_inverse=True)
    columns, column_of = np.unique(targets, return_inverse=True)
    found = _Lengths(router, metric, router.roads.seconds if seconds is None else seconds)
    times = np.empty((len(rows), len(columns)))
    metres = np.empty((len(rows), len(columns)))
    step = max(1, CELLS // max(router.roads.streets.nodes, 1))
    for low in range(0, len(rows), step):
        part = slice(low, low + step)
        times[part], metres[part] = found.ways(rows[part], columns)
    pick = np.ix_(row_of, column_of)
    return Matrix(times[pick], metres[pick])


class _Lengths:
    """Lengths of fastest ways over one metric."""

    def __init__(self, router: Router, metric: Metric, seconds: FloatArray) -> None:
        roads = router.roads
        self._metric = metric
        self._nodes = np.arange(roads.streets.nodes)
        weight = np.where(np.isfinite(seconds), np.rint(seconds * MILLISECONDS), np.inf)
        # an arc that takes no time would let a node be its own ancestor
        use = np.flatnonzero(np.isfinite(weight) & (weight > 0))
        self._tail, self._head, self._weight = roads.tail[use], roads.head[use], weight[use]
        self._length = roads.streets.length[roads.edge]
        self._used_length = self._length[use]

    def ways(self, sources: IntArray, targets: IntArray) -> tuple[FloatArray, FloatArray]:
        """Seconds and metres, each of shape (source, target)."""
        times = self._metric.matrix(sources, self._nodes)
        seconds = times[:, targets]
        metres, root = self._along_trees(np.rint(times * MILLISECONDS), targets)
        metres[~np.isfinite(seconds)] = np.inf
        # where the tree has a gap (an arc of no time), the engine names the arcs itself
        gaps = np.isfinite(seconds) & (root != sources[:, None])
        for row, column in np.argwhere(gaps).tolist():
            _, arcs = self._metric.path(int(sources[row]), int(targets[column]))
            metres[row, column] = self._length[arcs].sum()
        return seconds, metres

    def _along_trees(self, times: FloatArray, targets: IntArray) -> tuple[FloatArray, IntArray]:
        """Metres from the root of each target's tree, and the root, each (source, target)."""
        tight = times[:, self._tail] + self._weight == times[:, self._head]
        tight &= np.isfinite(times[:, self._head])
        row, arc = np.nonzero(tight)
        parent = np.tile(self._nodes.astype(np.int32), (len(times), 1))
        parent[row, self._head[arc]] = self._tail[arc]
        metres = np.zeros(times.shape)
        metres[row, self._head[arc]] = self._used_length[arc]
        while True:
            above = np.take_along_axis(parent, parent, axis=1)
            if np.array_equal(above, parent):
                return metres[:, targets], parent[:, targets].astype(np.int64)
            metres += np.take_along_axis(metres, parent, axis=1)
            parent = above
