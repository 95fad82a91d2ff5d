from __future__ import annotations

import math

import numpy as np
import pytest

from kopa.errors import RangeError
from kopa.store import Key, Label, Observation, Observations

KEY = Key("urn:1", "level")


def columns(**fields: object) -> Observations:
    given: dict[str, object] = {
        "tenant": "t",
        "keys": (KEY,),
        "series": np.zeros(2, dtype=np.int64),
        "at": np.array([1, 2]),
        "value": np.array([1.0, 2.0]),
    }
    return Observations(**{**given, **fields})  # type: ignore[arg-type]


def test_rows_and_columns_are_the_same() -> None:
    rows = [
        Observation(KEY, 1, 1.5, Label("CEL", "good", True)),
        Observation(Key("urn:2", "state"), 2, "on"),
        Observation(KEY, 3, None, raw="?"),
    ]
    assert Observations.of("t", rows).rows() == rows
    assert Observations.of("t", []).rows() == []


@pytest.mark.parametrize(
    "fields",
    [
        {"value": np.array([1.0])},
        {"value": np.array([1.0, math.inf])},
        {"series": np.array([0, 1])},
        {"label": np.array([0, -1])},
        {"at": np.array([1, 1 << 62])},
        {"texts": {0: "a\0b"}},
        {"raws": {0: "\ud800"}},
        {"keys": (Key("a\0", "b"),)},
    ],
)
def test_what_cannot_be_kept_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(RangeError):
        columns(**fields)


def test_the_last_of_equal_rows_stays() -> None:
    found = columns(at=np.array([7, 7]), texts={0: "first"}, raws={1: "second"}).distinct()
    assert found.rows() == [Observation(KEY, 7, 2.0, raw="second")]
