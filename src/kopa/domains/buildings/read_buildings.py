"""Reads buildings from GeoJSON, and the units that their point maps name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domain.rows import Rows
from kopa.errors import Finding, InputError
from kopa.model import Assets, FloatArray

from .network import BUILDING, HEATINGS, UNIT, Buildings
from .points import PACKAGE
from .read_map import read_map


def read_buildings(file: Path, outdoor: float) -> tuple[Buildings, tuple[Finding, ...]]:
    """Read buildings.

    Parameters
    ----------
    file
        GeoJSON: points with the attributes of the table ``building``.
    outdoor
        Outdoor temperature of a usual day, °C.

    Returns
    -------
    tuple
        The buildings, and what was assumed in reading them.

    Raises
    ------
    InputError
        With all that is wrong.
    """
    reader = Rows(file, PACKAGE, BUILDING, "buildings")
    rows = reader.features()
    if not rows and not reader.findings:
        do = "Save buildings as GeoJSON (RFC 7946)."
        reader.tell("geojson", "", "it has no features.", do)
    units: list[tuple[int, str]] = []
    for number, row in enumerate(rows):
        _check(reader, row)
        if row["points"]:
            units += [(number, name) for name in _points(reader, row)]
    reader.finish()
    return _buildings(rows, units, outdoor), tuple(reader.findings)


def _check(reader: Rows, row: Mapping[str, Any]) -> None:
    """Tell what cannot hold together."""
    name, place = row["id"], row["place"]
    if "/" in name:
        do = "Units are named building/unit: leave it out."
        reader.tell("id", place, f"the id '{name}' has a stroke.", do)
    if row["heating"] and row["heating"] not in HEATINGS:
        do = f"Use one of: {', '.join(HEATINGS)}."
        reader.tell("heating", place, f"heating is '{row['heating']}'.", do)
    if row["efficiency"] > 1.2 and row["heating"] != "electricity":
        do = "Only a heat pump, whose heating is electricity, gives more heat than it uses."
        reader.tell("efficiency", place, f"efficiency is {row['efficiency']:g}.", do)
    if row["cold_c"] >= row["setpoint_c"]:
        what = f"cold_c is {row['cold_c']:g} °C and setpoint_c {row['setpoint_c']:g} °C."
        reader.tell("cold", place, what, "A heated building must be warmer than a cold one.")


def _points(reader: Rows, row: Mapping[str, Any]) -> list[str]:
    """Units that a building's map of points names."""
    try:
        found, told = read_map(reader.path.parent / row["points"])
    except InputError as error:
        reader.findings += error.findings
        return []
    reader.findings += told
    return [one.id for one in found.equipment]


def _buildings(
    rows: Sequence[Mapping[str, Any]], units: Sequence[tuple[int, str]], outdoor: float
) -> Buildings:

    def column(name: str, scale: float = 1.0) -> FloatArray:
        return np.array([row[name] for row in rows], dtype=np.float64) * scale

    owners = [owner for owner, _ in units]
    points = [row["point"] for row in rows]
    at = np.array([*points, *(points[owner] for owner in owners)])
    blank = np.zeros(len(units))
    assets = Assets(
        domain="buildings",
        ids=(*(row["id"] for row in rows), *(f"{rows[o]['id']}/{name}" for o, name in units)),
        kinds=(BUILDING,) * len(rows) + (UNIT,) * len(units),
        names=(*(row["name"] for row in rows), *(name for _, name in units)),
        x=at[:, 0],
        y=at[:, 1],
        people=np.append(column("people"), blank),
        customers=np.append(column("customers"), blank),
        zones=(*(row["zone"] for row in rows), *(rows[owner]["zone"] for owner in owners)),
    )
    loss = column("loss_w_k")
    return Buildings(
        assets=assets,
        heatings=tuple(row["heating"] for row in rows),
        loss=loss,
        capacity=loss * column("time_constant_h", 3600.0),
        setpoint=column("setpoint_c"),
        cold=column("cold_c"),
        gain=column("gain_kw", 1000.0),
        most=column("max_heat_kw", 1000.0),
        efficiency=column("efficiency"),
        base=column("base_kw", 1000.0),
        pump=column("pump_kw", 1000.0),
        needs_electricity=np.array([row["needs_electricity"] for row in rows], dtype=bool),
        outdoor=outdoor,
    )
