"""Diameters of mains: by the flows of a tree at first, then by EPANET until all rules hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kopa.domain.rules import Rules
from kopa.model import BoolArray, FloatArray, IntArray

from ..engine_epanet import LinkValue, NodeValue, Option, Project, TimeValue
from .demand import busiest_hour, hour_factor, patterns
from .write_inp import Plant, pump_ids, write_inp
from .zones import Graph, Zones

CATALOGUE = np.array(
    [100, 125, 150, 200, 250, 300, 350, 400, 500, 600, 700, 800, 900, 1000, 1200, 1400, 1600, 2000],
    dtype=np.float64,
)
"""Nominal diameters, mm (EN 545, preferred sizes from DN 100 on)."""

MOST_ROUNDS = 60
_TIGHTER = 0.7
_MARGIN = 1.0  # m of head above what is required
_FIRST_VELOCITY = 0.9  # m/s; economic at peak flow, and leaves room for what loops shift


@dataclass(frozen=True)
class Sized:
    """Diameters, and what they give in the worst of the cases that they are made for.

    Parameters
    ----------
    diameter
        mm, shape (pipe,).
    pressure
        Least pressure head, m, shape (junction,).
    velocity
        Greatest velocity, m/s, shape (pipe,).
    short
        Head by which each node falls short of what is required, m, 0 or below for none,
        shape (junction,).
    rounds
        How often EPANET was asked.
    """

    diameter: FloatArray
    pressure: FloatArray
    velocity: FloatArray
    short: FloatArray
    rounds: int


@dataclass(frozen=True)
class _Case:
    """A steady state that mains are made for.

    Parameters
    ----------
    hour, factor
        Hour of the patterns, and what all demands are multiplied by.
    level
        Depth of water in the tanks, m.
    filling
        True if the pumps to tanks run.
    """

    hour: int
    factor: float
    level: float
    filling: bool


def size_pipes(
    rules: Rules,
    graph: Graph,
    zones: Zones,
    plant: Plant,
    progress: Callable[[str], None] = lambda text: None,
) -> Sized:
    """Choose the diameter of every pipe.

    The mains hold in three cases: the greatest hour of the greatest day with all pumps on; the
    greatest hour of a usual day that the tanks supply alone; and the least hour, in which the
    pumps fill the tanks. Pipes that are too fast or too steep become wider, and where pressure
    is short the steepest ones on the way to it.
    """
    size = _first_sizes(rules, graph, zones, plant)
    text = write_inp(rules, plant, CATALOGUE[size]).encode()
    with Project(text) as project:
        return _Sizing(rules, plant, project, size).run(progress)


def _first_sizes(rules: Rules, graph: Graph, zones: Zones, plant: Plant) -> IntArray:
    """Sizes by the flows of the cheapest tree from each zone's inlet and tank."""
    layout = plant.layout
    flow = np.zeros(len(layout.a))
    inner = np.flatnonzero(zones.of[graph.a] == zones.of[graph.b])
    tank_sites = [tank.site for tank in layout.tanks]
    inlets = [feed.inlet for feed in zones.feeds if feed is not None] + list(_works(plant))
    starts = np.unique(np.array([*inlets, *tank_sites], dtype=np.int64))
    far, before = graph.ways(inner, starts)
    main = _mains_between(graph, inner)
    carried = layout.draw[: graph.junctions].copy()
    for node in np.argsort(-far, kind="stable").tolist():
        above = int(before[node])
        if above >= 0:
            flow[main[min(node, above), max(node, above)]] += carried[node]
            carried[above] += carried[node]
    _add_filling(graph, zones, plant, inner, main, flow)
    for station in layout.stations:
        feed = zones.feeds[station.zone]
        if feed is not None:
            flow[feed.main] = station.flow
    for valve in layout.valves:
        feed = zones.feeds[valve.zone]
        if feed is not None:
            flow[feed.main] = carried[feed.inlet]
    area = flow / _FIRST_VELOCITY
    wanted = np.sqrt(4 * area / np.pi) * 1e3
    wanted = np.maximum(wanted, rules["least_diameter"])
    return np.minimum(np.searchsorted(CATALOGUE, wanted), len(CATALOGUE) - 1).astype(np.int64)


def _add_filling(
    graph: Graph,
    zones: Zones,
    plant: Plant,
    inner: IntArray,
    main: dict[tuple[int, int], int],
    flow: FloatArray,
) -> None:
    """Let the way from each station to its tank carry what the station gives."""
    layout = plant.layout
    for row, tank in enumerate(layout.tanks):
        _, before = graph.ways(inner, np.array([tank.site]))
        for station in layout.stations:
            if station.zone != tank.zone:
                continue
            feed = zones.feeds[station.zone]
            node = station.discharge if feed is None else feed.inlet
            while (above := int(before[node])) >= 0:
                at = main[min(node, above), max(node, above)]
                flow[at] = max(flow[at], station.flow)
                node = above
            flow[len(graph.a) + row] += station.flow


def _works(plant: Plant) -> tuple[int, ...]:
    return plant.layout.works


def _mains_between(graph: Graph, among: IntArray) -> dict[tuple[int, int], int]:
    """Cheapest main between each two junctions that have one."""
    order = among[np.argsort(-graph.cost[among], kind="stable")].tolist()
    low = np.minimum(graph.a, graph.b).tolist()
    high = np.maximum(graph.a, graph.b).tolist()
    return {(low[row], high[row]): row for row in order}


