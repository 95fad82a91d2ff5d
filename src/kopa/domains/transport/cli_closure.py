"""``kopa transport closure``: what a closed stretch of street does."""

from __future__ import annotations

import argparse
import datetime
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kopa import console
from kopa.errors import Finding, UsageError
from kopa.model import FloatArray
from kopa.model.window import clock, seconds

from .alert import Notice, feed_message
from .closure import Closure, Question, close
from .connections import times_of
from .detour import Detour, path_line
from .load import network_at
from .network import Network
from .reach import LIMITS, busiest_stop
from .read_geojson import read_stretch
from .stretch import closed_edges, geometry, no_street

SHOWN = 15
"""So many rows a table for people has."""


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("closure", help="what a closed stretch of street does")
    job.add_argument("city", type=Path, metavar="CITY|GTFS", help="a city, or a GTFS feed")
    job.add_argument("--osm", type=Path, metavar="F.pbf", help="streets, where a feed is given")
    job.add_argument(
        "--stretch", type=Path, required=True, metavar="F.geojson", help="line along the street"
    )
    job.add_argument("--from", dest="start", default="00:00", metavar="HH:MM", help="begin")
    job.add_argument("--to", dest="end", default="24:00", metavar="HH:MM", help="end")
    job.add_argument("--date", metavar="YYYY-MM-DD", help="day (default: a usual Wednesday)")
    job.add_argument(
        "--reach",
        metavar="STOP|LON,LAT",
        help="place whose reach is counted: a stop, a point, or osm:KEY=VALUE of the map "
        "(default: hospitals of the map, else the busiest stop)",
    )
    job.add_argument("--at", metavar="HH:MM", help="when people set out to it (default: begin)")
    job.add_argument("--alert-out", type=Path, metavar="F.pb", help="write the alert as protobuf")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=closure)


def closure(arguments: argparse.Namespace) -> int:
    """Answer the job; gives the exit code."""
    start, end = seconds(arguments.start), seconds(arguments.end)
    if end <= start:
        raise UsageError("--to must be later than --from; past midnight go on counting: 26:00")
    at = seconds(arguments.at) if arguments.at else start
    network, findings = _network(arguments)
    date = _date(arguments.date, network)
    stretch = geometry(read_stretch(arguments.stretch), network.projection)
    if not closed_edges(network.streets, stretch).any():
        raise no_street(str(arguments.stretch))
    x, y, place = _target(arguments, network, (date, start, end))
    question = Question(stretch, date, start, end, x, y, at)
    begin = time.perf_counter()
    found = close(network, question)
    took = time.perf_counter() - begin
    notes = [*findings, *_notes(network, question, found)]
    notice = Notice(
        _street_names(network, found),
        date,
        start,
        end,
        found.runs.chosen(found.hits.runs),
        found.stops,
    )
    alert = feed_message(network.timetable, notice, int(time.time()))
    if arguments.alert_out:
        _write_alert(arguments.alert_out, alert)
    if arguments.json:
        document = _document(network, question, found)
        told = {"seconds": took, "reach": place, "findings": console.finding_rows(notes)}
        console.document({**document, "alert": alert, **told})
    else:
        _tell(network, question, found, place)
        console.tell(notes)
    return 0


def _network(arguments: argparse.Namespace) -> tuple[Network, tuple[Finding, ...]]:
    if (arguments.city / "city.toml").is_file():
        return network_at(arguments.city)
    if arguments.osm is None:
        raise UsageError("a GTFS feed has no streets: give them with --osm F.pbf")
    return network_at(arguments.osm, arguments.city)


def _date(text: str | None, network: Network) -> datetime.date:
    if text is None:
        return network.timetable.usual_day() or datetime.date.today()
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"'{text}' is no date: write YYYY-MM-DD") from None


def _target(
    arguments: argparse.Namespace, network: Network, when: tuple[datetime.date, int, int]
) -> tuple[FloatArray, FloatArray, str]:
    """Places whose reach is asked for, and what they are."""
    table, text = network.timetable, arguments.reach
    if text and text in table.stop_ids:
        return _stop(network, table.stop_ids.index(text))
    if text and not text.startswith("osm:"):
        try:
            lon, lat = (float(part) for part in text.split(","))
        except ValueError:
            what = f"--reach: there is no stop '{text}', and it is no LON,LAT"
            raise UsageError(what) from None
        x, y = network.projection.metres(np.array([lon]), np.array([lat]))
        return x, y, f"{lon:g},{lat:g}"
    key, _, value = (text or "osm:amenity=hospital").removeprefix("osm:").partition("=")
    x, y = _mapped(arguments, network, key, value)
    if len(x):
        return x, y, f"{len(x)} × {key}={value}"
    if text:
        raise UsageError(f"--reach: the map has no {key}={value}")
    runs = table.runs(*when)
    if not len(runs):
        return np.empty(0), np.empty(0), ""
    return _stop(network, busiest_stop(network, times_of(table, runs)))


def _mapped(
    arguments: argparse.Namespace, network: Network, key: str, value: str
) -> tuple[FloatArray, FloatArray]:
    from .read_sites import read_sites

    file = arguments.osm
    if file is None:
        return np.empty(0), np.empty(0)
    lon, lat = read_sites(file, key, value)
    return network.projection.metres(lon, lat)


