"""Each fault condition on series made by hand, at both sides of its threshold (Guideline 36)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from kopa.domains.buildings.daily import (
    NO_AIR,
    NO_FLOW,
    NO_HEAT,
    NO_POINTS,
    NO_PRICE,
    Case,
    Prices,
    by_day,
)
from kopa.domains.buildings.rules import rule_book

from .units import PARAMETERS, USUAL, evaluated, found, rows, trend, unit

HEATING: dict[str, Any] = {
    "heating_valve": 0.5, "cooling_valve": 0.0, "setpoint": 18.0, "supply_air": 18.0,
    "outdoor_air": 0.0, "mixed_air": 16.4, "return_air": 21.0, "cooling_coil_entering": 16.4,
    "cooling_coil_leaving": 16.4, "heating_coil_leaving": 18.0,
}  # fmt: skip
"""State 1; 22 % outdoor air."""
FREE: dict[str, Any] = {
    "cooling_valve": 0.0, "outdoor_damper": 0.6, "outdoor_air": 8.0, "mixed_air": 13.0,
    "return_air": 23.0, "supply_air": 14.0, "setpoint": 14.0, "cooling_coil_entering": 13.0,
    "cooling_coil_leaving": 13.0, "heating_coil_entering": 13.0, "heating_coil_leaving": 13.0,
}  # fmt: skip
"""State 2."""
BOTH: dict[str, Any] = {
    "outdoor_damper": 1.0, "outdoor_air": 18.0, "mixed_air": 18.0, "cooling_coil_entering": 18.0,
    "heating_coil_entering": 18.0, "heating_coil_leaving": 18.0,
}  # fmt: skip
"""State 3."""
SHUT: dict[str, Any] = {
    "cooling_valve": 0.0, "outdoor_damper": 0.0, "mixed_air": 23.0, "supply_air": 24.0,
    "cooling_coil_leaving": 24.0, "outdoor_air": 10.0,
}  # fmt: skip
"""State 5 by night: all is shut and the fan runs."""
OFF: dict[str, Any] = {
    "fan_status": 0.0, "fan_speed": 0.0, "outdoor_damper": 0.0, "cooling_valve": 0.0,
    "supply_air": 23.0, "mixed_air": 23.0, "return_air": 23.0, "outdoor_air": 20.0,
}  # fmt: skip

CASES = [
    # rule, state, what is usual there, what trips it, what does not quite
    ("FC1", {}, {"fan_speed": 0.95, "duct_pressure": 324.0},
     {"fan_speed": 0.95, "duct_pressure": 326.0}),
    ("FC1", {}, {"fan_speed": 1.0, "duct_pressure": 100.0},
     {"fan_speed": 0.93, "duct_pressure": 100.0}),
    ("FC2", {}, {"mixed_air": 18.9}, {"mixed_air": 19.1}),
    ("FC3", {}, {"mixed_air": 32.1}, {"mixed_air": 31.9}),
    ("FC5", HEATING, {"supply_air": 13.3}, {"supply_air": 13.5}),
    ("FC6", {}, {"outdoor_air": 33.0, "mixed_air": 28.1}, {"outdoor_air": 33.0, "mixed_air": 27.9}),
    ("FC6", {}, {"outdoor_air": 29.0, "mixed_air": 26.1}, {"outdoor_air": 28.9, "mixed_air": 26.1}),
    ("FC7", HEATING, {"heating_valve": 1.0, "supply_air": 16.9},
     {"heating_valve": 1.0, "supply_air": 17.1}),
    ("FC7", HEATING, {"heating_valve": 1.0, "supply_air": 16.9},
     {"heating_valve": 0.98, "supply_air": 16.9}),
    ("FC8", FREE, {"supply_air": 17.2}, {"supply_air": 17.1}),
    ("FC8", FREE, {"supply_air": 10.8}, {"supply_air": 10.9}),
    ("FC9", FREE, {"outdoor_air": 15.1}, {"outdoor_air": 14.9}),
    ("FC10", BOTH, {"mixed_air": 21.2}, {"mixed_air": 21.1}),
    ("FC11", BOTH, {"outdoor_air": 9.9}, {"outdoor_air": 10.1}),
    ("FC12", {}, {"supply_air": 29.1}, {"supply_air": 28.9}),
    ("FC13", {}, {"cooling_valve": 1.0, "supply_air": 14.1},
     {"cooling_valve": 1.0, "supply_air": 13.9}),
    ("FC14", HEATING, {"cooling_coil_leaving": 14.9}, {"cooling_coil_leaving": 15.1}),
    ("FC15", {}, {"heating_coil_leaving": 25.5}, {"heating_coil_leaving": 25.3}),
    ("B1", SHUT, {"supply_air": 25.5}, {"supply_air": 25.3}),
    ("B2", SHUT, {"supply_air": 21.5}, {"supply_air": 21.7}),
    ("B3", SHUT, {"mixed_air": 20.3, "supply_air": 21.0}, {"mixed_air": 20.5, "supply_air": 21.0}),
    ("B4", FREE, {"mixed_air": 20.1, "supply_air": 21.0}, {"mixed_air": 19.9, "supply_air": 21.0}),
    ("B5", OFF, {"supply_air": 33.1}, {"supply_air": 32.9}),
    ("B5", OFF, {"mixed_air": 33.1}, {"mixed_air": 32.9}),
    ("B6", OFF, {"supply_air": 9.9}, {"supply_air": 10.1}),
    ("B7", {}, {"heating_valve": 0.06}, {"heating_valve": 0.04}),
]  # fmt: skip


@pytest.mark.parametrize("usual", [{}, HEATING, FREE, BOTH, SHUT, OFF])
def test_nothing_is_found_where_nothing_is_wrong(usual: dict[str, Any]) -> None:
    assert found(trend(**usual)) == set()


@pytest.mark.parametrize(("rule", "usual", "trips", "holds"), CASES)
def test_a_condition_trips_at_its_threshold(
    rule: str, usual: dict[str, Any], trips: dict[str, Any], holds: dict[str, Any]
) -> None:
    assert rule in found(trend(**{**usual, **trips}))
    assert rule not in found(trend(**{**usual, **holds}))


ALL = ({}, HEATING, FREE, BOTH, SHUT)


def both_below(usual: dict[str, Any], by: float) -> dict[str, Any]:
    known = {**USUAL, **usual}
    return {**usual, "mixed_air": min(known["return_air"], known["outdoor_air"]) - by}


def both_above(usual: dict[str, Any], by: float) -> dict[str, Any]:
    known = {**USUAL, **usual}
    return {**usual, "mixed_air": max(known["return_air"], known["outdoor_air"]) + by}


@pytest.mark.parametrize("usual", ALL)
def test_conditions_of_all_states(usual: dict[str, Any]) -> None:
    assert "FC1" in found(trend(**{**usual, "fan_speed": 1.0, "duct_pressure": 100.0}))
    assert "FC2" in found(trend(**both_below(usual, 4.1)))
    assert "FC2" not in found(trend(**both_below(usual, 3.9)))
    assert "FC3" in found(trend(**both_above(usual, 4.1)))
    assert "FC3" not in found(trend(**both_above(usual, 3.9)))


ELSEWHERE = [
    ("FC12", FREE, {"supply_air": 18.1}),
    ("FC12", BOTH, {"supply_air": 23.1}),
    ("FC13", BOTH, {"cooling_valve": 1.0, "supply_air": 14.1}),
    ("FC14", FREE, {"cooling_coil_leaving": 11.5}),
    ("FC15", FREE, {"heating_coil_leaving": 14.5}),
    ("FC15", BOTH, {"heating_coil_leaving": 19.5}),
    ("B1", SHUT, {"outdoor_damper": 1.0, "supply_air": 25.5}),
    ("B2", SHUT, {"outdoor_damper": 1.0, "supply_air": 21.5}),
    ("B3", HEATING, {"outdoor_damper": 0.0}),
    ("B3", {}, {"outdoor_damper": 0.0, "mixed_air": 25.0}),
    ("B4", BOTH, {"outdoor_air": 10.0, "mixed_air": 21.5}),
    ("B4", FREE, {"heating_valve": 0.5, "mixed_air": 21.0}),
]


@pytest.mark.parametrize(("rule", "usual", "trips"), ELSEWHERE)
def test_conditions_of_several_states(
    rule: str, usual: dict[str, Any], trips: dict[str, Any]
) -> None:
    assert rule in found(trend(**{**usual, **trips}))


def test_dampers_between_tell_nothing_of_shut_coils() -> None:
    """Air that is not well mixed may seem to warm or cool: that is for FC8 and its tolerance."""
    for supply in (25.9, 20.9):
        given = {**SHUT, "outdoor_damper": 0.6, "mixed_air": 22.5, "supply_air": supply}
        assert found(trend(**given)) & {"B1", "B2"} == set()
        given["outdoor_damper"] = 0.15  # state 5, at the least position
        assert found(trend(**given)) & {"B1", "B2"} == set()


def test_every_rule_has_a_case() -> None:
    assert {case[0] for case in CASES} | {"FC4"} == {rule.id for rule in rule_book().rules}


def test_states() -> None:
    states = [evaluated(trend(1, **usual)).state for usual in (HEATING, FREE, BOTH, {}, SHUT, OFF)]
    assert [set(state.tolist()) for state in states] == [{1}, {2}, {3}, {4}, {5}, {0}]


def test_conditions_only_hold_in_their_states() -> None:
    """A temperature rise over the unit is wrong while cooling, and right while heating."""
    assert "FC12" not in found(trend(**{**HEATING, "supply_air": 30.0}))
    assert "FC5" not in found(trend(supply_air=10.0))


def test_hunting_is_counted_in_an_hour() -> None:
    """The damper leaves its least position and comes back four or three times an hour."""
    minutes = np.arange(8 * 60)

    def swings(times: float) -> Any:
        return np.where((minutes % (60 / times)) < 30 / times, 0.2, 0.4)

    assert "FC4" in found(trend(outdoor_damper=swings(4)))
    assert [day.status for day in rows(trend(outdoor_damper=swings(4)))[1]] == ["control"]
    assert "FC4" not in found(trend(outdoor_damper=swings(3)))


def test_a_fault_must_last() -> None:
    """29 minutes are not told, 30 are; five-minute means shift both ends alike."""
    minutes = np.arange(8 * 60)

    def late(length: int) -> Any:
        return np.where((minutes >= 200) & (minutes < 200 + length), 0.06, 0.0)

    assert found(trend(heating_valve=late(29))) == set()
    row = rows(trend(heating_valve=late(30)))[0][0]
    assert (row.rule.id, row.hours, row.first, row.last) == ("B7", 0.5, "11:20", "11:49")


def test_nothing_is_carried_over_a_gap() -> None:
    """Two stretches of 25 minutes with a night between are not 50 minutes."""
    one = trend(2.0, heating_valve=np.where(np.arange(120) >= 95, 0.06, 0.0))
    times = one.times.copy()
    times[120 - 12 :] += np.timedelta64(10, "h")
    cut = type(one)(times, one.values, 60.0)
    assert "B7" in found(trend(4.0, heating_valve=np.where(np.arange(240) >= 95, 0.06, 0.0)))
    assert found(cut) == set()


def test_means_and_runs_end_at_a_gap() -> None:
    """Without a delay after the gap: neither the mean nor the run of before reaches over it."""
    at_once = unit(parameters={**PARAMETERS, "mode_delay_min": 0.0})
    one = trend(1.0, heating_valve=np.where(np.arange(60) >= 35, 0.06, 0.0))
    times = one.times.copy()
    times[40:] += np.timedelta64(3, "m")
    assert "B7" in found(trend(1.0, heating_valve=0.06), at_once)
    assert (
        found(type(one)(times[10:], {k: v[10:] for k, v in one.values.items()}, 60.0), at_once)
        == set()
    )
    both = trend(1.0, heating_valve=0.06)
    assert rows(both, at_once)[0][0].hours == 1.0
    cut = type(both)(times, both.values, 60.0)
    assert rows(cut, at_once)[0][0].hours == pytest.approx(40 / 60)
    jump = trend(1.0, supply_air=np.where(np.arange(60) < 40, 99.0, 13.0))
    seen = evaluated(type(jump)(times, jump.values, 60.0), at_once).series["supply_air"]
    assert np.asarray(seen)[40] == 13.0


def test_no_evaluation_just_after_the_start() -> None:
    """For an hour after the fan starts, and after occupancy changes, nothing is told."""
    starts = np.where(np.arange(480) < 60, 0.0, 1.0)
    row = rows(trend(fan_status=starts, heating_valve=0.06))[0][0]
    assert row.first == "10:00"
    occupied = np.where(np.arange(480) < 240, 0.0, 1.0)
    row = rows(trend(occupied=occupied, heating_valve=0.06))[0][0]
    assert row.hours == pytest.approx(6.0)  # 8 h less the first hour and that after 12:00


def test_a_slow_fan_tells_nothing() -> None:
    assert found(trend(fan_speed=0.1, heating_valve=0.06, supply_air=40.0)) == set()


def test_a_state_that_nobody_knows() -> None:
    """Without the heating valve's signal no state is known: only rules for all states are left."""
    blind = trend(heating_valve=np.nan)
    assert set(evaluated(blind).state.tolist()) == {0}
    looked = {one.rule.id for one in evaluated(blind).evidence if one.evaluated.any()}
    assert looked == {"FC1", "FC2", "FC3", "FC4"}
    assert "FC3" in found(trend(heating_valve=np.nan, mixed_air=33.0))


