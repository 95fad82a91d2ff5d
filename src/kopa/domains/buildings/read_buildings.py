"""Reads buildings from GeoJSON, and the units that their point maps name."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domain.attributes import Attribute, attributes
from kopa.errors import Finding, InputError, Severity, stopping
from kopa.model import Assets, FloatArray

from .network import BUILDING, HEATINGS, UNIT, Buildings
from .points import PACKAGE
from .read_map import read_map


class _Reader:
    """A file's features as checked rows, with findings."""

    def __init__(self, file: Path) -> None:
        self.file, self.findings = file, list[Finding]()
        self.rows: list[dict[str, Any]] = []
        self.at: list[tuple[float, float]] = []
        self.units: list[tuple[int, str]] = []
        self._seen: dict[str, str] = {}
        self._taken: dict[str, int] = {}

    def tell(
        self, code: str, what: str, do: str, place: str = "", severity: Severity = "error"
    ) -> None:
        self.findings.append(
            Finding(f"buildings.{code}", what, do, severity, str(self.file), place)
        )

    def features(self) -> list[Any]:
        try:
            whole = json.loads(self.file.read_bytes().decode("utf-8-sig"))
        except OSError as error:
            self.tell("no-file", f"cannot read it: {error.strerror}.", "Check the path.")
        except UnicodeDecodeError as error:
            self.tell("encoding", f"byte {error.start} is not UTF-8.", "Save the file as UTF-8.")
        except (ValueError, RecursionError) as error:
            self.tell("json", f"it is no JSON: {str(error)[:80]}.", "Write the file again.")
        else:
            found = whole.get("features") if isinstance(whole, dict) else None
            if isinstance(found, list) and found:
                return found
            self.tell("geojson", "it has no features.", "Save buildings as GeoJSON (RFC 7946).")
        return []

    def feature(self, feature: Any, place: str) -> None:
        """Check one feature, and keep it."""
        properties = feature.get("properties") if isinstance(feature, dict) else None
        if not isinstance(properties, dict):
            self.tell("feature", "it has no properties.", "Give it id, heating and heat.", place)
            return
        given = {"id": feature.get("id"), **properties}
        if given["id"]:
            place = f"{place} ({given['id']})"
        at = _point(feature.get("geometry"))
        if at is None:
            self.tell("geometry", "its geometry is no Point.", "Draw it as a Point.", place)
        table = [one for one in attributes(PACKAGE) if one.table == "building"]
        for key in sorted(set(given) - {one.name for one in table}):
            do = "It is not read; see the table of attributes for what is."
            self.tell("unknown", f"'{key}' is unknown.", do, place, "warning")
        row = {one.name: self._value(one, given.get(one.name), place) for one in table}
        self._check(row, place)
        if row["points"]:
            self._points(row["points"], place)
        self.rows.append(row)
        self.at.append(at or (math.nan, math.nan))

    def _check(self, row: Mapping[str, Any], place: str) -> None:
        name = row["id"]
        if name and name in self._seen:
            what = f"the id '{name}' stands in {self._seen[name]} already."
            self.tell("duplicate", what, "Give each an id of its own.", place)
        if name and "/" in name:
            what, do = (
                f"the id '{name}' has a stroke.",
                "Units are named building/unit: leave it out.",
            )
            self.tell("id", what, do, place)
        self._seen.setdefault(name, place)
        if row["heating"] and row["heating"] not in HEATINGS:
            do = f"Use one of: {', '.join(HEATINGS)}."
            self.tell("heating", f"heating is '{row['heating']}'.", do, place)
        if row["efficiency"] > 1.2 and row["heating"] != "electricity":
            do = "Only a heat pump, whose heating is electricity, gives more heat than it uses."
            self.tell("efficiency", f"efficiency is {row['efficiency']:g}.", do, place)
        if row["cold_c"] >= row["setpoint_c"]:
            what = f"cold_c is {row['cold_c']:g} °C and setpoint_c {row['setpoint_c']:g} °C."
            self.tell("cold", what, "A heated building must be warmer than a cold one.", place)

    def _points(self, name: str, place: str) -> None:
        try:
            found, told = read_map(self.file.parent / name)
        except InputError as error:
            self.findings += error.findings
            return
        self.findings += told
        self.units += [(len(self.rows), one.id) for one in found.equipment]

    def _value(self, attribute: Attribute, given: Any, place: str) -> Any:
        if given is None or given == "":
            if attribute.must:
                unit = f", {attribute.unit}" if attribute.unit else ""
                do = f"{attribute.description}{unit}."
                self.tell("missing", f"'{attribute.name}' is missing.", do, place)
                return "" if attribute.type == "text" else math.nan
            if attribute.required == "expected":
                self._taken[attribute.name] = self._taken.get(attribute.name, 0) + 1
            return attribute.value(None) if attribute.type != "text" else attribute.default
        if attribute.type == "number":
            good = isinstance(given, int | float) and not isinstance(given, bool)
            if good and attribute.low <= given <= attribute.high:
                return float(given)
            wanted = f"a number from {attribute.low:g} to {attribute.high:g} {attribute.unit}"
        elif attribute.type == "flag":
            if isinstance(given, bool):
                return given
            wanted = "true or false"
        else:
            return str(given)
        do = f"Write {wanted.strip()}: {attribute.description}."
        self.tell("value", f"{attribute.name} is {str(given)[:60]!r}.", do, place)
        return math.nan

    def tell_taken(self) -> None:
        """Tell which defaults were taken that somebody should look at."""
        for name, count in sorted(self._taken.items()):
            (one,) = (a for a in attributes(PACKAGE) if (a.table, a.name) == ("building", name))
            what = f"{name} is not given in {count} of {len(self.rows)} buildings; "
            what += f"{one.default} {one.unit}".strip() + " is taken."
            self.tell("assumed", what, "Write what holds.", name, "warning")


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
    reader = _Reader(file)
    for number, feature in enumerate(reader.features(), 1):
        reader.feature(feature, f"feature {number}")
    if stopping(reader.findings):
        raise InputError(reader.findings)
    reader.tell_taken()
    return _buildings(reader, outdoor), tuple(reader.findings)


def _point(geometry: Any) -> tuple[float, float] | None:
    if not isinstance(geometry, dict) or geometry.get("type") != "Point":
        return None
    try:
        x, y = (float(value) for value in geometry["coordinates"][:2])
    except (KeyError, TypeError, ValueError):
        return None
    return (x, y) if math.isfinite(x) and math.isfinite(y) else None


def _buildings(reader: _Reader, outdoor: float) -> Buildings:
    rows, units = reader.rows, reader.units

    def column(name: str, scale: float = 1.0) -> FloatArray:
        return np.array([row[name] for row in rows], dtype=np.float64) * scale

    owners = [owner for owner, _ in units]
    at = np.array([*reader.at, *(reader.at[owner] for owner in owners)])
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
