"""Many days of 1-minute data: compacted, asked, backed up, restored, equal.

A year of 1,000 series is in ``benchmarks/store.py --days 365``; here it is 30 days of 40.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kopa.store import METHODS, Batch, Key, Observations, Span, Store, open_store, restore_store
from kopa.store.times import DAY, SECOND

DAYS, SERIES = 30, 40
FIRST = 20_000 * DAY
KEYS = tuple(Key(f"urn:{n:02d}", "level") for n in range(SERIES))
ALL = Span(FIRST, FIRST + DAYS * DAY)


def _day(day: int) -> Observations:
    rng = np.random.default_rng(day)
    at = FIRST + day * DAY + np.arange(1440) * 60 * SECOND
    value = np.round(20 + rng.normal(0, 3, SERIES * 1440), 2)
    return Observations("t", KEYS, np.repeat(np.arange(SERIES), 1440), np.tile(at, SERIES), value)


@pytest.fixture(scope="module")
def values() -> np.ndarray:
    """Shape (series, minute)."""
    days = [_day(day).value.reshape(SERIES, 1440) for day in range(DAYS)]
    return np.concatenate(days, axis=1)


def _is(store: Store, values: np.ndarray) -> None:
    points = store.points("t", KEYS, ALL)
    assert np.array_equal(points.value.reshape(SERIES, -1), values)
    assert np.array_equal(np.unique(points.at), FIRST + np.arange(DAYS * 1440) * 60 * SECOND)
    found = store.aggregate("t", KEYS, ALL, "PT1H", METHODS)
    hours = values.reshape(SERIES * DAYS * 24, 60)
    assert np.array_equal(found.values["totalCount"], np.full(len(hours), 60))
    assert np.allclose(found.values["avg"], hours.mean(axis=1))
    assert np.allclose(found.values["stddev"], hours.std(axis=1))
    assert np.array_equal(found.values["max"], hours.max(axis=1))
    last = store.last("t", KEYS)
    assert np.array_equal(last.value, values[:, -1])


def test_a_month_is_kept_compacted_backed_up_and_restored(
    tmp_path: Path, values: np.ndarray
) -> None:
    with open_store(tmp_path / "store") as store:
        for day in range(DAYS):
            store.commit(Batch([_day(day)]))
            if day % 10 == 9:
                store.compact(FIRST + day * DAY)  # the newest day stays in its table
        _is(store, values)
        statistics = store.statistics()
        assert statistics.hot == SERIES * 1440
        assert statistics.cold == SERIES * 1440 * (DAYS - 1)
        assert statistics.cold_bytes / statistics.cold <= 8
        store.backup(tmp_path / "backup")
    restore_store(tmp_path / "backup", tmp_path / "again")
    with open_store(tmp_path / "again") as store:
        _is(store, values)
        assert store.retain(FIRST + 10 * DAY) == SERIES * 1440 * 10
        assert len(store.points("t", KEYS[:1], ALL)) == 1440 * (DAYS - 10)
        assert len(list((tmp_path / "again" / "cold").iterdir())) == DAYS - 10 - 1
