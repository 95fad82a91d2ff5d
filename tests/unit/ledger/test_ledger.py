"""Effects, factors, totals and indices, against sums by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kopa.errors import RangeError, UsageError
from kopa.ledger.account import Account, Balance, spans
from kopa.ledger.effects import Effects, difference
from kopa.ledger.factors import Factor, priced, shipped_factors, unpriced, with_overrides
from kopa.ledger.people import reliability, worst_off
from kopa.ledger.totals import Total, total_of, totals


def account(*values: float, quantity: str = "energy_not_supplied", unit: str = "kWh") -> Account:
    return Account("people", quantity, unit, np.array(values), "by hand", service="electricity")


def factor(name: str, low: float, mid: float, high: float, **more: str) -> Factor:
    fields = {"applies_to": "energy_not_supplied", "service": "electricity", "from_unit": "kWh"}
    fields |= {"gives": "social_cost", "lens": "money", "unit": "EUR", "source": "x", "region": ""}
    return Factor(id=name, low=low, mid=mid, high=high, year=2026, **{**fields, **more})  # type: ignore[arg-type]


def effects(*values: float, quantity: str = "energy_not_supplied") -> list[Effects]:
    return difference("energy", [account(*values, quantity=quantity)], [])


def test_effects_are_what_differs() -> None:
    found = difference("energy", [account(5, 2, 0)], [account(5, 1, 1)])
    assert len(found) == 1
    assert found[0].rows.tolist() == [1, 2]
    assert found[0].mid.tolist() == [1, -1]
    assert difference("energy", [account(5)], [account(5)]) == []


def test_an_account_that_a_run_leaves_out_is_no_difference() -> None:
    assert difference("energy", [], [account(5)]) == []


def test_a_factor_prices_its_quantity_once() -> None:
    found = priced(effects(2.0, 3.0), [factor("f", 1, 2, 4)])
    cost = found[1]
    assert (cost.lens, cost.quantity, cost.unit) == ("money", "social_cost", "EUR")
    assert (cost.low.tolist(), cost.mid.tolist(), cost.high.tolist()) == ([2, 3], [4, 6], [8, 12])
    assert cost.factors == ("f",)
    assert len(priced(effects(1.0), [factor("f", 1, 2, 4, from_unit="MWh")])) == 1
    assert len(priced(effects(1.0), [factor("f", 1, 2, 4, service="water")])) == 1


def test_savings_keep_low_below_high() -> None:
    cost = priced(effects(-2.0), [factor("f", 1, 2, 4)])[1]
    assert (cost.low[0], cost.mid[0], cost.high[0]) == (-8, -4, -2)


def test_a_factor_nobody_knows_is_said() -> None:
    unknown = factor("f", float("nan"), float("nan"), float("nan"))
    assert len(priced(effects(2.0), [unknown])) == 1
    assert [f.code for f in unpriced(effects(2.0), [unknown])] == ["ledger.unknown-factor"]
    assert unpriced(effects(2.0, quantity="other"), [unknown]) == []


def test_totals_never_mix_units() -> None:
    rows = [*effects(1.0, 2.0), *difference("a", [account(4, quantity="x", unit="m3")], [])]
    found = totals(rows, ())
    assert [(t.quantity, t.unit, t.mid) for t in found] == [
        ("energy_not_supplied", "kWh", 3.0),
        ("x", "m3", 4.0),
    ]
    both = [Total("money", "cost", unit, "", 1, 1, 1) for unit in ("EUR", "m3")]
    with pytest.raises(UsageError, match="several units"):
        total_of(both, "cost")


def test_a_shared_factor_stays_shared() -> None:
    """What costs and what saves by one factor cancels in every draw; by two it does not."""
    f, g = factor("f", 1, 2, 3), factor("g", 1, 2, 3, service="other")
    cost = priced(effects(10.0), [f])[1]
    saving = priced(effects(-10.0), [f])[1]
    shared = totals([cost, saving], [f, g])[0]
    assert (shared.low, shared.mid, shared.high) == pytest.approx((0, 0, 0))
    from dataclasses import replace

    apart = totals([cost, replace(saving, factors=("g",))], [f, g])[0]
    assert apart.low < -3
    assert apart.high > 3


def test_the_range_is_that_of_the_triangle() -> None:
    f = factor("f", 0.0, 0.0, 1.0)  # P(x < q) = 1 - (1 - q)²
    found = totals([priced(effects(1.0), [f])[1]], [f], draws=200_000)[0]
    assert found.low == pytest.approx(1 - np.sqrt(0.95), abs=3e-3)
    assert found.high == pytest.approx(1 - np.sqrt(0.05), abs=3e-3)


def test_every_shipped_factor_has_a_source() -> None:
    assert len(shipped_factors()) >= 5
    for f in shipped_factors():
        assert len(f.source) > 10, f.id
        assert not f.known or f.year > 2000, f.id


def test_a_city_sets_its_own_numbers() -> None:
    own = {"value_of_lost_water": {"mid": 0.5, "high": 0.9, "source": "survey 2025", "year": 2025}}
    found, findings = with_overrides(shipped_factors(), own)
    assert findings == []
    water = next(f for f in found if f.id == "value_of_lost_water")
    assert (water.low, water.mid, water.high, water.year) == (0.5, 0.5, 0.9, 2025)


def test_a_factor_must_rise() -> None:
    with pytest.raises(RangeError):
        factor("f", 3, 2, 1)


def test_balance() -> None:
    assert Balance("water", "m3", 10, 7, 2, 1).ok
    assert not Balance("water", "m3", 10, 7, 2, 0.9).ok
    assert Balance("water", "m3", 0.05, 0, 0, 0, asked=100).ok


def test_spans() -> None:
    lost = np.array([[0, 0], [1, 0], [1, 0], [0, 0]], dtype=bool)
    starts, ends = spans(lost, np.array([0.0, 60, 120, 180]), 60)
    assert (starts.tolist(), ends.tolist()) == ([60, 0], [180, 0])


def test_saidi_and_saifi_are_per_customer() -> None:
    rows = [
        *difference("p", [account(600.0, 0.0, quantity="customer_minutes")], []),
        *difference("p", [account(10.0, 0.0, quantity="customer_interruptions")], []),
        *difference("p", [account(30.0, 0.0, quantity="person_hours")], []),
    ]
    (found,) = reliability(rows, 40.0, np.array([30.0, 70.0]))
    assert (found.saidi_min, found.saifi) == (15.0, 0.25)
    assert found.worst_tenth_h == pytest.approx(1.0)


def test_the_worst_off_tenth_may_cut_through_a_place() -> None:
    people = np.array([5.0, 10.0, 85.0])
    hours = np.array([50.0, 20.0, 0.0])  # 10 h, 2 h and 0 h a person
    assert worst_off(hours, people) == pytest.approx((5 * 10 + 5 * 2) / 10)
    assert worst_off(np.zeros(3), np.zeros(3)) == 0.0


@given(st.lists(st.floats(0, 24), min_size=1, max_size=20))
def test_the_worst_off_never_lose_less_than_all_on_average(hours: list[float]) -> None:
    people = np.ones(len(hours))
    assert worst_off(np.array(hours), people) >= np.mean(hours) - 1e-9
