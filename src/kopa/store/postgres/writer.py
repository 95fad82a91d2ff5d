"""One task writes; batches that wait while the server works share the next commit."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass

import asyncpg

from kopa.errors import KopaError
from kopa.store.contract import Batch, Receipt
from kopa.store.errors import BusyError, ClosedError, StoreError
from kopa.store.limits import GROUP_ROWS, Limits
from kopa.store.postgres.apply import INCOMING, Writing
from kopa.store.postgres.numbers import Numbers
from kopa.store.postgres.schema import add_day
from kopa.store.postgres.session import Session, translated
from kopa.store.times import DAY

TRIES = 5
_AGAIN = (
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.UniqueViolationError,  # another process was first to make it: look again
    asyncpg.CheckViolationError,  # another process dropped the day
)


@dataclass(frozen=True, slots=True)
class _Waiting:
    batch: Batch
    future: Future[Receipt]


class Writer:
    """Writes batches in the order they came; other processes have writers of their own.

    Parameters
    ----------
    session
        The connections.
    limits
        How much may wait.
    """

    def __init__(self, session: Session, limits: Limits) -> None:
        self._session = session
        self._limits = limits
        self._numbers = Numbers()
        self._jobs: deque[_Waiting] = deque()
        self._rows = 0
        self._lock = threading.Lock()
        self._closing = False
        self._working: Future[None] | None = None

    @property
    def waiting(self) -> int:
        """Batches that are not yet durable."""
        return len(self._jobs)

    def submit(self, batch: Batch) -> Future[Receipt]:
        """Write a batch.

        Raises
        ------
        BusyError
            If too much is waiting.
        ClosedError
            If the writer was closed.
        """
        with self._lock:
            if self._closing:
                raise ClosedError("the store was closed")
            full = len(self._jobs) >= self._limits.batches
            if full or (self._jobs and self._rows + batch.rows > self._limits.rows):
                raise BusyError(f"{len(self._jobs)} batches wait to be written: try again later")
            job = _Waiting(batch, Future())
            self._jobs.append(job)
            self._rows += batch.rows
            if self._working is None:
                self._working = self._session.start(self._work())
        return job.future

    def close(self) -> None:
        """Write what is waiting."""
        with self._lock:
            self._closing = True
            working = self._working
        if working is not None:
            working.result()

    async def _work(self) -> None:
        while group := self._next_group():
            running = [job for job in group if job.future.set_running_or_notify_cancel()]
            await self._write(running)
            with self._lock:
                for job in group:
                    self._jobs.popleft()
                    self._rows -= job.batch.rows

    def _next_group(self) -> list[_Waiting]:
        with self._lock:
            group: list[_Waiting] = []
            rows = 0
            for job in self._jobs:
                if group and rows + job.batch.rows > GROUP_ROWS:
                    break
                group.append(job)
                rows += job.batch.rows
            if not group:
                self._working = None
            return group

    async def _write(self, group: list[_Waiting]) -> None:
        """Commit batches together; if the server fails them, each alone."""
        error: Exception = StoreError("PostgreSQL: other processes were always first: try again")
        for turn in range(TRIES):
            try:
                answers = await self._commit(group)
            except _AGAIN:
                self._numbers.undo(0)
                self._numbers.days.clear()
                await asyncio.sleep(0.01 * 2**turn)
                continue
            except Exception as failed:  # noqa: BLE001  whatever it is, the callers are told
                self._numbers.undo(0)
                error = failed if isinstance(failed, KopaError) else translated(failed)
                break
            self._numbers.kept()
            for job, answer in zip(group, answers, strict=True):
                if isinstance(answer, Exception):
                    job.future.set_exception(answer)
                else:
                    job.future.set_result(answer)
            return
        if len(group) > 1:
            for job in group:
                await self._write([job])
        elif group:
            group[0].future.set_exception(error)

    async def _commit(self, group: list[_Waiting]) -> list[Receipt | Exception]:
        answers: list[Receipt | Exception] = []
        async with self._session.writing() as connection:
            await self._see_to_days(connection, group)
            await connection.execute(INCOMING)
            async with connection.transaction():
                writing = Writing(connection, self._numbers)
                for job in group:
                    mark = self._numbers.mark()
                    try:
                        async with connection.transaction():  # a savepoint
                            answers.append(await writing.apply(job.batch))
                    except KopaError as error:
                        self._numbers.undo(mark)
                        answers.append(error)
        return answers

    async def _see_to_days(self, connection: asyncpg.Connection, group: list[_Waiting]) -> None:
        days: set[int] = set()
        for job in group:
            for part in job.batch.observations:
                if len(part):
                    low, high = int(part.at.min()) // DAY, int(part.at.max()) // DAY
                    days |= {low} if low == high else set((part.at // DAY).tolist())
        for day in sorted(days - self._numbers.days):
            await add_day(connection, day)
            self._numbers.days.add(day)
