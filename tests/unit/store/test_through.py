"""A series is read whole, in order, in pieces that stay small, whatever its rows look like."""

from __future__ import annotations

import uuid
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kopa.store import Batch, Key, Observations, Span, Store, open_store
from kopa.store.through import read_through

KEY, DAY = Key("e", "level"), 86_400_000_000
GAPS = st.lists(st.sampled_from([1, 1_000, 1_000_000, 900_000_000, DAY, 400 * DAY]), max_size=60)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("through")


def filled(store: Store, tenant: str, gaps: list[int]) -> list[int]:
    at = 15_000 * DAY + np.cumsum(np.array(gaps, dtype=np.int64))
    value, series = np.arange(float(len(at))), np.zeros(len(at), dtype=np.int64)
    store.commit(Batch(observations=(Observations(tenant, (KEY,), series, at, value),)))
    return [int(one) for one in at]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(GAPS, st.booleans(), st.integers(1, 8), st.integers(0, 59), st.integers(0, 59))
def test_every_row_once_and_in_order(
    folder: Path, gaps: list[int], newest: bool, size: int, low: int, high: int
) -> None:
    with open_store(folder / "store") as store:
        tenant = f"t{uuid.uuid4()}"
        times = filled(store, tenant, gaps)
        span = Span()
        if times:
            begin = times[min(low, len(times) - 1)]
            span = Span(begin, max(begin, times[min(high, len(times) - 1)]))
        for wanted in (Span(), span):
            pieces = list(read_through(store, tenant, KEY, wanted, newest, size))
            assert all(0 < len(piece) <= 8 * size for piece in pieces)
            found = [int(at) for piece in (pieces[::-1] if newest else pieces) for at in piece.at]
            assert found == [at for at in times if wanted.begin <= at < wanted.end]


def test_a_burst_after_a_quiet_year_does_not_fill_the_memory(tmp_path: Path) -> None:
    with open_store(tmp_path / "store") as store:
        times = filled(store, "", [DAY] * 365 + [1_000] * 5_000)
        for newest in (True, False):
            pieces = list(read_through(store, "", KEY, Span(), newest, 50))
            assert sum(map(len, pieces)) == len(times)
            assert max(map(len, pieces)) <= 400
