"""Water supply for a city that has no files of it: mains, works, tanks, pumps and valves.

Rules and their sources stand in ``rules.csv``; ``docs/design/water.md`` tells how they are used.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree

from kopa.domain.design import Design, Progress, Site, Survey
from kopa.domain.rules import Rules, rules
from kopa.model import IntArray

from .day import typical_day
from .demand import Demand, demand
from .findings import findings
from .fittings import geojson, hydrants, isolation_valves
from .layout import lay_out, works_sites
from .sizing import size_pipes
from .write_inp import Plant, pump_ids, slug
from .zones import Graph, Zones, feed_zones, zone_labels

PACKAGE = "kopa.domains.water.design"
NETWORK = "water/network.inp"
HYDRANTS = "water/hydrants.geojson"
VALVES = "water/valves.geojson"

_MAIN_STREETS = frozenset({"primary", "secondary", "tertiary", "unclassified"})
_LESSER = 1.3  # a metre of a lesser street counts as so many of a main one
_SHORTEST_M = 1.0
_KW = 1e-3 * 1000.0 * 9.80665  # kW of 1 m³/s lifted by 1 m


def draw(survey: Survey, folder: Path, progress: Progress = lambda text: None) -> Design:
    """Write ``water/network.inp``, its hydrants and its isolation valves below a folder."""
    rule = rules(PACKAGE)
    progress("water: demands and pressure zones")
    node, edge, graph = _graph(survey)
    asked = _demand(rule, survey, node, graph)
    label = zone_labels(rule, graph, asked.people)
    sites = works_sites(rule, graph, asked)
    sites = sites[label[sites] == label[sites[0]]]  # all works supply the same zone
    zones = feed_zones(rule, graph, label, int(label[sites[0]]), asked.mean)
    layout = lay_out(rule, graph, zones, asked, sites)
    plant = Plant(survey, node, edge, layout, asked, zones.of, _tags(survey, graph))
    sized = size_pipes(rule, graph, zones, plant, lambda text: progress(f"water: {text}"))
    progress("water: a day of the network")
    day = typical_day(rule, plant, sized.diameter)
    stand, shut = hydrants(rule, plant), isolation_valves(rule, plant, sized.diameter)
    crs = survey.streets.crs
    texts = {
        NETWORK: day.text,
        HYDRANTS: geojson(stand, crs, "hydrants"),
        VALVES: geojson(shut, crs, "isolation valves"),
    }
    for name, text in texts.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")
    return Design(
        settings={
            "network": NETWORK,
            "valves": VALVES,
            "required_pressure_m": rule["required_pressure"],
        },
        files=tuple(texts),
        counts={
            **_counts(plant, zones),
            "hydrants": len(stand),
            "isolation_valves": len(shut),
            "least_pressure_m": round(float(sized.pressure[: graph.junctions].min()), 1),
            "greatest_velocity_m_s": round(float(sized.velocity.max()), 2),
        },
        sites=_sites(rule, plant),
        findings=findings(rule, plant, sized, day, NETWORK),
    )


def _graph(survey: Survey) -> tuple[IntArray, IntArray, Graph]:
    """Street node of each junction, street of each main, and their graph.

    A street that leads back to where it begins gets no main: EPANET knows no such pipe, and both
    of its ends have the same one already.
    """
    streets = survey.streets
    edge = np.flatnonzero(survey.mains & (streets.a != streets.b))
    node = np.unique(np.concatenate([streets.a[edge], streets.b[edge]]))
    length = np.maximum(streets.length[edge], _SHORTEST_M)
    lesser = np.array([streets.kind[row] not in _MAIN_STREETS for row in edge.tolist()])
    graph = Graph(
        x=streets.x[node],
        y=streets.y[node],
        ground=survey.ground[node],
        a=np.searchsorted(node, streets.a[edge]),
        b=np.searchsorted(node, streets.b[edge]),
        length=length,
        cost=np.where(lesser, _LESSER, 1.0) * length,
    )
    return node, edge, graph


def _demand(rule: Rules, survey: Survey, node: IntArray, graph: Graph) -> Demand:
    ends = np.concatenate([graph.a, graph.b])
    half = np.bincount(ends, np.tile(graph.length / 2, 2), graph.junctions).astype(np.float64)
    return demand(rule, survey.spots, np.searchsorted(node, survey.spots.node), half)


def _tags(survey: Survey, graph: Graph) -> tuple[str, ...]:
    """Zone of the city at each junction: that of the nearest spot."""
    spots = survey.spots
    if not len(spots):
        return ("",) * graph.junctions
    _, near = cKDTree(np.column_stack([spots.x, spots.y])).query(
        np.column_stack([graph.x, graph.y])
    )
    return tuple(slug(spots.zones[row]) for row in near.tolist())


def _counts(plant: Plant, zones: Zones) -> dict[str, float]:
    layout = plant.layout
    return {
        "junctions": layout.junctions,
        "pipes": len(layout.a),
        "mains_km": round(float(layout.length.sum()) / 1e3, 1),
        "pressure_zones": zones.count,
        "water_works": len(layout.works),
        "tanks": len(layout.tanks),
        "tank_volume_m3": round(sum(tank.volume for tank in layout.tanks)),
        "pumping_stations": len(layout.stations),
        "pumps": sum(len(pump_ids(station)) for station in layout.stations),
        "pressure_reducing_valves": len(layout.valves),
        "mean_demand_m3_d": round(float(plant.demand.mean.sum()) * 86_400),
    }


def _sites(rule: Rules, plant: Plant) -> tuple[Site, ...]:
    """Pumps, with the power that each draws at its rated point."""
    layout, found = plant.layout, []
    for station in layout.stations:
        power = _KW * station.flow / station.duty * station.head / rule["efficiency"]
        at = station.discharge if station.suction >= layout.junctions else station.suction
        found += [
            Site(
                id=f"water:{pump}",
                kind="pump",
                x=float(layout.x[at]),
                y=float(layout.y[at]),
                power_kw=round(power, 2),
                node=int(plant.node[at]),
            )
            for pump in pump_ids(station)
        ]
    return tuple(found)
