"""Expressions: what they give, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kopa.domains.buildings.expression import LONGEST, parse
from kopa.domains.buildings.rules import read_rules, rule_book
from kopa.errors import InputError, RangeError

VALUES = {"a": np.array([1.0, 2.0, 3.0]), "b": np.array([3.0, 2.0, 1.0]), "c": 2.0}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a + b * c", [7, 6, 5]),
        ("-(a - b) / c", [1, 0, -1]),
        ("min(a, b, c)", [1, 2, 1]),
        ("max(a, b)", [3, 2, 3]),
        ("rss(a, b)", np.sqrt([10, 8, 10])),
        ("where(a > b, a, -c)", [-2, -2, 3]),
        ("abs(sign(a - b)) * sqrt(4)", [2, 0, 2]),
        ("a < b", [True, False, False]),
        ("a <= b and not c < 1 or a > 2.5", [True, True, True]),
        ("1 < a < 3", [False, True, False]),
    ],
)
def test_values(text: str, wanted: list[float]) -> None:
    assert np.array_equal(np.asarray(parse(text)(VALUES), dtype=float), np.asarray(wanted, float))


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')", "a.real", "a[0]", "[a]", "(lambda: 1)()", "a ** 99",
        "open('x')", "'text'", "True", "a == b", "a if b else c", "f'{a}'", "min()", "abs(a, b)",
        "where(a, b)", "max(a, key=b)", "a; b", "", "a +", "~a", "a @ b", "(b := a)", "*a",
        "a in b",
        "min(*a)", "1j", "x" * (LONGEST + 1), "-" * 60 + "a",
    ],
)  # fmt: skip
def test_nothing_else_is_an_expression(text: str) -> None:
    with pytest.raises(RangeError):
        parse(text)


@given(st.text(max_size=40))
def test_any_text_is_an_expression_or_is_refused(text: str) -> None:
    try:
        found = parse(text)
    except RangeError:
        return
    assert found.text == text


def test_an_unknown_number_makes_a_comparison_false() -> None:
    assert not parse("a > 0")({"a": np.array([np.nan])})[0]


def test_rules_name_only_what_there_is() -> None:
    assert len(rule_book().rules) == 22
    source = (
        '[parameters]\n[running]\nfan_status = "fan_status > 0.5"\n[derived]\n'
        '[[state]]\nnumber = 1\nname = "x"\nwhen = "nothing > 1"\n'
        '[[rule]]\nid = "R"\nsource = "s"\nstates = [9]\nwhen = "open(1)"\nfault = "f"\n'
        'lv_fault = "f"\nen = "e"\nlv = "l"\nwaste = "supply_air"\n'
    )
    with pytest.raises(InputError) as caught:
        read_rules(source, "rules.toml")
    told = " ".join(finding.what for finding in caught.value.findings)
    for part in ("'nothing' is no point", "only abs", "waste and carrier", "states are"):
        assert part in told


def test_every_threshold_has_a_source() -> None:
    for one in rule_book().parameters.values():
        assert one.value is None or one.source, one.name
    for rule in rule_book().rules:
        assert rule.source
        assert set(rule.fault) == set(rule.order) == {"en", "lv"}
