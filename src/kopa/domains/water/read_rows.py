"""Reads rows with values and perhaps a place, from CSV or GeoJSON."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kopa.errors import Finding, InputError, Severity


@dataclass(frozen=True)
class Row:
    """One row of a file.

    Parameters
    ----------
    place
        Where it stands in the file.
    values
        Its values as text, by lower-case name; empty ones are left out.
    point
        Its place, in the coordinates of the file; None where it has none.
    """

    place: str
    values: Mapping[str, str]
    point: tuple[float, float] | None = None

    def first(self, *names: str) -> str:
        """The first of these values that is there, empty for none."""
        return next((self.values[name] for name in names if name in self.values), "")


class Rows:
    """The rows of a file, and what is wrong with it.

    Parameters
    ----------
    file
        CSV, or GeoJSON where the name ends so or the text begins with a brace.
    area
        Second part of the findings' codes: ``water.<area>-column``.

    Attributes
    ----------
    heads
        Names of the values by their lower-case form, in the order of the file.
    """

    def __init__(self, file: Path, area: str) -> None:
        self.file, self._area = file, area
        self.findings: list[Finding] = []
        self.heads: dict[str, str] = {}
        text = self._text()
        self.rows: list[Row] = []
        if text is not None:
            read = self._features if text.lstrip().startswith("{") else self._table
            self.rows = list(read(text))
            if not self.rows and not self.findings:
                self.note("empty", "it has no row.", "Add some.")

    def note(
        self, code: str, what: str, do: str, place: str = "", severity: Severity = "error"
    ) -> None:
        """Write down what is wrong."""
        name = f"water.{self._area}-{code}"
        self.findings.append(Finding(name, what, do, severity, str(self.file), place))

    def check(self) -> None:
        """Raise what stops the work.

        Raises
        ------
        InputError
            With all findings, if one of them is an error.
        """
        if any(finding.severity == "error" for finding in self.findings):
            raise InputError(self.findings)

    def number(self, row: Row, name: str) -> float | None:
        """A value that must be a finite number, not below zero; None where it is not there."""
        text = row.first(name)
        if not text:
            return None
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not (math.isfinite(value) and value >= 0):
            self.note("number", f"{name} is '{text[:40]}'.", "Write a number from 0 on.", row.place)
            return None
        return value

    def _text(self) -> str | None:
        try:
            return self.file.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            self.note("encoding", f"byte {error.start} is not UTF-8.", "Save the file as UTF-8.")
        except OSError as error:
            self.note("missing", f"it cannot be read: {error.strerror}.", "Check the path.")
        return None

    def _table(self, text: str) -> Iterator[Row]:
        lines = text.splitlines()
        first = lines[0] if lines else ""
        table = csv.DictReader(lines, delimiter=";" if ";" in first else ",")
        heads = [head.strip() for head in table.fieldnames or []]
        table.fieldnames = [head.lower() for head in heads]
        self.heads = dict(zip(table.fieldnames, heads, strict=True))
        for head in sorted({one for one in table.fieldnames if table.fieldnames.count(one) > 1}):
            self.note("column", f"the column '{head}' is there twice.", "Rename one.", "line 1")
        try:
            for row in table:
                place = f"line {table.line_num}"
                if None in row or None in row.values():
                    what = "it has another number of values than the first line has columns."
                    self.note("values", what, "Correct the line.", place)
                    continue
                values = {key: value.strip() for key, value in row.items() if value.strip()}
                yield Row(place, values, self._point_of(values, place))
        except csv.Error as error:
            self.note("csv", f"{error}.", "Save it as CSV again.", f"line {table.line_num}")

    def _point_of(self, values: Mapping[str, str], place: str) -> tuple[float, float] | None:
        if "x" not in values or "y" not in values:
            return None
        return self._point([values["x"], values["y"]], place)

    def _features(self, text: str) -> Iterator[Row]:
        try:
            document = json.loads(text)
        except json.JSONDecodeError as error:
            self.note("json", f"{error.msg}.", "Correct the JSON.", f"line {error.lineno}")
            return
        except RecursionError:
            self.note("json", "it is nested too deep.", "Save it as GeoJSON (RFC 7946).")
            return
        features = document.get("features")
        if not isinstance(features, list):
            self.note("geojson", "it is no FeatureCollection.", "Save it as GeoJSON (RFC 7946).")
            return
        for number, feature in enumerate(features, 1):
            place = f"feature {number}"
            if not isinstance(feature, dict):
                self.note("geojson", "it is no feature.", "Save it as GeoJSON.", place)
                continue
            given, geometry = feature.get("properties"), feature.get("geometry")
            values = {
                str(key).lower(): str(value)
                for key, value in (given if isinstance(given, dict) else {}).items()
                if value not in (None, "")
            }
            self.heads |= {key: key for key in values}
            if isinstance(feature.get("id"), str | int):
                values.setdefault("id", str(feature["id"]))
            point = None
            if isinstance(geometry, dict) and geometry.get("type") == "Point":
                point = self._point(geometry.get("coordinates"), place)
            yield Row(place, values, point)

    def _point(self, given: Any, place: str) -> tuple[float, float] | None:
        try:
            x, y = float(given[0]), float(given[1])
        except (TypeError, ValueError, LookupError):
            x = y = math.nan
        if not (math.isfinite(x) and math.isfinite(y)):
            self.note("point", f"{str(given)[:60]} is no point.", "Write x and y.", place)
            return None
        return x, y
