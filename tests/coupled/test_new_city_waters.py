"""Rain in a made city: sewers overflow, the river takes it, the plant gets more, bathers wait."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from small_map import river_town

from kopa.city.load import City, load_city
from kopa.city.new import Identity, Made, new_city
from kopa.city.survey import Wishes
from kopa.city.whatif import WhatIf, what_if
from kopa.model import Window

DAY = Window(0, 3600, 24, datetime.date(2025, 7, 1))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("waters")
    osm = river_town().write(folder / "town.osm")
    return new_city(
        Wishes(osm, population=1200), folder / "city", Identity("LV", "Europe/Riga", ("lv", "en"))
    )


@pytest.fixture(scope="module")
def city(made: Made) -> City:
    return load_city(made.folder)


@pytest.fixture(scope="module")
def wet(city: City) -> WhatIf:
    change = city.change("sewerage:network rain 40 mm/h 08:00-09:00")
    return what_if(city, city.solver(DAY), [change])


def test_every_overflow_and_inflow_reaches_something(made: Made, city: City) -> None:
    assert not [f for f in city.findings if f.severity != "info"]
    linked = {(str(link.source), link.target.domain, link.rule) for link in city.links}
    sewers, ports = city.domains["sewerage"].assets(), city.domains["sewerage"].ports()
    for port, target in (("overflow", "environment"), ("inflow", "treatment")):
        (out,) = [one for one in ports if one.name == port]
        assert len(out.rows)
        for row in out.rows:
            assert (f"sewerage:{sewers.ids[row]}", target, "sum") in linked
    assert ("treatment:WWTP", "environment", "sum") in linked
    powered = [link for link in city.links if str(link.target) == "treatment:WWTP"]
    (power,) = [link for link in powered if link.target.port == "electricity"]
    assert (power.source.domain, power.note) == ("energy", "same id")
    (inflow,) = [link for link in powered if link.target.port == "inflow"]
    assert inflow.note == "same id"


def test_dry_flow_of_sewers_and_plant_agree(city: City, wet: WhatIf) -> None:
    """Two designs that know nothing of one another reckon the same people alike."""
    (plant,) = city.domains["treatment"].treatment.plants  # type: ignore[attr-defined]
    dry = wet.baseline.inputs["treatment"]["inflow"][:, 0].mean() * 86.4
    assert plant.inflow.dry_m3_d == pytest.approx(dry, rel=0.25)
    storm = wet.solution.inputs["treatment"]["inflow"][:, 0].max() * 86.4
    assert dry < storm <= 1.5 * plant.inflow.greatest_m3_d


def test_a_storm_is_followed_down_to_the_bathers(wet: WhatIf) -> None:
    assert wet.status == "ok"
    gained = {effect.quantity: effect.mid.sum() for effect in wet.effects}
    assert gained["sewage_received"] > 0
    assert gained["nitrogen_discharged"] > 0
    events = wet.solution.results["environment"].events
    number = next(n for n, event in enumerate(events) if event.what == "overflow")
    path = wet.explanation.path("environment", number)
    assert (path[0].domain, path[0].what) == ("sewerage", "rain")
    assert path[-1].domain == "environment"
    alert = next(n for n, event in enumerate(events) if event.what == "bathing_alert")
    whole = [(step.domain, step.what) for step in wet.explanation.path("environment", alert)]
    assert ("sewerage", "rain") in whole
    assert ("treatment", "storm") in whole
    assert "environment.bathing-alert" in {finding.code for finding in wet.findings}
    inflow = wet.solution.results["treatment"].events
    assert inflow
    first = wet.explanation.path("treatment", 0)
    assert (first[0].domain, first[0].what) == ("sewerage", "rain")


def test_what_does_not_touch_them_runs_neither(city: City) -> None:
    solver = city.solver(DAY)
    answer = what_if(city, solver, [city.change("water:P3-3 burst 60 L/s 08:00-14:00")])
    assert answer.status == "ok"
    for name in ("treatment", "environment"):
        assert answer.solution.runs[name] == 0
        assert answer.solution.results[name] is answer.baseline.results[name]


def test_without_a_river_there_is_no_section(tmp_path: Path) -> None:
    from small_map import town

    made = new_city(Wishes(town().write(tmp_path / "town.osm"), population=1200), tmp_path / "city")
    assert "[environment]" not in (made.folder / "city.toml").read_text("utf-8")
    assert "design.environment-no-river" in {finding.code for finding in made.findings}
    assert "environment" not in load_city(made.folder).domains
