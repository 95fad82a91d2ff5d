"""The health care of the town of `small_streets`.

::

    5 pharmacy --- 6 --- 7 --- 8 clinic
    |              |     |     |
    1 north ------ 2 --- 3 --- 4 --- 9 hospital
                   west  mid

Homes: ``west`` at 2 (100 people), ``mid`` at 3 (50), ``east`` at 4 (30, of them 12 of 65+). The
hospital is reached by the dead end 106-1 alone. From west to east streets are 243 m long, from
south to north 223 m, and allow 10 m/s.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from domains.transport.small_streets import place, write_streets

FACILITIES: dict[str, tuple[int, tuple[str, ...]]] = {
    "hospital": (9, ("emergency", "dialysis")),
    "clinic": (8, ("general_practice", "dialysis")),
    "pharmacy": (5, ("pharmacy",)),
}
HOMES: dict[str, tuple[int, float, dict[str, float]]] = {
    "west": (2, 100.0, {"0-14": 20.0, "65+": 20.0}),
    "mid": (3, 50.0, {"0-14": 5.0, "65+": 5.0}),
    "east": (4, 30.0, {"0-14": 0.0, "65+": 12.0}),
}
BEDS = "facility,capability,beds,staffed,occupied\nhospital,dialysis,6,4,\nclinic,dialysis,2,,\n"
STORES = "facility,electricity_h,water_h,heat_h\nhospital,2,0,0\n"
SETTINGS: dict[str, Any] = {
    "facilities": "facilities.json",
    "beds": "beds.csv",
    "stores": "stores.csv",
    "residents": "residents.geojson",
    "streets": "streets.osm.pbf",
    "within_min": 2,
    "cell_m": 100,
}
TOML = "\n[health]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in SETTINGS.items())


def location(name: str, node: int, **more: Any) -> dict[str, Any]:
    lon, lat = place(node)
    found = {"resourceType": "Location", "id": name, "name": name.title(), "status": "active",
             "position": {"longitude": lon, "latitude": lat}}  # fmt: skip
    return found | more


def service(name: str, at: str, *codes: tuple[str, str], **more: Any) -> dict[str, Any]:
    found = {
        "resourceType": "HealthcareService",
        "id": name,
        "type": [{"coding": [{"system": system, "code": code} for system, code in codes]}],
        "location": [{"reference": f"Location/{at}"}],
    }
    return found | more


def resources() -> list[dict[str, Any]]:
    """Locations with a service for each capability."""
    found: list[dict[str, Any]] = []
    for name, (node, capabilities) in FACILITIES.items():
        found.append(location(name, node))
        for one in capabilities:
            key = f"{name}-{one.replace('_', '-')}"
            found.append(service(key, name, ("urn:kopa:capability", one)))
    return found


def bundle(found: Sequence[Any]) -> str:
    entries = [{"resource": one} for one in found]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries})


def homes() -> list[dict[str, Any]]:
    return [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": list(place(node))},
            "properties": {"id": name, "people": people, "groups": groups, "zone": name},
        }
        for name, (node, people, groups) in HOMES.items()
    ]


def collection(found: Sequence[Any]) -> str:
    return json.dumps({"type": "FeatureCollection", "features": list(found)})


def write_health(folder: Path) -> dict[str, Any]:
    """Write all files; gives the settings."""
    (folder / "facilities.json").write_text(bundle(resources()), "utf-8")
    (folder / "residents.geojson").write_text(collection(homes()), "utf-8")
    (folder / "beds.csv").write_text(BEDS, "utf-8")
    (folder / "stores.csv").write_text(STORES, "utf-8")
    if not (folder / "streets.osm.pbf").exists():
        write_streets(folder / "streets.osm.pbf")
    return dict(SETTINGS)


def write_town(folder: Path) -> Path:
    """A city of health care alone; gives the folder."""
    write_health(folder)
    (folder / "city.toml").write_text('name = "Town"\n' + TOML, "utf-8")
    return folder
