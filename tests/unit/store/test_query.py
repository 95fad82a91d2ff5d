from __future__ import annotations

import pytest

from kopa.errors import RangeError
from kopa.store.query import AttributePath, Box, Compare, Matches, Near, Query, check_pattern


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+$", "(a|a)*$", "((a*))*", "(x[ab]+y)+", "(?:a{2,}b){3}", "(", "a\0", "a" * 501],
)
def test_a_pattern_that_could_run_for_ever_is_refused(pattern: str) -> None:
    with pytest.raises(RangeError):
        check_pattern(pattern)
    with pytest.raises(RangeError):
        Matches(AttributePath("a"), pattern)
    with pytest.raises(RangeError):
        Query("t", id_pattern=pattern)


@pytest.mark.parametrize(
    "pattern", ["", "^urn:.*:[0-9]+$", "(a|b)?c*", r"(\(\+)+", "(ab)+", "[(+]+"]
)
def test_other_patterns_pass(pattern: str) -> None:
    check_pattern(pattern)


def test_what_makes_no_sense_is_refused() -> None:
    for make in (
        lambda: Near(181, 0),
        lambda: Near(0, float("nan")),
        lambda: Near(0, 0, -1),
        lambda: Box(1, 0, 0, 1),
        lambda: Compare(AttributePath("a"), "~", 1),  # type: ignore[arg-type]
        lambda: Compare(AttributePath("a"), "<", True),
        lambda: Query("t", limit=-1),
        lambda: Query("t", nearest_first=True),
    ):
        with pytest.raises(RangeError):
            make()
