"""Writes GeoJSON in a city's own coordinates."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kopa.errors import UsageError


def point(x: float, y: float, properties: Mapping[str, Any]) -> dict[str, Any]:
    """A feature at a point, m; properties that say nothing ("" and None) are left out."""
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [round(float(x), 2), round(float(y), 2)]},
        "properties": {key: value for key, value in properties.items() if value not in ("", None)},
    }


def write_features(file: Path, crs: str, features: Sequence[Mapping[str, Any]]) -> None:
    """Write a FeatureCollection; its CRS is named as GeoJSON of 2008 did.

    Parameters
    ----------
    file
        The file; its folder is made.
    crs
        CRS of the coordinates, ``EPSG:32633``.
    features
        The features.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    name = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:{crs.replace(':', '::')}"}}
    whole = {"type": "FeatureCollection", "crs": name, "features": list(features)}
    file.write_text(json.dumps(whole, ensure_ascii=False, separators=(",", ":")), "utf-8")


def write_lonlat(file: Path, lines: Sequence[tuple[Any, Mapping[str, Any]]]) -> None:
    """Write lines in longitude and latitude.

    Parameters
    ----------
    file
        The file.
    lines
        Points of each, degrees, shape (point, 2), and its properties.

    Raises
    ------
    UsageError
        If the file cannot be written.
    """
    features = [
        {
            "type": "Feature",
            "geometry": {
                "type": "LineString",
                # a way of no length has one point, a line needs two
                "coordinates": [[round(a, 6), round(b, 6)] for a, b in points.tolist()]
                * (2 if len(points) == 1 else 1),
            },
            "properties": dict(properties),
        }
        for points, properties in lines
    ]
    whole = {"type": "FeatureCollection", "features": features}
    try:
        file.write_text(json.dumps(whole, ensure_ascii=False), "utf-8")
    except OSError as error:
        raise UsageError(f"-o {file}: {error.strerror}") from None
