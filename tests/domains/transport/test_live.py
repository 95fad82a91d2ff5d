"""What is told of streets and stops."""

from __future__ import annotations

import numpy as np

from kopa.domain import LiveState, Readings
from kopa.domains.transport.live import state, watch
from kopa.model import Assets, Window

ASSETS = Assets("transport", ("s1", "w1", "stop1", "net"), ("street", "way", "stop", "network"))
DAY = Window(0, 3600, 24)


def told(quantity: str, rows: list[int], values: list[float]) -> LiveState:
    one = np.ones(len(rows))
    found = Readings(
        np.array(rows), np.array(values), one, one, one, 0 * one, 0 * one, 60.0, one > 9
    )
    return LiveState(DAY, {quantity: found}, {})


def test_what_is_closed_is_a_change_and_a_finding() -> None:
    now = told("closed", [0, 1, 2, 3], [1.0, 0.0, 1.0, 1.0])
    changes = state(ASSETS, now)
    assert [str(change) for change in changes] == ["transport:s1 closed"]  # a stop is not closed
    (finding,) = watch(LiveState(DAY, now.readings, {}, changes))
    assert (finding.code, finding.asset) == ("transport.closed", "transport:s1")
    (change,) = state(ASSETS, told("out", [0, 2], [1.0, 1.0]))
    assert str(change) == "transport:stop1 out"


def test_nothing_told_is_nothing_new() -> None:
    assert state(ASSETS, LiveState(DAY, {}, {})) == []
    assert watch(LiveState(DAY, {}, {})) == []
