"""Ragged arrays of points and lines."""

from __future__ import annotations

import numpy as np
import pytest

from kopa.model import Assets, Shapes, points_of
from kopa.model.shapes import between, joined, scaled

NAN = float("nan")


def three() -> Shapes:
    """A point of asset 4, a line of asset 2, and another part of it that has no place."""
    return Shapes(
        np.array([4, 2, 2]),
        np.array([0, 1, 4, 6]),
        np.array([9.0, 0, 1, 2, 5, NAN]),
        np.array([8.0, 0, 1, 2, 5, 6]),
        np.array([1, 0.5, 0.5]),
    )


def test_what_has_no_place_is_not_drawn() -> None:
    placed = three().placed()
    assert placed.rows.tolist() == [4, 2]
    assert placed.first.tolist() == [0, 1, 4]
    assert placed.x.tolist() == [9, 0, 1, 2]


def test_some_of_them_in_another_order() -> None:
    found = three().chosen(np.array([1, 0]))
    assert found.rows.tolist() == [2, 4]
    assert found.many.tolist() == [3, 1]
    assert found.y.tolist() == [0, 1, 2, 8]
    assert found.weight.tolist() == [0.5, 1]
    none = three().chosen(np.zeros(3, dtype=bool))
    assert (len(none), none.first.tolist(), len(none.x)) == (0, [0], 0)
    assert len(none.placed()) == 0


def test_several_as_one() -> None:
    both = joined([three().placed(), between(np.array([7]), np.array([[[0.0, 1], [2, 3]]]))])
    assert both.rows.tolist() == [4, 2, 7]
    assert both.first.tolist() == [0, 1, 4, 6]
    assert (both.x[4:].tolist(), both.y[4:].tolist()) == ([0, 2], [1, 3])


def test_assets_as_points() -> None:
    assets = Assets("d", ("a", "b", "c"), ("k",) * 3, x=np.array([1.0, NAN, 3]), y=np.zeros(3))
    assert points_of(assets).rows.tolist() == [0, 2]
    assert points_of(assets, np.array([1, 2])).x.tolist() == [3]


def test_weights_are_shares_of_the_range() -> None:
    assert scaled(np.array([100.0, 300, 200, NAN])).tolist() == [0, 1, 0.5, 0]
    assert scaled(np.array([7.0, 7])).tolist() == [1, 1]


@pytest.mark.parametrize(("first", "x"), [([0, 1], [1.0, 2]), ([0, 1, 2], [1.0, 2]), ([0, 0], [])])
def test_what_does_not_fit_is_refused(first: list[int], x: list[float]) -> None:
    with pytest.raises(ValueError, match=r"point|fit"):
        Shapes(np.array([0]), np.array(first), np.array(x), np.array(x))
