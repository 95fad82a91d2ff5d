"""A main bursts, its segment is shut, and the hospital lives on the tank, then on its own store.

The city of `small_city`, with two valves on P1. Behind them a tank supplies B and C alone: 3 L/s.
"""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from small_city import PLACES, TOML, feature, write_city

from kopa.city.documents import whatif_document
from kopa.city.load import City, load_city
from kopa.city.whatif import WhatIf, what_if
from kopa.console import plain
from kopa.model import Window

WINDOW = Window(0, 3600, 24)
BURST = "water:P1 burst 2 L/s 06:00-24:00"
SHUT = "water:P1 isolated 08:00-24:00"
VOLUME = math.pi * 6**2 / 4 * 5.0  # m³, of the full tank
DRY = 8 + VOLUME / 3e-3 / 3600  # h: full at 08:00, and alone from then on
WITHOUT = 24 - DRY


def city_of(folder: Path, valves: str, store_h: float = 0) -> City:
    write_city(folder)
    (folder / "valves.csv").write_text(valves, encoding="utf-8")
    (folder / "city.toml").write_text(
        TOML.replace('network = "network.inp"', 'network = "network.inp"\nvalves = "valves.csv"')
        if valves
        else TOML,
        encoding="utf-8",
    )
    places = [dict(place) for place in PLACES]
    if store_h:
        places[-1]["water_buffer_h"] = store_h
    text = json.dumps({"type": "FeatureCollection", "features": [feature(p) for p in places]})
    (folder / "places.geojson").write_text(text, encoding="utf-8")
    return load_city(folder)


VALVES = "id,link,node\nVA,P1,A\nVB,P1,B\n"


def ask(city: City, *texts: str) -> WhatIf:
    return what_if(city, city.solver(WINDOW), [city.change(text) for text in texts])


def total(answer: WhatIf, quantity: str) -> float:
    found = [t.mid for t in answer.totals if (t.quantity, t.service) == (quantity, "water")]
    assert len(found) <= 1
    return found[0] if found else 0.0


def test_the_hospital_lives_on_the_tank_until_it_is_dry(tmp_path: Path) -> None:
    answer = ask(city_of(tmp_path, VALVES), BURST, SHUT)
    assert answer.status == "ok"
    assert 2 < WITHOUT < 4
    assert total(answer, "critical_site_hours") == pytest.approx(WITHOUT, rel=2e-3)
    assert total(answer, "water_not_supplied") == pytest.approx(3e-3 * 3600 * WITHOUT, rel=2e-3)
    # the burst leaks for the two hours until its pipe is shut off
    lost = [t.mid for t in answer.totals if t.quantity == "water_lost"]
    assert lost == [pytest.approx(2e-3 * 2 * 3600, rel=0.05)]


def test_the_path_goes_from_the_shut_segment_by_the_tank(tmp_path: Path) -> None:
    city = city_of(tmp_path, VALVES)
    document = plain(whatif_document(city, ask(city, BURST, SHUT)))
    row = next(
        row
        for row in document["effects"]
        if row["asset"] == "places:hospital" and row["quantity"] == "critical_site_hours"
    )
    steps = [(step["asset"], step["what"]) for step in row["cause"]]
    assert ("water:P1", "isolated") in steps
    assert steps.index(("water:P1", "isolated")) < steps.index(("water:T", "empty"))
    assert steps[-1] == ("places:hospital", "no_water")


def test_a_store_of_its_own_carries_the_hospital_on(tmp_path: Path) -> None:
    answer = ask(city_of(tmp_path, VALVES, store_h=2), BURST, SHUT)
    assert total(answer, "critical_site_hours") == pytest.approx(WITHOUT - 2, abs=0.02)


def test_without_known_valves_what_ends_there_is_shut(tmp_path: Path) -> None:
    """All links at A and B: no tank helps, and A has no water either."""
    answer = ask(city_of(tmp_path, ""), SHUT)
    assert total(answer, "critical_site_hours") == pytest.approx(16)
    assert total(answer, "water_not_supplied") == pytest.approx(4e-3 * 3600 * 16, rel=1e-3)
