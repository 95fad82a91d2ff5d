"""Round-based timetable routing, as plain as can be, and a reader of its own.

It shares no line with the code it checks: trips are scanned one by one in every round (RAPTOR,
Delling, Pajor and Werneck 2015, without its routes), times are read straight from the feed.
"""

from __future__ import annotations

import csv
import datetime
import io
import math
import zipfile
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

Row = tuple[str, int, int]  # stop, arrival, departure


def rows(feed: Path, name: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(feed) as archive:
        if name not in archive.namelist():
            return []
        return list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))))


def seconds(text: str) -> int:
    hours, minutes, rest = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(rest)


def running(feed: Path, day: datetime.date) -> set[str]:
    """Services that run on a day."""
    name = day.strftime("%A").lower()
    text = day.strftime("%Y%m%d")
    services = {
        row["service_id"]
        for row in rows(feed, "calendar.txt")
        if row[name] == "1" and row["start_date"] <= text <= row["end_date"]
    }
    for row in rows(feed, "calendar_dates.txt"):
        if row["date"] == text:
            (services.add if row["exception_type"] == "1" else services.discard)(row["service_id"])
    return services


def places(feed: Path) -> dict[str, tuple[float, float]]:
    return {
        row["stop_id"]: (float(row["stop_lon"]), float(row["stop_lat"]))
        for row in rows(feed, "stops.txt")
    }


def trips(feed: Path, day: datetime.date) -> dict[tuple[str, int], list[Row]]:
    """Stop times of all trips on their way on a day, seconds from its midnight."""
    by_trip: dict[str, list[tuple[int, str, str, str]]] = defaultdict(list)
    for row in rows(feed, "stop_times.txt"):
        at = (int(row["stop_sequence"]), row["stop_id"], row["arrival_time"], row["departure_time"])
        by_trip[row["trip_id"]].append(at)
    where = places(feed)
    found = {}
    for shift in (-86_400, 0):
        services = running(feed, day + datetime.timedelta(seconds=shift))
        for row in rows(feed, "trips.txt"):
            if row["service_id"] in services:
                stops = _filled(sorted(by_trip[row["trip_id"]]), where)
                found[row["trip_id"], shift] = [(s, a + shift, d + shift) for s, a, d in stops]
    return found


def _filled(
    given: list[tuple[int, str, str, str]], where: dict[str, tuple[float, float]]
) -> list[Row]:
    """Times left out, by straight distance between those given."""
    stops = [stop for _, stop, _, _ in given]
    far = [0.0]
    for a, b in pairwise(stops):
        far.append(far[-1] + _metres(where[a], where[b]))
    known = [i for i, row in enumerate(given) if row[2]]
    found: list[Row] = []
    for i, (_, stop, arrival, departure) in enumerate(given):
        if arrival:
            found.append((stop, seconds(arrival), seconds(departure)))
            continue
        low = max(k for k in known if k < i)
        high = min(k for k in known if k > i)
        leave, come = seconds(given[low][3]), seconds(given[high][2])
        share = (far[i] - far[low]) / (far[high] - far[low])
        time = round(round(leave + share * (come - leave), 6))
        found.append((stop, time, time))
    return found


def _metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    middle = math.radians((a[1] + b[1]) / 2)
    east = math.radians(b[0] - a[0]) * math.cos(middle)
    return 6_371_008.8 * math.hypot(east, math.radians(b[1] - a[1]))


def earliest(
    runs: list[list[Row]], walks: dict[str, list[tuple[str, int]]], origin: str, at: int, until: int
) -> dict[str, int]:
    """Earliest arrival at every stop that is reached."""
    arrived = {origin: at}
    for stop, walk in walks.get(origin, []):
        arrived[stop] = at + walk
    rode: dict[str, int] = {}
    while True:
        before = dict(arrived)
        fresh: dict[str, int] = {}
        for run in runs:
            aboard = False
            for here, (stop, arrival, departure) in enumerate(run):
                if aboard and arrival < min(rode.get(stop, 2**40), fresh.get(stop, 2**40)):
                    fresh[stop] = arrival
                if departure > until:
                    break
                if not aboard and departure >= at and before.get(stop, 2**40) <= departure:
                    aboard = True
                if here == len(run) - 1:
                    break
        if not fresh:
            return arrived
        for stop, time in fresh.items():
            rode[stop] = time
            arrived[stop] = min(arrived.get(stop, 2**40), time)
            for other, walk in walks.get(stop, []):
                arrived[other] = min(arrived.get(other, 2**40), time + walk)
