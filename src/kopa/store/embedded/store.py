"""The embedded store: one process, one folder, no server."""

from __future__ import annotations

import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, LifoQueue
from types import TracebackType
from typing import Self

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
from kopa.store.embedded import apply_documents, backup, select
from kopa.store.embedded.apply_entities import apply_entity
from kopa.store.embedded.apply_observations import apply_observations
from kopa.store.embedded.cold import Cold, sync
from kopa.store.embedded.compact import Compactor, forget
from kopa.store.embedded.connection import connect, told
from kopa.store.embedded.history import History
from kopa.store.embedded.leases import Leases
from kopa.store.embedded.lock import lock, unlock
from kopa.store.embedded.numbers import Numbers
from kopa.store.embedded.schema import migrate, table_of
from kopa.store.embedded.writer import Writer
from kopa.store.entities import Entity
from kopa.store.errors import ClosedError
from kopa.store.limits import Limits
from kopa.store.observations import Key, Observations
from kopa.store.query import Query


def apply(connection: sqlite3.Connection, numbers: Numbers, batch: Batch) -> Receipt:
    """Write a batch in the transaction that is open."""
    for part in batch.observations:
        apply_observations(connection, numbers, part)
    entities = tuple(apply_entity(connection, numbers, write) for write in batch.entities)
    documents = tuple(
        apply_documents.apply_document(connection, numbers, write) for write in batch.documents
    )
    audit = apply_documents.apply_audit(connection, numbers, batch.audit)
    for item in batch.outbox:
        apply_documents.apply_outbox(connection, numbers, item)
    return Receipt(entities, documents, audit)


