"""A sewer network in memory, SI."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

import numpy as np

from kopa.geo.lines import middles
from kopa.model import Assets, FloatArray, IntArray, Shapes, points_of
from kopa.model.graph import components
from kopa.model.shapes import joined, scaled

from .inp import Inp

NODES = ("junction", "outfall", "storage", "divider")
JUNCTION, OUTFALL, STORAGE, DIVIDER = range(4)
LINKS = ("conduit", "pump", "orifice", "weir", "outlet")
CONDUIT, PUMP, ORIFICE, WEIR, OUTLET = range(5)


@dataclass(frozen=True)
class Units:
    """What one unit of the file is in SI.

    Parameters
    ----------
    flow, length
        m³/s and m.
    rain
        Of a rain intensity, mm/h.
    """

    flow: float
    length: float
    rain: float

    @property
    def volume(self) -> float:
        """Of a volume in the engine's totals, m³."""
        return self.length**3


@dataclass(frozen=True)
class DryFlow:
    """Waste water that enters a node.

    Parameters
    ----------
    node
        Its row.
    mean
        Mean flow, m³/s.
    patterns
        Their names.
    """

    node: int
    mean: float
    patterns: tuple[str, ...]


@dataclass(frozen=True)
class Pattern:
    """Multipliers by ``MONTHLY``, ``DAILY``, ``HOURLY`` or ``WEEKEND``."""

    kind: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class Network:
    """What an INP file says, with SWMM's own order of nodes and links.

    Parameters
    ----------
    inp
        The file, with whole paths and without what it would write.
    source
        The user's file.
    units
        The file's units.
    node_ids, node_types, invert, depth, x, y
        Nodes; level of the floor and depth to the ground, m, shape (node,).
    tags
        Tag or comment of each node.
    link_ids, link_types, ends, size
        Links; `ends` has shape (2, link), `size` is the height of the section, m.
    offset
        Level of each link's inlet above its node's floor, m, shape (link,).
    first, drawn
        Link i is drawn through points ``first[i]`` to ``first[i + 1] - 1`` of `drawn`.
    pump_on
        True where a pump begins as running, shape (link,); True for others.
    catchments
        Node that each catchment drains to, -1 where it drains to another one, shape (catchment,).
    dry, patterns
        Waste water and its patterns.
    begin, end
        The file's own period.
    plants
        Rows of outfalls that are treatment plants.
    receiving
        Rows of nodes whose flooding runs into a water body, not onto the street.
    routing_step
        Step of the routing in runs of a city, s; 0 is the file's own.
    """

    inp: Inp
    source: Path
    units: Units
    node_ids: tuple[str, ...]
    node_types: IntArray
    invert: FloatArray
    depth: FloatArray
    x: FloatArray
    y: FloatArray
    tags: tuple[str, ...]
    link_ids: tuple[str, ...]
    link_types: IntArray
    ends: IntArray
    size: FloatArray
    offset: FloatArray
    first: IntArray
    drawn: FloatArray
    pump_on: tuple[bool, ...]
    catchments: IntArray
    dry: tuple[DryFlow, ...]
    patterns: dict[str, Pattern]
    begin: datetime
    end: datetime
    plants: IntArray
    receiving: IntArray
    routing_step: float = 0.0

    @cached_property
    def pumps(self) -> IntArray:
        """Rows of the pumps, among the links."""
        return np.flatnonzero(self.link_types == PUMP)

    @cached_property
    def outfalls(self) -> IntArray:
        """Rows of the outfalls."""
        return np.flatnonzero(self.node_types == OUTFALL)

    @cached_property
    def inner(self) -> IntArray:
        """Rows of the nodes that flood onto the street."""
        street = self.node_types != OUTFALL
        street[self.receiving] = False
        return np.flatnonzero(street)

    @cached_property
    def overflows(self) -> IntArray:
        """Rows of outfalls that are no plant, and of nodes that spill into a water body."""
        found = set(self.outfalls.tolist()) - set(self.plants.tolist())
        return np.array(sorted(found | set(self.receiving.tolist())), dtype=np.int64)

    @cached_property
    def served(self) -> IntArray:
        """Rows of nodes that take waste water or drain a catchment, no outfalls."""
        found = {flow.node for flow in self.dry if flow.mean > 0}
        found |= set(self.catchments[self.catchments >= 0].tolist())
        found -= set(self.outfalls.tolist())
        return np.array(sorted(found), dtype=np.int64)

    @cached_property
    def part(self) -> IntArray:
        """Number of the connected part that each node is in, shape (node,)."""
        return np.asarray(components(len(self.node_ids), *self.ends))

    @cached_property
    def below(self) -> IntArray:
        """Next node on the way of dry weather, -1 where there is none, shape (node,).

        Water leaves by the lowest link: a weir, or a link that only leads to an overflow, last.
        """
        return np.where(self.way >= 0, self.ends[1, self.way], -1)

    @cached_property
    def way(self) -> IntArray:
        """Link on the way of dry weather out of each node, -1 for none, shape (node,)."""
        best = np.full(len(self.node_ids), -1)
        rank = (self.link_types == WEIR).astype(int)
        order = np.lexsort((self.offset, rank))[::-1]  # the best one is written last
        best[self.ends[0, order]] = order
        best[self.outfalls] = -1
        return best

    @cached_property
    def outfall_of(self) -> IntArray:
        """Outfall that the dry weather flow of each node reaches, -1 for none, shape (node,)."""
        to = np.where(self.below >= 0, self.below, np.arange(len(self.node_ids)))
        for _ in range(max(1, len(to)).bit_length() + 1):  # twice as far each time
            to = to[to]
        return np.where(self.node_types[to] == OUTFALL, to, -1)

    @cached_property
    def order(self) -> tuple[int, ...]:
        """Nodes, each before the one that its dry weather flow goes to; loops left out."""
        entering = np.bincount(self.below[self.below >= 0], minlength=len(self.below)).tolist()
        ready = [node for node, many in enumerate(entering) if not many]
        found = []
        below = self.below.tolist()
        while ready:
            node = ready.pop()
            found.append(node)
            to = below[node]
            if to >= 0:
                entering[to] -= 1
                if not entering[to]:
                    ready.append(to)
        return tuple(found)

    def passing(self, entering: FloatArray) -> FloatArray:
        """Steady flow of each link that dry weather brings, m³/s, shape (link,).

        Parameters
        ----------
        entering
            What enters each node, m³/s, shape (node,).
        """
        total, flow = entering.tolist(), np.zeros(len(self.link_ids))
        for node in self.order:
            if self.way[node] >= 0:
                flow[self.way[node]] = total[node]
                total[int(self.below[node])] += total[node]
        return flow

    def downstream(self, node: int) -> list[int]:
        """Links on the way of dry weather from a node on."""
        found: list[int] = []
        seen: set[int] = set()
        while node >= 0 and node not in seen and self.way[node] >= 0:
            seen.add(node)
            found.append(int(self.way[node]))
            node = int(self.below[node])
        return found

    def dry_flow(self, day: date, hour: int) -> FloatArray:
        """Waste water that enters each node in an hour, m³/s, shape (node,)."""
        total = np.zeros(len(self.node_ids))
        for flow in self.dry:
            total[flow.node] += flow.mean * self._factor(flow.patterns, day, hour % 24)
        return total

    def _factor(self, names: tuple[str, ...], day: date, hour: int) -> float:
        """Product of the patterns; a weekend's stands in for the hourly one (SWMM manual, DWF)."""
        known = {p.kind: p.values for name in names if (p := self.patterns.get(name.upper()))}
        if day.weekday() >= 5 and "WEEKEND" in known:
            known["HOURLY"] = known["WEEKEND"]
        where = {"MONTHLY": day.month - 1, "DAILY": day.isoweekday() % 7, "HOURLY": hour}
        found = 1.0
        for kind, at in where.items():
            values = known.get(kind, ())
            found *= values[at] if at < len(values) else 1.0
        return found

    @cached_property
    def middle(self) -> FloatArray:
        """Point half way along each link as it is drawn, shape (2, link)."""
        return np.array(middles(self.first, *self.drawn))

    @cached_property
    def shapes(self) -> Shapes:
        """Nodes as points, links as they are drawn; the wider a conduit, the more it weighs."""
        nodes = len(self.node_ids)
        rows = nodes + np.arange(len(self.link_ids), dtype=np.int64)
        conduit = self.link_types == CONDUIT
        weight = np.where(conduit, scaled(np.where(conduit, self.size, np.nan)), 1.0)
        links = Shapes(rows, self.first, self.drawn[0], self.drawn[1], weight).placed()
        return joined([points_of(self.assets, np.arange(nodes, dtype=np.int64)), links])

    @cached_property
    def assets(self) -> Assets:
        """Nodes, links, and the network as a whole, in this order.

        An id that a node and a link share gets ``node/`` or ``link/`` before it.
        """
        twice = set(self.node_ids) & set(self.link_ids)
        nodes = [f"node/{i}" if i in twice else i for i in self.node_ids]
        links = [f"link/{i}" if i in twice else i for i in self.link_ids]
        kinds = [NODES[t] for t in self.node_types]
        for row in self.plants.tolist():
            kinds[row] = "plant"
        nowhere = np.full(1, np.nan)
        return Assets(
            domain="sewerage",
            ids=(*nodes, *links, "network"),
            kinds=(*kinds, *(LINKS[t] for t in self.link_types), "network"),
            names=(*self.node_ids, *self.link_ids, ""),
            x=np.concatenate([self.x, self.middle[0], nowhere]),
            y=np.concatenate([self.y, self.middle[1], nowhere]),
            zones=("",) * (len(nodes) + len(links) + 1),
        )

    def link_row(self, link: int) -> int:
        """Asset row of a link."""
        return len(self.node_ids) + link
