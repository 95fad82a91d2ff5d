"""Reads containers from GeoJSON or from NGSI-LD entities, and facilities from GeoJSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domain.rows import Rows
from kopa.domains.waste.design.draw import streams
from kopa.errors import Finding
from kopa.geo.project import Projection
from kopa.model import FloatArray, IntArray

from .ewc import STREAMS, Entry, find
from .parts import FACILITIES, Containers, Facilities
from .read_entities import rows_of_entities
from .read_trucks import PACKAGE, clock

KILO = 1000.0


def read_containers(
    path: Path, projection: Projection
) -> tuple[Containers, tuple[str, ...], tuple[Finding, ...]]:
    """The containers of a file, and the sites that they stand at.

    Parameters
    ----------
    path
        GeoJSON, or a list of NGSI-LD entities.
    projection
        CRS of the streets; coordinates that can only be degrees are turned into it.

    Raises
    ------
    InputError
        With all that is wrong in the file.
    """
    rows = Rows(path, PACKAGE, "container", "waste")
    document = rows.document()
    entities = isinstance(document, list)
    found = rows_of_entities(rows, document) if entities else rows.features(document)
    density = {row["stream"]: float(row["kg_per_m3"]) for row in streams()}
    early, late, codes = [], [], []
    for row in found:
        early.append(clock(rows, row, "early"))
        late.append(clock(rows, row, "late"))
        if late[-1] <= early[-1]:
            what = "it may be emptied until a time before that from which it may."
            rows.tell("window", row["place"], what, "Write early before late.")
        _moment(rows, row)
        row["stream"] = row["stream"].lower()
        if not row["kg_per_m3"] > 0:
            row["kg_per_m3"] = density.get(row["stream"], np.nan)
            if row["stream"] and np.isnan(row["kg_per_m3"]):
                what = f"the density of '{row['stream']}' is not known."
                rows.tell("density", row["place"], what, "Give kg_per_m3.")
        codes.append(_code(rows, row))
    if not found and not rows.findings:
        rows.tell("empty", "", "there is no container.", "Add a feature for each.")
    for tag, count in Counter(row["tag"] for row in found if row["tag"]).items():
        if count > 1:
            what = f"{count} containers bear the tag '{tag}'."
            rows.tell("tag", tag, what, "Give each the tag that it has: lifts are told by it.")
    rows.finish()
    return _containers(found, early, late, codes, projection, rows)


def _moment(rows: Rows, row: Mapping[str, Any]) -> None:
    """Tell a time of the fill level that is none."""
    try:
        datetime.fromisoformat(row["fill_at"] or "1970-01-01")
    except ValueError:
        what = f"fill_at is {row['fill_at']!r}."
        rows.tell("time", row["place"], what, "Write YYYY-MM-DDTHH:MM.")


def _code(rows: Rows, row: Mapping[str, Any]) -> str:
    """The code of the European List of Waste; that of the stream where the row gives none."""
    given = row["ewc"] or STREAMS.get(row["stream"], "")
    if not given:
        return ""
    entry = find(given, str(rows.path), row["place"])
    if isinstance(entry, Entry):
        return entry.marked
    rows.findings.append(entry)
    return ""


def _column(found: Sequence[Mapping[str, Any]]) -> Callable[[str], FloatArray]:
    return lambda name: np.array([row[name] for row in found], dtype=np.float64)


def _places(
    found: Sequence[Mapping[str, Any]], projection: Projection
) -> tuple[FloatArray, FloatArray]:
    """Place of each row in the CRS of the streets, m."""
    points = np.array([row["point"] for row in found], dtype=np.float64).reshape(-1, 2)
    if (np.abs(points) <= (180, 90)).all():
        return projection.metres(points[:, 0], points[:, 1])
    return points[:, 0], points[:, 1]


def _containers(
    found: Sequence[Mapping[str, Any]],
    early: Sequence[float],
    late: Sequence[float],
    codes: Sequence[str],
    projection: Projection,
    rows: Rows,
) -> tuple[Containers, tuple[str, ...], tuple[Finding, ...]]:
    column = _column(found)

    def text(name: str) -> tuple[str, ...]:
        return tuple(row[name] for row in found)

    at = [row["site"] or row["osm"] or row["id"] for row in found]
    site_ids = tuple(dict.fromkeys(at))
    number = {name: row for row, name in enumerate(site_ids)}
    x, y = _places(found, projection)
    containers = Containers(
        ids=text("id"),
        names=text("name"),
        zones=text("zone"),
        streams=text("stream"),
        ewc=tuple(codes),
        tags=text("tag"),
        site=np.array([number[name] for name in at], dtype=np.int64),
        x=x,
        y=y,
        count=column("containers"),
        volume=column("containers") * column("volume_m3"),
        density=column("kg_per_m3"),
        daily=column("kg_per_day"),
        fill=column("fill"),
        fill_at=text("fill_at"),
        interval=column("interval_days"),
        early=np.array(early),
        late=np.array(late),
        service=column("containers") * column("service_s"),
        people=column("people"),
    )
    return containers, site_ids, tuple(rows.findings)


def read_facilities(path: Path, projection: Projection) -> tuple[Facilities, tuple[Finding, ...]]:
    """Depots and plants of a file.

    Parameters
    ----------
    path
        GeoJSON of points.
    projection
        As in `read_containers`.

    Raises
    ------
    InputError
        With all that is wrong in the file.
    """
    rows = Rows(path, PACKAGE, "facility", "waste")
    found = rows.features()
    opens, closes = [], []
    for row in found:
        opens.append(clock(rows, row, "opens"))
        closes.append(clock(rows, row, "closes"))
        if row["kind"] and row["kind"] not in FACILITIES:
            what = f"kind is '{row['kind']}'."
            rows.tell("kind", row["place"], what, f"Use one of: {', '.join(FACILITIES)}.")
    kinds = [row["kind"] for row in found]
    for needed, there in (("depot", "depot" in kinds), ("plant", {*kinds} - {"depot", ""})):
        if not there and not rows.findings:
            do = "Trucks start at a depot, and unload at a plant: add one."
            rows.tell("empty", "", f"there is no {needed}.", do)
    feeds = _feeds(rows, found)
    rows.finish()
    column = _column(found)
    x, y = _places(found, projection)

    def limit(name: str) -> FloatArray:
        return np.asarray(np.nan_to_num(column(name), nan=np.inf) * KILO)

    facilities = Facilities(
        ids=tuple(row["id"] for row in found),
        kinds=tuple(kinds),
        names=tuple(row["name"] for row in found),
        zones=tuple(row["zone"] for row in found),
        streams=tuple(frozenset(row["streams"].lower().split()) for row in found),
        x=x,
        y=y,
        unload=column("unload_s"),
        opens=np.array(opens),
        closes=np.array(closes),
        rate=limit("rate_t_h"),
        store=limit("store_t"),
        stock=column("stock_t") * KILO,
        power=column("electricity_kw"),
        wired=np.array([row["needs_electricity"] for row in found], dtype=bool),
        backup=column("backup_h"),
        gas=column("gas_kw"),
        fee=column("gate_fee_eur_t"),
        feeds=feeds,
    )
    return facilities, tuple(rows.findings)


def _feeds(rows: Rows, found: Sequence[Mapping[str, Any]]) -> IntArray:
    """Row of the facility that each feeds; one that feeds itself, by others too, is told."""
    number = {row["id"]: at for at, row in enumerate(found)}
    feeds = np.array([number.get(row["feeds"], -1) for row in found], dtype=np.int64)
    for at, row in enumerate(found):
        if row["feeds"] and row["feeds"] not in number:
            what = f"it feeds '{row['feeds']}', which is not there."
            rows.tell("feeds", row["place"], what, "Name the id of a facility.")
        onward, seen = int(feeds[at]), 0
        while onward >= 0 and onward != at and seen < len(found):
            onward, seen = int(feeds[onward]), seen + 1
        if onward == at:
            rows.tell("feeds", row["place"], "it feeds itself.", "Break the circle of feeds.")
    return feeds
