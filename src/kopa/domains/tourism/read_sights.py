"""Reads sights (GeoJSON), and tells all that is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domain.rows import Rows
from kopa.engine_opening_hours import problem
from kopa.errors import Finding
from kopa.geo.project import Projection
from kopa.model import FloatArray

from .network import PACKAGE, SIGHT_KINDS, Sights

Found = tuple[Finding, ...]


def read_sights(file: Path, projection: Projection | None) -> tuple[Sights, Found]:
    """Read sights.

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
    rows = Rows(file, PACKAGE, "sight", "tourism")
    return sights_of(rows, rows.features(), projection)


def sights_of(
    rows: Rows, found: Sequence[Mapping[str, Any]], projection: Projection | None
) -> tuple[Sights, Found]:
    """Sights from rows that were read.

    Parameters
    ----------
    rows
        The file, for what is wrong.
    found
        Its rows, each with its ``point`` and ``place``.
    projection
        See `read_sights`.

    Raises
    ------
    InputError
        With all that is wrong.
    """
    if not found and not rows.findings:
        rows.tell("empty", "", "there is no sight.", "Add one at least.")
    unknown = 0
    for row in found:
        if row["kind"] not in SIGHT_KINDS:
            what = f"kind is {row['kind'][:40]!r}."
            rows.tell("kind", row["place"], what, f"Write one of {', '.join(SIGHT_KINDS)}.")
        wrong = problem(row["opening_hours"]) if row["opening_hours"] else ""
        if wrong:
            what = f"opening_hours is {row['opening_hours'][:60]!r}: {wrong}."
            do = "Write them as OpenStreetMap does: Mo-Fr 09:00-17:00; PH off."
            rows.tell("hours", row["place"], what, do)
        if row["wheelchair"] not in ("", "yes", "limited", "no", None):
            what = f"wheelchair is {str(row['wheelchair'])[:40]!r}."
            rows.tell("wheelchair", row["place"], what, "Write yes, limited or no.")
        unknown += bool(np.isnan(row["visitors_day"]))
    if unknown:
        what = f"nobody knows how many visit {unknown} of {len(found)} sights: they have no load."
        rows.tell("visitors", "", what, "Write visitors_day.", "warning")
    rows.finish()
    x, y = (np.array([row["point"][axis] for row in found]) for axis in (0, 1))
    if projection is not None and (np.abs(x) <= 180).all() and (np.abs(y) <= 90).all():
        x, y = projection.metres(x, y)

    def column(name: str) -> FloatArray:
        return np.array([row[name] for row in found], dtype=np.float64)

    def texts(name: str) -> tuple[str, ...]:
        return tuple(row[name] or "" for row in found)

    return Sights(
        texts("id"), texts("kind"), texts("name"), texts("zone"), x, y,
        texts("opening_hours"), column("visitors_day"), column("stay_min") / 60,
        column("peak_h"), column("capacity"), column("prize"), texts("wheelchair"),
        column("electricity_h"), column("water_h"), (None,) * len(found),
    ), tuple(rows.findings)  # fmt: skip
