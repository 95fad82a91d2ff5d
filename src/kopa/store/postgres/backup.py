"""Copies of the whole store as binary COPY files, checked when they are read."""

from __future__ import annotations

import json
from hashlib import file_digest
from pathlib import Path

import asyncpg

from kopa.errors import UsageError
from kopa.store.errors import CorruptError
from kopa.store.postgres.schema import MIGRATIONS, add_day
from kopa.store.postgres.session import Session

TABLES = (
    "tenant",
    "entity",
    "entity_type",
    "entity_scope",
    "attribute",
    "item",
    "place",
    "document",
    "outbox",
    "audit",
    "label",
    "series",
    "last",
    "observation",
)
_COUNTED = dict.fromkeys(("tenant", "entity", "place", "label", "series"), "key")
_COUNTED["outbox"] = "id"
CONTENTS = "backup.json"
LONG_S = 86_400.0


async def back_up(connection: asyncpg.Connection, folder: Path) -> None:
    """Copy all tables, as they are at the moment of the connection's transaction.

    Raises
    ------
    UsageError
        If the folder is there and not empty.
    """
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} is there and not empty: name a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    days = [row[0] for row in await connection.fetch("SELECT day FROM day ORDER BY day")]
    for table in TABLES:
        await connection.copy_from_query(
            f"SELECT * FROM {table}",
            output=folder / f"{table}.copy",
            format="binary",
            timeout=LONG_S,
        )
    sums = {f"{table}.copy": _sum(folder / f"{table}.copy") for table in TABLES}
    contents = {"schema": len(MIGRATIONS), "days": days, "sha256": sums}
    (folder / CONTENTS).write_text(json.dumps(contents, indent=1), encoding="utf-8")


def restore(backup: Path, address: str) -> None:
    """Fill an empty database with a backup.

    Raises
    ------
    UsageError
        If the database is not empty, or there is no backup of this schema.
    CorruptError
        If a file of the backup is not as it was written.
    """
    from kopa.store.postgres.store import PostgresStore

    if not (backup / CONTENTS).is_file():
        raise UsageError(f"{backup} is no backup: it has no {CONTENTS}")
    contents = json.loads((backup / CONTENTS).read_text(encoding="utf-8"))
    if contents["schema"] != len(MIGRATIONS):
        raise UsageError("the backup is of another version of Kopa: restore it with that one")
    for name, expected in contents["sha256"].items():
        if not (backup / name).is_file() or _sum(backup / name) != expected:
            raise CorruptError(f"{backup / name} is damaged or missing: use another backup")
    PostgresStore(address).close()  # makes the tables
    session = Session(address)
    try:
        session.run(_fill(session, backup, contents["days"]))
    finally:
        session.close()


async def _fill(session: Session, backup: Path, days: list[int]) -> None:
    async with session.writing() as connection, connection.transaction():
        if await connection.fetchval("SELECT EXISTS (SELECT FROM tenant)"):
            raise UsageError("there is a store in the database: name an empty one")
        for day in days:
            await add_day(connection, day)
        for table in TABLES:
            await connection.copy_to_table(
                table, source=backup / f"{table}.copy", format="binary", timeout=LONG_S
            )
        for table, column in _COUNTED.items():
            await connection.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'),"
                f" (SELECT coalesce(max({column}), 0) + 1 FROM {table}), false)"
            )
        await connection.execute("ANALYZE", timeout=LONG_S)  # plans are poor until it is done


def _sum(file: Path) -> str:
    with file.open("rb") as content:
        return file_digest(content, "sha256").hexdigest()
