"""Closed days are compacted by themselves; a failure is tried again."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from kopa.api.chores import DAY_US, LATE_US, chores
from kopa.store import Batch, Key, Observations, Span, open_store
from kopa.store.errors import LockedError

LEVEL = Key("water:T", "level")
MIDNIGHT = 20_000 * DAY_US


def until(holds: Callable[[], bool]) -> bool:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.02)
    return False


def test_a_day_is_compacted_when_it_is_closed(tmp_path: Path) -> None:
    at = MIDNIGHT - DAY_US + np.arange(100) * 60_000_000
    rows = Observations("", (LEVEL,), np.zeros(100, dtype=np.int64), at, np.arange(100.0))
    clock = [MIDNIGHT + LATE_US - 1]
    with open_store(tmp_path / "store") as store:
        store.commit(Batch(observations=(rows,)))
        with chores(store, lambda: clock[0], every_s=0.02):
            time.sleep(0.2)
            assert store.statistics().cold == 0
            clock[0] = MIDNIGHT + LATE_US
            assert until(lambda: store.statistics().cold == 100)
        assert store.points("", [LEVEL], Span()).value.tolist() == list(range(100))


def test_what_fails_is_tried_again() -> None:
    class Failing:
        calls = 0

        def compact(self, before: int) -> Any:
            self.calls += 1
            raise LockedError("another one has it")

    store = Failing()
    with chores(store, every_s=0.01):  # type: ignore[arg-type]  # it needs nothing else of a store
        assert until(lambda: store.calls > 2)
