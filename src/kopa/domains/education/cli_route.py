"""``kopa education route``: the safest way on foot to a school against the shortest."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from kopa import console
from kopa.domain.speech import speech_of
from kopa.errors import Finding, InputError, UsageError
from kopa.geo.on_foot import crossing, crossings
from kopa.geo.project import Projection
from kopa.geo.streets import Streets
from kopa.geo.walking import Walks, Way, drawn, names, traffic
from kopa.geo.write_geojson import write_lonlat
from kopa.model import FloatArray

from .load import read_city, read_city_streets
from .network import PACKAGE

FAR_M = 1000.0
"""A point so far from every way is not of this city."""
FAST_M_S = 30 / 3.6
"""Cars that may go faster than 30 km/h are fast."""


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("route", help="the safest way on foot to a school")
    job.add_argument("city", type=Path, metavar="CITY", help="the folder with city.toml")
    job.add_argument(
        "--from", dest="home", type=_place, required=True, metavar="LON,LAT",
        help="in degrees; write --from=-5.1,40.2 where it begins with a minus",
    )  # fmt: skip
    job.add_argument("--to", required=True, metavar="SCHOOL", help="id of the school")
    job.add_argument(
        "--detour", type=_share, default=0.3, metavar="X",
        help="longer than the shortest by this share at most (0.3)",
    )  # fmt: skip
    job.add_argument(
        "--traffic-weight", type=_share, default=1.0, metavar="W",
        help="a metre along cars of 50 km/h is worth so many metres more (1)",
    )  # fmt: skip
    job.add_argument("-o", "--output", type=Path, metavar="F.geojson", help="both ways")
    job.add_argument("--language", default="en", help="of the words (en)")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Answer the job; gives the exit code."""
    speech = speech_of(PACKAGE, arguments.language)
    network, findings = read_city(arguments.city)
    schools = network.schools
    name = arguments.to.removeprefix("education:")
    if name not in schools.ids:
        raise UsageError(f"--to: '{arguments.to}' is no school of the city")
    streets = read_city_streets(arguments.city, network.crs)
    lon, lat = arguments.home
    start = crossing(streets, lon, lat, FAR_M)
    row = schools.ids.index(name)
    x, y = schools.x[row : row + 1], schools.y[row : row + 1]
    if not network.crs:
        x, y = Projection(streets.crs).metres(x, y)
    nodes, far = crossings(streets, x, y)
    for word, bad in (("--from", start < 0), ("--to", far[0] > FAR_M)):
        if bad:
            raise UsageError(f"{word}: no way is within {FAR_M:g} m")
    risk = np.where(streets.drive, traffic(3.6 * streets.speed), 0.0)
    walks = Walks(streets, streets.length * (1 + arguments.traffic_weight * risk))
    shortest = walks.shortest(start, int(nodes[0]))
    if shortest is None:
        what, do = "no way on foot leads to the school.", "Check the map."
        raise InputError([Finding("education.no-way", what, do)])
    most = shortest.metres * (1 + arguments.detour)
    safest, proven = walks.safest(start, int(nodes[0]), most)
    ways = {"shortest": shortest, "safest": safest or shortest}
    fast: FloatArray = np.where(streets.drive & (streets.speed > FAST_M_S), streets.length, 0.0)
    document: dict[str, Any] = {
        "status": "ok",
        "school": name,
        "detour": arguments.detour,
        "traffic_weight": arguments.traffic_weight,
        "optimal": proven,
        **{word: _told(streets, way, fast) for word, way in ways.items()},
        "findings": console.finding_rows(findings),
    }
    if arguments.output:
        write_lonlat(
            arguments.output,
            [
                (drawn(streets, way), {"way": word, "metres": way.metres})
                for word, way in ways.items()
            ],
        )
    if arguments.json:
        console.document(document)
        return 0
    heads = [speech.say(f"education-{word}") for word in ("way", "metres", "weighted", "fast")]
    cells = [
        (
            speech.say(f"education-{word}"),
            *(speech.number(document[word][key]) for key in ("metres", "risk", "fast_m")),
        )
        for word in ways
    ]
    console.table(heads, cells, speech.say("education-route"), 3)
    console.tell(findings)
    return 0


def _told(streets: Streets, way: Way, fast: FloatArray) -> dict[str, Any]:
    return {
        "metres": way.metres,
        "risk": way.risk,
        "fast_m": float(fast[np.array(way.edges, dtype=np.int64)].sum()),
        "streets": names(streets, way),
    }


def _place(text: str) -> tuple[float, float]:
    try:
        lon, lat = map(float, text.split(","))
    except ValueError:
        lon, lat = np.nan, np.nan
    if not (abs(lon) <= 180 and abs(lat) <= 90):
        raise argparse.ArgumentTypeError(f"'{text}' is no LON,LAT in degrees")
    return lon, lat


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 5:
        raise argparse.ArgumentTypeError("must be from 0 to 5")
    return value
