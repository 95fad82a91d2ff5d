"""The base map: what is drawn of a map, where the sea is, what is left out of a city's file."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import shapely
from shared_data import data
from small_map import LAT, LON, STEP_LAT, STEP_LON, SmallMap, town

from kopa.errors import InputError
from kopa.geo.base_rules import LAYERS, rules
from kopa.geo.coast import sea
from kopa.geo.read_base import BaseMap, read_base, widened
from kopa.geo.write_base import write_base

BOX = (LON, LAT, LON + 5 * STEP_LON, LAT + 5 * STEP_LAT)


def a_map() -> SmallMap:
    small = town(6)
    ring = [small.node(500 + at, *xy) for at, xy in enumerate([(0, 0), (0, 2), (2, 2), (2, 0)])]
    small.way(300, *ring, ring[0], landuse="forest", name="Wood")
    small.way(301, 500, 502, waterway="river", name="River")
    small.way(302, 500, 501, railway="rail")
    small.way(303, 500, 501, railway="subway", tunnel="yes")
    small.way(304, *ring, ring[0], highway="pedestrian", area="yes")
    small.house(
        400_001, 1, 1, building="yes", addr__street="Brīvības iela", addr__housenumber="12",
        phone="+371 1", name="Kiosk",
    )  # fmt: skip
    small.node(600, 3, 3, **{"addr:street": "Brīvības iela", "addr:housenumber": "14"})
    small.node(601, 3, 3, **{"addr:housenumber": "99"})
    small.node(602, 400, 3, place="village", name="Far away")
    small.way(305, small.node(603, 400, 3), small.node(604, 401, 3), highway="primary")
    return small


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> BaseMap:
    return read_base(a_map().write(tmp_path_factory.mktemp("map") / "map.osm"), BOX)


def of(base: BaseMap, layer: str) -> list[tuple[str, str, str]]:
    return [
        (rule.kind, name, shape.geom_type)
        for rule, name, shape in zip(base.rules, base.names, base.shapes, strict=True)
        if rule.layer == layer
    ]


def test_rules_name_the_layers_of_the_page() -> None:
    assert {rule.layer for rule in rules().values()} <= set(LAYERS)
    roads = {rule.kind for rule in rules().values() if rule.layer == "roads"}
    assert roads == {"motorway", "main", "minor", "path", "rail"}


def test_each_thing_is_in_its_layer(base: BaseMap) -> None:
    assert of(base, "green") == [("wood", "Wood", "Polygon")]
    assert of(base, "water") == [("river", "River", "LineString")]
    assert of(base, "places") == [("suburb", "Centre", "Point")]
    assert Counter(kind for kind, _, _ in of(base, "roads")) == {"minor": 11, "main": 1, "rail": 1}
    assert ("main", "Column 1", "LineString") in of(base, "roads")
    assert {kind for _, _, kind in of(base, "buildings")} == {"Polygon"}
    assert all(name == "" for _, name, _ in of(base, "buildings"))


def test_main_roads_lie_over_minor_ones(base: BaseMap) -> None:
    kinds = [kind for kind, _, _ in of(base, "roads") if kind != "rail"]
    assert kinds == sorted(kinds, key=("minor", "main").index)


def test_houses_have_a_number_and_a_street(base: BaseMap) -> None:
    houses = base.houses
    assert set(zip(houses.streets, houses.numbers, strict=True)) == {
        ("Brīvības iela", "12"), ("Brīvības iela", "14"),
    }  # fmt: skip
    at = houses.numbers.index("12")
    assert np.allclose(
        (houses.lon[at], houses.lat[at]), (LON + STEP_LON, LAT + STEP_LAT), atol=1e-4
    )


def test_what_lies_far_away_is_not_drawn(base: BaseMap) -> None:
    west, south, east, north = widened(BOX)
    low_x, low_y, high_x, high_y = shapely.total_bounds(base.shapes)
    assert low_x >= west
    assert low_y >= south
    assert high_x <= east
    assert high_y <= north
    assert "Far away" not in base.names


def test_the_file_of_a_city_draws_the_same_and_tells_no_more(tmp_path: Path, base: BaseMap) -> None:
    source = a_map().write(tmp_path / "map.osm")
    target = tmp_path / "map" / "base.osm.pbf"
    write_base(source, target, widened(BOX))
    again = read_base(target, BOX)
    assert again.rules == base.rules
    assert again.names == base.names
    assert shapely.equals(again.shapes, base.shapes).all()
    assert again.houses.numbers == base.houses.numbers
    first = target.read_bytes()
    assert write_base(source, target, widened(BOX)) > 50
    assert target.read_bytes() == first  # the same map gives the same bytes
    tags: set[str] = set()
    import osmium

    for element in osmium.FileProcessor(str(target)):
        assert not getattr(element, "user", "")
        tags |= {tag.k for tag in element.tags}
    assert "phone" not in tags
    assert "building" in tags


def test_files_that_are_no_map_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_base(tmp_path / "no.osm.pbf", BOX)
    broken = tmp_path / "broken.osm.pbf"
    broken.write_bytes(b"\x00\x00\x00\x0dno map at all")
    for use in (
        lambda: read_base(broken, BOX),
        lambda: write_base(broken, tmp_path / "out.osm.pbf", BOX),
    ):
        with pytest.raises(InputError, match="read to its end"):
            use()


FRAME = (0.0, 0.0, 10.0, 10.0)


def line(*points: tuple[float, float]) -> np.ndarray:
    return np.array([shapely.LineString(points)], dtype=object)


def test_the_sea_lies_to_the_right_of_the_coast() -> None:
    """By hand: a coast from north to south at x = 4 has the sea, 4 × 10, in the west."""
    north_to_south, south_to_north = line((4, 12), (4, -2)), line((4, -2), (4, 12))
    west = sea(north_to_south, FRAME)
    assert west is not None
    assert [shape.bounds for shape in west] == [(0, 0, 4, 10)]
    east = sea(south_to_north, FRAME)
    assert east is not None
    assert sum(shape.area for shape in east) == 60


def test_an_island_is_a_hole_in_the_sea() -> None:
    ring = [(2, 2), (4, 2), (4, 4), (2, 4), (2, 2)]  # land inside: counter-clockwise
    water = sea(line(*ring), FRAME)
    assert water is not None
    assert sum(shape.area for shape in water) == 96
    lake = sea(line(*ring[::-1]), FRAME)
    assert lake is not None
    assert sum(shape.area for shape in lake) == 4


def test_a_coast_in_pieces_is_one_coast() -> None:
    pieces = np.concatenate([line((4, 12), (4, 6)), line((4, 6), (4, 6), (4, -2))])
    water = sea(pieces, FRAME)
    assert water is not None
    assert sum(shape.area for shape in water) == 40


def test_where_the_coast_ends_nobody_knows_the_sea() -> None:
    assert sea(line((4, 12), (4, 5)), FRAME) is None
    assert sea(line((40, 12), (40, 5)), FRAME) == []


@pytest.mark.parametrize(
    ("name", "box", "least"),
    [
        ("city/laquila/laquila.osm.pbf", (13.22, 42.27, 13.53, 42.43), 10_000),
        ("city/monaco.osm.pbf", (7.40, 43.72, 7.44, 43.755), 3_000),
    ],
)
def test_real_maps(name: str, box: tuple[float, ...], least: int, tmp_path: Path) -> None:
    west, south, east, north = box
    source = data(name)
    base = read_base(source, (west, south, east, north))
    assert len(base.rules) > least
    write_base(source, tmp_path / "base.osm.pbf", widened((west, south, east, north)))
    again = read_base(tmp_path / "base.osm.pbf", (west, south, east, north))
    assert Counter(again.rules) == Counter(base.rules)
    assert len(again.houses.lon) == len(base.houses.lon)
    codes = [finding.code for finding in base.findings]
    assert codes == (["osm.open-coast"] if "monaco" in name else [])
