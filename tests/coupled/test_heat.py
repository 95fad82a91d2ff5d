"""Power, heat and homes together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from domains.heat.nets import write
from small_city import write_city

from kopa.city.load import City, load_city
from kopa.city.whatif import WhatIf, what_if
from kopa.model import Window

LINKS = """\
energy,electricity,load:1,heat,electricity,PLANT,all,0.5,,,surveyed
heat,heat,h1,places,heat,h1,all,,,,surveyed
heat,heat,h2,places,heat,h2,all,,,,surveyed
"""


@pytest.fixture
def city(tmp_path: Path) -> City:
    write_city(tmp_path)
    write(tmp_path)
    toml = tmp_path / "city.toml"
    text = toml.read_text(encoding="utf-8")
    toml.write_text(text + '\n[heat]\nnetwork = "heat.geojson"\n', encoding="utf-8")
    links = tmp_path / "links.csv"
    links.write_text(links.read_text(encoding="utf-8") + LINKS, encoding="utf-8")
    return load_city(tmp_path)


def asked(city: City, hours: int, text: str) -> WhatIf:
    """What a change does in the hours from midnight on."""
    return what_if(city, city.solver(Window(0, 3600, hours)), [city.change(text)])


def test_power_out_makes_homes_cold(city: City) -> None:
    """Line out for 12 h: pumps stop, buildings of 50 h are below 18 °C from 50 ln(35/33) h on."""
    answer = asked(city, 24, "energy:line:1 out 02:00-14:00")
    assert answer.solution.status == "ok"
    effects = {
        (e.domain, e.quantity, e.service, e.group): e for e in answer.effects if not e.factors
    }
    cold = effects["heat", "cold_building_hours", "heat", ""]
    fall = 50 * np.log(35 / 33)
    low = -15 + 35 * np.exp(-12 / 50)
    rise = min(10.0, 50 * np.log((20 - low) / 2))
    assert cold.mid == pytest.approx(np.full(3, 12 - fall + rise))
    without = effects["places", "person_hours", "heat", ""]
    assert without.mid.sum() == pytest.approx(100 * 12)  # h1 and h2; the hospital is on no network
    # why: the line, the plant's power, no heat, no heat at the homes
    heat, places = (answer.solution.results[name] for name in ("heat", "places"))
    assert [event.what for event in heat.events] == ["no_electricity", "no_heat"]
    assert "no_heat" in {event.what for event in places.events}


def test_a_place_on_no_network_is_served(city: City) -> None:
    answer = asked(city, 6, "heat:PLANT out")
    assets = city.domains["places"].assets()
    effects = [e for e in answer.effects if (e.domain, e.quantity) == ("places", "person_hours")]
    (lost,) = (e for e in effects if e.service == "heat" and not e.group)
    assert {assets.ids[row] for row in lost.rows} == {"h1", "h2"}


def test_a_proposal_joins_only_who_stands_beside(tmp_path: Path) -> None:
    """A consumer 25 m from a home supplies it; one farther away does not."""
    from kopa.city.linker import Linker

    write_city(tmp_path)
    from domains.heat.nets import BUILDING, PIPE, PLANT, feature

    found = [
        feature(PLANT, [500, 0]),
        feature({**PIPE, "id": "P"}, [500, 0], [45, 0]),
        feature({**BUILDING, "id": "c", "heat_kw": 9}, [45, 0]),
    ]
    write(tmp_path, found)
    toml = tmp_path / "city.toml"
    text = toml.read_text(encoding="utf-8")
    toml.write_text(text + '\n[heat]\nnetwork = "heat.geojson"\n', encoding="utf-8")
    city = load_city(tmp_path)
    links = Linker(city.domains).propose().links
    heated = {link.target.asset for link in links if link.target.port == "heat"}
    assert heated == {"h1", "h2"}  # 25 and 15 m away; the hospital is 25.02 m away
