"""The story of a what-if: who loses what, when, why; hand-made city, hand-made numbers."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from small_city import write_city

from kopa.city.decide import Measure, decide
from kopa.city.load import City, load_city
from kopa.city.places import Places
from kopa.city.story import midnight, story
from kopa.city.whatif import what_if
from kopa.decide.compare import Frequency, Range
from kopa.errors import UsageError
from kopa.model import Window

DAY = Window(0, 3600, 24, datetime.date(2026, 11, 23))
OUT = "energy:line:1 out 06:00-12:00"
"""Load 1 hangs on line 1: a home of 40 people, and a hospital of 10 with 3 h of its own."""
OFTEN = Frequency(Range(1, 1, 1), 1)


@pytest.fixture
def city(tmp_path: Path) -> City:
    return load_city(write_city(tmp_path))


def told(city: City, *texts: str) -> dict[str, Any]:
    solver = city.solver(DAY)
    return story(city, what_if(city, solver, [city.change(t) for t in texts]), Places(city))


def test_people_hours_and_causes_by_hand(city: City) -> None:
    answer = told(city, OUT)
    assert answer["status"] == "ok"
    begin = datetime.datetime(2026, 11, 23, tzinfo=datetime.UTC).timestamp()
    assert answer["window"] == {"start": begin, "end": begin + 86400, "step_s": 3600, "steps": 24}
    (service,) = answer["services"]
    assert (service["service"], service["people"]) == ("electricity", 50)
    assert service["person_hours"] == 40 * 6 + 10 * 3
    assert service["without"] == [0] * 6 + [40] * 3 + [50] * 3 + [0] * 12
    assert answer["affected"] == {"places:h1": 240, "places:hospital": 30}
    change = answer["changes"][0]
    assert (change["asset"], change["from"], change["to"]) == (
        "energy:line:1",
        begin + 6 * 3600,
        begin + 12 * 3600,
    )
    assert answer["losses"][0]["worst"] == "places:h1"
    for lost in answer["losses"]:
        assert lost["cause"][0]["assets"][0]["asset"] == "energy:line:1"
        assert lost["cause"][0]["what"] == "out"
        assert lost["cause"][-1]["what"] == "no_electricity"
    by_hand = 270.0
    (total,) = [t for t in answer["totals"] if t["quantity"] == "person_hours"]
    assert (total["low"], total["mid"], total["high"]) == (by_hand,) * 3
    cost = next(t for t in answer["totals"] if t["quantity"] == "social_cost")
    assert cost["low"] < cost["mid"] < cost["high"]
    assert cost["factors"] == ["value_of_lost_load"]
    assert {f["id"] for f in answer["factors"]} >= {"value_of_lost_load"}


def test_what_holds_anyway_is_not_what_was_asked(city: City) -> None:
    given = [city.change("water:T level 2 m")]
    answer = what_if(city, city.solver(DAY), [city.change(OUT)], given=given)
    told = story(city, answer, Places(city))
    assert [change["asset"] for change in told["changes"]] == ["energy:line:1"]
    assert told["given"] == ["water:T level 2m"]
    assert told["measures"][0]["text"]["asset"] == "energy:line:1"


def test_nothing_lost_says_so(city: City) -> None:
    answer = told(city, "places:h2 people ×1.0")
    assert answer["status"] == "ok"
    assert (answer["losses"], answer["services"], answer["affected"]) == ([], [], {})


def test_a_measure_is_proposed_for_each_supply_on_the_way(city: City) -> None:
    measures = told(city, OUT)["measures"]
    assert measures[0]["kind"] == "sooner"
    assert measures[0]["events"] == ["energy:line:1 out 06:00-09:00"]
    protected = [one["protect"] for one in measures if one["kind"] == "protect"]
    assert ["energy:load:1>places:hospital"] in protected
    assert ["energy:load:1>places:h1"] not in protected  # homes have no supply of their own


def test_measures_avoid_what_a_what_if_says(city: City) -> None:
    measures = [
        Measure("sooner", "", events=("energy:line:1 out 06:00-09:00",), cost=Range(1, 2, 3)),
        Measure("own", "", protect=("energy:load:1>places:hospital",), cost=Range(1, 2, 3)),
        Measure("battery", "", changes=("places:h1 backup 2 h",)),
    ]
    answer = decide(city, city.solver(DAY), [OUT], measures, OFTEN)
    hours = {one["id"]: one["person_hours_avoided"]["mid"] for one in answer["options"]}
    assert hours == {"sooner": 40 * 3 + 10 * 3, "own": 10 * 3, "battery": 40 * 2}
    assert answer["options"][-1]["id"] == "battery"  # nobody said what it costs
    assert answer["options"][-1]["net"] is None
    full = sum(t["mid"] for t in answer["scenario"]["totals"] if t["quantity"] == "social_cost")
    half = next(one for one in answer["options"] if one["id"] == "sooner")
    # the power of the loads is the same at all hours: half the time, half the cost
    assert half["benefit"]["mid"] == pytest.approx(full / 2 * OFTEN.annuity, rel=0.02)
    with pytest.raises(UsageError, match="no link leads"):
        decide(
            city,
            city.solver(DAY),
            [OUT],
            [Measure("x", "", protect=("energy:load:0>places:h1",))],
            OFTEN,
        )


def test_midnight_is_that_of_the_city(city: City) -> None:
    zone = ZoneInfo("Europe/Riga")
    object.__setattr__(city.settings, "timezone", "Europe/Riga")
    day = datetime.date(2026, 3, 29)  # clocks go forward at 03:00
    before = midnight(city, Window(0, 3600, 24, day))
    assert before == datetime.datetime(2026, 3, 29, 0, tzinfo=zone).timestamp()
    after = midnight(city, Window(6 * 3600, 3600, 24, day)) + 6 * 3600
    assert after == datetime.datetime(2026, 3, 29, 6, tzinfo=zone).timestamp()
