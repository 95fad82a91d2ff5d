"""``kopa emergency dispatch``: which unit goes where, when it arrives, and what closures cost."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Any

import numpy as np

from kopa import console
from kopa.errors import Finding, UsageError
from kopa.geo.fastest import Fastest, State
from kopa.geo.project import Projection
from kopa.model import BoolArray, FloatArray, Window
from kopa.model.window import clock, seconds

from .cli_area import happened, whole
from .cli_common import (
    Closed,
    arguments_of,
    closed,
    closed_argument,
    feature,
    spot,
    way_line,
    write_map,
)
from .dispatch import Fleet, Incident, Need, Sent, dispatched, needs, out_of_reach
from .load import FAR_M, read_city
from .network import UNITS, Network
from .run import houses

DOMAIN = "emergency"
MOST_UNITS = 50
Asked = tuple[float, float, str, str]
"""Longitude, latitude, kind of incident, and units as written."""


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("dispatch", help="units to incidents, on streets that may be closed")
    arguments_of(job, "incidents and ways")
    kinds = ", ".join(needs())
    job.add_argument(
        "--incident", action="append", required=True, type=_asked,
        metavar="'LON,LAT KIND [UNITS]'",
        help=f"{kinds}; UNITS instead of the kind's own: 2, or ambulance=2,fire=1",
    )  # fmt: skip
    closed_argument(job)
    happened(job)
    job.add_argument("--at", metavar="HH:MM", help="the hour of --change (now, with --live)")
    job.add_argument(
        "--busy", nargs="+", default=[], metavar="UNIT",
        help="units that are elsewhere: BASE, or BASE#2 for the second of its units",
    )  # fmt: skip
    job.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Answer the job; gives the exit code."""
    network, told = read_city(arguments.city)
    shut = closed(network, arguments.closed)
    speed, bases = _met(arguments, network, shut)
    fleet = Fleet(network, _busy(network, arguments.busy), bases)
    free = replace(fleet, works=np.ones(len(network.bases), dtype=bool))
    incidents = [_incident(network, one) for one in arguments.incident]
    ways = Fastest(network.driving)
    state = ways.state(speed)
    now, usual = dispatched(fleet, incidents, state), dispatched(free, incidents, ways.usual)
    rows, findings = [], list(told)
    for row, incident in enumerate(incidents):
        mine, before = ([one for one in sent if one.incident == row] for sent in (now, usual))
        rows.append(_row(network, incident, (mine, before), ways, state))
        far = [network.bases.ids[base] for base in out_of_reach(fleet, incident, ways, state)]
        rows[-1]["out_of_reach"] = far
        findings += _findings(row + 1, rows[-1])
    weights = {(row, need.unit): need.weight for row, one in enumerate(incidents)
               for need in one.needs}  # fmt: skip
    document = {
        "status": "partial" if any(row["missing"] for row in rows) else "ok",
        "closed": list(shut.names),
        "busy": [f"{network.bases.ids[base]}#{number}" for base, number in sorted(fleet.busy)],
        "weighted_min": sum(weights[one.incident, one.kind] * one.seconds for one in now) / 60,
        "incidents": rows,
        "findings": console.finding_rows(findings),
    }
    if arguments.output:
        write_map(arguments.output, _features(rows))
    if arguments.json:
        console.document(document)
        return 0
    number = console.number
    cells = [
        (
            f"{row['number']} {row['kind']}", unit["unit"], number(unit["arrival_min"]),
            unit["usual_unit"] or "none", number(_or_nan(unit["usual_min"])),
            number(_or_nan(unit["later_min"])),
        )
        for row in rows
        for unit in row["units"]
    ]  # fmt: skip
    heads = ("incident", "unit", "arrives, min", "usually", "min", "later, min")
    console.table(heads, cells, "Dispatch", 1)
    console.tell(findings)
    return 0


def _met(
    arguments: argparse.Namespace, network: Network, shut: Closed
) -> tuple[FloatArray, BoolArray]:
    """Speeds of streets over the usual, and which bases can send.

    Raises
    ------
    UsageError
        If the hour is missing, or lies outside the day.
    """
    if not arguments.change and not arguments.live:
        return shut.speed, shut.bases
    given = whole(arguments).given[DOMAIN]
    if arguments.at is None and not arguments.live:
        raise UsageError("--at: say at which hour of the day, streets differ by the hour")
    at = given.window.start if arguments.at is None else seconds(arguments.at)
    step = (at - given.window.start) // given.window.step
    if not 0 <= step < given.window.steps:
        raise UsageError(f"--at: the hours asked about are {_hours(given.window)}")
    speed = given.inputs.get("street_speed")
    bases = houses(network, given.window, given.changes, given.inputs).working[step]
    met = shut.speed if speed is None else np.minimum(shut.speed, speed[step])
    return met, shut.bases & bases


def _hours(window: Window) -> str:
    return f"{clock(window.start)}-{clock(window.end)}"


