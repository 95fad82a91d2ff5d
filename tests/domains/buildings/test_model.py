"""The grey-box model: against numerical integration, a closed form, and parameters put in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.signal import lfilter

from kopa.domains.buildings.engine_thermal import Thermal
from kopa.domains.buildings.fit import Estimate, Fit, Measured, chosen, fit, fit_both, usable
from kopa.errors import RangeError

ONE = {"loss": 180.0, "capacity": 180.0 * 60 * 3600, "sun_area": 3.0, "gain": 300.0}
TWO = {
    "inner_loss": 900.0, "outer_loss": 220.0, "air_capacity": 5e6, "mass_capacity": 6e7,
    "sun_area": 3.0, "gain": 300.0,
}  # fmt: skip
STEP = 900.0


def measured(parameters: dict[str, float], days: int = 14, noise: float = 0.05) -> Measured:
    """A building that is heated by day, now and then; noise and weather are always the same."""
    rng, many = np.random.default_rng(1), days * 96
    hours = np.arange(many) * STEP / 3600
    outdoor = 2 + 4 * np.sin(2 * np.pi * (hours - 9) / 24) + np.cumsum(rng.normal(0, 0.1, many))
    sun = np.maximum(0.0, 300 * np.sin(2 * np.pi * (hours - 6) / 24))
    day = (hours % 24 > 6) & (hours % 24 < 22)
    heat = np.where(day, 6000.0, 2000.0) * (rng.random(many) > 0.3)
    thermal = Thermal(parameters)
    start = thermal.rest(20.0, 2.0)
    ahead = thermal.simulate(start, outdoor[:-1], thermal.heat(heat, sun)[:-1], STEP)
    indoor = np.append(start[0], ahead) + rng.normal(0, noise, many)
    return Measured(indoor, outdoor, heat, sun, STEP)


@pytest.mark.parametrize("parameters", [ONE, TWO])
def test_a_step_is_exact(parameters: dict[str, float]) -> None:
    """Against scipy's adaptive integration of the differential equations."""
    thermal = Thermal(parameters)
    outdoor, heat = np.array([0.0, 5.0, -10.0]), np.array([4000.0, 0.0, 9000.0])
    a, b = thermal.continuous
    state, ends = thermal.rest(20.0, 0.0), []
    for air, power in zip(outdoor, heat, strict=True):
        given = b @ np.array([air, power])
        done = solve_ivp(
            lambda _, x, given=given: a @ x + given, (0, 7200), state, rtol=1e-10, atol=1e-10
        )
        state = done.y[:, -1]
        ends.append(state[0])
    found = thermal.simulate(thermal.rest(20.0, 0.0), outdoor, heat, 7200.0)
    assert found == pytest.approx(ends, abs=1e-6)


def test_one_capacity_cools_as_newton_says() -> None:
    thermal = Thermal(ONE)
    found = thermal.simulate(np.array([20.0]), np.full(60, -10.0), np.zeros(60), 3600.0)
    assert found[-1] == pytest.approx(-10 + 30 * np.exp(-1))
    assert thermal.time_constants_h == pytest.approx((60.0,))


def test_a_steady_state_is_heat_over_loss() -> None:
    thermal = Thermal(TWO)
    assert thermal.loss == pytest.approx(1 / (1 / 900 + 1 / 220))
    found = thermal.simulate(np.zeros(2), np.zeros(5000), np.full(5000, 1000.0), 3600.0)
    assert found[-1] == pytest.approx(1000 / thermal.loss)


def test_one_capacity_is_found_again() -> None:
    one, two = fit_both(measured(ONE))
    best = chosen(one, two)
    assert best.thermal.order == 1
    assert best.known
    for name, wanted in ONE.items():
        estimate = best.estimates[name]
        assert estimate.low * 0.98 <= wanted <= estimate.high * 1.02, name
    assert best.estimates["loss"].value == pytest.approx(180, rel=0.02)
    assert best.rmse == pytest.approx(0.05, rel=0.05)
    assert not two.known  # a second capacity is not in the data, and it says so
    assert {name for name, one in two.estimates.items() if not one.known} >= {"inner_loss"}


