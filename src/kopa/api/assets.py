"""The assets of a city as NGSI-LD entities: what is solved and what is patched is one thing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import quote

from kopa.city.load import City
from kopa.city.places import Places
from kopa.model import Assets

_SMART = {
    ("water", "junction"): "Junction",
    ("water", "reservoir"): "Reservoir",
    ("water", "tank"): "Tank",
    ("water", "pipe"): "Pipe",
    ("water", "pump"): "Pump",
    ("water", "valve"): "Valve",
    ("transport", "street"): "RoadSegment",
    ("transport", "stop"): "PublicTransportStop",
}
"""Types of the Smart Data Models (WaterNetworkManagement, Transportation) by domain and kind."""
GIVEN = frozenset({"asset", "category", "name", "people", "location", "synthetic"})
"""Attributes that say what an asset is, and not how it stands."""
STATIC = frozenset({"asset", "category", "name", "people", "location", "synthetic"})
"""Attributes that the city's files say of an asset: nothing observes them."""
UNPUBLISHED = frozenset({"network", "zone", "way", "trip", "route"})
"""Kinds that are no things with a place: sums of others, or of the timetable."""


def entity_type(domain: str, kind: str) -> str:
    """Type of an asset's entity: a Smart Data Model's where there is one."""
    words = re.split(r"[^A-Za-z0-9]+", kind)
    return _SMART.get((domain, kind)) or "".join(word[:1].upper() + word[1:] for word in words)


def entity_id(domain: str, kind: str, native: str) -> str:
    """Id of an asset's entity: ``urn:ngsi-ld:Pump:water:PU-1``."""
    return f"urn:ngsi-ld:{entity_type(domain, kind)}:{domain}:{quote(native, safe='-._~')}"


def ids_of(city: City) -> dict[str, str]:
    """Entity of each asset that has one, by ``domain:id``."""
    return {
        assets.full(row): entity_id(name, kind, native)
        for name, domain in city.domains.items()
        for assets in [domain.assets()]
        for row, (native, kind) in enumerate(zip(assets.ids, assets.kinds, strict=True))
        if kind not in UNPUBLISHED
    }


def entities(city: City) -> Iterator[bytes]:
    """Every asset as an NGSI-LD entity in normalized form, JSON."""
    places = Places(city)
    for name, domain in city.domains.items():
        assets = domain.assets()
        for row, (native, kind) in enumerate(zip(assets.ids, assets.kinds, strict=True)):
            if kind not in UNPUBLISHED:
                content = _entity(city, assets, row, places.of(name, row))
                yield json.dumps(
                    {
                        "id": entity_id(name, kind, native),
                        "type": entity_type(name, kind),
                        **content,
                    },
                    ensure_ascii=False,
                ).encode()


def _entity(
    city: City, assets: Assets, row: int, place: tuple[float, float] | None
) -> dict[str, object]:
    found: dict[str, object] = {
        "asset": {"type": "Property", "value": assets.full(row)},
        "category": {"type": "Property", "value": assets.kinds[row]},
    }
    if assets.names[row]:
        found["name"] = {"type": "Property", "value": assets.names[row]}
    if assets.people[row] > 0:
        found["people"] = {"type": "Property", "value": float(assets.people[row])}
    if place is not None:
        point = {"type": "Point", "coordinates": list(place)}
        found["location"] = {"type": "GeoProperty", "value": point}
    if city.settings.synthetic:
        found["synthetic"] = {"type": "Property", "value": True}
    return found
