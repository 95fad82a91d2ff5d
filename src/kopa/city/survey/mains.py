"""Streets that networks run along."""

from __future__ import annotations

import numpy as np

from kopa.geo.streets import Streets
from kopa.model import BoolArray, FloatArray, IntArray
from kopa.model.graph import components

TOWN = frozenset(
    {"primary", "secondary", "tertiary", "unclassified", "residential", "living_street"}
    | {"pedestrian", "primary_link", "secondary_link", "tertiary_link", "road"}
)
"""Streets that a network takes wherever they lead to somebody."""
YARD = frozenset({"service", "track", "footway", "path", "steps", "cycleway", "trunk"})
"""Ways that it takes only where no street leads."""
YARD_M = 50.0
"""A yard or footway is only taken as the street in front where it is nearer by more, m."""
DETOUR = 3.0
"""A metre of a yard counts as so many of a street when a way is looked for."""


def usable(streets: Streets) -> tuple[BoolArray, FloatArray]:
    """Edges of the largest connected part that a network may take, and the cost of each, m."""
    town = np.array([kind in TOWN for kind in streets.kind], dtype=bool)
    yard = np.array([kind in YARD for kind in streets.kind], dtype=bool)
    rows = np.flatnonzero((town | yard) & (streets.a != streets.b))
    label = components(streets.nodes, streets.a[rows], streets.b[rows])
    weight = np.bincount(label[streets.a[rows]], streets.length[rows] * (town[rows] + 0.01))
    keep = np.zeros(streets.edges, dtype=bool)
    if len(rows):
        keep[rows] = label[streets.a[rows]] == int(np.argmax(weight))
    return keep, np.where(town, 1.0, DETOUR) * streets.length


def in_front(
    streets: Streets, among: IntArray, x: FloatArray, y: FloatArray
) -> tuple[IntArray, FloatArray]:
    """The street in front of each point and how far it is, m; two arrays of shape (point,).

    A town street is taken before a yard or a footway that is nearer by no more than `YARD_M`.
    """
    edge, far = _nearest(streets, among, x, y)
    town = among[[streets.kind[row] in TOWN for row in among]]
    if len(town):
        other, distance = _nearest(streets, town, x, y)
        better = distance <= far + YARD_M
        edge[better], far[better] = other[better], distance[better]
    return edge, far


def _nearest(
    streets: Streets, among: IntArray, x: FloatArray, y: FloatArray
) -> tuple[IntArray, FloatArray]:
    """The nearest of some edges to each point, and how far it is, m."""
    import shapely

    many = np.diff(streets.first)[among]
    point = np.concatenate([np.arange(streets.first[e], streets.first[e + 1]) for e in among])
    lines = shapely.linestrings(
        np.column_stack([streets.point_x[point], streets.point_y[point]]),
        indices=np.repeat(np.arange(len(among)), many),
    )
    points = shapely.points(x, y)
    tree = shapely.STRtree(lines)
    (at, line), far = tree.query_nearest(points, return_distance=True, all_matches=False)
    edge, distance = np.empty(len(x), dtype=np.int64), np.empty(len(x))
    edge[at], distance[at] = among[line], far
    return edge, distance


def mains(streets: Streets, keep: BoolArray, cost: FloatArray, served: IntArray) -> BoolArray:
    """One connected part of the graph that passes all served edges.

    All town streets that lead to somebody, with their loops, and the shortest ways through
    yards to what no street reaches; dead ends that serve nobody are left out.

    Parameters
    ----------
    streets
        The graph.
    keep, cost
        From `usable`, shape (edge,).
    served
        Edges with somebody at them.

    Returns
    -------
    BoolArray
        Shape (edge,).
    """
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import dijkstra

    chosen = keep & np.array([kind in TOWN for kind in streets.kind], dtype=bool)
    wanted = np.zeros(streets.edges, dtype=bool)
    wanted[served] = True
    rows = np.flatnonzero(chosen)
    label = components(streets.nodes, streets.a[rows], streets.b[rows])
    inside = np.zeros(streets.nodes, dtype=bool)
    inside[streets.a[rows]] = inside[streets.b[rows]] = True
    size = np.bincount(label[streets.a[rows]], streets.length[rows], streets.nodes)
    root = int(np.argmax(size)) if len(rows) else int(streets.a[served[0]])
    edge = _cheapest(streets, np.flatnonzero(keep), cost)
    a, b = streets.a[edge], streets.b[edge]
    graph = csr_matrix(
        (np.tile(cost[edge], 2), (np.concatenate([a, b]), np.concatenate([b, a]))),
        shape=(streets.nodes, streets.nodes),
    )
    number = {(int(i), int(j)): int(e) for e, i, j in zip(edge, a, b, strict=True)}
    number |= {(j, i): e for (i, j), e in number.items()}
    start = np.flatnonzero(inside & (label == root)) if len(rows) else np.array([root])
    _, before, _ = dijkstra(
        graph, directed=True, indices=start, min_only=True, return_predecessors=True
    )
    before[start] = -1
    chosen |= wanted & keep
    todo = np.unique(np.concatenate([streets.a[chosen], streets.b[chosen]])).tolist()
    seen: set[int] = set()
    for node in todo:
        while before[node] >= 0 and node not in seen:
            seen.add(node)
            chosen[number[int(before[node]), node]] = True
            node = int(before[node])
    return _pruned(streets, chosen, wanted)


def _cheapest(streets: Streets, edges: IntArray, cost: FloatArray) -> IntArray:
    """Of parallel edges the cheapest, loops left out: a sparse matrix would add them up."""
    low = np.minimum(streets.a[edges], streets.b[edges])
    high = np.maximum(streets.a[edges], streets.b[edges])
    order = np.lexsort((edges, cost[edges], high, low))
    edges, low, high = edges[order], low[order], high[order]
    new = np.concatenate([[True], (np.diff(low) != 0) | (np.diff(high) != 0)])
    return np.asarray(edges[new & (low != high)])


def _pruned(streets: Streets, chosen: BoolArray, wanted: BoolArray) -> BoolArray:
    """Without dead ends that nobody wants."""
    chosen = chosen.copy()
    while True:
        rows = np.flatnonzero(chosen)
        degree = np.bincount(
            np.concatenate([streets.a[rows], streets.b[rows]]), minlength=streets.nodes
        )
        dead = (degree[streets.a[rows]] == 1) | (degree[streets.b[rows]] == 1)
        dead &= ~wanted[rows]
        if not dead.any():
            return chosen
        chosen[rows[dead]] = False
