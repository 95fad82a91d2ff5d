"""Drawdown and flow by timflow against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from domains.groundwater.fields import aquifer, field
from scipy.integrate import quad
from scipy.special import exp1, k0

from kopa.domains.groundwater.engine_timflow import (
    Flow,
    distrust,
    drawdown_around,
    drawdown_at,
    steady_flow,
    step_response,
)
from kopa.domains.groundwater.network import River
from kopa.domains.groundwater.read_field import DAY
from kopa.errors import EngineError

TRANSMISSIVITY, STORAGE, RATE = 500 / DAY, 2e-4, 1000 / DAY
TIMES = np.geomspace(60, 3650 * DAY, 40)
LINE = 1e-4  # m: Theis and Hantush have a well without width


def leaky_well_function(u: float, ratio: float) -> float:
    """W(u, r/B) of Hantush and Jacob (1955), Trans. AGU 36, by quadrature."""

    def inner(y: float) -> float:
        return float(np.exp(-y - ratio**2 / (4 * y)) / y)

    if u > 1e-3:
        return float(quad(inner, u, np.inf, epsabs=1e-13, epsrel=1e-12, limit=500)[0])
    return float(2 * k0(ratio) - quad(inner, 0, u, epsabs=1e-14, epsrel=1e-12)[0])


@pytest.mark.parametrize("distance", [0.2, 30.0, 500.0])
def test_theis(distance: float) -> None:
    """Theis (1935) with scipy's exponential integral."""
    found = drawdown_around(aquifer(), RATE, LINE, np.full(40, distance), TIMES)
    u = distance**2 * STORAGE / (4 * TRANSMISSIVITY * TIMES)
    wanted = RATE / (4 * np.pi * TRANSMISSIVITY) * exp1(u)
    assert found == pytest.approx(wanted, rel=1e-5, abs=1e-6)


def test_the_leaky_well_function_is_the_published_one() -> None:
    """Hantush (1956), Trans. AGU 37: W(0.01, 0.1), W(0.1, 0.5), W(0.001, 0.01) of his table."""
    found = [leaky_well_function(*at) for at in ((0.01, 0.1), (0.1, 0.5), (0.001, 0.01))]
    assert found == pytest.approx([3.8150, 1.4422, 6.3069], abs=6e-4)


@pytest.mark.parametrize("distance", [0.2, 30.0, 500.0])
def test_hantush(distance: float) -> None:
    found = drawdown_around(aquifer(500.0), RATE, LINE, np.full(40, distance), TIMES)
    leakage = np.sqrt(500.0 * 500.0)
    u = distance**2 * STORAGE / (4 * TRANSMISSIVITY * TIMES)
    well = np.array([leaky_well_function(one, distance / leakage) for one in u])
    wanted = RATE / (4 * np.pi * TRANSMISSIVITY) * well
    assert found == pytest.approx(wanted, rel=1e-5, abs=1e-6)


def test_readings_may_come_in_any_order() -> None:
    distances = np.array([90.0, 30.0, 90.0, 30.0])
    times = np.array([7200.0, 600.0, 300.0, 60.0])
    found = drawdown_around(aquifer(), RATE, LINE, distances, times)
    wanted = exp1(distances**2 * STORAGE / (4 * TRANSMISSIVITY * times))
    assert found == pytest.approx(RATE / (4 * np.pi * TRANSMISSIVITY) * wanted, rel=1e-5)


WELLS = np.array([[0.0, 0.0], [100.0, 50.0], [200.0, 200.0]])
RIVER = River("r", "", np.array([[300.0, -30_000.0], [300.0, 30_000.0]]), 0, 0.0, 10.0)


def test_wells_superpose() -> None:
    """All wells in one model are the sum of each alone, in two leaky layers."""
    one = field(aquifer(700.0, layers=2), WELLS, [300, 200, 500])
    times = np.array([3600.0, 10 * DAY, 300 * DAY])
    response = step_response(one, times)
    together = drawdown_at(one, one.wells.discharge, one.points, times)
    assert response @ one.wells.discharge == pytest.approx(together, rel=1e-9)


def test_a_river_is_an_image_well() -> None:
    """A long straight river that keeps its level, against the image well of Theis (1941)."""
    one = field(aquifer(), WELLS[:1], [1000], (RIVER,))
    found = step_response(one, np.array([100 * DAY]))[0, 0, 0]
    apart = np.array([0.2, 599.8])
    u = apart**2 * STORAGE / (4 * TRANSMISSIVITY * 100 * DAY)
    wanted = float(exp1(u) @ [1, -1]) / (4 * np.pi * TRANSMISSIVITY)
    assert found == pytest.approx(wanted, rel=1e-3)


def test_steady_flow_to_a_well_by_a_river() -> None:
    one = field(aquifer(), WELLS[:1], [1000], (RIVER,))
    at = np.array([100.0, -100 + 20j, 50 + 100j, 200 + 30j])
    vx, vy = steady_flow(one, one.wells.discharge).velocity(at.real, at.imag, 0)
    wanted = -RATE / (2 * np.pi) * (1 / at - 1 / (at - 600)) / (20 * 0.25)
    assert vx - 1j * vy == pytest.approx(wanted, rel=5e-3)


def test_uniform_flow_keeps_to_its_azimuth() -> None:
    from dataclasses import replace

    ground = replace(aquifer(gradient=0.002), azimuth=np.radians(180))
    one = field(ground, WELLS[:1], [1000])
    vx, vy = steady_flow(one, np.zeros(1)).velocity(np.array([9.0]), np.array([7.0]), 0)
    assert (vx[0], vy[0]) == pytest.approx((0, -0.002 * 25 / DAY / 0.25), abs=1e-15)


def test_the_screen_adds_its_loss() -> None:
    """Q c / (2π r_w H)."""
    from dataclasses import replace

    one = field(aquifer(), WELLS[:2], [500, 500])
    tight = replace(one, wells=replace(one.wells, entry_resistance=np.array([DAY, 0.0])))
    more = step_response(tight, np.array([DAY])) - step_response(one, np.array([DAY]))
    assert more[0] == pytest.approx(np.diag([DAY / (2 * np.pi * 0.2 * 20), 0]), abs=1e-9)


def test_what_breaks_reciprocity_is_not_trusted() -> None:
    one = field(aquifer(), WELLS, [300, 200, 500])
    good = step_response(one, np.array([DAY]))
    good[0, 0, 1] *= 1.1
    with pytest.raises(EngineError, match="symmetric"):
        distrust(one, good)


def test_flow_of_two_layers_adds_up() -> None:
    """What flows to a well through both layers is its discharge, where nothing leaks from above."""
    one = field(aquifer(layers=2), WELLS[:1], [1000])
    flow: Flow = steady_flow(one, one.wells.discharge)
    angle = np.linspace(0, 2 * np.pi, 720, endpoint=False)
    total = 0.0
    for layer in (0, 1):
        vx, vy = flow.velocity(50 * np.cos(angle), 50 * np.sin(angle), layer)
        inward = -(vx * np.cos(angle) + vy * np.sin(angle)).mean()
        total += float(inward) * 2 * np.pi * 50 * 20 * 0.25
    assert total == pytest.approx(RATE, rel=1e-6)
