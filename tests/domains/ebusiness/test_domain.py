"""What lost power, water, heat and streets do to firms: by hand. Wednesday, 06:00 to 18:00."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kopa.domain import Change, Result
from kopa.domains.ebusiness.domain import EbusinessDomain, load
from kopa.domains.ebusiness.read_firms import read_firms
from kopa.ledger.factors import shipped_factors
from kopa.model import FloatArray, Window

from .small import write_ebusiness

WINDOW = Window(6 * 3600, 3600, 12)
SHOP, MILL, DESK = 0, 1, 2


@pytest.fixture
def town(tmp_path: Path) -> EbusinessDomain:
    return EbusinessDomain(read_firms(write_ebusiness(tmp_path))[0])


def values(result: Result, quantity: str) -> list[float]:
    (one,) = (account for account in result.accounts if account.quantity == quantity)
    return one.values.tolist()


def lost(first: int, last: int, *rows: int) -> FloatArray:
    share = np.ones((12, 3))
    share[first:last, list(rows)] = 0.0
    return share


def test_a_usual_day(town: EbusinessDomain) -> None:
    result = town.run(WINDOW, (), {})
    assert (result.status, result.events) == ("ok", ())
    assert values(result, "work_lost") == [0, 0, 0]
    power = result.outputs["electricity_demand"]
    assert power[:, SHOP].tolist() == [0, 0, 3, 3, 3, 3, 0, 0, 0, 0, 0, 0]
    assert (power[:, MILL] == 200).all()
    assert result.balance is not None
    assert result.balance.supplied == 4 * 4 + 12 * 30 + 12 * 10


def test_power_lost_from_nine_to_two(town: EbusinessDomain) -> None:
    """The shop's own set covers 9 to 10; it would have been open until 12: 2 h of 4 people."""
    result = town.run(WINDOW, (), {"electricity": lost(3, 8, SHOP, MILL)})
    assert values(result, "firm_hours") == pytest.approx([2, 5, 0])
    assert values(result, "work_lost") == pytest.approx([8, 150, 0])
    assert result.outputs["trade"][:, SHOP].tolist() == [1] * 4 + [0] * 4 + [1] * 4
    assert result.balance is not None
    assert result.balance.ok
    assert result.balance.lost == pytest.approx(158)


def test_each_loses_only_what_it_needs(town: EbusinessDomain) -> None:
    """Two hours without water and heat: only the mill needs heat, the desk needs no water."""
    cold = town.run(WINDOW, (), {"heat": lost(2, 4, SHOP, MILL, DESK)})
    assert values(cold, "work_lost") == pytest.approx([0, 60, 0])
    dry = town.run(WINDOW, (), {"water": lost(2, 4, SHOP, MILL, DESK)})
    assert values(dry, "work_lost") == pytest.approx([8, 60, 0])
    assert {one.what for one in dry.events} == {"no_water", "no_work"}


def test_a_street_lost_and_a_firm_closed(town: EbusinessDomain) -> None:
    """3 h without a street, then half an hour closed, of 30 people."""
    closed = Change("ebusiness", "mill", "closed", start=15 * 3600, end=15 * 3600 + 1800)
    result = town.run(WINDOW, (closed,), {"road_access": lost(2, 5, MILL)})
    assert values(result, "work_lost") == pytest.approx([0, 3.5 * 30, 0])
    assert [one.what for one in result.events] == ["closed", "no_road_access", "no_work"]
    assert result.outputs["electricity_demand"][9, MILL] == pytest.approx(100)


def test_work_has_a_price() -> None:
    (one,) = (factor for factor in shipped_factors() if factor.applies_to == "work_lost")
    assert (one.from_unit, one.lens, one.unit, one.mid) == ("person·h", "money", "EUR", 31.8)


def test_it_is_loaded_as_a_city_says(tmp_path: Path) -> None:
    write_ebusiness(tmp_path)
    town, findings = load({"firms": "firms.geojson"}, tmp_path)
    assert town.assets().ids == ("shop", "mill", "desk")
    assert findings == ()