class _Sizing:
    """The rounds of one sizing."""

    def __init__(self, rules: Rules, plant: Plant, project: Project, size: IntArray) -> None:
        self._rules, self._plant, self._project, self._size = rules, plant, project, size
        layout = plant.layout
        self._pipes, self._nodes = len(layout.a), layout.junctions
        self._open = ~layout.shut
        self._allowed = np.full(self._pipes, rules["gradient"])
        self._cases = _cases(rules, plant)
        at = self._pipes + 1
        self._fillers: list[int] = []
        ends = [(layout.a, layout.b)]
        for station in layout.stations:
            pumps = len(pump_ids(station))
            if layout.tank_of(station.zone) is not None:
                self._fillers += range(at, at + pumps - 1)
            at += pumps
            ends.append((np.full(pumps, station.suction), np.full(pumps, station.discharge)))
        self._first_valve = at - 1
        valves = np.array([(v.before, v.after) for v in layout.valves], dtype=np.int64)
        ends.append((valves.reshape(-1, 2)[:, 0], valves.reshape(-1, 2)[:, 1]))
        self._from = np.concatenate([one for one, _ in ends])
        self._to = np.concatenate([other for _, other in ends])

    def run(self, progress: Callable[[str], None]) -> Sized:
        """Widen pipes until all rules hold, or none can be wider."""
        project = self._project
        project.set_pressure_driven(False, 0.0, 20.0, 0.5)
        project.set_time(TimeValue.DURATION, 0)
        project.open_hydraulics()
        for rounds in range(1, MOST_ROUNDS + 1):
            pressure = np.full(self._nodes, np.inf)
            short = np.full(self._nodes, -np.inf)
            speed = np.zeros(self._pipes)
            wider = np.zeros(self._pipes, dtype=bool)
            for case in self._cases:
                head, flow, velocity, steep = self._solve(case)
                lacking = self._plant.layout.required[: self._nodes] - head
                pressure = np.minimum(pressure, head - self._plant.layout.ground[: self._nodes])
                short, speed = np.maximum(short, lacking), np.maximum(speed, velocity)
                wider |= (velocity > self._rules["velocity"]) | (steep > self._rules["gradient"])
                wider |= self._on_the_way(lacking > -_MARGIN, flow, steep)
            wider &= self._open & (self._size < len(CATALOGUE) - 1)
            if not wider.any():
                break
            progress(f"mains: round {rounds}, {int(wider.sum())} become wider")
            self._widen(np.flatnonzero(wider))
        return Sized(CATALOGUE[self._size], pressure, speed, np.maximum(short, 0.0), rounds)

    def _solve(self, case: _Case) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Heads of junctions; flows, velocities and losses of head a metre in pipes."""
        project, layout = self._project, self._plant.layout
        project.set_time(TimeValue.PATTERN_START, case.hour * 3600)
        project.set_option(Option.DEMAND_MULTIPLIER, case.factor)
        for tank in range(len(layout.tanks)):
            project.set_node(layout.first_tank + tank + 1, NodeValue.TANK_LEVEL, case.level)
        for pump in self._fillers:
            project.set_link(pump, LinkValue.INITIAL_STATUS, float(case.filling))
        project.init_hydraulics()
        project.solve()
        flow = project.link_values(LinkValue.FLOW) * 1e-3
        every = project.node_values(NodeValue.HEAD).copy()
        area = np.pi / 4 * (CATALOGUE[self._size] * 1e-3) ** 2
        velocity = np.abs(flow[: self._pipes]) / area
        drop = np.abs(every[layout.a] - every[layout.b]) / layout.length
        drop[~self._open] = 0.0
        return every[: self._nodes], flow.copy(), velocity, drop

    def _on_the_way(self, lacking: BoolArray, flow: FloatArray, steep: FloatArray) -> BoolArray:
        """The steepest pipes on the way of the water to nodes that lack pressure."""
        wider = np.zeros(self._pipes, dtype=bool)
        if not lacking.any():
            return wider
        towards = np.where(flow >= 0, self._to, self._from)
        upstream = np.where(flow >= 0, self._from, self._to)
        count = len(self._plant.layout.x)
        fed_by = np.full(count, -1)
        usable = np.abs(flow) > 1e-9
        usable[self._pipes : self._first_valve] = False  # pumps: beyond them is another head
        order = np.flatnonzero(usable)[np.argsort(np.abs(flow[usable]), kind="stable")]
        fed_by[towards[order]] = order  # the greatest flow is written last
        marked = np.zeros(len(flow), dtype=bool)
        nodes = np.flatnonzero(lacking)
        while len(nodes):
            links = fed_by[nodes]
            links = np.unique(links[links >= 0])
            links = links[~marked[links]]
            marked[links] = True
            nodes = upstream[links]
        way = np.flatnonzero(marked[: self._pipes] & self._open)
        way = way[self._size[way] < len(CATALOGUE) - 1]
        if not len(way):
            return wider
        limit = float(self._allowed[way].max()) * _TIGHTER
        limit = min(limit, float(steep[way].max()) * 0.999)
        self._allowed[way] = np.minimum(self._allowed[way], limit)
        wider[way[steep[way] > self._allowed[way]]] = True
        return wider

    def _widen(self, pipes: IntArray) -> None:
        self._size[pipes] += 1
        for pipe in pipes.tolist():
            self._project.set_link(pipe + 1, LinkValue.DIAMETER, CATALOGUE[self._size[pipe]])


def _cases(rules: Rules, plant: Plant) -> tuple[_Case, ...]:
    base = plant.demand.base.sum(axis=1)
    hour, factor = busiest_hour(base)
    people = float(plant.demand.people.sum())
    least = int(np.argmin(patterns()["home"]))
    low, middle = rules["tank_low"], rules["tank_depth"] / 2
    return (
        _Case(hour, hour_factor(rules, people) / factor, low, filling=True),
        _Case(hour, 1.0, low, filling=False),
        _Case(least, 1.0, middle, filling=True),
    )
