"""What a store must answer, in plain Python over plain lists: the judge of both stores."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field
from typing import Any

from kopa.store import Entity, Key, Observation, PutEntity
from kopa.store.geometry import haversine_m
from kopa.store.query import (
    And,
    AttributePath,
    Between,
    Box,
    Compare,
    Condition,
    Exists,
    InScope,
    Instant,
    Matches,
    Near,
    Not,
    OfType,
    Or,
    Query,
    Related,
)
from kopa.store.times import parse_moment

MAIN = ("value", "object", "vocab", "languageMap", "valueList", "objectList")


@dataclass
class Model:
    """Entities and observations, kept in dictionaries."""

    entities: dict[tuple[str, str], PutEntity] = field(default_factory=dict)
    rows: dict[tuple[str, Key, int], Observation] = field(default_factory=dict)

    def put(self, write: PutEntity) -> None:
        self.entities[write.tenant, write.id] = write

    def observe(self, tenant: str, rows: list[Observation]) -> None:
        for row in rows:
            self.rows[tenant, row.key, row.at] = row

    def select(self, query: Query) -> list[str]:
        found = [e for e in self.entities.values() if _holds(e, query)]
        if query.nearest_first:
            assert isinstance(query.place, Near)
            found.sort(key=lambda e: (_distance(e, query.place), e.id))
        else:
            found.sort(key=lambda e: e.id)
        return [e.id for e in found]

    def points(self, tenant: str, key: Key, begin: int, end: int) -> list[Observation]:
        rows = [r for (t, k, at), r in self.rows.items() if t == tenant and k == key]
        return sorted((r for r in rows if begin <= r.at < end), key=lambda r: r.at)

    def last(self, tenant: str, key: Key) -> Observation | None:
        rows = self.points(tenant, key, -(1 << 62), 1 << 62)
        return rows[-1] if rows else None


def _holds(entity: PutEntity, query: Query) -> bool:
    return (
        entity.tenant == query.tenant
        and (not query.ids or entity.id in query.ids)
        and (not query.types or bool(set(query.types) & set(entity.types)))
        and re.search(query.id_pattern, entity.id) is not None
        and (not query.attributes or any(a in entity.attributes for a in query.attributes))
        and (query.where is None or _true(entity, query.where))
        and (query.place is None or _there(entity, query.place))
    )


def _true(entity: PutEntity, condition: Condition) -> bool:
    match condition:
        case And(parts):
            return all(_true(entity, part) for part in parts)
        case Or(parts):
            return any(_true(entity, part) for part in parts)
        case Not(part):
            return not _true(entity, part)
        case OfType(type):
            return type in entity.types
        case InScope(pattern):
            return any(_in_scope(scope.split("/"), pattern.split("/")) for scope in entity.scopes)
        case Related(name, objects):
            return any(
                value in objects
                for instance in _instances(entity, name)
                if "object" in instance or "objectList" in instance
                for value in _main(instance)
            )
        case Exists(path):
            return bool(_present(entity, path))
        case Compare(path, "!=", value):
            return bool(_present(entity, path)) and not _true(entity, Compare(path, "==", value))
        case Compare(path, operator, value):
            return any(_compare(found, operator, value) for found in _values(entity, path, value))
        case Between(path, low, high):
            return any(
                _compare(found, ">=", low) and _compare(found, "<=", high)
                for found in _values(entity, path, low)
            )
        case Matches(path, pattern):
            values = _values(entity, path, "")
            return any(isinstance(v, str) and re.search(pattern, v) is not None for v in values)


def _in_scope(scope: list[str], pattern: list[str]) -> bool:
    if pattern[-1] == "#":
        return len(scope) >= len(pattern) - 1 and _in_scope(scope[: len(pattern) - 1], pattern[:-1])
    return len(scope) == len(pattern) and all(
        a == b or (b == "+" and a != "") for a, b in zip(scope, pattern, strict=True)
    )


def _instances(entity: PutEntity, name: str) -> list[dict[str, Any]]:
    if name not in entity.attributes:
        return []
    found = json.loads(entity.attributes[name])
    return found if isinstance(found, list) else [found]


def _present(entity: PutEntity, path: AttributePath) -> list[object]:
    found: list[object] = []
    for instance in _instances(entity, path.attribute):
        part: Any = instance
        for member in path.members:
            if not isinstance(part, dict) or member not in part:
                break
            part = part[member]
        else:
            found.append(part)
    return found


def _values(entity: PutEntity, path: AttributePath, value: object) -> list[object]:
    if isinstance(value, bool) and not path.members:
        path = AttributePath(path.attribute, ("value",))
    if path.members:
        return _present(entity, path)
    return [v for instance in _instances(entity, path.attribute) for v in _main(instance)]


def _main(instance: dict[str, Any]) -> list[object]:
    for member in MAIN:
        if member in instance:
            return _leaves(instance[member])
    return []


def _leaves(value: Any) -> list[object]:
    if isinstance(value, list):
        return [leaf for item in value if not isinstance(item, list) for leaf in _leaves(item)]
    if isinstance(value, dict):
        if "@value" in value:
            return _leaves(value["@value"])
        if isinstance(value.get("object"), str):
            return [value["object"]]
        if value and all(isinstance(v, str) for v in value.values()) and "type" not in value:
            return list(value.values())
        return []
    return [value]


def _compare(found: object, operator: str, value: object) -> bool:
    a: Any = found
    b: Any = value
    if isinstance(value, Instant):
        a, b = (parse_moment(found) if isinstance(found, str) else None), value.at
        if a is None:
            return False
    elif isinstance(value, bool) or isinstance(found, bool):
        if not (isinstance(value, bool) and isinstance(found, bool)):
            return False
    elif isinstance(value, str) != isinstance(found, str) or not isinstance(
        found, int | float | str
    ):
        return False
    return {
        "==": a == b,
        "<": a < b,
        "<=": a <= b,
        ">": a > b,
        ">=": a >= b,
    }[operator]


def _places(entity: PutEntity, name: str) -> list[tuple[float, float]]:
    return [
        i["value"]["coordinates"] for i in _instances(entity, name) if i["type"] == "GeoProperty"
    ]


def _distance(entity: PutEntity, near: Near) -> float:
    return min(
        (haversine_m(near.x, near.y, x, y) for x, y in _places(entity, near.name)), default=math.inf
    )


def _there(entity: PutEntity, place: object) -> bool:
    if isinstance(place, Near):
        return any(
            place.least_m <= haversine_m(place.x, place.y, x, y) <= place.most_m
            for x, y in _places(entity, place.name)
        )
    assert isinstance(place, Box)
    return any(
        place.west <= x <= place.east and place.south <= y <= place.north
        for x, y in _places(entity, place.name)
    )


def same(entity: Entity, write: PutEntity) -> bool:
    """Whether an entity is what was written."""
    return (
        (entity.tenant, entity.id, entity.types, entity.scopes)
        == (write.tenant, write.id, write.types, write.scopes)
        and entity.attributes.keys() == write.attributes.keys()
        and all(
            _sorted(json.loads(entity.attributes[name].document)) == _sorted(json.loads(content))
            for name, content in write.attributes.items()
        )
    )


def _sorted(attribute: Any) -> Any:
    if isinstance(attribute, list) and len(attribute) == 1:
        return attribute[0]
    if isinstance(attribute, list):
        return sorted(attribute, key=lambda instance: instance.get("datasetId", ""))
    return attribute
