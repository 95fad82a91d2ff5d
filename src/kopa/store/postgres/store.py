"""The scale-out store: PostgreSQL keeps everything, and several processes may use it."""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import asyncpg

from kopa.store.contract import (
    Aggregates,
    Batch,
    Compaction,
    Method,
    Receipt,
    Span,
    Statistics,
)
from kopa.store.documents import AuditRow, Chain, Document, OutboxItem, Verdict
from kopa.store.entities import Entity
from kopa.store.limits import Limits
from kopa.store.observations import Key, Observations
from kopa.store.postgres import backup, select, tables
from kopa.store.postgres.history import History
from kopa.store.postgres.schema import drop_days, migrate
from kopa.store.postgres.session import Session, told
from kopa.store.postgres.writer import Writer
from kopa.store.query import Query

Answer = TypeVar("Answer")
Work = Callable[[asyncpg.Connection], Coroutine[Any, Any, Answer]]


class PostgresStore:
    """Fulfils `kopa.store.contract.Store` with PostgreSQL ≥ 15 and PostGIS.

    Parameters
    ----------
    address
        ``postgresql://user:password@host:port/database``.
    limits
        How much may wait to be written by this process.

    Raises
    ------
    StoreError
        If the server does not answer, or has tables of a newer Kopa.
    """

    def __init__(self, address: str, limits: Limits = Limits()) -> None:  # noqa: B008  frozen
        self._session = Session(address)
        try:
            self._session.run(self._prepare())
        except BaseException:
            self._session.close()
            raise
        self._writer = Writer(self._session, limits)

    async def _prepare(self) -> None:
        async with self._session.connection() as connection:
            await migrate(connection, time.time_ns() // 1000)

    def submit(self, batch: Batch) -> Future[Receipt]:
        """As `Store`."""
        return self._writer.submit(batch)

    def commit(self, batch: Batch) -> Receipt:
        """As `Store`."""
        return self.submit(batch).result()

    def _read(self, work: Work[Answer]) -> Answer:
        async def read() -> Answer:
            async with self._session.reading() as connection:
                return await work(connection)

        return self._session.run(read())

    def entity(self, tenant: str, id: str) -> Entity | None:
        """As `Store`."""
        return self._read(lambda c: select.select_one(c, tenant, id))

    def entities(self, query: Query) -> tuple[Entity, ...]:
        """As `Store`."""
        return self._read(lambda c: select.select(c, query))

    def count(self, query: Query) -> int:
        """As `Store`."""
        return self._read(lambda c: select.count(c, query))

    def types(self, tenant: str) -> dict[str, int]:
        """As `Store`."""
        return self._read(lambda c: tables.types(c, tenant))

    def attribute_names(self, tenant: str, type: str = "") -> dict[str, int]:
        """As `Store`."""
        return self._read(lambda c: tables.attribute_names(c, tenant, type))

    def document(self, tenant: str, kind: str, id: str) -> Document | None:
        """As `Store`."""
        return self._read(lambda c: tables.document(c, tenant, kind, id))

    def documents(
        self, tenant: str, kind: str, after: str = "", limit: int = 1000
    ) -> tuple[Document, ...]:
        """As `Store`."""
        return self._read(lambda c: tables.documents(c, (tenant, kind, after), limit))

    def claim(self, now: int, lease_us: int, limit: int = 100) -> tuple[OutboxItem, ...]:
        """As `Store`."""
        return self._session.run(self._claim(now, lease_us, limit))

    async def _claim(self, now: int, lease_us: int, limit: int) -> tuple[OutboxItem, ...]:
        async with self._session.connection() as connection, connection.transaction():
            return await tables.claim(connection, now, lease_us, limit)

    def audit(self, tenant: str, after: int = 0, limit: int = 1000) -> tuple[AuditRow, ...]:
        """As `Store`."""
        return self._read(lambda c: tables.audit(c, tenant, after, limit))

    def verify(self) -> Verdict:
        """As `Store`."""

        async def check(connection: asyncpg.Connection) -> Verdict:
            chain = Chain()
            rows = connection.cursor("SELECT sequence, record, hash FROM audit ORDER BY sequence")
            async for row in rows:
                if not chain.check(AuditRow(*row)):
                    break
            return chain.verdict

        return self._read(check)

    def series(self, tenant: str, entity: str = "") -> tuple[Key, ...]:
        """As `Store`."""
        return self._read(lambda c: tables.series(c, tenant, entity))

    def last(self, tenant: str, keys: Sequence[Key]) -> Observations:
        """As `Store`."""
        return self._read(lambda c: History(c, tenant).last(keys))

    def points(self, tenant: str, keys: Sequence[Key], span: Span) -> Observations:
        """As `Store`."""
        return self._read(lambda c: History(c, tenant).points(keys, span))

    def aggregate(
        self, tenant: str, keys: Sequence[Key], span: Span, bucket: str, methods: Sequence[Method]
    ) -> Aggregates:
        """As `Store`."""
        return self._read(lambda c: History(c, tenant).aggregate(keys, span, bucket, methods))

    def compact(self, before: int) -> Compaction:
        """As `Store`: PostgreSQL keeps closed days in their partitions; nothing is moved."""
        del before
        return Compaction()

    def retain(self, since: int) -> int:
        """As `Store`."""
        return self._session.run(self._retain(since))

    async def _retain(self, since: int) -> int:
        async with self._session.connection() as connection:
            return await drop_days(connection, since)

    def backup(self, folder: Path) -> None:
        """As `Store`."""
        with told():
            self._read(lambda c: backup.back_up(c, folder))

    def statistics(self) -> Statistics:
        """As `Store`."""
        return self._read(lambda c: tables.statistics(c, self._writer.waiting))

    def close(self) -> None:
        """As `Store`."""
        self._writer.close()
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
