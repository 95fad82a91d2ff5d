"""Plans of heating and cooling: against dynamic programming and closed forms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from kopa.domains.buildings.engine_thermal import Thermal
from kopa.domains.buildings.plan import Device, Task, plan, thermostat
from kopa.errors import EngineError

HOUSE = Thermal({"loss": 200.0, "capacity": 200.0 * 50 * 3600})
HEAVY = Thermal(
    {"inner_loss": 900.0, "outer_loss": 220.0, "air_capacity": 5e6, "mass_capacity": 6e7}
)
HOURS = 24


def task(**values: Any) -> Task:
    dear = (np.arange(HOURS) >= 7) & (np.arange(HOURS) < 10)
    usual: dict[str, Any] = {
        "thermal": HOUSE, "step_s": 3600.0, "outdoor": np.full(HOURS, -5.0), "sun": None,
        "price": np.where(dear, 0.4, 0.1), "low": np.full(HOURS, 20.0),
        "high": np.full(HOURS, 23.0), "heating": Device(9000.0, 1.0), "cooling": None,
        "start": 20.0,
    }  # fmt: skip
    return Task(**{**usual, **values})


def by_dynamic_programming(given: Task, grid: np.ndarray[Any, np.dtype[np.float64]]) -> float:
    """Least cost over paths whose temperatures lie on a grid: never below the true least."""
    assert given.heating is not None
    (a,), (b,) = (matrix for matrix in given.thermal.discrete(given.step_s))
    ahead = np.zeros(len(grid))
    for step in reversed(range(HOURS)):
        power = (grid[None, :] - a[0] * grid[:, None] - b[0] * given.outdoor[step]) / b[1]
        inside = (grid >= given.low[step] - 1e-9) & (grid <= given.high[step] + 1e-9)
        can = (power >= -1e-6) & (power <= given.heating.most) & inside[None, :]
        cost = given.price[step] * power * given.step_s / 3.6e6 / given.heating.efficiency
        ahead = (np.where(can, cost, np.inf) + ahead[None, :]).min(axis=1)
    return float(ahead[np.argmin(np.abs(grid - given.start))])


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"outdoor": -5 + 8 * np.sin(np.arange(HOURS) / 4)},
        {"price": 0.05 + 0.3 * np.abs(np.sin(np.arange(HOURS)))},
        {"heating": Device(6000.0, 3.0)},
        {"price": np.where(np.arange(HOURS) % 5 == 0, -0.05, 0.2)},
    ],
)
def test_no_dearer_than_dynamic_programming(values: dict[str, Any]) -> None:
    """The grid of 2 mK costs up to half a percent more than the plan, and never less."""
    given = task(**values)
    best = plan(given)
    exact = by_dynamic_programming(given, np.linspace(20, 23, 1501))
    assert not len(best.missed)
    assert best.cost <= exact + 1e-4
    assert best.cost == pytest.approx(exact, rel=5e-3)


def test_one_price_holds_the_lower_end() -> None:
    """Nothing is gained by heating early: 24 h × 25 K × 200 W/K at 0.1 EUR/kWh."""
    best = plan(task(price=np.full(HOURS, 0.1)))
    assert best.indoor == pytest.approx(np.full(HOURS, 20.0), abs=1e-4)
    assert best.cost == pytest.approx(24 * 25 * 200 / 1000 * 0.1, rel=1e-4)
    assert thermostat(task(price=np.full(HOURS, 0.1))).cost == pytest.approx(best.cost, rel=1e-4)


def test_heat_comes_before_the_dear_hours() -> None:
    best, usual = plan(task()), thermostat(task())
    assert best.heat[7:10].sum() < 1.0
    assert best.indoor[6] > 21
    assert best.cost < 0.8 * usual.cost
    assert not len(usual.missed)


def test_comfort_comes_first_whatever_it_costs() -> None:
    """A price of 100 EUR/kWh does not make anybody cold."""
    best = plan(task(price=np.full(HOURS, 100.0)))
    assert not len(best.missed)


def test_comfort_that_cannot_be_held_is_missed_least() -> None:
    """Full power all the time, and the temperature that this gives by Newton's law."""
    given = task(heating=Device(3000.0, 1.0))
    best = plan(given)
    assert best.heat == pytest.approx(np.full(HOURS, 3000.0), abs=1.0)
    hours = np.arange(1, HOURS + 1)
    assert best.indoor == pytest.approx(10 + 10 * np.exp(-hours / 50), abs=1e-3)
    assert best.missed.tolist() == list(range(HOURS))
    assert best.under == pytest.approx(20 - best.indoor)


def test_a_morning_needs_heat_by_night() -> None:
    """A thermostat begins at the hour at which it should be warm, and is late."""
    low = np.where(np.arange(HOURS) < 6, 17.0, 20.0)
    given = task(low=low, start=17.0, price=np.full(HOURS, 0.1))
    best, usual = plan(given), thermostat(given)
    assert not len(best.missed)
    assert len(usual.missed) > 0
    assert best.indoor[5] > 18


def test_cooling_before_the_afternoon() -> None:
    price = np.where((np.arange(HOURS) > 13) & (np.arange(HOURS) < 18), 0.5, 0.1)
    given = task(
        outdoor=np.full(HOURS, 33.0), heating=None, cooling=Device(8000.0, 3.0), start=24.0,
        low=np.full(HOURS, 21.0), high=np.full(HOURS, 25.0), price=price,
    )  # fmt: skip
    best = plan(given)
    assert not len(best.missed)
    assert best.cool[14:18].sum() < 0.2 * best.cool.sum()
    assert best.cost < thermostat(given).cost


def test_nobody_heats_and_cools_to_be_paid_for_it() -> None:
    """At prices below zero one device would pay for the other: only one may run."""
    price = np.where((np.arange(HOURS) > 10) & (np.arange(HOURS) < 16), -0.1, 0.1)
    both = {"price": price, "outdoor": np.full(HOURS, 15.0)}
    best = plan(task(cooling=Device(5000.0, 3.0), **both))
    assert np.minimum(best.heat, best.cool).max() < 1.0
    assert best.heat[11:16].sum() > 0  # it is paid for, as far as comfort goes
    assert not len(best.missed)
    assert best.cost <= plan(task(**both)).cost + 1e-4


def test_two_capacities_and_the_sun() -> None:
    sun = np.where((np.arange(HOURS) > 9) & (np.arange(HOURS) < 15), 400.0, 0.0)
    thermal = Thermal({**HEAVY.parameters, "sun_area": 4.0, "gain": 200.0})
    given = task(thermal=thermal, sun=sun)
    best = plan(given)
    assert not len(best.missed)
    assert best.cost <= thermostat(given).cost
    assert plan(task(thermal=HEAVY)).cost > best.cost


def test_the_end_can_be_asked_for() -> None:
    assert plan(task(end=22.5)).indoor[-1] == pytest.approx(22.5, abs=1e-4)


def test_an_engine_that_fails_is_an_error() -> None:
    """HiGHS itself does not end on a price that is no number."""
    for values in ({"price": np.full(HOURS, np.nan)}, {"outdoor": np.full(HOURS, np.nan)}):
        with pytest.raises(EngineError):
            plan(task(**values))