def _stop(network: Network, stop: int) -> tuple[FloatArray, FloatArray, str]:
    x, y = network.stop_places
    table = network.timetable
    at = slice(stop, stop + 1)
    return x[at], y[at], f"stop {table.stop_ids[stop]} {table.stop_names[stop]}".strip()


def _street_names(network: Network, found: Closure) -> str:
    streets = network.streets
    edges = np.flatnonzero(found.closed).tolist()
    names = list(dict.fromkeys(streets.name[edge] for edge in edges if streets.name[edge]))
    return ", ".join(names) if names else f"OSM way {streets.way[edges[0]]}"


def _notes(network: Network, question: Question, found: Closure) -> list[Finding]:
    notes = []
    if not len(found.runs) and len(network.timetable.trip_ids):
        period = network.timetable.calendar.period
        span = f"{period[0]} to {period[1]}" if period else "no day"
        what = f"no trip runs on {question.date} in these hours; the feed speaks of {span}."
        notes.append(Finding("transport.no-trips", what, "Give --date.", "warning"))
    if any(not np.isfinite(one.after) for one in found.detours):
        what = "there is no way round in one direction or more."
        notes.append(Finding("transport.cut-off", what, "See detour.", "warning"))
    if not found.detours:
        what = "the stretch leads nowhere: no car passes through it, so there is nothing to add."
        notes.append(Finding("transport.dead-end", what, "", "info"))
    return notes


def _document(network: Network, question: Question, found: Closure) -> dict[str, Any]:
    table = network.timetable
    runs = found.hits.runs
    routes = sorted({int(table.trip_route[trip]) for trip in found.runs.trip[runs].tolist()})
    return {
        "status": "ok",
        "date": str(question.date),
        "from": clock(question.start),
        "to": clock(question.end),
        "streets": [network.streets.ids[edge] for edge in np.flatnonzero(found.closed).tolist()],
        "trips": _trip_rows(network, found),
        "routes": [
            {"route_id": table.route_ids[route], "name": table.route_names[route]}
            for route in routes
        ],
        "added_minutes": found.added_minutes,
        "detour": [_detour_row(network, one) for one in found.detours],
        "stops": [
            {"stop_id": table.stop_ids[stop], "name": table.stop_names[stop]}
            for stop in found.stops.tolist()
        ],
        "stops_reaching": {str(limit): found.reach.get(limit, {}) for limit in LIMITS},
    }


def _trip_rows(network: Network, found: Closure) -> list[dict[str, Any]]:
    table, hits = network.timetable, found.hits
    first = np.searchsorted(hits.run, hits.runs)
    rows = []
    for number, (run, at) in enumerate(zip(hits.runs.tolist(), first.tolist(), strict=True)):
        trip = int(found.runs.trip[run])
        rows.append(
            {
                "trip_id": table.trip_ids[trip],
                "route_id": table.route_ids[int(table.trip_route[trip])],
                "passes": _clock(hits.enter[at]),
                "seconds": float(hits.enter[at]),
                "added_minutes": float(found.trip_delay[number]) / 60,
            }
        )
    return sorted(rows, key=lambda row: row["seconds"])


def _clock(second: float) -> str:
    whole = int(second)
    return f"{clock(whole)}:{whole % 60:02d}"


def _detour_row(network: Network, one: Detour) -> dict[str, Any]:
    roads = network.roads
    line = path_line(roads, one.arcs)
    lon, lat = network.projection.degrees(line[:, 0], line[:, 1])
    return {
        "from_node": int(network.streets.node_osm[one.start]),
        "to_node": int(network.streets.node_osm[one.end]),
        "minutes_before": one.before / 60,
        "minutes_after": one.after / 60,
        "added_minutes": one.added / 60,
        "length_m": float(network.streets.length[roads.edge[one.arcs]].sum()),
        "geometry": {
            "type": "LineString",
            "coordinates": np.round(np.column_stack([lon, lat]), 6).tolist(),
        },
    }


def _write_alert(file: Path, alert: dict[str, Any]) -> None:
    from .engine_gtfs_realtime import protobuf

    try:
        file.write_bytes(protobuf(alert))
    except OSError as error:
        raise UsageError(f"--alert-out: {file}: {error.strerror}") from None


def _tell(network: Network, question: Question, found: Closure, place: str) -> None:
    number = console.number
    count = int(found.closed.sum())
    console.say(
        f"{console.escape(_street_names(network, found))}: {count} pieces of street closed on "
        f"{question.date}, {clock(question.start)} to {clock(question.end)}"
    )
    for one in found.detours:
        after = f"{number(one.after / 60)} min" if np.isfinite(one.after) else "no way round"
        console.say(f"by car: {number(one.before / 60)} min before, {after}")
    rows = _trip_rows(network, found)
    console.say(f"{len(rows)} trips hit, {len(found.stops)} stops not served")
    cells = [
        (row["trip_id"], row["route_id"], row["passes"], _minutes(row["added_minutes"]))
        for row in rows[:SHOWN]
    ]
    if cells:
        console.table(("trip", "route", "passes at", "added, min"), cells, "Trips hit", 1)
    if found.reach:
        heads = ("within, min", "before", "after", "without the trips hit")
        reach: Sequence[Sequence[str]] = [
            (str(limit), *(str(by[name]) for name in ("before", "after", "without_trips")))
            for limit, by in found.reach.items()
        ]
        console.table(heads, reach, f"Stops that reach {console.escape(place)}", 3)


def _minutes(value: float) -> str:
    return console.number(value) if np.isfinite(value) else "no way round"
