"""The city as it is now, on a city of a handful of assets."""

from __future__ import annotations

import numpy as np
import pytest
from small_city import write_city

from kopa.city.live.memory import Memory, Value
from kopa.city.live.present import Now, Present, window_at
from kopa.city.load import load_city
from kopa.domain import Change
from kopa.errors import Finding

NOON = 1_795_348_800.0  # 2026-11-22T12:00:00Z


@pytest.fixture(scope="module")
def present(tmp_path_factory: pytest.TempPathFactory) -> Present:
    return Present(load_city(write_city(tmp_path_factory.mktemp("city"))))


def told(present: Present, *values: tuple[str, str, float], minutes: int = 20) -> Now:
    """What is happening where some values have been measured every minute."""
    memory = Memory()
    for minute in range(minutes + 1):
        now = NOON - 60.0 * (minutes - minute)
        found = []
        for asset, quantity, value in values:
            domain, _, native = asset.partition(":")
            row = present.city.domains[domain].assets().index[native]
            found.append(Value((domain, row, quantity), now, value))
        memory.take(found, now)
    measured = {name: memory.readings(name, NOON) for name in present.city.domains}
    return present.now(window_at(NOON, "UTC"), measured, memory.shown(NOON))


def usual(present: Present, asset: str, quantity: str) -> float:
    domain, _, native = asset.partition(":")
    meter = present._over(window_at(NOON, "UTC"))[1][domain][quantity]
    row = present.city.domains[domain].assets().index[native]
    return float(meter.values[0, meter.column[row]])


def test_the_window_begins_at_the_quarter_in_the_city_s_own_time() -> None:
    window = window_at(NOON + 20 * 60, "Europe/Riga")
    assert (window.clock(0), window.steps) == ("14:15", 24)
    assert str(window.date) == "2026-11-22"
    late = window_at(NOON + 11 * 3600, "Europe/Riga")
    assert (late.clock(0), str(late.date)) == ("01:00", "2026-11-23")


def test_nothing_measured_is_a_usual_day(present: Present) -> None:
    now = told(present)
    assert (now.status, now.changes, now.found, now.losses) == ("ok", (), (), ())
    assert set(now.expected["water"]) >= {"level", "running", "flow", "pressure"}


def test_a_usual_value_is_no_finding(present: Present) -> None:
    level = usual(present, "water:T", "level")
    now = told(
        present,
        ("water:T", "level", level),
        ("water:U", "running", 1.0),
        ("water:A", "pressure", usual(present, "water:A", "pressure")),
        ("energy:line:0", "in_service", 1.0),
    )
    assert [str(change) for change in now.changes] == [f"water:T level {round(level, 1):g}m"]
    assert now.found == ()
    assert now.losses == ()


def test_findings_name_assets_as_people_do(present: Present) -> None:
    assert present.city.called("energy:load:0") == "d0 (energy:load:0)"
    assert present.city.called("energy:line:0") == "energy:line:0"  # its name says no more
    wrong = Finding("energy.out", "…", asset="energy:load:0", values={"asset": "energy:load:0"})
    assert present._named(wrong).values == {"asset": "d0 (energy:load:0)"}
    plain = Finding("water.inflow", "…", values={"times": 1.5})
    assert present._named(plain) is plain


def test_a_line_that_is_out_dries_homes_and_says_why(present: Present) -> None:
    """Energy is measured; what is lost is water, in another domain."""
    now = told(present, ("energy:line:0", "in_service", 0.0), ("water:T", "level", 0.1))
    (finding, *_) = now.found
    assert finding.id == "energy.out:energy:line:0"
    services = {loss.service: loss for loss in finding.losses}
    assert set(services) == {"electricity", "water"}
    assert services["water"].people == 110
    path = [(step["asset"], step["what"]) for step in finding.cause]
    assert path[0] == ("energy:line:0", "out")
    assert {loss.service for loss in now.losses} == {"electricity", "water"}
    ids = [one.id for one in now.found]
    assert "water.tank-empties:water:T" in ids


def test_a_pump_must_stand_still_for_a_while(present: Present) -> None:
    short = told(present, ("water:U", "running", 0.0), minutes=1)
    assert short.changes == ()
    now = told(present, ("water:U", "running", 0.0))
    assert [str(change) for change in now.changes] == ["water:U off"]
    assert now.found[0].id == "water.off:water:U"


def test_meters_that_contradict_the_model_are_one_finding(present: Present) -> None:
    now = told(present, ("water:A", "pressure", 3.0), ("water:B", "pressure", 1.0))
    (finding,) = now.found
    assert finding.id == "live.apart:water:pressure"
    assert finding.finding.what.startswith("2 meters of pressure (water) differ from the model")
    assert set(finding.members) == {"water:A", "water:B"}


def test_what_the_model_takes_over_cannot_contradict_it(present: Present) -> None:
    """The flow of the sources becomes the demand; far from the usual it is no broken meter."""
    assert told(present, ("water:R", "flow", 100.0), minutes=1).found == ()


def test_a_what_if_starts_from_the_present_state(present: Present) -> None:
    """A tank that is nearly empty serves shorter than a full one."""
    window = window_at(NOON, "UTC")
    rows = present.city.domains["water"].assets().index
    lost = []
    for level in (0.5, 5.0):
        memory = Memory()
        memory.take([Value(("water", rows["T"], "level"), NOON, level)], NOON)
        measured = {"water": memory.readings("water", NOON)}
        answer = present.what_if(window, measured, ["water:U off"])
        assert answer.status == "ok"
        lost.append(sum(float(e.mid.sum()) for e in answer.effects if e.quantity == "person_hours"))
        given = present.what_if(window, {}, [f"water:T level {level} m", "water:U off"])
        cold = present.city.solver(window).cold(
            [Change("water", "T", "level", level, "m"), Change("water", "U", "off")]
        )
        for name, result in given.solution.results.items():
            for port, series in result.outputs.items():
                assert np.array_equal(series, cold.results[name].outputs[port])
    assert lost[0] > lost[1] > 0


def test_a_state_that_makes_no_sense_is_told(present: Present) -> None:
    now = told(present, ("water:U", "running", float("nan")))
    assert now.status == "ok"
