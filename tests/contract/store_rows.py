"""Small things to write into a store."""

from __future__ import annotations

import dataclasses
import itertools

from kopa.store import Batch, Key, Observation, Observations, PutEntity, Span, Store
from kopa.store.times import DAY

FIRST = 20_000 * DAY
SPAN = Span(FIRST - 2 * DAY, FIRST + 5 * DAY)
TENANTS = (f"tenant-{n}" for n in itertools.count())


def json_property(value: str) -> bytes:
    return f'{{"type":"Property","value":{value}}}'.encode()


def pump(tenant: str, id: str = "urn:p1", value: str = "1", **fields: object) -> PutEntity:
    put = PutEntity(tenant, id, ("Pump",), {"level": json_property(value)}, 10)
    return dataclasses.replace(put, **fields)  # type: ignore[arg-type]


def placed(tenant: str, id: str, geometry: str) -> PutEntity:
    content = f'{{"type":"GeoProperty","value":{geometry}}}'.encode()
    return PutEntity(tenant, id, ("Pipe",), {"location": content}, 1)


def level(at: int, value: float | str | None, entity: str = "urn:p1") -> Observation:
    return Observation(Key(entity, "level"), at, value)


def observe(store: Store, tenant: str, *rows: Observation) -> None:
    store.commit(Batch([Observations.of(tenant, rows)]))
