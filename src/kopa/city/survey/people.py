"""How many people live or stay at each spot of a map."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from kopa.errors import Finding, InputError
from kopa.geo.project import Projection
from kopa.model import FloatArray

M2_PER_RESIDENT = 45.0
"""Gross floor area of a home for each resident, m² (EU Building Stock Observatory: about 40 m²
of useful floor a person in 2020, and a tenth for walls and stairs)."""
AGES = {"0-14": 0.146, "15-64": 0.638, "65+": 0.216}
"""Shares of age bands in the EU on 1 January 2024 (Eurostat, demo_pjanind)."""


@dataclass(frozen=True)
class Grid:
    """People counted on points, such as the middles of hexagons; shape (cell,)."""

    ids: tuple[str, ...]
    x: FloatArray
    y: FloatArray
    people: FloatArray
    schools: FloatArray
    care: FloatArray
    jobs: FloatArray

    @cached_property
    def spacing(self) -> float:
        """How far a cell's people may live from its middle: to the next one, m."""
        from scipy.spatial import cKDTree

        points = np.column_stack([self.x, self.y])
        if len(points) < 2:
            return 500.0
        return float(np.median(cKDTree(points).query(points, k=2)[0][:, 1]))


def read_grid(file: Path, projection: Projection) -> Grid:
    """Read people on cells from a CSV.

    Columns are ``lon, lat, population`` and, where it has them, ``id``, ``schools`` and
    ``healthcare`` (number of sites) and ``jobs``.

    Raises
    ------
    InputError
        With all findings.
    """
    findings: list[Finding] = []

    def wrong(code: str, what: str, do: str, place: str = "") -> None:
        findings.append(Finding(f"people.{code}", what, do, file=str(file), place=place))

    try:
        reader = csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines())
    except (OSError, UnicodeDecodeError) as error:
        wrong("unreadable", f"the file cannot be read: {error}.", "Give a CSV in UTF-8.")
        raise InputError(findings) from None
    for name in ("lon", "lat", "population"):
        if name not in (reader.fieldnames or []):
            wrong("missing-column", f"the column '{name}' is missing.", "Add it.", "line 1")
    if findings:
        raise InputError(findings)
    columns: dict[str, list[float]] = {
        name: [] for name in ("lon", "lat", "population", "schools", "healthcare", "jobs")
    }
    ids: list[str] = []
    for row in reader:
        ids.append(row.get("id") or f"cell-{reader.line_num}")
        for name, values in columns.items():
            text = row.get(name) or ("0" if name not in ("lon", "lat", "population") else "")
            try:
                value = float(text)
            except ValueError:
                value = math.nan
            if not math.isfinite(value) or (value < 0 and name not in ("lon", "lat")):
                wrong(
                    "number",
                    f"{name} is '{text}'.",
                    "Write a number of 0 or more.",
                    f"line {reader.line_num}",
                )
            values.append(value)
    if not ids:
        wrong("empty", "there are no cells.", "Add rows.")
    if findings:
        raise InputError(findings)
    arrays = {name: np.array(values) for name, values in columns.items()}
    x, y = projection.metres(arrays["lon"], arrays["lat"])
    return Grid(
        tuple(ids), x, y, arrays["population"], arrays["schools"], arrays["healthcare"],
        arrays["jobs"],
    )  # fmt: skip


def apportioned(total: float, weight: FloatArray) -> FloatArray:
    """Whole numbers in proportion to weights that add up to the rounded total.

    References
    ----------
    Hamilton's method: whole parts first, what is left to the greatest remainders.
    """
    if not len(weight) or weight.sum() <= 0:
        return np.zeros(len(weight))
    share = round(total) * weight / weight.sum()
    whole = np.floor(share)
    left = round(total) - int(whole.sum())
    whole[np.argsort(whole - share, kind="stable")[:left]] += 1
    return np.asarray(whole)
