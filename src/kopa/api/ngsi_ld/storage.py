"""What NGSI-LD asks of the store: entities as documents, their history, documents, the outbox."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from kopa.api.ngsi_ld.attribute import Instance
from kopa.api.ngsi_ld.entity import Entity, attributes
from kopa.api.ngsi_ld.history import moment_text, moment_us
from kopa.api.ngsi_ld.names import TEMPORAL_ONLY
from kopa.store.contract import Batch, Store
from kopa.store.documents import PutDocument, Send
from kopa.store.entities import Attribute, DeleteEntity, EntityWrite, PatchEntity, PutEntity
from kopa.store.entities import Entity as Row
from kopa.store.observations import Observation, Observations
from kopa.store.query import Query

EXPIRES = "expiresAt"
HIDDEN = (EXPIRES, TEMPORAL_ONLY)
"""Kept as attributes, and no attributes: when the entity ends, and how it came."""
PAGE = 500


@dataclass(frozen=True, slots=True)
class Kept:
    """An entity and its version."""

    entity: Entity
    version: int


@dataclass(frozen=True, slots=True)
class Write:
    """One entity before and after; None where it was not, or is no more.

    `version` is that of an entity whose time is over and that a new one replaces.
    """

    old: Kept | None
    new: Entity | None
    version: int = 0

    @property
    def before(self) -> Entity | None:
        """The entity before it."""
        return None if self.old is None else self.old.entity


@dataclass
class Storage:
    """The store, as NGSI-LD sees it."""

    store: Store

    def entity(self, tenant: str, id: str) -> Kept | None:
        """An entity; not one whose time is over."""
        row = self.store.entity(tenant, id)
        if row is None:
            return None
        kept = _kept(row)
        return None if is_over(kept.entity) else kept

    def several(self, tenant: str, ids: Sequence[str]) -> dict[str, Kept]:
        """Entities by id, also those whose time is over."""
        if len(ids) == 1:
            row = self.store.entity(tenant, ids[0])
            return {} if row is None else {row.id: _kept(row)}
        found: dict[str, Kept] = {}
        for at in range(0, len(ids), PAGE):
            part = tuple(ids[at : at + PAGE])
            rows = self.store.entities(Query(tenant, ids=part, limit=len(part)))
            found |= {row.id: _kept(row) for row in rows}
        return found

    def entities(self, query: Query) -> Iterator[Entity]:
        """Entities that a query asks for; not those whose time is over."""
        for row in self.store.entities(query):
            kept = _kept(row)
            if not is_over(kept.entity):
                yield kept.entity

    def every(self, query: Query) -> Iterator[Entity]:
        """All entities that a query asks for, page by page."""
        offset = 0
        while True:
            rows = self.store.entities(replace(query, offset=offset, limit=PAGE))
            for row in rows:
                kept = _kept(row)
                if not is_over(kept.entity):
                    yield kept.entity
            if len(rows) < PAGE:
                return
            offset += PAGE

    def batch(
        self,
        tenant: str,
        writes: Sequence[Write],
        history: Iterable[Observation] = (),
        sends: Iterable[Send] = (),
    ) -> Batch:
        """What is committed together.

        Parameters
        ----------
        tenant
            Whose.
        writes
            Entities before and after.
        history
            Rows of their past.
        sends
            Notifications.

        Returns
        -------
        Batch
            The batch.
        """
        rows = list(history)
        entities = [write for w in writes if (write := _entity_write(tenant, w)) is not None]
        return Batch(
            observations=(Observations.of(tenant, rows),) if rows else (),
            entities=tuple(entities),
            outbox=tuple(sends),
        )

    def documents(self, tenant: str, kind: str) -> Iterator[bytes]:
        """Contents of all documents of a kind."""
        after = ""
        while rows := self.store.documents(tenant, kind, after, 1000):
            for row in rows:
                yield row.content
            after = rows[-1].id

    def document(self, tenant: str, kind: str, id: str) -> bytes | None:
        """Content of a document."""
        found = self.store.document(tenant, kind, id)
        return None if found is None else found.content

    def put_document(self, tenant: str, kind: str, id: str, content: bytes | None) -> None:
        """Write a document, or remove it, and wait until that is durable."""
        put = PutDocument(tenant, kind, id, content, now_us())
        self.store.commit(Batch(documents=(put,)))


def now_us() -> int:
    """Now, µs since 1970."""
    return time.time_ns() // 1000


def _kept(row: Row) -> Kept:
    entity: Entity = {"id": row.id, "type": list(row.types)}
    if row.scopes:
        entity["scope"] = list(row.scopes)
    entity["createdAt"] = moment_text(row.created)
    entity["modifiedAt"] = moment_text(row.modified)
    for name, attribute in row.attributes.items():
        found = _instances(attribute)
        if name in HIDDEN:
            entity[name] = found[0].get("value")
        elif lasting := [one for one in found if not is_over(one)]:
            entity[name] = lasting
    return Kept(entity, row.version)


def _instances(attribute: Attribute) -> list[Instance]:
    found: Any = msgspec.json.decode(attribute.document)
    several: list[Instance] = found if isinstance(found, list) else [found]
    for one in several:
        if "createdAt" not in one:
            one["createdAt"] = moment_text(attribute.created)
        if "modifiedAt" not in one:
            one["modifiedAt"] = moment_text(attribute.modified)
    return several


def is_over(entity: Entity) -> bool:
    """Whether the time of an entity, or of an instance, is over."""
    end = entity.get(EXPIRES)
    return isinstance(end, str) and moment_us(end) <= now_us()


def _encoded(found: list[Instance]) -> bytes:
    return msgspec.json.encode(found[0] if len(found) == 1 else found)


def _documents(entity: Entity) -> dict[str, bytes]:
    made = {name: _encoded(found) for name, found in attributes(entity).items()}
    for name in HIDDEN:
        if name in entity:
            made[name] = msgspec.json.encode({"type": "Property", "value": entity[name]})
    return made


def _entity_write(tenant: str, write: Write) -> EntityWrite | None:
    old, new = write.old, write.new
    if new is None:
        return None if old is None else DeleteEntity(tenant, old.entity["id"], old.version)
    at = moment_us(new["modifiedAt"])
    types, scopes = tuple(new["type"]), tuple(new.get("scope", ()))
    if old is None:
        return PutEntity(tenant, new["id"], types, _documents(new), at, scopes, write.version)
    before = old.entity
    changed: dict[str, bytes | None] = {
        name: _encoded(found)
        for name, found in attributes(new).items()
        if before.get(name) != found
    }
    changed |= {name: None for name in attributes(before) if name not in new}
    for name in HIDDEN:
        if before.get(name) != new.get(name):
            changed[name] = _documents(new).get(name)
    return PatchEntity(
        tenant,
        new["id"],
        at,
        changed,
        types if before["type"] != new["type"] else None,
        scopes if before.get("scope") != new.get("scope") else None,
        expected=old.version,
    )
