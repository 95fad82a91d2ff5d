"""One thread writes; batches that wait while the disk works share the next commit."""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from kopa.store.embedded.connection import translated
from kopa.store.embedded.numbers import Numbers
from kopa.store.errors import BusyError, ClosedError
from kopa.store.limits import GROUP_ROWS, Limits

Answer = TypeVar("Answer")
Job = Callable[[sqlite3.Connection, Numbers], Answer]


@dataclass(frozen=True, slots=True)
class _Waiting:
    job: Job[Any]
    rows: int
    future: Future[Any]


class Writer:
    """Runs jobs in transactions on its own connection, in the order they came.

    Parameters
    ----------
    connection
        The one connection that writes. The writer closes it.
    file
        The database, for messages.
    limits
        How much may wait.
    """

    def __init__(self, connection: sqlite3.Connection, file: Path, limits: Limits) -> None:
        self._connection = connection
        self._file = file
        self._limits = limits
        self._numbers = Numbers(connection)
        self._jobs: deque[_Waiting] = deque()
        self._rows = 0
        self._closing = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._work, name="kopa-store-writer", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Jobs that are not yet durable."""
        return len(self._jobs)

    def submit(self, job: Job[Answer], rows: int = 1) -> Future[Answer]:
        """Run a job in the next transaction.

        Raises
        ------
        BusyError
            If too much is waiting.
        ClosedError
            If the writer was closed.
        """
        future: Future[Answer] = Future()
        with self._changed:
            if self._closing:
                raise ClosedError("the store was closed")
            full = len(self._jobs) >= self._limits.batches
            if full or (self._jobs and self._rows + rows > self._limits.rows):
                raise BusyError(f"{len(self._jobs)} batches wait to be written: try again later")
            self._jobs.append(_Waiting(job, rows, future))
            self._rows += rows
            self._changed.notify()
        return future

    def close(self) -> None:
        """Run what is waiting, then close the connection."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()

    def _work(self) -> None:
        while group := self._next_group():
            running = [each for each in group if each.future.set_running_or_notify_cancel()]
            self._commit(running)
            with self._changed:
                for each in group:
                    self._jobs.popleft()
                    self._rows -= each.rows
        self._connection.close()

    def _next_group(self) -> list[_Waiting]:
        with self._changed:
            while not self._jobs and not self._closing:
                self._changed.wait()
            group: list[_Waiting] = []
            rows = 0
            for each in self._jobs:
                if group and rows + each.rows > GROUP_ROWS:
                    break
                group.append(each)
                rows += each.rows
            return group

    def _commit(self, group: list[_Waiting]) -> None:
        """Commit jobs together; if the database fails them, each alone."""
        answers: list[tuple[_Waiting, Any]] = []
        alone = len(group) == 1
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            for each in group:
                try:
                    answers.append((each, self._run(each.job, alone)))
                except sqlite3.Error:
                    raise
                except Exception as error:  # noqa: BLE001  whatever it is, it is that caller's
                    if alone:
                        self._roll_back()
                    answers.append((each, error))
            if self._connection.in_transaction:
                self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._roll_back()
            if alone:
                group[0].future.set_exception(translated(error, self._file))
                return
            for each in group:
                self._commit([each])
            return
        self._numbers.kept()
        for each, answer in answers:
            if isinstance(answer, Exception):
                each.future.set_exception(answer)
            else:
                each.future.set_result(answer)

    def _run(self, job: Job[Answer], alone: bool) -> Answer:
        """Run a job so that its failure leaves no trace in the jobs beside it."""
        if alone:
            return job(self._connection, self._numbers)
        mark = self._numbers.mark()
        self._connection.execute("SAVEPOINT job")
        try:
            answer = job(self._connection, self._numbers)
        except sqlite3.Error:
            raise
        except Exception:
            self._connection.execute("ROLLBACK TO job")
            self._connection.execute("RELEASE job")
            self._numbers.undo(mark)
            raise
        self._connection.execute("RELEASE job")
        return answer

    def _roll_back(self) -> None:
        if self._connection.in_transaction:  # SQLite ends it by itself on some errors
            self._connection.execute("ROLLBACK")
        self._numbers.undo(0)
