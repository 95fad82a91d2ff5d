"""Bridges and pockets against a search that shuts each link in turn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from domains.water.small import GRAVITY, water
from shared_data import data

from kopa.domains.water.pockets import Pockets
from kopa.domains.water.read_inp import read_inp
from kopa.model.graph import reached


@pytest.mark.parametrize("name", ["Net3", "anytown_modified", "CTOWN", "ky8_v"])
def test_same_as_a_search(name: str) -> None:
    network, _ = read_inp(data("water", f"{name}.inp"))
    opened = ~network.always_shut
    pockets = Pockets(network, opened)
    a, b = network.ends
    nodes = len(network.node_ids)
    whole = reached(nodes, a[opened], b[opened], network.sources)
    for link in range(0, len(network.link_ids), 1 if nodes < 500 else 9):
        rest = opened.copy()
        rest[link] = False
        cut = np.flatnonzero(whole & ~reached(nodes, a[rest], b[rest], network.sources))
        assert np.array_equal(np.sort(pockets.behind(link)), cut), network.link_ids[link]


def test_parallel_pipes_are_no_bridges(tmp_path: Path) -> None:
    text = GRAVITY.replace("[PATTERNS]", " P6 J3 J4 100 100 100 0 Open\n[PATTERNS]")
    network = water(tmp_path, text).network
    pockets = Pockets(network, ~network.always_shut)
    assert [len(pockets.behind(link)) for link in range(6)] == [4, 0, 0, 0, 0, 0]


def test_pocket_with_a_valve_is_not_plain(tmp_path: Path) -> None:
    text = GRAVITY.replace("[JUNCTIONS]", "[JUNCTIONS]\n J5 10 1").replace(
        "[PATTERNS]", "[VALVES]\n V1 J4 J5 100 PRV 20 0\n[PATTERNS]"
    )
    network = water(tmp_path, text).network
    pockets = Pockets(network, ~network.always_shut)
    bridge, valve = network.link_ids.index("P5"), network.link_ids.index("V1")
    assert not pockets.is_plain(pockets.behind(bridge))
    assert pockets.is_plain(pockets.behind(valve))
