"""Addresses are found as people type them, and by place."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import shapely

from kopa.city.tiles.find_address import Addresses, folded, write_addresses
from kopa.geo.base_rules import Rule
from kopa.geo.read_base import BaseMap, Houses

ROAD, RAIL = Rule("roads", "line", "minor", 12), Rule("roads", "line", "rail", 10)
LON, LAT = 24.0, 57.0


def line(east: float) -> shapely.LineString:
    return shapely.LineString([(LON + east, LAT), (LON + east + 0.001, LAT)])


def base_map(numbers: tuple[str, ...]) -> BaseMap:
    streets = ("Brīvības iela", "Brīvības iela", "Čaka iela", "Straße")
    n = len(numbers)
    lon = LON + 0.001 * np.arange(n)
    lon[5:6] += 0.045  # another street of that name
    houses = Houses(("Brīvības iela",) * n, numbers, lon, np.full(n, LAT + 0.001))
    return BaseMap(
        (ROAD,) * 4 + (RAIL,),
        (*streets, "Līnija Rīga–Valka"),
        np.array([line(0.0), line(0.01), line(0.02), line(0.03), line(0.04)], dtype=object),
        houses,
    )


@pytest.fixture
def addresses(tmp_path: Path) -> Iterator[Addresses]:
    file = tmp_path / "base-1.mbtiles"
    assert write_addresses(file, base_map(("12", "2", "12 A", "120", "1", "12"))) == 3 + 6
    found = Addresses(file)
    yield found
    found.close()


def labels(addresses: Addresses, text: str) -> list[str]:
    return [one.label for one in addresses.find(text)]


def test_words_without_marks() -> None:
    assert folded("Brīvības iela 12-A") == "brivibas iela 12 a"
    assert folded("STRASSE") == folded("Straße") == "strasse"
    assert folded("Łódź ØRSTED") == "lodz orsted"
    assert folded(" !? ") == ""


@pytest.mark.parametrize("text", ["briv 12", "12 briv", "BRĪVĪBAS 12", "iela 12 Brīv", "briv,12"])
def test_words_may_be_short_and_in_any_order(addresses: Addresses, text: str) -> None:
    assert labels(addresses, text) == [
        "Brīvības iela 12",
        "Brīvības iela 12",
        "Brīvības iela 12 A",
        "Brīvības iela 120",
    ]  # fmt: skip  two houses bear the number, far apart


def test_a_street_comes_before_its_houses_and_2_before_12(addresses: Addresses) -> None:
    assert labels(addresses, "briv")[:4] == [
        "Brīvības iela", "Brīvības iela 1", "Brīvības iela 2", "Brīvības iela 12",
    ]  # fmt: skip
    assert labels(addresses, "caka") == ["Čaka iela"]
    assert labels(addresses, "strasse") == ["Straße"]
    assert labels(addresses, "valka") == []  # a railway is no address


@pytest.mark.parametrize("text", ["", "  ", "*", '"', "' OR 1=1 --", "nowhere", "12 NOT 13", "\0"])
def test_what_is_no_address_finds_none(addresses: Addresses, text: str) -> None:
    assert labels(addresses, text) == []


def test_long_texts_are_cut(addresses: Addresses) -> None:
    assert labels(addresses, "briv " * 100_000)
    assert len(addresses.find("iela", 2)) == 2


def test_a_street_lies_on_itself(addresses: Addresses) -> None:
    street = addresses.find("briv")[0]
    assert (
        shapely.union_all([line(0.0), line(0.01)]).distance(shapely.Point(street.lon, street.lat))
        < 1e-6
    )


def test_the_nearest_house_and_how_far_it_is(addresses: Addresses) -> None:
    """0.0002° to the north: 22.2 m of a great circle of 6,371 km."""
    near = addresses.nearest(LON + 0.003, LAT + 0.0012)
    assert near is not None
    assert near.label == "Brīvības iela 120"
    assert near.distance_m == pytest.approx(22.24, abs=0.05)
    # 0.03° to the east of the last house: 1,817 m at 57° north
    far = addresses.nearest(LON + 0.08, LAT + 0.001)
    assert far is not None
    assert far.distance_m == pytest.approx(0.03 * 111_195 * np.cos(np.radians(57.001)), rel=1e-3)
    assert addresses.nearest(LON + 1, LAT) is None


def test_a_map_without_houses(tmp_path: Path) -> None:
    file = tmp_path / "base-1.mbtiles"
    write_addresses(file, base_map(()))
    found = Addresses(file)
    assert [one.label for one in found.find("iela")] == ["Brīvības iela", "Čaka iela"]
    assert found.nearest(LON, LAT) is None
    found.close()


def test_a_large_city_answers_at_once(tmp_path: Path) -> None:
    """100,000 houses."""
    file = tmp_path / "base-1.mbtiles"
    write_addresses(file, base_map(tuple(str(n) for n in range(100_000))))
    found = Addresses(file)
    spent = []
    for text in ("b", "iela", "briv 1", "9 iela", "briv 99999"):
        begin = time.perf_counter()
        assert found.find(text)
        spent.append(time.perf_counter() - begin)
    assert sorted(spent)[len(spent) // 2] < 0.05
    found.close()
