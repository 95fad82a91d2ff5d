"""A river of two reaches with a bathing water, stations, a zone and a site: all by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

BACKGROUND = {
    "background_ecoli": 50, "background_enterococci": 20, "background_ammonia_mg_l": 0.05,
}  # fmt: skip
REACH = {"kind": "river", "flow_m3_s": 5, "width_m": 20, "depth_m": 1, **BACKGROUND}
FEATURES: list[dict[str, Any]] = [
    {**REACH, "id": "up", "length_m": 3000, "low_flow_m3_s": 1, "at": [[0, 2], [20, 2]]},
    {**REACH, "id": "down", "length_m": 2000, "flow_m3_s": 6, "at": [[20, 2], [40, 2]]},
    {"kind": "bathing", "id": "beach", "people_a_day": 300, "at": [30, 3]},
    {"kind": "air_station", "id": "air", "at": [10, 1]},
    {"kind": "noise_station", "id": "noise", "at": [12, 1]},
    {"kind": "climate_station", "id": "mast", "at": [14, 1]},
    {"kind": "zone", "id": "centre", "people": 1000, "at": [20, 1]},
    {"kind": "site", "id": "plant", "substance": "chlorine", "at": [0, 0]},
]


def feature(values: dict[str, Any]) -> dict[str, Any]:
    """A GeoJSON feature; `at` is a point, a line or a ring by its depth."""
    at = values["at"]
    deep = 0 if not isinstance(at[0], list) else 1 if not isinstance(at[0][0], list) else 2
    properties = {key: value for key, value in values.items() if key != "at"}
    geometry = {"type": ("Point", "LineString", "Polygon")[deep], "coordinates": at}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def write_environment(file: Path, features: list[dict[str, Any]] = FEATURES) -> Path:
    """Write the features to a file; gives it."""
    found = {"type": "FeatureCollection", "features": [feature(one) for one in features]}
    file.write_text(json.dumps(found), encoding="utf-8")
    return file
