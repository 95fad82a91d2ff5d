"""Tables of the embedded store, and how an older file becomes one of today."""

from __future__ import annotations

import sqlite3

from kopa.store.errors import VersionError

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE tenant (key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
        "CREATE TABLE entity (key INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, id TEXT NOT NULL,"
        " types TEXT NOT NULL, scopes TEXT NOT NULL, created INTEGER NOT NULL,"
        " modified INTEGER NOT NULL, version INTEGER NOT NULL, UNIQUE (tenant, id))",
        "CREATE TABLE entity_type (tenant INTEGER, type TEXT, id TEXT, entity INTEGER,"
        " PRIMARY KEY (tenant, type, id)) WITHOUT ROWID",
        "CREATE INDEX entity_type_entity ON entity_type (entity)",
        "CREATE TABLE entity_scope (tenant INTEGER, scope TEXT, entity INTEGER,"
        " PRIMARY KEY (tenant, scope, entity)) WITHOUT ROWID",
        "CREATE INDEX entity_scope_entity ON entity_scope (entity)",
        "CREATE TABLE attribute (entity INTEGER, name TEXT, dataset TEXT, tenant INTEGER,"
        " document TEXT NOT NULL, relationship INTEGER NOT NULL, number REAL, text TEXT,"
        " instant INTEGER, created INTEGER NOT NULL, modified INTEGER NOT NULL,"
        " PRIMARY KEY (entity, name, dataset)) WITHOUT ROWID",
        "CREATE INDEX attribute_number ON attribute (tenant, name, number)",
        "CREATE INDEX attribute_text ON attribute (tenant, name, text) WHERE text IS NOT NULL",
        "CREATE INDEX attribute_instant ON attribute (tenant, name, instant)"
        " WHERE instant IS NOT NULL",
        "CREATE TABLE item (entity INTEGER, name TEXT, dataset TEXT, position INTEGER,"
        " tenant INTEGER, relationship INTEGER NOT NULL, number REAL, text TEXT,"
        " instant INTEGER, PRIMARY KEY (entity, name, dataset, position)) WITHOUT ROWID",
        "CREATE INDEX item_number ON item (tenant, name, number)",
        "CREATE INDEX item_text ON item (tenant, name, text) WHERE text IS NOT NULL",
        "CREATE TABLE geometry (key INTEGER PRIMARY KEY, entity INTEGER, name TEXT,"
        " x REAL, y REAL, shape BLOB)",
        "CREATE INDEX geometry_entity ON geometry (entity, name)",
        "CREATE VIRTUAL TABLE place USING rtree (key, west, east, south, north)",
    ),
    (
        "CREATE TABLE document (tenant INTEGER, kind TEXT, id TEXT, content BLOB NOT NULL,"
        " modified INTEGER NOT NULL, version INTEGER NOT NULL,"
        " PRIMARY KEY (tenant, kind, id)) WITHOUT ROWID",
        "CREATE TABLE outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, tenant INTEGER NOT NULL,"
        " target TEXT NOT NULL, content BLOB NOT NULL, due INTEGER NOT NULL,"
        " attempts INTEGER NOT NULL DEFAULT 0)",
        "CREATE INDEX outbox_due ON outbox (due)",
        "CREATE TABLE audit (sequence INTEGER PRIMARY KEY, tenant INTEGER NOT NULL,"
        " record TEXT NOT NULL, hash TEXT NOT NULL)",
        "CREATE INDEX audit_tenant ON audit (tenant, sequence)",
        "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit"
        " BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
        "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit"
        " BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
    ),
    (
        "CREATE TABLE label (key INTEGER PRIMARY KEY, unit TEXT, quality TEXT, simulated INTEGER,"
        " UNIQUE (unit, quality, simulated))",
        "CREATE TABLE series (key INTEGER PRIMARY KEY, tenant INTEGER, entity TEXT,"
        " attribute TEXT, dataset TEXT, UNIQUE (tenant, entity, attribute, dataset))",
        "CREATE TABLE last (series INTEGER PRIMARY KEY, at INTEGER NOT NULL, value,"
        " label INTEGER NOT NULL, raw TEXT)",
        "CREATE TABLE segment (day INTEGER, kind TEXT, file TEXT, rows INTEGER, bytes INTEGER,"
        " PRIMARY KEY (day, kind)) WITHOUT ROWID",
    ),
)
"""What makes each version of the schema out of the one before."""

SLOT = 900_000_000
"""A quarter of an hour, µs: hot rows are kept by slot, series and time.

Measured (2 cores, batches of one row for each of 1,000 series, FULL): ordered by series and time
71,000 rows/s, every batch touches a page a series; by slot first 190,000, its pages are few;
by time first 270,000, but reading a series reads the whole day.
"""


def table_of(day: int, kind: str) -> str:
    """Name of a day's table; `kind` is ``open`` or ``sealed``."""
    return f"{kind}_{day}" if day >= 0 else f"{kind}_before_{-day}"


def day_table(day: int, kind: str = "open") -> str:
    """Statement that makes the table of a day.

    `value` holds a float or a text; `moment` counts from the slot's begin, µs.
    """
    return (
        f"CREATE TABLE IF NOT EXISTS {table_of(day, kind)} (slot INTEGER, series INTEGER,"
        " moment INTEGER, value, label INTEGER, raw TEXT,"
        " PRIMARY KEY (slot, series, moment)) WITHOUT ROWID"
    )


def migrate(connection: sqlite3.Connection, now: int) -> None:
    """Bring the schema to the newest version, a version a transaction.

    Raises
    ------
    VersionError
        If the file is of a newer version.
    """
    connection.execute(
        "CREATE TABLE IF NOT EXISTS migration (version INTEGER PRIMARY KEY, at INTEGER NOT NULL)"
    )
    (version,) = connection.execute("SELECT coalesce(max(version), 0) FROM migration").fetchone()
    if version > len(MIGRATIONS):
        raise VersionError(
            f"a newer Kopa wrote this store (schema {version}, known {len(MIGRATIONS)}): "
            "use that one, or restore a backup made with this one"
        )
    for number, statements in enumerate(MIGRATIONS[version:], version + 1):
        connection.execute("BEGIN IMMEDIATE")
        for statement in statements:
            connection.execute(statement)
        connection.execute("INSERT INTO migration VALUES (?, ?)", (number, now))
        connection.execute("COMMIT")
