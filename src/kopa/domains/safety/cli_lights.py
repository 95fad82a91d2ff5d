"""``kopa safety lights``: which streets are dark, for whom, and what to repair first."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from kopa import console
from kopa.errors import Finding, InputError, UsageError
from kopa.geo.project import Projection
from kopa.model import Window

from .cli_common import line, write_map
from .load import read_city
from .network import Network
from .sun import night

YEARS = (1900, 2100)
"""For which the sun's place holds; see `sun`."""


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("lights", help="dark streets, and which lights to repair first")
    job.add_argument("city", type=Path, metavar="CITY", help="the folder with city.toml")
    job.add_argument(
        "--dead", nargs="+", default=[], metavar="ID", help="circuits that are out, beside those "
        "that the file calls dead",
    )  # fmt: skip
    job.add_argument("--date", metavar="YYYY-MM-DD", help="of the night (default: today)")
    job.add_argument("-o", "--output", type=Path, metavar="F.geojson", help="dark streets")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Dark streets; gives the exit code."""
    day = _day(arguments.date)
    network, findings = read_city(arguments.city)
    lights = network.lights
    if not len(lights):
        what, do = "the city has no street lights.", "Give 'lights' in [safety]."
        raise InputError([Finding("safety.no-lights", what, do, file="city.toml")])
    for name in arguments.dead:
        row = network.assets.find(name.removeprefix("safety:"))
        if not network.light <= row < network.street:
            raise UsageError(f"--dead: '{name}' is no circuit of street lights")
    named = {network.assets.find(name.removeprefix("safety:")) for name in arguments.dead}
    dead = lights.dead.copy()
    dead[[row - network.light for row in named]] = True
    # from noon to noon: one night
    window = Window(12 * 3600, 900, 96, day)
    hours = float(night(window, network.place, network.light_below, network.timezone).sum() / 4)
    rows = _order(network, dead)
    document = {
        "status": "ok",
        "date": day.isoformat(),
        "night_h": hours,
        "circuits": len(lights),
        "dark": len(rows),
        "length_km": float(lights.length[rows].sum() / 1000),
        "people": float(lights.people[rows].sum()),
        "dark_person_hours": float(lights.people[rows].sum() * hours),
        "repair": [
            {
                "id": lights.ids[row],
                "name": lights.names[row],
                "zone": lights.zones[row],
                "people": float(lights.people[row]),
                "length_km": float(lights.length[row] / 1000),
                "lamps": int(lights.lamps[row]),
            }
            for row in rows.tolist()
        ],
        "findings": console.finding_rows(findings),
    }
    if arguments.output:
        write_map(arguments.output, _features(network, rows))
    if arguments.json:
        console.document(document)
        return 0
    number = console.number
    cells = [
        (one["id"], one["name"], number(one["people"]), number(one["length_km"]), str(one["lamps"]))
        for one in document["repair"]  # type: ignore[attr-defined]
    ]
    console.table(("circuit", "street", "people", "km", "lamps"), cells, "Repair in this order", 3)
    console.say(
        f"{number(document['length_km'])} km are dark for {number(document['people'])} people "  # type: ignore[arg-type]
        f"through a night of {number(hours)} h."
    )
    console.tell(findings)
    return 0


def _order(network: Network, dead: Any) -> Any:
    """Dead circuits: those of most people first, then the longest, then by name."""
    lights = network.lights
    rows = np.flatnonzero(dead)
    names = np.array(lights.ids)[rows]
    return rows[np.lexsort((names, -lights.length[rows], -lights.people[rows]))]


def _features(network: Network, rows: Any) -> list[dict[str, Any]]:
    projection, lights = Projection(network.streets.crs), network.lights
    place = {row: at for at, row in enumerate(rows.tolist(), 1)}
    found = []
    for shape, row in enumerate(lights.lines.rows.tolist()):
        if row in place:
            part = slice(int(lights.lines.first[shape]), int(lights.lines.first[shape + 1]))
            points = projection.degrees(lights.lines.x[part], lights.lines.y[part])
            told = {"id": lights.ids[row], "repair": place[row], "people": lights.people[row]}
            found.append(line(np.column_stack(points), told))
    return found


def _day(text: str | None) -> date:
    if text is None:
        return date.today()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--date: '{text}' is no date: write YYYY-MM-DD") from None
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise UsageError(f"--date: the sun is known from {YEARS[0]} to {YEARS[1]}")
    return day
