"""``kopa safety density``: incidents by cell, with small counts hidden."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from kopa import console
from kopa.errors import Finding, InputError, UsageError
from kopa.geo.project import Projection, utm
from kopa.model import FloatArray

from .cli_common import positive, write_map
from .density import Density, squares, suppressed
from .load import read_city
from .read_incidents import Incidents, read_incidents

LEAST = 5
"""Counts below it are hidden, unless they are 0."""


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("density", help="incidents by cell, with small counts hidden")
    job.add_argument("incidents", type=Path, metavar="INCIDENTS.csv", help="lon,lat[,kind,zone]")
    job.add_argument("--city", type=Path, metavar="CITY", help="residents by its cells: rates")
    job.add_argument("--cell", type=positive, default=500.0, metavar="M", help="square, m (500)")
    job.add_argument(
        "--by-zone", action="store_true", help="by the column 'zone' instead of squares"
    )
    job.add_argument("--kind", nargs="+", default=[], metavar="KIND", help="only these kinds")
    job.add_argument(
        "--least", type=int, default=LEAST, metavar="K",
        help=f"hide counts below it, and what would give them away ({LEAST})",
    )  # fmt: skip
    job.add_argument("-o", "--output", type=Path, metavar="F.geojson", help="squares for a map")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """The density; gives the exit code."""
    if arguments.least < 3:
        raise UsageError("--least must be 3 or more: below 2, what is hidden is 1")
    if not 50 <= arguments.cell <= 100_000:
        raise UsageError("--cell must lie between 50 and 100000 m")
    if arguments.output and arguments.by_zone:
        raise UsageError("-o draws squares: leave --by-zone out")
    incidents, findings = read_incidents(arguments.incidents)
    if arguments.kind:
        incidents = _only(incidents, arguments.kind, str(arguments.incidents))
    if arguments.by_zone and not all(incidents.zones):
        many = sum(not zone for zone in incidents.zones)
        what = f"{many} incidents have no zone."
        do = "Give the column 'zone', or leave --by-zone out."
        raise InputError([Finding("safety.zone", what, do, file=str(arguments.incidents))])
    found, crs, more = _density(arguments, incidents)
    findings = (*findings, *more)
    document = _document(arguments, found, findings)
    if arguments.output:
        write_map(arguments.output, _features(found, crs, arguments.cell))
    if arguments.json:
        console.document(document)
        return 0
    shown = sorted(document["cells"], key=lambda row: -(row["count"] or 0))[:20]
    number = console.number
    cells = [
        (
            row["id"],
            "hidden" if row["count"] is None else str(row["count"]),
            "" if row["per_1000"] is None else number(row["per_1000"]),
        )
        for row in shown
    ]
    console.table(("cell", "incidents", "per 1,000 residents"), cells, "Incidents", 2)
    hidden = document["hidden"]
    total = "An unknown number of" if document["total"] is None else str(document["total"])
    console.say(f"{total} incidents in all; {hidden} cells are hidden.")
    console.tell(findings)
    return 0


def _only(incidents: Incidents, kinds: list[str], file: str) -> Incidents:
    rows = [row for row, kind in enumerate(incidents.kinds) if kind in kinds]
    if not rows:
        known = ", ".join(sorted(set(incidents.kinds))[:9]) or "none"
        what = f"there is no incident of {', '.join(kinds)}."
        raise InputError([Finding("safety.kind", what, f"Kinds there: {known}.", file=file)])
    return Incidents(
        incidents.lon[rows],
        incidents.lat[rows],
        tuple(incidents.kinds[row] for row in rows),
        tuple(incidents.zones[row] for row in rows),
    )


def _density(
    arguments: argparse.Namespace, incidents: Incidents
) -> tuple[Density, str, tuple[Finding, ...]]:
    findings: tuple[Finding, ...] = ()
    crs = utm(float(np.median(incidents.lon)), float(np.median(incidents.lat)))
    x = y = people = np.empty(0)
    zones: tuple[str, ...] = ()
    if arguments.city is not None:
        network, findings = read_city(arguments.city)
        crs, cells = network.streets.crs, network.cells
        x, y, people, zones = cells.x, cells.y, cells.people, cells.zones
    if arguments.by_zone:
        return _by_zone(arguments, incidents, people, zones), crs, findings
    side = arguments.cell
    at = np.column_stack(squares(*Projection(crs).metres(incidents.lon, incidents.lat), side))
    homes = np.column_stack(squares(x, y, side)) if len(x) else np.empty((0, 2), dtype=np.int64)
    every, back = np.unique(np.concatenate([at, homes]), axis=0, return_inverse=True)
    back = back.ravel()
    count = np.bincount(back[: len(at)], minlength=len(every)).astype(np.int64)
    living = np.full(len(every), np.nan)
    if len(x):
        living = np.bincount(back[len(at) :], people, len(every)).astype(np.float64)
    hidden, summed = suppressed(count, arguments.least)
    names = tuple(f"{column}/{row}" for column, row in every.tolist())
    corner = every * side
    found = Density(corner[:, 0], corner[:, 1], names, count, living, hidden, summed)
    return found, crs, findings


def _by_zone(
    arguments: argparse.Namespace, incidents: Incidents, people: FloatArray, zones: tuple[str, ...]
) -> Density:
    names = sorted({*incidents.zones, *(zone for zone in zones if zone)})
    row = {name: at for at, name in enumerate(names)}
    rows = [row[zone] for zone in incidents.zones]
    count = np.bincount(rows, minlength=len(names)).astype(np.int64)
    living = np.full(len(names), np.nan)
    if zones:
        # of a zone that no cell names nobody knows how many live there
        for zone, many in zip(zones, people.tolist(), strict=True):
            if zone:
                living[row[zone]] = np.nan_to_num(living[row[zone]]) + many
    hidden, summed = suppressed(count, arguments.least)
    none = np.full(len(names), np.nan)
    return Density(none, none, tuple(names), count, living, hidden, summed)


def _document(
    arguments: argparse.Namespace, found: Density, findings: tuple[Finding, ...]
) -> dict[str, Any]:
    total = int(found.count.sum()) if found.summed else None
    rate = found.rate
    return {
        "status": "ok",
        "by": "zone" if arguments.by_zone else "square",
        "cell_m": None if arguments.by_zone else arguments.cell,
        "least": arguments.least,
        "total": total,
        "hidden": int(found.hidden.sum()),
        "cells": [
            {
                "id": name,
                "count": None if found.hidden[at] else int(found.count[at]),
                "people": found.people[at],
                "per_1000": rate[at],
            }
            for at, name in enumerate(found.names)
        ],
        "findings": console.finding_rows(findings),
    }


def _features(found: Density, crs: str, side: float) -> list[dict[str, Any]]:
    """Squares in longitude and latitude."""
    projection = Projection(crs)
    rate = found.rate
    features = []
    for at, name in enumerate(found.names):
        x = found.x[at] + side * np.array([0.0, 1.0, 1.0, 0.0, 0.0])
        y = found.y[at] + side * np.array([0.0, 0.0, 1.0, 1.0, 0.0])
        ring = np.round(np.column_stack(projection.degrees(x, y)), 6).tolist()
        features.append(
            {
                "type": "Feature",
                "geometry": {"type": "Polygon", "coordinates": [ring]},
                "properties": {
                    "id": name,
                    "count": None if found.hidden[at] else int(found.count[at]),
                    "per_1000": rate[at],
                },
            }
        )
    return features
