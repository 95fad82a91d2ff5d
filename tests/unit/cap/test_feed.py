"""Which alerts hold, and feeds of others."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from kopa.cap.alert import Alert, Info
from kopa.cap.feed import current, read_feed, write_feed
from kopa.errors import InputError

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
INFO = Info("en", ("Infra",), "No water", "Immediate", "Minor", "Likely", expires=NOW)


def alert(name: str, hours: float, **more: object) -> Alert:
    info = replace(INFO, expires=NOW + timedelta(hours=hours))
    made = Alert(name, "a@b.lv", NOW - timedelta(hours=len(name)), "Actual", "Alert", (info,))
    return replace(made, **more)  # type: ignore[arg-type]


def test_what_is_over_is_not_told() -> None:
    one = alert("1", 2)
    two = alert("22", 2)
    told = [
        one,
        two,
        alert("expired", -1),
        alert("draft", 2, status="Draft"),
        alert("private", 2, scope="Private"),
        alert("update", 2, kind="Update", references=(one.reference,)),
        alert("cancel", 2, kind="Cancel", references=(two.reference,)),
    ]
    assert [each.identifier for each in current(told, NOW)] == ["update"]
    assert current([one, two], NOW) == [one, two]  # the newest first


def test_a_feed_is_read_again() -> None:
    data = write_feed(
        [(alert("1", 2), "https://c.example/1.xml")], "Title", "https://c.example", NOW
    )
    (entry,) = read_feed(data, "feed.xml")
    assert (entry.id, entry.link) == ("1", "https://c.example/1.xml")
    assert entry.title == "No water"


@pytest.mark.parametrize(
    "data",
    [
        b"<feed/>",
        b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id></entry></feed>',
        b'<!DOCTYPE feed [<!ENTITY a "a">]><feed xmlns="http://www.w3.org/2005/Atom"/>',
    ],
)
def test_feeds_that_are_none(data: bytes) -> None:
    with pytest.raises(InputError):
        read_feed(data, "feed.xml")
