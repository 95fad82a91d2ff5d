"""Proposed links: by id, service area, way along the streets, straight line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small_map import SmallMap
from toy import Toy

from kopa.city.linker import SAME_ID, STRAIGHT, STREETS, ZONE, Linker, _nearest_shape
from kopa.geo.read_osm import read_streets
from kopa.geo.streets import Streets
from kopa.model import Assets, End, Match, Port, Ports, Shapes


class Placed(Toy):
    """Offers `water` at some places."""

    rows: tuple[tuple[str, str, str, float, float], ...] = ()
    port = "water"

    def assets(self) -> Assets:
        ids, names, zones, x, y = zip(*self.rows, strict=True)
        kinds = ("thing",) * len(ids)
        return Assets(self.name, ids, kinds, names, np.array(x), np.array(y), zones=zones)

    def ports(self) -> Ports:
        return (Port(self.port, "out", np.arange(len(self.rows))),)


class Wanting(Placed):
    """Needs `water` at some places."""

    match = Match()
    flag = False

    def ports(self) -> Ports:
        rows = np.arange(len(self.rows))
        return (Port("water", "in", rows, flag=self.flag, match=self.match),)


def source(*rows: tuple[str, str, str, float, float]) -> Placed:
    made = Placed("supply")
    made.rows = rows
    return made


def target(*rows: tuple[str, str, str, float, float], match: Match | None = None) -> Wanting:
    made = Wanting("homes")
    made.rows = rows
    made.match = match or Match()
    return made


def u_shaped(folder: Path) -> Streets:
    """Two streets side by side that meet far away only."""
    small = SmallMap()
    for number, (north, east) in enumerate([(0, 0), (5, 0), (5, 0.5), (0, 0.5)]):
        small.node(number + 1, north, east)
    small.node(9, 0, 1.2)
    small.way(1, 1, 2, highway="residential")
    small.way(2, 2, 3, highway="residential")
    small.way(3, 3, 4, highway="residential")
    small.way(4, 4, 9, highway="residential")
    return read_streets(small.write(folder / "map.osm"))[0]


def chosen(links: object) -> dict[str, tuple[str, str]]:
    return {
        link.target.asset: (link.source.asset, link.note.split(",")[0])
        for link in links  # type: ignore[attr-defined]
    }


def test_the_same_id_goes_before_everything() -> None:
    supply = source(("a", "h1", "", 1000.0, 0.0), ("b", "", "", 0.0, 0.0))
    homes = target(("h1", "", "", 0.0, 0.0), ("h2", "", "", 0.0, 0.0))
    found = Linker({"supply": supply, "homes": homes}).propose()
    assert chosen(found.links) == {"h1": ("a", SAME_ID), "h2": ("b", STRAIGHT)}
    assert not found.findings


def test_the_service_area_goes_before_distance() -> None:
    supply = source(("a", "", "Old Town", 200.0, 0.0), ("b", "", "Port", 10.0, 0.0))
    homes = target(("h", "", "old-town", 0.0, 0.0), ("k", "", "Hills", 0.0, 0.0))
    found = Linker({"supply": supply, "homes": homes}).propose()
    assert chosen(found.links) == {"h": ("a", ZONE), "k": ("b", STRAIGHT)}


def test_the_way_along_the_streets_goes_before_the_straight_line(tmp_path: Path) -> None:
    streets = u_shaped(tmp_path)
    ends = {int(osm): row for row, osm in enumerate(streets.node_osm)}

    def at(osm: int) -> tuple[float, float]:
        return float(streets.x[ends[osm]]), float(streets.y[ends[osm]])

    supply = source(("across", "", "", *at(1)), ("along", "", "", *at(9)))
    homes = target(("h", "", "", *at(4)))
    straight = Linker({"supply": supply, "homes": homes}).propose()
    on_foot = Linker({"supply": supply, "homes": homes}, streets).propose()
    assert chosen(straight.links)["h"] == ("across", STRAIGHT)
    assert chosen(on_foot.links)["h"] == ("along", STREETS)


def test_far_links_are_doubtful_and_told() -> None:
    found = Linker(
        {"supply": source(("a", "", "", 2000.0, 0.0)), "homes": target(("h", "", "", 0.0, 0.0))}
    ).propose()
    assert found.links[0].confidence < 0.01
    (finding,) = found.findings
    assert (finding.code, finding.asset) == ("links.doubtful", "homes:h")


def test_what_is_gathered_goes_to_the_nearest_target() -> None:
    """Each source once, its flow summed up; what is too far goes nowhere."""
    supply = source(("a", "", "", 0.0, 0.0), ("b", "", "", 10.0, 0.0), ("c", "", "", 900.0, 0.0))
    places = (("left", "", "", 0.0, 5.0), ("mid", "", "", 6.0, 0.0), ("none", "", "", -99.0, 0.0))
    homes = target(*places, match=Match("water", 100.0, gathers=True))
    linker = Linker({"supply": supply, "homes": homes})
    found = linker.propose().links
    assert [(link.source.asset, link.target.asset) for link in found] == [
        ("a", "left"),
        ("b", "mid"),
    ]
    assert {link.rule for link in found} == {"sum"}
    only = linker.propose({End("homes", "water", "left")}).links
    assert [link.source.asset for link in only] == ["a"]


def test_a_source_of_the_targets_id_goes_to_it_however_far() -> None:
    supply = source(("plant", "", "", 5000.0, 0.0), ("b", "", "", 5000.0, 0.0))
    places = (("plant", "", "", 0.0, 0.0), ("other", "", "", 4990.0, 0.0))
    homes = target(*places, match=Match("water", 100.0, gathers=True))
    found = Linker({"supply": supply, "homes": homes}).propose().links
    assert [(link.source.asset, link.target.asset) for link in found] == [
        ("plant", "plant"),
        ("b", "other"),
    ]
    assert [link.note for link in found] == [SAME_ID, f"{STRAIGHT}, 10 m"]


def test_what_is_gathered_goes_to_the_nearest_line() -> None:
    """Of lines, not of their middles; where two meet, to the last."""
    shapes = Shapes(
        np.array([0, 1, 2]),
        np.array([0, 2, 4, 5]),
        np.array([0.0, 1000.0, 1000.0, 1200.0, 300.0]),
        np.array([0.0, 0.0, 0.0, 0.0, 50.0]),
    )
    points = np.array([[100.0, 10.0], [1000.0, 20.0], [300.0, 45.0]])
    assert _nearest_shape(shapes, np.array([0, 1]), points) == ([0, 1, 0], [10.0, 20.0, 45.0])
    assert _nearest_shape(shapes, np.arange(3), points) == ([0, 1, 2], [10.0, 20.0, 5.0])
    assert _nearest_shape(shapes, np.arange(0), points)[0] == [-1, -1, -1]


def test_a_disturbance_takes_every_source_within_reach() -> None:
    curve = ((0.0, 1.0), (1.0, 0.0))
    supply = source(("a", "", "", 5.0, 0.0), ("b", "", "", 0.0, 8.0), ("c", "", "", 50.0, 0.0))
    homes = target(("h", "", "", 0.0, 0.0), match=Match("water", 10.0, curve=curve))
    found = Linker({"supply": supply, "homes": homes}).propose().links
    assert [link.source.asset for link in found] == ["a", "b"]
    assert {(link.rule, link.curve) for link in found} == {("curve", curve)}


def test_only_what_is_wanted_is_proposed() -> None:
    supply = source(("a", "", "", 0.0, 0.0))
    homes = target(("h", "", "", 0.0, 0.0), ("k", "", "", 0.0, 0.0))
    found = Linker({"supply": supply, "homes": homes}).propose({End("homes", "water", "k")})
    assert [link.target.asset for link in found.links] == ["k"]


def test_a_flag_counts_from_half_on() -> None:
    homes = target(("h", "", "", 0.0, 0.0))
    homes.flag = True
    (link,) = Linker({"supply": source(("a", "", "", 0.0, 0.0)), "homes": homes}).propose().links
    assert link.threshold == 0.5


@pytest.mark.parametrize("place", [float("nan"), 0.0])
def test_what_has_no_place_gets_no_link(place: float) -> None:
    supply = source(("a", "", "", place, 0.0))
    found = Linker({"supply": supply, "homes": target(("h", "", "", 0.0, 0.0))}).propose()
    assert len(found.links) == (0 if np.isnan(place) else 1)


class PassingOn(Wanting):
    """Needs `water`, and offers what it has in a store of its own."""

    def ports(self) -> Ports:
        rows = np.arange(len(self.rows))
        return (Port("water", "in", rows), Port("water", "out", rows))


def test_who_only_passes_on_is_no_source() -> None:
    hospital = PassingOn("sites")
    hospital.rows = (("hospital", "", "", 0.0, 0.0),)
    supply = source(("far", "", "", 80.0, 0.0))
    homes = target(("h", "", "", 0.0, 0.0))
    found = Linker({"supply": supply, "sites": hospital, "homes": homes}).propose()
    assert {link.source.domain for link in found.links} == {"supply"}
    assert {link.target.domain for link in found.links} == {"sites", "homes"}
