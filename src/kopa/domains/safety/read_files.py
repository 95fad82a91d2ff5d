"""Reads stations, cells and lights from GeoJSON, and tells all that is wrong with them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domain.rows import Rows
from kopa.errors import Finding, InputError
from kopa.geo.project import Projection
from kopa.model import FloatArray, Shapes

from .network import PACKAGE, STATIONS, Cells, Lights, Stations

Found = tuple[Finding, ...]


def read_stations(file: Path, projection: Projection) -> tuple[Stations, Found]:
    """Read stations.

    Parameters
    ----------
    file
        GeoJSON of points.
    projection
        The city's CRS.

    Raises
    ------
    InputError
        With all findings.
    """
    table = Rows(file, PACKAGE, "station", "safety")
    rows = table.features()
    for row in rows:
        if row["kind"] and row["kind"] not in STATIONS:
            what = f"'{row['kind']}' is no kind of station."
            table.tell("kind", row["place"], what, f"Write one of {', '.join(STATIONS)}.")
    if not rows:
        table.tell("empty", "", "there is no station.", "Write one at least.")
    table.finish()
    x, y = _placed(rows, projection)

    def column(name: str) -> FloatArray:
        return np.array([row[name] for row in rows], dtype=np.float64)

    return Stations(
        ids=_texts(rows, "id"),
        kinds=_texts(rows, "kind"),
        names=_texts(rows, "name"),
        zones=_texts(rows, "zone"),
        x=x,
        y=y,
        units=column("units"),
        turnout=column("turnout_s"),
        power=column("electricity_kw"),
        wired=np.array([row["needs_electricity"] for row in rows], dtype=bool),
        backup=column("backup_h"),
    ), tuple(table.findings)


def read_cells(file: Path, projection: Projection) -> tuple[Cells, Found]:
    """Read where people are; as `read_stations`."""
    table = Rows(file, PACKAGE, "cell", "safety")
    rows = table.features()
    if not rows:
        table.tell("empty", "", "there is no cell.", "Write one at least.")
    table.finish()
    x, y = _placed(rows, projection)
    people = np.array([row["people"] for row in rows], dtype=np.float64)
    names, zones = _texts(rows, "name"), _texts(rows, "zone")
    return Cells(_texts(rows, "id"), names, zones, x, y, people), tuple(table.findings)


def read_lights(file: Path, projection: Projection) -> tuple[Lights, Found]:
    """Read circuits of street lights, drawn as lines; as `read_stations`."""
    table = Rows(file, PACKAGE, "lights", "safety")
    whole = table.document()
    if not isinstance(whole, dict) or not isinstance(whole.get("features"), list):
        table.tell("geojson", "", "it is no FeatureCollection.", "Save it as GeoJSON (RFC 7946).")
        raise InputError(table.findings)
    rows: list[dict[str, Any]] = []
    lines: list[FloatArray] = []
    of: list[int] = []
    for number, feature in enumerate(whole["features"], 1):
        place = f"feature {number}"
        given = feature.get("properties") if isinstance(feature, dict) else None
        if not isinstance(given, dict):
            table.tell("feature", place, "it has no properties.", "Give it id and lamps.")
            continue
        row = table.row({"id": feature.get("id"), **given}, place)
        try:
            parts = [_metres(part, projection) for part in _lines(feature.get("geometry"))]
        except (TypeError, ValueError):
            do = "Draw it as a LineString or MultiLineString."
            table.tell("geometry", row["place"], "its geometry is no line.", do)
            continue
        lines += parts
        of += [len(rows)] * len(parts)
        rows.append(row)
    table.finish()

    def column(name: str) -> FloatArray:
        return np.array([row[name] for row in rows], dtype=np.float64)

    first = np.concatenate([[0], np.cumsum([len(line) for line in lines])]).astype(np.int64)
    points = np.concatenate(lines) if lines else np.empty((0, 2))
    drawn = Shapes(np.array(of, dtype=np.int64), first, points[:, 0], points[:, 1])
    return Lights(
        ids=_texts(rows, "id"),
        names=_texts(rows, "name"),
        zones=_texts(rows, "zone"),
        lamps=column("lamps"),
        power=column("electricity_kw"),
        people=column("people"),
        dead=np.array([row["dead"] for row in rows], dtype=bool),
        lines=drawn,
    ), tuple(table.findings)


def no_lights() -> Lights:
    """The lights of a city that has no file of them."""
    none, nothing = np.empty(0), np.empty(0, dtype=np.int64)
    drawn = Shapes(nothing, np.zeros(1, dtype=np.int64), none, none)
    return Lights((), (), (), none, none, none, np.empty(0, dtype=bool), drawn)


def _texts(rows: list[dict[str, Any]], name: str) -> tuple[str, ...]:
    return tuple(row[name] or "" for row in rows)


def _placed(rows: list[dict[str, Any]], projection: Projection) -> tuple[FloatArray, FloatArray]:
    at = _projected(np.array([row["point"] for row in rows], dtype=np.float64), projection)
    return at[:, 0], at[:, 1]


def _projected(points: FloatArray, projection: Projection) -> FloatArray:
    """Points in metres; those within ± 180 and ± 90 are degrees (RFC 7946)."""
    if (np.abs(points) <= (180, 90)).all():
        return np.column_stack(projection.metres(points[:, 0], points[:, 1]))
    return points


def _lines(geometry: Any) -> Iterator[Any]:
    """Coordinates of each line of a geometry.

    Raises
    ------
    ValueError
        If it has none.
    """
    kind = geometry.get("type") if isinstance(geometry, Mapping) else None
    if kind not in ("LineString", "MultiLineString"):
        raise ValueError(kind)
    parts = geometry.get("coordinates")
    yield from [parts] if kind == "LineString" else parts


def _metres(line: Any, projection: Projection) -> FloatArray:
    points = np.array([part[:2] for part in line], dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != 2 or len(points) < 2:
        raise ValueError("no line")
    if not all(map(math.isfinite, points.ravel().tolist())):
        raise ValueError("a coordinate is no number")
    return _projected(points, projection)


def read_candidates(
    file: Path, projection: Projection
) -> tuple[tuple[str, ...], FloatArray, FloatArray, Found]:
    """Ids, places in m and costs of where sites could be; as `read_stations`."""
    table = Rows(file, PACKAGE, "point", "safety")
    rows = table.features()
    if not rows:
        table.tell("empty", "", "there is no candidate.", "Write one at least.")
    table.finish()
    cost = np.array([row["cost"] for row in rows], dtype=np.float64)
    return (
        _texts(rows, "id"),
        np.column_stack(_placed(rows, projection)),
        cost,
        tuple(table.findings),
    )
