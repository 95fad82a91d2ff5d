"""What a closed stretch does: by hand on a small town, by brute force on a real one."""

from __future__ import annotations

import datetime
import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely
from domains.transport import raptor
from domains.transport.small_streets import GTFS, stretch, write_gtfs, write_streets
from shared_data import data

from kopa.domains.transport.closure import Closure, Question, close
from kopa.domains.transport.load import network_at
from kopa.domains.transport.network import Network, Walking
from kopa.domains.transport.read_geojson import read_stretch
from kopa.domains.transport.shape_lines import Line, passing, positions
from kopa.domains.transport.stretch import closed_edges, geometry
from kopa.domains.transport.trips_hit import trips_hit
from kopa.geo.project import Projection

DAY = datetime.date(2026, 11, 25)
HOUR = 3600


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Network:
    folder = tmp_path_factory.mktemp("town")
    gtfs = write_gtfs(folder / "gtfs.zip")
    return network_at(write_streets(folder / "streets.osm.pbf"), gtfs)[0]


def line(network: Network, tmp_path: Path, *nodes: int, off: float = 0.0) -> shapely.Geometry:
    file = tmp_path / "stretch.geojson"
    file.write_text(json.dumps(stretch(*nodes, off=off)), encoding="utf-8")
    return geometry(read_stretch(file), network.projection)


def closed(network: Network, shape: shapely.Geometry, start: int, end: int) -> Closure:
    x, y = network.stop_places
    goal = network.timetable.stop_ids.index("S4")
    at = slice(goal, goal + 1)
    return close(network, Question(shape, DAY, start, end, x[at], y[at], start))


def hit(network: Network, found: Closure) -> set[str]:
    return {network.timetable.trip_ids[t] for t in found.runs.trip[found.hits.runs]}


def test_only_what_the_stretch_runs_along_is_closed(town: Network, tmp_path: Path) -> None:
    """Not the streets that it crosses, nor the footway, though it is drawn 5 m off."""
    edges = closed_edges(town.streets, line(town, tmp_path, 1, 2, 3, off=0.000045))
    assert [town.streets.ids[e] for e in np.flatnonzero(edges)] == ["100-1", "100-2"]
    far = closed_edges(town.streets, line(town, tmp_path, 1, 2, 3, off=0.0003))  # 33 m
    assert not far.any()


def test_the_way_round(town: Network, tmp_path: Path) -> None:
    """At 10 m/s, 243 m east and 223 m north: 2 to 3 goes up, along and down again."""
    found = closed(town, line(town, tmp_path, 2, 3), 8 * HOUR, 9 * HOUR)
    streets = town.streets
    length = {town.streets.ids[e]: streets.length[e] for e in range(streets.edges)}
    round_ = length["103-1"] + length["101-2"] + length["104-1"]
    assert [one.before for one in found.detours] == pytest.approx(
        [length["100-2"] / 10] * 2, abs=2e-3
    )
    assert [one.after for one in found.detours] == pytest.approx([round_ / 10] * 2, abs=2e-3)
    assert found.added_minutes == pytest.approx((round_ - length["100-2"]) / 600, abs=1e-4)


def test_a_dead_end_has_no_way_through(town: Network, tmp_path: Path) -> None:
    found = closed(town, line(town, tmp_path, 4, 9), 8 * HOUR, 9 * HOUR)
    assert found.detours == ()
    assert found.added_minutes is None


@pytest.mark.parametrize(
    ("start", "end", "trips"),
    [
        ("08:00:00", "08:01:00", set()),  # morning comes to node 2 at 08:02:00
        ("08:01:30", "08:02:30", {"morning"}),
        ("08:04:40", "08:06:30", set()),  # and has left node 3 by 08:04:40
        ("08:03:10", "08:03:20", {"morning"}),  # it waits at M, in the middle of it
        ("08:00:00", "09:00:00", {"morning"}),
        ("09:00:00", "10:00:00", {"back"}),  # without a shape: straight from stop to stop
        ("12:00:00", "13:00:00", {"noon", "special"}),  # special: by calendar_dates alone
        ("25:00:00", "26:00:00", {"late"}),
        ("01:00:00", "02:00:00", {"late"}),  # Tuesday's
        ("00:00:00", "24:00:00", {"late", "morning", "back", "noon", "special"}),
    ],
)
def test_trips_hit(town: Network, tmp_path: Path, start: str, end: str, trips: set[str]) -> None:
    found = closed(town, line(town, tmp_path, 2, 3), raptor.seconds(start), raptor.seconds(end))
    assert hit(town, found) == trips


