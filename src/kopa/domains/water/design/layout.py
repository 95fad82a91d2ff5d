"""Stations, tanks and valves of a water supply design, and the flows that they are made for."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from kopa.domain.rules import Rules
from kopa.model import BoolArray, FloatArray, IntArray

from .demand import Demand, day_factor, hour_factor
from .zones import Feed, Graph, Zones

_DAY = 86_400.0
_TANK_MAIN_M = 20.0


@dataclass(frozen=True)
class Tank:
    """An elevated tank.

    Parameters
    ----------
    zone, site
        Zone that it supplies, and junction beside which it stands.
    bottom, depth, diameter
        Height of its floor, greatest depth of water, and diameter of a round tank, m.
    """

    zone: int
    site: int
    bottom: float
    depth: float
    diameter: float

    @property
    def volume(self) -> float:
        """What it holds, m³."""
        return math.pi / 4 * self.diameter**2 * self.depth


@dataclass(frozen=True)
class Station:
    """Pumps side by side.

    Parameters
    ----------
    name
        ``W1`` for a water works, ``Z3`` for a station that lifts into zone 3.
    zone
        Zone that it supplies.
    suction, discharge
        Nodes that it pumps from and to.
    flow, head
        Rated flow of all pumps on duty together, m³/s, and rated head, m.
    duty
        Pumps on duty; one more stands by.
    """

    name: str
    zone: int
    suction: int
    discharge: int
    flow: float
    head: float
    duty: int


@dataclass(frozen=True)
class Valve:
    """A valve that reduces the pressure of what flows into a zone.

    Parameters
    ----------
    zone
        Zone that it supplies.
    before, after
        Its ends.
    setting
        Pressure head behind it, m.
    """

    zone: int
    before: int
    after: int
    setting: float


@dataclass(frozen=True)
class Layout:
    """A whole network without its diameters.

    Nodes are numbered: junctions of streets, joints of stations and valves, water works, tanks.

    Parameters
    ----------
    x, y, ground
        Nodes, m, shape (node,).
    joints
        Number of joints.
    works, tanks, stations, valves
        What stands in it; `works` are the junctions at which water works stand.
    a, b, length
        Pipes: the mains of the graph in its order, then one to each tank, shape (pipe,).
    shut
        True for pipes that are shut at the border of two zones, shape (pipe,).
    draw
        Greatest flow that leaves each junction, into houses and other zones, m³/s, shape (node,).
    required
        Head that each node must have, m, -inf for none, shape (node,).
    """

    x: FloatArray
    y: FloatArray
    ground: FloatArray
    joints: int
    works: tuple[int, ...]
    tanks: tuple[Tank, ...]
    stations: tuple[Station, ...]
    valves: tuple[Valve, ...]
    a: IntArray
    b: IntArray
    length: FloatArray
    shut: BoolArray
    draw: FloatArray
    required: FloatArray

    @property
    def junctions(self) -> int:
        """Number of junctions, joints among them."""
        return len(self.x) - len(self.works) - len(self.tanks)

    @property
    def first_tank(self) -> int:
        """Node of the first tank."""
        return len(self.x) - len(self.tanks)

    def tank_of(self, zone: int) -> int | None:
        """Number of the zone's tank."""
        return next((row for row, tank in enumerate(self.tanks) if tank.zone == zone), None)


@dataclass(frozen=True)
class _Flows:
    """Flows of zones, m³/s, shape (zone,): mean of all that depends on it, and its own draw."""

    mean: FloatArray
    people: FloatArray
    draw: FloatArray
    tank: BoolArray


