"""Sights of the town of `small_streets`: a museum, a tower, a park and a stage.

::

    5 --- 6 --- 7 tower -- 8 park
    |     |     |          |
    1 --- 2 --- 3 -------- 4 --- 9 stage
    museum

The museum is open from 10 to 18 but on Mondays and holidays; 80 come evenly, each for an hour.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from domains.transport.small_streets import place, write_streets

SIGHTS: Mapping[str, tuple[int, dict[str, Any]]] = {
    "museum": (1, {
        "kind": "museum", "name": "Museum", "opening_hours": "Tu-Su 10:00-18:00; PH off",
        "visitors_day": 80, "stay_min": 60, "capacity": 25, "wheelchair": "yes", "prize": 3,
    }),
    "tower": (7, {
        "kind": "viewpoint", "name": "Tower", "opening_hours": "10:00-12:00,14:00-16:00",
        "visitors_day": 40, "stay_min": 30, "wheelchair": "no", "prize": 2,
    }),
    "park": (8, {
        "kind": "park", "name": "Park", "visitors_day": 240, "stay_min": 60, "peak_h": 14,
        "wheelchair": "yes",
    }),
    "stage": (9, {"kind": "venue", "name": "Stage", "visitors_day": 0, "stay_min": 120}),
}  # fmt: skip
CALENDAR = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Town//EN
BEGIN:VEVENT
UID:jani
DTSTAMP:20260101T000000Z
DTSTART:20260623T150000Z
DTEND:20260623T210000Z
SUMMARY:Midsummer
LOCATION:Stage
X-KOPA-VISITORS:500
END:VEVENT
END:VCALENDAR
"""
SETTINGS: dict[str, Any] = {
    "sights": "sights.geojson", "events": "events.ics", "streets": "streets.osm.pbf",
    "transit_share": 0.5, "water_l_visitor_h": 3.6, "waste_kg_visitor_h": 0.1,
}  # fmt: skip
TOML = "\n[tourism]\n" + "".join(f"{key} = {json.dumps(one)}\n" for key, one in SETTINGS.items())


def collection(more: Mapping[str, Mapping[str, Any]] | None = None) -> dict[str, Any]:
    """A FeatureCollection of the sights."""
    found = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": list(place(node))},
            "properties": {"id": name, **values, **(more or {}).get(name, {})},
        }
        for name, (node, values) in SIGHTS.items()
    ]
    return {"type": "FeatureCollection", "features": found}


def write_tourism(
    folder: Path, more: Mapping[str, Mapping[str, Any]] | None = None
) -> dict[str, Any]:
    """Write all files; gives the settings."""
    (folder / "sights.geojson").write_text(json.dumps(collection(more)), "utf-8")
    (folder / "events.ics").write_text(CALENDAR, "utf-8")
    if not (folder / "streets.osm.pbf").exists():
        write_streets(folder / "streets.osm.pbf")
    return dict(SETTINGS)


def write_town(folder: Path, more: Mapping[str, Mapping[str, Any]] | None = None) -> Path:
    """A city of nothing but tourism; gives the folder."""
    write_tourism(folder, more)
    (folder / "city.toml").write_text('name = "Town"\n' + TOML, "utf-8")
    return folder
