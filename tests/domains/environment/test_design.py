"""Rivers of a small map become reaches that the domain reads: in order, of like length, whole."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from shared_data import data
from small_map import SmallMap, river_town, town

from kopa.city.survey import Wishes, make_survey
from kopa.domain.design import Design, Survey
from kopa.domain.rules import rules
from kopa.domains.environment.design import DESIGNER
from kopa.domains.environment.design.draw import PACKAGE, draw, sizes
from kopa.domains.environment.design.reaches import Line, Reach, cut, joined, without_short
from kopa.domains.environment.domain import load

RULES = rules(PACKAGE)
Features = list[dict[str, Any]]


def surveyed(folder: Path, small: SmallMap) -> Survey:
    return make_survey(Wishes(small.write(folder / "town.osm"), population=1200))[0]


def features(file: Path) -> Features:
    found: Features = json.loads(file.read_text("utf-8"))["features"]
    return found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Design, Path]:
    folder = tmp_path_factory.mktemp("city")
    return DESIGNER.draw(surveyed(folder, river_town()), folder, lambda text: None), folder


def test_the_domain_reads_it_without_a_word(made: tuple[Design, Path]) -> None:
    design, folder = made
    domain, findings = load(design.settings, folder)
    assert findings == ()
    rivers = domain.environment.rivers
    assert len(rivers) == design.counts["reaches"]
    assert (rivers.downstream >= 0).sum() == len(rivers) - 1  # one mouth


def test_reaches_follow_the_map_downstream(made: tuple[Design, Path]) -> None:
    """The river of 23 blocks of about 110 m, and the brook of 7; the far one is left out."""
    rows = {f["properties"]["id"]: f for f in features(made[1] / "environment/rivers.geojson")}
    assert {f["properties"].get("name") for f in rows.values()} == {"Upper", "Lower", "Brook"}
    for feature in rows.values():
        below = feature["properties"].get("downstream")
        if below is not None:
            end = np.array(feature["geometry"]["coordinates"][-1])
            begin = np.array(rows[below]["geometry"]["coordinates"][0])
            assert np.hypot(*(end - begin)) <= RULES["shortest"]
    length = [shapely.LineString(f["geometry"]["coordinates"]).length for f in rows.values()]
    assert RULES["shortest"] <= min(length) < max(length) <= RULES["longest"] + 1
    assert made[0].counts["waters_km"] == pytest.approx(sum(length) / 1000, abs=0.06)


def test_what_is_not_of_the_map_says_so(made: tuple[Design, Path]) -> None:
    for file in made[0].files:
        for feature in features(made[1] / file):
            assert feature["properties"]["origin"] == "synthetic"
            assert feature["properties"]["osm"][0] in "nwr"
    rows = [f["properties"] for f in features(made[1] / "environment/rivers.geojson")]
    upper = [row for row in rows if row.get("name") == "Upper"]
    assert {(row["width_m"], row["width_from"]) for row in upper} == {(30.0, "OpenStreetMap")}
    assert {row["width_from"] for row in rows if row.get("name") == "Brook"} == {"rule"}


def test_bathing_waters_are_those_on_a_reach(made: tuple[Design, Path]) -> None:
    (beach,) = features(made[1] / "environment/bathing.geojson")
    assert beach["properties"]["name"] == "Town beach"
    rows = {f["properties"]["id"]: f for f in features(made[1] / "environment/rivers.geojson")}
    line = shapely.LineString(rows[beach["properties"]["reach"]]["geometry"]["coordinates"])
    assert line.distance(shapely.Point(beach["geometry"]["coordinates"])) < 20


def test_a_reach_carries_all_that_comes_from_above() -> None:
    """By hand: a river of 20 x 1 m at 0.5 m/s is 10 m³/s; two of them make 20.

    Width and depth then grow by √2 and 2^0.4; at a width of 40 m on the map the flow is 40.
    """
    line = Line(1, "river", "", float("nan"), 1, 2, np.array([[0.0, 0.0], [600.0, 0.0]]))
    found = [Reach("a", line, 2), Reach("b", line, 2), Reach("c", line, -1)]
    flow, width, depth = sizes(RULES, found)
    assert flow == pytest.approx([10, 10, 20])
    assert width == pytest.approx([20, 20, 20 * 2**0.5])
    assert depth == pytest.approx([1, 1, 2**0.4])
    wide = [Reach("w", replace(line, width=40.0), -1)]
    assert [array[0] for array in sizes(RULES, wide)] == pytest.approx([40, 40, 4**0.4])


def test_short_lines_go_to_the_greatest_neighbour_above() -> None:
    """Two rivers meet 50 m above a brook: the first takes the 50 m, all meet at one node then."""
    nan = float("nan")

    def line(way: int, kind: str, begin: int, end: int, *xy: tuple[float, float]) -> Line:
        return Line(way, kind, "", nan, begin, end, np.array(xy))

    given = [
        line(1, "river", 1, 3, (0, 0), (900, 0)),
        line(2, "river", 2, 3, (400, 300), (900, 0)),
        line(3, "river", 3, 4, (900, 0), (950, 0)),
        line(4, "stream", 5, 4, (950, 400), (950, 0)),
        line(5, "river", 4, 6, (950, 0), (1500, 0)),
    ]
    found = {one.way: one for one in without_short(given, 150.0)}
    assert sorted(found) == [1, 2, 4, 5]
    assert found[1].length == pytest.approx(950)
    assert {one.end for one in found.values()} == {4, 6}


def test_lines_of_a_kind_are_joined_and_rings_end() -> None:
    nan, xy = float("nan"), np.array([[0.0, 0.0], [10.0, 0.0]])
    row = [Line(n, "canal", "", nan, n, n + 1, xy + [10.0 * n, 0.0]) for n in (1, 2, 3)]
    (whole,) = joined(row)
    assert (whole.begin, whole.end) == (1, 4)
    assert whole.length == pytest.approx(30)
    ring = [Line(n, "canal", "", nan, n, n % 3 + 1, xy) for n in (1, 2, 3)]
    assert len(joined(ring)) == 1


def test_a_line_is_cut_into_like_parts() -> None:
    parts = cut(np.array([[0.0, 0.0], [100.0, 0.0], [100.0, 200.0]]), 3)
    assert [shapely.LineString(part).length for part in parts] == pytest.approx([100, 100, 100])
    assert (parts[0][-1] == parts[1][0]).all()


def test_a_ring_of_canals_gives_files_that_can_be_read(tmp_path: Path) -> None:
    """Water that is drawn in a ring has no order: it is left out, the rest stays."""
    small = river_town()
    for number, (north, east) in enumerate([(7, 0), (7, 5), (11, 5), (11, 0)]):
        small.node(5500 + number, north, east)
    small.way(910, 5500, 5501, 5502, waterway="canal")
    small.way(911, 5502, 5503, 5500, waterway="canal")
    design = draw(surveyed(tmp_path, small), tmp_path)
    assert load(design.settings, tmp_path)[1] == ()


def test_without_a_river_nothing_is_written(tmp_path: Path) -> None:
    small = town()
    small.node(5000, -1, 0)
    small.node(5001, -1, 3)
    small.way(901, 5000, 5001, waterway="stream")  # 330 m: a pond's outlet
    small.way(902, 5001, 5000, natural="coastline")
    design = draw(surveyed(tmp_path, small), tmp_path)
    assert (design.settings, design.files) == ({}, ())
    (finding,) = design.findings
    assert (finding.code, finding.severity) == ("design.environment-no-river", "info")
    assert not (tmp_path / "environment").exists()


def test_a_country_of_rivers(tmp_path: Path) -> None:
    """All of Liechtenstein: the Rhine and its brooks, in one order, within the greatest number."""
    osm = data("city/liechtenstein.osm.pbf")
    design = draw(make_survey(Wishes(osm))[0], tmp_path)
    domain, findings = load(design.settings, tmp_path)
    assert findings == ()
    rivers = domain.environment.rivers
    assert 100 < len(rivers) <= RULES["most"]
    assert any("Rhein" in name for name in rivers.names)
    above = np.zeros(len(rivers))
    inner = rivers.downstream >= 0
    np.add.at(above, rivers.downstream[inner], rivers.flow[inner])
    assert (rivers.flow >= above * 0.999).all()
