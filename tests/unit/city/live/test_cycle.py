"""The life of a finding."""

from __future__ import annotations

import msgspec
import pytest

from kopa.city.live.cycle import GONE_S, Kept, led, seen
from kopa.city.live.found import GROUP, Found, Loss, grouped
from kopa.domain import Finding
from kopa.errors import UsageError

PUMP = Found(Finding("water.off", "U is off.", "Look.", "warning", asset="water:U"), ("water:U",))


def kept_at(now: float = 0.0) -> dict[str, Kept]:
    return seen([PUMP], {}, now)


def test_a_finding_is_new_once() -> None:
    kept = kept_at()
    assert kept["water.off:water:U"].state == "new"
    assert seen([PUMP], kept, 30.0) == {}
    later = seen([PUMP], kept, GONE_S)  # its time is written now and then
    assert later["water.off:water:U"].last == GONE_S
    assert later["water.off:water:U"].first == 0


def test_it_is_resolved_when_it_was_not_seen_for_a_while_and_comes_again_as_new() -> None:
    kept = kept_at()
    assert seen([], kept, GONE_S - 1) == {}
    kept |= seen([], kept, GONE_S)
    assert kept["water.off:water:U"].state == "resolved"
    assert seen([], kept, 5 * GONE_S) == {}
    again = seen([PUMP], kept, 1000.0)["water.off:water:U"]
    assert (again.state, again.first, again.times) == ("new", 1000.0, 2)


def test_what_a_person_said_stays_while_it_lasts() -> None:
    kept = kept_at()
    old = kept["water.off:water:U"]
    kept["water.off:water:U"] = led(old, "acknowledged", "account:anna", 5.0, "on my way")
    worse = Found(PUMP.finding, PUMP.members, (Loss("places", "water", 9, 0, 90, 0, 3600),))
    now = seen([worse], kept, 10.0)["water.off:water:U"]
    assert (now.state, now.by, now.note, now.people) == (
        "acknowledged",
        "account:anna",
        "on my way",
        9,
    )


def test_silence_ends() -> None:
    kept = kept_at()
    old = kept["water.off:water:U"]
    kept["water.off:water:U"] = led(old, "silenced", "account:anna", 0.0, until=100.0)
    assert seen([PUMP], kept, 50.0) == {}
    assert seen([PUMP], kept, 101.0)["water.off:water:U"].state == "new"


@pytest.mark.parametrize(
    ("path", "until"),
    [(["resolved", "acknowledged"], 0.0), (["silenced"], 0.0), (["gone"], 0.0)],
)
def test_not_every_way_is_open(path: list[str], until: float) -> None:
    one = kept_at()["water.off:water:U"]
    *before, last = path
    for state in before:
        one = led(one, state, "account:anna", 1.0)
    with pytest.raises(UsageError, match=r"a finding that is|a silence needs"):
        led(one, last, "account:anna", 1.0, until=until)


def test_acknowledging_can_be_undone() -> None:
    one = kept_at()["water.off:water:U"]
    back = led(led(one, "acknowledged", "account:anna", 1.0), "new", "account:anna", 2.0)
    assert msgspec.structs.replace(back, by="") == one


def test_many_of_a_kind_are_one() -> None:
    def pump(n: int) -> Found:
        finding = Finding("water.off", f"U{n} is off.", "Look.", "warning", asset=f"water:U{n}")
        return Found(finding, (f"water:U{n}",), (Loss("places", "water", n, 0, n, 0, 1),))

    few = grouped([pump(n) for n in range(GROUP)])
    assert [one.finding.asset for one in few] == [f"water:U{n}" for n in reversed(range(GROUP))]
    (many,) = grouped([pump(n) for n in range(GROUP + 20)])
    assert many.id == "water.off"
    assert len(many.members) == GROUP + 20
    assert many.finding.what.startswith("28 of this kind; the worst: U27")
