"""Stations, blocks of homes and circuits of street lights, from the streets and homes of a map."""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domain.design import STREETS, Design, Designer, Progress, Survey
from kopa.domains.safety.network import STATIONS
from kopa.domains.safety.read_lit import read_lit
from kopa.geo.write_geojson import point, write_features
from kopa.model import BoolArray, FloatArray

STATION_FILE, CELL_FILE = "safety/stations.geojson", "safety/cells.geojson"
LIGHT_FILE = "safety/lights.geojson"
BLOCK_M = 300.0
"""Side of the squares whose homes are one block, m."""
LAMPS = 50
"""Lamps of a circuit at most: 50 of 60 W are 3 kW, what a phase of 16 A carries (3.7 kW)."""
OWN_POWER_H = 12.0
"""Hours of own power of a station: a round planning value."""
STATION_KW = {"fire_station": 10.0, "police": 8.0, "patrol_base": 3.0}
"""Electric power of a station: 400 m² at 20 to 25 W/m², a round planning value."""
UNITS = {"fire_station": 2, "police": 2, "patrol_base": 1}
"""Units that leave at once: a round planning value."""


@cache
def lamps() -> Mapping[str, Mapping[str, str]]:
    """Rows of ``lamps.csv`` by class of street."""
    text = files("kopa.domains.safety.design").joinpath("lamps.csv").read_text(encoding="utf-8")
    return {row["highway"]: row for row in csv.DictReader(text.splitlines())}


def draw(survey: Survey, folder: Path, progress: Progress) -> Design:
    """Write stations, cells and lights as GeoJSON in the city's CRS.

    Stations are those of the map; where it has none of a service, one stands at the crossing that
    is nearest to the people's middle.

    Parameters
    ----------
    survey
        The city.
    folder
        The city's folder.
    progress
        Told of each step.
    """
    progress("safety")
    crs = survey.streets.crs
    stations, cells, circuits = _stations(survey), _cells(survey), _circuits(survey)
    files = {"stations": STATION_FILE, "cells": CELL_FILE}
    write_features(folder / STATION_FILE, crs, stations)
    write_features(folder / CELL_FILE, crs, cells)
    if circuits:
        files["lights"] = LIGHT_FILE
        write_features(folder / LIGHT_FILE, crs, circuits)
    counts = {
        "stations": len(stations),
        "cells": len(cells),
        "circuits": len(circuits),
        "lamps": sum(one["properties"]["lamps"] for one in circuits),
    }
    return Design({**files, "streets": STREETS, "crs": crs}, tuple(files.values()), counts)


def _stations(survey: Survey) -> list[dict[str, Any]]:
    spots, streets = survey.spots, survey.streets
    found: list[tuple[str, str, str, str, float, float]] = [
        (spots.ids[row], kind, spots.names[row], spots.zones[row], spots.x[row], spots.y[row])
        for row, kind in enumerate(spots.kinds)
        if kind in STATIONS
    ]
    middle_x = np.average(spots.x, weights=spots.people)
    middle_y = np.average(spots.y, weights=spots.people)
    drivable = np.unique(np.concatenate([streets.a[streets.drive], streets.b[streets.drive]]))
    far = np.hypot(streets.x[drivable] - middle_x, streets.y[drivable] - middle_y)
    node = int(drivable[far.argmin()])
    for kind in ("fire_station", "police"):
        if not any(one[1] == kind for one in found):
            found.append((kind, kind, "", "", streets.x[node], streets.y[node]))
    return [
        point(
            x,
            y,
            {
                "id": f"station/{name}",
                "kind": kind,
                "name": title,
                "zone": zone,
                "units": UNITS[kind],
                "turnout_s": 80,
                "electricity_kw": STATION_KW[kind],
                "needs_electricity": True,
                "backup_h": OWN_POWER_H,
                "origin": "synthetic",
            },
        )
        for name, kind, title, zone, x, y in found
    ]


