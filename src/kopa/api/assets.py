"""The assets of a city as NGSI-LD entities: what is solved and what is patched is one thing."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from kopa.city.load import City
from kopa.errors import UsageError
from kopa.geo.project import Projection
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
    projection = _projection(city)
    for name, domain in city.domains.items():
        assets = domain.assets()
        places = _places(assets, projection)
        for row, (native, kind) in enumerate(zip(assets.ids, assets.kinds, strict=True)):
            if kind not in UNPUBLISHED:
                content = _entity(city, assets, row, places.get(row))
                yield json.dumps(
                    {
                        "id": entity_id(name, kind, native),
                        "type": entity_type(name, kind),
                        **content,
                    },
                    ensure_ascii=False,
                ).encode()


def box_of(city: City) -> tuple[float, float, float, float] | None:
    """West, south, east, north of a city's assets, °; None where its CRS has no place on earth."""
    projection = _projection(city)
    points = [
        place
        for domain in city.domains.values()
        for place in _places(domain.assets(), projection).values()
    ]
    if not points:
        return None
    lon, lat = zip(*points, strict=True)
    return min(lon), min(lat), max(lon), max(lat)


def _projection(city: City) -> Projection | None:
    try:
        return Projection(city.settings.crs) if city.settings.crs else None
    except UsageError:  # a local CRS has no place on the globe
        return None


def _places(assets: Assets, projection: Projection | None) -> Mapping[int, tuple[float, float]]:
    if projection is None or not len(assets):
        return {}
    lon, lat = projection.degrees(assets.x, assets.y)
    return {
        row: (round(x, 7), round(y, 7))
        for row, (x, y) in enumerate(zip(lon.tolist(), lat.tolist(), strict=True))
        if math.isfinite(x) and math.isfinite(y)
    }


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
