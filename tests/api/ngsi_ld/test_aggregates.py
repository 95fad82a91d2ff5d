"""Aggregates in bulk and one by one are the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kopa.api.ngsi_ld.aggregate import Numbers, aggregated, aggregated_numbers
from kopa.api.ngsi_ld.history import moment_text
from kopa.api.ngsi_ld.temporal_query import TemporalQuery
from kopa.store import METHODS
from kopa.store.observations import EARLIEST, LATEST

NOON = 1_795_348_800_000_000
HOUR = 3_600_000_000


@given(
    rows=st.dictionaries(
        st.integers(0, 3 * 24 * 3600),
        st.one_of(st.integers(-3, 3), st.floats(-1e6, 1e6)).map(float),
        min_size=1,
        max_size=60,
    ),
    period=st.sampled_from(["PT0S", "PT1H", "PT25M", "P1D", "P1M"]),
    bounds=st.sampled_from(
        [(EARLIEST, LATEST), (NOON - HOUR, LATEST), (NOON - HOUR, NOON + 100 * HOUR)]
    ),
)
def test_both_ways_are_the_same(
    rows: dict[int, float], period: str, bounds: tuple[int, int]
) -> None:
    begin, end = bounds
    wanted = TemporalQuery("observedAt", begin, end, 0, "aggregates", METHODS, period, given=True)
    at = NOON + 1_000_000 * np.array(sorted(rows), dtype=np.int64)
    value = np.array([rows[second] for second in sorted(rows)]) + 0.0  # -0.0 is 0
    instances = [
        {"type": "Property", "value": one, "observedAt": moment_text(moment)}
        for moment, one in zip(at.tolist(), value.tolist(), strict=True)
    ]
    bulk, single = aggregated_numbers(Numbers(at, value), wanted), aggregated(instances, wanted)
    assert list(bulk) == list(single)
    for method in METHODS:
        assert [row[1:] for row in bulk[method]] == [row[1:] for row in single[method]]
        found, known = ([row[0] for row in way[method]] for way in (bulk, single))
        assert found == pytest.approx(known, rel=1e-9, abs=1e-6)
