"""A plant by rule: where it stands, how large it is, and that it works on a dry day."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from small_map import SmallMap, town

from kopa.city.survey import Wishes, make_survey
from kopa.domain.design import Site, Survey
from kopa.domain.rules import rules
from kopa.domains.sewerage.design.draw import PACKAGE as SEWERAGE
from kopa.domains.treatment.design import DESIGNER
from kopa.domains.treatment.design.draw import ID, PACKAGE, place, size_of
from kopa.domains.treatment.domain import load
from kopa.domains.treatment.network import WastewaterPlant
from kopa.domains.treatment.permit import held
from kopa.domains.treatment.read_plant import read_one
from kopa.domains.treatment.wastewater import model_window, simulate, usual
from kopa.model import Window

RULES = rules(PACKAGE)


def surveyed(folder: Path, small: SmallMap | None = None) -> Survey:
    return make_survey(Wishes((small or town()).write(folder / "town.osm"), population=1200))[0]


def drawn(survey: Survey, folder: Path) -> WastewaterPlant:
    DESIGNER.draw(survey, folder, lambda text: None)
    plant, findings = read_one(folder / "treatment" / "wwtp.toml")
    assert findings == ()  # nothing is taken that the file does not say
    assert isinstance(plant, WastewaterPlant)
    return plant


def test_it_stands_where_the_map_has_one(tmp_path: Path) -> None:
    small = town()
    small.house(300_001, -3, 2, man_made="wastewater_plant", name="Plant South")
    small.node(300_002, -9, 2, man_made="wastewater_plant", name="Plant of another town")
    survey = surveyed(tmp_path, small)
    design = DESIGNER.draw(survey, tmp_path, lambda text: None)
    plant, _ = read_one(tmp_path / "treatment" / "wwtp.toml")
    assert (plant.place.id, plant.place.name, plant.place.origin) == (
        ID,
        "Plant South",
        "synthetic",
    )
    assert "w300001" in (tmp_path / "treatment" / "wwtp.toml").read_text("utf-8")
    assert plant.place.y == pytest.approx(survey.streets.y.min() - 3 * 111.3, abs=25)
    (site,) = design.sites
    assert site.id == "treatment:WWTP"
    assert site.x == pytest.approx(plant.place.x, abs=0.01)
    assert survey.streets.y[site.node] == pytest.approx(survey.streets.y.min(), abs=25)


def test_else_where_the_sewers_end_else_at_the_lowest_main(tmp_path: Path) -> None:
    survey = surveyed(tmp_path)
    low = int(np.argmin(survey.ground))
    assert place(RULES, survey).node == low
    end = Site("sewerage:WWTP", "treatment_plant", 1.0, 2.0, 0.0, 3)
    pump = Site("sewerage:PU", "pump", 8.0, 9.0, 5.0, 4)
    found = place(RULES, replace(survey, sites=(pump, end)))
    assert (found.x, found.y, found.node) == (1.0, 2.0, 3)


def test_a_plant_far_away_is_another_towns(tmp_path: Path) -> None:
    small = town()
    small.node(300_002, -90, 2, man_made="wastewater_plant")
    assert not place(RULES, surveyed(tmp_path, small)).osm


def test_the_size_by_hand(tmp_path: Path) -> None:
    """1000 residents at 130 L and 400 workers at 25 L: 140 m³/d, and 30 % from the ground."""
    survey = surveyed(tmp_path)
    spots = survey.spots
    kinds = tuple("home" if home else "business" for home in spots.homes)
    people = np.where(spots.homes, 1000 / spots.homes.sum(), 400 / (~spots.homes).sum())
    size = size_of(RULES, replace(survey, spots=replace(spots, kinds=kinds, people=people)))
    assert size.dry == pytest.approx(182)
    assert size.greatest == pytest.approx(140 * 1.8 * 2 + 42)
    assert size.persons == pytest.approx(140_000 / 130)
    assert size.storm_tank == pytest.approx(size.greatest / 48)


def test_it_reckons_as_the_design_of_sewers_does() -> None:
    others = rules(SEWERAGE)
    shared = {name for name in RULES if name.startswith("use.")} | {"dry_peak", "treated"}
    assert shared == ({n for n in others if n.startswith("use.")} | {"dry_peak", "treated"})
    assert {name: RULES[name] for name in shared} == {name: others[name] for name in shared}


@pytest.mark.parametrize("people", [1200, 60_000, 400_000])
def test_a_dry_day_holds_its_permit(tmp_path: Path, people: int) -> None:
    survey = surveyed(tmp_path)
    spots = replace(survey.spots, people=survey.spots.people * people / 1200)
    plant = drawn(replace(survey, spots=spots), tmp_path)
    fine = model_window(Window(0, 3600, 24))
    run = simulate(plant, fine, usual(fine.steps))
    assert run.overflow.sum() == 0
    assert abs(run.nitrogen_gap()) < 1e-6
    for one in held(plant, run):
        assert one.worst <= one.limit.limit_g_m3, one.limit.quantity


def test_limits_are_those_of_its_class(tmp_path: Path) -> None:
    """91/271/EEC: nitrogen from 10,000 persons on, stricter from 100,000."""
    survey = surveyed(tmp_path)

    def limits(people: int) -> dict[str, float]:
        spots = replace(survey.spots, people=survey.spots.people * people / 1200)
        DESIGNER.draw(replace(survey, spots=spots), tmp_path, lambda text: None)
        plant, _ = read_one(tmp_path / "treatment" / "wwtp.toml")
        assert isinstance(plant, WastewaterPlant)
        assert all(limit.source for limit in plant.permit)
        return {limit.quantity: limit.limit_g_m3 for limit in plant.permit}

    assert limits(900) == {"bod5": 25}
    assert limits(5_000) == {"bod5": 25, "cod": 125, "solids": 60}
    assert limits(40_000) == {"bod5": 25, "cod": 125, "solids": 35, "nitrogen": 15}
    assert limits(300_000)["nitrogen"] == 10


def test_the_domain_reads_it(tmp_path: Path) -> None:
    design = DESIGNER.draw(surveyed(tmp_path), tmp_path, lambda text: None)
    domain, _ = load(design.settings, tmp_path)
    assert domain.assets().ids == (ID,)
    assert design.counts["treatment_plants"] == 1
