"""Reads a GTFS feed, and tells all that is wrong with it."""

from __future__ import annotations

import datetime
import re
import zipfile
import zlib
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from kopa.errors import Finding, InputError, stopping

from .check_gtfs import Validation
from .gtfs_table import Report, Table, parse
from .gtfs_times import expanded, stop_times
from .timetable import Calendar, Shapes, Timetable

REQUIRED: dict[str, tuple[str, ...]] = {
    "agency.txt": ("agency_timezone",),
    "stops.txt": ("stop_id",),
    "routes.txt": ("route_id", "route_type"),
    "trips.txt": ("route_id", "service_id", "trip_id"),
    "stop_times.txt": ("trip_id", "stop_id", "stop_sequence", "arrival_time", "departure_time"),
}
OPTIONAL: dict[str, tuple[str, ...]] = {
    "calendar.txt": ("service_id", "start_date", "end_date"),
    "calendar_dates.txt": ("service_id", "date", "exception_type"),
    "shapes.txt": ("shape_id", "shape_pt_lat", "shape_pt_lon", "shape_pt_sequence"),
    "frequencies.txt": ("trip_id", "start_time", "end_time", "headway_secs"),
}
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DATE = re.compile(r"^\d{8}$")


def read_gtfs(file: Path, gate: bool = True) -> tuple[Timetable, tuple[Finding, ...]]:
    """Read a feed.

    Parameters
    ----------
    file
        A zip file, or a folder.
    gate
        Have gtfs-guru, the validator, look at it as well.

    Returns
    -------
    tuple
        The timetable, and findings that do not stop the work.

    Raises
    ------
    InputError
        With all findings.
    """
    report = Report(str(file))
    validation = Validation(file) if gate and file.exists() else None
    tables = _tables(file, report)
    timetable = None
    if REQUIRED.keys() <= tables.keys() and all(
        set(must) <= tables[name].columns.keys() for name, must in REQUIRED.items()
    ):
        timetable = _timetable(tables, report)
    own = report.close()
    checked = validation.findings(bool(stopping(own))) if validation else ()
    findings = (*own, *checked)
    if timetable is None or stopping(findings):
        raise InputError(findings)
    return timetable, findings


def _tables(file: Path, report: Report) -> dict[str, Table]:
    wanted = {**REQUIRED, **OPTIONAL}
    tables: dict[str, Table] = {}
    if not file.exists():
        report.add("gtfs-missing", "there is no such file.", "Check the path.")
        return tables
    try:
        contents = _contents(file, report)
    except zipfile.BadZipFile as error:
        what = f"it is no whole zip file: {error}."
        report.add("gtfs-zip", what, "Get the feed again; the download may have broken off.")
        return tables
    for name, must in wanted.items():
        if name in contents:
            tables[name] = parse(name, contents[name], must, report)
    for name in REQUIRED:
        if name not in contents:
            report.add("gtfs-missing-file", f"{name} is missing.", "Add the file.", file=name)
    if not {"calendar.txt", "calendar_dates.txt"} & contents.keys():
        what = "neither calendar.txt nor calendar_dates.txt is there."
        report.add("gtfs-missing-file", what, "Add one of them.", file="calendar.txt")
    return tables


def _contents(file: Path, report: Report) -> dict[str, bytes]:
    wanted = {**REQUIRED, **OPTIONAL}
    if file.is_dir():
        return {name: (file / name).read_bytes() for name in wanted if (file / name).is_file()}
    contents = {}
    with zipfile.ZipFile(file) as archive:
        names = {Path(name).name: name for name in archive.namelist()}
        for name in wanted:
            if name not in names:
                continue
            try:
                contents[name] = archive.read(names[name])
            except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
                what = f"it cannot be unpacked: {error}."
                report.add("gtfs-zip", what, "Get the feed again.", file=name)
                contents[name] = b""
    return contents


