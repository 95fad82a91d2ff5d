"""Streets as they run, routes as most of their trips go."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from domains.transport.small_streets import GTFS, place, write_gtfs, write_streets

from kopa.domain import shapes_of
from kopa.domain.attributes import settings
from kopa.domains.transport.domain import PACKAGE, Transport
from kopa.domains.transport.load import read_network
from kopa.model import FloatArray

TABLE = {"streets": "streets.osm.pbf", "gtfs": "gtfs.zip"}


def town(folder: Path, change: dict[str, str | None] | None = None) -> Transport:
    write_streets(folder / "streets.osm.pbf")
    write_gtfs(folder / "gtfs.zip", change)
    network, _ = read_network(settings(TABLE, PACKAGE, "transport"), folder, gate=False)
    return Transport(network, 20.0)


def lines(domain: Transport, asset: str) -> list[FloatArray]:
    shapes, row = shapes_of(domain), domain.assets().index[asset]
    return [
        np.column_stack([shapes.x[low:high], shapes.y[low:high]])
        for low, high, of in zip(shapes.first[:-1], shapes.first[1:], shapes.rows, strict=True)
        if of == row
    ]


def metres(domain: Transport, *nodes: int) -> FloatArray:
    lon, lat = zip(*(place(node) for node in nodes), strict=True)
    return np.column_stack(domain.network.projection.metres(np.array(lon), np.array(lat)))


def test_streets_and_paths_run_from_crossing_to_crossing(tmp_path: Path) -> None:
    domain = town(tmp_path)
    (street,) = lines(domain, "100-2")
    assert np.allclose(street, metres(domain, 2, 3), atol=0.1)
    (path,) = lines(domain, "107-1")
    assert np.allclose(path, metres(domain, 3, 10), atol=0.1)


def test_whole_streets_and_trips_are_not_drawn_again(tmp_path: Path) -> None:
    domain = town(tmp_path)
    kinds = np.array(domain.assets().kinds)
    drawn = set(kinds[shapes_of(domain).rows].tolist())
    assert drawn == {"street", "path", "signal", "stop", "route"}


def test_a_route_runs_along_its_shape_and_through_its_stops(tmp_path: Path) -> None:
    """The bus has five trips along a shape, and one back that has none."""
    domain = town(tmp_path)
    there, back = lines(domain, "route/B")
    assert np.allclose(there, metres(domain, 1, 2, 3, 4), atol=0.1)
    stops = [domain.assets().index[f"stop/{stop}"] for stop in ("S4", "M", "S1")]
    xy = np.column_stack([domain.assets().x[stops], domain.assets().y[stops]])
    assert np.array_equal(back, xy)


def test_a_stop_at_nowhere_is_not_drawn(tmp_path: Path) -> None:
    domain = town(tmp_path)
    table = domain.network.timetable
    domain.network.__dict__["stop_places"] = (
        np.full(len(table.stop_ids), np.nan),
        np.zeros(len(table.stop_ids)),
    )
    assert lines(domain, "stop/M") == []
    assert len(lines(domain, "route/B")) == 1  # the way back runs through stops


def test_a_main_street_weighs_more_than_a_path(tmp_path: Path) -> None:
    domain = town(tmp_path)
    shapes, index = shapes_of(domain), domain.assets().index
    weight = dict(zip(shapes.rows.tolist(), shapes.weight.tolist(), strict=True))
    assert weight[index["100-1"]] > weight[index["107-1"]] > 0


@pytest.mark.parametrize("gtfs", [True, False])
def test_a_city_without_timetable_is_drawn(gtfs: bool, tmp_path: Path) -> None:
    assert "shapes.txt" in GTFS
    write_streets(tmp_path / "streets.osm.pbf")
    write_gtfs(tmp_path / "gtfs.zip")
    table = TABLE if gtfs else {"streets": "streets.osm.pbf"}
    network, _ = read_network(settings(table, PACKAGE, "transport"), tmp_path, gate=False)
    shapes = shapes_of(Transport(network, 20.0))
    assert (network.rows.route < shapes.rows).any() == gtfs
