"""User equilibrium against published flows, and against hand calculations."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from shared_data import data

from kopa.domains.transport.assignment import assign
from kopa.domains.transport.link_network import LinkNetwork
from kopa.domains.transport.read_tntp import read_tntp_network, read_tntp_trips

PUBLISHED = [("SiouxFalls", 7_480_225.345, 42.31335287107440e5), ("Anaheim", 1_419_913.851, None)]


def published_flows(file: Path) -> dict[tuple[int, int], float]:
    rows = [line.split() for line in file.read_text(encoding="utf-8").splitlines()[1:]]
    return {(int(row[0]), int(row[1])): float(row[2]) for row in rows if len(row) >= 4}


@pytest.mark.parametrize(("name", "total", "objective"), PUBLISHED)
def test_the_best_known_flows(name: str, total: float, objective: float | None) -> None:
    """bstabler/TransportationNetworks: average excess cost below 1e-14."""
    network = read_tntp_network(data("transport", "tntp", name, f"{name}_net.tntp"))
    file = data("transport", "tntp", name, f"{name}_trips.tntp")
    trips, findings = read_tntp_trips(file, network.zones)
    assert findings == ()
    found = assign(network, trips, gap=1e-12)
    assert found.gap <= 1e-12
    assert found.total_time == pytest.approx(total, rel=1e-9)
    known = published_flows(data("transport", "tntp", name, f"{name}_flow.tntp"))
    ends = zip(network.tail.tolist(), network.head.tolist(), strict=True)
    best = np.array([known[tail + 1, head + 1] for tail, head in ends])
    assert np.abs(found.flow - best).max() < 1e-3
    if objective is not None:
        assert network.objective(found.flow) == pytest.approx(objective, rel=1e-12)


def links(*rows: tuple[int, int, float, float, float], zones: int, through: int = 1) -> LinkNetwork:
    """Links from, to, free time, b and power, with a capacity of 1."""
    table = np.array(rows, dtype=np.float64)
    ends = table[:, :2].astype(np.int64) - 1
    ones = np.ones(len(rows))
    nodes = int(ends.max()) + 1
    return LinkNetwork(
        zones, nodes, through, ends[:, 0], ends[:, 1], ones, ones, table[:, 2], table[:, 3],
        table[:, 4],
    )  # fmt: skip


def test_braess() -> None:
    """Braess (1968): a new link makes all six slower, 83 without and 92 with it.

    Its functions 10 x, 50 + x and 10 + x, with 1e-12 for a free time of 0.
    """
    tiny = 1e-12
    with_it = links(
        (1, 3, tiny, 10 / tiny, 1), (1, 4, 50, 1 / 50, 1), (3, 2, 50, 1 / 50, 1),
        (4, 2, tiny, 10 / tiny, 1), (3, 4, 10, 1 / 10, 1), zones=2,
    )  # fmt: skip
    trips = np.array([[0.0, 6.0], [0.0, 0.0]])
    found = assign(with_it, trips, gap=1e-12)
    assert found.total_time / 6 == pytest.approx(92)
    assert found.flow == pytest.approx([4, 2, 2, 4, 2])
    closed = np.array([False, False, False, False, True])
    assert assign(with_it, trips, closed, gap=1e-12).total_time / 6 == pytest.approx(83)


def test_nobody_passes_a_zone_below_the_first_through_node() -> None:
    """From 1 to 3 the way over zone 2 would be faster."""
    rows = ((1, 2, 1, 0, 1), (2, 3, 1, 0, 1), (1, 4, 5, 0, 1), (4, 3, 5, 0, 1))
    trips = np.zeros((3, 3))
    trips[0, 2], trips[1, 2] = 1.0, 1.0
    through = assign(links(*rows, zones=3, through=1), trips)
    assert through.flow == pytest.approx([1, 2, 0, 0])
    not_through = assign(links(*rows, zones=3, through=4), trips)
    assert not_through.flow == pytest.approx([0, 1, 1, 1])


def test_of_two_links_side_by_side_both_are_used() -> None:
    """Times 1 + x and 2 + x share 3 trips as 2 and 1."""
    found = assign(
        links((1, 2, 1, 1, 1), (1, 2, 2, 0.5, 1), zones=2), np.array([[0.0, 3.0], [0.0, 0.0]])
    )
    assert found.flow == pytest.approx([2, 1])


def test_trips_without_a_way_are_counted_apart() -> None:
    network = links((1, 2, 1, 1, 1), zones=2)
    found = assign(network, np.array([[5.0, 3.0], [4.0, 0.0]]))
    assert found.unserved == 4.0
    assert found.flow == pytest.approx([3.0])  # the five that stay in their zone use no link


def test_a_round_too_few_is_told_by_the_gap() -> None:
    network = read_tntp_network(data("transport", "tntp", "SiouxFalls", "SiouxFalls_net.tntp"))
    file = data("transport", "tntp", "SiouxFalls", "SiouxFalls_trips.tntp")
    trips, _ = read_tntp_trips(file, network.zones)
    assert assign(network, trips, rounds=3).gap > 1e-4
