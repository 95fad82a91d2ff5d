"""Options against one another: against closed forms and hand calculations."""

from __future__ import annotations

import numpy as np
import pytest

from kopa.decide.compare import DISCOUNT, Frequency, Option, Range, compare
from kopa.errors import RangeError

ONCE = Frequency(Range(1, 1, 1), 1)
ONE = np.ones(1)


def option(id: str, avoided: float, cost: float | None) -> Option:
    price = None if cost is None else Range(cost, cost, cost)
    return Option(id, ONE * avoided, avoided, price)


def test_a_year_is_discounted_once_and_ten_as_the_series_says() -> None:
    assert ONCE.annuity == pytest.approx(1 / (1 + DISCOUNT))
    by_hand = sum((1 + DISCOUNT) ** -year for year in range(1, 11))
    assert Frequency(Range(1, 1, 1), 10).annuity == pytest.approx(by_hand)


def test_the_better_option_stands_first_and_what_flips_it_is_where_they_are_equal() -> None:
    often = Frequency(Range(2, 2, 2), 10)
    valued, flips = compare([option("small", 100, 500), option("large", 300, 2000)], often)
    worth = {"small": 200 * often.annuity - 500, "large": 600 * often.annuity - 2000}
    assert [one.option.id for one in valued] == ["large", "small"]
    for one in valued:
        assert one.net is not None
        assert one.net[1] == pytest.approx(worth[one.option.id])
        assert one.chance_worth == 1.0
    assert [one.chance_best for one in valued] == [1.0, 0.0]
    found = {(flip.kind, flip.other): flip.value for flip in flips}
    # at these costs, or this frequency, both are worth the same
    assert found["cost", "small"] == pytest.approx(2000 + worth["large"] - worth["small"])
    times = found["frequency", "small"]
    assert (300 - 100) * times * often.annuity == pytest.approx(2000 - 500)
    assert found["cost", ""] == pytest.approx(600 * often.annuity)
    assert found["frequency", ""] * 300 * often.annuity == pytest.approx(2000)


def test_doing_nothing_is_best_where_nothing_is_worth_its_cost() -> None:
    valued, _ = compare([option("dear", 1, 1000)], ONCE)
    (one,) = valued
    assert (one.chance_worth, one.chance_best) == (0.0, 0.0)
    assert one.break_even_times == pytest.approx(1000 * (1 + DISCOUNT))


def test_what_has_no_cost_is_not_said_to_be_worth_it() -> None:
    valued, flips = compare([option("unknown", 1000, None), option("known", 10, 1)], ONCE)
    assert [one.option.id for one in valued] == ["known", "unknown"]
    last = valued[-1]
    assert (last.net, last.chance_worth, last.chance_best, last.break_even_times) == (None,) * 4
    assert {flip.option for flip in flips} == {"known"}


def test_chances_are_those_of_the_range() -> None:
    # uniform benefit 0 to 100 against a cost of 25: worth it in three draws of four
    draws = np.linspace(0, 100, 2000)
    even = Option("even", draws * (1 + DISCOUNT), 50 * (1 + DISCOUNT), Range(25, 25, 25))
    (one,), _ = compare([even], ONCE)
    assert one.chance_worth == pytest.approx(0.75, abs=0.01)
    assert one.net is not None
    assert one.net == pytest.approx((5 - 25, 25, 95 - 25), abs=0.1)


@pytest.mark.parametrize("wrong", [(2, 1, 3), (-1, 0, 1), (0, 0, float("inf"))])
def test_a_range_that_is_none_is_refused(wrong: tuple[float, float, float]) -> None:
    with pytest.raises(RangeError, match="a range rises from 0"):
        Range(*wrong)
    with pytest.raises(RangeError, match="years"):
        Frequency(Range(1, 1, 1), 0)
