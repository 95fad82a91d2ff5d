"""Reads plants from GeoJSON, and tells all that is wrong with them."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domain.attributes import Attribute, attributes
from kopa.errors import Finding, InputError, Severity, stopping
from kopa.model import Assets

from .network import NEEDS, SITE, Sites

PACKAGE = "kopa.domains.industry"


def read_sites(path: Path) -> tuple[Sites, tuple[Finding, ...]]:
    """The plants of a file.

    Parameters
    ----------
    path
        A GeoJSON FeatureCollection of points.

    Returns
    -------
    tuple
        The plants, and what was assumed in reading them.

    Raises
    ------
    InputError
        With all that is wrong in the file.
    """
    reader = _Reader(path)
    rows = [reader.site(one, f"feature {n}") for n, one in enumerate(reader.features(), 1)]
    if not rows:
        reader.tell("empty", "", "there is no plant.", "Add features of the kind site.")
    if stopping(reader.findings):
        raise InputError(reader.findings)
    reader.tell_taken()
    return _sites(rows), tuple(reader.findings)


class _Reader:
    """A file, its plants, and what is wrong with them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.findings: list[Finding] = []
        self.known = [one for one in attributes(PACKAGE) if one.table == SITE]
        self._taken: Counter[str] = Counter()
        self._seen: dict[str, str] = {}

    def tell(self, code: str, place: str, what: str, do: str, severity: Severity = "error") -> None:
        """Add a finding."""
        self.findings.append(Finding(f"industry.{code}", what, do, severity, str(self.path), place))

    def features(self) -> list[Any]:
        """Features of the file; stops where it is no GeoJSON."""
        try:
            whole = json.loads(self.path.read_bytes().decode("utf-8-sig"))
        except OSError as error:
            self.tell("no-file", "", f"it cannot be read: {error.strerror}.", "Check the path.")
        except UnicodeDecodeError as error:
            what = f"byte {error.start} is not UTF-8."
            self.tell("encoding", "", what, "Save the file as UTF-8.")
        except (ValueError, RecursionError) as error:
            what = f"it is no JSON, or cut off: {str(error)[:80]}."
            self.tell("json", "", what, "Write the file again.")
        else:
            if isinstance(whole, dict) and isinstance(whole.get("features"), list):
                return list(whole["features"])
            do = "Save it as GeoJSON (RFC 7946)."
            self.tell("geojson", "", "it is no FeatureCollection.", do)
        raise InputError(self.findings)

    def site(self, feature: Any, place: str) -> dict[str, Any]:
        """Values of a plant by name, with its point; what is wrong is told."""
        given = feature.get("properties") if isinstance(feature, dict) else None
        if not isinstance(given, dict):
            self.tell("feature", place, "it has no properties.", "Give it id and kind.")
            return {}
        values = {"id": feature.get("id"), **given}
        place = f"{place} ({values['id']})" if values["id"] else place
        row = {one.name: self._value(one, values.get(one.name), place) for one in self.known}
        if row["kind"] and row["kind"] != SITE:
            self.tell("kind", place, f"kind is '{row['kind']}'.", f"Write {SITE}.")
        if row["id"] in self._seen:
            what = f"the id '{row['id']}' stands in {self._seen[row['id']]} already."
            self.tell("duplicate", place, what, "Give each an id of its own.")
        self._seen.setdefault(row["id"], place)
        row["point"] = self._point(feature.get("geometry"), place)
        return row

    def tell_taken(self) -> None:
        """Tell which defaults were taken that somebody should look at."""
        for one in self.known:
            if self._taken[one.name]:
                what = f"{one.name} is not given for {self._taken[one.name]} plants; "
                what += f"{one.default} {one.unit}".strip() + " is taken."
                self.tell("assumed", one.name, what, "Write what holds.", "warning")

    def _value(self, one: Attribute, given: Any, place: str) -> Any:
        if given is None or given == "":
            if one.must:
                unit = f", {one.unit}" if one.unit else ""
                do = f"{one.description}{unit}."
                self.tell("missing", place, f"'{one.name}' is missing.", do)
            elif one.required == "expected":
                self._taken[one.name] += 1
            found = one.value(None)
            return {"number": math.nan, "text": ""}.get(one.type) if found is None else found
        if one.type == "flag":
            if not isinstance(given, bool):
                self._wrong(one, given, place, "true or false")
            return bool(given)
        if one.type == "text":
            return str(given)
        good = isinstance(given, int | float) and not isinstance(given, bool)
        if not good or not one.low <= given <= one.high:
            wanted = f"a number from {one.low:g} to {one.high:g} {one.unit}".rstrip()
            self._wrong(one, given, place, wanted)
            return math.nan
        return float(given)

    def _wrong(self, one: Attribute, given: Any, place: str, wanted: str) -> None:
        what = f"{one.name} is {str(given)[:60]!r}."
        self.tell("value", place, what, f"Write {wanted}: {one.description}.")

    def _point(self, geometry: Any, place: str) -> tuple[float, float]:
        try:
            if geometry["type"] == "Point":
                x, y = (float(value) for value in geometry["coordinates"][:2])
                if math.isfinite(x) and math.isfinite(y):
                    return x, y
        except (TypeError, ValueError, KeyError):
            pass
        self.tell("geometry", place, "its geometry is no Point.", "Draw it as a Point.")
        return math.nan, math.nan


def _sites(rows: Sequence[Mapping[str, Any]]) -> Sites:
    def column(name: str) -> Any:
        return np.array([row[name] for row in rows], dtype=np.float64)

    def text(name: str) -> tuple[str, ...]:
        return tuple(row[name] for row in rows)

    xy = np.array([row["point"] for row in rows])
    assets = Assets(
        "industry", text("id"), text("kind"), text("name"), xy[:, 0], xy[:, 1],
        column("people"), np.ones(len(rows)), text("zone"),
    )  # fmt: skip
    return Sites(
        assets,
        column("electricity_kw"),
        column("idle_share"),
        {need: np.array([row[f"needs_{need}"] for row in rows], dtype=bool) for need in NEEDS},
        column("backup_h"),
        column("restart_h"),
        column("lost_eur_h"),
    )
