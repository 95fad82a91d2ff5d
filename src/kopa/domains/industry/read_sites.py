"""Reads plants from GeoJSON, and tells all that is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domain.rows import Rows
from kopa.errors import Finding
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
    reader = Rows(path, PACKAGE, SITE, "industry")
    rows = reader.features()
    for row in rows:
        if row["kind"] and row["kind"] != SITE:
            reader.tell("kind", row["place"], f"kind is '{row['kind']}'.", f"Write {SITE}.")
    if not rows and not reader.findings:
        reader.tell("empty", "", "there is no plant.", "Add features of the kind site.")
    reader.finish()
    return _sites(rows), tuple(reader.findings)


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