def test_two_capacities_are_found_again() -> None:
    best = chosen(*fit_both(measured(TWO)))
    assert best.thermal.order == 2
    for name in ("inner_loss", "outer_loss", "air_capacity", "mass_capacity"):
        assert best.estimates[name].value == pytest.approx(TWO[name], rel=0.03), name
        assert best.estimates[name].known


def test_a_model_that_nobody_knows_is_not_chosen() -> None:
    """However well it predicts; and one that is known must predict a tenth better."""
    good = Estimate(1.0, 0.9, 1.1, known=True)
    one = Fit(Thermal(ONE), dict.fromkeys(ONE, good), 0.1, 1.0, 0.0)
    two = Fit(Thermal(TWO), dict.fromkeys(TWO, good), 0.1, 0.85, 0.0)
    assert chosen(one, two) is two
    assert chosen(one, replace(two, unseen=0.95)) is one
    bad = {**two.estimates, "inner_loss": replace(good, known=False)}
    assert chosen(one, replace(two, estimates=bad)) is one


def test_residuals_that_follow_one_another_widen_the_range() -> None:
    """Noise of the same size that drifts tells less than noise that jumps."""
    rng = np.random.default_rng(2)
    data = measured(ONE, days=7, noise=0.0)
    white = rng.normal(0, 0.2, len(data.indoor))
    drift = lfilter([np.sqrt(1 - 0.95**2)], [1.0, -0.95], white)
    widths = []
    for noise in (white, drift):
        found = fit(replace(data, indoor=data.indoor + noise), ("loss", "capacity"))
        widths.append(np.log(found.estimates["loss"].high / found.estimates["loss"].low))
    assert widths[1] > 3 * widths[0]


def test_the_last_third_is_not_seen() -> None:
    """A thermometer that is moved near the end, and reads 2 K more, spoils the prediction."""
    data = measured(ONE, days=7)
    moved = np.where(np.arange(len(data.indoor)) >= 0.8 * len(data.indoor), 2.0, 0.0)
    found = fit(replace(data, indoor=data.indoor + moved), ("loss", "capacity"))
    assert found.unseen == pytest.approx(2 * np.sqrt(0.6), rel=0.1)


def test_what_data_do_not_tell_is_unknown() -> None:
    """With a sensor that is 3 K off here and there, a few days tell no heat capacity."""
    data = measured(ONE, days=4, noise=3.0)
    one, two = fit_both(data)
    best = chosen(one, two)
    assert not best.known
    assert not best.estimates["gain"].known


def test_gains_that_are_next_to_nothing_are_known() -> None:
    """Half of nothing is nothing: a tenth of the usual heat is near enough."""
    best, _ = fit_both(measured({**ONE, "gain": 0.0, "sun_area": 0.0}))
    assert best.estimates["gain"].known
    assert best.estimates["sun_area"].known


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"indoor": 20.0}, "indoor temperature does not move"),
        ({"heat": 3000.0}, "heat does not move"),
        ({"days": 2}, "too short"),
    ],
)
def test_data_that_tell_nothing(values: dict[str, Any], told: str) -> None:
    data = measured(ONE, days=int(values.get("days", 14)))
    flat = {
        name: np.full(len(data.indoor), values[name]) if name in values else getattr(data, name)
        for name in ("indoor", "outdoor", "heat")
    }
    with pytest.raises(RangeError, match=told):
        fit_both(Measured(**flat, sun=None, step_s=STEP))


def test_the_longest_stretch_is_used() -> None:
    data = measured(ONE)
    data.indoor[[100, 900]] = np.nan
    assert len(usable(data).indoor) == 799
    with pytest.raises(RangeError):
        usable(Measured(data.indoor * np.nan, data.outdoor, data.heat, None, STEP))


def test_a_model_needs_heat_loss_and_capacity() -> None:
    with pytest.raises(RangeError):
        Thermal({"loss": 0.0, "capacity": 1.0})
    with pytest.raises(RangeError):
        Thermal({"loss": 1.0})
