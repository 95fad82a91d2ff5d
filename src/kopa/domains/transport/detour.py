"""The way round a closed stretch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kopa.geo.engine_routingkit import Metric
from kopa.geo.roads import Roads
from kopa.model import BoolArray, FloatArray, IntArray

ROUNDED_S = 0.1
"""Times that differ by less are the same: an engine rounds each street's to milliseconds."""


@dataclass(frozen=True)
class Detour:
    """The way round, in one direction.

    Parameters
    ----------
    start, end
        Nodes where one leaves the usual way and comes back to it.
    before, after
        Time from one to the other with the stretch open and closed, s; `inf` for no way.
    arcs
        The way round, shape (arc,).
    """

    start: int
    end: int
    before: float
    after: float
    arcs: IntArray

    @property
    def added(self) -> float:
        """Time added, s."""
        return self.after - self.before


def closed_times(roads: Roads, closed: BoolArray) -> FloatArray:
    """Time of each arc with some edges closed, s, `inf` where closed, shape (arc,)."""
    return np.where(closed[roads.edge], np.inf, roads.seconds)


def boundary(roads: Roads, closed: BoolArray) -> IntArray:
    """Nodes of closed edges at which an open one begins or ends."""
    shut = closed[roads.edge]
    of_closed = np.zeros(roads.streets.nodes, dtype=bool)
    of_closed[roads.tail[shut]] = of_closed[roads.head[shut]] = True
    of_open = np.zeros_like(of_closed)
    of_open[roads.tail[~shut]] = of_open[roads.head[~shut]] = True
    return np.flatnonzero(of_closed & of_open)


def detours(roads: Roads, closed: BoolArray, before: Metric, after: Metric) -> list[Detour]:
    """The ways round a closed stretch, one for each direction in which it was driven.

    Its ends are the two nodes, still joined to the rest of the town, whose fastest way leads
    through the stretch and is the longest.

    Parameters
    ----------
    roads
        The graph.
    closed
        True for closed edges, shape (edge,).
    before, after
        Times with the stretch open and closed.
    """
    ends = boundary(roads, closed)
    through = _through(roads, closed, ends)
    if not len(ends):
        return []
    # where a faster way passes the stretch by, nobody goes through it
    through = np.where(through <= before.matrix(ends, ends) + ROUNDED_S, through, 0.0)
    if not through.max() > 0:
        return []
    main = _still_joined(roads, closed)[ends]
    among = np.where(main[:, None] & main, through, 0.0)
    if among.max() > 0:  # else the stretch is the only way, and there is none round it
        through = among
    start, end = np.unravel_index(int(np.argmax(through)), through.shape)
    pairs = [(int(ends[start]), int(ends[end]))]
    if through[end, start] > 0:
        pairs.append((int(ends[end]), int(ends[start])))
    return [_detour(*pair, before, after) for pair in pairs]


def _still_joined(roads: Roads, closed: BoolArray) -> BoolArray:
    """True for nodes of the largest part in which all still reach all, shape (node,)."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    left = ~closed[roads.edge]
    ends = (roads.tail[left], roads.head[left])
    size = (roads.streets.nodes, roads.streets.nodes)
    graph = csr_array((np.ones(len(ends[0]), dtype=np.int8), ends), shape=size)
    _, label = connected_components(graph, directed=True, connection="strong")
    return np.asarray(label == int(np.argmax(np.bincount(label))))


def _detour(start: int, end: int, before: Metric, after: Metric) -> Detour:
    usual, _ = before.path(start, end)
    seconds, arcs = after.path(start, end)
    return Detour(start, end, usual, seconds, arcs)


def _through(roads: Roads, closed: BoolArray, ends: IntArray) -> FloatArray:
    """Time through the closed stretch alone, s, 0 where no way leads through."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    arcs = np.flatnonzero(closed[roads.edge])
    nodes, local = np.unique(
        np.concatenate([roads.tail[arcs], roads.head[arcs]]), return_inverse=True
    )
    tail, head = local[: len(arcs)], local[len(arcs) :]
    order = np.lexsort((roads.seconds[arcs], head, tail))
    first = np.ones(len(arcs), dtype=bool)
    first[1:] = (np.diff(tail[order]) != 0) | (np.diff(head[order]) != 0)
    kept = order[first]
    values = np.maximum(roads.seconds[arcs][kept], 1e-9)
    graph = csr_array((values, (tail[kept], head[kept])), shape=(len(nodes), len(nodes)))
    at = np.searchsorted(nodes, ends)
    if not len(at):
        return np.zeros((0, 0))
    times = dijkstra(graph, indices=at)[:, at]
    return np.where(np.isfinite(times), times, 0.0)


def path_line(roads: Roads, arcs: IntArray) -> FloatArray:
    """Points of a way, m, shape (point, 2)."""
    streets = roads.streets
    parts = []
    for arc in arcs.tolist():
        edge = int(roads.edge[arc])
        line = streets.line(edge)
        forward = roads.tail[arc] == streets.a[edge] and roads.head[arc] == streets.b[edge]
        parts.append(line if forward else line[::-1])
    return np.concatenate(parts) if parts else np.empty((0, 2))