def test_a_mean_needs_half_of_its_values() -> None:
    minutes = np.arange(480)
    for every, wanted in ((5, False), (2, True)):
        thin = evaluated(trend(supply_air=np.where(minutes % every == 0, 30.0, np.nan)))
        looked = {one.rule.id: one.evaluated.any() for one in thin.evidence}
        assert looked["FC12"] == wanted


def test_a_fan_that_stops_and_starts_changes_no_state() -> None:
    minutes = np.arange(480)
    cycles = evaluated(trend(fan_status=np.where(minutes % 20 < 10, 1.0, 0.0)))
    assert np.asarray(cycles.series["state_changes"]).max() == 0


def test_missing_values_are_neither_clean_nor_wrong() -> None:
    days = rows(trend(mixed_air=np.nan, supply_air=np.nan, return_air=np.nan))[1]
    assert [day.status for day in days] == ["clean"]  # B7 and FC1 could be evaluated
    nothing = dict.fromkeys(("fan_status", "fan_speed"), np.nan)
    assert [day.status for day in rows(trend(**nothing))[1]] == ["unknown"]


def test_a_rule_without_its_points_says_which() -> None:
    missing = {one.rule.id: one.missing for one in evaluated(trend(mixed_air=None)).evidence}
    assert missing["FC2"] == ("mixed_air",)
    assert missing["B7"] == ()
    bare = evaluated(trend(), unit(parameters={}))
    assert {one.rule.id: one.missing for one in bare.evidence}["FC12"] == ("minimum_damper",)
    still = evaluated(trend(fan_status=None, fan_speed=None))
    assert all({"fan_status", "fan_speed"} <= set(one.missing) for one in still.evidence)


