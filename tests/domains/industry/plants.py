"""Plants written by hand."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

DAIRY = {
    "id": "dairy", "kind": "site", "name": "Dairy", "zone": "north", "electricity_kw": 400,
    "idle_share": 0.1, "needs_heat": True, "needs_water": True, "restart_h": 2.5,
    "lost_eur_h": 1000, "people": 20,
}  # fmt: skip
MILL = {
    "id": "mill", "kind": "site", "electricity_kw": 150, "idle_share": 0.2, "restart_h": 0,
    "backup_h": 2, "people": 5,
}  # fmt: skip


def plants() -> list[dict[str, Any]]:
    """A dairy that needs heat and water, and a mill with a set of its own."""
    return [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [x, 4]},
            "properties": copy.deepcopy(values),
        }
        for x, values in ((22, DAIRY), (28, MILL))
    ]


def changed(which: str, **values: Any) -> list[dict[str, Any]]:
    """The plants, with some values of one changed; None takes a value away."""
    found = plants()
    for one in found:
        if one["properties"]["id"] == which:
            one["properties"] |= values
            one["properties"] = {k: v for k, v in one["properties"].items() if v is not None}
    return found


def write(folder: Path, features: list[dict[str, Any]] | None = None) -> Path:
    """Write the plants; gives the file."""
    file = folder / "sites.geojson"
    whole = {"type": "FeatureCollection", "features": plants() if features is None else features}
    file.write_text(json.dumps(whole), encoding="utf-8")
    return file