def _cells(survey: Survey) -> list[dict[str, Any]]:
    """Squares with homes; each stands where its people are, in the zone of most of them."""
    spots = survey.spots
    homes = np.flatnonzero(spots.homes & (spots.people > 0))
    column = np.floor(spots.x[homes] / BLOCK_M).astype(int).tolist()
    row = np.floor(spots.y[homes] / BLOCK_M).astype(int).tolist()
    inside: dict[tuple[int, int], list[int]] = defaultdict(list)
    for home, square in zip(homes.tolist(), zip(column, row, strict=True), strict=True):
        inside[square].append(home)
    found = []
    for (east, north), some in sorted(inside.items()):
        people = spots.people[some]
        zones: dict[str, float] = defaultdict(float)
        for home, many in zip(some, people.tolist(), strict=True):
            zones[spots.zones[home]] += many
        zone = max(sorted(zones), key=lambda name: zones[name])
        x, y = np.average(spots.x[some], weights=people), np.average(spots.y[some], weights=people)
        properties = {
            "id": f"{east}-{north}",
            "people": round(float(people.sum()), 2),
            "zone": zone,
            "origin": "synthetic",
        }
        found.append(point(x, y, properties))
    return found


def lit_streets(survey: Survey) -> BoolArray:
    """True for streets with lights: as the map says, or else by their class, shape (edge,)."""
    streets, rows = survey.streets, lamps()
    lived = np.zeros(streets.edges, dtype=bool)
    lived[survey.spots.edge[survey.spots.people > 0]] = True
    told = read_lit(survey.osm)
    found = np.zeros(streets.edges, dtype=bool)
    for edge, (way, kind) in enumerate(zip(streets.way.tolist(), streets.kind, strict=True)):
        usual = rows.get(kind, rows["other"])["lit"]
        found[edge] = told.get(way, usual == "yes" or (usual == "people" and bool(lived[edge])))
    return found


def _circuits(survey: Survey) -> list[dict[str, Any]]:
    """Circuits of neighbouring streets, at most `LAMPS` lamps each."""
    streets = survey.streets
    lit = lit_streets(survey)
    many, power = _lamps(survey, lit)
    people = np.bincount(survey.spots.edge, survey.spots.people, streets.edges)
    zones: dict[int, str] = dict(zip(survey.spots.edge.tolist(), survey.spots.zones, strict=True))
    found = []
    for number, edges in enumerate(_grouped(survey, lit, many), 1):
        names = [streets.name[edge] for edge in edges if streets.name[edge]]
        lines = [np.round(streets.line(edge), 2).tolist() for edge in edges]
        properties = {
            "id": f"lights/{number}",
            "name": max(sorted(set(names)), key=names.count) if names else "",
            "zone": next((zones[edge] for edge in edges if edge in zones), ""),
            "lamps": int(many[edges].sum()),
            "electricity_kw": round(float(power[edges].sum()), 3),
            "people": round(float(people[edges].sum()), 2),
            "origin": "synthetic",
        }
        found.append(
            {
                "type": "Feature",
                "geometry": {"type": "MultiLineString", "coordinates": lines},
                "properties": {key: value for key, value in properties.items() if value != ""},
            }
        )
    return found


def _lamps(survey: Survey, lit: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Lamps of each street, and their power, kW, shape (edge,) each."""
    streets, rows = survey.streets, lamps()
    many, power = np.zeros(streets.edges), np.zeros(streets.edges)
    for edge in np.flatnonzero(lit).tolist():
        row = rows.get(streets.kind[edge], rows["other"])
        if float(row["spacing_m"]) == 0:
            row = rows["residential"]  # lit, says the map, although its class is not as a rule
        many[edge] = max(1, math.ceil(streets.length[edge] / float(row["spacing_m"])))
        power[edge] = many[edge] * float(row["lamp_w"]) / 1000
    return many, power


def _grouped(survey: Survey, lit: BoolArray, many: FloatArray) -> list[list[int]]:
    """Streets of each circuit: each grows along streets that meet, until it is full."""
    streets = survey.streets
    near: dict[int, list[int]] = defaultdict(list)
    for edge in np.flatnonzero(lit).tolist():
        near[int(streets.a[edge])].append(edge)
        near[int(streets.b[edge])].append(edge)
    free = set(np.flatnonzero(lit).tolist())
    found = []
    for first in np.flatnonzero(lit).tolist():
        if first not in free:
            continue
        circuit, load, queue = [first], many[first], [first]
        free.discard(first)
        while queue:
            edge = queue.pop(0)
            for node in (int(streets.a[edge]), int(streets.b[edge])):
                for other in near[node]:
                    if other in free and load + many[other] <= LAMPS:
                        free.discard(other)
                        circuit.append(other)
                        queue.append(other)
                        load += many[other]
        found.append(circuit)
    return found


DESIGNER = Designer("safety", draw)