def test_wasted_heat_by_hand() -> None:
    """FC12 at 6 K above mixed air: 5 K beside fan heat, 2 m³/s × 70 %, for 7 of 8 hours."""
    one = unit(design_airflow=2.0)
    (row,), (day,) = rows(trend(supply_air=30.0), one)
    kwh = 1.2 * 1.006 * 2.0 * 0.7 * 5.0 * 7.0
    assert row.kwh == pytest.approx(kwh)
    assert row.eur == pytest.approx(0.08 * kwh)
    assert day.kwh == pytest.approx(kwh)
    assert row.order["en"].startswith("2026-07-01, AHU: supply air warmer than mixed air")
    assert "7,0 h" in row.order["lv"]


def test_rules_that_see_the_same_heat_do_not_add_up() -> None:
    warm = trend(supply_air=30.0, heating_coil_leaving=29.0)
    found_rows, (day,) = rows(warm, unit(design_airflow=2.0))
    assert [row.rule.id for row in found_rows] == ["FC12", "FC15"]
    assert day.kwh == pytest.approx(max(row.kwh or 0 for row in found_rows))


def test_sides_of_a_leak_have_their_price() -> None:
    hot = rows(trend(**{**FREE, "supply_air": 19.0}), unit(constant_airflow=1.0))[0][0]
    cold = rows(trend(**{**FREE, "supply_air": 9.0}), unit(constant_airflow=1.0))[0][0]
    assert hot.kwh == cold.kwh == pytest.approx(1.2 * 1.006 * 5 * 7)
    assert hot.eur == pytest.approx(0.08 * hot.kwh)
    assert cold.eur == pytest.approx(0.06 * cold.kwh)


