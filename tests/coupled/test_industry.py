"""Power, heat, water and plants together."""

from __future__ import annotations

from pathlib import Path

import pytest
from domains.heat.nets import write as write_heat
from domains.industry.plants import changed
from domains.industry.plants import write as write_plants
from small_city import extend, write_city

from kopa.city.documents import whatif_document
from kopa.city.linker import Linker
from kopa.city.load import City, load_city
from kopa.city.whatif import WhatIf, what_if
from kopa.model import Window

LINKS = """\
energy,electricity,load:1,heat,electricity,PLANT,all,0.5,,,surveyed
energy,electricity,load:0,industry,electricity,dairy,all,0.5,,,surveyed
heat,heat,h1,industry,heat,dairy,all,,,,surveyed
water,water,B,industry,water,dairy,all,,,,surveyed
"""


@pytest.fixture
def city(tmp_path: Path) -> City:
    write_city(tmp_path)
    write_heat(tmp_path)
    write_plants(tmp_path)
    heat = '\n[heat]\nnetwork = "heat.geojson"\n'
    extend(tmp_path, heat + '\n[industry]\nsites = "sites.geojson"\n', LINKS)
    return load_city(tmp_path)


def asked(city: City, text: str) -> WhatIf:
    return what_if(city, city.solver(Window(0, 3600, 24)), [city.change(text)])


def total(answer: WhatIf, quantity: str) -> float:
    return sum(float(e.mid.sum()) for e in answer.effects if e.quantity == quantity)


def test_a_line_that_feeds_the_heat_plant_stops_the_dairy(city: City) -> None:
    """6 h without heat and 2.5 h of restart, though its own electricity is on."""
    answer = asked(city, "energy:line:1 out 06:00-12:00")
    assert answer.solution.status == "ok"
    assert total(answer, "production_hours_lost") == pytest.approx(8.5)
    assert total(answer, "production_lost") == pytest.approx(8500)
    assert total(answer, "work_hours_lost") == pytest.approx(170)
    events = [event.what for event in answer.solution.results["industry"].events]
    assert events == ["no_heat", "stopped"]
    rows = [
        r for r in whatif_document(city, answer)["effects"] if r["quantity"] == "production_lost"
    ]
    assert [row["unit"] for row in rows] == ["EUR"]


def test_undoing_the_link_undoes_the_loss(city: City) -> None:
    solver = city.solver(Window(0, 3600, 24))
    changes = [city.change("energy:line:1 out 06:00-12:00")]
    answer = what_if(city, solver, changes, city.links_named("heat:h1>industry:dairy"))
    assert total(answer, "production_hours_lost") == 0


def test_plants_are_linked_by_proposals(tmp_path: Path) -> None:
    """Water from the nearest junction; heat only from a consumer within 25 m."""
    write_city(tmp_path)
    write_heat(tmp_path)
    write_plants(tmp_path, changed("mill", needs_heat=True))
    toml = tmp_path / "city.toml"
    text = toml.read_text(encoding="utf-8") + '\n[heat]\nnetwork = "heat.geojson"\n'
    toml.write_text(text + '\n[industry]\nsites = "sites.geojson"\n', encoding="utf-8")
    links = Linker(load_city(tmp_path).domains).propose().links
    found = {
        (one.target.port, one.target.asset) for one in links if one.target.domain == "industry"
    }
    assert found == {("water", "dairy")}  # the grid has no places, and no consumer is near


def test_a_city_of_plants_that_need_nothing_but_power(tmp_path: Path) -> None:
    write_city(tmp_path)
    write_plants(tmp_path, changed("dairy", needs_heat=False, needs_water=False))
    toml = tmp_path / "city.toml"
    text = toml.read_text(encoding="utf-8")
    toml.write_text(text + '\n[industry]\nsites = "sites.geojson"\n', encoding="utf-8")
    answer = asked(load_city(tmp_path), "industry:dairy out 06:00-08:00")
    assert total(answer, "production_hours_lost") == pytest.approx(4.5)
