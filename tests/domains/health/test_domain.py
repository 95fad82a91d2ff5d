"""A window of health care in the town, against ways measured by hand."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
from domains.health.small import bundle, location, resources, service, write_health

from kopa.domain import Change, LiveState, Readings, Result, checked, parse_change
from kopa.domains.health import DOMAIN
from kopa.domains.health.domain import HealthDomain
from kopa.model import FloatArray, Window

DAY = Window()
EAST, NORTH = 24.34, 22.27
"""Seconds for one street from west to east, and from south to north, at 10 m/s (WGS 84)."""


@pytest.fixture(name="town")
def _town(tmp_path: Path) -> HealthDomain:
    return load(tmp_path)


def load(folder: Path, text: str = "", **more: object) -> HealthDomain:
    settings = write_health(folder)
    if text:
        (folder / "facilities.json").write_text(text, "utf-8")
    found, findings = DOMAIN.load({**settings, **more}, folder)
    assert findings == ()
    assert isinstance(found, HealthDomain)
    return found


def changes(town: HealthDomain, *texts: str) -> tuple[Change, ...]:
    return tuple(
        checked(parse_change(f"health:{text}"), town.assets(), town.kinds()) for text in texts
    )


def run(town: HealthDomain, *texts: str, window: Window = DAY, **inputs: FloatArray) -> Result:
    return town.run(window, changes(town, *texts), inputs)


def series(town: HealthDomain, port: str, asset: str, *values: float) -> FloatArray:
    """An in-port's series that is neutral but for one asset; the last value goes on."""
    of = next(p for p in town.ports() if p.name == port and p.direction == "in")
    found = np.full((24, len(of.rows)), of.neutral)
    of_asset = [*values, *[values[-1]] * 24][:24]
    found[:, of.column[town.assets().index[asset]]] = of_asset
    return found


def booked(result: Result, quantity: str, service: str, group: str = "") -> list[float]:
    """Of west, mid and east."""
    (found,) = (
        one.values for one in result.accounts
        if (one.quantity, one.service, one.group) == (quantity, service, group)
    )  # fmt: skip
    assert found[:3].sum() == found[6:].sum() == 0
    return [float(value) for value in found[3:6]]


def told(town: HealthDomain, result: Result) -> list[tuple[str, int]]:
    return [(one.what, len(one.rows)) for one in result.events]


def test_ways_are_those_measured_by_hand(town: HealthDomain) -> None:
    """West, mid, east to the hospital (9), the clinic (8) and the pharmacy (5)."""
    by_hand = [
        [3 * EAST, 2 * EAST + NORTH, EAST + NORTH],
        [2 * EAST, EAST + NORTH, 2 * EAST + NORTH],
        [EAST, NORTH, 3 * EAST + NORTH],
    ]
    assert town.network.usual_s == pytest.approx(np.array(by_hand), abs=0.05)


def test_a_usual_day_costs_nothing(town: HealthDomain) -> None:
    result = run(town)
    assert result.status == "ok"
    assert result.events == ()
    assert not any(one.values.any() for one in result.accounts)
    assert (result.outputs["care"] == 1).all()
    assert (result.outputs["care_access"] == 1).all()


def test_a_hospital_that_closes(town: HealthDomain) -> None:
    """Emergency care is nowhere else for 6 h; the clinic's dialysis is within 2 min of all."""
    result = run(town, "hospital out 08:00-14:00")
    assert booked(result, "person_hours", "emergency") == [600, 300, 180]
    assert booked(result, "person_hours", "emergency", "65+") == pytest.approx([120, 30, 72])
    assert booked(result, "person_hours", "dialysis") == [0, 0, 0]
    assert told(town, result) == [("out", 1), ("no_care", 1), ("out_of_reach", 3)]
    out = result.outputs["care"][:, 0]
    assert out[8:14].sum() == 0
    assert out.sum() == 18
    # of the four kinds of care that all had within reach, three are left
    assert result.outputs["care_access"][10].tolist() == [0.75] * 3
    assert (result.origins["care_access"] == 2).all()


def test_a_clinic_that_closes_makes_ways_longer(town: HealthDomain) -> None:
    """Dialysis: west drives 2 streets east and 1 north, and then 3 east; a quarter of the day."""
    result = run(town, "clinic out 00:00-06:00")
    more = [3 * EAST - 2 * EAST - NORTH, 2 * EAST - EAST - NORTH, EAST - NORTH]
    expected = [people * s / 60 / 4 for people, s in zip((100, 50, 30), more, strict=True)]
    assert booked(result, "added_time_to_care", "dialysis") == pytest.approx(expected, rel=0.01)
    assert booked(result, "person_hours", "dialysis") == [0, 0, 0]
    assert booked(result, "person_hours", "general_practice") == [600, 300, 180]


def test_a_closed_street_takes_the_hospital_from_all(town: HealthDomain) -> None:
    result = run(town, street_speed=series(town, "street_speed", "106-1", 0.0))
    assert booked(result, "person_hours", "emergency") == [2400, 1200, 720]
    assert (result.outputs["care"] == 1).all()  # it works, nobody comes
    (event,) = result.events
    assert event.what == "out_of_reach"
    (parent,) = event.parents
    port = next(p for p in town.ports() if p.name == "street_speed")
    assert (parent.kind, parent.port) == ("input", "street_speed")
    assert town.assets().ids[port.rows[parent.index]] == "106-1"


def test_a_closed_street_with_a_way_round(town: HealthDomain) -> None:
    """Main Street between 3 and 4: mid goes by North Street, 2 streets south to north more."""
    result = run(town, street_speed=series(town, "street_speed", "100-3", 0.0))
    longer = booked(result, "added_time_to_care", "emergency")
    assert longer == pytest.approx([100 * 2 * NORTH / 60, 50 * 2 * NORTH / 60, 0], rel=0.01)
    assert [one.what for one in result.events] == ["farther"]
    assert len(result.events[0].rows) == 2


