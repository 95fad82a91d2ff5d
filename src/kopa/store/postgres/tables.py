"""Reads documents, outbox, audit log and what there is."""

from __future__ import annotations

import asyncpg

from kopa.store.contract import Statistics
from kopa.store.documents import AuditRow, Document, OutboxItem
from kopa.store.observations import Key

_DOCUMENT = (
    "SELECT d.kind, d.id, d.content, d.modified, d.version FROM document d"
    " JOIN tenant t ON t.key = d.tenant WHERE t.name = $1 AND d.kind = $2"
)


async def types(connection: asyncpg.Connection, tenant: str) -> dict[str, int]:
    """Type → number of entities."""
    rows = await connection.fetch(
        "SELECT y.type, count(*) FROM entity_type y JOIN tenant t ON t.key = y.tenant"
        " WHERE t.name = $1 GROUP BY y.type ORDER BY y.type",
        tenant,
    )
    return {row[0]: row[1] for row in rows}


async def attribute_names(connection: asyncpg.Connection, tenant: str, type: str) -> dict[str, int]:
    """Attribute → number of entities that have it."""
    rows = await connection.fetch(
        "SELECT a.name, count(DISTINCT a.entity) FROM attribute a"
        " JOIN tenant t ON t.key = a.tenant WHERE t.name = $1 AND ($2 = '' OR a.entity IN"
        " (SELECT entity FROM entity_type y WHERE y.tenant = t.key AND y.type = $2))"
        " GROUP BY a.name ORDER BY a.name",
        tenant,
        type,
    )
    return {row[0]: row[1] for row in rows}


async def document(
    connection: asyncpg.Connection, tenant: str, kind: str, id: str
) -> Document | None:
    """One document."""
    row = await connection.fetchrow(f"{_DOCUMENT} AND d.id = $3", tenant, kind, id)
    return Document(tenant, *row) if row else None


async def documents(
    connection: asyncpg.Connection, place: tuple[str, str, str], limit: int
) -> tuple[Document, ...]:
    """Documents of a tenant and kind, those after an id."""
    rows = await connection.fetch(
        f"{_DOCUMENT} AND d.id > $3 ORDER BY d.id LIMIT $4", *place, limit
    )
    return tuple(Document(place[0], *row) for row in rows)


async def claim(
    connection: asyncpg.Connection, now: int, lease_us: int, limit: int
) -> tuple[OutboxItem, ...]:
    """Take what is due and nobody else takes, and make it due again after the lease."""
    rows = await connection.fetch(
        "WITH due AS (SELECT id, due FROM outbox WHERE due <= $1 ORDER BY due, id LIMIT $3"
        " FOR UPDATE SKIP LOCKED)"
        " UPDATE outbox o SET due = $1 + $2, attempts = o.attempts + 1 FROM due, tenant t"
        " WHERE o.id = due.id AND t.key = o.tenant"
        " RETURNING o.id, t.name, o.target, o.content, due.due, o.attempts",
        now,
        lease_us,
        limit,
    )
    return tuple(sorted((OutboxItem(*row) for row in rows), key=lambda item: (item.due, item.id)))


async def audit(
    connection: asyncpg.Connection, tenant: str, after: int, limit: int
) -> tuple[AuditRow, ...]:
    """Audit rows of a tenant, those after a sequence."""
    rows = await connection.fetch(
        "SELECT a.sequence, a.record, a.hash FROM audit a JOIN tenant t ON t.key = a.tenant"
        " WHERE t.name = $1 AND a.sequence > $2 ORDER BY a.sequence LIMIT $3",
        tenant,
        after,
        limit,
    )
    return tuple(AuditRow(*row) for row in rows)


async def series(connection: asyncpg.Connection, tenant: str, entity: str) -> tuple[Key, ...]:
    """Series of an entity, or all of a tenant."""
    rows = await connection.fetch(
        "SELECT s.entity, s.attribute, s.dataset FROM series s JOIN tenant t ON t.key = s.tenant"
        " WHERE t.name = $1 AND ($2 = '' OR s.entity = $2)"
        " ORDER BY s.entity, s.attribute, s.dataset",
        tenant,
        entity,
    )
    return tuple(Key(*row) for row in rows)


async def statistics(connection: asyncpg.Connection, waiting: int) -> Statistics:
    """How much there is."""
    names = ("entity", "series", "document", "outbox", "audit", "observation")
    counts = {name: await connection.fetchval(f"SELECT count(*) FROM {name}") for name in names}
    return Statistics(
        entities=counts["entity"],
        series=counts["series"],
        documents=counts["document"],
        outbox=counts["outbox"],
        audit=counts["audit"],
        hot=counts["observation"],
        cold=0,
        hot_bytes=await connection.fetchval("SELECT pg_database_size(current_database())"),
        cold_bytes=0,
        waiting=waiting,
    )
