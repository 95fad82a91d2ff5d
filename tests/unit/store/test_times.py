from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kopa.errors import RangeError
from kopa.store.times import DAY, HOUR, Duration, bucket_edges, day_name, parse_moment

MARCH = int(datetime(2026, 1, 31, tzinfo=UTC).timestamp()) * 1_000_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1970-01-01", 0),
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T02:00:00+02:00", 0),
        ("1969-12-31T22:30:00-0130", 0),
        ("1970-01-01T00:00:01.5Z", 1_500_000),
        ("1970-01-01T00:00:00,1234567Z", 123_456),
        ("1970-01-01T00:00:60Z", 60_000_000),
        ("1970-01-01T00:00:00", None),
        ("1970-02-30", None),
        ("1970-01-01T24:00:00Z", None),
        ("1970-01-01\n", None),
        ("0000-01-01", None),
        ("١٩٧٠-01-01", None),
        ("now", None),
    ],
)
def test_moments_are_read_by_hand(text: str, expected: int | None) -> None:
    assert parse_moment(text) == expected


def test_durations_are_read() -> None:
    assert Duration.parse("PT1H30M") == Duration(0, 5400 * 1_000_000)
    assert Duration.parse("P1Y2M") == Duration(14, 0)
    assert Duration.parse("P1W") == Duration(0, 7 * DAY)
    assert Duration.parse("PT0.5S") == Duration(0, 500_000)
    assert Duration.parse("PT0S") == Duration(0, 0)
    for bad in ("", "P", "PT", "1H", "P1DT", "P1M1D", "PT-1H", "P1H"):
        with pytest.raises(RangeError):
            Duration.parse(bad)


def test_months_end_on_their_last_day() -> None:
    edges = bucket_edges(MARCH, MARCH + 100 * DAY, Duration.parse("P1M"))
    assert [day_name(int(edge // DAY)) for edge in edges] == [
        "2026-01-31",
        "2026-02-28",
        "2026-03-31",
        "2026-04-30",
        "2026-05-11",
    ]


def test_buckets_begin_at_the_window() -> None:
    edges = bucket_edges(HOUR // 2, 2 * HOUR, Duration.parse("PT1H"))
    assert edges.tolist() == [HOUR // 2, HOUR + HOUR // 2, 2 * HOUR]
    assert bucket_edges(5, 9, Duration(0, 0)).tolist() == [5, 9]
    with pytest.raises(RangeError, match="must end after"):
        bucket_edges(5, 5, Duration(0, 1))
    with pytest.raises(RangeError, match="longer duration"):
        bucket_edges(0, 10 * DAY, Duration(0, 1000))
