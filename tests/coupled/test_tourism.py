"""A festival fills the containers beside its stage a day early, and brings more riders."""

from __future__ import annotations

import numpy as np
import pytest
from domains.tourism.small import TOML as TOURISM
from domains.tourism.small import write_tourism
from domains.transport.small_streets import write_streets
from domains.waste.small import TOML as WASTE
from domains.waste.small import write_waste
from small_city import extend, write_city

from kopa.city.load import City, load_city
from kopa.city.whatif import WhatIf, what_if
from kopa.model import Window

LINKS = (
    "tourism,added_waste,stage,waste,added_waste,site/c,sum,,,,surveyed\n"
    "waste,collection,site/c,places,collection,h2,all,,,,surveyed\n"
    "water,water,B,tourism,water,museum,all,,,,surveyed\n"
)
DAYS = Window(0, 3600, 96)


@pytest.fixture(name="city", scope="module")
def _city(tmp_path_factory: pytest.TempPathFactory) -> City:
    folder = write_city(tmp_path_factory.mktemp("city"))
    write_streets(folder / "streets.osm.pbf")
    write_waste(folder, {"c": {"volume_m3": 1.1, "kg_per_day": 60}}, streets=False)
    write_tourism(folder)
    extend(folder, WASTE + TOURISM, LINKS)
    return load_city(folder)


def asked(city: City, window: Window, *texts: str) -> WhatIf:
    return what_if(city, city.solver(window), [city.change(text) for text in texts])


def first_over(city: City, *texts: str) -> float:
    """Hours until the containers at the stage flow over, with the truck out of service."""
    answer = asked(city, DAYS, "waste:truck/T1 out", "waste:c level 0.1", *texts)
    over = answer.solution.results["waste"].outputs["overflow"]
    ids = [one.removeprefix("site/") for one in city.domains["waste"].assets().ids]
    steps = np.flatnonzero(over[:, ids.index("c")] > 0)
    return float(steps[0]) if len(steps) else np.inf


def test_a_festival_fills_containers_a_day_early(city: City) -> None:
    """100 visitors for six hours at 0.1 kg an hour leave 60 kg: as much as the houses in a day."""
    usual = first_over(city)
    early = first_over(city, "tourism:stage festival 100 18:00-24:00")
    assert usual - early == pytest.approx(24, abs=1)


def test_what_is_added_is_noted_and_riders_are_told(city: City) -> None:
    texts = ("waste:c level 0.1", "waste:truck/T1 out", "tourism:stage festival 500 18:00-24:00")
    answer = asked(city, Window(), *texts)
    results = answer.solution.results
    assert "added_waste" in [one.what for one in results["waste"].events]
    stage = city.domains["tourism"].assets().index["stage"]
    # half of them come by bus, in the first hour
    assert results["tourism"].outputs["added_riders"][18, stage] == pytest.approx(250)


def test_visits_that_a_burst_main_costs_have_a_price(city: City) -> None:
    """From 10 to 18 there are 75 visitor-hours in the museum, at 7.11 EUR each."""
    answer = asked(city, Window(), "water:P1 closed")
    rows = [row for row in answer.effects if row.domain == "tourism"]
    lost = sum(row.mid for row in rows if row.quantity == "visitor_hours_lost")
    (money,) = (row for row in rows if row.lens == "money")
    assert lost == pytest.approx(75, abs=0.6)
    assert money.mid == pytest.approx(lost * 7.11)
