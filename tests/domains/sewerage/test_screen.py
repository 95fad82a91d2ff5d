"""What certainly changes nothing, against SWMM's own two runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from domains.sewerage.small import QUARTERS, run, sewerage
from small_city import SEWERS

from kopa.domain import Bound, Change
from kopa.domains.sewerage.hydraulics import disturbed
from kopa.domains.sewerage.plan import plan
from kopa.domains.sewerage.screen import waterless

STORM = """\
[JUNCTIONS]
S1 10 3 0 0 0
[OUTFALLS]
DITCH 8 FREE NO
[PUMPS]
PU9 S1 DITCH * ON 0 0
"""
"""A storm drain beside the sewers: nothing runs in it on a dry day."""


def alone(window_start: int | None = 7 * 3600, **more: str) -> list[Change]:
    end = None if window_start is None else window_start + 3600
    return [
        Change("sewerage", asset, kind, start=window_start, end=end) for asset, kind in more.items()
    ]


def test_a_storm_drain_does_nothing_on_a_dry_day(tmp_path: Path) -> None:
    """SWMM's runs with and without its outage are the same, to the digit."""
    model = sewerage(tmp_path, SEWERS + STORM)
    changes = alone(PU9="off", DITCH="out", PU1="off", W1="out", C1="blocked")
    found = model.screen(QUARTERS, changes)
    assert list(found) == [Bound("exact"), Bound("exact"), None, None, None]
    network = model.network
    usual = model._quiet(QUARTERS)
    for change in changes[:2]:
        outcome = disturbed(network, QUARTERS, plan(network, QUARTERS, [change], None), usual)
        assert not outcome.failure
        for name in ("spill", "share", "overflow", "inflow", "energy", "raised"):
            assert np.array_equal(getattr(outcome, name), getattr(usual, name)), name
    result = run(model, "PU9 off 07:00-08:00", window=QUARTERS)
    assert result.runs == 0
    assert [event.what for event in result.events] == ["off"]


def test_rain_and_what_is_over_are_told_apart(tmp_path: Path) -> None:
    model = sewerage(tmp_path, SEWERS + STORM)
    rain = Change("sewerage", "network", "rain", 10.0, "mm/h")
    assert list(model.screen(QUARTERS, [rain])) == [None]
    assert list(model.screen(QUARTERS, alone(3600, PU1="off"))) == [Bound("exact")]


@pytest.mark.parametrize(
    "text",
    [
        "[DWF]\nS1 FLOW 1\n",
        "[TIMESERIES]\nOTHER 1:00 5\n[INFLOWS]\nS1 FLOW OTHER\n",
        "[CONTROLS]\nRULE A\nIF NODE S1 DEPTH > 1\nTHEN PUMP PU1 STATUS = OFF\n",
        "[OPTIONS]\nSKIP_STEADY_STATE YES\n",
    ],
)
def test_water_or_a_rule_may_be_there(tmp_path: Path, text: str) -> None:
    model = sewerage(tmp_path, SEWERS + STORM + text)
    assert not waterless(model.network).any()
    for old, new in (("S1 10 3 0", "S1 10 3 1"), ("DITCH 8 FREE", "DITCH 8 FIXED 9"),
                     ("DITCH 8 FREE NO", "DITCH 8 FREE NO K")):  # fmt: skip
        wet = sewerage(tmp_path, SEWERS + STORM.replace(old, new))
        assert not waterless(wet.network).any()
