"""Capture zones against closed forms and the water balance."""

from __future__ import annotations

import numpy as np
import pytest
from domains.groundwater.fields import aquifer, field, four, read
from scipy.optimize import brentq

from kopa.domains.groundwater.capture import capture, stagnation_points, width
from kopa.domains.groundwater.engine_timflow import steady_flow
from kopa.domains.groundwater.network import YEAR, Field
from kopa.domains.groundwater.read_field import DAY

RATE, NATURAL, ROOM = 1000 / DAY, 500 / DAY * 0.002, 20 * 0.25
STAGNATION = RATE / (2 * np.pi * NATURAL)
"""x = Q / (2π T i), Bear (1979), section 8-8."""


def single() -> Field:
    return field(aquifer(gradient=0.002), np.array([[0.0, 0.0]]), [1000])


@pytest.fixture(scope="module")
def four_wells(tmp_path_factory: pytest.TempPathFactory) -> Field:
    return read(four(), tmp_path_factory.mktemp("four"))


def test_a_well_in_uniform_flow() -> None:
    """Stagnation point, width Q / (T i) far upstream, and how far water travels (Bear and Jacobs
    1965): t q / (n b) = x - x_s ln(1 + x / x_s)."""
    one = single()
    years = np.array([1.0, 10.0, 400.0])
    found = capture(one, years * YEAR, one.wells.discharge)
    assert found.stagnation == pytest.approx(np.array([[0, STAGNATION, 0]]), abs=1e-6)
    for zone in found.zones:
        travelled = zone.seconds * NATURAL / ROOM
        upstream = brentq(
            lambda x, t=travelled: x - STAGNATION * np.log1p(x / STAGNATION) - t, 1, 1e6
        )
        assert -zone.shape.bounds[0] == pytest.approx(upstream, rel=1e-4)
        assert zone.shape.bounds[2] <= STAGNATION + 1
    assert width(one, [found.zones[-1].shape]) == pytest.approx(RATE / NATURAL, rel=0.01)


def test_the_boundary_is_the_dividing_streamline() -> None:
    """tan(2π T i y / Q) = -y / x ... of the dividing streamline: y = ∓ Q θ / (2π T i)."""
    one = single()
    (zone,) = capture(one, [200 * YEAR], one.wells.discharge).zones
    for x in (-2000.0, -500.0, 50.0):
        half = brentq(
            lambda y, x=x: NATURAL * y - RATE / (2 * np.pi) * (np.pi - np.arctan2(y, -x)) if x > 0
            else NATURAL * y - RATE / (2 * np.pi) * np.arctan2(y, x), 1e-6, RATE / NATURAL,
        )  # fmt: skip
        across = zone.shape.boundary.intersection(_column(x))
        assert across.bounds[3] == pytest.approx(half, rel=0.01)


def _column(x: float) -> object:
    import shapely

    return shapely.LineString([(x, -1e4), (x, 1e4)])


def test_without_gradient_a_zone_is_a_circle() -> None:
    one = field(aquifer(), np.array([[10.0, 20.0]]), [1000])
    found = capture(one, [YEAR], one.wells.discharge)
    radius = np.sqrt(RATE * YEAR / (np.pi * ROOM))
    assert found.zones[0].shape.bounds == pytest.approx(
        (10 - radius, 20 - radius, 10 + radius, 20 + radius), rel=5e-3
    )
    assert len(found.stagnation) == 0


def test_zones_of_four_wells_hold_what_is_pumped(four_wells: Field) -> None:
    """A = Q t / (n b) for each well and time, and no zone lies in another."""
    discharge = four_wells.wells.discharge
    found = capture(four_wells, [YEAR, 10 * YEAR, 50 * YEAR], discharge)
    assert len(found.zones) == 12
    for zone in found.zones:
        pumped = discharge[zone.well] * zone.seconds / ROOM
        assert zone.shape.is_valid
        assert zone.shape.area == pytest.approx(pumped, rel=0.02)
    last = [zone.shape for zone in found.zones if zone.seconds == 50 * YEAR]
    for number, one in enumerate(last):
        for other in last[:number]:
            assert one.intersection(other).area < 0.01 * one.area


def test_stagnation_points_are_the_roots_of_the_complex_velocity(four_wells: Field) -> None:
    """Strack (1989), Groundwater Mechanics: zeros of q - Σ Q / (2π (z - z_j)), a polynomial."""
    wells = four_wells.wells
    places = wells.x - 506000 + 1j * (wells.y - 312000)
    polynomial = NATURAL * np.poly(places)
    for row in range(4):
        others = np.poly(np.delete(places, row))
        polynomial = np.polysub(polynomial, wells.discharge[row] / (2 * np.pi) * others)
    wanted = np.sort_complex(np.roots(polynomial))
    flow = steady_flow(four_wells, wells.discharge)
    found = stagnation_points(four_wells, flow, 0) - [506000, 312000]
    assert len(found) == 4
    assert np.sort_complex(found[:, 0] + 1j * found[:, 1]) == pytest.approx(wanted, abs=1e-3)


def test_a_well_that_stands_has_no_zone(four_wells: Field) -> None:
    discharge = four_wells.wells.discharge * np.array([1, 0, 1, 1])
    found = capture(four_wells, [YEAR], discharge)
    assert [zone.well for zone in found.zones] == [0, 2, 3]


def test_leakage_shrinks_a_zone() -> None:
    open_, leaky = (
        field(aquifer(resistance, 0.002), np.array([[0.0, 0.0]]), [1000])
        for resistance in (np.inf, 200.0)
    )
    zones = [capture(one, [30 * YEAR], one.wells.discharge).zones[0] for one in (open_, leaky)]
    assert zones[1].shape.area < 0.8 * zones[0].shape.area
