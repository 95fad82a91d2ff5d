"""Measured values of sewers: what meters show, by hand, and what is made of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from domains.sewerage.small import DAY, QUARTERS, run, sewerage
from small_city import SEWERS

from kopa.domain import Change, Finding, LiveState, Readings
from kopa.domains.sewerage.domain import Sewerage

NOW = 6 * 3600
WELL_M2, DRY_M3_S, CREST_M = 50, 0.015, 2.0


@pytest.fixture
def model(tmp_path: Path) -> Sewerage:
    return sewerage(tmp_path)


def row(model: Sewerage, name: str) -> int:
    return model.assets().index[name]


def read(at: int, value: float, rise: float = 0.0, error: float = 0.0, steady: float = 3600.0,
         span: float = 3600.0) -> Readings:  # fmt: skip
    one = np.ones(1)
    return Readings(np.array([at]), value * one, 5 * one, steady * one, value * one, rise * one,
                    error * one, span, one < 0)  # fmt: skip


def watched(model: Sewerage, **readings: Readings) -> tuple[list[Change], list[Finding]]:
    """What is made of readings at six."""
    now = LiveState(replace(DAY, start=NOW), readings, {})
    changes = list(model.state(now))
    return changes, list(model.watch(replace(now, changes=changes)))


def test_meters_of_a_dry_day(model: Sewerage) -> None:
    """The pump lifts the 15 L/s at the depth where its curve has them: 0.2 + 0.6 · 15 / 60 m."""
    level, running = model.meters(DAY, (), {})
    assert level.values == pytest.approx(0.35, abs=0.01)
    assert (running.values == 1).all()
    assert [model.assets().ids[r] for r in (*level.rows, *running.rows)] == ["WELL", "PU1"]


def test_meters_of_a_pump_that_stops(model: Sewerage) -> None:
    """In its first hour the well rises by 15 L/s on 50 m²; meters do not run SWMM once more."""
    off = Change("sewerage", "PU1", "off", start=8 * 3600, end=14 * 3600)
    level, running = model.meters(QUARTERS, [off], {})
    from_eight = level.values[8:12, 0]  # means of quarters from 08:00 on
    assert np.diff(from_eight) == pytest.approx(DRY_M3_S * 900 / WELL_M2, rel=0.03)
    assert (running.values[8:32] == 0).all()
    assert (running.values[:8] == 1).all()
    run(model, "PU1 off 08:00-14:00", window=QUARTERS)
    asked = model._last
    model.meters(QUARTERS, [off], {})
    assert asked is model._last
    electricity = np.ones((QUARTERS.steps, 1))
    electricity[8:32] = 0.0
    dark = model.meters(QUARTERS, (), {"electricity": electricity})
    assert dark[0].values == pytest.approx(level.values, abs=1e-6)


def test_a_pump_that_stands_still(model: Sewerage) -> None:
    """It always runs on a dry day: five minutes are enough, four are not."""
    pump = row(model, "PU1")
    changes, findings = watched(model, running=read(pump, 0.0, steady=301))
    assert changes == [Change("sewerage", "PU1", "off")]
    assert [finding.code for finding in findings] == ["sewerage.off"]
    assert watched(model, running=read(pump, 0.0, steady=299)) == ([], [])
    assert watched(model, running=read(pump, 1.0)) == ([], [])
    assert watched(model, running=read(row(model, "C1"), 0.0)) == ([], [])


def test_a_pump_that_comes_and_goes(tmp_path: Path) -> None:
    """Between its runs it rests; above the depth that starts it, it does not."""
    text = SEWERS.replace("LIFT ON 0 0", "LIFT OFF 1.4 0.5").replace("LIFT 0.2 0", "LIFT 0.2 60")
    model = sewerage(tmp_path, text)
    level, running = model.meters(DAY, (), {})
    assert level.values == pytest.approx((1.4 + 0.5) / 2)
    assert (running.values == 1).all()
    still = read(row(model, "PU1"), 0.0, steady=600)
    well = row(model, "WELL")
    assert watched(model, running=still) == ([], [])
    assert watched(model, running=still, level=read(well, 1.2)) == ([], [])
    assert watched(model, running=still, level=read(well, 1.6))[0]
    assert watched(model, running=read(row(model, "PU1"), 0.0, steady=7 * 3600.0))[0]


def test_a_well_that_fills(model: Sewerage) -> None:
    """At 1.46 m and 0.54 m an hour it is at its crest, 2 m, in an hour."""
    well = row(model, "WELL")
    _, findings = watched(model, level=read(well, 1.46, rise=0.54, error=0.05))
    assert [(f.code, f.values["time"]) for f in findings] == [("sewerage.fills", "07:00")]
    for level, rise, error in ((1.46, 0.54, 0.3), (1.46, -0.5, 0.0), (1.46, 0.05, 0.0),
                               (0.40, 0.54, 0.0), (0.35, 0.0, 0.0)):  # fmt: skip
        assert watched(model, level=read(well, level, rise, error))[1] == []
    _, findings = watched(model, level=read(well, 2.01))
    assert [finding.code for finding in findings] == ["sewerage.full"]


def test_an_overflow_that_spills(model: Sewerage) -> None:
    river, plant = row(model, "RIVER"), row(model, "WWTP")
    _, findings = watched(model, overflow=read(river, 12.0))
    assert [(f.code, f.values["flow"]) for f in findings] == [("sewerage.overflows", "12")]
    assert watched(model, overflow=read(river, 0.4))[1] == []
    assert watched(model, overflow=read(plant, 40.0))[1] == []


def test_meters_need_an_answer(model: Sewerage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where SWMM has none no level is made up; a dry day does not ask it."""
    monkeypatch.setattr("kopa.domains.sewerage.hydraulics.MOST_ERROR", -1.0)
    assert model.meters(DAY, [Change("sewerage", "PU1", "off")], {}) == ()
    assert len(model.meters(DAY, (), {})) == 2