def _timetable(tables: dict[str, Table], report: Report) -> Timetable | None:
    stops, routes, trips = tables["stops.txt"], tables["routes.txt"], tables["trips.txt"]
    stop_rows, route_rows, trip_rows = (
        stops.keys("stop_id"),
        routes.keys("route_id"),
        trips.keys("trip_id"),
    )
    shapes = _shapes(tables.get("shapes.txt"), report)
    calendar, service_rows = _calendar(tables, report)
    shape_rows = {name: row for row, name in enumerate(shapes.ids)}
    lat, lon = stops.numbers("stop_lat", -90, 90), stops.numbers("stop_lon", -180, 180)
    route = trips.coded("route_id", route_rows, False, "routes.txt")
    service = trips.coded("service_id", service_rows, False, "calendar.txt or calendar_dates.txt")
    shape = trips.coded("shape_id", shape_rows, True, "shapes.txt")
    rows = stop_times(tables["stop_times.txt"], trip_rows, stop_rows, (lon, lat))
    kinds = routes.numbers("route_type", 0, 1799)
    zone = _timezone(tables["agency.txt"])
    names = [
        short or long
        for short, long in zip(
            routes.text("route_short_name"), routes.text("route_long_name"), strict=True
        )
    ]
    for row in np.flatnonzero(np.isnan(lat[rows.stop]) | np.isnan(lon[rows.stop]))[:1].tolist():
        at = int(rows.stop[row])
        stops.wrong(at, "gtfs-place", "a stop of a trip has no place.", "Give stop_lat, stop_lon.")
    if stopping(report.findings):
        return None
    kept, source = expanded(rows, tables.get("frequencies.txt"), trip_rows)
    native = trips.text("trip_id")
    if not len(kept.ids):
        report.add("gtfs-empty", "no trip has two stops.", "Check trips.txt and stop_times.txt.")
        return None
    return Timetable(
        timezone=zone,
        stop_ids=tuple(stops.text("stop_id")),
        stop_names=tuple(stops.text("stop_name")),
        stop_lon=lon,
        stop_lat=lat,
        route_ids=tuple(routes.text("route_id")),
        route_names=tuple(names),
        route_type=np.nan_to_num(kinds, nan=3).astype(np.int64),
        trip_ids=kept.ids,
        trip_source=tuple(native[row] for row in source),
        trip_route=route[source],
        trip_service=service[source],
        trip_shape=shape[source],
        first=kept.first,
        stop=kept.stop,
        arrival=kept.arrival,
        departure=kept.departure,
        along=kept.along,
        board=kept.board,
        alight=kept.alight,
        calendar=calendar,
        shapes=shapes,
    )


def _timezone(agency: Table) -> str:
    zone = next(iter(agency.text("agency_timezone")), "")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        what = f"agency_timezone '{zone}' is no time zone."
        agency.wrong(0, "gtfs-timezone", what, "Write one such as Europe/Riga.")
    return zone


def _shapes(table: Table | None, report: Report) -> Shapes:
    if table is None or "shape_id" not in table.columns or not table.rows:
        what = "the feed has no shapes.txt: trips are drawn straight from stop to stop."
        report.add("gtfs-no-shapes", what, "Add shapes for exact places.", severity="info")
        empty = np.empty(0)
        return Shapes((), np.zeros(1, dtype=np.int64), empty, empty, empty)
    ids = tuple(dict.fromkeys(table.text("shape_id")))
    row_of = {name: row for row, name in enumerate(ids)}
    shape = np.fromiter((row_of[name] for name in table.text("shape_id")), np.int64, table.rows)
    order = np.lexsort((table.numbers("shape_pt_sequence", 0, 1e9), shape))
    first = np.concatenate([[0], np.cumsum(np.bincount(shape, minlength=len(ids)))])
    return Shapes(
        ids,
        first.astype(np.int64),
        table.numbers("shape_pt_lon", -180, 180)[order],
        table.numbers("shape_pt_lat", -90, 90)[order],
        table.numbers("shape_dist_traveled", 0, 1e9)[order],
    )


def _calendar(tables: dict[str, Table], report: Report) -> tuple[Calendar, dict[str, int]]:
    weekly = tables.get("calendar.txt") or Table("calendar.txt", {}, 0, report)
    dates = tables.get("calendar_dates.txt") or Table("calendar_dates.txt", {}, 0, report)
    services = weekly.keys("service_id") if weekly.rows else {}
    for name in dates.text("service_id"):
        services.setdefault(name, len(services))
    count = len(services)
    weekdays = np.zeros((count, 7), dtype=bool)
    start, end = np.zeros(count, dtype=np.int64), np.full(count, -1, dtype=np.int64)
    if weekly.rows:
        at = np.array([services[name] for name in weekly.text("service_id") if name in services])
        if len(at) == weekly.rows:
            for day, name in enumerate(WEEK):
                weekdays[at, day] = weekly.numbers(name, 0, 1, 0.0) == 1
            start[at] = weekly.mapped("start_date", _ordinal, "a date as YYYYMMDD")
            end[at] = weekly.mapped("end_date", _ordinal, "a date as YYYYMMDD")
    extra = np.array([services[name] for name in dates.text("service_id")], dtype=np.int64)
    day_of = dates.mapped("date", _ordinal, "a date as YYYYMMDD")
    added = dates.numbers("exception_type", 1, 2) == 1
    return Calendar(weekdays, start, end, extra, day_of, added), services


def _ordinal(text: str) -> int | None:
    if not _DATE.match(text):
        return None
    try:
        return datetime.date(int(text[:4]), int(text[4:6]), int(text[6:])).toordinal()
    except ValueError:
        return None
