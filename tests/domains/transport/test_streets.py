"""Fastest ways against scipy's Dijkstra, and what is reached in some minutes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from domains.transport.small_streets import write_streets
from shared_data import data

from kopa.domains.transport.isochrone import isochrone
from kopa.domains.transport.matrix import matrix
from kopa.domains.transport.network import Network, streets_only
from kopa.geo.engine_routingkit import Router
from kopa.geo.read_osm import read_streets


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Network:
    file = write_streets(tmp_path_factory.mktemp("town") / "streets.osm.pbf")
    return streets_only(read_streets(file)[0])


@pytest.mark.parametrize("name", ["laquila/laquila.osm.pbf", "monaco.osm.pbf"])
def test_both_engines_agree_to_the_digit(name: str) -> None:
    network = streets_only(read_streets(data("city", *name.split("/")))[0])
    random = np.random.default_rng(3)
    nodes = random.choice(np.flatnonzero(network.roads.main), 80, replace=False)
    shut = network.roads.seconds.copy()
    shut[random.random(len(shut)) < 0.1] = np.inf
    quick, plain = network.router, Router(network.roads, plain=True)
    assert (quick.engine, plain.engine) == ("RoutingKit", "scipy")
    length = network.streets.length[network.roads.edge]
    for seconds in (None, shut):
        one, other = quick.metric(seconds), plain.metric(seconds)
        times = one.matrix(nodes[:40], nodes)
        assert np.array_equal(times, other.matrix(nodes[:40], nodes))
        assert np.isinf(times).any() == (seconds is not None)
        for source, target in zip(nodes[:15].tolist(), nodes[-15:].tolist(), strict=True):
            far, arcs = one.path(source, target)
            same, plain_arcs = other.path(source, target)
            assert far == same
            if np.isfinite(far):
                used = network.roads.seconds[arcs]
                assert far == pytest.approx(np.rint(used * 1000).sum() / 1000)
                assert length[arcs].sum() > 0
                assert (network.roads.head[arcs[:-1]] == network.roads.tail[arcs[1:]]).all()
                assert len(plain_arcs)


def test_a_closed_street_is_a_new_metric_and_leaves_the_old_one(town: Network) -> None:
    nodes = np.arange(town.streets.nodes)
    usual = town.router.metric()
    before = usual.matrix(nodes, nodes)
    shut = town.roads.seconds.copy()
    shut[town.roads.edge == town.streets.ids.index("100-2")] = np.inf
    after = town.router.metric(shut).matrix(nodes, nodes)
    assert (after >= before).all()
    assert (after > before).any()
    assert np.array_equal(usual.matrix(nodes, nodes), before)


def test_matrix_by_hand(town: Network) -> None:
    at = {osm: node for node, osm in enumerate(town.streets.node_osm.tolist())}
    found = matrix(town, np.array([at[1], at[1]]), np.array([at[4], at[1], at[9]]))
    streets = town.streets
    length = [streets.length[streets.ids.index(f"100-{i}")] for i in (1, 2, 3)]
    assert found.metres[0, 0] == pytest.approx(sum(length))
    assert found.minutes[0, 0] == pytest.approx(sum(length) / 600, abs=1e-4)
    assert found.minutes[1, 1] == 0
    assert found.metres[0, 2] == pytest.approx(
        sum(length) + streets.length[streets.ids.index("106-1")]
    )


def test_isochrone_by_hand(town: Network) -> None:
    """30 s at 10 m/s from the dead end: the whole of it, and the rest into three streets."""
    at = {osm: node for node, osm in enumerate(town.streets.node_osm.tolist())}
    found = isochrone(town, at[9], 30.0)
    end = town.streets.length[town.streets.ids.index("106-1")]
    assert found.street_m == pytest.approx(end + 2 * (300 - end), abs=0.1)
    assert {int(town.streets.node_osm[n]) for n in np.flatnonzero(found.reached)} == {9, 4}
    assert found.area.geom_type == "Polygon"
    assert isochrone(town, at[9], 60.0).area.contains(found.area.buffer(-3))


def test_the_footway_is_no_road(town: Network) -> None:
    assert town.streets.node_osm[town.roads.main].tolist() == list(range(1, 10))


def test_a_point_goes_to_the_nearest_crossing(town: Network, tmp_path: Path) -> None:
    x, y = town.streets.x, town.streets.y
    nodes, far = town.roads.nearest(x[:1] + 3, y[:1] + 4)
    assert nodes.tolist() == [0]
    assert far.tolist() == pytest.approx([5.0])
