"""The cheapest supply temperature against brute force over a grid of temperatures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kopa.domains.heat.domain import HeatDomain
from kopa.domains.heat.read_file import Weather, read
from kopa.domains.heat.supply import Prices, cost_at, optimise
from kopa.errors import RangeError

from .nets import features, write

CASES = {
    "pumping is dear": (Prices(0.05, 0.5), {}, -15.0),
    "losses are dear": (Prices(0.15, 0.1), {}, -15.0),
    "a mild day": (Prices(0.05, 3.0), {}, 5.0),
    "a substation that needs warm water": (Prices(0.1, 0.2), {"least_supply_c": 78.0}, -15.0),
}


@pytest.mark.parametrize("name", CASES)
def test_no_temperature_of_a_grid_is_cheaper(tmp_path: Path, name: str) -> None:
    prices, extra, outdoor = CASES[name]
    found = features()
    found[-1]["properties"] |= extra
    domain = HeatDomain(read(write(tmp_path, found), Weather(-15, outdoor))[0])
    kelvin = domain.network.outdoor
    best = optimise(domain.steady, kelvin, (60.0, 110.0), prices)
    assert best.best is not None
    assert best.monotone
    assert best.gap <= 1.1e-3
    grid = [cost_at(domain.steady, kelvin, c, prices) for c in np.arange(60.0, 110.1, 0.5)]
    allowed = [point for point in grid if point.allowed]
    cheapest = min(allowed, key=lambda point: point.cost_eur_h)
    assert best.best.cost_eur_h <= cheapest.cost_eur_h * (1 + 1e-3)
    assert best.bound_eur_h <= cheapest.cost_eur_h * (1 + 1e-6)
    assert len(best.points) < len(grid)
    if extra:
        assert best.best.supply_c == pytest.approx(
            allowed[0].supply_c, abs=2.5
        )  # 0.1 % of the cost
    if name == "pumping is dear":
        assert 60 < best.best.supply_c < 110
        assert abs(best.best.supply_c - cheapest.supply_c) < 5  # flat around the optimum


def test_the_cost_by_hand(tmp_path: Path) -> None:
    domain = HeatDomain(read(write(tmp_path))[0])
    point = cost_at(domain.steady, domain.network.outdoor, 90.0, Prices(0.06, 0.2))
    assert point.allowed
    assert point.produced_kw == pytest.approx(300 + point.losses_kw, rel=1e-3)
    assert point.heat_eur_h == pytest.approx(point.produced_kw / 0.9 * 0.06)
    assert point.pump_eur_h == pytest.approx(point.pump_kw * 0.2)
    assert 0 < point.lift_bar < 3  # the pump of the file gives 3 bar, more than is needed


def test_nothing_is_allowed(tmp_path: Path) -> None:
    found = features()
    found[-1]["properties"]["least_supply_c"] = 120.0
    domain = HeatDomain(read(write(tmp_path, found))[0])
    best = optimise(domain.steady, domain.network.outdoor, (60.0, 110.0), Prices(0.1, 0.2))
    assert best.best is None
    assert {point.reason for point in best.points} <= {"substation", "cool", "pressure"}


def test_limits_the_wrong_way_round(tmp_path: Path) -> None:
    domain = HeatDomain(read(write(tmp_path))[0])
    with pytest.raises(RangeError):
        optimise(domain.steady, domain.network.outdoor, (90.0, 80.0), Prices(0.1, 0.2))
