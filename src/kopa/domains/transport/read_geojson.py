"""Reads GeoJSON: the stretch of a closure, and points."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kopa.errors import Finding, InputError
from kopa.model import FloatArray

LINES = {"LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
"""How deep the positions of a geometry lie."""


@dataclass(frozen=True)
class Points:
    """Named points.

    Parameters
    ----------
    names
        One each.
    lon, lat
        Degrees, shape (point,).
    """

    names: tuple[str, ...]
    lon: FloatArray
    lat: FloatArray


class _Reader:
    def __init__(self, file: Path, area: str) -> None:
        self.file, self._area = file, area
        self.findings: list[Finding] = []

    def wrong(self, code: str, what: str, do: str, place: str = "") -> None:
        name = f"transport.{self._area}-{code}"
        self.findings.append(Finding(name, what, do, file=str(self.file), place=place))

    def text(self) -> str | None:
        if not self.file.is_file():
            self.wrong("missing", "there is no such file.", "Check the path.")
            return None
        try:
            return self.file.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            what = f"byte {error.start} is not UTF-8."
            self.wrong("encoding", what, "Save the file as UTF-8.")
        except OSError as error:
            self.wrong("missing", f"it cannot be read: {error.strerror}.", "Check its rights.")
        return None

    def features(self, text: str) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
        """Place in the file, properties and geometry of each feature."""
        try:
            document = json.loads(text)
        except json.JSONDecodeError as error:
            self.wrong("json", f"{error.msg}.", "Correct the JSON.", f"line {error.lineno}")
            return
        except RecursionError:
            self.wrong("json", "it is nested too deep.", "Save it as GeoJSON (RFC 7946).")
            return
        kind = document.get("type") if isinstance(document, dict) else None
        if kind == "FeatureCollection" and isinstance(document.get("features"), list):
            features = document["features"]
        elif kind == "Feature":
            features = [document]
        elif isinstance(kind, str) and "coordinates" in document:
            features = [{"type": "Feature", "properties": {}, "geometry": document}]
        else:
            what = "it is neither a FeatureCollection, a Feature nor a geometry."
            self.wrong("geojson", what, "Save it as GeoJSON (RFC 7946).")
            return
        if not features:
            self.wrong("empty", "it has no feature.", "Draw something.")
        for number, feature in enumerate(features, 1):
            place = f"feature {number}"
            geometry = feature.get("geometry") if isinstance(feature, dict) else None
            if not isinstance(geometry, dict):
                self.wrong("geometry", "the feature has no geometry.", "Draw it again.", place)
                continue
            properties = feature.get("properties")
            yield place, properties if isinstance(properties, dict) else {}, geometry

    def position(self, given: Any, place: str) -> tuple[float, float] | None:
        """Longitude and latitude of a position."""
        good = isinstance(given, list) and len(given) >= 2
        if not good or not all(
            isinstance(part, int | float) and not isinstance(part, bool) for part in given[:2]
        ):
            self.wrong("position", f"{str(given)[:60]} is no position.", "Write [lon, lat].", place)
            return None
        lon, lat = float(given[0]), float(given[1])
        if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):
            what = f"{lon:g}, {lat:g} are no longitude and latitude."
            self.wrong("position", what, "GeoJSON is in degrees, WGS 84: [lon, lat].", place)
            return None
        return lon, lat

    def stop(self) -> None:
        """Raise what was found."""
        if self.findings:
            raise InputError(self.findings)


@dataclass(frozen=True)
class Stretch:
    """Lines and areas that are closed.

    Parameters
    ----------
    lines
        Lines as arrays of longitude and latitude, degrees, each of shape (point, 2).
    areas
        Outer rings of areas, likewise.
    """

    lines: tuple[FloatArray, ...]
    areas: tuple[FloatArray, ...] = ()


def read_stretch(file: Path) -> Stretch:
    """Read the stretch of a closure: lines along streets, or areas.

    Parameters
    ----------
    file
        GeoJSON: LineString, MultiLineString, Polygon or MultiPolygon, in features or alone.

    Raises
    ------
    InputError
        With all findings.
    """
    reader = _Reader(file, "stretch")
    text = reader.text()
    lines: list[FloatArray] = []
    areas: list[FloatArray] = []
    if text is not None:
        for place, _, geometry in reader.features(text):
            kind = geometry.get("type")
            if kind not in LINES:
                what = f"its geometry is a {kind}."
                reader.wrong("geometry", what, "Draw a line along the street.", place)
                continue
            target = areas if "Polygon" in str(kind) else lines
            target += _parts(reader, geometry.get("coordinates"), LINES[str(kind)], place)
    reader.stop()
    return Stretch(tuple(lines), tuple(areas))


def _parts(reader: _Reader, given: Any, depth: int, place: str) -> list[FloatArray]:
    if not isinstance(given, list) or not given:
        reader.wrong("geometry", "its coordinates are no list.", "Draw it again.", place)
        return []
    if depth > 1:
        return [part for inner in given for part in _parts(reader, inner, depth - 1, place)]
    found = [reader.position(one, place) for one in given]
    if None in found:
        return []
    line = np.array(found, dtype=np.float64)
    if len(line) < 2 or not np.ptp(line, axis=0).any():
        reader.wrong("geometry", "a line needs two points or more.", "Draw it again.", place)
        return []
    return [line]


def read_points(file: Path) -> Points:
    """Read points from GeoJSON, or from CSV with the columns ``lon`` and ``lat``.

    Parameters
    ----------
    file
        The file; a column or property ``id`` or ``name`` names the points.

    Raises
    ------
    InputError
        With all findings.
    """
    reader = _Reader(file, "points")
    text = reader.text()
    found: list[tuple[str, tuple[float, float] | None]] = []
    if text is not None:
        rows = _csv_points if file.suffix.lower() in (".csv", ".txt") else _json_points
        found = list(rows(reader, text))
        if not found and not reader.findings:
            reader.wrong("empty", "it has no point.", "Add some.")
    reader.stop()
    places = np.array([at for _, at in found], dtype=np.float64).reshape(-1, 2)
    return Points(tuple(name for name, _ in found), places[:, 0], places[:, 1])


def _csv_points(reader: _Reader, text: str) -> Iterator[tuple[str, tuple[float, float] | None]]:
    table = csv.DictReader(text.splitlines())
    heads = [head.strip().lower() for head in table.fieldnames or []]
    table.fieldnames = heads
    names = {"lon": ("lon", "longitude", "x"), "lat": ("lat", "latitude", "y")}
    at = {key: next((n for n in of if n in heads), "") for key, of in names.items()}
    if not all(at.values()):
        what = "the columns 'lon' and 'lat' are missing."
        reader.wrong("column", what, "Name them in the first line.", "line 1")
        return
    for number, row in enumerate(table, 1):
        place = f"line {table.line_num}"
        try:
            given: Any = [float(row[at["lon"]] or ""), float(row[at["lat"]] or "")]
        except (TypeError, ValueError):
            given = [row[at["lon"]], row[at["lat"]]]
        yield row.get("id") or row.get("name") or str(number), reader.position(given, place)


def _json_points(reader: _Reader, text: str) -> Iterator[tuple[str, tuple[float, float] | None]]:
    for number, (place, properties, geometry) in enumerate(reader.features(text), 1):
        if geometry.get("type") != "Point":
            what = f"its geometry is a {geometry.get('type')}."
            reader.wrong("geometry", what, "Draw a point.", place)
            continue
        name = properties.get("id") or properties.get("name") or str(number)
        yield str(name), reader.position(geometry.get("coordinates"), place)
