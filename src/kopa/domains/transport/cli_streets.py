"""``kopa transport matrix`` and ``isochrone``: how far it is by car."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from kopa import console
from kopa.errors import Finding, UsageError
from kopa.model import FloatArray, IntArray

from .isochrone import Isochrone, isochrone
from .load import network_at
from .matrix import Matrix, matrix
from .network import Network
from .read_geojson import read_points

FAR_M = 500.0
"""A point that lies so far from any street is told."""

SHOWN = 20
"""So many rows a table for people has."""


def register(jobs: Any) -> None:
    """Add the jobs to a parser."""
    table = jobs.add_parser("matrix", help="minutes and metres by car between points")
    table.add_argument("--from", dest="start", type=Path, required=True, metavar="F")
    table.add_argument("--to", dest="end", type=Path, required=True, metavar="F")
    table.set_defaults(run=matrix_job)
    one = jobs.add_parser("isochrone", help="what a car reaches in some minutes")
    one.add_argument("--at", required=True, metavar="LON,LAT", help="where it starts")
    one.add_argument("--minutes", type=float, default=30.0, help="how long it drives")
    one.add_argument("-o", "--out", type=Path, metavar="F.geojson", help="write the area")
    one.set_defaults(run=isochrone_job)
    for job in (table, one):
        job.add_argument("city", type=Path, metavar="CITY|F.pbf", help="a city, or an extract")
        job.add_argument("--json", action="store_true", help="one JSON document on stdout")


def matrix_job(arguments: argparse.Namespace) -> int:
    """Minutes and metres between points; gives the exit code."""
    network, findings = network_at(arguments.city)
    start, end = read_points(arguments.start), read_points(arguments.end)
    from_nodes, far = _snapped(network, start.lon, start.lat, start.names)
    to_nodes, farther = _snapped(network, end.lon, end.lat, end.names)
    found = matrix(network, from_nodes, to_nodes)
    notes = [*findings, *far, *farther]
    if arguments.json:
        console.document(
            {
                "status": "ok",
                "from": start.names,
                "to": end.names,
                "minutes": found.minutes,
                "metres": found.metres,
                "findings": console.finding_rows(notes),
            }
        )
    else:
        _tell_matrix(found, start.names, end.names)
        console.tell(notes)
    return 0


def _tell_matrix(found: Matrix, start: tuple[str, ...], end: tuple[str, ...]) -> None:
    number = console.number
    cells = [
        (a, b, number(found.minutes[i, j]), number(found.metres[i, j] / 1000))
        for i, a in enumerate(start)
        for j, b in enumerate(end)
        if i * len(end) + j < SHOWN
    ]
    console.table(("from", "to", "min", "km"), cells, numbers=2)
    if found.minutes.size > SHOWN:
        console.say(f"{found.minutes.size} pairs in all: --json gives them")


def isochrone_job(arguments: argparse.Namespace) -> int:
    """What a car reaches; gives the exit code."""
    if not 0 < arguments.minutes <= 1440:
        raise UsageError("--minutes must lie between 0 and 1440")
    try:
        lon, lat = (float(part) for part in arguments.at.split(","))
    except ValueError:
        raise UsageError(f"--at: '{arguments.at}' is no LON,LAT, such as 13.40,42.35") from None
    network, findings = network_at(arguments.city)
    nodes, far = _snapped(network, np.array([lon]), np.array([lat]), ("--at",))
    found = isochrone(network, int(nodes[0]), arguments.minutes * 60)
    notes = [*findings, *far]
    feature = _feature(network, found, arguments.minutes)
    if arguments.out:
        try:
            arguments.out.write_text(json.dumps(feature), encoding="utf-8")
        except OSError as error:
            raise UsageError(f"-o: {arguments.out}: {error.strerror}") from None
    if arguments.json:
        collection = {"type": "FeatureCollection", "features": [feature]}
        told = {**feature["properties"], "findings": console.finding_rows(notes)}
        console.document({"status": "ok", **told, "geojson": collection})
    else:
        console.say(
            f"{int(found.reached.sum())} crossings and {console.number(found.street_m / 1000)} km "
            f"of street within {arguments.minutes:g} min by car"
        )
        console.tell(notes)
    return 0


def _feature(network: Network, found: Isochrone, minutes: float) -> dict[str, Any]:
    import shapely

    def degrees(points: FloatArray) -> FloatArray:
        lon, lat = network.projection.degrees(points[:, 0], points[:, 1])
        return np.asarray(np.round(np.column_stack([lon, lat]), 6), dtype=np.float64)

    area = shapely.transform(found.area, degrees)
    return {
        "type": "Feature",
        "properties": {
            "minutes": minutes,
            "nodes": int(found.reached.sum()),
            "street_km": round(found.street_m / 1000, 3),
            "area_km2": round(found.area.area / 1e6, 4),
        },
        "geometry": json.loads(shapely.to_geojson(area)),
    }


def _snapped(
    network: Network, lon: FloatArray, lat: FloatArray, names: tuple[str, ...]
) -> tuple[IntArray, list[Finding]]:
    x, y = network.projection.metres(lon, lat)
    if not np.isfinite(x).all() or not np.isfinite(y).all():
        raise UsageError("a point lies outside the map's coordinate reference system")
    nodes, off = network.roads.nearest(x, y)
    return nodes, [
        Finding(
            "transport.far-from-streets",
            f"{names[row]} lies {off[row]:.0f} m from the nearest crossing of the map.",
            "Check the point, or take a larger extract.",
            "warning",
        )
        for row in np.flatnonzero(off > FAR_M).tolist()
    ]
