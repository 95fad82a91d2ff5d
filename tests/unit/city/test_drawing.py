"""The map of a report: networks and ground in one CRS."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small_city import write_city
from small_map import town

from kopa.city.drawing import Drawing, drawing
from kopa.city.load import load_city
from kopa.city.new import new_city
from kopa.city.survey import Wishes


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Drawing:
    home = tmp_path_factory.mktemp("new")
    small = town()
    corners = [(1, 1), (1, 3), (3, 3), (3, 1), (2, 2), (2, 4), (4, 4), (4, 2)]
    nodes = [small.node(500 + at, *xy) for at, xy in enumerate(corners)]
    small.way(300, *nodes[:4], nodes[0], landuse="forest")
    small.way(301, *nodes[4:], nodes[4], landuse="forest")  # they overlap
    new_city(Wishes(small.write(home / "town.osm")), home / "city")
    answer = drawing(load_city(home / "city"))
    assert answer is not None
    return answer


def test_the_ground_lies_below_the_networks(found: Drawing) -> None:
    assert list(found.networks) == [
        "transport",
        "sewerage",
        "water",
        "energy",
        "places",
        "treatment",
        "waste",
        "health",
        "safety",
        "emergency",
        "education",
        "egov",
        "ebusiness",
    ]
    assert [(one.layer, one.kind, one.closed) for one in found.ground] == [
        ("green", "wood", True), ("roads", "minor", False), ("roads", "main", False),
    ]  # fmt: skip
    west, south, east, north = found.box
    for one in found.ground:
        assert one.first[0] == 0
        assert one.first[-1] == len(one.x) == len(one.y)
        assert one.x.min() > west - 50
        assert one.x.max() < east + 50
        assert one.y.min() > south - 50
        assert one.y.max() < north + 50


def test_areas_that_overlap_leave_no_hole(found: Drawing) -> None:
    """Two squares of 4 blocks that share one: 7 blocks of 109.6 m by 111.4 m (WGS 84)."""
    wood = found.ground[0]
    assert len(wood.first) == 2
    closed = np.roll(wood.x, -1) * wood.y - np.roll(wood.y, -1) * wood.x
    assert abs(closed.sum()) / 2 == pytest.approx(7 * 109.6 * 111.4, rel=0.01)


def test_a_city_without_a_base_map_is_drawn_alone(tmp_path: Path) -> None:
    answer = drawing(load_city(write_city(tmp_path)))
    assert answer is not None
    assert answer.ground == ()
    assert answer.box == (0, 0, 30, 10)
