"""Static user equilibrium: nobody has a faster way, given what all others do.

Gradient projection over paths: in each round the shortest path of every pair of zones is added
to those it uses, and flow moves from each slower path to the fastest by a Newton step, pair by
pair, with times that follow at once.

References
----------
Jayakrishnan, Tsai, Prashker and Rajadhyaksha (1994), A faster path-based algorithm for traffic
assignment, Transportation Research Record 1443.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from kopa.model import BoolArray, FloatArray, IntArray

from .link_network import LinkNetwork

SWEEPS = 8
"""Times that all pairs are balanced between two searches for shortest paths."""


@dataclass(frozen=True)
class Assignment:
    """Flows at equilibrium.

    Parameters
    ----------
    flow, time
        Of each link, shape (link,).
    gap
        Relative gap: what all could save by the fastest ways, over what all spend.
    rounds
        Searches for shortest paths that it took.
    unserved
        Trips that no way leads to their end.
    """

    flow: FloatArray
    time: FloatArray
    gap: float
    rounds: int
    unserved: float

    @property
    def total_time(self) -> float:
        """Time that all trips take together (TSTT)."""
        return float(self.flow @ self.time)


def assign(
    network: LinkNetwork,
    trips: FloatArray,
    closed: BoolArray | None = None,
    gap: float = 1e-8,
    rounds: int = 500,
) -> Assignment:
    """Flows of a user equilibrium.

    Parameters
    ----------
    network
        The links.
    trips
        Trips from zone to zone; those that stay in a zone use no link, shape (zone, zone).
    closed
        True for links that are closed, shape (link,); None for none.
    gap
        Relative gap to stop at.
    rounds
        Searches to stop after at the latest: then the gap says how far it is off.
    """
    search = _Search(network, closed)
    pairs = [
        (int(a), int(b), float(trips[a, b])) for a, b in np.argwhere(trips > 0) if int(a) != int(b)
    ]
    links = _Links(network)
    used: list[_Pair] = [_Pair(a, b, trips_) for a, b, trips_ in pairs]
    reached, unserved = None, 0.0
    relative = 0.0
    for turn in range(1, rounds + 1):
        links.settle(used)
        time = network.time(links.flow)
        costs, before, link_at = search.trees(time)
        if reached is None:
            reached = [pair for pair in used if np.isfinite(costs[pair.start, pair.end])]
            unserved = sum(
                pair.trips for pair in used if not np.isfinite(costs[pair.start, pair.end])
            )
            used = reached
        best = sum(pair.trips * float(costs[pair.start, pair.end]) for pair in used)
        total = float(links.flow @ time)
        relative = 1.0 if turn == 1 else max(total - best, 0.0) / total if total > 0 else 0.0
        if not used:
            relative = 0.0
        if relative <= gap:
            break
        for pair in used:
            pair.add(search.path(pair, before, link_at), links)
        for _ in range(SWEEPS):
            for pair in used:
                if len(pair.paths) > 1:
                    pair.balance(links)
    links.settle(used)
    return Assignment(links.flow, network.time(links.flow), relative, turn, unserved)


class _Links:
    """Flow, time and slope of every link, as plain lists: paths are short."""

    def __init__(self, network: LinkNetwork) -> None:
        self._network = network
        self._free = network.free_time.tolist()
        capacity = np.where(network.capacity > 0, network.capacity, 1.0)
        self._capacity = capacity.tolist()
        self._b = network.b.tolist()
        self._power = network.power.tolist()
        self.flow: FloatArray = np.zeros(len(network.tail))
        self.load: list[float] = self.flow.tolist()
        self.time: list[float] = network.free_time.tolist()
        self.slope: list[float] = [0.0] * len(self.time)

    def settle(self, pairs: list[_Pair]) -> None:
        """Add up the flows of all paths afresh, so that rounding does not build up."""
        rows = [link for pair in pairs for path in pair.paths for link in path]
        amounts = [
            flow
            for pair in pairs
            for path, flow in zip(pair.paths, pair.flows, strict=True)
            for _ in path
        ]
        count = len(self._free)
        at = np.array(rows, dtype=np.int64)
        self.flow = np.bincount(at, amounts, minlength=count).astype(np.float64)
        self.load = self.flow.tolist()
        for link in range(count):
            self.update(link)

    def update(self, link: int) -> None:
        """Bring time and slope to the link's flow."""
        free, power = self._free[link], self._power[link]
        share = max(self.load[link], 0.0) / self._capacity[link]
        grown = free * self._b[link]
        self.time[link] = free + grown * share**power
        if power >= 1:
            self.slope[link] = grown * power * share ** (power - 1) / self._capacity[link]
        else:
            self.slope[link] = 0.0


