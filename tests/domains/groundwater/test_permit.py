"""The largest abstraction, against hand calculations."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from domains.groundwater.fields import aquifer, field, four, read
from scipy.special import exp1

from kopa.domains.groundwater.network import Permit
from kopa.domains.groundwater.permit import largest
from kopa.domains.groundwater.read_field import DAY

YEAR_S = 365 * DAY


def well_function(distance: float) -> float:
    return float(exp1(distance**2 * 2e-4 / (4 * 500 / DAY * YEAR_S))) / (4 * np.pi * 500 / DAY)


def test_one_well_and_its_drawdown() -> None:
    """Q = s 4πT / W(u)."""
    one = field(aquifer(), np.array([[0.0, 0.0]]), [5000])
    one = replace(one, wells=replace(one.wells, max_drawdown=np.array([2.0])))
    found = largest(one, YEAR_S)
    assert found.rate[0] == pytest.approx(2 / well_function(0.2), rel=1e-4)
    assert found.drawdown[0] == pytest.approx(2)
    (binding,) = found.binding
    assert (binding.what, binding.id) == ("drawdown", "W0")
    assert binding.gain == pytest.approx(1 / well_function(0.2), rel=1e-4)


def test_two_wells_that_share_a_limit() -> None:
    """By symmetry each gives s / (W(r_w) + W(r))."""
    one = field(aquifer(), np.array([[0.0, 0.0], [100.0, 0.0]]), [9000, 9000])
    one = replace(one, wells=replace(one.wells, max_drawdown=np.array([3.0, 3.0])))
    found = largest(one, YEAR_S)
    wanted = 3 / (well_function(0.2) + well_function(100.0))
    assert found.rate == pytest.approx(np.full(2, wanted), rel=2e-3)
    assert len(found.binding) == 2


def test_pumps_and_permit_bind(tmp_path: Path) -> None:
    one = read(four(1000.0), tmp_path)
    free = replace(one, observations=replace(one.observations, limit=np.array([1000.0])))
    found = largest(replace(free, permit=Permit()), YEAR_S)
    assert found.rate == pytest.approx(one.wells.capacity)
    assert {binding.what for binding in found.binding} == {"pump"}
    held = largest(replace(free, permit=Permit(3000 / DAY, "test")), YEAR_S)
    assert held.rate.sum() == pytest.approx(3000 / DAY)
    assert [b.gain for b in held.binding if b.what == "permit"] == [pytest.approx(1)]


def test_no_feasible_neighbour_gives_more(tmp_path: Path) -> None:
    """The answer keeps all limits; 1 % more of any well breaks one."""
    one = read(four(8.0), tmp_path)
    found = largest(one, one.pumping)
    assert (found.drawdown <= one.limits * (1 + 1e-6)).all()
    assert found.difference < 1e-9
    from kopa.domains.groundwater.drawdown import at_points

    for well in np.flatnonzero(found.rate < one.wells.capacity * 0.99):
        more = found.rate.copy()
        more[well] += 0.01 * found.rate.sum()
        assert (at_points(one, more, one.pumping) > one.limits).any()
