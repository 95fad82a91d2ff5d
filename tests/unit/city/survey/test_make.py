"""What a map says of a city: who lives and works where, and along which streets."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from shared_data import data
from small_map import SmallMap, town

from kopa.city.survey import Wishes, make_survey
from kopa.city.survey.people import M2_PER_RESIDENT, apportioned
from kopa.domain.design import Survey
from kopa.errors import InputError
from kopa.model.graph import components


def survey_of(
    small: SmallMap, folder: Path, population: int = 0, people: Path | None = None
) -> Survey:
    osm = small.write(folder / "town.osm")
    return make_survey(Wishes(osm, population=population, people=people))[0]


def test_people_are_spread_over_the_floors_of_homes(tmp_path: Path) -> None:
    survey = survey_of(town(), tmp_path, population=1001)
    spots = survey.spots
    homes = spots.homes
    assert Counter(spots.kinds) == {
        "home": 50,
        "hospital": 1,
        "school": 1,
        "shop": 1,
        "industry": 1,
    }
    assert spots.people[homes].sum() == 1001
    each = spots.people[homes & (spots.floor_area > 1500)]
    assert set(each.tolist()) <= {19.0, 20.0, 21.0}


def test_without_a_number_the_homes_are_full(tmp_path: Path) -> None:
    survey = survey_of(town(), tmp_path)
    spots = survey.spots
    area = spots.floor_area[spots.homes].sum()
    assert spots.people[spots.homes].sum() == round(area / M2_PER_RESIDENT)


def test_a_shop_takes_a_part_of_its_house(tmp_path: Path) -> None:
    small = SmallMap()
    small.node(1, 0, 0)
    small.node(2, 0, 2)
    small.way(1, 1, 2, highway="residential")
    small.house(5, 0.1, 1, building="apartments", building__levels="3")
    small.node(9, 0.1, 1, shop="bakery")
    spots = survey_of(small, tmp_path, population=10).spots
    area = dict(zip(spots.ids, spots.floor_area.tolist(), strict=True))
    footprint = (area["w5"] + area["n9"]) / 3
    assert area["n9"] == pytest.approx(150.0)
    assert footprint == pytest.approx(20.0 * 19.7, rel=0.05)


def test_a_hospital_on_its_ground_takes_the_houses_there(tmp_path: Path) -> None:
    small = town(4)
    corners = [(1.2, 1.2), (1.2, 1.8), (1.8, 1.8), (1.8, 1.2)]
    refs = [small.node(90_000 + i, n, e) for i, (n, e) in enumerate(corners)]
    small.way(9000, *refs, refs[0], amenity="hospital", name="Ground")
    small.house(30_001, 1.4, 1.5, building="yes", building__levels="5")
    small.house(30_002, 1.6, 1.5, building="hospital")
    spots = survey_of(small, tmp_path).spots
    at = spots.ids.index("w9000")
    assert spots.kinds[at] == "hospital"
    assert "w30001" not in spots.ids
    assert "w30002" not in spots.ids
    assert spots.floor_area[at] == pytest.approx((5 + 4) * 20.0 * 19.7, rel=0.05)


def test_land_says_what_a_plain_building_is(tmp_path: Path) -> None:
    small = town(4)
    corners = [(0.0, 0.0), (0.0, 3.0), (3.0, 3.0), (3.0, 0.0)]
    refs = [small.node(90_000 + i, n, e) for i, (n, e) in enumerate(corners)]
    small.way(9000, *refs, refs[0], landuse="industrial")
    small.house(30_001, 1.5, 1.5, building="yes")
    spots = survey_of(small, tmp_path).spots
    assert spots.kinds[spots.ids.index("w30001")] == "industry"


def test_mains_join_everybody_and_leave_dead_ends_out(tmp_path: Path) -> None:
    small = town()
    for number in range(3):
        small.node(5000 + number, 5 + number, 0.0)
    small.way(500, 1500, 5001, 5002, highway="residential")  # leads to nobody
    small.node(6000, 2.0, 7.0)
    small.node(6001, 2.0, 9.0)
    small.way(600, 1205, 6000, highway="footway")
    small.way(601, 6000, 6001, highway="residential")
    small.house(40_000, 2.1, 8.5, building="house")
    survey = survey_of(small, tmp_path, population=500)
    streets, mains = survey.streets, survey.mains
    chosen = {streets.ids[row] for row in np.flatnonzero(mains)}
    assert not chosen & {"500-1"}
    assert {"600-1", "601-1"} <= chosen
    rows = np.flatnonzero(mains)
    label = components(streets.nodes, streets.a[rows], streets.b[rows])
    assert len(set(label[streets.a[rows]].tolist())) == 1
    assert mains[survey.spots.edge].all()


def test_zones_are_the_suburbs_of_the_map(tmp_path: Path) -> None:
    assert set(survey_of(town(), tmp_path).spots.zones) == {"Centre"}


def test_people_on_cells_where_there_are_no_buildings(tmp_path: Path) -> None:
    small = SmallMap()
    for number in range(5):
        small.node(number + 1, 0, number)
    small.way(1, 1, 2, 3, 4, 5, highway="residential")
    for number in range(3):  # a crossing at each node
        small.node(20 + number, 1, number + 1)
        small.way(20 + number, number + 2, 20 + number, highway="residential")
    cells = tmp_path / "cells.csv"
    cells.write_text(
        "id,lon,lat,population,schools\n"
        "a,24.1018,56.9502,100,1\nb,24.1054,56.9502,50,0\n", encoding="utf-8",
    )  # fmt: skip
    spots = survey_of(small, tmp_path, people=cells).spots
    assert spots.people[spots.homes].sum() == 150
    by_cell = dict(zip(spots.ids, spots.people.tolist(), strict=True))
    assert sum(p for i, p in by_cell.items() if i.startswith("a-") and "school" not in i) == 100
    assert spots.kinds[spots.ids.index("a-school")] == "school"


def test_a_map_without_homes(tmp_path: Path) -> None:
    small = SmallMap()
    small.node(1, 0, 0)
    small.node(2, 0, 1)
    small.way(1, 1, 2, highway="residential")
    with pytest.raises(InputError, match="no building that could be a home"):
        survey_of(small, tmp_path)


def test_a_map_of_motorways_only(tmp_path: Path) -> None:
    small = SmallMap()
    small.node(1, 0, 0)
    small.node(2, 0, 1)
    small.way(1, 1, 2, highway="motorway")
    small.house(5, 0.1, 0.5, building="house")
    with pytest.raises(InputError, match="mains could run along"):
        survey_of(small, tmp_path)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("lon,lat\n1,2\n", ["people.missing-column"]),
        ("lon,lat,population\n24.1,56.9,many\n24.1,,5\n", ["people.number", "people.number"]),
        ("lon,lat,population\n", ["people.empty"]),
        ("lon,lat,population\n24.1,56.9,-5\n", ["people.number"]),
    ],
)
def test_broken_cells(tmp_path: Path, text: str, codes: list[str]) -> None:
    cells = tmp_path / "cells.csv"
    cells.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        survey_of(town(), tmp_path, people=cells)
    assert [finding.code for finding in caught.value.findings] == codes


def test_apportioned_adds_up() -> None:
    assert apportioned(10, np.array([1.0, 1, 1])).tolist() == [4, 3, 3]
    assert apportioned(7, np.array([0.0, 5.0])).tolist() == [0, 7]
    assert apportioned(7, np.zeros(2)).tolist() == [0, 0]


@pytest.mark.parametrize(
    ("parts", "least_people", "spots"),
    [(("laquila", "laquila.osm.pbf"), 40_000, 6000), (("monaco.osm.pbf",), 10_000, 1000)],
)
def test_real_maps(parts: tuple[str, ...], least_people: int, spots: int) -> None:
    survey, findings = make_survey(Wishes(data("city", *parts)))
    assert survey.spots.people[survey.spots.homes].sum() > least_people
    assert len(survey.spots) > spots
    assert not [f for f in findings if f.severity == "error"]
