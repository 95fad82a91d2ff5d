"""``kopa emergency evacuate``: people of an area to shelters outside it."""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

from kopa import console
from kopa.domain.read_area import read_area
from kopa.errors import Finding, InputError
from kopa.geo.areas import within
from kopa.geo.project import Projection
from kopa.model import BoolArray, FloatArray, IntArray

from .cli_common import (
    Closed,
    area_argument,
    arguments_of,
    closed,
    closed_argument,
    degrees,
    feature,
    spot,
    write_map,
)
from .evacuate import LEAST, placed
from .load import read_city
from .network import PACKAGE, Network


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("evacuate", help="people of an area to shelters outside it")
    arguments_of(job, "cells and shelters")
    area_argument(job)
    closed_argument(job)
    job.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Answer the job; gives the exit code."""
    network, told = read_city(arguments.city)
    area = read_area(arguments.area, Projection(network.streets.crs), PACKAGE)
    shut = closed(network, arguments.closed)
    cells, shelters = network.cells, network.shelters
    rows = np.flatnonzero(within(area, cells.x, cells.y) & (cells.people > 0))
    if not len(rows):
        what, do = "nobody lives in it.", "Check its place; coordinates are longitude, latitude."
        raise InputError([Finding("emergency.area", what, do, file=str(arguments.area))])
    inside = within(area, shelters.x, shelters.y)
    places = np.where(inside | ~shut.shelters, 0.0, shelters.places)
    people = cells.people[rows]
    seconds = _ways(network, shut, rows)
    flow = placed(seconds, people, places)
    cell_rows = _cells(network, rows, seconds, flow, places)
    moved = float(flow.sum())
    spent = float(np.where(flow > 0, flow * np.where(np.isfinite(seconds), seconds, 0), 0).sum())
    without = {
        reason: sum(one["without_place"] for one in cell_rows if one["reason"] == reason)
        for reason in ("full", "no_way")
    }
    findings = [*told, *_findings(without, places)]
    document = {
        "status": "partial" if any(without.values()) else "ok",
        "closed": list(shut.names),
        "people": float(people.sum()),
        "placed": moved,
        "without_place": without["full"],
        "without_way": without["no_way"],
        "person_min": spent / 60,
        "mean_min": spent / 60 / moved if moved > 0 else None,
        "longest_min": float(seconds[flow > 0].max()) / 60 if moved > 0 else None,
        "cells": cell_rows,
        "shelters": _shelters(network, shut, inside, flow.sum(axis=0)),
        "findings": console.finding_rows(findings),
    }
    if arguments.output:
        write_map(arguments.output, _features(network, rows, document))
    if arguments.json:
        console.document(document)
        return 0
    number = console.number
    load = [
        (one["id"], one["state"], number(one["people"]), number(one["places"]))
        for one in document["shelters"]
    ]
    console.table(("shelter", "", "people", "places"), load, "Evacuation", 2)
    console.say(
        f"{number(moved)} of {number(float(people.sum()))} people have a place, "
        f"{number(spent / 60)} person-minutes of driving on empty streets."
    )
    console.tell(findings)
    return 0


def _ways(network: Network, shut: Closed, rows: IntArray) -> FloatArray:
    """Seconds from cells to shelters, `inf` for none, shape (cell, shelter)."""
    if not len(network.shelters):
        return np.empty((len(rows), 0))
    router = network.driving.router
    metric = router.metric(network.driving.seconds(shut.speed))
    return metric.matrix(network.cell_nodes[rows], network.nodes(network.shelters))


def _cells(
    network: Network, rows: IntArray, seconds: FloatArray, flow: FloatArray, places: FloatArray
) -> list[dict[str, Any]]:
    found = []
    reached = np.asarray((np.isfinite(seconds) & (places > 0)).any(axis=1))
    for at, row in enumerate(rows.tolist()):
        to = np.flatnonzero(flow[at] > 0)
        many = float(flow[at].sum())
        people = float(network.cells.people[row])
        left = people - many if people - many > LEAST else 0.0
        found.append(
            {
                "id": network.cells.ids[row],
                "people": people,
                "placed": many,
                "without_place": left,
                "reason": None if not left else "full" if reached[at] else "no_way",
                "mean_min": float(flow[at, to] @ seconds[at, to]) / many / 60 if many else None,
                "last_min": float(seconds[at, to].max()) / 60 if many else None,
                "to": [
                    {
                        "shelter": network.shelters.ids[one],
                        "people": float(flow[at, one]),
                        "minutes": float(seconds[at, one]) / 60,
                    }
                    for one in to.tolist()
                ],
            }
        )
    return found


def _shelters(
    network: Network, shut: Closed, inside: BoolArray, load: FloatArray
) -> list[dict[str, Any]]:
    shelters = network.shelters
    return [
        {
            "id": name,
            "places": float(shelters.places[row]),
            "people": float(load[row]),
            "state": "in the area" if inside[row]
            else "open" if shut.shelters[row] else "closed",
        }
        for row, name in enumerate(shelters.ids)
    ]  # fmt: skip


def _findings(without: dict[str, float], places: FloatArray) -> list[Finding]:
    found = []
    if without["full"]:
        what = f"{console.number(without['full'])} people find no place: shelters are full."
        do = "Open more shelters, or ask a neighbouring city."
        found.append(Finding("emergency.full", what, do, "warning"))
    if without["no_way"]:
        many = console.number(without["no_way"])
        what = f"{many} people have no way to an open shelter outside the area."
        do = "Open a street" if places.any() else "Open a shelter outside the area"
        found.append(Finding("emergency.no-shelter", what, f"{do}, or send boats.", "warning"))
    return found


def _features(network: Network, rows: IntArray, document: dict[str, Any]) -> list[dict[str, Any]]:
    found = []
    for what, of, told in (
        (network.cells, rows, document["cells"]),
        (network.shelters, np.arange(len(network.shelters)), document["shelters"]),
    ):
        lonlat = degrees(network, what.x[of], what.y[of])
        for place, one in zip(lonlat, told, strict=True):
            rest = {name: value for name, value in one.items() if name != "to"}
            found.append(feature(spot(place), rest))
    return found
