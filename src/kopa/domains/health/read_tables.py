"""Reads residents (GeoJSON), and beds and own stores of facilities (CSV)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domain.rows import Rows
from kopa.errors import Finding
from kopa.geo.project import Projection
from kopa.model import FloatArray

from .capability import PACKAGE, kinds
from .parts import STORED, Homes


def read_residents(
    path: Path, projection: Projection | None = None
) -> tuple[Homes, tuple[Finding, ...]]:
    """Residents of a file.

    Parameters
    ----------
    path
        GeoJSON of points.
    projection
        CRS of the streets: coordinates that can only be degrees are turned into it. None leaves
        them.

    Raises
    ------
    InputError
        With all that is wrong.
    """
    rows = Rows(path, PACKAGE, "resident", "health")
    whole = rows.document()
    found = rows.features(whole)
    if not found and not rows.findings:
        rows.tell("empty", "", "nobody lives there.", "Add a point for each building.")
    given = {}
    for feature in whole["features"]:
        one = feature.get("properties") if isinstance(feature, dict) else None
        if isinstance(one, dict):
            given[str(one.get("id", feature.get("id")))] = one.get("groups")
    bands = [_bands(rows, row, given.get(row["id"])) for row in found]
    people = np.array([row["people"] for row in found])
    for row, band in zip(found, bands, strict=True):
        if band and sum(band.values()) > row["people"] * 1.01 + 1:
            what = f"its groups have {sum(band.values()):g} people, all in all {row['people']:g}."
            rows.tell("groups", row["place"], what, "Age bands must not overlap.")
    bare = [row for row, band in zip(found, bands, strict=True) if not band and row["people"] > 0]
    if any(bands) and bare:
        what = f"{len(bare)} of {len(found)} residents have no groups: nobody of theirs is counted "
        what += "in any age band."
        do = "Give them groups; what is told by age is a lower bound until then."
        rows.tell("groups", bare[0]["place"], what, do, "warning")
    if not people.sum() > 0 and not rows.findings:
        rows.tell("empty", "", "nobody lives there.", "Give people.")
    rows.finish()
    names = sorted({name for band in bands for name in band})
    x, y = (np.array([row["point"][axis] for row in found]) for axis in (0, 1))
    if projection is not None and (np.abs(x) <= 180).all() and (np.abs(y) <= 90).all():
        x, y = projection.metres(x, y)
    groups = {name: np.array([band.get(name, 0.0) for band in bands]) for name in names}
    homes = Homes(x, y, people, tuple(row["zone"] for row in found), groups)
    return homes, tuple(rows.findings)


def _bands(rows: Rows, row: dict[str, Any], given: Any) -> dict[str, float]:
    if given is None:
        return {}
    if not isinstance(given, dict):
        rows.tell("groups", row["place"], "groups is no table.", 'Write {"0-14": 12, "65+": 4}.')
        return {}
    found = {}
    for name, value in given.items():
        known = isinstance(value, int | float) and not isinstance(value, bool)
        if not known or not 0 <= value <= 1e6:
            what = f"group {str(name)[:20]!r} is {str(value)[:20]!r}."
            rows.tell("groups", row["place"], what, "Write a number of people.")
            continue
        found[str(name)] = float(value)
    return found


def read_beds(
    path: Path, ids: Sequence[str]
) -> tuple[dict[tuple[str, str], tuple[float, float]], tuple[Finding, ...]]:
    """Staffed beds, and those in use (NaN where unknown), by facility and capability.

    Parameters
    ----------
    path
        CSV.
    ids
        Facilities that there are.

    Raises
    ------
    InputError
        With all that is wrong.
    """
    rows = Rows(path, PACKAGE, "bed", "health")
    found: dict[tuple[str, str], tuple[float, float]] = {}
    for row in rows.lines():
        key = (row["facility"], row["capability"])
        _facility(rows, row, ids)
        if key[1] and key[1] not in kinds():
            what = f"the capability {key[1][:40]!r} is not known."
            rows.tell("capability", row["place"], what, f"Use one of {', '.join(kinds())}.")
        staffed = row["beds"] if math.isnan(row["staffed"]) else row["staffed"]
        for name, most in (("staffed", row["beds"]), ("occupied", row["beds"])):
            if row[name] > most:
                what = f"{name} is {row[name]:g} of {most:g} beds."
                rows.tell("value", row["place"], what, "Write no more than beds.")
        before = found.get(key, (0.0, 0.0))
        found[key] = (before[0] + staffed, before[1] + row["occupied"])
    rows.finish()
    return found, tuple(rows.findings)


def read_stores(
    path: Path, ids: Sequence[str]
) -> tuple[dict[str, FloatArray], tuple[Finding, ...]]:
    """Hours that own stores last, by service, shape (facility,).

    Parameters
    ----------
    path
        CSV.
    ids
        Facilities that there are, in order.

    Raises
    ------
    InputError
        With all that is wrong.
    """
    rows = Rows(path, PACKAGE, "store", "health")
    found = {service: np.zeros(len(ids)) for service in STORED}
    seen: dict[str, str] = {}
    for row in rows.lines():
        name = row["facility"]
        if not _facility(rows, row, ids):
            continue
        if name in seen:
            what = f"{name} stands in {seen[name]} already."
            rows.tell("duplicate", row["place"], what, "Write one line a facility.")
        seen.setdefault(name, row["place"])
        for service in STORED:
            found[service][list(ids).index(name)] = row[f"{service}_h"]
    rows.finish()
    return found, tuple(rows.findings)


def _facility(rows: Rows, row: dict[str, Any], ids: Sequence[str]) -> bool:
    name = row["facility"]
    if name and name not in ids:
        what = f"there is no facility {name[:64]!r} among the Locations in use."
        rows.tell("facility", row["place"], what, "Write the id of a Location.")
    return name in ids
