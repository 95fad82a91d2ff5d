"""Reads places from GeoJSON and CSV, and tells all that is wrong with them."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domain.attributes import Attribute, attributes
from kopa.engine_opening_hours import problem
from kopa.errors import Finding, InputError, stopping

from .network import CRITICAL, STORED, Places

PACKAGE = "kopa.domains.places"
_TRUE, _FALSE = {"true", "yes", "1"}, {"false", "no", "0"}


@dataclass(frozen=True)
class _Row:
    """One place as a file has it, and where it stands there."""

    file: str
    place: str
    values: Mapping[str, Any]


def read_places(folder: Path, patterns: Sequence[str]) -> tuple[Places, tuple[Finding, ...]]:
    """Read all files of places.

    Parameters
    ----------
    folder
        The city's folder.
    patterns
        Files, or patterns of files, below it.

    Returns
    -------
    tuple
        The places, and findings that do not stop the work.

    Raises
    ------
    InputError
        With all findings, if the places cannot be used.
    """
    findings: list[Finding] = []
    rows: list[_Row] = []
    for pattern in patterns:
        found = sorted(folder.glob(pattern)) if not Path(pattern).is_absolute() else [Path(pattern)]
        if not any(file.is_file() for file in found):
            findings.append(
                Finding(
                    "places.missing",
                    f"no file answers to '{pattern}'.",
                    "Check the path in [places] of city.toml.",
                    file=str(folder / pattern),
                )
            )
        for file in found:
            if file.is_file():
                rows += _read(file, findings)
    table = _Table(findings)
    columns = [table.checked(row) for row in rows]
    table.unique(rows)
    if stopping(findings):
        raise InputError(findings)
    if not rows:
        raise InputError([*findings, Finding("places.empty", "there are no places.", "Add some.")])
    return _places(columns), tuple(findings)


def _read(file: Path, findings: list[Finding]) -> list[_Row]:
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        findings.append(
            Finding(
                "places.encoding",
                f"byte {error.start} is not UTF-8.",
                "Save the file as UTF-8.",
                file=str(file),
            )
        )
        return []
    if file.suffix.lower() == ".csv":
        return list(_csv_rows(file, text, findings))
    return list(_geojson_rows(file, text, findings))


def _csv_rows(file: Path, text: str, findings: list[Finding]) -> Iterator[_Row]:
    reader = csv.DictReader(text.splitlines(), restkey="")
    known = {a.name for a in attributes(PACKAGE) if a.table == "place"}
    heads = reader.fieldnames or []
    lost = [a.name for a in attributes(PACKAGE) if a.must and a.table == "place"]
    findings += [
        Finding(
            "places.missing-column",
            f"the column '{name}' is missing.",
            f"The first line must name the columns: {', '.join(lost)} and others.",
            file=str(file),
            place="line 1",
        )
        for name in lost
        if name not in heads
    ]
    findings += [
        Finding(
            "places.unknown-column",
            f"the column '{name}' is unknown and not read.",
            f"Known are {', '.join(sorted(known))} and group:<name>.",
            "warning",
            str(file),
            "line 1",
        )
        for name in heads
        if name not in known and not name.startswith("group:")
    ]
    for row in reader:
        if row.get(""):
            findings.append(
                Finding(
                    "places.row",
                    f"the row has {len(row[''])} cells more than the first line.",
                    "Put cells that hold a comma in quotes.",
                    file=str(file),
                    place=f"line {reader.line_num}",
                )
            )
            continue
        values: dict[str, Any] = {k: v for k, v in row.items() if v not in (None, "")}
        values["groups"] = {
            name.removeprefix("group:"): value
            for name, value in values.items()
            if name.startswith("group:")
        }
        yield _Row(str(file), f"line {reader.line_num}", values)


def _geojson_rows(file: Path, text: str, findings: list[Finding]) -> Iterator[_Row]:
    def wrong(code: str, what: str, do: str, place: str = "") -> None:
        findings.append(Finding(f"places.{code}", what, do, file=str(file), place=place))

    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        wrong("json", f"{error.msg}.", "Correct the JSON.", f"line {error.lineno}")
        return
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection":
        wrong("geojson", "it is no FeatureCollection.", "Save it as GeoJSON (RFC 7946).")
        return
    features = document.get("features")
    if not isinstance(features, list):
        wrong("geojson", "'features' is no list.", "Save it as GeoJSON (RFC 7946).")
        return
    for number, feature in enumerate(features):
        place = f"feature {number + 1}"
        if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict):
            wrong("feature", "the feature has no properties.", "Give it id and people.", place)
            continue
        middle = _middle(feature.get("geometry"))
        if middle is None:
            wrong(
                "geometry",
                "the feature has no geometry that gives a place.",
                "Give it a Point, or a Polygon with numbers as coordinates.",
                place,
            )
            continue
        values = {k: v for k, v in feature["properties"].items() if v is not None}
        values.setdefault("id", feature.get("id", ""))
        yield _Row(str(file), place, {**values, "x": middle[0], "y": middle[1]})


def _middle(geometry: Any) -> tuple[float, float] | None:
    """Mean of a geometry's points; None if it has none."""
    if not isinstance(geometry, dict):
        return None
    points = list(_points(geometry.get("coordinates")))
    if not points:
        return None
    if len(points) > 1 and points[0] == points[-1]:
        points.pop()  # a ring names its first point twice
    x = sum(point[0] for point in points) / len(points)
    y = sum(point[1] for point in points) / len(points)
    return (x, y) if math.isfinite(x) and math.isfinite(y) else None


