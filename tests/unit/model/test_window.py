from __future__ import annotations

import datetime

import pytest

from kopa.errors import RangeError, UsageError
from kopa.model.window import Window, clock, seconds, window_of


def test_cover_is_the_share_of_each_step() -> None:
    window = Window(3600, 3600, 4)
    assert window.cover(None, None).tolist() == [1, 1, 1, 1]
    assert window.cover(5400, 9000).tolist() == [0.5, 0.5, 0, 0]
    assert window.cover(None, 3600).tolist() == [0, 0, 0, 0]
    assert window.cover(10**6, None).tolist() == [0, 0, 0, 0]


def test_times_go_on_past_midnight() -> None:
    assert seconds("26:30") == 95_400
    assert clock(95_400) == "26:30"
    assert Window(0, 900, 8).clock(5) == "01:15"


def test_a_window_from_what_people_write() -> None:
    assert window_of("08:00", 2, "15min") == Window(28_800, 900, 8)
    assert window_of("2026-11-22T00:00", 1.5, "1h").date == datetime.date(2026, 11, 22)
    assert window_of("2026-11-22T00:00", 1.5, "1h").steps == 2
    assert window_of("00:00", 0, "900").steps == 1
    assert window_of().end == 86_400


@pytest.mark.parametrize(
    "words",
    [("8", 1, "1h"), ("08:60", 1, "1h"), ("08:00", 1, "0"), ("08:00", -1, "1h"), ("x", 1, "1h")]
    + [("08:00", 1, "1 week"), ("08:00", 1e9, "1h"), ("2026-02-30T08:00", 1, "1h")],
)
def test_what_cannot_be_read_is_refused(words: tuple[str, float, str]) -> None:
    with pytest.raises(UsageError):
        window_of(*words)


@pytest.mark.parametrize("parts", [(-1, 1, 1), (0, 0, 1), (0, 1, 0)])
def test_a_window_has_a_length(parts: tuple[int, int, int]) -> None:
    with pytest.raises(RangeError):
        Window(*parts)