def test_too_much_outdoor_air_costs_what_the_unit_does() -> None:
    """31 points too much: 3.1 of 10 K to be cooled in state 4, 6.2 of 20 K to be heated in 1."""
    one = unit(constant_airflow=1.0)
    hot = trend(outdoor_air=33.0, mixed_air=28.1)
    (row,) = [row for row in rows(hot, one)[0] if row.rule.id == "FC6"]
    assert row.kwh == pytest.approx(1.2 * 1.006 * 3.1 * 7)
    assert row.eur == pytest.approx(0.06 * row.kwh)
    cold = trend(**{**HEATING, "outdoor_air": 1.0, "mixed_air": 10.8, "supply_air": 18.0})
    (row,) = [row for row in rows(cold, one)[0] if row.rule.id == "FC6"]
    assert row.kwh == pytest.approx(1.2 * 1.006 * 6.2 * 7)
    assert row.eur == pytest.approx(0.08 * row.kwh)
    none = trend(outdoor_air=33.0, mixed_air=19.0)  # too little costs no heat
    (row,) = [row for row in rows(none, one)[0] if row.rule.id == "FC6"]
    assert row.kwh == 0


def test_what_is_unknown_says_why() -> None:
    row = rows(trend(supply_air=30.0))[0][0]
    assert (row.kwh, row.eur, row.why_kwh) == (None, None, NO_FLOW)
    assert rows(trend(heating_valve=0.06), unit(constant_airflow=1.0))[0][0].why_kwh == NO_HEAT
    assert rows(trend(**{**OFF, "supply_air": 40.0}))[0][0].why_kwh == NO_AIR
    one, given = unit(constant_airflow=1.0), trend(supply_air=30.0)
    bare = trend(**{**BOTH, "outdoor_air": 9.9, "mixed_air": None})
    (row,) = [row for row in rows(bare, unit(constant_airflow=1.0))[0] if row.rule.id == "FC11"]
    assert (row.kwh, row.why_kwh) == (None, NO_POINTS)
    (row,), _ = by_day(Case(given, one, evaluated(given, one), Prices(None, 0.06)))
    assert row.kwh is not None
    assert (row.eur, row.why_eur) == (None, NO_PRICE)


def test_a_run_that_ends_after_midnight_belongs_to_the_day_before() -> None:
    valve = np.where((np.arange(480) > 100) & (np.arange(480) < 260), 0.06, 0.0)
    found_rows, days = rows(trend(start="2026-07-01T20:00", heating_valve=valve))
    assert [row.day for row in found_rows] == ["2026-07-01"]
    assert [day.status for day in days] == ["fault", "clean"]
