"""The search in a process of its own, where linear algebra has one thread.

The search solves many small systems: threads would only wait for one another, on a busy machine
for minutes. Their number is read when the library is loaded, so a fresh process is taken. If
EPANET brings it down, the answer is unknown.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

from kopa.domain import Finding
from kopa.errors import KopaError

from ..network import Network
from .found import Found, search
from .readings import Readings

_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def search_alone(
    network: Network, readings: Readings, free: int, progress: Callable[[float], None]
) -> Found:
    """Find leaks as `found.search` does.

    Parameters
    ----------
    network, readings, free, progress
        As there.

    Raises
    ------
    KopaError
        What the search raised.
    """
    # spawned: a fork of a process with threads may wait for a lock that nobody holds
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(
        target=_work, args=(there, network, readings, free), name="leaks", daemon=True
    )
    with _one_thread():
        process.start()
    there.close()
    try:
        while True:
            told = here.recv()
            if isinstance(told, Found):
                return told
            if isinstance(told, KopaError):
                raise told
            progress(told)
    except EOFError:
        process.join()
        what = f"the search came down with code {process.exitcode}."
        do = "Look at the model with `kopa water solve`; please tell if it is sound."
        broken = Finding("water.leaks-crashed", what, do, file=str(network.source))
        return Found("unknown", (), readings.hours, 0, (broken,))
    finally:
        here.close()
        process.join()


def _work(there: Connection, network: Network, readings: Readings, free: int) -> None:
    try:
        there.send(search(network, readings, free, there.send))
    except KopaError as error:
        there.send(error)


@contextmanager
def _one_thread() -> Iterator[None]:
    """What processes that are started here read of the environment."""
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
