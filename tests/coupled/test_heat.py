"""Power, heat and homes together."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from domains.heat.nets import write
from small_city import extend, write_city

from kopa.city.load import City, load_city
from kopa.city.whatif import WhatIf, what_if
from kopa.model import Window

HEAT = '\n[heat]\nnetwork = "heat.geojson"\n'
LINKS = """\
energy,electricity,load:1,heat,electricity,PLANT,all,0.5,,,surveyed
heat,heat,h1,places,heat,h1,all,,,,surveyed
heat,heat,h2,places,heat,h2,all,,,,surveyed
"""


@pytest.fixture
def city(tmp_path: Path) -> City:
    write_city(tmp_path)
    write(tmp_path)
    extend(tmp_path, HEAT, LINKS)
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


def test_electric_heaters_overload_the_grid(tmp_path: Path) -> None:
    """Without heat two homes draw 10 MW each: more than a line of 13.9 MVA carries."""
    write_city(tmp_path)
    write(tmp_path)
    file = tmp_path / "places.geojson"
    places = json.loads(file.read_text(encoding="utf-8"))
    for one in places["features"][:2]:
        one["properties"]["heater_kw"] = 10_000
    file.write_text(json.dumps(places), encoding="utf-8")
    heaters = "".join(
        f"places,added_demand,{home},energy,added_demand,load:1,sum,,,,surveyed\n"
        for home in ("h1", "h2")
    )
    extend(tmp_path, HEAT, LINKS + heaters)
    city = load_city(tmp_path)
    answer = asked(city, 24, "heat:PLANT out 02:00-14:00")
    assert answer.solution.status == "ok"
    energy = answer.solution.results["energy"]
    (overload,) = (one for one in energy.findings if one.code == "energy.overload")
    # 20.7 MW, 5.125 Mvar (with the load's own power factor) and losses at 20 kV, 0.4 kA
    assert 150 < float(str(overload.values["number"]).split()[0]) < 165
    (more,) = (event for event in energy.events if event.what == "more_demand")
    hours = ((more.start % 86_400) / 3600, (more.end % 86_400) / 3600)
    assert hours == (2.0, 14.0)
    effects = {(one.domain, one.quantity): one for one in answer.effects if not one.factors}
    losses = effects["energy", "network_losses"]
    assert losses.mid.sum() > 0
    (plant,) = (event for event in answer.solution.results["heat"].events if event.what == "out")
    assert plant.start == more.start
    warm = asked(city, 24, "heat:S3 closed 02:00-14:00")  # h3 is no home with heaters
    assert not warm.solution.results["energy"].findings


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
    extend(tmp_path, HEAT)
    city = load_city(tmp_path)
    links = Linker(city.domains).propose().links
    heated = {link.target.asset for link in links if link.target.port == "heat"}
    assert heated == {"h1", "h2"}  # 25 and 15 m away; the hospital is 25.02 m away