def lay_out(rules: Rules, graph: Graph, zones: Zones, demand: Demand, sites: IntArray) -> Layout:
    """Place what feeds the zones.

    Parameters
    ----------
    rules
        The rules of the design.
    graph
        Junctions and mains.
    zones
        Pressure zones.
    demand
        Mean demands of the junctions.
    sites
        Junctions of the water works.
    """
    flows = _flows(rules, zones, demand)
    peak = hour_factor(rules, float(demand.people.sum()))
    draw = demand.mean * peak
    required = graph.ground + rules["required_pressure"]
    feeds = [(zone, feed) for zone, feed in enumerate(zones.feeds) if feed is not None]
    for zone, feed in feeds:
        above = int(zones.parent[zone])
        draw[feed.outlet] += flows.draw[zone]
        least = zones.head[above] - zones.loss[above]
        required[feed.outlet] = max(required[feed.outlet], least)
    tanks = tuple(
        _tank(rules, graph, zones, zone, float(flows.mean[zone]), demand)
        for zone in range(zones.count)
        if flows.tank[zone]
    )
    a, b = graph.a.copy(), graph.b.copy()
    at = [_insert_joint(feed, graph.junctions + row, a, b) for row, (_, feed) in enumerate(feeds)]
    place = np.array([*at, *sites, *(tank.site for tank in tanks)], dtype=np.int64)
    first_works = graph.junctions + len(feeds)
    first_tank = first_works + len(sites)
    tank_nodes = first_tank + np.arange(len(tanks))
    border = zones.of[graph.a] != zones.of[graph.b]
    border[[feed.main for _, feed in feeds]] = False
    extra = np.full(len(place), -np.inf)
    return Layout(
        x=np.concatenate([graph.x, graph.x[place]]),
        y=np.concatenate([graph.y, graph.y[place]]),
        ground=np.concatenate([graph.ground, graph.ground[place]]),
        joints=len(feeds),
        works=tuple(int(site) for site in sites),
        tanks=tanks,
        stations=_stations(rules, graph, zones, flows, sites),
        valves=tuple(
            Valve(
                zone,
                graph.junctions + row,
                feed.inlet,
                float(zones.head[zone] - graph.ground[feed.inlet]),
            )
            for row, (zone, feed) in enumerate(feeds)
            if not feed.lifted
        ),
        a=np.concatenate([a, tank_nodes]),
        b=np.concatenate([b, np.array([tank.site for tank in tanks], dtype=np.int64)]),
        length=np.concatenate([graph.length, np.full(len(tanks), _TANK_MAIN_M)]),
        shut=np.concatenate([border, np.zeros(len(tanks), dtype=bool)]),
        draw=np.concatenate([draw, np.zeros(len(place))]),
        required=np.concatenate([required, extra]),
    )


def works_sites(rules: Rules, graph: Graph, demand: Demand) -> IntArray:
    """Junctions at the edge of the city from which its water is lifted least.

    Wells and rivers lie low, and works stand outside what is built: of the corners of the city's
    convex hull the lowest ones may have a works, and that one is taken from which pushing and
    lifting the water costs least head. One works serves `people_per_works`; each further one
    stands where it shortens the ways most.
    """
    from scipy.spatial import ConvexHull, QhullError

    try:
        hull = np.sort(ConvexHull(np.column_stack([graph.x, graph.y])).vertices)
    except (QhullError, ValueError):  # all junctions on one line, or fewer than three
        hull = np.arange(graph.junctions)
    low = np.quantile(graph.ground[hull], rules["works_low_share"])
    hull = hull[graph.ground[hull] <= low]
    some = np.argsort(-demand.mean, kind="stable")[:4000]
    weight = demand.mean[some]
    far = np.hypot(
        graph.x[hull][:, None] - graph.x[some][None, :],
        graph.y[hull][:, None] - graph.y[some][None, :],
    )
    lift = np.maximum(graph.ground[some][None, :] - graph.ground[hull][:, None], 0.0)
    head = far * rules["loss_gradient"] + lift
    wanted = math.ceil(float(demand.people.sum()) / rules["people_per_works"])
    chosen: list[int] = []
    nearest = np.full(len(some), np.inf)
    for _ in range(min(max(1, wanted), len(hull))):
        total = np.minimum(nearest[None, :], head) @ weight
        total[chosen] = np.inf
        best = int(np.argmin(total))
        chosen.append(best)
        nearest = np.minimum(nearest, head[best])
    return np.asarray(hull[chosen], dtype=np.int64)


