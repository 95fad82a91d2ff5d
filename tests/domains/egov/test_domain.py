"""What lost power and closed streets do to offices: by hand. Wednesday, 06:00 to 18:00."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kopa.domain import Change, Result
from kopa.domains.egov.domain import EgovDomain, load
from kopa.domains.egov.read_offices import read_offices
from kopa.model import FloatArray, Window

from .small import write_egov

WINDOW = Window(6 * 3600, 3600, 12)


@pytest.fixture
def town(tmp_path: Path) -> EgovDomain:
    return EgovDomain(read_offices(write_egov(tmp_path))[0])


def values(result: Result, quantity: str) -> list[float]:
    (one,) = (account for account in result.accounts if account.quantity == quantity)
    return one.values.tolist()


def lost(first: int, last: int, row: int) -> FloatArray:
    share = np.ones((12, 2))
    share[first:last, row] = 0.0
    return share


def test_a_usual_day(town: EgovDomain) -> None:
    result = town.run(WINDOW, (), {})
    assert (result.status, result.events) == ("ok", ())
    assert values(result, "person_hours") == [0, 0]
    power = result.outputs["electricity_demand"]
    assert power[:, 0].tolist() == [0, 0, 10, 10, 10, 10, 0, 0, 0, 0, 0, 0]
    assert (power[:, 1] == 4).all()
    assert result.balance is not None
    assert result.balance.supplied == 4 * 20 + 12 * 6


def test_power_lost_from_nine_to_two(town: EgovDomain) -> None:
    """The hall's own set covers 9 to 10; it would have been open until 12: 2 h of 20 people."""
    result = town.run(WINDOW, (), {"electricity": lost(3, 8, 0)})
    assert values(result, "office_hours") == pytest.approx([2, 0])
    assert values(result, "person_hours") == pytest.approx([40, 0])
    assert [one.what for one in result.events] == ["no_electricity", "no_service"]
    assert result.events[0].parents[0].port == "electricity"
    assert result.events[1].parents[0].index == 0
    assert result.outputs["public_service"][:, 0].tolist() == [1] * 4 + [0] * 4 + [1] * 4
    assert result.balance is not None
    assert result.balance.ok


def test_a_street_lost_and_an_office_closed(town: EgovDomain) -> None:
    """The desk serves 6 people day and night: 3 h without a street, then half an hour closed."""
    desk = town.assets().index["desk"]
    closed = Change("egov", "desk", "closed", start=15 * 3600, end=15 * 3600 + 1800)
    result = town.run(WINDOW, (closed,), {"road_access": lost(2, 5, desk)})
    assert values(result, "person_hours") == pytest.approx([0, 3.5 * 6])
    assert [one.what for one in result.events] == ["closed", "no_road_access", "no_service"]
    assert result.outputs["electricity_demand"][9, desk] == pytest.approx(2)


def test_who_needs_no_power_loses_nothing(tmp_path: Path) -> None:
    from .small import offices

    file = write_egov(tmp_path, offices(desk={"needs_electricity": False}))
    town = EgovDomain(read_offices(file)[0])
    result = town.run(WINDOW, (), {"electricity": lost(0, 12, 1)})
    assert values(result, "person_hours") == [0, 0]


def test_it_is_loaded_as_a_city_says(tmp_path: Path) -> None:
    write_egov(tmp_path)
    town, findings = load({"offices": "offices.geojson"}, tmp_path)
    assert town.assets().ids == ("hall", "desk")
    assert findings == ()
