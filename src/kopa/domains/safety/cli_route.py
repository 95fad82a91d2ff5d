"""``kopa safety route``: the safest way on foot against the shortest."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from kopa import console
from kopa.errors import Finding, InputError, UsageError
from kopa.geo.on_foot import crossing
from kopa.geo.project import Projection
from kopa.geo.streets import Streets
from kopa.geo.walking import Walks, Way, drawn, names, traffic
from kopa.model import FloatArray
from kopa.model.window import window_of

from .cli_common import line, positive, write_map
from .lit import lit
from .load import read_city
from .network import Network
from .read_incidents import read_incidents
from .sun import night

NEAR_M = 100.0
"""Incidents so near to the middle of a street count for it."""
FAR_M = 1000.0
"""A point so far from every way is not of this city."""


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("route", help="the safest way on foot against the shortest")
    job.add_argument("city", type=Path, metavar="CITY", help="the folder with city.toml")
    for name in ("from", "to"):
        job.add_argument(
            f"--{name}", dest=f"{name}_", type=_place, required=True, metavar="LON,LAT",
            help="in degrees; write --from=-5.1,40.2 where it begins with a minus",
        )  # fmt: skip
    job.add_argument("--at", metavar="YYYY-MM-DDTHH:MM", help="when (default: in the dark)")
    job.add_argument(
        "--detour", type=positive, default=0.3, metavar="X",
        help="longer than the shortest by this share at most (0.3)",
    )  # fmt: skip
    job.add_argument("--dead", nargs="+", default=[], metavar="ID", help="lights that are out")
    job.add_argument("--incidents", type=Path, metavar="F.csv", help="lon,lat of what happened")
    for name, what in (
        ("light", "a dark street"), ("traffic", "cars of 50 km/h"),
        ("incident", "the most incidents"),
    ):  # fmt: skip
        job.add_argument(
            f"--{name}-weight", type=positive, default=1.0, metavar="W",
            help=f"a metre along {what} is worth so many metres more (1)",
        )  # fmt: skip
    job.add_argument("-o", "--output", type=Path, metavar="F.geojson", help="both ways")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Both ways; gives the exit code."""
    if arguments.detour > 5:
        raise UsageError("--detour must lie between 0 and 5")
    network, findings = read_city(arguments.city)
    streets = network.streets
    dark_share = _dark(network, arguments.at)
    burning = _lit(network, arguments.dead)
    parts = {
        "light": np.where(burning, 0.0, dark_share),
        "traffic": np.where(streets.drive, traffic(3.6 * streets.speed), 0.0),
        "incident": np.zeros(streets.edges),
    }
    if arguments.incidents:
        parts["incident"], more = _incidents(arguments.incidents, streets)
        findings = (*findings, *more)
    weight = {name: getattr(arguments, f"{name}_weight") for name in parts}
    score = sum((weight[name] * part for name, part in parts.items()), np.ones(streets.edges))
    start = _node(streets, arguments.from_, "--from")
    end = _node(streets, arguments.to_, "--to")
    walks = Walks(streets, streets.length * np.asarray(score))
    shortest = walks.shortest(start, end)
    if shortest is None:
        what, do = "no way on foot leads from one to the other.", "Choose other points."
        raise InputError([Finding("safety.no-way", what, do)])
    safest, proven = walks.safest(start, end, shortest.metres * (1 + arguments.detour))
    safest = safest or shortest
    document = {
        "status": "ok",
        "at": arguments.at or "in the dark",
        "detour": arguments.detour,
        "optimal": proven,
        "weights": weight,
        "shortest": _told(streets, shortest, parts),
        "safest": _told(streets, safest, parts),
        "findings": console.finding_rows(findings),
    }
    if arguments.output:
        found = [_feature(streets, shortest, "shortest"), _feature(streets, safest, "safest")]
        write_map(arguments.output, found)
    if arguments.json:
        console.document(document)
        return 0
    rows = [
        (name, *(console.number(document[name][key]) for key in ("metres", "risk", "dark_m")))
        for name in ("shortest", "safest")
    ]
    console.table(("way", "m", "weighted m", "m in the dark"), rows, "On foot", 3)
    if not proven:
        console.say("The safest way was not found in the time; the shortest is shown.")
    console.tell(findings)
    return 0


def _place(text: str) -> tuple[float, float]:
    try:
        lon, lat = map(float, text.split(","))
    except ValueError:
        lon, lat = np.nan, np.nan
    if not (abs(lon) <= 180 and abs(lat) <= 90):
        raise argparse.ArgumentTypeError(f"'{text}' is no LON,LAT in degrees")
    return lon, lat


def _dark(network: Network, at: str | None) -> float:
    """1 where it is night, else 0; night where no time is given."""
    if at is None:
        return 1.0
    if "T" not in at:
        raise UsageError("--at: write YYYY-MM-DDTHH:MM")
    window = window_of(at, 0, "1min")
    return float(night(window, network.place, network.light_below, network.timezone)[0])


def _lit(network: Network, dead: list[str]) -> Any:
    """True for streets along which lamps burn at night."""
    lights = network.lights
    out = lights.dead.copy()
    for name in dead:
        row = network.assets.find(name.removeprefix("safety:")) - network.light
        if not 0 <= row < len(lights):
            raise UsageError(f"--dead: '{name}' is no circuit of street lights")
        out[row] = True
    lines = lights.lines.chosen(~out[lights.lines.rows])
    return lit(network.streets, lines.x, lines.y, lines.first)


def _incidents(file: Path, streets: Streets) -> tuple[FloatArray, tuple[Finding, ...]]:
    """Incidents near each street over the most near any, shape (edge,)."""
    from scipy.spatial import KDTree

    found, findings = read_incidents(file)
    x, y = Projection(streets.crs).metres(found.lon, found.lat)
    near = KDTree(np.column_stack([x, y])).query_ball_point(
        np.column_stack(streets.middle), NEAR_M, return_length=True
    )
    return np.asarray(near / max(int(near.max()), 1), dtype=np.float64), findings


def _node(streets: Streets, place: tuple[float, float], word: str) -> int:
    """The nearest crossing that people walk to."""
    found = crossing(streets, *place, FAR_M)
    if found < 0:
        raise UsageError(f"{word}: no way is near {place[0]:g},{place[1]:g}")
    return found


def _told(streets: Streets, way: Way, parts: dict[str, FloatArray]) -> dict[str, Any]:
    edges = np.array(way.edges, dtype=np.int64)
    length = streets.length[edges]
    return {
        "metres": way.metres,
        "risk": way.risk,
        "dark_m": float(length @ parts["light"][edges]),
        "streets": names(streets, way),
    }


def _feature(streets: Streets, way: Way, name: str) -> dict[str, Any]:
    return line(drawn(streets, way), {"way": name, "metres": way.metres, "risk": way.risk})