def _flows(rules: Rules, zones: Zones, demand: Demand) -> _Flows:
    """Add up zones, from those that feed nobody to the one with the water works."""
    mean = np.bincount(zones.of, demand.mean, zones.count).astype(np.float64)
    people = np.bincount(zones.of, demand.people, zones.count).astype(np.float64)
    own, draw = mean.copy(), np.zeros(zones.count)
    tank = np.zeros(zones.count, dtype=bool)
    day = day_factor(rules, float(demand.people.sum()))
    for zone in reversed(zones.order):
        feed, above = zones.feeds[zone], int(zones.parent[zone])
        tank[zone] = feed is None or (feed.lifted and people[zone] >= rules["tank_least_people"])
        if tank[zone]:
            draw[zone] = mean[zone] * day * 24 / rules["pumping_hours"]
        else:
            draw[zone] += own[zone] * hour_factor(rules, float(people[zone]))
        if above >= 0:
            mean[above] += mean[zone]
            people[above] += people[zone]
            draw[above] += draw[zone]
    return _Flows(mean, people, draw, tank)


def _tank(rules: Rules, graph: Graph, zones: Zones, zone: int, mean: float, demand: Demand) -> Tank:
    """The zone's tank: high ground near where the people are, as large as the day asks for."""
    rows = np.flatnonzero(zones.of == zone)
    weight = demand.mean[rows] + 1e-9
    x, y = np.average(graph.x[rows], weights=weight), np.average(graph.y[rows], weights=weight)
    far = np.hypot(graph.x[rows] - x, graph.y[rows] - y)
    site = int(rows[np.argmax(graph.ground[rows] - rules["tank_site_slope"] * far)])
    day = mean * _DAY * day_factor(rules, float(demand.people.sum()))
    share = np.interp(
        day,
        [rules["tank_small"], rules["tank_large"]],
        [rules["tank_share_small"], rules["tank_share_large"]],
    )
    volume = day * float(share) + rules["fire_reserve"]
    depth = rules["tank_depth"]
    diameter = math.sqrt(4 * volume / math.pi / depth)
    bottom = float(zones.head[zone]) - rules["tank_low"]
    return Tank(zone, site, round(bottom, 2), depth, math.ceil(diameter * 10) / 10)


def _stations(
    rules: Rules, graph: Graph, zones: Zones, flows: _Flows, sites: IntArray
) -> tuple[Station, ...]:
    root = zones.order[0]
    found = []
    fill = rules["tank_depth"] - rules["tank_low"]
    feeds = [(zone, feed) for zone, feed in enumerate(zones.feeds) if feed is not None]
    first_works = graph.junctions + len(feeds)
    for number, site in enumerate(sites.tolist()):
        lift = zones.head[root] + fill + zones.loss[root] - graph.ground[site]
        share = float(flows.draw[root]) / len(sites)
        station = (root, first_works + number, site)
        found.append(_station(rules, f"W{number + 1}", station, share, float(lift)))
    for row, (zone, feed) in enumerate(feeds):
        if feed.lifted:
            above = int(zones.parent[zone])
            lift = zones.head[zone] - (zones.head[above] - zones.loss[above])
            lift += graph.length[feed.main] * rules["gradient"]
            if flows.tank[zone]:
                lift += fill + zones.loss[zone]
            station = (zone, feed.outlet, graph.junctions + row)
            flow = float(flows.draw[zone])
            found.append(_station(rules, f"Z{zone + 1}", station, flow, float(lift)))
    return tuple(found)


def _station(
    rules: Rules, name: str, ends: tuple[int, int, int], flow: float, head: float
) -> Station:
    zone, suction, discharge = ends
    small = flow < rules["single_pump_flow"] * 1e-3
    duty = 1 if small else int(rules["pumps_on_duty"])
    least_flow = 1e-4
    return Station(
        name,
        zone,
        suction,
        discharge,
        max(flow, least_flow),
        math.ceil(max(head, rules["least_lift"]) * 10) / 10,
        duty,
    )


def _insert_joint(feed: Feed, joint: int, a: IntArray, b: IntArray) -> int:
    """Put a joint into the main of a feed; gives the junction beside which it stands.

    Pumps stand at the end where the water comes from, so that the main is under the pressure of
    the zone that it leads to; valves at the other end, as no pressure is lost before it must be.
    """
    beside = feed.outlet if feed.lifted else feed.inlet
    if a[feed.main] == beside:
        a[feed.main] = joint
    else:
        b[feed.main] = joint
    return beside