def test_a_slow_street_beyond_the_threshold(town: HealthDomain) -> None:
    """At a quarter of the speed the dead end takes 97 s: west is 146 s from the hospital."""
    result = run(town, street_speed=series(town, "street_speed", "106-1", 0.25))
    assert booked(result, "person_hours", "emergency") == [2400, 1200, 0]
    assert 2 * EAST + 4 * EAST > 120 > EAST + 4 * EAST - 2
    assert {one.what for one in result.events} == {"out_of_reach", "farther"}


def test_own_power_lasts_as_long_as_it_says(town: HealthDomain) -> None:
    """The hospital has 2 h of its own, water has none; staff below half sees nobody."""
    dark = run(town, electricity=series(town, "electricity", "hospital", 0.0))
    assert dark.outputs["care"][:, 0].tolist() == [1, 1] + [0] * 22
    assert booked(dark, "person_hours", "emergency") == [2200, 1100, 660]
    assert told(town, dark)[:2] == [("no_electricity", 1), ("no_care", 1)]
    dry = run(town, water=series(town, "water", "hospital", 0.0))
    assert booked(dry, "person_hours", "emergency") == [2400, 1200, 720]
    few = run(town, staff=series(town, "staff", "hospital", 0.6))
    assert booked(few, "person_hours", "emergency") == [0, 0, 0]
    assert few.outputs["care"][0, 0] == 0.6
    assert told(town, few) == [("no_staff", 1), ("less_care", 1)]
    cold = run(town, heat=series(town, "heat", "clinic", 0.4))
    assert booked(cold, "person_hours", "general_practice") == [2400, 1200, 720]


def test_people_may_be_more(town: HealthDomain) -> None:
    name = town.assets().ids[3]
    result = run(town, f"{name} ×3", "hospital out 00:00-01:00")
    assert booked(result, "person_hours", "emergency") == [300, 50, 30]
    assert told(town, result)[-2:] == [("factor", 1), ("out_of_reach", 3)]


def test_what_the_screen_settles_is_what_the_run_says(tmp_path: Path) -> None:
    """A second pharmacy farther off than the first from everywhere is missed by nobody."""
    more = [
        location("far", 1),
        service("far-pharmacy", "far", ("urn:kopa:capability", "pharmacy")),
        location("shut", 2, status="suspended"),
        service("shut-pharmacy", "shut", ("urn:kopa:capability", "pharmacy")),
    ]
    # 1 is nearer to all than 5: now 5 is the one that is missed by nobody
    town = load(tmp_path, bundle([*resources(), *more]))
    usual = run(town)
    settled = {}
    for name in town.network.facilities.ids:
        (bound,) = town.screen(DAY, changes(town, f"{name} out"))
        result = run(town, f"{name} out")
        same = all(
            np.array_equal(one.values, other.values)
            for one, other in zip(usual.accounts, result.accounts, strict=True)
        )
        assert same == (bound is not None), name
        settled[name] = bound
        if bound is not None and not bound.moves:
            assert np.array_equal(usual.outputs["care"], result.outputs["care"])
        assert bound is None or np.array_equal(
            usual.outputs["care_access"], result.outputs["care_access"]
        )
    assert {name for name, bound in settled.items() if bound} == {"pharmacy", "shut"}
    assert settled["pharmacy"].moves == (("care", town.assets().index["pharmacy"]),)
    assert settled["shut"].moves == ()
    late = Change("health", "hospital", "out", None, "", 90_000, 99_000)
    assert [one.method for one in town.screen(DAY, (late,)) if one] == ["exact"]


def test_streets_that_matter_to_nobody(town: HealthDomain) -> None:
    """Closed alone they change nothing; every street that changes something is not among them."""
    port = next(p for p in town.ports() if p.name == "street_speed")
    ignored = town.ignores(DAY)["street_speed"]
    usual = run(town)
    moved = []
    for row in port.rows.tolist():
        name = town.assets().ids[row]
        result = run(town, street_speed=series(town, "street_speed", name, 0.0))
        moved.append(
            not all(
                np.array_equal(one.values, other.values)
                for one, other in zip(usual.accounts, result.accounts, strict=True)
            )
        )
    assert ignored.any()
    assert not (ignored & np.array(moved)).any()
    assert np.array(moved).sum() >= 4


def test_order_and_repetition_change_no_digit(town: HealthDomain) -> None:
    texts = ["hospital out 06:00-07:30", "clinic out 07:00-09:00"]
    speed = series(town, "street_speed", "100-2", 1.0, 0.5, 0.0)
    one = run(town, *texts, street_speed=speed)
    copy = pickle.loads(pickle.dumps(town))
    for other in (
        run(town, *texts[::-1], street_speed=speed),
        run(copy, *texts, street_speed=speed),
    ):
        for a, b in zip(one.accounts, other.accounts, strict=True):
            assert np.array_equal(a.values, b.values)


def test_a_facility_that_reports_to_be_off_is_closed(town: HealthDomain) -> None:
    (meter,) = town.meters(DAY, (), {})
    ones = np.ones(3)
    values = np.array([1.0, 0.0, 1.0])
    readings = Readings(
        meter.rows, values, 0 * ones, 999 * ones, values, 0 * ones, 0 * ones, 60.0, ones < 0
    )
    now = LiveState(DAY, {"running": readings}, {"running": meter})
    (change,) = town.state(now)
    assert (change.asset, change.kind) == ("clinic", "out")
    (finding,) = town.watch(LiveState(DAY, now.readings, now.usual, (change,)))
    assert (finding.code, finding.asset) == ("health.off", "health:clinic")
