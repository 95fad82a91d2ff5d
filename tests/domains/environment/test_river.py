"""Hydraulics and decay of rivers, against publications and hand calculations."""

from __future__ import annotations

import numpy as np
import pytest
from domains.environment.test_transport import rivers

from kopa.domains.environment.river import decay_rates, hydraulics, unionised_share

RATES = {
    "decay_ecoli_d": 0.8,
    "decay_enterococci_d": 0.5,
    "decay_ammonia_d": 0.1,
    "surface_light_ly_h": 0.0,
    "light_extinction_m": 1.0,
}


@pytest.mark.parametrize(
    ("warm", "ph", "percent"), [(25.0, 8.0, 5.38), (20.0, 8.0, 3.82), (10.0, 7.0, 0.186)]
)
def test_unionised_ammonia(warm: float, ph: float, percent: float) -> None:
    """Emerson et al. (1975), table of percentages."""
    share = unionised_share(np.array([warm]), np.array([ph]))
    assert 100 * share[0] == pytest.approx(percent, rel=5e-3)


def test_decay_in_the_dark_and_in_light() -> None:
    """Mancini (1978), by hand: 0.8 × 1.07^-5 a day; light of 10 ly/h through 2 m of water."""
    dark = decay_rates(RATES, np.array([15.0]), np.array([2.0]))
    assert dark["escherichia_coli"][0] * 86_400 == pytest.approx(0.5704, rel=1e-3)
    light = decay_rates({**RATES, "surface_light_ly_h": 10.0}, np.array([20.0]), np.array([2.0]))
    by_light = 10 * (1 - np.exp(-2)) / 2
    assert light["escherichia_coli"][0] * 86_400 == pytest.approx(0.8 + by_light)
    assert light["ammonia"][0] * 86_400 == pytest.approx(0.1)


def test_speed_and_dispersion_by_hand() -> None:
    """20 m wide, 1 m deep, 5 m³/s: u 0.25 m/s; u* = u n √g / R^(1/6); Fischer's E."""
    state = hydraulics(rivers([-1], [5.0]), np.array([5.0]))
    assert state.velocity[0] == pytest.approx(0.25)
    radius = 20 / 22
    shear = 0.25 * 0.035 * 9.80665**0.5 / radius ** (1 / 6)
    assert state.dispersion[0] == pytest.approx(0.011 * 0.0625 * 400 / shear)
    half = hydraulics(rivers([-1], [5.0]), np.array([2.5]))
    assert half.depth[0] == pytest.approx(0.5**0.6)


def test_depth_from_roughness_and_slope() -> None:
    """Manning in a wide rectangle: the depth gives the flow back."""
    one = rivers([-1], [5.0], depth=np.array([np.nan]), slope=np.array([0.001]))
    state = hydraulics(one, np.array([5.0]))
    depth = state.depth[0]
    radius = 20 * depth / (20 + 2 * depth)
    assert 20 * depth * radius ** (2 / 3) * 0.001**0.5 / 0.035 == pytest.approx(5.0)
