"""Streets of a map: cut at crossings, with directions, speeds and signals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from shared_data import data
from small_map import SmallMap, town

from kopa.errors import InputError, UsageError
from kopa.geo.lines import middles
from kopa.geo.project import Projection, utm
from kopa.geo.read_osm import read_streets
from kopa.geo.streets import Streets
from kopa.geo.write_osm import write_streets


def streets_of(small: SmallMap, folder: Path) -> Streets:
    return read_streets(small.write(folder / "map.osm"))[0]


def test_a_grid_is_cut_at_its_crossings(tmp_path: Path) -> None:
    streets = streets_of(town(6), tmp_path)
    assert (streets.nodes, streets.edges) == (36, 60)
    assert streets.crs == "EPSG:32635"  # 24.1° east
    assert len(set(streets.ids)) == streets.edges
    assert streets.ids[:2] == ("1-1", "1-2")
    assert streets.name[0] == "Row 0"
    assert streets.forward.all()
    assert streets.backward.all()
    north = streets.length[streets.way >= 101]
    assert np.allclose(north, 111.2, atol=0.6)  # 0.001° of a great circle of 6,371 km


def test_one_way_speed_and_access(tmp_path: Path) -> None:
    small = SmallMap()
    for number in range(8):
        small.node(number + 1, 0, number)
    small.way(1, 1, 2, highway="residential", oneway="yes", maxspeed="50")
    small.way(2, 2, 3, highway="residential", oneway="-1", maxspeed="20 mph")
    small.way(3, 3, 4, highway="motorway")
    small.way(4, 4, 5, highway="residential", access="no")
    small.way(5, 5, 6, highway="footway")
    small.way(6, 6, 7, highway="primary", foot="no", maxspeed="RU:urban")
    small.way(7, 7, 8, highway="proposed")
    streets = streets_of(small, tmp_path)
    assert streets.way.tolist() == [1, 2, 3, 4, 5, 6]
    assert streets.forward.tolist() == [True, False, True, False, False, True]
    assert streets.backward.tolist() == [False, True, False, False, False, True]
    assert streets.walk.tolist() == [True, True, False, False, True, False]
    assert streets.speed[[0, 1, 5]] * 3.6 == pytest.approx([50, 32.18688, 50])


def test_a_signal_between_crossings_counts_at_the_nearer_one(tmp_path: Path) -> None:
    small = SmallMap()
    small.node(1, 0, 0)
    small.node(2, 0, 0.8, highway="traffic_signals")
    small.node(3, 0, 1)
    small.node(4, 0, 2, highway="traffic_signals")
    small.node(5, 1, 1)
    small.way(1, 1, 2, 3, 4, highway="primary")
    small.way(2, 3, 5, highway="primary")
    streets = streets_of(small, tmp_path)
    assert dict(zip(streets.node_osm.tolist(), streets.signals.tolist(), strict=True)) == {
        1: False, 3: True, 4: True, 5: False,
    }  # fmt: skip


def test_a_way_is_cut_where_the_extract_has_no_node(tmp_path: Path) -> None:
    small = SmallMap()
    for number in (1, 2, 4, 5):
        small.node(number, 0, number)
    small.way(7, 1, 2, 3, 4, 5, highway="residential")
    streets = streets_of(small, tmp_path)
    assert streets.ids == ("7-1", "7-2")
    assert streets.node_osm.tolist() == [1, 2, 4, 5]


def test_middles_lie_half_way_along_the_line() -> None:
    first = np.array([0, 3, 5])
    x, y = middles(first, np.array([0.0, 10, 10, 5, 5]), np.array([0.0, 0, 30, 0, 2]))
    assert x.tolist() == [10.0, 5.0]
    assert y.tolist() == [10.0, 1.0]


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    source = town().write(tmp_path / "map.osm")
    assert write_streets(source, tmp_path / "streets.osm.pbf") == 12
    ours, theirs = read_streets(source)[0], read_streets(tmp_path / "streets.osm.pbf")[0]
    assert theirs.ids == ours.ids
    assert np.allclose(theirs.length, ours.length)
    assert theirs.signals.tolist() == ours.signals.tolist()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "osm.unreadable"),
        (b"<osm version='0.6'></osm>", "osm.no-streets"),
        (b"<osm version='0.6'><way", "osm.unreadable"),
        (b"no xml", "osm.unreadable"),
    ],
)
def test_broken_maps(tmp_path: Path, content: bytes, code: str) -> None:
    file = tmp_path / "map.osm"
    file.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_streets(file)
    (finding,) = caught.value.findings
    assert (finding.code, finding.file) == (code, str(file))


def test_a_truncated_pbf(tmp_path: Path) -> None:
    whole = data("city", "monaco.osm.pbf").read_bytes()
    file = tmp_path / "cut.osm.pbf"
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="cannot be read to its end"):
        read_streets(file)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_streets(tmp_path / "none.osm.pbf")


def test_crs() -> None:
    assert utm(24.1, 56.9) == "EPSG:32635"
    assert utm(-51.2, -30.1) == "EPSG:32722"
    x, y = Projection("EPSG:3059").metres(np.array([24.0]), np.array([56.9]))
    assert x[0] == pytest.approx(500_000, abs=0.01)  # the central meridian of LKS-92
    lon, lat = Projection("EPSG:3059").degrees(x, y)
    assert (lon[0], lat[0]) == pytest.approx((24.0, 56.9))
    for name in ("EPSG:4326", "EPSG:nothing"):
        with pytest.raises(UsageError, match="EPSG:3059"):
            Projection(name)
