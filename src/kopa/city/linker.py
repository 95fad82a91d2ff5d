"""Proposes links: who probably supplies whom, with reason and confidence.

For every in-port the out-ports of the wanted name are searched, in this order:

1. the same id in both files: a load named after the place that it supplies;
2. the service area: sources that bear the target's zone, the nearest of them along the streets;
3. the least way along the streets;
4. the least distance in a straight line.

An in-port that something nearby can disturb (`Match.within_m`) takes every source within reach;
one that gathers (`Match.gathers`) takes the source of its own id, and every source that is drawn
nearer to no other target.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from kopa.domain import Domain, shapes_of
from kopa.errors import Finding
from kopa.geo.streets import Streets
from kopa.model import Assets, BoolArray, End, FloatArray, IntArray, Link, Port, Shapes, port_of
from kopa.model.links import Origin

SAME_ID, ZONE, STREETS, STRAIGHT = "same id", "zone", "along streets", "straight line"
DOUBTFUL = 0.4
"""A link of less confidence is told as a finding."""
_BEST = {SAME_ID: 0.95, ZONE: 0.85, STREETS: 0.8, STRAIGHT: 0.6}
"""Confidence of a link whose ends lie in one place."""
HALF_M = 250.0
"""A proposal's confidence halves with so many metres between its ends."""
FLAG_THRESHOLD = 0.5