@dataclass
class _Pair:
    """A pair of zones and the paths that it uses."""

    start: int
    end: int
    trips: float
    paths: list[tuple[int, ...]] = field(default_factory=list)
    flows: list[float] = field(default_factory=list)

    def add(self, path: tuple[int, ...], links: _Links) -> None:
        """Take in a path; the first one gets all trips."""
        if path in self.paths:
            return
        self.paths.append(path)
        self.flows.append(0.0 if len(self.paths) > 1 else self.trips)
        if len(self.paths) == 1:
            for link in path:
                links.load[link] += self.trips
                links.update(link)

    def balance(self, links: _Links) -> None:
        """Move flow from each slower path to the fastest."""
        time, slope, load = links.time, links.slope, links.load
        costs = [sum([time[link] for link in path]) for path in self.paths]
        best = costs.index(min(costs))
        fast = self.paths[best]
        for at, path in enumerate(self.paths):
            if at == best or self.flows[at] <= 0:
                continue
            leave = [link for link in path if link not in fast]
            join = [link for link in fast if link not in path]
            saved = sum([time[link] for link in leave]) - sum([time[link] for link in join])
            if saved <= 0:
                continue
            steep = sum([slope[link] for link in leave]) + sum([slope[link] for link in join])
            moved = min(self.flows[at], saved / steep) if steep > 0 else self.flows[at]
            self.flows[at] -= moved
            self.flows[best] += moved
            for link in leave:
                load[link] -= moved
                links.update(link)
            for link in join:
                load[link] += moved
                links.update(link)
        kept = [at for at, flow in enumerate(self.flows) if flow > 0 or at == best]
        if len(kept) < len(self.flows):
            self.paths = [self.paths[at] for at in kept]
            self.flows = [self.flows[at] for at in kept]


class _Search:
    """Shortest paths that pass no zone below the first through node.

    Such a zone is two nodes: trips begin at one and end at the other.
    """

    def __init__(self, network: LinkNetwork, closed: BoolArray | None) -> None:
        first = network.first_through - 1
        shut = np.zeros(len(network.tail), dtype=bool) if closed is None else closed
        self._open = np.flatnonzero(~shut)
        tail = network.tail[self._open]
        self._tail = np.where(tail < first, tail + network.nodes, tail)
        self._head = network.head[self._open]
        self._size = network.nodes + max(first, 0)
        zones = np.arange(network.zones)
        self._origins = np.where(zones < first, zones + network.nodes, zones)

    def trees(self, time: FloatArray) -> tuple[FloatArray, IntArray, dict[tuple[int, int], int]]:
        """Costs and predecessors by origin and node, and the link between two nodes."""
        from scipy.sparse import csr_array
        from scipy.sparse.csgraph import dijkstra

        cost = np.maximum(time[self._open], 1e-12)
        order = np.lexsort((cost, self._head, self._tail))
        tail, head = self._tail[order], self._head[order]
        first = np.ones(len(order), dtype=bool)
        first[1:] = (np.diff(tail) != 0) | (np.diff(head) != 0)
        chosen = order[first]
        tail, head = self._tail[chosen], self._head[chosen]
        graph = csr_array((cost[chosen], (tail, head)), shape=(self._size, self._size))
        costs, before = dijkstra(graph, indices=self._origins, return_predecessors=True)
        ends = zip(tail.tolist(), head.tolist(), strict=True)
        link_at = dict(zip(ends, self._open[chosen].tolist(), strict=True))
        return costs, before, link_at

    def path(
        self, pair: _Pair, before: IntArray, link_at: dict[tuple[int, int], int]
    ) -> tuple[int, ...]:
        """Links of the shortest path of a pair."""
        tree = before[pair.start]
        origin, node = int(self._origins[pair.start]), pair.end
        links = []
        while node != origin:
            previous = int(tree[node])
            links.append(link_at[previous, node])
            node = previous
        return tuple(reversed(links))
