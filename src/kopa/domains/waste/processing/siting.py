"""How far people walk to sites, and what sites serve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kopa.geo.on_foot import lengths
from kopa.geo.project import Projection, utm
from kopa.geo.streets import Streets
from kopa.model import FloatArray, IntArray

from .read_sites import Candidates, Demand

BLOCK = 64
"""Candidates whose ways are found at once: memory is this times the nodes of the map."""


@dataclass(frozen=True)
class Served:
    """What some sites do for people.

    Parameters
    ----------
    people
        Whose nearest site each is, shape (site,).
    covered
        People within reach; NaN where no reach is given.
    mean
        Mean way to the nearest site, m; NaN without sites.
    """

    people: FloatArray
    covered: float
    mean: float


def straight(demand: Demand, candidates: Candidates, detour: float) -> FloatArray:
    """Straight way times a factor for detours, m, shape (demand, candidate)."""
    from scipy.spatial.distance import cdist

    projection = Projection(utm(float(np.median(demand.lon)), float(np.median(demand.lat))))
    ends = [np.column_stack(projection.metres(one.lon, one.lat)) for one in (demand, candidates)]
    return np.asarray(cdist(*ends) * detour)


def walked(demand: Demand, candidates: Candidates, streets: Streets) -> FloatArray:
    """Way on foot along the streets, m, shape (demand, candidate).

    Points join the nearest node of the largest connected net of walkable streets in a straight
    line, which counts.
    """
    from scipy.sparse.csgraph import dijkstra

    projection = Projection(streets.crs)
    nodes, graph = _net(streets)
    (start, off), (end, away) = (
        _joined(projection, one, streets, nodes) for one in (demand, candidates)
    )
    found = np.empty((len(demand.lon), len(candidates.ids)))
    for begin in range(0, len(end), BLOCK):
        part = slice(begin, begin + BLOCK)
        ways = dijkstra(graph, directed=False, indices=end[part])
        found[:, part] = ways[:, start].T
    return found + off[:, None] + away[None, :]


def _net(streets: Streets) -> tuple[IntArray, object]:
    """Nodes of the largest walkable net, and its lengths; of parallel edges the shortest."""
    from scipy.sparse.csgraph import connected_components

    whole = lengths(streets)
    _, part = connected_components(whole, directed=False)
    touched = np.unique(np.concatenate(whole.nonzero()))
    largest = np.bincount(part[touched]).argmax()
    nodes = touched[part[touched] == largest]
    return nodes, whole[nodes][:, nodes]


def _joined(
    projection: Projection, points: Demand | Candidates, streets: Streets, nodes: IntArray
) -> tuple[IntArray, FloatArray]:
    """Nearest node of each point, as a row of `nodes`, and how far it is, m."""
    from scipy.spatial import cKDTree

    x, y = projection.metres(points.lon, points.lat)
    tree = cKDTree(np.column_stack([streets.x[nodes], streets.y[nodes]]))
    far, row = tree.query(np.column_stack([x, y]))
    return np.asarray(row, dtype=np.int64), np.asarray(far)


def served(way: FloatArray, people: FloatArray, sites: IntArray, within: float) -> Served:
    """What some sites do.

    Parameters
    ----------
    way
        m, shape (demand, candidate).
    people
        Shape (demand,).
    sites
        Candidates that are open.
    within
        Reach, m; NaN without.
    """
    if not len(sites):
        nobody = np.nan if np.isnan(within) else 0.0
        return Served(np.empty(0), nobody, np.nan)
    near = way[:, sites].argmin(axis=1)
    least = way[:, sites].min(axis=1)
    covered = np.nan if np.isnan(within) else float(people[least <= within].sum())
    mean = float(people @ least / people.sum())
    each = np.bincount(near, people, len(sites)).astype(np.float64)
    return Served(each, covered, mean)