@dataclass(frozen=True)
class Proposal:
    """Proposed links.

    Parameters
    ----------
    links
        The links.
    findings
        Doubtful ones, and targets for which nothing was found.
    """

    links: tuple[Link, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Sources:
    """Assets that offer what a port wants.

    Parameters
    ----------
    ends
        Domain, port and native id of each.
    names, zones
        Name beside the id, and zone, shape (source,).
    x, y
        Place, shape (source,).
    """

    ends: tuple[End, ...]
    names: tuple[str, ...]
    zones: tuple[str, ...]
    x: FloatArray
    y: FloatArray

    @cached_property
    def by_name(self) -> dict[str, int]:
        """Source by id and by name; a name stands for the last that bears it."""
        rows = {name: row for row, name in enumerate(self.names) if name}
        return rows | {end.asset: row for row, end in enumerate(self.ends)}


class Linker:
    """Proposes links between domains.

    Parameters
    ----------
    domains
        The domains by name.
    streets
        The street graph in the city's CRS; None measures in straight lines.
    origin
        What the proposals' column `origin` says.
    """

    def __init__(
        self,
        domains: Mapping[str, Domain],
        streets: Streets | None = None,
        origin: Origin = "nearest",
    ) -> None:
        self._domains, self._streets, self._origin = domains, streets, origin

    def propose(self, wanted: Collection[End] | None = None) -> Proposal:
        """Links for all in-ports that somebody can supply.

        Parameters
        ----------
        wanted
            Targets to be linked; None takes all.
        """
        links: list[Link] = []
        findings: list[Finding] = []
        for name, domain in self._domains.items():
            assets = domain.assets()
            for port in domain.ports():
                if port.direction != "in":
                    continue
                rows = [
                    int(row)
                    for row in port.rows
                    if wanted is None or End(name, port.name, assets.ids[row]) in wanted
                ]
                sources = self.sources(name, port)
                if rows and sources.ends:
                    found = self._links(assets, port, np.array(rows), sources)
                    links += found
                    findings += _doubts(found)
        return Proposal(tuple(links), tuple(findings))

    def sources(self, target: str, port: Port) -> Sources:
        """Everything outside a domain that offers what its port wants."""
        ends: list[End] = []
        names: list[str] = []
        zones: list[str] = []
        xs: list[FloatArray] = []
        ys: list[FloatArray] = []
        wanted = port.match.port or port.name
        for name, domain in self._domains.items():
            assets, ports = domain.assets(), domain.ports()
            if name == target or port_of(ports, "in", wanted):  # it only passes on what it gets
                continue
            for other in ports:
                if other.direction != "out" or other.name != wanted:
                    continue
                ends += [End(name, other.name, assets.ids[row]) for row in other.rows]
                names += [assets.names[row] for row in other.rows]
                zones += [assets.zones[row] for row in other.rows]
                xs.append(assets.x[other.rows])
                ys.append(assets.y[other.rows])
        empty = np.empty(0)
        return Sources(
            tuple(ends), tuple(names), tuple(zones), np.concatenate([empty, *xs]),
            np.concatenate([empty, *ys]),
        )  # fmt: skip

    def _links(self, assets: Assets, port: Port, rows: IntArray, sources: Sources) -> list[Link]:
        if port.match.gathers:
            return list(self._gathered(assets, port, rows, sources))
        if port.match.within_m:
            return list(self._nearby(assets, port, rows, sources))
        links: list[Link] = []
        source, how, metres = self._best(assets, rows, sources, port.match.straight)
        for at, row in enumerate(rows.tolist()):
            far = port.match.nearest_m and how[at] != SAME_ID and metres[at] > port.match.nearest_m
            if source[at] >= 0 and not far:
                target = End(assets.domain, port.name, assets.ids[row])
                links.append(
                    self._link(sources.ends[source[at]], target, port, how[at], float(metres[at]))
                )
        return links

    def _link(self, source: End, target: End, port: Port, how: str, metres: float) -> Link:
        far = metres if np.isfinite(metres) and how != SAME_ID else 0.0
        threshold = port.match.threshold
        if threshold is None and port.flag and not port.match.curve:
            threshold = FLAG_THRESHOLD
        return Link(
            source,
            target,
            "sum" if port.match.gathers else "curve" if port.match.curve else "all",
            threshold=threshold,
            curve=port.match.curve,
            origin=self._origin,
            confidence=round(float(_confidence(how, np.array(far))), 2),
            note=how if how == SAME_ID else f"{how}, {far:.0f} m",
        )

    def _nearby(
        self, assets: Assets, port: Port, rows: IntArray, sources: Sources
    ) -> Iterator[Link]:
        from scipy.spatial import cKDTree

        here = np.isfinite(assets.x[rows] + assets.y[rows])
        there = np.flatnonzero(np.isfinite(sources.x + sources.y))
        if not len(there):
            return
        tree = cKDTree(np.column_stack([sources.x[there], sources.y[there]]))
        points = np.column_stack([assets.x[rows[here]], assets.y[rows[here]]])
        for row, point, near in zip(
            rows[here], points, tree.query_ball_point(points, port.match.within_m), strict=True
        ):
            target = End(assets.domain, port.name, assets.ids[row])
            for at in sorted(there[near].tolist()):
                metres = float(np.hypot(sources.x[at] - point[0], sources.y[at] - point[1]))
                yield self._link(sources.ends[at], target, port, STRAIGHT, metres)

    def _gathered(
        self, assets: Assets, port: Port, rows: IntArray, sources: Sources
    ) -> Iterator[Link]:
        # all the port's assets, not the wanted ones only: another may be nearer
        named = {assets.ids[row]: row for row in port.rows.tolist()}
        there = np.flatnonzero(np.isfinite(sources.x + sources.y))
        points = np.column_stack([sources.x[there], sources.y[there]])
        target, far = _nearest_shape(shapes_of(self._domains[assets.domain]), port.rows, points)
        near = {at: (row, m) for at, row, m in zip(there.tolist(), target, far, strict=True)}
        wanted = set(rows.tolist())
        for at, end in enumerate(sources.ends):
            same = named.get(end.asset, -1)
            row, metres = (same, 0.0) if same >= 0 else near.get(at, (-1, np.inf))
            reached = same >= 0 or not port.match.within_m or metres <= port.match.within_m
            if row in wanted and reached:
                how = SAME_ID if same >= 0 else STRAIGHT
                yield self._link(end, End(assets.domain, port.name, assets.ids[row]), port, how,
                                 metres)  # fmt: skip

    def _best(
        self, assets: Assets, rows: IntArray, sources: Sources, straight: bool
    ) -> tuple[IntArray, list[str], FloatArray]:
        """The best source of each row (-1: none), how it was found, and how far it is, m."""
        best = np.full(len(rows), -1)
        how = [SAME_ID] * len(rows)
        metres = np.full(len(rows), np.nan)
        for at, row in enumerate(rows.tolist()):
            for name in (assets.full(row), assets.ids[row], assets.names[row]):
                if name and name in sources.by_name:
                    best[at] = sources.by_name[name]
                    break
        todo = np.flatnonzero((best < 0) & np.isfinite(assets.x[rows] + assets.y[rows]))
        placed = np.isfinite(sources.x + sources.y)
        if not placed.any() or not len(todo):
            return best, how, metres
        x, y = assets.x[rows], assets.y[rows]
        best[todo], metres[todo], along = self._nearest(
            x[todo], y[todo], np.flatnonzero(placed), sources, straight
        )
        for at, street in zip(todo.tolist(), along.tolist(), strict=True):
            how[at] = STREETS if street else STRAIGHT
        if straight:
            return best, how, metres
        zone_of = np.array([_slug(zone) for zone in sources.zones])
        wanted = np.array([_slug(assets.zones[row]) for row in rows])
        for zone in sorted(set(wanted[todo]) & set(zone_of) - {""}):
            own = todo[wanted[todo] == zone]
            among = np.flatnonzero(placed & (zone_of == zone))
            found, far, _ = self._nearest(x[own], y[own], among, sources, straight)
            sure = _confidence(ZONE, far) >= DOUBTFUL  # else it lies at the zone's edge
            best[own[sure]], metres[own[sure]] = found[sure], far[sure]
            for at in own[sure].tolist():
                how[at] = ZONE
        return best, how, metres

    def _nearest(
        self,
        x: FloatArray,
        y: FloatArray,
        among: IntArray,
        sources: Sources,
        straight: bool,
    ) -> tuple[IntArray, FloatArray, BoolArray]:
        """Nearest of some sources to points: source, metres, and whether along the streets."""
        from scipy.spatial import cKDTree

        among = among[::-1]  # of sources in one place the last: what is served, not what serves
        far, near = cKDTree(np.column_stack([sources.x[among], sources.y[among]])).query(
            np.column_stack([x, y])
        )
        found, along = among[near], np.zeros(len(x), dtype=bool)
        if straight or self._ways is None:
            return found, far, along
        nodes, way, source = self._ways.from_sources(sources.x[among], sources.y[among])
        gap, node = nodes.query(np.column_stack([x, y]))
        total = way[node] + gap
        along = _confidence(STREETS, total) >= _confidence(STRAIGHT, far)
        found[along], far[along] = among[source[node[along]]], total[along]
        return found, far, along

    @cached_property
    def _ways(self) -> _Ways | None:
        return None if self._streets is None else _Ways(self._streets)


class _Ways:
    """Ways along the streets from the nearest of many sources."""

    def __init__(self, streets: Streets) -> None:
        from scipy.sparse import csr_matrix
        from scipy.spatial import cKDTree

        a, b = np.minimum(streets.a, streets.b), np.maximum(streets.a, streets.b)
        order = np.lexsort((streets.length, b, a))
        a, b, length = a[order], b[order], streets.length[order]
        first = np.concatenate([[True], (np.diff(a) != 0) | (np.diff(b) != 0)]) & (a != b)
        size = (streets.nodes, streets.nodes)
        self._graph = csr_matrix((length[first], (a[first], b[first])), shape=size)
        self._tree = cKDTree(np.column_stack([streets.x, streets.y]))

    def from_sources(self, x: FloatArray, y: FloatArray) -> tuple[Any, FloatArray, IntArray]:
        """The tree of street nodes, the way to each from the nearest source, m, and that source."""
        from scipy.sparse.csgraph import dijkstra

        gap, node = self._tree.query(np.column_stack([x, y]))
        first: dict[int, int] = {}
        for row in np.argsort(gap, kind="stable").tolist():
            first.setdefault(int(node[row]), row)
        starts = np.fromiter(first, dtype=np.int64)
        way, _, source = dijkstra(
            self._graph, directed=False, indices=starts, min_only=True, return_predecessors=True
        )
        row = np.array([first.get(int(node), -1) for node in source], dtype=np.int64)
        way = way + np.where(row >= 0, gap[np.maximum(row, 0)], 0.0)
        return self._tree, way, row


def _nearest_shape(
    shapes: Shapes, rows: IntArray, points: FloatArray
) -> tuple[list[int], list[float]]:
    """The asset that is drawn nearest to each point, and how far, m; -1 where there is none.

    Where two meet, the last is taken: of a river's reaches that is the lower one.
    """
    import shapely

    mine = np.flatnonzero(np.isin(shapes.rows, rows))
    drawn = []
    for shape in mine.tolist():
        part = slice(int(shapes.first[shape]), int(shapes.first[shape + 1]))
        xy = np.column_stack([shapes.x[part], shapes.y[part]])
        if np.isfinite(xy).all():
            drawn.append((shape, shapely.LineString(xy) if len(xy) > 1 else shapely.Point(xy[0])))
    target, far = [-1] * len(points), [float("inf")] * len(points)
    if not drawn:
        return target, far
    tree = shapely.STRtree([geometry for _, geometry in drawn])
    (at, found), metres = tree.query_nearest(shapely.points(points), return_distance=True)
    for point, number, metre in zip(at.tolist(), found.tolist(), metres.tolist(), strict=True):
        row = int(shapes.rows[drawn[number][0]])
        if row > target[point]:
            target[point], far[point] = row, metre
    return target, far


def _confidence(how: str, metres: FloatArray) -> FloatArray:
    """How sure proposals are, 0 to 1, by the metres between their ends."""
    return np.asarray(_BEST[how] * 0.5 ** (metres / HALF_M))


def _slug(zone: str) -> str:
    """A zone as files write it that allow no blanks."""
    return re.sub(r"\W+", "-", zone.strip().lower())


def _doubts(links: Sequence[Link]) -> list[Finding]:
    """One finding a port for its doubtful links."""
    weak = [link for link in links if link.confidence < DOUBTFUL]
    if not weak:
        return []
    worst = min(weak, key=lambda link: (link.confidence, str(link)))
    return [
        Finding(
            "links.doubtful",
            f"{len(weak)} of {len(links)} links to {worst.target.domain}'s '{worst.target.port}' "
            f"are doubtful; the worst is {worst} ({worst.note}).",
            "Look at them with kopa links CITY --below 0.4, and confirm or correct them.",
            "warning",
            file="links.csv",
            asset=str(worst.target),
        )
    ]
