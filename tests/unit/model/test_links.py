from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kopa.errors import RangeError
from kopa.model import End, Link
from kopa.model.links import buffered, delayed, parse_curve, parse_rule

END = End("a", "goods", "a0")


def test_rules_are_read() -> None:
    assert parse_rule("2-of-3") == ("k-of-n", 2, 3)
    assert parse_rule("any") == ("any", 1, 1)
    assert parse_curve("0:0 0.5:0.8") == ((0.0, 0.0), (0.5, 0.8))


@pytest.mark.parametrize("text", ["most", "3-of-2x", "k-of-n", ""])
def test_what_is_no_rule_is_refused(text: str) -> None:
    with pytest.raises(RangeError):
        parse_rule(text)


@pytest.mark.parametrize(
    "parts",
    [
        {"buffer_h": -1.0},
        {"delay_h": -1.0},
        {"confidence": 2.0},
        {"rule": "curve"},
        {"rule": "curve", "curve": ((1.0, 0.0), (1.0, 1.0))},
        {"rule": "k-of-n", "k": 3, "n": 2},
        {"buffer_h": float("nan")},
    ],
)
def test_a_link_checks_its_numbers(parts: dict[str, object]) -> None:
    with pytest.raises(RangeError):
        Link(END, END, **parts)  # type: ignore[arg-type]


series = st.lists(st.floats(0, 1), min_size=1, max_size=30)


@given(series, st.floats(0, 10))
def test_a_store_gives_no_more_than_it_holds_and_took(values: list[float], hours: float) -> None:
    given_ = np.array(values)[:, None]
    out = buffered(given_, np.ones(1), np.array([hours]), 1.0)
    added = (out - given_)[:, 0]
    assert (added >= -1e-12).all()
    assert (out <= 1 + 1e-9).all()
    filled = float((given_ == 1).sum())
    assert added.sum() <= hours + filled + 1e-9


@given(series, st.floats(0, 8))
def test_a_delay_of_a_constant_is_the_constant(values: list[float], steps: float) -> None:
    constant = np.full((len(values), 1), values[0])
    assert delayed(constant, steps, values[0]) == pytest.approx(constant)


def test_a_delay_keeps_step_means_exact() -> None:
    assert delayed(np.array([[0.0], [1.0], [1.0]]), 0.25, 1.0)[:, 0].tolist() == [0.25, 0.75, 1.0]
