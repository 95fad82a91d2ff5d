"""Streets, power, homes and waste together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from domains.transport.small_streets import write_streets
from domains.waste.small import TOML, write_waste
from small_city import extend, write_city

from kopa.city.linker import Linker
from kopa.city.load import City, load_city
from kopa.city.screen import screen_city
from kopa.city.whatif import WhatIf, what_if
from kopa.coupling.explain import Explanation
from kopa.domains.waste.city_files import start_levels
from kopa.domains.waste.domain import WasteDomain
from kopa.domains.waste.fill import forecast
from kopa.domains.waste.parts import Surge
from kopa.domains.waste.rounds.day import DayRounds, day_rounds
from kopa.domains.waste.rounds.day_tasks import AHEAD, Prices, Wish
from kopa.domains.waste.routing.problem import Effort
from kopa.model import End, Window

DAY = Window(0, 3600, 24)
WEDNESDAY = 20_026
END, MAIN = End("transport", "dry", "106-1"), End("transport", "dry", "100-2")
STREETS = ["100-1", "100-2", "100-3", "101-1", "101-2", "101-3", "102-1", "103-1", "104-1"]
STREETS += ["105-1", "106-1"]
LINKS = "".join(
    f"transport,street_speed,{street},waste,street_speed,{street},all,,,,surveyed\n"
    for street in STREETS
) + (
    "water,spill,P2,transport,dry,106-1,curve,0:1 0.5:1 1:0,,,surveyed\n"
    "energy,electricity,load:1,waste,electricity,sorting,all,0.5,,,surveyed\n"
    "waste,collection,site/a,places,collection,h1,all,,,,surveyed\n"
    "waste,collection,site/c,places,collection,h2,all,,,,surveyed\n"
)


@pytest.fixture
def city(tmp_path: Path) -> City:
    write_city(tmp_path)
    write_streets(tmp_path / "streets.osm.pbf")
    write_waste(tmp_path, streets=False)
    extend(tmp_path, '\n[transport]\nstreets = "streets.osm.pbf"\n' + TOML, LINKS)
    return load_city(tmp_path)


def asked(city: City, *texts: str, window: Window = DAY) -> WhatIf:
    return what_if(city, city.solver(window), [city.change(text) for text in texts])


def total(answer: WhatIf, quantity: str, service: str = "") -> float:
    return sum(
        float(e.mid.sum())
        for e in answer.effects
        if e.quantity == quantity and e.service == service
    )


def test_a_burst_main_keeps_the_truck_from_a_dead_end(city: City) -> None:
    """The street is under water: the truck turns before it, c is left, fuel and time are saved."""
    answer = asked(city, "water:P2 burst 20L/s 05:00-12:00")
    assert answer.solution.status == "ok"
    waste = answer.solution.results["waste"]
    assert [one.what for one in waste.events] == ["delayed", "missed"]
    assert total(answer, "uncollected_waste") == pytest.approx((38 / 24 + 1) * 45 / 1000)
    assert total(answer, "truck_fuel") < 0
    assert total(answer, "utility_cost", "collection") < 0
    # what fuel costs and gives off comes from the ledger's factors
    priced = [e for e in answer.effects if e.factors == ("diesel_emissions_trucks",)]
    assert sum(float(e.mid.sum()) for e in priced) == pytest.approx(
        2.69 * total(answer, "truck_fuel")
    )


def test_the_cause_of_what_is_left_leads_back_to_the_main(city: City) -> None:
    answer = asked(city, "water:P2 burst 20L/s 05:00-12:00")
    solver = city.solver(DAY)
    told = Explanation(solver.wiring, answer.solution, solver.baseline)
    row = city.domains["waste"].assets().index["c"]
    account = next(
        one
        for one in answer.solution.results["waste"].accounts
        if one.quantity == "uncollected_waste"
    )
    assert account.events is not None
    words = [(step.domain, step.what) for step in told.path("waste", int(account.events[row]))]
    assert words[0][0] == "water"
    assert ("transport", "closed") in words
    assert words[-1] == ("waste", "missed")


def test_a_detour_costs_fuel_time_and_money(city: City) -> None:
    answer = asked(city, "transport:100-2 closed")
    assert total(answer, "truck_distance") > 0.4
    assert total(answer, "utility_cost", "collection") > 0
    assert total(answer, "truck_fuel") == pytest.approx(total(answer, "truck_distance") * 0.4)
    assert total(answer, "uncollected_waste") == 0


def test_a_power_cut_stops_the_sorting_line_and_fills_the_transfer_station(city: City) -> None:
    answer = asked(city, "energy:line:1 out")
    effects = [e for e in answer.effects if e.quantity == "waste_unworked"]
    ids = city.domains["waste"].assets().ids
    waiting = {ids[row] for e in effects for row in e.rows[e.mid != 0].tolist()}
    assert waiting == {"sorting", "transfer"}
    assert asked(city, "energy:line:0 out 00:00-01:00").solution.status == "ok"


def test_homes_lose_collection_when_containers_flow_over(city: City) -> None:
    """On Thursday and Friday of a festival: h1's container a is full after 13.04 hours."""
    two = Window(86_400, 3600, 48)
    answer = asked(city, "waste:zone/centre ×5", window=two)
    # until the round of Friday 06:00:31, and again 15.8 hours after it: 17 and 2 whole steps
    assert total(answer, "person_hours", "collection") == pytest.approx(40 * (17 + 2))
    assert answer.solution.results["places"].events[0].what == "no_collection"


