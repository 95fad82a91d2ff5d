"""What a running city does by itself: closed days go to Parquet."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from kopa.api.rounds import Rounds
from kopa.store import Store
from kopa.store.errors import StoreError

EVERY_S = 3600.0
DAY_US = 86_400_000_000
LATE_US = 2 * 3_600_000_000
"""A day is closed so long after its end (UTC): what comes later is taken as late data."""
_LOG = logging.getLogger(__name__)


def chores(
    store: Store,
    now: Callable[[], int] = lambda: time.time_ns() // 1000,
    every_s: float = EVERY_S,
) -> Rounds:
    """Compacts closed days, as long as it is entered.

    Parameters
    ----------
    store
        The store.
    now
        Time, µs since 1970 UTC.
    every_s
        Seconds from one look to the next.
    """

    def compact() -> None:
        try:
            store.compact((now() - LATE_US) // DAY_US * DAY_US)
        except StoreError as error:  # it is tried again; nothing is lost meanwhile
            _LOG.warning("compaction: %s", error)

    return Rounds("kopa-chores", compact, every_s)
