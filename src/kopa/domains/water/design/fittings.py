"""Hydrants and isolation valves of a designed network."""

from __future__ import annotations

import heapq
import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from kopa.domain.rules import Rules
from kopa.geo.streets import Streets
from kopa.model import FloatArray, IntArray

from .write_inp import ATTRIBUTION, Plant


def hydrants(rules: Rules, plant: Plant) -> list[dict[str, Any]]:
    """Hydrants as GeoJSON features.

    They stand at junctions chosen so that each junction has one within half the greatest
    distance along the mains, and on longer mains between them.
    """
    spacing = rules["hydrant_spacing"]
    layout, streets = plant.layout, plant.survey.streets
    mains = len(plant.edge)
    nodes, pipes = plant.node_ids(), plant.pipe_ids()
    a, b = layout.a[:mains], layout.b[:mains]
    length = layout.length[:mains]
    way = streets.way[plant.edge].tolist()
    found = []
    for node in _spread(len(plant.node), (a, b, length), spacing / 2):
        place = (layout.x[node], layout.y[node])
        osm = f"node/{streets.node_osm[plant.node[node]]}"
        found.append(_feature(f"H-{nodes[node]}", place, {"junction": nodes[node], "osm": osm}))
    for row in np.flatnonzero(length > spacing).tolist():
        many = math.ceil(length[row] / spacing) - 1
        for number in range(1, many + 1):
            place = _along(streets, int(plant.edge[row]), number / (many + 1))
            values = {"pipe": pipes[row], "osm": f"way/{way[row]}"}
            values["junction"] = nodes[int(a[row] if 2 * number <= many else b[row])]
            found.append(_feature(f"H-{pipes[row]}-{number}", place, values))
    return found


def isolation_valves(rules: Rules, plant: Plant, diameter: FloatArray) -> list[dict[str, Any]]:
    """Isolation valves by the n - 1 rule, as GeoJSON features.

    Of the n pipes that meet at a junction all but the widest have a valve there: any of them can
    be shut off with the fewest valves that allow it, and the dearest valve is spared.

    References
    ----------
    Walski (1993), Water distribution valve topology for reliability analysis, Reliability
    Engineering and System Safety 42(1): n - 1 valves at a junction of n pipes.
    """
    layout, streets = plant.layout, plant.survey.streets
    nodes, pipes = plant.node_ids(), plant.pipe_ids()
    mains = len(plant.edge)
    row = np.tile(np.arange(mains), 2)
    at_end = np.repeat([False, True], mains)
    junction = np.concatenate([layout.a[:mains], layout.b[:mains]])
    street = junction < len(plant.node)  # joints have the valves of their stations
    row, at_end, junction = row[street], at_end[street], junction[street]
    order = np.lexsort((at_end, row, -diameter[row], junction))
    row, at_end, junction = row[order], at_end[order], junction[order]
    widest = np.ones(len(row), dtype=bool)
    widest[1:] = junction[1:] != junction[:-1]
    found = []
    for pipe, end, node in zip(
        row[~widest].tolist(), at_end[~widest].tolist(), junction[~widest].tolist(), strict=True
    ):
        edge = int(plant.edge[pipe])
        share = min(rules["valve_offset"] / max(float(streets.length[edge]), 1e-9), 0.3)
        place = _along(streets, edge, 1 - share if end else share)
        values = {"pipe": pipes[pipe], "junction": nodes[node], "diameter_mm": diameter[pipe]}
        values["osm"] = f"way/{streets.way[edge]}"
        found.append(_feature(f"IV-{pipes[pipe]}-{'b' if end else 'a'}", place, values))
    return found


def geojson(features: list[dict[str, Any]], crs: str, name: str) -> str:
    """Text of a GeoJSON file, one feature a line, in the city's CRS."""
    head = {
        "name": name,
        "crs": {"type": "name", "properties": {"name": crs}},
        "attribution": ATTRIBUTION,
    }
    rows = ",\n".join(json.dumps(f, ensure_ascii=False) for f in features)
    start = json.dumps({"type": "FeatureCollection", **head}, ensure_ascii=False)[:-1]
    return f'{start}, "features": [\n{rows}\n]}}\n'


def _spread(
    junctions: int, mains: tuple[IntArray, IntArray, FloatArray], radius: float
) -> list[int]:
    """Junctions so that each other one is within `radius`, m, of one along the mains."""
    beside: list[list[tuple[int, float]]] = [[] for _ in range(junctions)]
    for one, other, length in zip(*(column.tolist() for column in mains), strict=True):
        if one < junctions and other < junctions:
            beside[one].append((other, length))
            beside[other].append((one, length))
    covered = np.zeros(junctions, dtype=bool)
    chosen = []
    for start in range(junctions):
        if covered[start]:
            continue
        chosen.append(start)
        waiting, seen = [(0.0, start)], set[int]()
        while waiting:
            far, node = heapq.heappop(waiting)
            if node in seen:
                continue
            seen.add(node)
            covered[node] = True
            for other, length in beside[node]:
                if far + length <= radius and other not in seen:
                    heapq.heappush(waiting, (far + length, other))
    return chosen


def _along(streets: Streets, edge: int, share: float) -> tuple[float, float]:
    """Point at a share of an edge's drawn length, m."""
    line = streets.line(edge)
    steps = np.hypot(*np.diff(line, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    at = share * along[-1]
    return float(np.interp(at, along, line[:, 0])), float(np.interp(at, along, line[:, 1]))


def _feature(name: str, place: tuple[float, float], values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"id": name, **values, "origin": "synthetic"},
        "geometry": {"type": "Point", "coordinates": [round(float(c), 2) for c in place]},
    }
