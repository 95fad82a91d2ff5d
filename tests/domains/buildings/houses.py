"""A school on district heating, flats with a heat pump, and a villa with gas."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HOUSE: dict[str, Any] = {
    "id": "house", "heating": "district", "loss_w_k": 5000, "time_constant_h": 100, "people": 40,
    "max_heat_kw": 250, "efficiency": 1.0, "base_kw": 2, "pump_kw": 0.5,
}  # fmt: skip
MAP = (
    '[[equipment]]\nid = "AHU"\n[equipment.points]\nsupply_air = { column = "SAT", unit = "°C" }\n'
)


def feature(values: dict[str, Any], at: Any) -> dict[str, Any]:
    """A building as GeoJSON has it."""
    properties = {key: value for key, value in values.items() if value is not None}
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": at},
        "properties": properties,
    }


def write_houses(folder: Path, x: float = 0.0) -> Path:
    """Write the buildings, and the points of the school's air handler."""
    villa = {"id": "villa", "heating": "gas", "loss_w_k": 200, "people": 4, "max_heat_kw": 10}
    flats = {**HOUSE, "id": "flats", "heating": "electricity", "efficiency": 3.0, "gain_kw": 10}
    features = [
        feature({**HOUSE, "id": "school", "points": "school.toml"}, [x, 200]),
        feature(flats, [x + 40, 200]),
        feature(villa, [x + 80, 200]),
    ]
    (folder / "school.toml").write_text(MAP, encoding="utf-8")
    file = folder / "buildings.geojson"
    whole = {"type": "FeatureCollection", "features": features}
    file.write_text(json.dumps(whole), encoding="utf-8")
    return file
