"""Joins requests to the faults that explain them, and to one another.

A fault explains a request where it takes away a service that the kind of request is about, the
request lies near enough to one of its places, and it came while the fault lasted or shortly before
or after. Of several the nearest explains it, then the one that began last, then the first by id.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kopa.model import FloatArray, IntArray

from .model import Fault, ServiceRequest
from .services import Service

EARTH_M = 6_371_008.8
"""Mean radius of the earth (IUGG)."""
SAME_M = 50.0
"""Two requests of a kind that lie so near may be one."""


@dataclass(frozen=True)
class Joined:
    """What explains requests.

    Parameters
    ----------
    fault
        Row of the fault that explains each request, -1 for none, shape (request,).
    distance
        From it, m; NaN for none, shape (request,).
    duplicate
        Row of the earlier open request that each repeats, -1 for none, shape (request,).
    reopens
        Row of the closed request that each asks for again, -1 for none, shape (request,).
    """

    fault: IntArray
    distance: FloatArray
    duplicate: IntArray
    reopens: IntArray


def join(
    requests: Sequence[ServiceRequest],
    faults: Sequence[Fault],
    known: Mapping[str, Service],
    same: float = SAME_M,
) -> Joined:
    """Find what explains each request.

    Parameters
    ----------
    requests, faults
        What was reported, and what is known to be wrong.
    known
        Kinds of request by code; a request of no known kind is joined to nothing.
    same
        Two requests of a kind that lie within it may be one, m.
    """
    where = _Where(requests)
    row, far = explained(where, requests, faults, known)
    duplicate, reopens = repeated(where, requests, known, same)
    return Joined(row, far, duplicate, reopens)


class _Where:
    """Requests as points on a sphere, and when they came, s."""

    def __init__(self, requests: Sequence[ServiceRequest]) -> None:
        lat = np.array([np.nan if one.lat is None else one.lat for one in requests], dtype=float)
        lon = np.array([np.nan if one.lon is None else one.lon for one in requests], dtype=float)
        self.points = sphere(lat, lon)
        self.times = np.array([one.requested.timestamp() for one in requests], dtype=float)
        codes: dict[str, list[int]] = defaultdict(list)
        for row in np.flatnonzero(np.isfinite(lat + lon)).tolist():
            codes[requests[row].code].append(row)
        self.of = {code: np.array(rows, dtype=np.int64) for code, rows in codes.items()}


def sphere(lat: FloatArray, lon: FloatArray) -> FloatArray:
    """Points on a sphere as big as the earth, m, shape (point, 3)."""
    up, east = np.radians(lat), np.radians(lon)
    parts = (np.cos(up) * np.cos(east), np.cos(up) * np.sin(east), np.sin(up))
    return np.asarray(EARTH_M * np.column_stack(parts))


def explained(
    where: _Where,
    requests: Sequence[ServiceRequest],
    faults: Sequence[Fault],
    known: Mapping[str, Service],
) -> tuple[IntArray, FloatArray]:
    """Fault of each request, -1 for none, and how far it is, m."""
    from scipy.spatial import KDTree

    best = np.full(len(requests), -1, dtype=np.int64)
    far = np.full(len(requests), np.nan)
    # whoever comes later in this order wins only where it is nearer
    order = sorted(range(len(faults)), key=lambda row: (-_stamp(faults[row]), faults[row].id))
    trees = {
        row: KDTree(sphere(np.array(faults[row].lat), np.array(faults[row].lon))) for row in order
    }
    for code, rows in where.of.items():
        kind = known.get(code)
        if kind is None or not kind.explained_by:
            continue
        times, points = where.times[rows], where.points[rows]
        nearest = np.full(len(rows), np.inf)
        for row in order:
            fault = faults[row]
            if fault.service not in kind.explained_by:
                continue
            end = np.inf if fault.end is None else fault.end.timestamp() + kind.late * 3600
            begin = _stamp(fault) - kind.early * 3600
            within = kind.within if fault.radius is None else fault.radius
            low, high = trees[row].mins - within, trees[row].maxes + within
            near = (points >= low).all(axis=1) & (points <= high).all(axis=1)
            some = np.flatnonzero((times >= begin) & (times <= end) & near)
            if not len(some):
                continue
            away, _ = trees[row].query(points[some], distance_upper_bound=within * (1 + 1e-9))
            won = (away <= within) & (away < nearest[some])
            nearest[some[won]] = away[won]
            best[rows[some[won]]] = row
        found = np.isfinite(nearest)
        far[rows[found]] = nearest[found]
    return best, far


def _stamp(fault: Fault) -> float:
    return fault.start.timestamp()


def repeated(
    where: _Where,
    requests: Sequence[ServiceRequest],
    known: Mapping[str, Service],
    same: float,
) -> tuple[IntArray, IntArray]:
    """Open request that each repeats, and closed one that each asks for again, -1 for none.

    Each is held against first reports only, never against another repetition: so duplicates do not
    crawl along a street from one to the next. The nearest counts, then the latest.
    """
    duplicate = np.full(len(requests), -1, dtype=np.int64)
    reopens = np.full(len(requests), -1, dtype=np.int64)
    done = np.array([(one.updated or one.requested).timestamp() for one in requests], dtype=float)
    for code, rows in where.of.items():
        kind = known.get(code)
        if kind is None:
            continue
        first = _Kept(where.points, where.times, same)
        closed = _Kept(where.points, done, same)
        for row in rows[np.lexsort((rows, where.times[rows]))].tolist():
            if requests[row].status == "closed":
                closed.add(row)
                continue
            now = where.times[row]
            duplicate[row] = first.nearest(row, now - kind.duplicate * 3600, now)
            if duplicate[row] < 0:
                first.add(row)
                reopens[row] = closed.nearest(row, now - kind.reopen * 86400, now)
    return duplicate, reopens


_AROUND = [(a, b, c) for a in (-1, 0, 1) for b in (-1, 0, 1) for c in (-1, 0, 1)]


class _Kept:
    """Requests by the cube of space they lie in, whose side is the distance that counts."""

    def __init__(self, points: FloatArray, when: FloatArray, same: float) -> None:
        self._points, self._when, self._same = points, when, same
        self._cubes: dict[tuple[int, ...], list[int]] = defaultdict(list)

    def _cube(self, row: int) -> tuple[int, ...]:
        return tuple(np.floor(self._points[row] / self._same).astype(int).tolist())

    def add(self, row: int) -> None:
        self._cubes[self._cube(row)].append(row)

    def nearest(self, row: int, since: float, until: float) -> int:
        """The nearest within the distance and between two times, -1 for none."""
        best, key = -1, (np.inf, 0.0)
        here, (a, b, c) = self._points[row], self._cube(row)
        for x, y, z in _AROUND:
            some = self._cubes.get((a + x, b + y, c + z))
            # rows come in the order of their times: what is too old for one is for all that follow
            while some and self._when[some[0]] < since:
                some.pop(0)
            for other in some or ():
                when = float(self._when[other])
                if not since <= when <= until:
                    continue
                away = float(np.sqrt(((self._points[other] - here) ** 2).sum()))
                if away <= self._same and (away, -when) < key:
                    best, key = other, (away, -when)
        return best
