"""Reads an area that a job is asked about: polygons of GeoJSON in longitude and latitude."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domain.rows import Rows
from kopa.errors import InputError
from kopa.geo.areas import Rings, area_of
from kopa.geo.project import Projection

MOST = 100_000
"""Points of an area at most."""


def read_area(file: Path, projection: Projection, package: str) -> Any:
    """An area in the city's CRS.

    Parameters
    ----------
    file
        GeoJSON: polygons and multipolygons in degrees (RFC 7946).
    projection
        The city's CRS.
    package
        The domain that asks, for the codes of findings.

    Raises
    ------
    InputError
        With all findings.
    """
    table = Rows(file, package, "area", package.rpartition(".")[2])
    document = table.document()
    polygons: list[Rings] = []
    for place, geometry in _geometries(document):
        try:
            polygons += [tuple(_ring(ring, projection) for ring in one) for one in _parts(geometry)]
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            what = f"it is no polygon in degrees: {error}."
            table.tell("area", place, what, "Draw a Polygon or MultiPolygon (RFC 7946).")
    if not polygons and not table.findings:
        table.tell("area", "", "it has no polygon.", "Draw a Polygon or MultiPolygon (RFC 7946).")
    if sum(len(ring) for one in polygons for ring in one) > MOST:
        what = f"it has more than {MOST:,} points."
        table.tell("area", "", what, "Simplify it.")
    table.finish()
    try:
        return area_of(tuple(polygons))
    except ValueError as error:
        table.tell("area", "", f"{error}.", "Draw it so that no border crosses another.")
    raise InputError(table.findings)


def _geometries(document: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(document, dict):
        return
    features = document.get("features")
    if isinstance(features, list):
        for number, feature in enumerate(features, 1):
            yield f"feature {number}", feature.get("geometry") if isinstance(feature, dict) else ""
    elif document.get("type") == "Feature":
        yield "feature", document.get("geometry")
    else:
        yield "", document


def _parts(geometry: Any) -> list[Any]:
    kind, parts = geometry["type"], geometry["coordinates"]
    if kind not in ("Polygon", "MultiPolygon"):
        raise ValueError(f"its type is {kind}")
    found = [parts] if kind == "Polygon" else list(parts)
    if not found or not all(found):
        raise ValueError("it is empty")
    return found


def _ring(ring: Any, projection: Projection) -> Any:
    points = np.array([part[:2] for part in ring], dtype=np.float64)
    if points.ndim != 2 or points.shape[1:] != (2,) or len(points) < 4:
        raise ValueError("a ring has fewer than four points")
    if not np.isfinite(points).all() or (np.abs(points) > (180, 90)).any():
        raise ValueError("a point lies outside ± 180, ± 90")
    if not (points[0] == points[-1]).all():
        raise ValueError("a ring does not end where it begins")
    return np.column_stack(projection.metres(points[:, 0], points[:, 1]))
