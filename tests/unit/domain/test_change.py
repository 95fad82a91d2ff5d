from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kopa.domain import Change, parse_change
from kopa.domain.change import ChangeKind, checked
from kopa.errors import RangeError, UsageError
from kopa.model import Assets, Window

ASSETS = Assets("water", ("P-12", "two words", "z"), ("pipe", "pipe", "zone"), ("main", "", ""))
KINDS = (
    ChangeKind("closed", ("pipe",), "shut"),
    ChangeKind("burst", ("pipe",), "a hole", units=("L/s", "cm2"), low=1e-9, high=1.0),
    ChangeKind("factor", ("zone",), "more or less", units=("",), high=10.0),
)


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("water:P-12 closed", Change("water", "P-12", "closed")),
        (
            "water:P-12 closed 08:00-14:00",
            Change("water", "P-12", "closed", None, "", 28_800, 50_400),
        ),
        ("water:P-12 closed -14:00", Change("water", "P-12", "closed", None, "", None, 50_400)),
        (
            "water:P-12 closed 22:00-26:00",
            Change("water", "P-12", "closed", None, "", 79_200, 93_600),
        ),
        ("water:P-12 burst 20 L/s 08:00-", Change("water", "P-12", "burst", 20, "L/s", 28_800)),
        ("water:P-12 burst 20L/s", Change("water", "P-12", "burst", 20, "L/s")),
        ("water:z ×1.2", Change("water", "z", "factor", 1.2)),
        ("water:z x1.2 00:00-01:00", Change("water", "z", "factor", 1.2, "", 0, 3600)),
        ("water:z people ×2", Change("water", "z", "people", 2)),
        ("'water:two words' closed", Change("water", "two words", "closed")),
        ("energy:line:20 out", Change("energy", "line:20", "out")),
    ],
)
def test_a_change_from_its_text(text: str, change: Change) -> None:
    assert parse_change(text) == change


names = st.text(st.characters(categories=("L", "N"), include_characters=" -_:"), min_size=1)


@given(
    names.filter(lambda s: s.strip() == s),
    st.sampled_from(["closed", "out"]),
    st.none() | st.integers(0, 100),
    st.none() | st.integers(101, 900),
)
def test_its_text_says_the_same_again(
    asset: str, kind: str, start: int | None, end: int | None
) -> None:
    low = None if start is None else start * 60
    high = None if end is None else end * 60
    change = Change("water", asset, kind, None, "", low, high)
    assert parse_change(str(change)) == change


def test_a_checked_change_is_in_si_and_names_the_native_id() -> None:
    change = checked(parse_change("water:main burst 20 L/s"), ASSETS, KINDS)
    assert (change.asset, change.value, change.unit) == ("P-12", pytest.approx(0.02), "m3/s")
    area = checked(parse_change("water:P-12 burst 5 cm2"), ASSETS, KINDS)
    assert (area.value, area.unit) == (pytest.approx(5e-4), "m2")
    plain = checked(parse_change("water:P-12 burst 5"), ASSETS, KINDS)
    assert plain.unit == "m3/s"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("water:P-12 factor 2", UsageError),
        ("water:z closed", UsageError),
        ("water:P-99 closed", UsageError),
        ("water:P-12 burst 5 psi", UsageError),
        ("water:P-12 burst", RangeError),
        ("water:z factor 11", RangeError),
    ],
)
def test_what_does_not_fit_is_refused(text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        checked(parse_change(text), ASSETS, KINDS)


def test_a_near_miss_is_suggested() -> None:
    with pytest.raises(UsageError, match="is it P-12"):
        ASSETS.find("P12")


def test_active_is_half_open() -> None:
    change = Change("water", "P-12", "closed", None, "", 3600, 7200)
    window = Window()
    assert [change.active(window, t) for t in (3599, 3600, 7199, 7200)] == [
        False,
        True,
        True,
        False,
    ]
