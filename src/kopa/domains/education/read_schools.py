"""Reads schools (GeoJSON) and their age groups (CSV), and tells all that is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kopa.domain.rows import Rows
from kopa.errors import Finding, stopping
from kopa.geo.project import Projection
from kopa.model import FloatArray

from .network import PACKAGE, SCHOOL_KINDS, STORED, Groups, Schools

Found = tuple[Finding, ...]


def read_schools(file: Path, projection: Projection | None) -> tuple[Schools, Found]:
    """Read schools.

    Parameters
    ----------
    file
        GeoJSON of points.
    projection
        The city's CRS: coordinates that can only be degrees are turned into it. None leaves them.

    Raises
    ------
    InputError
        With all that is wrong.
    """
    rows = Rows(file, PACKAGE, "school", "education")
    found = rows.features()
    if not found and not rows.findings:
        rows.tell("empty", "", "there is no school.", "Add one at least.")
    for row in found:
        if row["kind"] not in SCHOOL_KINDS:
            what = f"kind is {row['kind'][:40]!r}."
            rows.tell("kind", row["place"], what, f"Write one of {', '.join(SCHOOL_KINDS)}.")
        if row["opens_h"] >= row["closes_h"]:
            what = f"it opens at {row['opens_h']:g} h and closes at {row['closes_h']:g} h."
            rows.tell("hours", row["place"], what, "Write an hour of opening before the closing.")
    rows.finish()
    x, y = (np.array([row["point"][axis] for row in found]) for axis in (0, 1))
    if projection is not None and (np.abs(x) <= 180).all() and (np.abs(y) <= 90).all():
        x, y = projection.metres(x, y)

    def column(name: str) -> FloatArray:
        return np.array([row[name] for row in found], dtype=np.float64)

    def texts(name: str) -> tuple[str, ...]:
        return tuple(row[name] or "" for row in found)

    return Schools(
        texts("id"), texts("kind"), texts("name"), texts("zone"), x, y,
        column("staff"), column("floor_area_m2"), column("opens_h"), column("closes_h"),
        {service: column(f"{service}_h") for service in STORED},
        np.array([row["closed"] for row in found], dtype=bool),
    ), tuple(rows.findings)  # fmt: skip


def read_groups(file: Path, ids: Sequence[str]) -> tuple[Groups, Found]:
    """Read age groups and grades.

    Parameters
    ----------
    file
        CSV.
    ids
        Schools that there are, in order.

    Raises
    ------
    InputError
        With all that is wrong.
    """
    rows = Rows(file, PACKAGE, "group", "education")
    found = rows.lines()
    index = {name: row for row, name in enumerate(ids)}
    seen: dict[tuple[str, str], str] = {}
    for row in found:
        key, place = (row["school"], row["group"]), row["place"]
        if key[0] and key[0] not in index:
            what = f"there is no school {key[0][:64]!r}."
            rows.tell("school", place, what, "Write the id of a school.")
        if key in seen:
            what = f"{key[0]}, {key[1]} stands in {seen[key]} already."
            rows.tell("duplicate", place, what, "Write one line for each group of a school.")
        seen.setdefault(key, place)
        if row["age_from"] > row["age_to"]:
            what = f"ages are {row['age_from']:g} to {row['age_to']:g}."
            rows.tell("ages", place, what, "Write the youngest first.")
        for name in ("places", "pupils"):
            if np.isfinite(row[name]) and row[name] != int(row[name]):
                rows.tell("whole", place, f"{name} is {row[name]:g}.", "Write a whole number.")
        if row["pupils"] > row["places"]:
            what = f"{row['pupils']:g} pupils have {row['places']:g} places."
            do = "Nobody else can move there; correct the numbers if they are wrong."
            rows.tell("full", place, what, do, "warning")
    without = [name for name in ids if name not in {row["school"] for row in found}]
    if without and not stopping(rows.findings):
        what = f"{len(without)} of {len(ids)} schools have no group: {', '.join(without[:9])}."
        rows.tell("groups", "", what, "Nobody of theirs is counted; add their lines.", "warning")
    rows.finish()

    def column(name: str) -> FloatArray:
        return np.array([row[name] for row in found], dtype=np.float64)

    groups = Groups(
        np.array([index[row["school"]] for row in found], dtype=np.int64),
        tuple(row["group"] for row in found),
        column("age_from"), column("age_to"), column("places"), column("pupils"),
    )  # fmt: skip
    return groups, tuple(rows.findings)
