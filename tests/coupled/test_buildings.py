"""Power, district heating and buildings with equipment together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from domains.buildings.houses import write_houses
from domains.heat.nets import BUILDING, PIPE, PLANT, feature
from small_city import write_city

from kopa.city.load import City, load_city
from kopa.city.whatif import WhatIf, what_if
from kopa.model import Window

LINKS = """\
energy,electricity,load:1,heat,electricity,PLANT,all,0.5,,,surveyed
energy,electricity,load:1,buildings,electricity,flats,all,0.5,,,surveyed
heat,heat,c,buildings,heat,school,all,,,,surveyed
buildings,heat_demand,school,heat,heat_demand,c,sum,,,,surveyed
"""


@pytest.fixture
def city(tmp_path: Path) -> City:
    """The school is the only consumer of a heat main, whose plant stands on load 1's bus."""
    write_city(tmp_path)
    write_houses(tmp_path)
    features = [
        feature({**PLANT, "id": "PLANT"}, [0, 0]),
        feature({**PIPE, "id": "P1"}, [0, 0], [0, 190]),
        feature({**BUILDING, "id": "c", "heat_kw": 200}, [0, 190]),
    ]
    import json

    whole = {"type": "FeatureCollection", "features": features}
    (tmp_path / "heat.geojson").write_text(json.dumps(whole), encoding="utf-8")
    toml = tmp_path / "city.toml"
    text = toml.read_text(encoding="utf-8")
    text += '\n[heat]\nnetwork = "heat.geojson"\n[buildings]\nbuildings = "buildings.geojson"\n'
    toml.write_text(text, encoding="utf-8")
    links = tmp_path / "links.csv"
    links.write_text(links.read_text(encoding="utf-8") + LINKS, encoding="utf-8")
    return load_city(tmp_path)


def asked(city: City, hours: int, text: str) -> WhatIf:
    return what_if(city, city.solver(Window(0, 3600, hours)), [city.change(text)])


def test_a_building_says_what_the_plant_must_give(city: City) -> None:
    """The school loses 5 kW/K × 35 K = 175 kW, not the 200 kW of the heat file."""
    solver = city.solver(Window(0, 3600, 6))
    served = solver.baseline.results["buildings"]
    assert served.outputs["heat_demand"] == pytest.approx(np.full((6, 1), 175.0), abs=1e-2)
    given = solver.baseline.results["heat"].balance
    assert given is not None
    assert given.used == pytest.approx(6 * 175, rel=1e-3)


def test_a_dead_line_makes_a_school_and_flats_cold(city: City) -> None:
    """Pumps of the plant and the flats' heat pump stop; who cools when is Newton's law."""
    answer = asked(city, 24, "energy:line:1 out 00:00-24:00")
    assert answer.solution.status == "ok"
    (cold,) = [
        e for e in answer.effects if (e.domain, e.quantity) == ("buildings", "too_cold_hours")
    ]
    school = 24 - 100 * np.log(35 / 33)
    flats = 24 - 100 * np.log((20 + 15 - 2) / (18 + 15 - 2))  # people in them heat by 2 K
    assert sorted(cold.mid.tolist()) == pytest.approx(sorted([school, flats]), abs=0.01)
    told = {event.what for event in answer.solution.results["buildings"].events}
    assert told == {"no_electricity", "no_heat", "too_cold"}


def test_what_better_windows_do_reaches_the_plant(city: City) -> None:
    """Half the heat loss of the school is half of what the plant gives it."""
    answer = asked(city, 12, "buildings:school factor 0.5")
    heat = answer.solution.results["heat"].balance
    assert heat is not None
    assert heat.used == pytest.approx(12 * 87.5, rel=1e-2)
