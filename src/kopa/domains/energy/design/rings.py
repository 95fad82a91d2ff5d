"""Medium voltage: substations, and rings of stations with an open point each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kopa.domain.design import Survey
from kopa.domains.energy.design.rules import RULES
from kopa.domains.energy.design.stations import Station, mains_graph
from kopa.model import FloatArray, IntArray

_SPARE = 10.0
"""Length of a cable between two stations in one place, m."""


@dataclass(frozen=True)
class Ring:
    """Stations in a row, both ends at a substation.

    Parameters
    ----------
    primary
        Row of the substation.
    stations
        Rows of the stations, in the order of the cable.
    open
        The cable that is open: 0 leaves the substation, the last comes back to it.
    """

    primary: int
    stations: tuple[int, ...]
    open: int


@dataclass(frozen=True)
class Layout:
    """Substations and rings.

    Parameters
    ----------
    nodes, kw
        Street node and load of each substation.
    rings
        The rings.
    """

    nodes: tuple[int, ...]
    kw: tuple[float, ...]
    rings: tuple[Ring, ...]


def lay_out(survey: Survey, stations: Sequence[Station]) -> Layout:
    """Put substations where the load is, and join their stations to rings by angle."""
    streets = survey.streets
    node = np.array([station.node for station in stations])
    kw = np.array([station.kw for station in stations])
    place = np.column_stack([streets.x[node], streets.y[node]])
    number = max(1, int(np.ceil(kw.sum() / 1000 / RULES["primary_mw"])))
    of = _groups(place, kw, number)
    on_mains = np.unique(np.concatenate([streets.a[survey.mains], streets.b[survey.mains]]))
    nodes: list[int] = []
    loads: list[float] = []
    rings: list[Ring] = []
    for group in np.unique(of).tolist():
        rows = np.flatnonzero(of == group)
        centre = np.average(place[rows], axis=0, weights=kw[rows])
        far = np.hypot(streets.x[on_mains] - centre[0], streets.y[on_mains] - centre[1])
        primary = int(on_mains[np.argmin(far)])
        spot = np.array([streets.x[primary], streets.y[primary]])
        for part in _sweep(place[rows] - spot, kw[rows]):
            ordered = rows[part][_tour(place[rows[part]] - spot)]
            rings.append(Ring(len(nodes), tuple(ordered.tolist()), _half(kw[ordered])))
        nodes.append(primary)
        loads.append(float(kw[rows].sum()))
    return Layout(tuple(nodes), tuple(loads), tuple(rings))


def _groups(place: FloatArray, kw: FloatArray, number: int) -> IntArray:
    """Substation of each station: weighted k-means from seeds that lie far apart."""
    seeds = [int(np.argmax(kw))]
    far = np.full(len(place), np.inf)
    while len(seeds) < number:
        step = place - place[seeds[-1]]
        far = np.minimum(far, np.hypot(step[:, 0], step[:, 1]))
        seeds.append(int(np.argmax(far)))
    centre = place[seeds].astype(np.float64)
    of = np.zeros(len(place), dtype=np.int64)
    for _ in range(50):
        gap = np.hypot(
            place[:, None, 0] - centre[None, :, 0], place[:, None, 1] - centre[None, :, 1]
        )
        moved = np.argmin(gap, axis=1)
        if np.array_equal(moved, of):
            break
        of = moved
        for group in np.unique(of):
            rows = of == group
            centre[group] = np.average(place[rows], axis=0, weights=kw[rows])
    return of


def _sweep(place: FloatArray, kw: FloatArray) -> list[IntArray]:
    """Rows of each ring: stations by angle around the substation, until a ring is full.

    References
    ----------
    Gillett and Miller (1974), A heuristic algorithm for the vehicle-dispatch problem, Operations
    Research 22 (2).
    """
    order = np.argsort(np.arctan2(place[:, 1], place[:, 0]), kind="stable")
    rings: list[list[int]] = [[]]
    load = 0.0
    for row in order.tolist():
        full = load + kw[row] > RULES["ring_mw"] * 1000 or len(rings[-1]) >= RULES["ring_stations"]
        if rings[-1] and full:
            rings.append([])
            load = 0.0
        rings[-1].append(row)
        load += float(kw[row])
    return [np.array(ring, dtype=np.int64) for ring in rings if ring]


def _tour(place: FloatArray) -> IntArray:
    """A short round trip from the substation at (0, 0): nearest next, then 2-opt."""
    n = len(place)
    points = np.vstack([[0.0, 0.0], place])
    gap = np.hypot(*(points[:, None, :] - points[None, :, :]).transpose(2, 0, 1))
    tour, left = [0], set(range(1, n + 1))
    while left:
        here = tour[-1]
        following = min(left, key=lambda k: (gap[here, k], k))
        tour.append(following)
        left.remove(following)
    better = True
    while better:
        better = False
        for i in range(1, n):
            for k in range(i + 1, n + 1):
                after = tour[(k + 1) % (n + 1)]
                old = gap[tour[i - 1], tour[i]] + gap[tour[k], after]
                new = gap[tour[i - 1], tour[k]] + gap[tour[i], after]
                if new < old - 1e-6:
                    tour[i : k + 1] = tour[i : k + 1][::-1]
                    better = True
    return np.array(tour[1:], dtype=np.int64) - 1


def _half(kw: FloatArray) -> int:
    """The cable that is open: where half of the ring's load lies on either side."""
    served = np.concatenate([[0.0], np.cumsum(kw)])
    return int(np.argmin(np.abs(served - served[-1] / 2)))


@dataclass(frozen=True)
class Way:
    """A cable's way along the streets: its length, m, and its street nodes."""

    length: float
    nodes: tuple[int, ...]


def ways(survey: Survey, pairs: Sequence[tuple[int, int]]) -> list[Way]:
    """Shortest ways along the mains between pairs of nodes."""
    from scipy.sparse.csgraph import dijkstra

    streets = survey.streets
    matrix, _ = mains_graph(survey)
    both = (matrix + matrix.T).tocsr()
    found: dict[tuple[int, int], Way] = {}
    for a in sorted({a for a, _ in pairs}):
        ends = [b for i, b in pairs if i == a]
        air = max(
            float(np.hypot(streets.x[a] - streets.x[b], streets.y[a] - streets.y[b])) for b in ends
        )
        limit = 2 * air + 500.0
        while True:
            far, before = dijkstra(both, indices=a, limit=limit, return_predecessors=True)
            if all(np.isfinite(far[b]) for b in ends) or limit > 1e9:
                break
            limit *= 4
        for b in ends:
            nodes = [b]
            while nodes[-1] != a:
                nodes.append(int(before[nodes[-1]]))
            found[a, b] = Way(max(float(far[b]), _SPARE), tuple(reversed(nodes)))
    return [found[pair] for pair in pairs]
