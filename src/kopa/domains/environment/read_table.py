"""Rows of GeoJSON and CSV files, with their geometry, checked against the attribute tables."""

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
from kopa.errors import Finding
from kopa.model import FloatArray

PACKAGE = "kopa.domains.environment"
GEOMETRY = {
    "river": ("LineString",),
    "zone": ("Polygon", "MultiPolygon", "Point"),
}
"""Geometries that a kind may have; a point for all others."""
_DEPTH = {"Point": 0, "LineString": 1, "Polygon": 2, "MultiPolygon": 3}


@dataclass(frozen=True)
class Row:
    """One thing of a file.

    Parameters
    ----------
    kind
        ``river``, ``bathing``, …
    file, place
        Where it stands.
    values
        Its attributes, checked, defaults filled in.
    parts
        Its lines, rings or point: arrays of shape (point, 2), m.
    """

    kind: str
    file: str
    place: str
    values: Mapping[str, Any]
    parts: tuple[FloatArray, ...]


class Table:
    """Reads rows, and keeps what is wrong with them.

    Parameters
    ----------
    findings
        What is wrong is added here.
    """

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        self.kinds: dict[str, dict[str, Attribute]] = {}
        for one in attributes(PACKAGE):
            if one.table != "setting":
                self.kinds.setdefault(one.table, {})[one.name] = one
        self._taken: dict[tuple[str, str, str], int] = {}

    def wrong(self, code: str, what: str, do: str, file: str = "", place: str = "") -> None:
        """Add a finding that stops the work."""
        self.findings.append(Finding(f"environment.{code}", what, do, file=file, place=place))

    def read(self, folder: Path, patterns: Sequence[str]) -> list[Row]:
        """Rows of all files that answer to the patterns, those without a finding."""
        rows: list[Row] = []
        for pattern in patterns:
            absolute = Path(pattern).is_absolute()
            found = [Path(pattern)] if absolute else sorted(folder.glob(pattern))
            found = [file for file in found if file.is_file()]
            if not found:
                what = f"no file answers to '{pattern}'."
                self.wrong("missing", what, "Check the path.", str(folder / pattern))
            for file in found:
                rows += self._file(file)
        self._unique(rows)
        self._told()
        return rows

    def _file(self, file: Path) -> Iterator[Row]:
        try:
            text = file.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            what = f"byte {error.start} is not UTF-8."
            self.wrong("encoding", what, "Save the file as UTF-8.", str(file))
            return
        except OSError as error:
            what = f"it cannot be read: {error.strerror}."
            self.wrong("missing", what, "Check its rights.", str(file))
            return
        raw = self._csv if file.suffix.lower() == ".csv" else self._geojson
        for place, values, geometry in raw(str(file), text):
            row = self._row(str(file), place, values, geometry)
            if row is not None:
                yield row

    def _csv(self, file: str, text: str) -> Iterator[tuple[str, dict[str, Any], Any]]:
        reader = csv.DictReader(text.splitlines(), restkey="")
        lost = [n for n in ("kind", "id", "x", "y") if n not in (reader.fieldnames or ())]
        if lost:
            what = f"columns are missing: {', '.join(lost)}."
            self.wrong("column", what, "Name them in the first line.", file, "line 1")
            return
        for row in reader:
            place = f"line {reader.line_num}"
            if row.get(""):
                what = "the row has more cells than the first line."
                self.wrong("row", what, "Put cells that hold a comma in quotes.", file, place)
                continue
            values: dict[str, Any] = {k: v for k, v in row.items() if v not in (None, "")}
            at = [_number(values.pop(name, None)) for name in ("x", "y")]
            yield place, values, {"type": "Point", "coordinates": at}

    def _geojson(self, file: str, text: str) -> Iterator[tuple[str, dict[str, Any], Any]]:
        try:
            document = json.loads(text)
        except json.JSONDecodeError as error:
            where = f"line {error.lineno}"
            self.wrong("json", f"{error.msg}.", "Correct the JSON.", file, where)
            return
        except RecursionError:
            self.wrong("json", "it is nested too deep.", "Save it as GeoJSON (RFC 7946).", file)
            return
        features = document.get("features") if isinstance(document, dict) else None
        if not isinstance(features, list) or document.get("type") != "FeatureCollection":
            what = "it is no FeatureCollection."
            self.wrong("geojson", what, "Save it as GeoJSON (RFC 7946).", file)
            return
        for number, feature in enumerate(features, 1):
            place = f"feature {number}"
            given = feature.get("properties") if isinstance(feature, dict) else None
            if not isinstance(given, dict):
                what = "the feature has no properties."
                self.wrong("feature", what, "Give it kind and id.", file, place)
                continue
            values = {name: value for name, value in given.items() if value not in (None, "")}
            values.setdefault("id", feature.get("id"))
            yield place, values, feature.get("geometry")

    def _row(self, file: str, place: str, given: dict[str, Any], geometry: Any) -> Row | None:
        kind = str(given.get("kind", ""))
        known = self.kinds.get(kind)
        if known is None:
            what = f"the kind '{kind}' is unknown." if kind else "'kind' is missing."
            self.wrong("kind", what, f"Write one of: {', '.join(self.kinds)}.", file, place)
            return None
        before = len(self.findings)
        values = {n: self._value(one, given.get(n), file, place) for n, one in known.items()}
        parts = self._parts(kind, geometry, file, place)
        if len(self.findings) > before:
            return None
        return Row(kind, file, place, values, parts)

    def _value(self, attribute: Attribute, given: Any, file: str, place: str) -> Any:
        name = attribute.name
        if given is None:
            if attribute.must:
                do = attribute.description + "."
                self.wrong("missing-value", f"'{name}' is missing.", do, file, place)
            elif attribute.required == "expected":
                key = (file, attribute.table, name)
                self._taken[key] = self._taken.get(key, 0) + 1
            found = attribute.value(None)
            return math.nan if found is None and attribute.type == "number" else found
        if attribute.type != "number":
            return str(given)
        value = _number(given)
        if not attribute.low <= value <= attribute.high:
            what = f"{name} is {str(given)[:60]!r}."
            limits = f"from {attribute.low:g} to {attribute.high:g} {attribute.unit}".rstrip()
            self.wrong("number", what, f"Write a number {limits}.", file, place)
        return value

    def _parts(self, kind: str, geometry: Any, file: str, place: str) -> tuple[FloatArray, ...]:
        allowed = GEOMETRY.get(kind, ("Point",))
        of = geometry.get("type") if isinstance(geometry, dict) else None
        if of not in allowed:
            what = f"the geometry is {of or 'missing'}."
            do = f"Draw a {kind} as {' or '.join(allowed)}."
            self.wrong("geometry", what, do, file, place)
            return ()
        parts = _arrays(geometry.get("coordinates"), _DEPTH[str(of)])
        short = of == "LineString" and any(not np.ptp(part, axis=0).any() for part in parts)
        if not parts or short:
            what = "its coordinates are no numbers, or too few."
            self.wrong("geometry", what, "Draw it again, in the city's CRS.", file, place)
            return ()
        return tuple(parts)

    def _unique(self, rows: Sequence[Row]) -> None:
        first: dict[str, Row] = {}
        for row in rows:
            other = first.setdefault(row.values["id"], row)
            if other is not row:
                what = f"the id '{row.values['id']}' stands in {other.file}, {other.place} already."
                self.wrong("duplicate", what, "Give each an id of its own.", row.file, row.place)

    def _told(self) -> None:
        for (file, kind, name), many in self._taken.items():
            default = self.kinds[kind][name]
            what = f"'{name}' is missing {many} times and taken as {default.default}."
            self.findings.append(
                Finding(
                    f"environment.default-{name}",
                    what,
                    f"Give it in {default.unit}: {default.description.lower()}.",
                    "warning",
                    file,
                )
            )


def _number(given: Any) -> float:
    try:
        value = float(given) if not isinstance(given, bool) and given is not None else math.nan
    except (TypeError, ValueError):
        return math.nan
    return value if math.isfinite(value) else math.nan


def _arrays(given: Any, depth: int) -> list[FloatArray]:
    """Arrays of points of coordinates that lie `depth` lists deep; none where they are wrong."""
    if depth == 0:
        given = [given]
    elif depth > 1:
        if not isinstance(given, list):
            return []
        found = [_arrays(part, depth - 1) for part in given]
        return [] if not all(found) else [array for part in found for array in part]
    if not isinstance(given, list) or not given:
        return []
    points = []
    for one in given:
        if not isinstance(one, list) or len(one) < 2:
            return []
        points.append([_number(part) for part in one[:2]])
    array = np.array(points, dtype=np.float64)
    return [array] if np.isfinite(array).all() else []
