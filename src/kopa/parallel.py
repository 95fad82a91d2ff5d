"""Many independent cases on all cores, or on a Dask cluster, with one interface.

A case whose engine crashes or hangs is lost alone: its chunk is run again case by case, and
the case that does it again is answered by `lost`.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import resource_tracker
from typing import Any, Generic, TypeVar

Case = TypeVar("Case")
Answer = TypeVar("Answer")

CHUNK_S = 1.0
"""A chunk should take about this long, so that sending it costs next to nothing."""

GROWTH = 8
"""A chunk is at most so many times the greatest before it: first cases may be unlike the rest."""


@contextmanager
def uninterrupted() -> Iterator[None]:
    """What starts processes herein: Ctrl-C at the terminal is for their parent, which ends them."""
    if not hasattr(signal, "pthread_sigmask"):  # pragma: no cover  Windows
        yield
        return
    # the first start of a process starts the tracker, and that lets Ctrl-C through again
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def end_with(parent: int) -> None:
    """Let this process end, within a second, when its parent does, however that ends."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, name="kopa-parent", daemon=True).start()


@dataclass(frozen=True)
class Work(Generic[Case, Answer]):
    """What is done with every case.

    Parameters
    ----------
    each
        Answers one case. On a Dask cluster it is pickled.
    lost
        Answers a case whose worker died or overran its time, given the reason.
    timeout_s
        A chunk may take this long before it is run again case by case, and so may a case.
    """

    each: Callable[[Case], Answer]
    lost: Callable[[Case, str], Answer]
    timeout_s: float = 300.0


@dataclass
class _Chunk:
    low: int
    high: int
    future: Any = None
    since: float = field(default_factory=time.monotonic)


def map_cases(
    work: Work[Case, Answer],
    cases: Sequence[Case],
    workers: int = 0,
    dask: str = "",
    progress: Callable[[int], None] = lambda done: None,
) -> list[Answer]:
    """Answer every case, in the order of the cases.

    Parameters
    ----------
    work
        What is done with each.
    cases
        The cases.
    workers
        Processes; 0 takes one for every core.
    dask
        Address of a Dask scheduler; empty runs here.
    progress
        Called with the number of cases that are newly done.

    Returns
    -------
    list
        One answer a case.
    """
    answers: dict[int, Answer] = {}
    pool = _dask_pool(work, dask) if dask else _LocalPool(work, workers or os.cpu_count() or 1)
    try:
        for low, part in _chunks(pool, work, cases):
            for offset, answer in enumerate(part):
                answers[low + offset] = answer
            progress(len(part))
    finally:
        pool.close()
    return [answers[row] for row in range(len(cases))]


