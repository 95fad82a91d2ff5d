"""Small heat networks written by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

PLANT = {
    "id": "PLANT", "kind": "plant", "supply_c": 90, "lift_bar": 3, "capacity_kw": 400,
    "fuel": "gas", "efficiency": 0.9, "pump_efficiency": 0.65,
}  # fmt: skip
BUILDING = {"kind": "consumer", "return_c": 50, "time_constant_h": 50, "hot_water_share": 0.1}
PIPE = {"kind": "pipe", "diameter_mm": 70, "loss_w_mk": 0.2, "roughness_mm": 0.1}


def feature(properties: dict[str, Any], *points: list[float]) -> dict[str, Any]:
    """A point, or a line through points."""
    line = len(points) > 1
    geometry = {"type": "LineString", "coordinates": list(points)}
    if not line:
        geometry = {"type": "Point", "coordinates": points[0]}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def features() -> list[dict[str, Any]]:
    """A plant, a main of two pipes, and three buildings; the last one at its end."""
    return [
        feature(PLANT, [0, 0]),
        feature({**PIPE, "id": "P1"}, [0, 0], [300, 0]),
        feature({**PIPE, "id": "P2"}, [300, 0], [600, 0]),
        feature({**PIPE, "id": "S1", "diameter_mm": 28}, [300, 0], [300, 30]),
        feature({**PIPE, "id": "S2", "diameter_mm": 28}, [600, 0], [600, 30]),
        feature({**PIPE, "id": "S3", "diameter_mm": 28}, [600, 0], [600, -30]),
        feature({**BUILDING, "id": "h1", "heat_kw": 100, "people": 20}, [300, 30]),
        feature({**BUILDING, "id": "h2", "heat_kw": 120, "people": 30}, [600, 30]),
        feature({**BUILDING, "id": "h3", "heat_kw": 80, "people": 10}, [600, -30]),
    ]


def ring() -> list[dict[str, Any]]:
    """The same, with a second, thinner way to the end of the main."""
    way = {**PIPE, "id": "R1", "diameter_mm": 50, "length_m": 700}
    return [*features(), feature(way, [0, 0], [300, 200], [600, 0])]


def write(folder: Path, found: list[dict[str, Any]] | None = None) -> Path:
    """Write a network; gives the file."""
    file = folder / "heat.geojson"
    whole = {"type": "FeatureCollection", "features": features() if found is None else found}
    file.write_text(json.dumps(whole), encoding="utf-8")
    return file


def changed(name: str, **values: Any) -> list[dict[str, Any]]:
    """The network with other properties of one feature; None leaves a property out."""
    found = features()
    for one in found:
        if one["properties"]["id"] == name:
            merged = {**one["properties"], **values}
            one["properties"] = {k: v for k, v in merged.items() if v is not None}
    return found
