"""Closures and ways to school in the town, by hand."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from domains.education.jobs import codes, runner
from domains.education.small import write_town
from domains.transport.small_streets import place

from kopa.geo.on_foot import walked
from kopa.geo.read_osm import read_streets
from kopa.geo.walking import Walks

EAST, NORTH = 243.4, 222.7
"""Streets from west to east and from south to north, m (WGS 84)."""


@pytest.fixture(name="town", scope="module")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_town(tmp_path_factory.mktemp("town"))


def test_children_of_a_closed_kindergarten_go_to_the_nearest_places(
    town: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Of eight of age 3 to 4 five fit into Moon, which is nearer, and three go to Star; of four
    of age 5 to 6 two fit, into Star alone."""
    code, found = runner(capfd, "closures")(town, "--closed", "k1", "--json")
    assert code == 0
    moves = {(one["to"], one["group"]): (one["children"], one["metres"]) for one in found["moves"]}
    assert moves == {
        ("k2", "3-4"): (5, pytest.approx(EAST + NORTH, abs=1)),
        ("k3", "3-4"): (3, pytest.approx(3 * EAST, abs=1)),
        ("k3", "5-6"): (2, pytest.approx(3 * EAST, abs=1)),
    }
    (school,) = found["schools"]
    assert (school["pupils"], school["moved"], school["unplaced"]) == (12, 10, 2)
    assert (school["reasons"], school["start"]) == (["out"], "08:00")
    assert (found["status"], found["ways"]) == ("partial", "streets")
    assert codes(found) == {"unplaced"}


def test_nobody_goes_farther_than_allowed_nor_to_what_closes_as_well(
    town: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    _, found = runner(capfd, "closures")(town, "--closed", "k1", "--within", 500, "--json")
    assert [(one["to"], one["children"]) for one in found["moves"]] == [("k2", 5)]
    _, found = runner(capfd, "closures")(town, "--closed", "k1", "k2", "--json")
    assert {one["to"] for one in found["moves"]} == {"k3"}
    # six places of age 3 to 4 for eight of Sun and four of Moon, who are nearer
    assert sum(one["children"] for one in found["moves"] if one["group"] == "3-4") == 6
    assert sum(one["unplaced"] for one in found["schools"]) == 12 + 4 - 6 - 2


def test_closures_in_words(town: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, text = runner(capfd, "closures")(town, "--closed", "education:k1", "--language", "lv")
    assert code == 0
    assert "Kurp dodas bērni" in text
    assert runner(capfd, "closures")(town, "--closed", "none")[0] == 2
    assert runner(capfd, "closures")(town)[0] == 2


def test_ways_without_streets_are_straight(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = write_town(tmp_path)
    file = folder / "city.toml"
    text = file.read_text("utf-8").replace('streets = "streets.osm.pbf"\n', "")
    file.write_text(text, "utf-8")
    code, found = runner(capfd, "closures")(folder, "--closed", "k1", "--json")
    assert (code, codes(found)) == (1, {"no-crs"})
    file.write_text(text + 'crs = "EPSG:32635"\n', "utf-8")
    _, found = runner(capfd, "closures")(folder, "--closed", "k1", "--json")
    assert found["ways"] == "straight"
    metres = {one["to"]: one["metres"] for one in found["moves"]}
    assert metres["k2"] == pytest.approx(np.hypot(EAST, NORTH), rel=0.01)
    assert "straight" in codes(found)


def test_metres_on_foot_are_those_of_the_shortest_ways(town: Path) -> None:
    streets, _ = read_streets(town / "streets.osm.pbf", "")
    nodes = np.arange(streets.nodes)
    found = walked(streets, nodes, nodes)
    walks = Walks(streets, streets.length)
    for start in nodes[:4].tolist():
        for end in nodes.tolist():
            way = walks.shortest(start, end)
            assert way is not None
            assert found[start, end] == pytest.approx(way.metres)


def test_the_way_to_school(town: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "way.geojson"
    home = ["--from", "{},{}".format(*place(9))]
    code, found = runner(capfd, "route")(town, *home, "--to", "s", "-o", file, "--json")
    assert code == 0
    assert found["shortest"]["metres"] == pytest.approx(4 * EAST, abs=2)
    assert found["safest"]["streets"] == ["Dead End", "Main Street"]
    assert found["safest"]["fast_m"] == pytest.approx(4 * EAST, abs=2)
    first = json.loads(file.read_text("utf-8"))["features"][0]["geometry"]["coordinates"]
    assert first[0] == pytest.approx(place(9), abs=1e-5)
    assert first[-1] == pytest.approx(place(1), abs=1e-5)
    assert runner(capfd, "route")(town, *home, "--to", "none")[0] == 2
    assert runner(capfd, "route")(town, "--from", "0,0", "--to", "s")[0] == 2
    assert runner(capfd, "route")(town, *home, "--to", "s", "--language", "lv")[0] == 0