def _chunks(
    pool: _LocalPool | _DaskPool, work: Work[Case, Answer], cases: Sequence[Case]
) -> Iterator[tuple[int, Sequence[Answer]]]:
    """Send chunks that grow to `CHUNK_S` as the cost of a case becomes known."""
    size, following = 1, 0
    done, spent = 0, 0.0
    retry: deque[int] = deque()
    running: list[_Chunk] = []
    while following < len(cases) or retry or running:
        alone = bool(retry)
        while len(running) < (1 if alone else pool.workers):
            if retry:
                low = retry.popleft()
                chunk = _Chunk(low, low + 1)
            elif following < len(cases) and not alone:
                fair = -(-(len(cases) - following) // pool.workers)
                chunk = _Chunk(following, following + max(1, min(size, fair)))
                following = chunk.high
            else:
                break
            chunk.future = pool.submit(cases[chunk.low : chunk.high])
            running.append(chunk)
        allowed = min(c.since for c in running) + work.timeout_s - time.monotonic()
        finished = pool.wait([c.future for c in running], max(allowed, 0.0))
        reason = "took longer than its time" if not finished else ""
        if reason:
            pool.restart()
        for chunk in list(running):
            if not reason and chunk.future not in finished:
                continue
            running.remove(chunk)
            try:
                part, seconds = _part(pool, chunk, reason)
            except _WorkerDiedError as died:
                if chunk.high - chunk.low > 1 or (not alone and pool.workers > 1):
                    retry.extend(range(chunk.low, chunk.high))
                else:
                    yield chunk.low, [work.lost(cases[chunk.low], str(died))]
                continue
            done, spent = done + len(part), spent + seconds
            if spent > 0:
                size = min(max(1, int(CHUNK_S * done / spent)), GROWTH * size)
            yield chunk.low, part


def _part(pool: _LocalPool | _DaskPool, chunk: _Chunk, reason: str) -> tuple[list[Any], float]:
    if reason:
        raise _WorkerDiedError(reason)
    return pool.result(chunk.future)


class _WorkerDiedError(Exception):
    """A worker process ended, or was ended, in the middle of a chunk."""


_work: Work[Any, Any]


def _install(work: Work[Any, Any], parent: int) -> None:
    global _work  # noqa: PLW0603  a worker process serves one kind of work all its life
    _work = work
    end_with(parent)


def _answer(cases: Sequence[Any]) -> tuple[list[Any], float]:
    begin = time.perf_counter()
    return [_work.each(case) for case in cases], time.perf_counter() - begin


def _answer_with(work: Work[Any, Any], cases: Sequence[Any]) -> tuple[list[Any], float]:
    begin = time.perf_counter()
    return [work.each(case) for case in cases], time.perf_counter() - begin


class _LocalPool:
    """Forked processes: they share what is loaded, so nothing is sent but the cases."""

    def __init__(self, work: Work[Any, Any], workers: int) -> None:
        self.workers = workers
        self._work = work
        self._start()

    def _start(self) -> None:
        fork = "fork" in multiprocessing.get_all_start_methods()
        self._others = set(multiprocessing.active_children())
        self._pool = ProcessPoolExecutor(
            self.workers,
            multiprocessing.get_context("fork" if fork else None),
            initializer=_install,
            initargs=(self._work, os.getpid()),
        )

    def submit(self, cases: Sequence[Any]) -> Any:
        try:
            return self._pool.submit(_answer, cases)
        except BrokenProcessPool:
            self.restart()
            return self._pool.submit(_answer, cases)

    def wait(self, futures: Sequence[Any], timeout: float) -> set[Any]:
        return set(wait(futures, timeout, FIRST_COMPLETED).done)

    def result(self, future: Any) -> tuple[list[Any], float]:
        try:
            answer: tuple[list[Any], float] = future.result()
        except BrokenProcessPool:
            raise _WorkerDiedError("its engine crashed") from None
        return answer

    def restart(self) -> None:
        """End all workers, whatever they do, and start new ones."""
        for process in set(multiprocessing.active_children()) - self._others:
            process.kill()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._start()

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)


class _DaskPool:
    """A Dask cluster that somebody else started."""

    def __init__(self, work: Work[Any, Any], client: Any) -> None:
        self._client = client
        self._sent = client.scatter(work, broadcast=True)
        self.workers = max(1, sum(client.nthreads().values()))

    def submit(self, cases: Sequence[Any]) -> Any:
        return self._client.submit(_answer_with, self._sent, cases, pure=False, retries=2)

    def wait(self, futures: Sequence[Any], timeout: float) -> set[Any]:
        from distributed import wait as wait_for

        try:
            finished = wait_for(futures, timeout, "FIRST_COMPLETED")  # type: ignore[no-untyped-call]  # Dask has no types
            return set(finished.done)
        except TimeoutError:
            return set()

    def result(self, future: Any) -> tuple[list[Any], float]:
        from distributed import KilledWorker

        try:
            answer: tuple[list[Any], float] = future.result()
        except KilledWorker:
            raise _WorkerDiedError("its engine crashed") from None
        return answer

    def restart(self) -> None:
        self._client.restart()

    def close(self) -> None:
        self._client.close()


def _dask_pool(work: Work[Any, Any], address: str) -> _DaskPool:
    from kopa.errors import UsageError

    try:
        from distributed import Client
    except ImportError:
        raise UsageError("--dask needs the package 'distributed': pip install kopa[dask]") from None
    try:
        client = Client(address, timeout=10)  # type: ignore[no-untyped-call]  # Dask has no types
        return _DaskPool(work, client)
    except OSError as error:
        raise UsageError(f"no Dask scheduler answers at {address}: {error}") from None
