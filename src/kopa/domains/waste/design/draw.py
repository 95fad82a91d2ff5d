"""Containers, plants, trucks and rounds of a collection of waste, along the streets of a map."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domain.design import STREETS, Design, Designer, Progress, Survey
from kopa.geo.write_geojson import point, write_features
from kopa.model import FloatArray, IntArray

from .weekly import ROUNDS, TRUCKS, sets_of, write_rounds

CONTAINERS, FACILITIES = "waste/containers.geojson", "waste/facilities.geojson"
WALK_M = 100.0
"""Way from a door to its container site, in a straight line, m (VDI 2160: sites near the house)."""
CONTAINER_M3 = 1.1
"""Volume of a four-wheeled container, m³ (EN 840-3)."""
FILL = 0.8
"""Share of its volume that a container is planned to be full when it is emptied."""
YEAR = 365.0


@cache
def streams() -> tuple[Mapping[str, str], ...]:
    """Rows of ``streams.csv``."""
    text = files("kopa.domains.waste.design").joinpath("streams.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def draw(survey: Survey, folder: Path, progress: Progress) -> Design:
    """Write containers and facilities as GeoJSON in the city's CRS, trucks and rounds as CSV.

    Every street node where people are is within `WALK_M` of a site; the site with the most
    people around is chosen first. A site has a container set a stream, large enough for what
    its people throw away between two collections.

    Parameters
    ----------
    survey
        The city.
    folder
        The city's folder.
    progress
        Told of each step.
    """
    progress("containers")
    streets, spots = survey.streets, survey.spots
    home = spots.homes
    residents = np.bincount(spots.node[home], spots.people[home], streets.nodes).astype(float)
    workers = np.bincount(spots.node[~home], spots.people[~home], streets.nodes).astype(float)
    used = np.flatnonzero(residents + workers > 0)
    site = _cover(streets.x[used], streets.y[used], (residents + workers)[used])
    features: list[dict[str, Any]] = []
    for at in np.unique(site).tolist():
        rows = used[site == at]
        node = int(used[at])
        for stream in streams():
            features += _containers(
                survey, node, stream, residents[rows].sum(), workers[rows].sum()
            )
    facilities = _facilities(survey, used, (residents + workers)[used])
    write_features(folder / CONTAINERS, streets.crs, features)
    write_features(folder / FACILITIES, streets.crs, facilities)
    depot = next(one for one in facilities if one["properties"]["kind"] == "depot")
    trucks, rounds = write_rounds(
        folder, sets_of(features), tuple(depot["geometry"]["coordinates"][:2])
    )
    counts = {
        "sites": len(np.unique(site)),
        "containers": sum(f["properties"]["containers"] for f in features),
        "tonnes_per_year": round(
            sum(f["properties"]["kg_per_day"] for f in features) * YEAR / 1000
        ),
        "facilities": len(facilities),
        "trucks": trucks,
        "rounds": rounds,
    }
    files = {
        "containers": CONTAINERS,
        "facilities": FACILITIES,
        "trucks": TRUCKS,
        "rounds": ROUNDS,
    }
    settings = {**files, "streets": STREETS, "crs": streets.crs}
    return Design(settings, tuple(files.values()), counts)


def _cover(x: FloatArray, y: FloatArray, people: FloatArray) -> IntArray:
    """The site of each point: points with many people first, those near it join it."""
    from scipy.spatial import cKDTree

    points = np.column_stack([x, y])
    near = cKDTree(points).query_ball_point(points, WALK_M)
    site = np.full(len(x), -1)
    for at in np.argsort(-people, kind="stable").tolist():
        if site[at] < 0:
            free = [other for other in near[at] if site[other] < 0]
            site[free] = at
    return site


def _containers(
    survey: Survey, node: int, stream: Mapping[str, str], residents: float, workers: float
) -> list[dict[str, Any]]:
    """The container set of a stream at a site."""
    streets = survey.streets
    kg = residents * float(stream["kg_per_resident_year"]) / YEAR
    kg += workers * float(stream["kg_per_worker_year"]) / YEAR
    days = float(stream["interval_days"])
    volume = kg * days / float(stream["kg_per_m3"])
    osm = f"n{int(streets.node_osm[node])}"
    properties = {
        "id": f"{osm}-{stream['stream']}",
        "name": _name(survey, node),
        "stream": stream["stream"],
        "containers": max(1, math.ceil(volume / (CONTAINER_M3 * FILL))),
        "volume_m3": CONTAINER_M3,
        "kg_per_day": round(float(kg), 3),
        "interval_days": days,
        "people": float(residents),
        "osm": osm,
        "origin": "synthetic",
    }
    return [point(streets.x[node], streets.y[node], properties)]


def _name(survey: Survey, node: int) -> str:
    """Name of a street at a node; empty where none has one."""
    streets = survey.streets
    ends = np.flatnonzero((streets.a == node) | (streets.b == node))
    return next((streets.name[edge] for edge in ends.tolist() if streets.name[edge]), "")


def _facilities(survey: Survey, used: IntArray, people: FloatArray) -> list[dict[str, Any]]:
    """Depot, transfer and recycling near industry or the edge of the city, landfill far out.

    Residual waste goes to the landfill by the transfer station; what is sorted at home is sorted
    again.
    """
    streets, spots = survey.streets, survey.spots
    centre = np.average(np.column_stack([streets.x[used], streets.y[used]]), axis=0, weights=people)
    far = np.hypot(streets.x[used] - centre[0], streets.y[used] - centre[1])
    order = used[np.argsort(far, kind="stable")]
    industry = [
        int(spots.node[row])
        for row in np.argsort(-spots.floor_area, kind="stable")
        if spots.kinds[row] == "industry"
    ]
    middle = int(order[len(order) * 3 // 4])
    depot = industry[0] if industry else middle
    far_out = int(order[-1])
    plants: dict[str, tuple[int, dict[str, Any]]] = {
        "depot": (depot, {}),
        "transfer": (
            industry[1] if len(industry) > 1 else depot,
            {"streams": "residual", "feeds": "landfill", "rate_t_h": 25, "store_t": 150},
        ),
        "recycling": (
            industry[2] if len(industry) > 2 else middle,
            {"streams": "paper packaging glass", "rate_t_h": 8, "store_t": 120}
            | {"needs_electricity": True, "electricity_kw": 200},
        ),
        "composting": (far_out, {"streams": "bio", "electricity_kw": 20}),
        "landfill": (far_out, {"streams": "residual"}),
    }
    return [
        point(
            streets.x[node],
            streets.y[node],
            {
                "id": kind,
                "kind": kind,
                **values,
                "osm": f"n{int(streets.node_osm[node])}",
                "origin": "synthetic",
            },
        )
        for kind, (node, values) in plants.items()
    ]


DESIGNER = Designer("waste", draw)