def test_the_tram_is_two_hundred_metres_away(town: Network, tmp_path: Path) -> None:
    found = closed(town, line(town, tmp_path, 6, 7), 8 * HOUR, 9 * HOUR)
    assert hit(town, found) == {"tram"}


@pytest.mark.parametrize("unit", ["km", "m", "none", "stops in m, shape in km"])
def test_the_unit_of_distance_does_not_matter(tmp_path: Path, unit: str) -> None:
    times, shapes = GTFS["stop_times.txt"], GTFS["shapes.txt"]
    in_m = times.replace("0.3645", "364.5").replace("0.729", "729")
    change: dict[str, dict[str, str]] = {
        "km": {},
        "m": {
            "stop_times.txt": in_m,
            "shapes.txt": shapes.replace("0.243", "243")
            .replace("0.486", "486")
            .replace("0.729", "729"),
        },
        "none": {
            "stop_times.txt": "\n".join(row.rpartition(",")[0] for row in times.splitlines()),
            "shapes.txt": "\n".join(row.rpartition(",")[0] for row in shapes.splitlines()),
        },
        "stops in m, shape in km": {"stop_times.txt": in_m},
    }
    gtfs = write_gtfs(tmp_path / "gtfs.zip", change[unit])
    town, _ = network_at(write_streets(tmp_path / "streets.osm.pbf"), gtfs)
    found = closed(town, line(town, tmp_path, 2, 3), 8 * HOUR, 9 * HOUR)
    # 20 m before node 2, at a third of the way from S1 (08:00) over M (08:03) to S4
    enter = 8 * HOUR + 180 * (1 / 3 - 20 / 729) / 0.5
    assert found.hits.enter.tolist() == pytest.approx([enter], abs=4)
    assert hit(town, found) == {"morning"}


def test_hit_trips_go_round_and_leave_out_the_stop_on_the_stretch(
    town: Network, tmp_path: Path
) -> None:
    found = closed(town, line(town, tmp_path, 2, 3), 8 * HOUR, 9 * HOUR)
    names = [town.timetable.stop_ids[stop] for stop in found.stops]
    assert names == ["M"]
    assert found.trip_delay.tolist() == pytest.approx([found.detours[0].added], abs=0.01)
    # who walks no more than 100 m comes to S4 by the bus alone, in 6.5 min; M is left out
    lame = replace(town, walking=Walking(within=50, access=100))
    found = closed(lame, line(town, tmp_path, 2, 3), 8 * HOUR, 9 * HOUR)
    assert found.reach[30] == {"before": 3, "after": 2, "without_trips": 1}


def test_without_a_way_round_a_trip_ends_there(town: Network, tmp_path: Path) -> None:
    """All three ways from west to east are closed but one; then that one as well."""
    north, main = line(town, tmp_path, 6, 7), line(town, tmp_path, 2, 3)
    both = shapely.union_all([north, main])
    found = closed(town, both, 8 * HOUR, 9 * HOUR)
    assert np.isinf(found.trip_delay).all()
    assert found.detours
    assert np.isinf(found.added_minutes or 0)


def test_the_same_as_brute_force_on_laquila(tmp_path: Path) -> None:
    """Points every metre along each shape, held against the stretch, one by one."""
    folder = data("city", "laquila")
    gtfs = folder / "laquila_gtfs_2022.zip"
    network, _ = network_at(folder / "laquila.osm.pbf", gtfs)
    streets = network.streets
    edges = [e for e in range(streets.edges) if streets.name[e] == "Viale Corrado IV"]
    shape = shapely.union_all(
        [shapely.linestrings(streets.line(e)) for e in edges if streets.drive[e]]
    )
    day, start, end = datetime.date(2022, 10, 5), 8 * HOUR, 10 * HOUR
    runs = network.timetable.runs(day, start, end)
    found = trips_hit(network, shape, runs, start, end)
    ours = {network.timetable.trip_ids[t] for t in runs.trip[found.runs]}
    sure, maybe = brute_force(gtfs, day, shape, (start, end), network.projection)
    assert len(sure) > 50
    assert sure <= ours <= maybe
    assert len(maybe - sure) <= 0.03 * len(sure)


