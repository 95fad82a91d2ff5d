"""A shop with a set of its own, a factory and an office beside the streets of a town."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from domains.transport.small_streets import place

FIRMS: dict[str, tuple[int, dict[str, Any]]] = {
    "shop": (2, {"kind": "shop", "name": "Veikals", "people": 4, "zone": "west",
                 "opening_hours": "Mo-Fr 08:00-12:00", "electricity_kw": 3, "backup_h": 1}),
    "mill": (8, {"kind": "industry", "people": 30, "opening_hours": "24/7",
                 "electricity_kw": 200, "needs_heat": True}),
    "desk": (5, {"kind": "office", "people": 10, "opening_hours": "Mo-Fr 06:00-18:00",
                 "electricity_kw": 2, "needs_water": False}),
}  # fmt: skip
TOML = '\n[ebusiness]\nfirms = "firms.geojson"\n'


def firms(**more: dict[str, Any]) -> list[dict[str, Any]]:
    """Features; `more` changes values of one, None takes a value away."""
    found = []
    for name, (node, values) in FIRMS.items():
        changed = {"id": name, **values, **more.get(name, {})}
        found.append(
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": list(place(node))},
                "properties": {key: one for key, one in changed.items() if one is not None},
            }
        )
    return found


def write_ebusiness(folder: Path, features: list[dict[str, Any]] | None = None) -> Path:
    """Write the firms; gives the file."""
    file = folder / "firms.geojson"
    whole = {"type": "FeatureCollection", "features": firms() if features is None else features}
    file.write_text(json.dumps(whole), encoding="utf-8")
    return file
