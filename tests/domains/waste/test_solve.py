"""Rounds against an exact dynamic programme, published best values, and broken plans."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from domains.waste.exact_rounds import cheapest, cheapest_timed
from domains.waste.problems import random_routing
from shared_data import data

from kopa.domains.waste.cli_solve import solve
from kopa.domains.waste.engine_pyvrp import search
from kopa.domains.waste.routing.problem import Effort, Found
from kopa.domains.waste.routing.read_carp import read_carp
from kopa.domains.waste.routing.read_routes import read_routes
from kopa.domains.waste.routing.read_vrplib import read_vrplib
from kopa.domains.waste.routing.search import best_of
from kopa.domains.waste.routing.vehicle_routing import VehicleRouting

QUICK = Effort(seconds=0.0, iterations=400, tries=1)


def searched(of: VehicleRouting, effort: Effort = QUICK) -> int:
    """Cost that the checker gives the plan of a search."""
    checked = of.check(of.routes(search(of.problem(), effort)))
    assert checked.wrong == ()
    return checked.cost


@pytest.mark.parametrize("seed", range(6))
def test_rounds_are_the_exact_ones(seed: int) -> None:
    of = random_routing(seed, 9)
    assert searched(of) == cheapest(of)


@pytest.mark.parametrize("seed", range(6))
def test_prizes_and_reloads_are_the_exact_ones(seed: int) -> None:
    of = random_routing(seed + 50, 9, prizes=True, reloads=True, trucks=1)
    assert searched(of) == cheapest(of)
    left = of.check(of.routes(search(of.problem(), QUICK)))
    assert left.cost < dataclasses.replace(of, required=of.demand > 0).check([[]]).cost


@pytest.mark.parametrize("seed", range(5))
def test_windows_releases_and_reloads_are_the_exact_ones(seed: int) -> None:
    random = np.random.default_rng(seed)
    early = random.integers(0, 200, 6)
    early[0] = 0
    late = early + random.integers(150, 500, 6)
    late[0] = 900
    of = random_routing(
        seed,
        5,
        trucks=1,
        reloads=True,
        capacity=15,
        early=early,
        late=late,
        release=early // 2,
        service=np.array([0, 5, 5, 5, 5, 5]),
    )
    exact = cheapest_timed(of)
    found = search(of.problem(), QUICK)
    if exact >= 10**12:
        assert not found.feasible
    else:
        assert searched(of) == exact


def test_the_same_seed_and_iterations_give_the_same_plan() -> None:
    of = random_routing(3, 30)
    first, again = (search(of.problem(), QUICK) for _ in range(2))
    assert first == again


@pytest.mark.parametrize("name", ["X-n101-k25", "X-n214-k11", "C201R0.25", "RC203R0.75"])
def test_published_routes_cost_what_they_say(name: str) -> None:
    of, _ = read_vrplib(data("transport", "routing", f"{name}.vrp"))
    published = read_routes(data("transport", "routing", f"{name}.sol"))
    checked = of.check(published.routes)
    assert checked.wrong == ()
    assert checked.cost == published.cost


@pytest.mark.parametrize(("name", "best", "trucks"), [("gdb1", 316, 5), ("gdb10", 275, 4)])
def test_small_arc_routing_is_the_published_best(name: str, best: int, trucks: int) -> None:
    """Golden, DeArmon and Baker (1983) with the proven optima of Belenguer and Benavent (2003)."""
    of, _ = read_carp(data("transport", "routing", f"{name}.dat"))
    answer = solve(of, dataclasses.replace(QUICK, iterations=300))
    assert (answer.reason, answer.checked.cost, len(answer.routes)) == ("", best, trucks)


def test_hard_small_arc_routing_is_the_published_best() -> None:
    of, _ = read_carp(data("transport", "routing", "gdb13.dat"))
    answer = solve(of, Effort(seconds=0.0, iterations=4000, tries=2))
    assert answer.checked.cost == 536


def test_published_instances_are_near_their_best_after_a_few_seconds() -> None:
    of, _ = read_vrplib(data("transport", "routing", "X-n101-k25.vrp"))
    assert searched(of, dataclasses.replace(QUICK, iterations=600)) <= 1.04 * 27_591
    timed, _ = read_vrplib(data("transport", "routing", "C201R0.25.vrp"))
    assert searched(timed, dataclasses.replace(QUICK, iterations=500)) <= 1.05 * 15_006


@pytest.mark.parametrize(
    ("routes", "wrong"),
    [
        ([[1, 2], [3, 3]], "place 3 is visited 2 times"),
        ([[1, 2]], "place 3 is not visited"),
        ([[1, 2, 9], [3]], "there is no place 9"),
        ([[1], [2], [3]], "3 routes, but 2 trucks"),
        ([[1, 0, 2], [3]], "a route comes back to the depot"),
        ([[1, 2, 3]], "load 12 is above the capacity 8"),
        ([[2, 1], [3]], "place 1 is reached at"),
    ],
)
def test_a_broken_plan_is_told(routes: list[list[int]], wrong: str) -> None:
    of = random_routing(
        1,
        3,
        trucks=2,
        capacity=8,
        demand=np.array([0, 4, 4, 4]),
        distance=np.array([[0, 5, 9, 5], [5, 0, 9, 9], [9, 9, 0, 9], [5, 9, 9, 0]]),
        late=np.array([100, 10, 100, 100]),
    )
    assert of.check([[1, 2], [3]]).wrong == ()
    assert any(wrong in what for what in of.check(routes).wrong)


def test_a_trip_waits_for_what_it_takes() -> None:
    of = random_routing(
        1,
        2,
        reloads=True,
        distance=np.array([[0, 5, 5], [5, 0, 5], [5, 5, 0]]),
        release=np.array([0, 0, 40]),
        late=np.array([55, 55, 45]),
        capacity=100,
    )
    assert of.check([[1, 0, 2]]).wrong == ()
    assert of.check([[1, 2]]).wrong == ("route 1: place 2 is reached at 50, after 45",)


def test_a_broken_tour_is_told() -> None:
    of, _ = read_carp(data("transport", "routing", "gdb1.dat"))
    tours = of.tours(search(of.problem(), dataclasses.replace(QUICK, iterations=50)))
    assert of.check(tours).wrong == ()
    assert "is not served" in of.check(tours[1:]).wrong[0]
    assert "asks nothing, or no more" in of.check([*tours, tours[0]]).wrong[0]
    together = [[edge for tour in tours for edge in tour]]
    assert of.check(together).wrong == ("tour 1: load 22 is above the capacity 5",)


def test_an_answer_that_the_checker_refuses_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    of = random_routing(4, 6)

    def forgetful(problem: object, effort: Effort) -> Found:
        found = best_of(problem, effort)
        return dataclasses.replace(found, tours=found.tours[1:])

    monkeypatch.setattr("kopa.domains.waste.cli_solve.best_of", forgetful)
    assert "is not visited" in solve(of, QUICK).reason


def test_what_no_fleet_can_carry_has_no_plan() -> None:
    of = random_routing(4, 6, trucks=1, capacity=10)
    answer = solve(of, dataclasses.replace(QUICK, iterations=50))
    assert "no plan that holds was found" in answer.reason


def test_a_search_that_crashes_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    monkeypatch.setattr(
        "kopa.domains.waste.routing.search.search", lambda problem, effort: os._exit(9)
    )
    assert "crashed" in solve(random_routing(1, 4), QUICK).reason
