"""A water supply network in memory, SI."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from kopa.geo.lines import middles
from kopa.model import Assets, BoolArray, FloatArray, IntArray, Shapes, points_of
from kopa.model.graph import reached
from kopa.model.shapes import joined, scaled

from .segments import IsolationValve

JUNCTION, RESERVOIR, TANK = 0, 1, 2
CHECK_VALVE, PIPE, PUMP, PRV, PSV = range(5)  # EN_LinkType; from PRV on they are valves
TCV = 7


@dataclass(frozen=True)
class Units:
    """What one unit of the file is in SI."""

    flow: float
    length: float
    pressure: float


@dataclass(frozen=True)
class Service:
    """How pressure limits what is delivered (pressure-driven demand).

    Nothing is delivered at `minimum` and below, all at `required` and above, and between them
    the share ``((p - minimum) / (required - minimum)) ** exponent``.

    Parameters
    ----------
    minimum, required
        Pressure heads, m.
    exponent
        Of the demand function.

    References
    ----------
    Wagner, Shamir and Marks (1988), Water distribution reliability: simulation methods,
    J. Water Resour. Plann. Manage. 114(3), eq. 2.
    """

    minimum: float = 0.0
    required: float = 20.0
    exponent: float = 0.5

    def share(self, pressure: FloatArray) -> FloatArray:
        """Share of the demand that a pressure delivers."""
        span = self.required - self.minimum
        return np.asarray(np.clip((pressure - self.minimum) / span, 0, 1) ** self.exponent)


@dataclass(frozen=True)
class Network:
    """What an INP file says, with EPANET's own order of nodes and links.

    Index i here is EPANET's index i + 1.

    Parameters
    ----------
    inp
        Text of the INP file that EPANET opens.
    source
        The user's file.
    node_ids, node_types, elevation, x, y, zones
        Nodes, m, shape (node,).
    first, drawn
        Link i is drawn through points ``first[i]`` to ``first[i + 1] - 1`` of `drawn`, its ends
        among them, shapes (link + 1,) and (2, point).
    link_ids, link_types, ends, length, diameter
        Links, m; `ends` has shape (2, link).
    controlled
        True for links that a control, a rule or a speed pattern moves, shape (link,).
    always_shut
        True for links that are shut at first and that nothing opens, shape (link,).
    demand_node, demand_base, demand_pattern
        Demand categories: junction, flow in the file's units (so that setting it back changes no
        digit), pattern index (-1 for none), shape (category,).
    patterns
        Multipliers of each pattern.
    pattern_step, pattern_start, start_clock
        s.
    tank_levels
        Least and greatest level of each tank, m, shape (2, tank).
    tank_volume
        What each tank holds between its least and greatest level, m³, shape (tank,).
    demand_multiplier
        Of the whole file.
    emitter
        Emitter coefficients in the file's units, shape (node,).
    emitter_exponent
        Of the whole file.
    accuracy
        Relative change of flow at which EPANET holds a moment to be solved.
    units
        The file's units.
    service
        Pressure that full service needs.
    isolation_valves
        Valves that a crew shuts; as the INP file has them, throttle valves that no control moves.
    """

    inp: bytes
    source: Path
    node_ids: tuple[str, ...]
    node_types: IntArray
    elevation: FloatArray
    x: FloatArray
    y: FloatArray
    first: IntArray
    drawn: FloatArray
    zones: tuple[str, ...]
    link_ids: tuple[str, ...]
    link_types: IntArray
    ends: IntArray
    length: FloatArray
    diameter: FloatArray
    controlled: BoolArray
    always_shut: BoolArray
    demand_node: IntArray
    demand_base: FloatArray
    demand_pattern: IntArray
    patterns: tuple[FloatArray, ...]
    pattern_step: int
    pattern_start: int
    start_clock: int
    tank_levels: FloatArray
    tank_volume: FloatArray
    demand_multiplier: float
    emitter: FloatArray
    emitter_exponent: float
    accuracy: float
    units: Units
    service: Service
    isolation_valves: tuple[IsolationValve, ...] = ()

    @cached_property
    def sources(self) -> BoolArray:
        """Reservoirs, tanks and junctions with inflow, shape (node,)."""
        fixed = self.node_types != JUNCTION
        return np.asarray(fixed | (self.base_demand < 0))

    @cached_property
    def base_demand(self) -> FloatArray:
        """Base demand of all categories together, in the file's units, shape (node,)."""
        total = np.bincount(self.demand_node, self.demand_base, len(self.node_ids))
        return np.asarray(total, dtype=np.float64)

    @cached_property
    def middle(self) -> FloatArray:
        """Point half way along each link as it is drawn, shape (2, link)."""
        return np.array(middles(self.first, *self.drawn))

    @cached_property
    def shapes(self) -> Shapes:
        """Nodes as points, links as they are drawn; the wider a pipe, the more it weighs."""
        nodes = len(self.node_ids)
        rows = nodes + np.arange(len(self.link_ids), dtype=np.int64)
        pipe = self.link_types <= PIPE
        weight = np.where(pipe, scaled(np.where(pipe, self.diameter, np.nan)), 1.0)
        links = Shapes(rows, self.first, self.drawn[0], self.drawn[1], weight).placed()
        return joined([points_of(self.assets, np.arange(nodes, dtype=np.int64)), links])

    @cached_property
    def tanks(self) -> IntArray:
        """Rows of the tanks."""
        return np.flatnonzero(self.node_types == TANK)

    @cached_property
    def reservoirs(self) -> IntArray:
        """Rows of the reservoirs."""
        return np.flatnonzero(self.node_types == RESERVOIR)

    @cached_property
    def may_open(self) -> BoolArray:
        """Links that a solution may open by itself, shape (link,).

        Pumps, valves, pipes with a check valve, and links at tanks.
        """
        at_tank = (self.node_types[self.ends] == TANK).any(axis=0)
        return np.asarray((self.link_types != PIPE) | at_tank)

    @cached_property
    def pumps(self) -> IntArray:
        """Rows of the pumps, among the links."""
        return np.flatnonzero(self.link_types == PUMP)

    @cached_property
    def one_way(self) -> BoolArray:
        """Links that let water pass from their first end to their second only, shape (link,)."""
        return np.isin(self.link_types, (CHECK_VALVE, PUMP, PRV, PSV))

    @cached_property
    def pipes(self) -> IntArray:
        """Asset rows of the pipes."""
        return len(self.node_ids) + np.flatnonzero(self.link_types <= PIPE)

    @cached_property
    def junctions(self) -> IntArray:
        """Rows of the junctions."""
        return np.flatnonzero(self.node_types == JUNCTION)

    def cut_off(self, passing: BoolArray, empty: BoolArray) -> BoolArray:
        """Nodes that no path joins to a source that has water, shape (node,).

        Parameters
        ----------
        passing
            Links that can let water pass, shape (link,).
        empty
            Nodes that are empty tanks, shape (node,).
        """
        a, b = self.ends
        fed = reached(
            len(self.node_ids),
            a[passing],
            b[passing],
            self.sources & ~empty,
            self.one_way[passing],
        )
        return np.asarray(~fed & (self.node_types == JUNCTION))

    @cached_property
    def zone_junctions(self) -> dict[str, IntArray]:
        """Junctions of each zone."""
        zone = np.array(self.zones)
        return {
            str(name): np.flatnonzero((zone == name) & (self.node_types == JUNCTION))
            for name in np.unique(zone)
            if name
        }

    def wanted(self, at: int, factor: FloatArray) -> FloatArray:
        """Demand at a second of the run, m³/s, as EPANET computes it; shape (node,)."""
        period = (at + self.pattern_start) // self.pattern_step
        now = np.array([p[period % len(p)] for p in self.patterns] + [1.0])
        flow = self.demand_base * now[self.demand_pattern]
        total = np.bincount(self.demand_node, flow, len(self.node_ids))
        return np.asarray(total * factor * self.demand_multiplier * self.units.flow)

    @cached_property
    def wanted_per_day(self) -> FloatArray:
        """Demand of a day in the mean of its patterns, m³, inflows left out, shape (node,)."""
        mean = np.array([pattern.mean() for pattern in self.patterns] + [1.0])
        flow = self.demand_base * mean[self.demand_pattern]
        total = np.bincount(self.demand_node, flow, len(self.node_ids))
        per_day = total * self.demand_multiplier * self.units.flow * 86_400
        return np.asarray(np.maximum(per_day, 0.0))

    @cached_property
    def assets(self) -> Assets:
        """Nodes, links, zones and the network as a whole, in this order.

        An id that a node and a link share gets ``node/`` or ``link/`` before it.
        """
        twice = set(self.node_ids) & set(self.link_ids)
        nodes = [f"node/{i}" if i in twice else i for i in self.node_ids]
        links = [f"link/{i}" if i in twice else i for i in self.link_ids]
        kinds = [("junction", "reservoir", "tank")[t] for t in self.node_types]
        kinds += [("pipe", "pipe", "pump")[t] if t <= PUMP else "valve" for t in self.link_types]
        zones = list(self.zone_junctions)
        nowhere = np.full(len(zones) + 1, np.nan)
        x = np.concatenate([self.x, self.middle[0], nowhere])
        y = np.concatenate([self.y, self.middle[1], nowhere])
        return Assets(
            domain="water",
            ids=(*nodes, *links, *(f"zone/{zone}" for zone in zones), "network"),
            kinds=(*kinds, *["zone"] * len(zones), "network"),
            names=(*self.node_ids, *self.link_ids, *zones, ""),
            x=x,
            y=y,
            zones=(*self.zones, *[""] * len(links), *zones, ""),
        )

    def links_at(self, node: int) -> tuple[int, ...]:
        """Links that end at a node."""
        return tuple(map(int, np.flatnonzero((self.ends == node).any(axis=0))))

    def link_row(self, link: int) -> int:
        """Asset row of a link."""
        return len(self.node_ids) + link
