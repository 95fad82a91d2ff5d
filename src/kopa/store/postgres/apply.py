"""Writes a batch in the transaction that is open."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import repeat
from typing import Any

import asyncpg
import numpy as np

from kopa.store.contract import Batch, Receipt
from kopa.store.documents import (
    FIRST,
    AuditEntry,
    PutDocument,
    Retry,
    Send,
    Sent,
    canonical,
    chained,
)
from kopa.store.entities import DeleteEntity, EntityWrite, PatchEntity, PutEntity
from kopa.store.expected import expect_document, expect_entity
from kopa.store.geometry import read_geometry
from kopa.store.instances import instances
from kopa.store.observations import Observations
from kopa.store.postgres.numbers import Numbers
from kopa.store.postgres.schema import AUDITING

INCOMING = (
    "CREATE TEMPORARY TABLE IF NOT EXISTS incoming (series bigint, at bigint, value float8,"
    " text text, label integer, raw text)"
)
_OBSERVE = (
    "INSERT INTO observation SELECT * FROM incoming ON CONFLICT (series, at) DO UPDATE SET"
    " value = excluded.value, text = excluded.text, label = excluded.label, raw = excluded.raw"
)
_LAST = (
    "INSERT INTO last SELECT DISTINCT ON (series) * FROM incoming ORDER BY series, at DESC"
    " ON CONFLICT (series) DO UPDATE SET at = excluded.at, value = excluded.value,"
    " text = excluded.text, label = excluded.label, raw = excluded.raw"
    " WHERE excluded.at >= last.at"
)


class Writing:
    """The writes of a batch.

    Parameters
    ----------
    connection
        In a transaction, with the temporary table ``incoming``.
    numbers
        What is known of names.
    """

    def __init__(self, connection: asyncpg.Connection, numbers: Numbers) -> None:
        self._connection = connection
        self._numbers = numbers

    async def apply(self, batch: Batch) -> Receipt:
        """Write it."""
        for part in batch.observations:
            await self._observe(part)
        entities = [await self._entity(write) for write in batch.entities]
        documents = [await self._document(write) for write in batch.documents]
        audit = await self._audit(batch.audit)
        for item in batch.outbox:
            await self._outbox(item)
        return Receipt(tuple(entities), tuple(documents), audit)

    async def _observe(self, observations: Observations) -> None:
        if not len(observations):
            return
        rows = observations.distinct()  # a row cannot be updated twice in one statement
        tenant = await self._numbers.tenant(self._connection, rows.tenant)
        series = np.array(await self._numbers.series(self._connection, tenant, rows.keys))
        labels = np.array(await self._numbers.labels(self._connection, rows.labels))
        values: list[float | None] = rows.value.tolist()
        for row in np.flatnonzero(np.isnan(rows.value)).tolist():
            values[row] = None
        every = range(len(rows))
        records = zip(
            series[rows.series].tolist(),
            rows.at.tolist(),
            values,
            [rows.texts.get(row) for row in every] if rows.texts else repeat(None),
            labels[rows.label].tolist(),
            [rows.raws.get(row) for row in every] if rows.raws else repeat(None),
            strict=False,  # without texts, None is repeated without end
        )
        await self._connection.copy_records_to_table("incoming", records=records)
        await self._connection.execute(_OBSERVE)
        await self._connection.execute(_LAST)
        await self._connection.execute("TRUNCATE incoming")

    async def _entity(self, write: EntityWrite) -> int:
        tenant = await self._numbers.tenant(self._connection, write.tenant)
        row = await self._connection.fetchrow(
            "SELECT key, version FROM entity WHERE tenant = $1 AND id = $2 FOR UPDATE",
            tenant,
            write.id,
        )
        key, version = row or (0, 0)
        expect_entity(write, version)
        if isinstance(write, DeleteEntity):
            await self._forget(key)
            await self._connection.execute("DELETE FROM entity WHERE key = $1", key)
            return 0
        if isinstance(write, PutEntity):
            await self._put(tenant, key, write)
        else:
            await self._patch(tenant, key, write)
        return int(version) + 1

    async def _put(self, tenant: int, key: int, write: PutEntity) -> None:
        types, scopes = json.dumps(write.types), json.dumps(write.scopes)
        if key:
            await self._forget(key)
            await self._connection.execute(
                "UPDATE entity SET types = $2, scopes = $3, modified = $4, version = version + 1"
                " WHERE key = $1",
                key,
                types,
                scopes,
                write.at,
            )
        else:
            key = await self._connection.fetchval(
                "INSERT INTO entity (tenant, id, types, scopes, created, modified, version)"
                " VALUES ($1, $2, $3, $4, $5, $5, 1) RETURNING key",
                tenant,
                write.id,
                types,
                scopes,
                write.at,
            )
        await self._name_types(tenant, key, write.id, write.types)
        await self._name_scopes(tenant, key, write.scopes)
        for name, content in write.attributes.items():
            await self._add_attribute((tenant, key, name), content, write.at, write.at)

    async def _patch(self, tenant: int, key: int, write: PatchEntity) -> None:
        if write.types is not None:
            await self._connection.execute("DELETE FROM entity_type WHERE entity = $1", key)
            await self._name_types(tenant, key, write.id, write.types)
        if write.scopes is not None:
            await self._connection.execute("DELETE FROM entity_scope WHERE entity = $1", key)
            await self._name_scopes(tenant, key, write.scopes)
        await self._connection.execute(
            "UPDATE entity SET types = coalesce($2, types), scopes = coalesce($3, scopes),"
            " modified = $4, version = version + 1 WHERE key = $1",
            key,
            None if write.types is None else json.dumps(write.types),
            None if write.scopes is None else json.dumps(write.scopes),
            write.at,
        )
        for name, content in write.attributes.items():
            created = await self._connection.fetchval(
                "SELECT min(created) FROM attribute WHERE entity = $1 AND name = $2", key, name
            )
            for table in ("attribute", "item", "place"):
                statement = f"DELETE FROM {table} WHERE entity = $1 AND name = $2"
                await self._connection.execute(statement, key, name)
            if content is not None:
                first = write.at if created is None else created
                await self._add_attribute((tenant, key, name), content, first, write.at)

    async def _forget(self, key: int) -> None:
        for table in ("attribute", "item", "place", "entity_type", "entity_scope"):
            await self._connection.execute(f"DELETE FROM {table} WHERE entity = $1", key)

    async def _name_types(self, tenant: int, key: int, id: str, types: tuple[str, ...]) -> None:
        rows = [(tenant, type, id, key) for type in dict.fromkeys(types)]
        await self._insert("entity_type", rows)

    async def _name_scopes(self, tenant: int, key: int, scopes: tuple[str, ...]) -> None:
        await self._insert("entity_scope", [(tenant, s, key) for s in dict.fromkeys(scopes)])

    async def _add_attribute(
        self, place: tuple[int, int, str], content: bytes, created: int, modified: int
    ) -> None:
        tenant, key, name = place
        for instance in instances(name, content):
            one = instance.values[0] if len(instance.values) == 1 else None
            scalar = (one.number, one.text, one.instant) if one else (None, None, None)
            head = (key, name, instance.dataset)
            kind = int(instance.relationship)
            row = (*head, tenant, instance.document, kind, *scalar, created, modified)
            await self._insert("attribute", [row])
            if len(instance.values) > 1:
                items = [
                    (*head, position, tenant, kind, value.number, value.text, value.instant)
                    for position, value in enumerate(instance.values)
                ]
                await self._insert("item", items)
            if instance.geometry is not None:
                await self._connection.execute(
                    "INSERT INTO place (entity, name, shape)"
                    " VALUES ($1, $2, ST_GeomFromWKB($3, 4326))",
                    key,
                    name,
                    read_geometry(instance.geometry).wkb,
                )

    async def _insert(self, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
        for row in rows:
            signs = ", ".join(f"${n}" for n in range(1, len(row) + 1))
            await self._connection.execute(f"INSERT INTO {table} VALUES ({signs})", *row)

    async def _document(self, write: PutDocument) -> int:
        name = (
            await self._numbers.tenant(self._connection, write.tenant),
            write.kind,
            write.id,
        )
        where = "WHERE tenant = $1 AND kind = $2 AND id = $3"
        version = await self._connection.fetchval(
            f"SELECT version FROM document {where} FOR UPDATE", *name
        )
        expect_document(write, version or 0)
        if write.content is None:
            await self._connection.execute(f"DELETE FROM document {where}", *name)
            return 0
        return int(
            await self._connection.fetchval(
                "INSERT INTO document VALUES ($1, $2, $3, $4, $5, $6)"
                " ON CONFLICT (tenant, kind, id) DO UPDATE SET content = excluded.content,"
                " modified = excluded.modified, version = document.version + 1 RETURNING version",
                *name,
                write.content,
                write.at,
                (version or 0) + 1,
            )
        )

    async def _audit(self, entries: Sequence[AuditEntry]) -> tuple[int, ...]:
        if not entries:
            return ()
        # held until the transaction ends: the next row of any process needs the hash of this one
        await self._connection.execute("SELECT pg_advisory_xact_lock($1)", AUDITING)
        row = await self._connection.fetchrow(
            "SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1"
        )
        sequence, previous = row or (0, FIRST)
        given = []
        for entry in entries:
            sequence += 1
            record = canonical(sequence, entry)
            previous = chained(previous, record)
            tenant = await self._numbers.tenant(self._connection, entry.tenant)
            await self._insert("audit", [(sequence, tenant, record, previous)])
            given.append(sequence)
        return tuple(given)

    async def _outbox(self, item: Send | Sent | Retry) -> None:
        match item:
            case Send():
                await self._connection.execute(
                    "INSERT INTO outbox (tenant, target, content, due) VALUES ($1, $2, $3, $4)",
                    await self._numbers.tenant(self._connection, item.tenant),
                    item.target,
                    item.content,
                    item.due,
                )
            case Sent():
                await self._connection.execute("DELETE FROM outbox WHERE id = $1", item.id)
            case Retry():
                await self._connection.execute(
                    "UPDATE outbox SET due = $2 WHERE id = $1", item.id, item.due
                )
