"""Connections to SQLite, and what its errors mean."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import shapely

from kopa.store.errors import (
    CorruptError,
    FullError,
    LockedError,
    ReadOnlyError,
    StoreError,
)
from kopa.store.geometry import distance_m
from kopa.store.times import parse_moment

WAIT_S = 5.0
"""Another connection may hold a lock so long."""
CHECKPOINT_PAGES = 8000
"""The WAL goes into the database every so many pages, 32 MB."""

_KINDS: dict[int, tuple[type[StoreError], str]] = {
    sqlite3.SQLITE_FULL: (FullError, "the disk is full: free some space, then try again"),
    sqlite3.SQLITE_READONLY: (ReadOnlyError, "it cannot be written: check owner and mount"),
    sqlite3.SQLITE_CANTOPEN: (ReadOnlyError, "it cannot be opened: check folder, owner and mount"),
    sqlite3.SQLITE_PERM: (ReadOnlyError, "it may not be opened: check owner and mode"),
    sqlite3.SQLITE_BUSY: (LockedError, "another process holds it: end that one, then try again"),
    sqlite3.SQLITE_LOCKED: (LockedError, "it is locked: try again"),
    sqlite3.SQLITE_CORRUPT: (CorruptError, "it is damaged: restore the newest backup"),
    sqlite3.SQLITE_NOTADB: (CorruptError, "it is no database: restore the newest backup"),
}


def translated(error: sqlite3.Error | OSError, file: Path) -> StoreError:
    """The store's error for one of SQLite or of the file system."""
    if isinstance(error, OSError):
        kind: type[StoreError] = {28: FullError, 122: FullError, 30: ReadOnlyError}.get(
            error.errno or 0, ReadOnlyError if isinstance(error, PermissionError) else StoreError
        )
        return kind(f"{file}: {error.strerror or error}")
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_IOERR:
        return StoreError(f"{file}: reading or writing failed ({error}): check the disk")
    kind, advice = _KINDS.get(code, (StoreError, str(error)))
    return kind(f"{file}: {advice}")


@contextmanager
def told(file: Path) -> Iterator[None]:
    """Raise the store's errors in place of SQLite's and the file system's."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise translated(error, file) from error


def connect(file: Path, reader: bool) -> sqlite3.Connection:
    """Open a connection with the settings of the store."""
    connection = sqlite3.connect(
        file, WAIT_S, isolation_level=None, check_same_thread=False, cached_statements=512
    )
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA secure_delete = OFF")
    connection.execute("PRAGMA cache_size = -32000")
    connection.execute("PRAGMA mmap_size = 268435456")
    if reader:
        connection.execute("PRAGMA query_only = ON")
        connection.execute("PRAGMA wal_autocheckpoint = 0")
    else:
        connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        connection.execute("PRAGMA journal_size_limit = 67108864")
    connection.create_function("regexp", 2, _matches, deterministic=True)
    connection.create_function("moment", 1, _moment, deterministic=True)
    connection.create_function("distance", 5, _distance, deterministic=True)
    connection.create_function("relates", 5, _relates, deterministic=True)
    return connection


def _matches(pattern: str, text: str | None) -> bool:
    return text is not None and re.search(pattern, text) is not None


def _moment(text: object) -> int | None:
    return parse_moment(text) if isinstance(text, str) else None


def _distance(
    x: float, y: float, to_x: float | None, to_y: float | None, shape: bytes | None
) -> float:
    if shape is None:
        return distance_m(x, y, shapely.Point(to_x, to_y))
    return distance_m(x, y, shapely.from_wkb(shape))


def _relates(
    relation: str, other: bytes, x: float | None, y: float | None, shape: bytes | None
) -> bool:
    place = shapely.Point(x, y) if shape is None else shapely.from_wkb(shape)
    wanted = _prepared(other)
    if relation == "within":
        return bool(wanted.contains(place))
    if relation == "contains":
        return bool(wanted.within(place))
    return bool(getattr(wanted, relation)(place))  # the others are the same both ways


@lru_cache(8)
def _prepared(shape: bytes) -> shapely.Geometry:
    geometry = shapely.from_wkb(shape)
    shapely.prepare(geometry)
    return geometry
