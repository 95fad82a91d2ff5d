"""Reads bases, shelters and cells from GeoJSON, and tells all that is wrong with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from kopa.domain.rows import Rows
from kopa.errors import Finding
from kopa.geo.project import Projection
from kopa.model import BoolArray, FloatArray

from .network import PACKAGE, UNITS, Bases, Cells, Shelters

Found = tuple[Finding, ...]


def read_bases(file: Path, projection: Projection) -> tuple[Bases, Found]:
    """Read bases of units.

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
    table = Rows(file, PACKAGE, "base", "emergency")
    rows = table.features()
    for row in rows:
        if row["kind"] and row["kind"] not in UNITS:
            what = f"'{row['kind']}' is no kind of unit."
            table.tell("kind", row["place"], what, f"Write one of {', '.join(UNITS)}.")
        units = row["units"]
        if np.isfinite(units) and units != round(units):
            what = f"it has {units:g} units."
            table.tell("units", row["place"], what, "Write a whole number.")
    if not any(row["kind"] == UNITS[0] for row in rows):
        what = "there is no base of ambulances, so nobody's help is known."
        table.tell("empty", "", what, "Write one at least.")
    table.finish()
    x, y = _placed(rows, projection)
    return Bases(
        ids=_texts(rows, "id"),
        kinds=_texts(rows, "kind"),
        names=_texts(rows, "name"),
        zones=_texts(rows, "zone"),
        x=x,
        y=y,
        units=_column(rows, "units"),
        turnout=_column(rows, "turnout_s"),
        wired=_flags(rows, "needs_electricity"),
        backup=_column(rows, "backup_h"),
    ), tuple(table.findings)


def read_shelters(file: Path, projection: Projection) -> tuple[Shelters, Found]:
    """Read shelters; as `read_bases`."""
    table = Rows(file, PACKAGE, "shelter", "emergency")
    rows = table.features()
    table.finish()
    x, y = _placed(rows, projection)
    return Shelters(
        ids=_texts(rows, "id"),
        names=_texts(rows, "name"),
        zones=_texts(rows, "zone"),
        x=x,
        y=y,
        places=_column(rows, "places"),
        wired=_flags(rows, "needs_electricity"),
        backup=_column(rows, "backup_h"),
    ), tuple(table.findings)


def no_shelters() -> Shelters:
    """The shelters of a city that has no file of them."""
    none, never = np.empty(0), np.empty(0, dtype=bool)
    return Shelters((), (), (), none, none, none, never, none)


def read_cells(file: Path, projection: Projection) -> tuple[Cells, Found]:
    """Read where people are; as `read_bases`."""
    table = Rows(file, PACKAGE, "cell", "emergency")
    rows = table.features()
    if not rows:
        table.tell("empty", "", "there is no cell.", "Write one at least.")
    table.finish()
    x, y = _placed(rows, projection)
    names, zones = _texts(rows, "name"), _texts(rows, "zone")
    people = _column(rows, "people")
    return Cells(_texts(rows, "id"), names, zones, x, y, people), tuple(table.findings)


def _texts(rows: list[dict[str, Any]], name: str) -> tuple[str, ...]:
    return tuple(row[name] or "" for row in rows)


def _column(rows: list[dict[str, Any]], name: str) -> FloatArray:
    return np.array([row[name] for row in rows], dtype=np.float64)


def _flags(rows: list[dict[str, Any]], name: str) -> BoolArray:
    return np.array([row[name] for row in rows], dtype=bool)


def _placed(rows: list[dict[str, Any]], projection: Projection) -> tuple[FloatArray, FloatArray]:
    """Places in metres; those within ± 180 and ± 90 are degrees (RFC 7946)."""
    points = np.array([row["point"] for row in rows], dtype=np.float64).reshape(-1, 2)
    if (np.abs(points) <= (180, 90)).all():
        return projection.metres(points[:, 0], points[:, 1])
    return points[:, 0], points[:, 1]