class EmbeddedStore:
    """Fulfils `kopa.store.contract.Store` with SQLite and Parquet.

    Parameters
    ----------
    folder
        Where it is kept; made where it is not there.
    limits
        How much may wait to be written.
    threads
        Threads of a query over cold data; 0 for one a core.
    at_step
        Called after each step of a compaction; for tests.

    Raises
    ------
    StoreError
        If it cannot be opened: locked, read-only, damaged, full, or of a newer Kopa.
    """

    def __init__(
        self,
        folder: Path,
        limits: Limits = Limits(),  # noqa: B008  frozen
        threads: int = 0,
        at_step: Callable[[str], None] = lambda step: None,
    ) -> None:
        self.folder = folder
        self._file = folder / backup.DATABASE
        self._closed = False
        self._readers: LifoQueue[sqlite3.Connection] = LifoQueue()
        self._moving = threading.Lock()
        self._leases = Leases()
        with told(folder):
            (folder / backup.COLD).mkdir(parents=True, exist_ok=True)
            self._lock = lock(folder / "lock")
        try:
            with told(self._file):
                connection = connect(self._file, reader=False)
                migrate(connection, time.time_ns() // 1000)
                _remove_leftovers(connection, folder / backup.COLD)
                sync(folder)
            self._cold = Cold(folder / backup.COLD, threads)
            self._writer = Writer(connection, self._file, limits)
        except BaseException:
            unlock(self._lock)
            raise
        self._compactor = Compactor(self._writer, self._cold, self._leases, at_step)

    def submit(self, batch: Batch) -> Future[Receipt]:
        """As `Store`."""
        return self._writer.submit(lambda c, numbers: apply(c, numbers, batch), batch.rows)

    def commit(self, batch: Batch) -> Receipt:
        """As `Store`."""
        return self.submit(batch).result()

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees one moment of the database."""
        if self._closed:
            raise ClosedError("the store was closed")
        with told(self._file):
            try:
                connection = self._readers.get_nowait()
            except Empty:
                connection = connect(self._file, reader=True)
            try:
                connection.execute("BEGIN")
                yield connection
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                self._readers.put(connection)

    @contextmanager
    def _history(self, tenant: str) -> Iterator[History]:
        with self._leases.hold(), self._reading() as connection:
            yield History(connection, self._cold, tenant)

    def entity(self, tenant: str, id: str) -> Entity | None:
        """As `Store`."""
        with self._reading() as connection:
            return select.select_one(connection, tenant, id)

    def entities(self, query: Query) -> tuple[Entity, ...]:
        """As `Store`."""
        with self._reading() as connection:
            return select.select(connection, query)

    def count(self, query: Query) -> int:
        """As `Store`."""
        with self._reading() as connection:
            return select.count(connection, query)

    def types(self, tenant: str) -> dict[str, int]:
        """As `Store`."""
        with self._reading() as connection:
            return select.types(connection, tenant)

    def attribute_names(self, tenant: str, type: str = "") -> dict[str, int]:
        """As `Store`."""
        with self._reading() as connection:
            return select.attribute_names(connection, tenant, type)

    def document(self, tenant: str, kind: str, id: str) -> Document | None:
        """As `Store`."""
        with self._reading() as connection:
            return select.document(connection, tenant, kind, id)

    def documents(
        self, tenant: str, kind: str, after: str = "", limit: int = 1000
    ) -> tuple[Document, ...]:
        """As `Store`."""
        with self._reading() as connection:
            return select.documents(connection, (tenant, kind, after), limit)

    def claim(self, now: int, lease_us: int, limit: int = 100) -> tuple[OutboxItem, ...]:
        """As `Store`."""
        with self._reading() as connection:
            due = connection.execute("SELECT 1 FROM outbox WHERE due <= ? LIMIT 1", (now,))
            if due.fetchone() is None:  # asking often costs no commit
                return ()
        return self._writer.submit(
            lambda c, _: apply_documents.claim(c, now, lease_us, limit)
        ).result()

    def audit(self, tenant: str, after: int = 0, limit: int = 1000) -> tuple[AuditRow, ...]:
        """As `Store`."""
        with self._reading() as connection:
            return select.audit(connection, tenant, after, limit)

    def verify(self) -> Verdict:
        """As `Store`."""
        chain = Chain()
        with self._reading() as connection:
            rows = connection.execute("SELECT sequence, record, hash FROM audit ORDER BY sequence")
            for row in rows:
                if not chain.check(AuditRow(*row)):
                    break
        return chain.verdict

    def series(self, tenant: str, entity: str = "") -> tuple[Key, ...]:
        """As `Store`."""
        with self._reading() as connection:
            return select.series(connection, tenant, entity)

    def last(self, tenant: str, keys: Sequence[Key]) -> Observations:
        """As `Store`."""
        with self._history(tenant) as history:
            return history.last(keys)

    def points(self, tenant: str, keys: Sequence[Key], span: Span) -> Observations:
        """As `Store`."""
        with self._history(tenant) as history:
            return history.points(keys, span)

    def aggregate(
        self, tenant: str, keys: Sequence[Key], span: Span, bucket: str, methods: Sequence[Method]
    ) -> Aggregates:
        """As `Store`."""
        with self._history(tenant) as history:
            return history.aggregate(keys, span, bucket, methods)

    def compact(self, before: int) -> Compaction:
        """As `Store`."""
        with self._moving, self._leases.hold(), told(self._file):
            connection = connect(self._file, reader=True)
            try:
                return self._compactor.compact(connection, before)
            finally:
                connection.close()

    def retain(self, since: int) -> int:
        """As `Store`."""
        with self._moving:
            job = self._writer.submit(lambda c, numbers: forget(c, numbers, since))
            rows, files = job.result()
            for name in files:
                self._leases.retire(self._cold.folder / name)
            return rows

    def backup(self, folder: Path) -> None:
        """As `Store`."""
        if self._closed:
            raise ClosedError("the store was closed")
        with self._leases.hold():
            backup.back_up(self.folder, folder)

    def statistics(self) -> Statistics:
        """As `Store`."""
        with self._reading() as connection:
            counts = {
                name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
                for name in ("entity", "series", "document", "outbox", "audit")
            }
            hot = 0
            cold, size = connection.execute(
                "SELECT coalesce(sum(rows), 0), coalesce(sum(bytes), 0) FROM segment"
            ).fetchone()
            for day, kind in connection.execute(
                "SELECT day, kind FROM segment WHERE kind <> 'cold'"
            ).fetchall():
                table = table_of(day, kind)
                hot += connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        files = (self._file, self._file.with_name(f"{self._file.name}-wal"))
        taken = sum(file.stat().st_size for file in files if file.exists())
        return Statistics(
            entities=counts["entity"],
            series=counts["series"],
            documents=counts["document"],
            outbox=counts["outbox"],
            audit=counts["audit"],
            hot=hot,
            cold=cold,
            hot_bytes=taken,
            cold_bytes=size,
            waiting=self._writer.waiting,
        )

    def close(self) -> None:
        """As `Store`."""
        if self._closed:
            return
        self._closed = True
        with self._moving:
            self._writer.close()
        while not self._readers.empty():
            self._readers.get_nowait().close()
        self._cold.close()
        unlock(self._lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _remove_leftovers(connection: sqlite3.Connection, folder: Path) -> None:
    """Remove files that a compaction left when it was cut off."""
    known = {file for (file,) in connection.execute("SELECT file FROM segment WHERE kind = 'cold'")}
    for file in folder.iterdir():
        if file.is_dir():
            shutil.rmtree(file)
        elif file.name not in known:
            file.unlink()
