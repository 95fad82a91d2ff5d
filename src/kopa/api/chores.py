"""What a running city does by itself: closed days go to Parquet."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from kopa.store import Store
from kopa.store.errors import StoreError

EVERY_S = 3600.0
DAY_US = 86_400_000_000
LATE_US = 2 * 3_600_000_000
"""A day is closed so long after its end (UTC): what comes later is taken as late data."""
_LOG = logging.getLogger(__name__)


class Chores:
    """Compacts closed days from a thread of its own, as long as it is entered.

    Parameters
    ----------
    store
        The store.
    now
        Time, µs since 1970 UTC.
    every_s
        Seconds from one look to the next.
    """

    def __init__(
        self,
        store: Store,
        now: Callable[[], int] = lambda: time.time_ns() // 1000,
        every_s: float = EVERY_S,
    ) -> None:
        self._store, self._now, self._every = store, now, every_s
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="kopa-chores", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._done.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._done.is_set():
            before = (self._now() - LATE_US) // DAY_US * DAY_US
            try:
                self._store.compact(before)
            except StoreError as error:  # it is tried again; nothing is lost meanwhile
                _LOG.warning("compaction: %s", error)
            self._done.wait(self._every)