def _asked(text: str) -> Asked:
    words = text.split()
    try:
        lon, lat = map(float, words[0].split(","))
        fine = 2 <= len(words) <= 3 and abs(lon) <= 180 and abs(lat) <= 90
    except (ValueError, IndexError):
        fine = False
    if not fine:
        raise argparse.ArgumentTypeError(f"'{text}' is no LON,LAT KIND [UNITS]")
    if words[1] not in needs():
        raise argparse.ArgumentTypeError(f"'{words[1]}' is none of {', '.join(needs())}")
    if len(words) == 3:
        _needs(words[1], words[2])
    return lon, lat, words[1], words[2] if len(words) == 3 else ""


def _needs(kind: str, units: str) -> tuple[Need, ...]:
    """Needs of a kind, with the units that are written instead of its own."""
    own = needs()[kind]
    if not units:
        return own
    parts = [part.rpartition("=") for part in units.split(",")]
    given = {(name or own[0].unit): many for name, _, many in parts}
    bad = [
        name
        for name, many in given.items()
        if name not in UNITS or not many.isdecimal() or not 0 < int(many[:5]) <= MOST_UNITS
    ]
    if bad or len(given) < len(parts):
        what = f"'{units}': write 2, or ambulance=2,fire=1; at most {MOST_UNITS} of a kind"
        raise argparse.ArgumentTypeError(what)
    weight = {need.unit: need.weight for need in own}
    return tuple(
        Need(name, int(many), weight.get(name, own[0].weight)) for name, many in given.items()
    )


def _incident(network: Network, asked: Asked) -> Incident:
    lon, lat, kind, units = asked
    x, y = Projection(network.streets.crs).metres(np.array([lon]), np.array([lat]))
    node, far = network.driving.roads.nearest(x, y)
    if not far[0] <= FAR_M:
        raise UsageError(f"--incident: no street is near {lon:g},{lat:g}")
    return Incident(lon, lat, kind, _needs(kind, units), int(node[0]))


def _busy(network: Network, names: list[str]) -> frozenset[tuple[int, int]]:
    found = set()
    for name in names:
        base, _, number = name.removeprefix("emergency:").partition("#")
        row = network.bases.ids.index(base) if base in network.bases.ids else -1
        many = int(network.bases.units[row]) if row >= 0 else 0
        some = range(1, many + 1)
        if number:
            some = range(int(number), int(number) + 1) if number.isdecimal() else range(0)
        if row < 0 or not some or some[0] < 1 or some[-1] > many:
            raise UsageError(f"--busy: '{name}' is no unit; write BASE or BASE#1")
        found |= {(row, one) for one in some}
    return frozenset(found)


def _row(
    network: Network, incident: Incident, sent: tuple[list[Sent], list[Sent]], ways: Fastest,
    state: State,
) -> dict[str, Any]:  # fmt: skip
    now, before = sent
    units = []
    for need in incident.needs:
        mine, usual = ([one for one in some if one.kind == need.unit] for some in (now, before))
        for place, one in enumerate(mine):
            was = usual[place] if place < len(usual) else None
            start = int(network.base_nodes[one.base])
            leg = ways.leg(start, incident.node, state)
            units.append(
                {
                    "unit": f"{network.bases.ids[one.base]}#{one.number}",
                    "kind": one.kind,
                    "base": network.bases.ids[one.base],
                    "arrival_min": one.seconds / 60,
                    "way_km": leg.metres / 1000,
                    "usual_unit": f"{network.bases.ids[was.base]}#{was.number}" if was else None,
                    "usual_min": was.seconds / 60 if was else None,
                    "later_min": (one.seconds - was.seconds) / 60 if was else None,
                    "route": way_line(network.streets, start, leg.edges),
                }
            )
    short = {
        need.unit: need.count - sum(one.kind == need.unit for one in now) for need in incident.needs
    }
    missing = [{"kind": kind, "count": many} for kind, many in short.items() if many]
    return {
        "status": "unknown" if not units else "partial" if missing else "ok",
        "kind": incident.kind,
        "lon": incident.lon,
        "lat": incident.lat,
        "units": units,
        "missing": missing,
    }


def _findings(number: int, row: dict[str, Any]) -> list[Finding]:
    """What an incident goes without; also numbers its row."""
    row["number"] = number
    place, found = f"incident {number}", []
    if row["missing"]:
        lack = ", ".join(f"{one['count']} {one['kind']}" for one in row["missing"])
        what = f"{'no unit comes' if not row['units'] else 'it has too few units'}: {lack} missing."
        do = "Free a unit, open a street, or ask a neighbouring city."
        found.append(Finding("emergency.no-unit", what, do, "warning", place=place))
    if row["out_of_reach"]:
        what = f"no way leads to it from {', '.join(row['out_of_reach'])}."
        do = "See which streets are closed."
        found.append(Finding("emergency.no-way", what, do, "warning", place=place))
    return found


def _features(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for row in rows:
        told = {name: row[name] for name in ("number", "kind", "status")}
        found.append(feature(spot(np.array([row["lon"], row["lat"]])), told))
        for unit in row["units"]:
            rest = {name: one for name, one in unit.items() if name != "route"}
            found.append(feature(unit["route"], {"incident": row["number"], **rest}))
    return found


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value
