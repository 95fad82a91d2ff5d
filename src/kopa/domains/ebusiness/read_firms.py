"""Reads firms from GeoJSON, and tells all that is wrong with them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from kopa.domain.rows import Rows
from kopa.engine_opening_hours import problem
from kopa.errors import Finding
from kopa.model import Assets

from .network import FIRM_KINDS, NEEDS, PACKAGE, Firms

_FLAGS = {need: f"needs_{need}" for need in NEEDS} | {"road_access": "needs_street"}


def read_firms(path: Path) -> tuple[Firms, tuple[Finding, ...]]:
    """The firms of a file.

    Parameters
    ----------
    path
        A GeoJSON FeatureCollection of points.

    Raises
    ------
    InputError
        With all that is wrong in the file.
    """
    reader = Rows(path, PACKAGE, "firm", "ebusiness")
    rows = reader.features()
    for row in rows:
        if row["kind"] and row["kind"] not in FIRM_KINDS:
            what = f"kind is '{row['kind']}'."
            reader.tell("kind", row["place"], what, f"Write one of {', '.join(FIRM_KINDS)}.")
        if row["opening_hours"] and (why := problem(row["opening_hours"])):
            what = f"opening_hours is '{row['opening_hours']}': {why}."
            reader.tell("hours", row["place"], what, "Write them as Mo-Fr 08:00-17:00.")
    if not rows and not reader.findings:
        reader.tell("empty", "", "there is no firm.", "Add one at least.")
    reader.finish()
    xy = np.array([row["point"] for row in rows], dtype=np.float64)

    def text(name: str) -> tuple[str, ...]:
        return tuple(row[name] for row in rows)

    def column(name: str) -> np.ndarray:
        return np.array([row[name] for row in rows], dtype=np.float64)

    assets = Assets(
        "ebusiness", text("id"), text("kind"), text("name"), xy[:, 0], xy[:, 1], column("people"),
        np.ones(len(rows)), text("zone"),
    )  # fmt: skip
    wants = {need: column(flag).astype(bool) for need, flag in _FLAGS.items()}
    firms = Firms(
        assets, text("opening_hours"), column("electricity_kw"), wants, column("backup_h")
    )
    return firms, tuple(reader.findings)
