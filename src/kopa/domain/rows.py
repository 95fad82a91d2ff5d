"""Rows of a file held against an attribute table: features of GeoJSON, lines of CSV."""

from __future__ import annotations

import csv
import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from kopa.domain.attributes import Attribute, attributes
from kopa.errors import Finding, InputError, Severity, stopping


class Rows:
    """A file, what its rows say, and all that is wrong with them.

    Parameters
    ----------
    path
        The file.
    package, table
        Where its attribute table stands: ``kopa.domains.waste`` and ``container``.
    code
        First part of the findings' codes, the domain's name.

    Attributes
    ----------
    findings
        What was found so far.
    """

    def __init__(self, path: Path, package: str, table: str, code: str) -> None:
        self.path, self._table, self._code = path, table, code
        self.findings: list[Finding] = []
        self.known = [one for one in attributes(package) if one.table == table]
        self._taken: Counter[str] = Counter()
        self._strange: dict[str, None] = {}
        self._seen: dict[str, str] = {}

    def tell(self, code: str, place: str, what: str, do: str, severity: Severity = "error") -> None:
        """Add a finding."""
        found = Finding(f"{self._code}.{code}", what, do, severity, str(self.path), place)
        self.findings.append(found)

    def finish(self) -> None:
        """Tell which defaults were taken that somebody should look at, and what was not read.

        Raises
        ------
        InputError
            With all findings, if one of them stops the work.
        """
        if stopping(self.findings):
            raise InputError(self.findings)
        for one in self.known:
            if self._taken[one.name]:
                what = f"{one.name} is not given for {self._taken[one.name]} {self._table}s; "
                what += f"{one.default} {one.unit}".strip() + " is taken."
                self.tell("assumed", one.name, what, "Write what holds.", "warning")
        if self._strange:
            what = f"not read, for a {self._table} has no such attribute: "
            what += f"{', '.join(self._strange)}."
            do = "Look for a word that is written otherwise; see the table of attributes."
            self.tell("unknown", "", what, do, "warning")

    def text(self) -> str:
        """The whole file.

        Raises
        ------
        InputError
            If it cannot be read.
        """
        try:
            return self.path.read_bytes().decode("utf-8-sig")
        except OSError as error:
            self.tell("no-file", "", f"it cannot be read: {error.strerror}.", "Check the path.")
        except UnicodeDecodeError as error:
            what = f"byte {error.start} is not UTF-8."
            self.tell("encoding", "", what, "Save the file as UTF-8.")
        raise InputError(self.findings)

    def document(self) -> Any:
        """The file as JSON.

        Raises
        ------
        InputError
            If it is none.
        """
        try:
            return json.loads(self.text())
        except (ValueError, RecursionError) as error:
            what = f"it is no JSON, or cut off: {str(error)[:80]}."
            self.tell("json", "", what, "Write the file again.")
        raise InputError(self.findings)

    def features(self, whole: Any = None) -> list[dict[str, Any]]:
        """Rows of a FeatureCollection of points; each has its ``point``, NaN where it has none.

        Parameters
        ----------
        whole
            The file's document, if it was read before.

        Raises
        ------
        InputError
            If it is no FeatureCollection.
        """
        whole = self.document() if whole is None else whole
        if not isinstance(whole, dict) or not isinstance(whole.get("features"), list):
            do = "Save it as GeoJSON (RFC 7946)."
            self.tell("geojson", "", "it is no FeatureCollection.", do)
            raise InputError(self.findings)
        found = []
        for number, feature in enumerate(whole["features"], 1):
            place = f"feature {number}"
            given = feature.get("properties") if isinstance(feature, dict) else None
            if not isinstance(given, dict):
                needed = " and ".join(one.name for one in self.known if one.must)
                self.tell("feature", place, "it has no properties.", f"Give it {needed}.")
                continue
            self._note(given)
            row = self.row({"id": feature.get("id"), **given}, place)
            row["point"] = self.point(feature.get("geometry"), place)
            found.append(row)
        return found

    def lines(self) -> list[dict[str, Any]]:
        """Rows of a CSV file; each has its ``line``.

        Raises
        ------
        InputError
            If it has no header.
        """
        text = self.text()
        comma = max(",;\t", key=text.partition("\n")[0].count)
        reader = csv.DictReader(text.splitlines(), delimiter=comma)
        columns = [name.strip() for name in reader.fieldnames or ()]
        missing = [one.name for one in self.known if one.must and one.name not in columns]
        if missing:
            what = f"there is no column {', '.join(missing)}."
            self.tell("columns", "line 1", what, f"Write: {','.join(o.name for o in self.known)}.")
            raise InputError(self.findings)
        reader.fieldnames = columns
        self._note(columns)
        found = []
        for given in reader:
            place = f"line {reader.line_num}"
            if None in given or None in given.values():
                what = "it has more or fewer cells than the header."
                self.tell("cells", place, what, "Write one cell a column.")
                continue
            row = self.row({name: cell.strip() for name, cell in given.items()}, place, True)
            row["line"] = place
            found.append(row)
        return found

    def _note(self, names: Iterable[str]) -> None:
        """Note names that the table does not have."""
        known = {one.name for one in self.known}
        self._strange |= dict.fromkeys(name for name in names if name not in known)

    def row(self, values: Mapping[str, Any], place: str, text: bool = False) -> dict[str, Any]:
        """Values by name; what is wrong is told.

        Parameters
        ----------
        values
            What the file says.
        place
            Where.
        text
            True where numbers and flags are written as text.
        """
        name = values.get("id")
        place = f"{place} ({name})" if name else place
        row = {one.name: self._value(one, values.get(one.name), place, text) for one in self.known}
        if name:
            if str(name) in self._seen:
                what = f"the id '{name}' stands in {self._seen[str(name)]} already."
                self.tell("duplicate", place, what, "Give each an id of its own.")
            self._seen.setdefault(str(name), place)
        row["place"] = place
        return row

    def _value(self, one: Attribute, given: Any, place: str, text: bool) -> Any:
        if given is None or given == "":
            if one.must:
                unit = f", {one.unit}" if one.unit else ""
                do = f"{one.description}{unit}."
                self.tell("missing", place, f"'{one.name}' is missing.", do)
            elif one.required == "expected":
                self._taken[one.name] += 1
            found = one.value(None)
            empty = {"number": math.nan, "text": "", "flag": False}
            return empty.get(one.type) if found is None else found
        if one.type == "flag":
            flags = {"true": True, "false": False} if text else {True: True, False: False}
            known = isinstance(given, str if text else bool) and given in flags
            if not known:
                self._wrong(one, given, place, "true or false")
            return flags[given] if known else False
        if one.type == "number":
            return self._number(one, given, place, text)
        return " ".join(map(str, given)) if isinstance(given, list) else str(given)

    def _number(self, one: Attribute, given: Any, place: str, text: bool) -> float:
        try:
            number = float(given) if text or not isinstance(given, str | bool) else math.nan
        except (TypeError, ValueError):
            number = math.nan
        if not one.low <= number <= one.high:
            wanted = f"a number from {one.low:g} to {one.high:g} {one.unit}".rstrip()
            self._wrong(one, given, place, wanted)
            return math.nan
        return number

    def _wrong(self, one: Attribute, given: Any, place: str, wanted: str) -> None:
        what = f"{one.name} is {str(given)[:60]!r}."
        self.tell("value", place, what, f"Write {wanted}: {one.description}.")

    def point(self, geometry: Any, place: str) -> tuple[float, float]:
        """Coordinates of a GeoJSON geometry; NaN, and told, where it is no point."""
        try:
            if geometry["type"] == "Point":
                x, y = (float(value) for value in geometry["coordinates"][:2])
                if math.isfinite(x) and math.isfinite(y):
                    return x, y
        except (TypeError, ValueError, KeyError):
            pass
        self.tell("geometry", place, "its geometry is no Point.", "Draw it as a Point.")
        return math.nan, math.nan
