"""Pressure zones by the height of the ground, and who feeds whom."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

from kopa.domain.rules import Rules
from kopa.model import FloatArray, IntArray
from kopa.model.graph import components


@dataclass(frozen=True)
class Graph:
    """Junctions and mains of a design, before zones cut them.

    Parameters
    ----------
    x, y, ground
        Place and height of each junction, m, shape (junction,).
    a, b, length
        Ends and length of each main, m, shape (main,).
    cost
        Length, dearer in lesser streets, by which ways are chosen, m, shape (main,).
    """

    x: FloatArray
    y: FloatArray
    ground: FloatArray
    a: IntArray
    b: IntArray
    length: FloatArray
    cost: FloatArray

    @property
    def junctions(self) -> int:
        """Number of junctions."""
        return len(self.x)

    def ways(self, among: IntArray, starts: IntArray) -> tuple[FloatArray, IntArray]:
        """Cheapest ways from the nearest of some junctions along some mains.

        Parameters
        ----------
        among
            Mains that may be used.
        starts
            Junctions from which the ways lead.

        Returns
        -------
        tuple
            Cost of the way to each junction, and the junction before it (-9999 at a start).
        """
        low = np.minimum(self.a[among], self.b[among])
        high = np.maximum(self.a[among], self.b[among])
        order = np.lexsort((self.cost[among], high, low))  # of parallel mains the cheapest
        low, high, cost = low[order], high[order], self.cost[among][order]
        first = np.ones(len(low), dtype=bool)
        first[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
        size = self.junctions
        matrix = coo_matrix((cost[first], (low[first], high[first])), shape=(size, size)).tocsr()
        far, before, _ = dijkstra(
            matrix, directed=False, indices=starts, return_predecessors=True, min_only=True
        )
        return far, before.astype(np.int64)


@dataclass(frozen=True)
class Feed:
    """How a zone gets its water from another one.

    Parameters
    ----------
    main
        The main in which the pump or the valve stands.
    outlet, inlet
        Its ends in the feeding and in the fed zone.
    lifted
        True for pumps, False for a valve that reduces pressure.
    """

    main: int
    outlet: int
    inlet: int
    lifted: bool


@dataclass(frozen=True)
class Zones:
    """Pressure zones.

    Parameters
    ----------
    of
        Zone of each junction, shape (junction,).
    head
        Head that each zone is supplied with at its inlet when its tank is low, m, shape (zone,).
    loss
        Head that may be lost on the way to its junctions, m, shape (zone,).
    parent
        Zone that feeds it; -1 for the zone of the water works, shape (zone,).
    feeds
        How, None for the zone of the water works.
    order
        Zones, each after the one that feeds it.
    """

    of: IntArray
    head: FloatArray
    loss: FloatArray
    parent: IntArray
    feeds: tuple[Feed | None, ...]
    order: tuple[int, ...]

    @property
    def count(self) -> int:
        """Number of zones."""
        return len(self.head)


def zone_labels(rules: Rules, graph: Graph, people: FloatArray) -> IntArray:
    """Bands of height, cut into connected parts; small parts join a neighbour.

    Returns
    -------
    IntArray
        Number of each junction's zone, from 0, shape (junction,).
    """
    lowest = float(graph.ground.min())
    band = np.floor((graph.ground - lowest) / rules["band"]).astype(np.int64)
    same = band[graph.a] == band[graph.b]
    label = components(graph.junctions, graph.a[same], graph.b[same])
    _, label = np.unique(label, return_inverse=True)
    label = _merged(rules, graph, label.astype(np.int64), people)
    _, label = np.unique(label, return_inverse=True)
    return label.astype(np.int64)


def _merged(rules: Rules, graph: Graph, label: IntArray, people: FloatArray) -> IntArray:
    """Join zones of few people to the neighbour with which they share most mains."""
    zones = int(label.max()) + 1
    residents = np.bincount(label, people, zones)
    low, high = np.full(zones, np.inf), np.full(zones, -np.inf)
    np.minimum.at(low, label, graph.ground)
    np.maximum.at(high, label, graph.ground)
    shared: list[dict[int, int]] = [{} for _ in range(zones)]
    la, lb = label[graph.a], label[graph.b]
    for one, other in zip(la[la != lb].tolist(), lb[la != lb].tolist(), strict=True):
        shared[one][other] = shared[one].get(other, 0) + 1
        shared[other][one] = shared[other].get(one, 0) + 1
    into = np.arange(zones)
    waiting = [(float(residents[zone]), zone) for zone in range(zones)]
    heapq.heapify(waiting)
    while waiting:
        count, zone = heapq.heappop(waiting)
        if into[zone] != zone or count != residents[zone]:
            continue  # it has joined another one, or grown
        if count >= rules["zone_least_people"]:
            break
        fits = [
            (-mains, other)
            for other, mains in shared[zone].items()
            if max(high[zone], high[other]) - min(low[zone], low[other]) <= rules["widest_band"]
        ]
        if not fits:
            continue
        other = min(fits)[1]
        into[zone] = other
        residents[other] += count
        low[other], high[other] = min(low[zone], low[other]), max(high[zone], high[other])
        for third, mains in shared[zone].items():
            del shared[third][zone]
            if third != other:
                shared[other][third] = shared[other].get(third, 0) + mains
                shared[third][other] = shared[third].get(other, 0) + mains
        heapq.heappush(waiting, (float(residents[other]), other))
    for zone in range(zones):
        end = zone
        while into[end] != end:
            end = int(into[end])
        into[zone] = end
    return np.asarray(into[label])


def feed_zones(rules: Rules, graph: Graph, of: IntArray, root: int, weight: FloatArray) -> Zones:
    """Choose who feeds whom so that water is lifted as little as possible.

    Parameters
    ----------
    rules
        The rules of the design.
    graph
        Junctions and mains.
    of
        Zone of each junction, shape (junction,).
    root
        Zone of the water works.
    weight
        Mean demand of each junction, m³/s: zones are entered near where the people are.
    """
    count = int(of.max()) + 1
    loss, head = _heads(rules, graph, of, count)
    za, zb = of[graph.a], of[graph.b]
    border = np.flatnonzero(za != zb)
    near = _off_centre(graph, of, weight, count)
    least = rules["least_loss"]
    best: dict[tuple[int, int], tuple[float, int, int, int]] = {}
    for main in border.tolist():
        for u, v in ((graph.a[main], graph.b[main]), (graph.b[main], graph.a[main])):
            key = (int(of[u]), int(of[v]))
            option = (float(near[v]), main, int(u), int(v))
            if key not in best or option < best[key]:
                best[key] = option
    outward: list[list[tuple[int, float]]] = [[] for _ in range(count)]
    for one, other in best:
        lift = max(0.0, float(head[other] - head[one]))
        outward[one].append((other, lift + least))
    parent, order = _least_lift(outward, root)
    feeds: list[Feed | None] = [None] * count
    for zone in order[1:]:
        above = int(parent[zone])
        _, main, u, v = best[above, zone]
        on_the_way = float(graph.length[main]) * rules["gradient"]
        falls = head[above] - loss[above] >= head[zone] + on_the_way + rules["least_loss"]
        feeds[zone] = Feed(main, u, v, lifted=not falls)
    return Zones(of, head, loss, parent, tuple(feeds), tuple(order))


def _heads(rules: Rules, graph: Graph, of: IntArray, count: int) -> tuple[FloatArray, FloatArray]:
    """Loss that each zone may have by its size, and the head that its highest junction asks for."""
    size = np.zeros(count)
    for place in (graph.x, graph.y):
        low, high = np.full(count, np.inf), np.full(count, -np.inf)
        np.minimum.at(low, of, place)
        np.maximum.at(high, of, place)
        size = np.hypot(size, high - low)
    loss = np.clip(size * rules["loss_gradient"], rules["least_loss"], rules["most_loss"])
    top = np.full(count, -np.inf)
    np.maximum.at(top, of, graph.ground)
    return loss, top + rules["required_pressure"] + loss


def _off_centre(graph: Graph, of: IntArray, weight: FloatArray, count: int) -> FloatArray:
    """Distance of each junction from where its zone's demand lies, m."""
    least = weight + 1e-9
    total = np.bincount(of, least, count)
    x = np.bincount(of, least * graph.x, count) / total
    y = np.bincount(of, least * graph.y, count) / total
    return np.asarray(np.hypot(graph.x - x[of], graph.y - y[of]))


def _least_lift(outward: list[list[tuple[int, float]]], root: int) -> tuple[IntArray, list[int]]:
    """Parent of each zone on its cheapest way from the root, and the order of reaching them."""
    parent = np.full(len(outward), -1, dtype=np.int64)
    done: list[int] = []
    seen: set[int] = set()
    waiting: list[tuple[float, int, int]] = [(0.0, root, -1)]
    while waiting:
        cost, zone, before = heapq.heappop(waiting)
        if zone in seen:
            continue
        seen.add(zone)
        done.append(zone)
        parent[zone] = before
        for other, more in outward[zone]:
            if other not in seen:
                heapq.heappush(waiting, (cost + more, other, zone))
    return parent, done
