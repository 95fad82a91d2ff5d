"""A window of the emergency service against sums done by hand."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from domains.emergency.small import write_emergency

from kopa.domain import Change, Result, checked, parse_change
from kopa.domains.emergency import DOMAIN
from kopa.domains.emergency.domain import EmergencyDomain
from kopa.model import FloatArray, Window

WINDOW = Window(8 * 3600, 3600, 4)


@pytest.fixture(name="town")
def _town(tmp_path: Path) -> EmergencyDomain:
    found, findings = DOMAIN.load(write_emergency(tmp_path), tmp_path)
    assert findings == ()
    assert isinstance(found, EmergencyDomain)
    return found


def run(town: EmergencyDomain, *texts: str, **inputs: FloatArray) -> Result:
    changes: tuple[Change, ...] = tuple(
        checked(parse_change(f"emergency:{text}"), town.assets(), town.kinds()) for text in texts
    )
    result = town.run(WINDOW, changes, inputs)
    assert result.status == "ok"
    return result


def series(town: EmergencyDomain, port: str, asset: str, value: float) -> FloatArray:
    of = next(p for p in town.ports() if p.name == port and p.direction == "in")
    values = np.full((4, len(of.rows)), of.neutral)
    values[:, of.column[town.assets().index[asset]]] = value
    return values


def booked(town: EmergencyDomain, result: Result, quantity: str) -> dict[str, float]:
    values = next(one.values for one in result.accounts if one.quantity == quantity)
    ids = town.assets().ids
    return {ids[row]: float(values[row]) for row in np.flatnonzero(values)}


def told(town: EmergencyDomain, result: Result) -> list[tuple[str, list[str]]]:
    ids = town.assets().ids
    return [(one.what, [ids[row] for row in one.rows]) for one in result.events]


def test_a_usual_day(town: EmergencyDomain) -> None:
    """Ambulances at 1 and 7, 60 s of turnout, 10 m/s: a after 84, b after 131, c after 84 s.

    Beyond 2 min is b alone, also on a usual day, and no event is behind it.
    """
    result = run(town)
    assert result.events == ()
    assert result.outputs["help"].tolist() == [[1, 0, 1]] * 4
    assert (result.outputs["shelter"] == 1).all()
    assert booked(town, result, "late_help") == {"cell/b": 240.0}
    assert booked(town, result, "added_time_to_help") == {}
    assert result.origins["help"].tolist() == [-1, -1, -1]


def test_a_base_out_makes_help_late(town: EmergencyDomain) -> None:
    """North is out for two of four hours: c is reached from 1, by 3 × 243 + 223 m, after 155 s.

    A has west beside it; b is reached after 60 + 97 s instead of 60 + 71 s.
    """
    result = run(town, "north out 09:00-11:00")
    assert result.outputs["help"][:, 2].tolist() == [1, 0, 0, 1]
    assert booked(town, result, "late_help") == {"cell/b": 240.0, "cell/c": 80.0}
    later = booked(town, result, "added_time_to_help")
    # half of the window: c (95.2 - 24.3) s × 40 / 2, b (97.2 - 70.9) s × 60 / 2, in minutes
    assert later == pytest.approx({"cell/b": 13.15, "cell/c": 23.63}, rel=0.01)
    assert told(town, result) == [("out", ["north"]), ("late", ["cell/b", "cell/c"])]
    assert (result.events[1].start, result.events[1].end) == (9 * 3600, 11 * 3600)
    assert result.origins["help"].tolist() == [-1, 1, 1]


def test_fire_engines_are_no_help(town: EmergencyDomain) -> None:
    result = run(town, "engines out")
    assert result.outputs["help"].tolist() == [[1, 0, 1]] * 4
    assert told(town, result) == [("out", ["engines"])]


def test_a_closed_street_is_the_cause(town: EmergencyDomain) -> None:
    """The dead end is closed: nobody reaches b, which is no added time but hours beyond."""
    closed = series(town, "street_speed", "106-1", 0.0)
    result = run(town, street_speed=closed)
    assert told(town, result) == [("late", ["cell/b"])]
    parent = result.events[0].parents[0]
    assert (parent.kind, parent.port, closed[0, parent.index]) == ("input", "street_speed", 0)
    assert booked(town, result, "added_time_to_help") == {}
    assert [one.code for one in result.findings] == ["emergency.nobody"]
    assert result.findings[0].values == {"people": 60, "cells": 1}


def test_a_slow_street_makes_help_later_but_in_time(town: EmergencyDomain) -> None:
    """From 1 to 2 at half the speed: a after 60 + 46.6 s from 7, no longer 84 s from 1."""
    result = run(town, street_speed=series(town, "street_speed", "100-1", 0.5))
    assert told(town, result) == [("slower", ["cell/a"])]
    assert result.outputs["help"][0].tolist() == [1, 0, 1]
    later = booked(town, result, "added_time_to_help")
    assert later == pytest.approx({"cell/a": 100 * (46.6 - 24.3) / 60}, rel=0.02)


def test_power_and_staff(town: EmergencyDomain) -> None:
    """North has a set for an hour; the hall has none; half of two units is one, less is none."""
    dark = run(town, electricity=series(town, "electricity", "north", 0.0))
    assert dark.outputs["help"][:, 2].tolist() == [1, 0, 0, 0]
    assert told(town, dark)[0] == ("no_electricity", ["north"])
    hall = run(town, electricity=series(town, "electricity", "hall", 0.0))
    assert hall.outputs["shelter"].tolist() == [[0, 1]] * 4
    assert hall.origins["shelter"].tolist() == [0, -1]
    assert run(town, electricity=series(town, "electricity", "west", 0.0)).events == ()
    assert run(town, staff=series(town, "staff", "north", 0.5)).events == ()
    few = run(town, staff=series(town, "staff", "north", 0.49))
    assert told(town, few)[0] == ("no_staff", ["north"])


def test_a_shelter_is_closed_for_a_part_of_an_hour(town: EmergencyDomain) -> None:
    result = run(town, "school out 09:00-09:30")
    assert result.outputs["shelter"][:, 1].tolist() == [1, 0.5, 1, 1]


def test_it_goes_to_another_process(town: EmergencyDomain) -> None:
    town.run(WINDOW, (), {})
    again = pickle.loads(pickle.dumps(town))
    assert json.dumps(again.assets().ids) == json.dumps(town.assets().ids)
    assert again.run(WINDOW, (), {}).outputs["help"].tolist() == [[1, 0, 1]] * 4


def same(one: Result, other: Result, port: str = "help") -> bool:
    accounts = zip(one.accounts, other.accounts, strict=True)
    alike = all(np.array_equal(a.values, b.values) for a, b in accounts)
    return alike and np.array_equal(one.outputs[port], other.outputs[port])


def test_what_is_screened_is_what_a_run_gives(town: EmergencyDomain) -> None:
    """Each outage that is settled moves nothing; all others do."""
    usual = run(town)
    settled = {}
    for name in ("west", "north", "engines", "hall", "school"):
        change = checked(parse_change(f"emergency:{name} out"), town.assets(), town.kinds())
        bound = town.screen(WINDOW, (change,))[0]
        settled[name] = bound is not None
        out = run(town, f"{name} out")
        moved = not (same(out, usual) and same(out, usual, "shelter"))
        assert moved is not settled[name]
    assert settled == {
        "west": False,
        "north": False,
        "engines": True,
        "hall": False,
        "school": False,
    }
    past = checked(parse_change("emergency:west out 01:00-02:00"), town.assets(), town.kinds())
    assert town.screen(WINDOW, (past,))[0] is not None


def test_what_is_ignored_moves_nothing_and_all_else_does(town: EmergencyDomain) -> None:
    """The dead end alone moves nothing although it is on a way: b is late with it as without."""
    usual, ignored = run(town), town.ignores(WINDOW)
    for port in town.ports():
        if port.direction == "out":
            continue
        for column, skip in enumerate(ignored[port.name].tolist()):
            values = np.full((4, len(port.rows)), port.neutral)
            values[:, column] = 0.0
            result = run(town, **{port.name: values})
            moved = not (same(result, usual) and same(result, usual, "shelter"))
            asset = town.assets().ids[port.rows[column]]
            assert moved is not (skip or asset == "106-1"), (port.name, asset)
