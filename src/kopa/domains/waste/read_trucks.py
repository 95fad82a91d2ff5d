"""Reads trucks, their rounds and days of surge from CSV."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domain.rows import Rows
from kopa.errors import Finding, UsageError
from kopa.model import IntArray
from kopa.model.window import seconds

from .parts import Containers, Facilities, Round, Surge, Trucks

PACKAGE = "kopa.domains.waste"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EPOCH = date(1970, 1, 1)


def clock(rows: Rows, row: Mapping[str, Any], name: str) -> float:
    """A time of the day, s; told and NaN where it is none."""
    try:
        return float(seconds(row[name]))
    except UsageError:
        if row[name]:
            do = "Write HH:MM, such as 06:30."
            rows.tell("time", row["place"], f"{name} is {row[name]!r}.", do)
        return float("nan")


def read_trucks(path: Path, facilities: Facilities) -> tuple[Trucks, tuple[Finding, ...]]:
    """The trucks of a file.

    Parameters
    ----------
    path
        A CSV file.
    facilities
        Among which each has its depot.

    Raises
    ------
    InputError
        With all that is wrong in the file.
    """
    rows = Rows(path, PACKAGE, "truck", "waste")
    found = rows.lines()
    depots = {
        name: row
        for row, (name, kind) in enumerate(zip(facilities.ids, facilities.kinds, strict=True))
        if kind == "depot"
    }
    starts, ends = [], []
    for row in found:
        if row["depot"] and row["depot"] not in depots:
            what = f"there is no depot '{row['depot']}'."
            rows.tell("depot", row["place"], what, f"Use one of: {', '.join(depots)}.")
        starts.append(clock(rows, row, "starts"))
        ends.append(clock(rows, row, "ends"))
        if ends[-1] <= starts[-1]:
            do = "Past midnight go on counting: 22:00 to 30:00."
            rows.tell("shift", row["place"], "its shift ends before it begins.", do)
        for stream in row["streams"].split():
            if not facilities.taking(stream):
                what = f"no facility takes '{stream}'."
                rows.tell("stream", row["place"], what, "Name it in streams of a facility.")
    if not found and not rows.findings:
        rows.tell("empty", "", "there is no truck.", "Add a line for each.")
    rows.finish()

    def column(name: str) -> Any:
        return np.array([row[name] for row in found], dtype=np.float64)

    trucks = Trucks(
        ids=tuple(row["id"] for row in found),
        depot=np.array([depots[row["depot"]] for row in found], dtype=np.int64),
        streams=tuple(frozenset(row["streams"].split()) for row in found),
        payload=column("capacity_kg"),
        body=column("capacity_m3") * column("compaction"),
        starts=np.array(starts),
        ends=np.array(ends),
        speed=column("speed"),
        hourly=column("cost_eur_h"),
        per_km=column("cost_eur_km"),
        litres_km=column("litres_per_100km") / 100,
        litres_stop=column("litres_per_stop"),
    )
    return trucks, tuple(rows.findings)


def read_rounds(
    path: Path, trucks: Trucks, containers: Containers
) -> tuple[tuple[Round, ...], tuple[Finding, ...]]:
    """Today's rounds.

    Parameters
    ----------
    path
        A CSV file; the lines of a truck on a day are its order.
    trucks, containers
        What they are about.

    Raises
    ------
    InputError
        With all that is wrong in the file.
    """
    rows = Rows(path, PACKAGE, "round", "waste")
    truck_of = {name: row for row, name in enumerate(trucks.ids)}
    stops: dict[tuple[int, int, int, int], list[tuple[int, int]]] = {}
    for line, row in enumerate(rows.lines()):
        truck, stop = truck_of.get(row["truck"]), containers.index.get(row["container"])
        day = row["weekday"].lower()[:3]
        for what, known in (
            (f"there is no truck '{row['truck']}'.", truck is not None),
            (f"there is no container '{row['container']}'.", stop is not None),
            (f"'{row['weekday']}' is no day of the week.", day in DAYS),
        ):
            if not known:
                do = "Use what stands in the files of trucks and containers; mon to sun."
                rows.tell("round", row["place"], what, do)
        every, week = row["every_weeks"], row["week"]
        if every != every // 1 or week != week // 1 or week >= every:
            do = "Write whole numbers, week below every_weeks."
            rows.tell("round", row["place"], f"week is {week:g} of {every:g}.", do)
        if truck is None or stop is None or day not in DAYS:
            continue
        if containers.streams[stop] not in trucks.streams[truck]:
            what = f"{row['truck']} does not collect {containers.streams[stop]}."
            rows.tell("round", row["place"], what, "Name the stream in streams of the truck.")
        if np.isfinite([every, week]).all():
            key = (truck, DAYS.index(day), int(every), int(week))
            stops.setdefault(key, []).append((stop, line))
    rows.finish()
    found = tuple(
        Round(*key, np.array([stop for stop, _ in order]), tuple(line for _, line in order))
        for key, order in stops.items()
    )
    return found, tuple(rows.findings)


def read_events(
    path: Path, containers: Containers, site_ids: tuple[str, ...]
) -> tuple[tuple[Surge, ...], tuple[Finding, ...]]:
    """Days on which more or less is thrown away than usual.

    Parameters
    ----------
    path
        A CSV file.
    containers, site_ids
        What they are about.

    Raises
    ------
    InputError
        With all that is wrong in the file.
    """
    rows = Rows(path, PACKAGE, "event", "waste")
    found = []
    for row in rows.lines():
        first, last = (_day(rows, row, name) for name in ("from", "to"))
        where = _where(row["where"], containers, site_ids)
        if not len(where):
            what = f"'{row['where']}' is no zone, site, stream or container."
            rows.tell("where", row["place"], what, "Write all, or one of these.")
        if first is None or last is None:
            continue
        if last < first:
            rows.tell("day", row["place"], "it ends before it begins.", "Write from before to.")
        found.append(Surge(first, last, where, row["factor"], row["name"]))
    rows.finish()
    return tuple(found), tuple(rows.findings)


def _day(rows: Rows, row: Mapping[str, Any], name: str) -> int | None:
    try:
        return (date.fromisoformat(row[name]) - EPOCH).days
    except ValueError:
        if row[name]:
            rows.tell("day", row["place"], f"{name} is {row[name]!r}.", "Write YYYY-MM-DD.")
        return None


def _where(text: str, containers: Containers, site_ids: tuple[str, ...]) -> IntArray:
    if text == "all":
        return np.arange(len(containers))
    if text in containers.index:
        return np.array([containers.index[text]], dtype=np.int64)
    at = site_ids.index(text) if text in site_ids else -1
    named = np.array(containers.zones) == text
    named |= np.array(containers.streams) == text
    return np.flatnonzero(named | (containers.site == at))
