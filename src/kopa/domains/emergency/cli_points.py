"""``kopa emergency points``: water and power points where they serve the most people on foot."""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

from kopa import console
from kopa.domain.read_area import read_area
from kopa.errors import Finding, InputError
from kopa.geo.areas import within
from kopa.geo.on_foot import crossings, walked
from kopa.geo.project import Projection
from kopa.geo.streets import Streets
from kopa.location import cover
from kopa.model import FloatArray, IntArray

from .cli_common import (
    area_argument,
    arguments_of,
    count,
    degrees,
    feature,
    metres,
    spot,
    write_map,
)
from .load import read_city
from .network import PACKAGE, Network

CROSSING = 3
"""Streets that meet at a crossing, at least."""


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("points", help="water and power points where they serve the most people")
    arguments_of(job, "the points")
    area_argument(job)
    job.add_argument("--count", type=count, required=True, metavar="N", help="points at most")
    job.add_argument("--within", type=metres, metavar="M", help="walk at most (the city's walk_m)")
    job.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Answer the job; gives the exit code."""
    from scipy.sparse import csr_array

    network, told = read_city(arguments.city)
    area = read_area(arguments.area, Projection(network.streets.crs), PACKAGE)
    streets, cells = network.streets, network.cells
    most = network.walk if arguments.within is None else arguments.within
    rows = np.flatnonzero(within(area, cells.x, cells.y) & (cells.people > 0))
    nodes = _crossings(streets)
    nodes = nodes[within(area, streets.x[nodes], streets.y[nodes])]
    for some, what in ((rows, "nobody lives in it."), (nodes, "no crossing lies in it.")):
        if not len(some):
            do = "Check its place; coordinates are longitude, latitude."
            raise InputError([Finding("emergency.area", what, do, file=str(arguments.area))])
    way = ways_on_foot(network, rows, nodes, most)
    people = cells.people[rows]
    reach = csr_array((way <= most).astype(np.float64))
    chosen = cover(reach, people, min(arguments.count, len(nodes)))
    nearest = way[:, chosen.sites]
    served = (nearest <= most).any(axis=1)
    to = nearest[served].argmin(axis=1) if len(chosen.sites) else np.empty(0, dtype=np.int64)
    each = np.bincount(to, people[served], len(chosen.sites))
    lonlat = degrees(network, streets.x[nodes[chosen.sites]], streets.y[nodes[chosen.sites]])
    points = [
        {
            "id": f"node/{streets.node_osm[node]}",
            "lon": float(place[0]),
            "lat": float(place[1]),
            "people": float(many),
        }
        for node, place, many in zip(nodes[chosen.sites].tolist(), lonlat, each, strict=True)
    ]
    findings = [*told, *_findings(float(people[~(way <= most).any(axis=1)].sum()), most)]
    total, covered = float(people.sum()), float(people[served].sum())
    document = {
        "status": "ok",
        "within_m": most,
        "candidates": len(nodes),
        "people": total,
        "covered": covered,
        "share": covered / total,
        "optimal": chosen.optimal,
        "mean_m": float(np.average(nearest[served].min(axis=1), weights=people[served]))
        if served.any() else None,
        "points": points,
        "unserved": [cells.ids[row] for row in rows[~served].tolist()],
        "findings": console.finding_rows(findings),
    }  # fmt: skip
    if arguments.output:
        found = [
            feature(spot(place), {"id": one["id"], "people": one["people"]})
            for place, one in zip(lonlat, points, strict=True)
        ]
        write_map(arguments.output, found)
    if arguments.json:
        console.document(document)
        return 0
    number = console.number
    lines = [
        (str(one["id"]), f"{one['lon']:.6f}, {one['lat']:.6f}", number(float(one["people"])))  # type: ignore[arg-type]
        for one in points
    ]
    console.table(("crossing", "longitude, latitude", "people"), lines, "Points", 1)
    console.say(f"{number(covered)} of {number(total)} people walk at most {most:g} m.")
    console.tell(findings)
    return 0


def _crossings(streets: Streets) -> IntArray:
    """Nodes at which three ways on foot meet, or, in a city of none, all that people walk to."""
    walk = np.flatnonzero(streets.walk)
    many = np.bincount(np.concatenate([streets.a[walk], streets.b[walk]]), minlength=streets.nodes)
    found = np.flatnonzero(many >= CROSSING)
    return found if len(found) else np.flatnonzero(many)


def ways_on_foot(network: Network, rows: IntArray, nodes: IntArray, most: float) -> FloatArray:
    """Metres on foot from cells to crossings, the way to the street included, `inf` beyond."""
    streets, cells = network.streets, network.cells
    start, far = crossings(streets, cells.x[rows], cells.y[rows])
    return walked(streets, start, nodes, most) + far[:, None]


def _findings(nowhere: float, most: float) -> list[Finding]:
    if not nowhere:
        return []
    what = f"{console.number(nowhere)} people have no crossing of the area within {most:g} m."
    do = "Bring it to them, or let --within be longer."
    return [Finding("emergency.far", what, do, "warning")]