def test_the_screen_runs_streets_that_trucks_need(city: City) -> None:
    """No car drives here: to transport alone, streets of the ring are idle."""
    found = screen_city(city, city.solver(DAY), ["transport"])
    method = {one.case.change.asset: one.case.method for one in found.assets}
    waste = city.domains["waste"]
    ignored = waste.ignores(DAY)["street_speed"]  # type: ignore[attr-defined]
    assert not ignored.any()
    assert {method[street] for street in ("100-2", "103-1")} == {"full"}


def test_links_are_proposed_by_id_and_place(city: City) -> None:
    found = Linker(city.domains).propose()
    proposed = {(str(link.source), str(link.target)) for link in found.links}
    for street in STREETS:
        assert (f"transport:{street}", f"waste:{street}") in proposed


QUICK = Effort(seconds=0.0, iterations=60, tries=1)


def rounds(city: City, **wish: Any) -> DayRounds:
    """Rounds of the Wednesday that windows without a date begin on."""
    waste = city.domains["waste"]
    assert isinstance(waste, WasteDomain)
    told = forecast(waste.network, start_levels(waste.network, WEDNESDAY), WEDNESDAY, AHEAD)
    return day_rounds(waste.network, told, Wish(WEDNESDAY, QUICK, Prices(1.7, 2.7), **wish))


def cost(found: DayRounds) -> float:
    return sum(one.sums.cost_eur for one in found.streams)


def test_a_burst_street_moves_tomorrows_round_and_says_what_it_costs(city: City) -> None:
    """The main under Main Street bursts in the night: the plan goes round it, for so many EUR."""
    extended = [
        *city.links,
        *(replace(one, target=MAIN) for one in city.links if one.target == END),
    ]
    flooded = replace(city, links=tuple(extended))
    answer = asked(flooded, "water:P2 burst 20L/s 02:00-20:00")
    speed = answer.solution.inputs["waste"]["street_speed"][8]
    assert speed.min() == 0
    usual, moved = rounds(city), rounds(city, speed=speed)
    orders = [[v.place for v in one.streams[-1].plan.tours[0].visits] for one in (usual, moved)]
    assert orders[0] != orders[1]
    assert [one.status for one in (usual, moved)] == ["ok", "partial"]
    assert moved.findings[0].values["stop"] == "c"  # in the dead end
    only_main = np.where(np.arange(len(speed)) == int(np.flatnonzero(speed == 0)[0]), 0.0, 1.0)
    assert cost(rounds(city, speed=only_main)) > cost(usual) + 0.5


def test_a_festival_makes_containers_due_a_day_early(city: City) -> None:
    """a has 63 of 132 kg and gets 40 a day: full on Thursday, or on Wednesday if it gets 120."""
    waste = city.domains["waste"]
    assert isinstance(waste, WasteDomain)
    festive = replace(
        waste.network, surges=(Surge(WEDNESDAY, WEDNESDAY, np.array([0, 1, 2]), 3.0, "feast"),)
    )
    full = []
    for network in (waste.network, festive):
        told = forecast(network, start_levels(network, WEDNESDAY), WEDNESDAY, AHEAD)
        full.append(np.argmax(told.mid[:, 0] > 1))
    assert full == [1, 0]
