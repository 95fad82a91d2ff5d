"""Small programmes by HiGHS, against answers by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csc_array

from kopa.engine_highs import Held, Programme, clashing, conflict, solve
from kopa.errors import EngineError

INF = np.inf


def programme(whole: bool = False) -> Programme:
    """Most of x + 2 y with 2 x + 3 y at most 6.5, x at most 2: x = 0, y = 13 / 6."""
    return Programme(
        cost=np.array([-1.0, -2.0]),
        matrix=csc_array(np.array([[2.0, 3.0]])),
        row_low=np.array([-INF]),
        row_high=np.array([6.5]),
        low=np.zeros(2),
        high=np.array([2.0, INF]),
        whole=np.array([0, 1] if whole else [], dtype=np.int64),
    )


@pytest.mark.parametrize(("whole", "x"), [(False, [0, 13 / 6]), (True, [0, 2])])
def test_the_best(whole: bool, x: list[float]) -> None:
    found = solve(programme(whole))
    assert found.status == "optimal"
    assert found.x == pytest.approx(x)
    assert found.cost == pytest.approx(-2 * x[1])


@pytest.mark.parametrize("whole", [False, True])
def test_what_earns_without_end_is_unbounded(whole: bool) -> None:
    """Presolve alone does not tell it from what cannot be held."""
    found = solve(replace(programme(whole), row_high=np.array([INF])))
    assert found.status == "unbounded"
    assert not len(found.x)


@pytest.mark.parametrize("whole", [False, True])
def test_what_cannot_be_held(whole: bool) -> None:
    given = replace(programme(whole), row_low=np.array([8.0]))
    given = replace(given, row_high=np.array([9.0]), high=np.array([2.0, 1.0]))
    assert solve(given).status == "infeasible"
    columns, rows = conflict(given)
    assert columns.tolist() == [True, True]
    assert rows.tolist() == [True]


def test_no_numbers_are_no_programme(capfd: pytest.CaptureFixture[str]) -> None:
    for change in ({"cost": np.array([np.nan, 1.0])}, {"row_high": np.array([np.nan])}):
        with pytest.raises(EngineError, match="numbers that are none"):
            solve(replace(programme(), **change))
    solve(programme(whole=True))
    assert capfd.readouterr().out == ""  # one document is all that commands print


def test_a_row_has_its_price() -> None:
    # with more on the right, y grows by a third and earns two each: -2 / 3 a unit
    assert solve(programme()).row_price == pytest.approx([-2 / 3])
    assert not len(solve(programme(whole=True)).row_price)


def test_those_that_clash_are_named_and_no_others() -> None:
    none = np.empty(0, dtype=np.int64)
    given = replace(programme(), row_low=np.array([8.0]), row_high=np.array([9.0]))
    given = replace(given, high=np.array([2.0, 1.0]))
    held = [
        Held("x", none, np.array([0]), none),
        Held("y", none, np.array([1]), none),
        Held("least", none, none, np.array([0])),
        Held("above zero", np.array([0]), none, none),
    ]
    assert clashing(given, held) == ["x", "y", "least"]


def test_of_two_that_clash_with_a_third_one_is_named() -> None:
    """x is whole, at least 0.2, at least 0.3, at most 0.8: either of the first two will do."""
    given = Programme(
        cost=np.zeros(1),
        matrix=csc_array(np.ones((3, 1))),
        row_low=np.array([0.2, 0.3, -INF]),
        row_high=np.array([INF, INF, 0.8]),
        low=np.zeros(1),
        high=np.ones(1),
        whole=np.array([0]),
    )
    none = np.empty(0, dtype=np.int64)
    held = [Held(name, none, none, np.array([row])) for row, name in enumerate("abc")]
    assert clashing(given, held) == ["b", "c"]