def _points(coordinates: Any) -> Iterator[tuple[float, float]]:
    if not isinstance(coordinates, list):
        return
    if len(coordinates) >= 2 and all(
        isinstance(c, int | float) and not isinstance(c, bool) for c in coordinates
    ):
        yield float(coordinates[0]), float(coordinates[1])
        return
    for part in coordinates:
        yield from _points(part)


class _Table:
    """Checks rows against the attribute table."""

    def __init__(self, findings: list[Finding]) -> None:
        self._findings = findings
        self._attributes = {a.name: a for a in attributes(PACKAGE) if a.table == "place"}
        self._hours: dict[str, str] = {}

    def checked(self, row: _Row) -> dict[str, Any]:
        """Values of a row in their types, defaults filled in."""
        values = {
            name: self._value(row, attribute)
            for name, attribute in self._attributes.items()
            if name != "groups"
        }
        values["groups"] = self._groups(row)
        if values["critical"] is None:
            values["critical"] = values["kind"] in CRITICAL
        hours = str(values["opening_hours"])
        if hours not in self._hours:
            self._hours[hours] = problem(hours)
        if self._hours[hours]:
            self._wrong(
                row,
                "opening-hours",
                f"opening_hours '{hours}' cannot be read: {self._hours[hours]}.",
                "Write them as OpenStreetMap does, such as 'Mo-Fr 08:00-18:00'.",
            )
        return values

    def unique(self, rows: Sequence[_Row]) -> None:
        """Findings for ids that stand twice."""
        first: dict[str, _Row] = {}
        for row in rows:
            key = str(row.values.get("id", ""))
            if key and key in first:
                self._wrong(
                    row,
                    "duplicate",
                    f"the id '{key}' stands in {first[key].file}, {first[key].place} already.",
                    "Give each place an id of its own.",
                )
            first.setdefault(key, row)

    def _wrong(self, row: _Row, code: str, what: str, do: str) -> None:
        self._findings.append(Finding(f"places.{code}", what, do, file=row.file, place=row.place))

    def _value(self, row: _Row, attribute: Attribute) -> Any:
        given = row.values.get(attribute.name)
        if given is None or given == "":
            if attribute.must:
                self._wrong(
                    row, "missing-value", f"'{attribute.name}' is missing.", attribute.description
                )
            return attribute.value(None)
        if attribute.type == "number":
            return self._number(row, attribute, given)
        if attribute.type == "flag":
            return self._flag(row, attribute, given)
        return str(given)

    def _number(self, row: _Row, attribute: Attribute, given: Any) -> float:
        try:
            value = float(given) if not isinstance(given, bool) else math.nan
        except (TypeError, ValueError):
            value = math.nan
        if not attribute.low <= value <= attribute.high or math.isinf(value):
            limits = ""
            if math.isfinite(attribute.low):
                limits = f" from {attribute.low:g} to {attribute.high:g} {attribute.unit}".rstrip()
            self._wrong(
                row,
                "number",
                f"{attribute.name} is {str(given)[:60]!r}.",
                f"Write a number{limits}.",
            )
        return value

    def _flag(self, row: _Row, attribute: Attribute, given: Any) -> bool:
        text = str(given).strip().lower()
        if text not in _TRUE | _FALSE:
            self._wrong(
                row, "flag", f"{attribute.name} is {str(given)[:60]!r}.", "Write true or false."
            )
        return text in _TRUE

    def _groups(self, row: _Row) -> dict[str, float]:
        given = row.values.get("groups", {})
        if not isinstance(given, Mapping):
            self._wrong(
                row, "groups", "groups is no table of numbers.", 'Write {"0-14": 12, "15-64": 30}.'
            )
            return {}
        attribute = self._attributes["groups"]
        return {str(name): self._number(row, attribute, value) for name, value in given.items()}


def _places(rows: Sequence[Mapping[str, Any]]) -> Places:
    def column(name: str) -> Any:
        return np.array([row[name] for row in rows], dtype=np.float64)

    def text(name: str) -> tuple[str, ...]:
        return tuple(row[name] or "" for row in rows)

    groups = sorted({name for row in rows for name in row["groups"]})
    return Places(
        ids=text("id"),
        kinds=text("kind"),
        names=text("name"),
        zones=text("zone"),
        x=column("x"),
        y=column("y"),
        people=column("people"),
        customers=column("customers"),
        critical=np.array([row["critical"] for row in rows], dtype=bool),
        opening_hours=text("opening_hours"),
        buffers_h={service: column(f"{service}_buffer_h") for service in STORED},
        heater_kw=column("heater_kw"),
        groups={name: np.array([row["groups"].get(name, 0.0) for row in rows]) for name in groups},
    )