def brute_force(
    gtfs: Path,
    day: datetime.date,
    shape: shapely.Geometry,
    window: tuple[int, int],
    projection: Projection,
) -> tuple[set[str], set[str]]:
    """Trips that are hit for sure, and those that are if a metre or a second is given away."""
    lines: dict[str, list[tuple[int, float, float, float]]] = {}
    for row in raptor.rows(gtfs, "shapes.txt"):
        at = (float(row["shape_pt_lon"]), float(row["shape_pt_lat"]))
        along = float(row["shape_dist_traveled"])
        lines.setdefault(row["shape_id"], []).append((int(row["shape_pt_sequence"]), *at, along))
    near: dict[str, list[tuple[float, float]]] = {}
    for name, given in lines.items():
        points = np.array([row[1:] for row in sorted(given)])
        x, y = projection.metres(points[:, 0], points[:, 1])
        run = np.concatenate([[0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
        fine = np.arange(0, run[-1], 1.0)
        off = shapely.distance(
            shapely.points(np.interp(fine, run, x), np.interp(fine, run, y)), shape
        )
        told = np.interp(fine, run, points[:, 2])
        rows = off <= 21
        near[name] = list(zip(told[rows].tolist(), off[rows].tolist(), strict=True))
    shapes = {row["trip_id"]: row["shape_id"] for row in raptor.rows(gtfs, "trips.txt")}
    dist: dict[str, list[tuple[int, float]]] = {}
    for row in raptor.rows(gtfs, "stop_times.txt"):
        at_stop = (int(row["stop_sequence"]), float(row["shape_dist_traveled"]))
        dist.setdefault(row["trip_id"], []).append(at_stop)
    sure, maybe = set(), set()
    for (trip, _), run_rows in raptor.trips(gtfs, day).items():
        marks = [along for _, along in sorted(dist[trip])]
        arrive = [a for _, a, _ in run_rows]
        for along, off in near[shapes[trip]]:
            time = float(np.interp(along, marks, arrive))
            if off <= 19.5 and window[0] + 2 <= time < window[1] - 2:
                sure.add(trip)
            if window[0] - 60 <= time < window[1] + 60:
                maybe.add(trip)
    return sure, maybe


def test_stops_of_a_loop_are_put_on_the_line_in_their_order() -> None:
    """Out and back along one street: the third stop is past the second, not at the first."""
    out_and_back = Line(
        np.array([0.0, 100.0, 0.0]), np.array([0.0, 0.0, 0.0]), np.full(3, math.nan)
    )
    x, nowhere = np.array([10.0, 90.0, 10.0]), np.full(3, math.nan)
    assert positions(out_and_back, x, np.zeros(3), nowhere).tolist() == [10.0, 90.0, 190.0]


def test_distances_that_put_stops_elsewhere_are_not_used() -> None:
    straight = Line(np.array([0.0, 1000.0]), np.zeros(2), np.array([0.0, 1.0]))
    x, y = np.array([0.0, 500.0, 1000.0]), np.zeros(3)
    good = positions(straight, x, y, np.array([0.0, 0.5, 1.0]))
    assert good.tolist() == [0.0, 500.0, 1000.0]
    assert positions(straight, x, y, np.array([0.0, 500.0, 1000.0])).tolist() == [
        0.0,
        500.0,
        1000.0,
    ]
    falling = replace(straight, along=np.array([1.0, 0.0]))
    assert positions(falling, x, y, np.array([0.0, 0.5, 1.0])).tolist() == [0.0, 500.0, 1000.0]


def test_a_stop_that_lasts_is_passed_all_the_while() -> None:
    places = np.array([0.0, 100.0, 200.0])
    arrival, departure = np.array([[0, 10, 40]]), np.array([[0, 30, 40]])
    assert passing(places, arrival, departure, 100.0, leaving=False).tolist() == [10.0]
    assert passing(places, arrival, departure, 100.0, leaving=True).tolist() == [30.0]
    assert passing(places, arrival, departure, 150.0, leaving=True).tolist() == [35.0]
    assert passing(places, arrival, departure, 50.0, leaving=False).tolist() == [5.0]
