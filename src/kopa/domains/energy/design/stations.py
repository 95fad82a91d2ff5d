"""Where stations stand, and which streets each supplies at low voltage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from kopa.domain.design import Survey
from kopa.domains.energy.design.demand import Customers
from kopa.domains.energy.design.rules import RULES
from kopa.model import FloatArray, IntArray


@dataclass(frozen=True)
class Tree:
    """Shortest ways along the mains from one node to all others.

    Parameters
    ----------
    order
        Nodes, far ones first; the root is the last, shape (node of the mains,).
    parent, edge
        Next node towards the root and the street to it, -1 at the root, shape (node,).
    """

    order: IntArray
    parent: IntArray
    edge: IntArray


@dataclass(frozen=True)
class Station:
    """A station with the low voltage streets behind it.

    Parameters
    ----------
    node
        Street node where it stands.
    kw
        What it supplies.
    customers
        Rows of `Customers`.
    streets
        Its cables: street, node nearer to the station, node further away; nearer ones first.
    own
        True for the station of one customer, without streets.
    """

    node: int
    kw: float
    customers: tuple[int, ...]
    streets: tuple[tuple[int, int, int], ...] = ()
    own: bool = False


def tree(survey: Survey, root: int) -> Tree:
    """The tree of shortest ways from a node along the mains."""
    from scipy.sparse.csgraph import dijkstra

    streets = survey.streets
    matrix, number = mains_graph(survey)
    far, before = dijkstra(matrix, directed=False, indices=root, return_predecessors=True)
    inside = np.flatnonzero(np.isfinite(far))
    parent = np.full(streets.nodes, -1)
    edge = np.full(streets.nodes, -1)
    for node in inside.tolist():
        if node != root:
            parent[node] = before[node]
            edge[node] = number[min(node, int(before[node])), max(node, int(before[node]))]
    return Tree(inside[np.argsort(-far[inside], kind="stable")], parent, edge)


def mains_graph(survey: Survey) -> tuple[Any, dict[tuple[int, int], int]]:
    """Lengths of the mains as a sparse matrix, and the street of each pair of nodes.

    Of parallel streets the shortest is taken; each pair stands once, low node first.
    """
    from scipy.sparse import csr_matrix

    streets = survey.streets
    rows = np.flatnonzero(survey.mains & (streets.a != streets.b))
    low = np.minimum(streets.a[rows], streets.b[rows])
    high = np.maximum(streets.a[rows], streets.b[rows])
    order = np.lexsort((rows, streets.length[rows], high, low))
    rows, low, high = rows[order], low[order], high[order]
    first = np.concatenate([[True], (np.diff(low) != 0) | (np.diff(high) != 0)])
    rows, low, high = rows[first], low[first], high[first]
    matrix = csr_matrix((streets.length[rows], (low, high)), shape=(streets.nodes,) * 2)
    pairs = zip(low.tolist(), high.tolist(), rows.tolist(), strict=True)
    return matrix, {(a, b): row for a, b, row in pairs}


def place_stations(survey: Survey, customers: Customers) -> list[Station]:
    """Cut the tree of streets into areas, one station at the load centre of each.

    Large customers have a station of their own. The tree is cut from its ends upwards: an area
    is closed where the next one would pass the load of a station or its span.

    References
    ----------
    Kundu and Misra (1977), A linear tree partitioning algorithm, SIAM J. Comput. 6 (1).
    """
    own = customers.kw > RULES["own_station_kw"]
    stations = [
        Station(int(customers.node[row]), float(customers.kw[row]), (row,), own=True)
        for row in np.flatnonzero(own).tolist()
    ]
    shared = np.flatnonzero(~own)
    at, kw = customers.node[shared], customers.kw[shared]
    load = np.bincount(at, kw, survey.streets.nodes).astype(np.float64)
    start = int(np.argmax(load)) if load.any() else int(survey.streets.a[survey.mains][0])
    ways = tree(survey, start)
    head = _areas(survey, ways, load, RULES["station_kva"] * RULES["cos_phi"])
    of_node: dict[int, list[int]] = {}
    for row in shared.tolist():
        of_node.setdefault(int(customers.node[row]), []).append(row)
    members: dict[int, list[int]] = {}
    for node in ways.order[::-1].tolist():  # from the root outwards
        if head[node] >= 0:
            members.setdefault(int(head[node]), []).append(node)
    for nodes in members.values():
        rows = [row for node in nodes for row in of_node.get(node, ())]
        if rows:
            stations.append(_station(ways, nodes, load, rows))
    return stations


def _areas(survey: Survey, ways: Tree, load: FloatArray, most: float) -> IntArray:
    """Uppermost node of the area to which each node belongs, -1 for none, shape (node,)."""
    span = RULES["station_span_m"]
    length = survey.streets.length
    kw, reach = load.copy(), np.zeros(len(load))
    closed = np.zeros(len(load), dtype=bool)
    children: dict[int, list[int]] = {}
    for node in ways.order.tolist():
        for child in sorted(children.pop(node, []), key=lambda c: (kw[c], reach[c])):
            further = reach[child] + length[ways.edge[child]]
            if kw[child] == 0:
                closed[child] = True
            elif kw[node] + kw[child] <= most and reach[node] + further <= span:
                kw[node] += kw[child]
                reach[node] = max(reach[node], further)
            else:
                closed[child] = True
        if ways.parent[node] >= 0:
            children.setdefault(int(ways.parent[node]), []).append(node)
    head = np.full(len(load), -1)
    for node in ways.order[::-1].tolist():
        top = ways.parent[node] < 0 or closed[node]
        head[node] = node if top else head[ways.parent[node]]
    empty = np.bincount(head[head >= 0], load[head >= 0], len(load)) == 0
    head[(head >= 0) & empty[head]] = -1
    return head


def _station(ways: Tree, nodes: list[int], load: FloatArray, rows: list[int]) -> Station:
    """The station of an area: at its load centre, its streets running outwards from there."""
    behind = {node: float(load[node]) for node in nodes}
    near: dict[int, list[int]] = {node: [] for node in nodes}
    for node in reversed(nodes[1:]):  # the first node is the uppermost
        parent = int(ways.parent[node])
        behind[parent] += behind[node]
        near[node].append(parent)
        near[parent].append(node)
    whole = behind[nodes[0]]
    centre = nodes[0]
    while True:
        heavy = [n for n in near[centre] if ways.parent[n] == centre and behind[n] > whole / 2]
        if not heavy:
            break
        centre = heavy[0]
    streets: list[tuple[int, int, int]] = []
    stack, seen = [centre], {centre}
    while stack:
        node = stack.pop()
        for other in near[node]:
            if other not in seen:
                seen.add(other)
                lower = node if ways.parent[node] == other else other
                streets.append((int(ways.edge[lower]), node, other))
                stack.append(other)
    return Station(centre, whole, tuple(rows), _with_load(streets, load))


def _with_load(
    streets: list[tuple[int, int, int]], load: FloatArray
) -> tuple[tuple[int, int, int], ...]:
    """The streets that lead to a customer."""
    wanted: set[int] = set()
    kept = []
    for street, near, far in reversed(streets):
        if load[far] > 0 or far in wanted:
            wanted.add(near)
            kept.append((street, near, far))
    return tuple(reversed(kept))
