"""Seconds and metres between many nodes, against one query a pair."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from grid_streets import grid_streets

from kopa.geo import matrix as shared
from kopa.geo.engine_routingkit import Router
from kopa.geo.matrix import matrix
from kopa.geo.roads import Roads, roads_of
from kopa.model import FloatArray

ROADS = roads_of(grid_streets(9, 8))
NODES = np.arange(ROADS.streets.nodes)


def by_pairs(router: Router, seconds: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The same, asked pair by pair."""
    metric = router.metric(seconds)
    length = router.roads.streets.length[router.roads.edge]
    times, metres = np.full((2, len(NODES), len(NODES)), np.inf)
    for source in NODES.tolist():
        for target in NODES.tolist():
            time, arcs = metric.path(source, target)
            if np.isfinite(time):
                times[source, target], metres[source, target] = time, length[arcs].sum()
    return times, metres


def closed(roads: Roads, share: float) -> FloatArray:
    """Times with a share of the arcs closed."""
    random = np.random.default_rng(5)
    return np.where(random.random(len(roads.tail)) < share, np.inf, roads.seconds)


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("share", [0.0, 0.4])
def test_the_same_as_pair_by_pair(plain: bool, share: float) -> None:
    router, seconds = Router(ROADS, plain), closed(ROADS, share)
    found = matrix(router, NODES, NODES, seconds)
    times, metres = by_pairs(router, seconds)
    assert np.isinf(times).any() == (share > 0)
    assert np.array_equal(found.seconds, times)
    np.testing.assert_allclose(found.metres, metres, rtol=1e-12)


def test_arcs_that_take_no_time() -> None:
    """Streets so short that their time rounds to 0 ms: the tree has gaps, the engine fills them."""
    seconds = np.where(np.arange(len(ROADS.tail)) % 4 == 0, 1e-5, ROADS.seconds)
    router = Router(ROADS)
    found = matrix(router, NODES, NODES, seconds)
    times, metres = by_pairs(router, seconds)
    assert np.array_equal(found.seconds, times)
    assert np.isfinite(found.metres).all()
    # several ways may be as fast: no length is shorter than the shortest way
    shortest = matrix(router, NODES, NODES, ROADS.streets.length[ROADS.edge]).metres
    assert (found.metres >= shortest - 0.01).all()
    assert (np.abs(found.metres - metres) < 0.01).mean() > 0.8


def test_of_two_parallel_streets_the_fast_one_counts() -> None:
    streets = grid_streets(2, 1, one_way=0.0)
    twice = {name: np.repeat(getattr(streets, name), 2) for name in ("a", "b", "length", "speed")}
    twice |= {name: np.repeat(getattr(streets, name), 2) for name in ("forward", "backward")}
    twice["length"] = np.array([400.0, 100.0])
    twice["speed"] = np.array([10.0, 1.0])
    both = replace(streets, way=np.array([1, 2]), part=np.array([1, 1]), **twice)
    found = matrix(Router(roads_of(both)), np.array([0, 1, 0]), np.array([1]))
    assert found.seconds.tolist() == [[40.0], [0.0], [40.0]]
    assert found.metres.tolist() == [[400.0], [0.0], [400.0]]


def test_streets_in_a_ring_that_no_way_leads_to() -> None:
    """Node 0 can be driven to, not from; 1, 2 and 3 are a one-way ring."""
    streets = grid_streets(2, 2, one_way=1.0)
    ring = replace(streets, a=np.array([1, 2, 3, 1]), b=np.array([2, 3, 1, 0]))
    found = matrix(Router(roads_of(ring)), np.array([0, 1]), np.arange(4))
    assert np.isinf(found.seconds).tolist() == [[False, True, True, True], [False] * 4]
    assert np.isinf(found.metres).tolist() == [[False, True, True, True], [False] * 4]


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    router = Router(ROADS)
    whole = matrix(router, NODES[::3], NODES[::-1])
    monkeypatch.setattr(shared, "CELLS", 200)
    parts = matrix(router, NODES[::3], NODES[::-1])
    assert np.array_equal(whole.seconds, parts.seconds)
    assert np.array_equal(whole.metres, parts.metres)
