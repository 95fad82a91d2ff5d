"""Joining against cases by hand and against a plain loop over all pairs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import pytest

from kopa.open311.join import EARTH_M, join
from kopa.open311.levels import breaches, due
from kopa.open311.model import Fault, ServiceRequest, Update

from .reports import KNOWN, NOON, crowd, fault, request, troubles


def joined(requests: Sequence[ServiceRequest], *faults: Fault) -> list[int]:
    return join(requests, faults, KNOWN).fault.tolist()


def test_place() -> None:
    """Dry taps are explained within 150 m."""
    some = [request("a", north=149.9), request("b", north=150.1)]
    assert joined(some, fault("f")) == [0, -1]
    assert joined(some, fault("f", radius=100.0)) == [-1, -1]
    assert joined(some, fault("f", radius=200.0)) == [0, 0]
    found = join(some, [fault("f")], KNOWN)
    assert found.distance[0] == pytest.approx(149.9, abs=0.01)
    assert np.isnan(found.distance[1])


def test_time() -> None:
    """Dry taps are told from an hour before the fault is known until 12 h after it ends."""
    end = NOON + timedelta(hours=2)
    hours = (-1.1, -0.9, 1.0, 13.9, 14.1)
    some = [request(str(one), hours=one) for one in hours]
    assert joined(some, fault("f", end=end)) == [-1, 0, 0, 0, -1]
    assert joined(some, fault("f")) == [-1, 0, 0, 0, 0]  # it goes on


def test_kind() -> None:
    some = [request("a"), request("b", "power.out"), request("c", "road.hole"), request("d", "x")]
    assert joined(some, fault("f"), fault("g", "electricity")) == [0, 1, -1, -1]


def test_the_nearest_then_the_latest_explains() -> None:
    some = [request("a", north=60, hours=3)]
    assert joined(some, fault("f"), fault("g", north=100)) == [1]
    assert joined(some, fault("f"), fault("g", hours=1), fault("h", hours=-1)) == [1]
    assert joined(some, fault("g"), fault("f")) == [1]


def test_without_a_place_nothing_joins() -> None:
    nowhere = ServiceRequest("a", "open", "water.none", NOON)
    found = join([nowhere, nowhere], [fault("f")], KNOWN)
    assert found.fault.tolist() == found.duplicate.tolist() == [-1, -1]
    assert join([], [fault("f")], KNOWN).fault.tolist() == []
    assert joined([request("a")]) == [-1]


def test_duplicates_lie_within_50_m_of_the_first() -> None:
    """The third is within 50 m of the second, but not of the first: no chain."""
    some = [request(str(n), north=north, hours=n / 10) for n, north in enumerate((0, 40, 80, 80))]
    assert join(some, [], KNOWN).duplicate.tolist() == [-1, 0, -1, 2]
    edge = [request("a"), request("b", north=49.9), request("c", north=-50.1)]
    assert join(edge, [], KNOWN).duplicate.tolist() == [-1, 0, -1]


def test_duplicates_are_of_one_kind_open_and_near_in_time() -> None:
    some = [
        request("a"),
        request("b", "water.leak"),
        request("c", hours=1, status="closed"),
        request("d", hours=23.9),
        request("e", hours=24.1),
    ]
    assert join(some, [], KNOWN).duplicate.tolist() == [-1, -1, -1, 0, -1]
    # the order in which they are given says nothing
    assert join(some[::-1], [], KNOWN).duplicate.tolist() == [-1, 4, -1, -1, -1]


def test_a_closed_one_is_asked_for_again() -> None:
    """It was asked for 20 days ago and closed 5 days ago; kinds of water reopen for 14 days."""
    closed = NOON - timedelta(days=5)
    old = request("a", hours=-20 * 24, status="closed", updated=closed)
    found = join([old, request("b", north=30)], [], KNOWN)
    assert found.reopens.tolist() == [-1, 0]
    late = request("c", hours=10 * 24)
    assert join([old, late], [], KNOWN).reopens.tolist() == [-1, -1]
    before = request("d", hours=-6 * 24)
    assert join([old, before], [], KNOWN).reopens.tolist() == [-1, -1]


def test_it_is_a_loop_over_all_pairs() -> None:
    requests, faults = crowd(500, 1), troubles(60, 80, 2)
    found = join(requests, faults, KNOWN)
    assert (found.fault >= 0).sum() > 20
    for row, one in enumerate(requests):
        best = (math.inf, 0.0, "", -1)
        for number, other in enumerate(faults):
            kind = KNOWN[one.code]
            assert other.end is not None
            after = (one.requested - other.start).total_seconds() / 3600
            over = (one.requested - other.end).total_seconds() / 3600
            if other.service in kind.explained_by and after >= -kind.early and over <= kind.late:
                near = min(haversine(one, *at) for at in zip(other.lat, other.lon, strict=True))
                if near <= kind.within:
                    key = (near, -other.start.timestamp(), other.id, number)
                    best = min(best, key)
        assert found.fault[row] == best[3]


def haversine(one: ServiceRequest, lat: float, lon: float) -> float:
    assert one.lat is not None
    assert one.lon is not None
    a, b, c, d = map(math.radians, (one.lat, one.lon, lat, lon))
    part = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    return 2 * EARTH_M * math.asin(math.sqrt(part))


def test_service_levels() -> None:
    """No water is due within 8 h: the first is 2 h late, the second was done an hour late."""
    done = NOON + timedelta(hours=9)
    some = [
        request("a"),
        request("b", status="closed", updated=done),
        request("c", hours=9),
        request("d", expected=NOON + timedelta(hours=1)),
        request("e", status="closed"),
        request("f", "unheard-of"),
    ]
    found = breaches(some, KNOWN, NOON + timedelta(hours=10))
    assert [(one.id, one.hours, one.open) for one in found] == [
        ("d", 9, True), ("a", 2, True), ("b", 1, False),
    ]  # fmt: skip


def test_a_reopened_request_is_due_anew() -> None:
    times = (("open", 0), ("closed", 5), ("open", 30))
    updates = tuple(Update(NOON + timedelta(hours=hours), status) for status, hours in times)
    one = request("a", updates=updates)
    assert one.reopened == 1
    assert due(one, KNOWN["water.none"]) == NOON + timedelta(hours=38)
