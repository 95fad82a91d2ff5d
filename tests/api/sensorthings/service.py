"""A small city behind the service, and how its tests ask."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from starlette.testclient import TestClient

from kopa.api.sensorthings.routes import ROOT
from kopa.store.times import parse_moment

TANK, PUMP, BARE = "urn:ngsi-ld:Tank:water:T/1", "urn:ngsi-ld:Pump:water:U", "urn:ngsi-ld:Pipe:1"


LEVEL = f"{TANK}|level"


def moment(minute: int) -> str:
    return f"2026-11-22T{minute // 60:02d}:{minute % 60:02d}:00Z"


def measured(value: Any, minute: int, unit: str = "") -> dict[str, Any]:
    made = {"type": "Property", "value": value, "observedAt": moment(minute)}
    return {**made, "unitCode": unit} if unit else made


def entities() -> list[dict[str, Any]]:
    place = {"type": "Point", "coordinates": [24.1, 56.9]}
    other = {"type": "Point", "coordinates": [25.0, 57.5]}
    return [
        {
            "id": TANK, "type": "Tank",
            "name": {"type": "Property", "value": "Tank one"},
            "category": {"type": "Property", "value": "tank"},
            "location": {"type": "GeoProperty", "value": place},
            "level": measured(0, 0, "MTR"),
        },
        {
            "id": PUMP, "type": "Pump",
            "name": {"type": "Property", "value": "Pump house"},
            "location": {"type": "GeoProperty", "value": other},
            "running": measured(True, 5), "power": measured(3.5, 5, "KWT"),
        },
        {"id": BARE, "type": "Pipe"},
    ]  # fmt: skip


def at(minute: int) -> int:
    found = parse_moment(moment(minute))
    assert found is not None
    return found


def get(client: TestClient, path: str, status: int = 200, **options: Any) -> Any:
    given = {f"${name}": str(value) for name, value in options.items()}
    answer = client.get(f"{ROOT}/{path}", params=given)
    assert answer.status_code == status, answer.text
    return answer.json()


def ids(page: Any) -> list[str]:
    return [item["@iot.id"] for item in page["value"]]


def one(kind: str, id: str) -> str:
    return f"{kind}('{quote(id, safe='')}')"
