"""Writes documents, the outbox and the audit log."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from kopa.store.documents import (
    FIRST,
    AuditEntry,
    OutboxItem,
    PutDocument,
    Retry,
    Send,
    Sent,
    canonical,
    chained,
)
from kopa.store.embedded.numbers import Numbers
from kopa.store.expected import expect_document


def apply_document(connection: sqlite3.Connection, numbers: Numbers, write: PutDocument) -> int:
    """Write one document; its version, 0 if it was removed."""
    name = (numbers.tenant(write.tenant), write.kind, write.id)
    found = connection.execute(
        "SELECT version FROM document WHERE tenant = ? AND kind = ? AND id = ?", name
    ).fetchone()
    version = found[0] if found else 0
    expect_document(write, version)
    if write.content is None:
        connection.execute("DELETE FROM document WHERE tenant = ? AND kind = ? AND id = ?", name)
        return 0
    connection.execute(
        "INSERT OR REPLACE INTO document VALUES (?, ?, ?, ?, ?, ?)",
        (*name, write.content, write.at, version + 1),
    )
    return int(version) + 1


def apply_audit(
    connection: sqlite3.Connection, numbers: Numbers, entries: Sequence[AuditEntry]
) -> tuple[int, ...]:
    """Chain entries to the log; their sequences."""
    if not entries:
        return ()
    last = "SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1"
    sequence, previous = connection.execute(last).fetchone() or (0, FIRST)
    given = []
    for entry in entries:
        sequence += 1
        record = canonical(sequence, entry)
        previous = chained(previous, record)
        row = (sequence, numbers.tenant(entry.tenant), record, previous)
        connection.execute("INSERT INTO audit VALUES (?, ?, ?, ?)", row)
        given.append(sequence)
    return tuple(given)


def apply_outbox(
    connection: sqlite3.Connection, numbers: Numbers, item: Send | Sent | Retry
) -> None:
    """Put something into the outbox, or settle it; what is settled already stays so."""
    match item:
        case Send():
            row = (numbers.tenant(item.tenant), item.target, item.content, item.due)
            connection.execute(
                "INSERT INTO outbox (tenant, target, content, due) VALUES (?, ?, ?, ?)", row
            )
        case Sent():
            connection.execute("DELETE FROM outbox WHERE id = ?", (item.id,))
        case Retry():
            connection.execute("UPDATE outbox SET due = ? WHERE id = ?", (item.due, item.id))


def claim(
    connection: sqlite3.Connection, now: int, lease_us: int, limit: int
) -> tuple[OutboxItem, ...]:
    """Take what is due, and make it due again after the lease."""
    rows = connection.execute(
        "SELECT o.id, t.name, o.target, o.content, o.due, o.attempts + 1 FROM outbox o"
        " JOIN tenant t ON t.key = o.tenant WHERE o.due <= ? ORDER BY o.due, o.id LIMIT ?",
        (now, limit),
    ).fetchall()
    connection.executemany(
        "UPDATE outbox SET due = ?, attempts = attempts + 1 WHERE id = ?",
        [(now + lease_us, row[0]) for row in rows],
    )
    return tuple(OutboxItem(*row) for row in rows)
