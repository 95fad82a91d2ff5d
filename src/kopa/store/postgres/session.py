"""The connections to PostgreSQL, on an event loop of their own, and what its errors mean."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar

import asyncpg

from kopa.store.errors import (
    ClosedError,
    CorruptError,
    FullError,
    LockedError,
    ReadOnlyError,
    StoreError,
    UnreachableError,
)

Answer = TypeVar("Answer")
MOST_CONNECTIONS = 10
WAIT_S = 60.0

_KINDS: tuple[tuple[tuple[type[BaseException], ...], type[StoreError], str], ...] = (
    (
        (asyncpg.DiskFullError, asyncpg.OutOfMemoryError),
        FullError,
        "the server has no space left: free some, then try again",
    ),
    (
        (asyncpg.ReadOnlySQLTransactionError, asyncpg.InsufficientPrivilegeError),
        ReadOnlyError,
        "the database cannot be written: check the role, and that it is no replica",
    ),
    (
        (asyncpg.LockNotAvailableError, asyncpg.QueryCanceledError),
        LockedError,
        "somebody else holds a lock: try again",
    ),
    (
        (asyncpg.DataCorruptedError, asyncpg.IndexCorruptedError),
        CorruptError,
        "it is damaged: restore the newest backup",
    ),
    (
        (
            OSError,
            TimeoutError,
            asyncpg.PostgresConnectionError,
            asyncpg.InterfaceError,
            asyncpg.OperatorInterventionError,
            asyncpg.TooManyConnectionsError,
            asyncpg.InvalidAuthorizationSpecificationError,
            asyncpg.InvalidCatalogNameError,
        ),
        UnreachableError,
        "the server cannot be reached: check that it runs, address and password",
    ),
)


def translated(error: Exception) -> StoreError:
    """The store's error for one of asyncpg."""
    for kinds, kind, advice in _KINDS:
        if isinstance(error, kinds):
            return kind(f"PostgreSQL: {advice} ({type(error).__name__}: {error})")
    return StoreError(f"PostgreSQL: {error}")


@contextmanager
def told() -> Iterator[None]:
    """Raise the store's errors in place of asyncpg's."""
    try:
        yield
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
        raise translated(error) from error


class Session:
    """A pool of connections; `run` takes a coroutine from any thread.

    Parameters
    ----------
    address
        ``postgresql://user:password@host:port/database``.

    Raises
    ------
    UnreachableError
        If the server does not answer.
    """

    def __init__(self, address: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="kopa-store-postgres", daemon=True
        )
        self._thread.start()
        self._closed = False
        try:
            self._pool = self.run(self._connect(address))
        except BaseException:
            self._stop()
            raise

    async def _connect(self, address: str) -> asyncpg.Pool:
        with told():
            return await asyncpg.create_pool(
                address,
                min_size=1,
                max_size=MOST_CONNECTIONS,
                command_timeout=WAIT_S,
                server_settings={
                    "jit": "off",
                    "synchronous_commit": "on",
                    "TimeZone": "UTC",
                    "DateStyle": "ISO",
                    "application_name": "kopa",
                },
            )

    def start(self, work: Coroutine[Any, Any, Answer]) -> Future[Answer]:
        """Start a coroutine on the loop.

        Raises
        ------
        ClosedError
            If the session was closed.
        """
        if self._closed:
            work.close()
            raise ClosedError("the store was closed")
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def run(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        """Run a coroutine and wait for it."""
        return self.start(work).result()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[asyncpg.Connection]:
        """A connection of the pool."""
        with told():
            async with self._pool.acquire() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[asyncpg.Connection]:
        """A connection of the pool, with the errors of asyncpg as they are."""
        async with self._pool.acquire() as connection:
            yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[asyncpg.Connection]:
        """A connection that sees one moment of the database."""
        async with (
            self.connection() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            yield connection

    def close(self) -> None:
        """Close all connections and end the loop."""
        if not self._closed:
            self.run(self._pool.close())
            self._stop()

    def _stop(self) -> None:
        self._closed = True
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
