"""A burst near a known leak, that the known leak would take for its own: by hand, and swept."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from domains.water.test_leaks import _calibration

from kopa.domains.water.leaks.begin import ended, leapt
from kopa.domains.water.leaks.leap import leap
from kopa.domains.water.leaks.sweep import Sweep
from kopa.domains.water.leaks.tracking import Leak, Tracker
from kopa.model import FloatArray

UNIT = 1 / 3600
HOURS = 288
NEW = 192

ALIKE = np.array([[1.0, 0.9], [0.5, 0.6]])
"""What m³/h at two pipes does to two observations: the one can be taken for the other."""


def _residual(known: FloatArray, new: float) -> FloatArray:
    """Noise of 1 and 2, and m³/h at the first pipe, and from `NEW` on at the other."""
    sizes = np.stack([known, np.where(np.arange(HOURS) >= NEW, new, 0.0)])
    noise = np.random.default_rng(1).normal(0, [1.0, 2.0], (HOURS, 2))
    return np.asarray(noise + (ALIKE @ sizes).T)


def _told(known: FloatArray, new: float) -> list[Leak]:
    calibration = _calibration(ALIKE / UNIT, hours=HOURS)
    calibration = replace(calibration, residual=_residual(known, new))
    far = np.array([[0.0, 200.0], [200.0, 0.0]])
    sweep = Sweep(calibration, far, np.ones(2))
    sweep.run(96)
    return sweep.tracker.leaks


def _steady(size: float) -> FloatArray:
    return np.where(np.arange(HOURS) >= 102, size, 0.0)


def test_a_burst_that_a_known_leak_would_take_is_told() -> None:
    """15 m³/h beside a steady leak of 10: less than twice that, and explained by its growth."""
    old, new = _told(_steady(10.0), 15.0)
    assert old.start == pytest.approx(102, abs=2)
    assert new.start == pytest.approx(NEW, abs=2)
    assert NEW + 12 <= new.found <= NEW + 24
    both = old.size[-1] + new.size[-1]  # which of the two loses how much cannot be seen
    assert both / UNIT == pytest.approx(25, rel=0.1)


def test_growth_is_no_leap() -> None:
    """From 10 to 20 m³/h in a week, as the fastest do: still the one leak."""
    hours = np.arange(HOURS)
    grows = _steady(10.0) + 10 * np.clip((hours - 110) / 168, 0, 1)
    assert len(_told(grows, 0.0)) == 1


def test_a_repair_is_no_leap() -> None:
    gone = np.where(np.arange(HOURS) < NEW, _steady(10.0), 0.0)
    (leak,) = _told(gone, 0.0)
    assert leak.ended == pytest.approx(NEW, abs=3)


def _tracked(shapes: FloatArray, place: int) -> Tracker:
    """Without noise: a steady leak of 10 m³/h, known at a place; 15 at the other since."""
    sizes = np.stack([_steady(10.0), np.where(np.arange(HOURS) >= NEW, 15.0, 0.0)])
    calibration = _calibration(shapes / UNIT, hours=HOURS)
    tracker = Tracker(replace(calibration, residual=(shapes @ sizes).T))
    known = Leak(place, place, 102, 120, 0.9, np.zeros(HOURS))
    tracker.prepare(known)
    tracker.add(known, NEW)
    return tracker


@pytest.mark.parametrize("place", [0, 1])
def test_a_leap_is_what_changed_wherever_the_known_leak_is(place: int) -> None:
    """Whether it was told right or wrong."""
    tracker = _tracked(ALIKE, place)
    found = leap(tracker, NEW + 12, 22.0)
    assert found is not None
    assert found.stretch.hours == 12
    # without what the known leak may have changed by, the second pipe explains it exactly
    exact = found.stretch.match(found.stretch.noise(), np.array([1]))
    assert exact.size[0] / UNIT == pytest.approx(15.0)
    assert leap(tracker, NEW, 22.0) is None  # nothing has happened yet


def test_what_no_known_leak_takes_is_no_leap() -> None:
    """A burst that is seen by another sensor alone: the search for new leaks tells it."""
    assert leap(_tracked(np.eye(2), 0), NEW + 12, 22.0) is None


def test_a_step_begins_where_it_says_most() -> None:
    """Ten hours of nothing and ten of one; a step down ends there."""
    along = np.repeat([0.0, 1.0], 10)
    assert leapt(along, np.ones(20)) == 10
    assert ended(-along, np.ones(20)) == 10
