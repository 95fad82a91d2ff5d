"""Capacitated arc routing: streets are served, not places; and a checker of tours.

A required edge may be driven along or against. Each of the two is a client of the engine, both
stand in one group of which exactly one is served, and the matrix holds the way from the end of
one to the beginning of the next, and the edge itself: what is equal for all plans is in it, so
the engine's cost is the cost.

References
----------
Golden and Wong (1981), Capacitated arc routing problems, Networks 11(3); Baldacci and Maniezzo
(2006), Exact methods based on node-routing formulations for undirected arc-routing problems,
Networks 47(1).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from kopa.model import IntArray

from .problem import FAR, NEVER, Checked, Depots, Found, Problem, Truck, plain_clients

SMALL = 40
"""So many streets are few."""
Tours = Sequence[Sequence[tuple[int, int]]]
"""Edges in order, a list a truck: from which node to which each is driven."""


@dataclass(frozen=True)
class ArcRouting:
    """Undirected edges between nodes, some of which ask to be served.

    Parameters
    ----------
    name
        As the file has it.
    nodes
        How many there are: 0, 1, …
    a, b
        Ends of each edge, shape (edge,).
    cost
        Of driving along it, served or not, shape (edge,).
    demand
        0: it need not be served, shape (edge,).
    capacity
        Of a truck.
    depot
        Node where all tours begin and end.
    trucks
        So many the file names. Published best values do not hold to it, and no more does a plan.
    """

    name: str
    nodes: int
    a: IntArray
    b: IntArray
    cost: IntArray
    demand: IntArray
    capacity: int
    depot: int
    trucks: int

    @property
    def required(self) -> IntArray:
        """Edges that must be served."""
        return np.flatnonzero(self.demand > 0)

    def ways(self) -> IntArray:
        """Cost of the cheapest way from node to node, `FAR` for none, shape (node, node)."""
        from scipy.sparse.csgraph import shortest_path

        direct = np.full((self.nodes, self.nodes), np.inf)
        np.minimum.at(direct, (self.a, self.b), self.cost)
        direct = np.minimum(direct, direct.T)
        np.fill_diagonal(direct, np.inf)
        # a cost of 0 is a way all the same: masked, not left out
        found = shortest_path(np.ma.masked_invalid(direct), directed=False)
        return np.where(np.isfinite(found), found, FAR).astype(np.int64)

    def problems(self) -> list[Problem]:
        """With as many trucks as may be of use; where there are few streets, also with the file's.

        A search with few trucks finds plans of full trucks, which the free one climbs down from;
        with many streets it takes too long to find any.
        """
        free = self.problem()
        few = replace(free.trucks[0], count=self.trucks)
        small = len(self.required) <= SMALL
        return [free, replace(free, trucks=(few,))] if small else [free]

    def problem(self) -> Problem:
        """As the engine takes it: place 0 is the depot, 2 i + 1 and 2 i + 2 are edge i."""
        edges = self.required
        tail, head = _modes(self.a[edges], self.b[edges], self.depot)
        twice = np.repeat(self.cost[edges], 2)
        matrix = self.ways()[np.ix_(head, tail)] + np.concatenate([[0], twice])[None, :]
        np.fill_diagonal(matrix, 0)
        clients = plain_clients(np.arange(1, len(tail)), np.repeat(self.demand[edges], 2)[:, None])
        clients.group[:] = np.repeat(np.arange(len(edges)), 2)
        one = np.zeros(1, dtype=np.int64)
        depots = Depots(place=one, early=one, late=one + NEVER, service=one)
        trucks = (Truck(count=len(edges), capacity=(self.capacity,)),)
        return Problem((matrix,), (np.zeros_like(matrix),), clients, depots, trucks)

    def tours(self, found: Found) -> list[list[tuple[int, int]]]:
        """Tours of a search."""
        edges = self.required
        tail, head = _modes(self.a[edges], self.b[edges], self.depot)
        return [
            [(int(tail[stop.row + 1]), int(head[stop.row + 1])) for stop in tour.stops]
            for tour in found.tours
        ]

    def check(self, tours: Tours) -> Checked:
        """Drive all tours: cost, and what is wrong with them.

        Of edges between the same two nodes any may be meant by a pair of nodes: they are served
        in the order of their rows.

        Parameters
        ----------
        tours
            Edges in order.
        """
        way = _floyd(self)
        waiting: dict[tuple[int, int], list[int]] = {}
        for edge in self.required[::-1].tolist():
            waiting.setdefault(_pair(int(self.a[edge]), int(self.b[edge])), []).append(edge)
        wrong: list[str] = []
        cost = 0
        for number, tour in enumerate(tours, 1):
            at, load = self.depot, 0
            for tail, head in tour:
                left = waiting.get(_pair(tail, head), [])
                if not left:
                    wrong.append(f"tour {number}: {tail + 1}-{head + 1} asks nothing, or no more")
                    continue
                edge = left.pop()
                cost += int(way[at, tail]) + int(self.cost[edge])
                load += int(self.demand[edge])
                at = head
            cost += int(way[at, self.depot])
            if load > self.capacity:
                wrong.append(f"tour {number}: load {load} is above the capacity {self.capacity}")
        wrong += _unserved(waiting)
        return Checked(cost, tuple(wrong))


def _modes(a: IntArray, b: IntArray, depot: int) -> tuple[IntArray, IntArray]:
    """Where each place begins and ends: the depot, then every edge along and against."""
    tail, head = np.column_stack([a, b]).ravel(), np.column_stack([b, a]).ravel()
    first = np.array([depot])
    return np.concatenate([first, tail]), np.concatenate([first, head])


def _pair(one: int, other: int) -> tuple[int, int]:
    return min(one, other), max(one, other)


def _unserved(waiting: dict[tuple[int, int], list[int]]) -> Iterator[str]:
    for (a, b), edges in waiting.items():
        for _ in edges:
            yield f"edge {a + 1}-{b + 1} is not served"


def _floyd(of: ArcRouting) -> IntArray:
    """Ways once more, by Floyd and Warshall's recursion: the check shares nothing with the plan."""
    way = np.full((of.nodes, of.nodes), FAR)
    np.minimum.at(way, (of.a, of.b), of.cost)
    way = np.minimum(way, way.T)
    np.fill_diagonal(way, 0)
    for middle in range(of.nodes):
        way = np.minimum(way, way[:, middle, None] + way[None, middle, :])
    return np.asarray(np.minimum(way, FAR))
