"""A town hall with a set of its own and a service centre without, beside the streets of a town."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from domains.transport.small_streets import place

OFFICES: dict[str, tuple[int, dict[str, Any]]] = {
    "hall": (2, {"kind": "town_hall", "name": "Town hall", "people": 20, "zone": "west",
                 "opening_hours": "Mo-Fr 08:00-12:00", "electricity_kw": 10, "backup_h": 1}),
    "desk": (8, {"kind": "service_centre", "people": 6, "opening_hours": "24/7",
                 "electricity_kw": 4}),
}  # fmt: skip
TOML = '\n[egov]\noffices = "offices.geojson"\n'


def offices(**more: dict[str, Any]) -> list[dict[str, Any]]:
    """Features; `more` changes values of one, None takes a value away."""
    found = []
    for name, (node, values) in OFFICES.items():
        changed = {"id": name, **values, **more.get(name, {})}
        found.append(
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": list(place(node))},
                "properties": {key: one for key, one in changed.items() if one is not None},
            }
        )
    return found


def write_egov(folder: Path, features: list[dict[str, Any]] | None = None) -> Path:
    """Write the offices; gives the file."""
    file = folder / "offices.geojson"
    whole = {"type": "FeatureCollection", "features": offices() if features is None else features}
    file.write_text(json.dumps(whole), encoding="utf-8")
    return file
