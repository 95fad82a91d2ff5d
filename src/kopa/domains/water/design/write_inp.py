"""Writes a water supply design as an EPANET INP file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from kopa.domain.design import Survey
from kopa.domain.rules import Rules
from kopa.model import FloatArray, IntArray

from .demand import CLASSES, Demand, patterns
from .layout import Layout, Station

ATTRIBUTION = (
    "Synthetic design by Kopa, made from OpenStreetMap data (c) OpenStreetMap contributors, ODbL"
)


@dataclass(frozen=True)
class Plant:
    """A design that can be written.

    Parameters
    ----------
    survey
        The city.
    node, edge
        Street node of each junction, street of each main.
    layout
        Its parts.
    demand
        Mean demands of the junctions.
    zone
        Pressure zone of each junction.
    tags
        Zone of the city at each junction; empty for none.
    """

    survey: Survey
    node: IntArray
    edge: IntArray
    layout: Layout
    demand: Demand
    zone: IntArray
    tags: tuple[str, ...]

    def node_ids(self) -> list[str]:
        """Ids of all nodes, in the layout's order."""
        streets, layout = self.survey.streets, self.layout
        ids = [f"J{osm}" for osm in streets.node_osm[self.node].tolist()]
        ids += [f"JZ{zone + 1}" for zone in self._fed_zones()]
        ids += [f"R{number + 1}" for number in range(len(layout.works))]
        return ids + [f"T{tank.zone + 1}" for tank in layout.tanks]

    def pipe_ids(self) -> list[str]:
        """Ids of all pipes, in the layout's order."""
        ids = self.survey.streets.ids
        mains = [f"P{ids[edge]}" for edge in self.edge.tolist()]
        return mains + [f"PT{tank.zone + 1}" for tank in self.layout.tanks]

    def _fed_zones(self) -> list[int]:
        """Zone behind each joint."""
        layout = self.layout
        first = len(self.node)
        behind = {s.discharge: s.zone for s in layout.stations if s.discharge >= first}
        behind |= {valve.before: valve.zone for valve in layout.valves}
        return [behind[joint] for joint in sorted(behind)]


def pump_ids(station: Station) -> list[str]:
    """Ids of a station's pumps; the last one stands by."""
    return [f"PU-{station.name}-{number + 1}" for number in range(station.duty + 1)]


def slug(text: str) -> str:
    """A text as a tag: EPANET takes no blanks in one."""
    return re.sub(r"[\s;\"]+", "_", text.strip())


def write_inp(
    rules: Rules,
    plant: Plant,
    diameter: FloatArray,
    levels: FloatArray | None = None,
    on: frozenset[str] = frozenset(),
) -> str:
    """Text of the INP file.

    Parameters
    ----------
    rules
        The rules of the design.
    plant
        The design.
    diameter
        Diameter of each pipe, mm, shape (pipe,).
    levels
        Depth of water in each tank at midnight, m; None writes no controls of pumps.
    on
        Ids of the pumps that run at midnight; only with `levels`.
    """
    nodes, pipes = plant.node_ids(), plant.pipe_ids()
    parts: list[tuple[str, Iterable[str]]] = [
        ("TITLE", _title(plant)),
        ("JUNCTIONS", _junctions(plant, nodes)),
        ("RESERVOIRS", _reservoirs(plant, nodes)),
        ("TANKS", _tanks(plant, nodes, levels)),
        ("PIPES", _pipes(rules, plant, nodes, pipes, diameter)),
        ("PUMPS", _pumps(plant, nodes)),
        ("VALVES", _valves(plant, nodes, diameter)),
        ("STATUS", _status(plant, on if levels is not None else None)),
        ("DEMANDS", _demands(plant, nodes)),
        ("PATTERNS", _patterns()),
        ("CURVES", _curves(rules, plant)),
        ("CONTROLS", _controls(rules, plant) if levels is not None else ()),
        ("ENERGY", [f"Global Efficiency {100 * rules['efficiency']:g}"]),
        ("TAGS", _tags(plant, nodes)),
        ("TIMES", ["Duration 24:00", "Hydraulic Timestep 1:00", "Pattern Timestep 1:00"]
         + ["Report Timestep 1:00", "Start ClockTime 0:00"]),
        ("OPTIONS", ["Units LPS", "Headloss H-W", "Accuracy 0.001", "Trials 200"]
         + ["Demand Model PDA", "Minimum Pressure 0", "Pressure Exponent 0.5"]
         + [f"Required Pressure {rules['required_pressure']:g}"]),
        ("REPORT", ["Status No", "Summary No"]),
        ("COORDINATES", _coordinates(plant, nodes)),
        ("VERTICES", _vertices(plant, pipes)),
    ]  # fmt: skip
    lines: list[str] = []
    for head, rows in parts:
        lines += [f"[{head}]", *rows, ""]
    return "\n".join([*lines, "[END]", ""])


def _title(plant: Plant) -> list[str]:
    survey = plant.survey
    return [
        f"{slug(survey.name)}: water supply",
        ATTRIBUTION,
        f"Ground: {survey.ground_source[:80]}; CRS {survey.streets.crs}; seed {survey.seed}",
    ]


def _junctions(plant: Plant, nodes: list[str]) -> list[str]:
    layout, osm = plant.layout, plant.survey.streets.node_osm[plant.node].tolist()
    ground = layout.ground.tolist()
    rows = [
        f"{nodes[row]} {ground[row]:.2f} ;osm node/{osm[row]} pressure_zone={zone + 1} "
        "origin=synthetic"
        for row, zone in enumerate(plant.zone.tolist())
    ]
    rows += [
        f"{nodes[row]} {ground[row]:.2f} ;station origin=synthetic"
        for row in range(len(plant.node), layout.junctions)
    ]
    return rows


