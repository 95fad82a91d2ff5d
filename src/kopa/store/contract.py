"""What a store does: one contract for the embedded and for the scale-out store.

Writes are batches. `submit` gives a future, so that a coroutine can wait for it by
``await asyncio.wrap_future(store.submit(batch))``; it is done when the batch is durable, and
then every read sees it. Reads block for as long as they take and may come from any thread.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Literal, Protocol, Self, runtime_checkable

import numpy as np

from kopa.errors import RangeError
from kopa.model import FloatArray, IntArray
from kopa.store.documents import (
    AuditEntry,
    AuditRow,
    Document,
    OutboxItem,
    PutDocument,
    Retry,
    Send,
    Sent,
    Verdict,
)
from kopa.store.entities import Entity, EntityWrite
from kopa.store.observations import EARLIEST, LATEST, Key, Observations
from kopa.store.query import Query

Method = Literal["totalCount", "distinctCount", "sum", "avg", "min", "max", "stddev", "sumsq"]
METHODS: tuple[Method, ...] = (
    "totalCount",
    "distinctCount",
    "sum",
    "avg",
    "min",
    "max",
    "stddev",
    "sumsq",
)


@dataclass(frozen=True)
class Batch:
    """Writes that are committed together, or not at all, in the order of the fields."""

    observations: Sequence[Observations] = ()
    entities: Sequence[EntityWrite] = ()
    documents: Sequence[PutDocument] = ()
    audit: Sequence[AuditEntry] = ()
    outbox: Sequence[Send | Sent | Retry] = ()

    @property
    def rows(self) -> int:
        """How much there is to write."""
        few = len(self.entities) + len(self.documents) + len(self.audit) + len(self.outbox)
        return few + sum(len(part) for part in self.observations)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a committed batch got.

    Parameters
    ----------
    entities, documents
        The new version of each write, 0 where it was removed.
    audit
        The sequence of each entry.
    """

    entities: tuple[int, ...] = ()
    documents: tuple[int, ...] = ()
    audit: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """Which observations of the series asked for.

    Parameters
    ----------
    begin, end
        observedAt in [begin, end), µs since 1970 UTC.
    most
        At most so many of each series; 0 for all.
    newest
        With `most`: the newest, not the oldest. They come sorted by time either way.
    """

    begin: int = EARLIEST
    end: int = LATEST
    most: int = 0
    newest: bool = False

    def __post_init__(self) -> None:
        if self.most < 0:
            raise RangeError("at most 0 or more observations")


@dataclass(frozen=True)
class Aggregates:
    """Aggregates of series by bucket; only buckets that hold an observation have a row.

    Parameters
    ----------
    keys
        The series asked for.
    series
        Number of the row's series in `keys`, shape (row,).
    begin, end
        The bucket [begin, end), shape (row,).
    values
        Method → values, shape (row,); NaN where there is no number to take it of. Counts are of
        all observations, the others of numbers. `stddev` is that of the population.
    """

    keys: tuple[Key, ...]
    series: IntArray
    begin: IntArray
    end: IntArray
    values: Mapping[Method, FloatArray] = field(default_factory=dict)

    @classmethod
    def none(cls, keys: tuple[Key, ...], methods: Sequence[Method]) -> Aggregates:
        """No rows."""
        empty = np.empty(0, dtype=np.int64)
        return cls(keys, empty, empty, empty, {method: np.empty(0) for method in methods})


@dataclass(frozen=True, slots=True)
class Compaction:
    """What a compaction did."""

    days: int = 0
    rows: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Statistics:
    """How much there is.

    Parameters
    ----------
    entities, series, documents, outbox, audit
        Rows of each.
    hot, cold
        Observations in tables and in Parquet files; a late one may count in both.
    hot_bytes, cold_bytes
        What they take on disk; `hot_bytes` is the whole database.
    waiting
        Batches that are not yet durable.
    """

    entities: int
    series: int
    documents: int
    outbox: int
    audit: int
    hot: int
    cold: int
    hot_bytes: int
    cold_bytes: int
    waiting: int


@runtime_checkable
class Store(Protocol):
    """The storage of a running Kopa."""

    def submit(self, batch: Batch) -> Future[Receipt]:
        """Write a batch; the future is done when it is durable, or failed and not there.

        Raises
        ------
        BusyError
            If too much is waiting. Nothing was taken.
        ClosedError
            If the store was closed.
        """

    def commit(self, batch: Batch) -> Receipt:
        """Write a batch and wait until it is durable.

        Raises
        ------
        StoreError
            If it could not be written: nothing of it was.
        """

    def entity(self, tenant: str, id: str) -> Entity | None:
        """One entity."""

    def entities(self, query: Query) -> tuple[Entity, ...]:
        """Entities that a query asks for, in its order."""

    def count(self, query: Query) -> int:
        """How many entities it asks for, without limit and offset."""

    def types(self, tenant: str) -> dict[str, int]:
        """Type → number of entities, sorted by type."""

    def attribute_names(self, tenant: str, type: str = "") -> dict[str, int]:
        """Attribute → number of entities (of a type) that have it, sorted by name."""

    def document(self, tenant: str, kind: str, id: str) -> Document | None:
        """One document."""

    def documents(
        self, tenant: str, kind: str, after: str = "", limit: int = 1000
    ) -> tuple[Document, ...]:
        """Documents of a kind by id, those after an id."""

    def claim(self, now: int, lease_us: int, limit: int = 100) -> tuple[OutboxItem, ...]:
        """Take items that are due out of the outbox; unsettled, they come again after the lease."""

    def audit(self, tenant: str, after: int = 0, limit: int = 1000) -> tuple[AuditRow, ...]:
        """Audit rows of a tenant, those after a sequence."""

    def verify(self) -> Verdict:
        """Check the hash chain of the whole audit log."""

    def series(self, tenant: str, entity: str = "") -> tuple[Key, ...]:
        """Series that have been observed, sorted; of one entity, or all."""

    def last(self, tenant: str, keys: Sequence[Key]) -> Observations:
        """The newest observation of each series that has one."""

    def points(self, tenant: str, keys: Sequence[Key], span: Span) -> Observations:
        """Observations of series, sorted by series (as asked for) and time."""

    def aggregate(
        self, tenant: str, keys: Sequence[Key], span: Span, bucket: str, methods: Sequence[Method]
    ) -> Aggregates:
        """Aggregates by buckets of an ISO 8601 duration from the span's begin; PT0S is one.

        Raises
        ------
        RangeError
            If the duration is none, or makes more than a million buckets.
        """

    def compact(self, before: int) -> Compaction:
        """Move the days that end before a moment from tables to Parquet, if the store does so."""

    def retain(self, since: int) -> int:
        """Forget observations of the days that end before a moment; how many there were."""

    def backup(self, folder: Path) -> None:
        """Copy the store as it is at this moment into a new folder, while it goes on."""

    def statistics(self) -> Statistics:
        """How much there is."""

    def close(self) -> None:
        """Write what is waiting, then end."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


def chunks(count: int, size: int) -> Iterator[slice]:
    """Slices of at most `size` that cover `count`."""
    for low in range(0, count, size):
        yield slice(low, min(low + size, count))
