"""Which way every sewer falls: a tree to the treatment plant."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

from kopa.domain.rules import Rules
from kopa.model import FloatArray, IntArray


@dataclass(frozen=True)
class Ground:
    """Manholes at street nodes, and the streets between them.

    Parameters
    ----------
    x, y, height
        Place and ground of each manhole, m, shape (node,).
    a, b, length
        Ends and length of each street, m, shape (edge,).
    """

    x: FloatArray
    y: FloatArray
    height: FloatArray
    a: IntArray
    b: IntArray
    length: FloatArray

    @property
    def nodes(self) -> int:
        """Number of manholes."""
        return len(self.x)


@dataclass
class Tree:
    """Where each manhole's water goes.

    Parameters
    ----------
    root
        Manhole at the treatment plant.
    below, street
        Next manhole, and the street on the way to it; -1 at the root and where water is pumped,
        shape (node,).
    lifts
        Manholes whose water is pumped: the manhole that it is pumped to, and the streets of the
        rising main.
    """

    root: int
    below: IntArray
    street: IntArray
    lifts: dict[int, tuple[int, tuple[int, ...]]]

    def order(self) -> list[int]:
        """Manholes, each before the one that its water goes to."""
        target = self.below.copy()
        for node, (to, _) in self.lifts.items():
            target[node] = to
        entering = np.bincount(target[target >= 0], minlength=len(target))
        ready = np.flatnonzero(entering == 0).tolist()
        done = []
        while ready:
            node = ready.pop()
            done.append(node)
            to = int(target[node])
            if to >= 0:
                entering[to] -= 1
                if entering[to] == 0:
                    ready.append(to)
        return done


def plant_site(rules: Rules, ground: Ground, dry: FloatArray) -> int:
    """The lowest corner of the city, or one hardly higher that is nearer to where people are."""
    from scipy.spatial import ConvexHull, QhullError

    try:
        hull = np.sort(ConvexHull(np.column_stack([ground.x, ground.y])).vertices)
    except (QhullError, ValueError):  # all manholes on one line, or fewer than three
        hull = np.arange(ground.nodes)
    weight = dry + 1e-12
    x, y = np.average(ground.x, weights=weight), np.average(ground.y, weights=weight)
    far = np.hypot(ground.x[hull] - x, ground.y[hull] - y)
    return int(hull[np.argmin(ground.height[hull] + rules["works_distance"] * far)])


def fall_tree(rules: Rules, ground: Ground, root: int) -> Tree:
    """The cheapest way of each manhole to the plant, on which rising costs a detour."""
    rise = ground.height[ground.b] - ground.height[ground.a]
    dear = rules["detour_by_rise"]
    # an entry (i, j) is the cost of water that runs from j to i: ways are sought from the root
    to = np.concatenate([ground.b, ground.a])
    source = np.concatenate([ground.a, ground.b])
    cost = np.tile(ground.length, 2) + dear * np.maximum(np.concatenate([rise, -rise]), 0.0)
    street = np.tile(np.arange(len(ground.a)), 2)
    order = np.lexsort((street, cost, source, to))  # of parallel streets the cheapest
    first = np.ones(len(order), dtype=bool)
    first[1:] = (np.diff(to[order]) != 0) | (np.diff(source[order]) != 0)
    order = order[first]
    size = ground.nodes
    matrix = coo_matrix((cost[order], (to[order], source[order])), shape=(size, size)).tocsr()
    _, before = dijkstra(matrix, indices=root, return_predecessors=True)
    below = np.where(before >= 0, before, -1).astype(np.int64)
    key = to[order] * size + source[order]
    wanted = below * size + np.arange(size)
    row = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
    chosen = np.where(below >= 0, street[order][row], -1).astype(np.int64)
    return Tree(root, below, chosen, {})


def lift_over(ground: Ground, tree: Tree, stations: list[int]) -> bool:
    """Pump over rises in one go where a chain of stations would climb them.

    From a station the streets are followed to the top of the rise. The water of the manholes on
    the way runs back down to the station, and the rising main leads past them.

    Returns
    -------
    bool
        True if the tree is another one now.
    """
    changed = False
    deep = set(stations)
    touched: set[int] = set()
    place = {node: row for row, node in enumerate(tree.order())}
    for node in sorted(stations, key=lambda row: place[row]):
        if node in tree.lifts or node in touched or tree.below[node] < 0:
            continue
        path, streets = [node], [int(tree.street[node])]
        top = int(tree.below[node])
        while (
            tree.below[top] >= 0
            and top not in tree.lifts
            and ground.height[tree.below[top]] > ground.height[top]
        ):
            path.append(top)
            streets.append(int(tree.street[top]))
            top = int(tree.below[top])
        if not deep.intersection(path[1:]) or touched.intersection(path):
            continue
        for here, before, street in zip(path[1:], path, streets, strict=False):
            tree.below[here], tree.street[here] = before, street
        tree.below[node] = tree.street[node] = -1
        tree.lifts[node] = (top, tuple(streets))
        touched.update(path, [top])
        changed = True
    return changed