def _reservoirs(plant: Plant, nodes: list[str]) -> list[str]:
    layout = plant.layout
    return [
        f"{nodes[row]} {layout.ground[row]:.2f} ;water works origin=synthetic"
        for row in range(layout.junctions, layout.first_tank)
    ]


def _tanks(plant: Plant, nodes: list[str], levels: FloatArray | None) -> list[str]:
    layout = plant.layout
    at = [tank.depth / 2 for tank in layout.tanks] if levels is None else levels.tolist()
    return [
        f"{nodes[layout.first_tank + row]} {tank.bottom:.2f} {at[row]:.3f} 0 {tank.depth:g} "
        f"{tank.diameter:.1f} 0 ;{tank.volume:.0f} m3, ground "
        f"{layout.ground[tank.site]:.1f} origin=synthetic"
        for row, tank in enumerate(layout.tanks)
    ]


def _pipes(
    rules: Rules, plant: Plant, nodes: list[str], pipes: list[str], diameter: FloatArray
) -> list[str]:
    layout, way = plant.layout, plant.survey.streets.way[plant.edge].tolist()
    a, b = layout.a.tolist(), layout.b.tolist()
    length, size, shut = layout.length.tolist(), diameter.tolist(), layout.shut.tolist()
    rough = f"{rules['roughness']:g}"
    return [
        f"{name} {nodes[a[row]]} {nodes[b[row]]} {length[row]:.2f} {size[row]:g} {rough} 0 "
        f"{'Closed' if shut[row] else 'Open'} ;"
        f"{f'osm way/{way[row]}' if row < len(way) else 'tank'} origin=synthetic"
        for row, name in enumerate(pipes)
    ]


def _pumps(plant: Plant, nodes: list[str]) -> list[str]:
    return [
        f"{pump} {nodes[station.suction]} {nodes[station.discharge]} HEAD C{station.name} "
        ";origin=synthetic"
        for station in plant.layout.stations
        for pump in pump_ids(station)
    ]


def _valves(plant: Plant, nodes: list[str], diameter: FloatArray) -> list[str]:
    layout = plant.layout
    size = {int(node): float(d) for ends in (layout.a, layout.b)
            for node, d in zip(ends, diameter, strict=True)}  # fmt: skip
    return [
        f"V-Z{valve.zone + 1} {nodes[valve.before]} {nodes[valve.after]} "
        f"{size[valve.before]:g} PRV {valve.setting:.2f} 0 ;origin=synthetic"
        for valve in layout.valves
    ]


def _status(plant: Plant, on: frozenset[str] | None) -> list[str]:
    """Pumps that stand by, and at midnight those that the tank's level keeps off."""
    shut = []
    for station in plant.layout.stations:
        *duty, standby = pump_ids(station)
        if on is not None and plant.layout.tank_of(station.zone) is not None:
            shut += [pump for pump in duty if pump not in on]
        shut.append(standby)
    return [f"{pump} Closed" for pump in shut]


def _demands(plant: Plant, nodes: list[str]) -> list[str]:
    litres = np.round(plant.demand.base * 1e3, 6)
    asked = np.flatnonzero(litres.T.ravel() > 0).tolist()
    flat = litres.T.ravel().tolist()
    many = len(CLASSES)
    return [f"{nodes[at // many]} {flat[at]:g} {CLASSES[at % many]}" for at in asked]


def _patterns() -> list[str]:
    return [
        f"{name} {' '.join(f'{value:g}' for value in hours[low : low + 8])}"
        for name, hours in patterns().items()
        for low in (0, 8, 16)
    ]


def _curves(rules: Rules, plant: Plant) -> list[str]:
    """Three points of each station's pumps, which are alike."""
    points = (
        (0.0, rules["shutoff"]), (1.0, 1.0), (rules["runout_flow"], rules["runout_head"])
    )  # fmt: skip
    return [
        f"C{station.name} {station.flow / station.duty * 1e3 * q:.5g} {station.head * h:.5g}"
        for station in plant.layout.stations
        for q, h in points
    ]


def _controls(rules: Rules, plant: Plant) -> list[str]:
    """Pumps that keep a tank between two levels; each further pump starts and stops lower."""
    rows = []
    for station in plant.layout.stations:
        tank = plant.layout.tank_of(station.zone)
        if tank is None:
            continue
        name, depth = f"T{station.zone + 1}", plant.layout.tanks[tank].depth
        for number, pump in enumerate(pump_ids(station)[:-1]):
            lower = number * rules["step_on"]
            on = depth * (rules["first_on"] - lower)
            off = depth * (rules["first_off"] - lower / 2)
            rows.append(f"LINK {pump} OPEN IF NODE {name} BELOW {on:.3f}")
            rows.append(f"LINK {pump} CLOSED IF NODE {name} ABOVE {off:.3f}")
    return rows


def _tags(plant: Plant, nodes: list[str]) -> list[str]:
    return [f"NODE {nodes[row]} {tag}" for row, tag in enumerate(plant.tags) if tag]


def _coordinates(plant: Plant, nodes: list[str]) -> list[str]:
    layout = plant.layout
    places = zip(nodes, layout.x.tolist(), layout.y.tolist(), strict=True)
    return [f"{name} {x:.2f} {y:.2f}" for name, x, y in places]


def _vertices(plant: Plant, pipes: list[str]) -> list[str]:
    """Points of each street between its ends."""
    streets = plant.survey.streets
    first, x, y = streets.first.tolist(), streets.point_x.tolist(), streets.point_y.tolist()
    return [
        f"{pipes[row]} {x[point]:.2f} {y[point]:.2f}"
        for row, edge in enumerate(plant.edge.tolist())
        for point in range(first[edge] + 1, first[edge + 1] - 1)
    ]
