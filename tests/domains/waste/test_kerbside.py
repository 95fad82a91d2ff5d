"""Kerbside rounds: streets by hand, and against arc routing by Floyd, Warshall and exact search."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, permutations, product

import numpy as np
import pytest
from domains.waste.small_tasks import TRUCK
from domains.waste.test_planning import QUICK
from grid_streets import grid_streets

from kopa.domains.waste.rounds.kerbside import Kerbs, Sets, kerbside_task
from kopa.domains.waste.rounds.planning import plan
from kopa.domains.waste.rounds.replanning import Event, replan
from kopa.domains.waste.rounds.tasks import Task
from kopa.domains.waste.rounds.ways import Ways
from kopa.domains.waste.routing.problem import Effort
from kopa.errors import RangeError
from kopa.geo.engine_routingkit import Router
from kopa.geo.roads import roads_of

TRUCKS = (replace(TRUCK, count=1, fixed_eur=0.0),)


def router(one_way: float = 0.2) -> Router:
    return Router(roads_of(grid_streets(6, 5, one_way=one_way)))


def kerbs(edges: list[int], narrow: bool | list[bool] = True) -> Kerbs:
    """30 kg and 60 s a street."""
    many = len(edges)
    return Kerbs(
        np.array(edges),
        np.full(many, 30.0),
        np.full(many, 300.0),
        np.full(many, 60.0),
        np.broadcast_to(np.array(narrow), many),
    )


def sets(of: Router) -> Sets:
    """Depot and dump at nodes from which all is reached."""
    nodes = np.flatnonzero(of.roads.main)
    return Sets(("depot",), nodes[:1], ("dump",), nodes[-1:], 300.0)


def exact_eur(task: Task) -> float:
    """The best order and the best directions of all streets in one load, by trying them all."""
    truck, stops = task.trucks[0], task.stops
    leg = truck.cost_eur_h * task.seconds / 3600 + truck.cost_eur_km * task.metres / 1000
    ways = [np.flatnonzero(stops.duty == one).tolist() for one in range(stops.duty.max() + 1)]
    depot, dump = int(task.depots.place[0]), int(task.dumps.place[0])
    best = np.inf
    for order in permutations(ways):
        for rows in product(*order):
            places = [depot, *stops.place[list(rows)].tolist(), dump, depot]
            best = min(best, float(leg[places[:-1], places[1:]].sum()))
    lifted = sum(float(stops.service_s[rows[0]]) for rows in ways) + 300.0
    return best + lifted * truck.cost_eur_h / 3600


@pytest.mark.parametrize("seed", range(4))
def test_the_best_order_and_directions(seed: int) -> None:
    of = router()
    edges = np.random.default_rng(seed).choice(of.roads.streets.edges, 5, replace=False)
    narrow = [True, True, True, True, False]
    task = kerbside_task(of, kerbs(edges.tolist(), narrow), sets(of), TRUCKS, 2.7)
    found = plan(task, replace(QUICK, iterations=1000))
    assert found.status == "ok"
    assert found.cost_eur == pytest.approx(exact_eur(task), rel=1e-3)


def test_narrow_streets_are_passed_once_and_wide_ones_twice() -> None:
    of = router(one_way=0.0)
    task = kerbside_task(of, kerbs([3, 8, 20], [True, False, True]), sets(of), TRUCKS)
    assert task.stops.group.tolist() == [0, 0, -1, -1, 2, 2]
    assert task.stops.kg.tolist() == [30, 30, 15, 15, 30, 30]
    (tour,) = plan(task, QUICK).tours
    assert sorted(task.stops.ids[row] for row in tour.stops) == ["21-1", "4-1", "9-1", "9-1"]
    assert tour.kg == 90
    both = {int(of.roads.tail[task.arc[task.stops.place[row]]]) for row in (2, 3)}
    assert both == {int(of.roads.streets.a[8]), int(of.roads.streets.b[8])}


def test_a_wide_one_way_street_is_passed_twice_in_its_direction() -> None:
    of = router(one_way=1.0)
    assert not of.roads.streets.backward.any()
    of = Router(roads_of(replace(of.roads.streets, backward=np.arange(of.roads.streets.edges) > 0)))
    task = kerbside_task(of, kerbs([0], False), sets(of), TRUCKS)
    assert len(set(task.arc[task.stops.place].tolist())) == 1
    (tour,) = plan(task, QUICK).tours
    assert len(tour.stops) == 2


def test_lines_drive_along_the_streets_that_are_emptied() -> None:
    of = router()
    task = kerbside_task(of, kerbs(list(range(0, 40, 5))), sets(of), TRUCKS)
    found = plan(task, QUICK)
    ways = Ways(of, task)
    (tour,) = found.tours
    driven: set[int] = set()
    for here, there in pairwise(tour.visits):
        arcs = ways.arcs(here.place, there.place)
        driven |= set(of.roads.edge[arcs].tolist())
        length = of.roads.streets.length[of.roads.edge[arcs]].sum()
        assert length == pytest.approx(there.metres)
        for one, other in pairwise(arcs):
            assert of.roads.head[one] == of.roads.tail[other]
    assert driven >= set(range(0, 40, 5))


def test_a_closed_street_is_told_once() -> None:
    of = router(one_way=0.0)
    shut = np.where(of.roads.edge == 8, np.inf, of.roads.seconds)
    task = kerbside_task(of, kerbs([3, 8]), sets(of), TRUCKS, 2.7, shut)
    found = plan(task, QUICK)
    assert [(task.stops.ids[one.row], one.why) for one in found.skipped] == [("9-1", "unreachable")]
    half = np.where((of.roads.edge == 8) & (np.arange(len(shut)) % 2 == 0), np.inf, shut)
    half = np.where(of.roads.edge == 8, of.roads.seconds, half)
    half[np.flatnonzero(of.roads.edge == 8)[0]] = np.inf
    open_one_way = plan(kerbside_task(of, kerbs([3, 8]), sets(of), TRUCKS, 2.7, half), QUICK)
    assert open_one_way.status == "ok"


def test_kerbside_rounds_are_planned_anew() -> None:
    of = router()
    trucks = (replace(TRUCK, count=2, capacity_kg=120.0, fixed_eur=0.0),)
    task = kerbside_task(of, kerbs(list(range(0, 40, 4))), sets(of), trucks)
    before = plan(task, QUICK)
    assert before.status == "ok"
    at_s = before.tours[0].visits[3].begin_s + 1
    after = replan(task, before, Event(at_s), QUICK)
    assert (after.status, len(after.emptied)) == ("ok", 10)


def test_a_round_of_many_streets() -> None:
    """70 streets of a grid, some of them one-way, in one load; ways to and from it are 3 km."""
    of = Router(roads_of(grid_streets(12, 9, one_way=0.1)))
    edges = np.flatnonzero(of.roads.streets.drive)[:70].tolist()
    large = replace(TRUCK, count=1, capacity_kg=9e3, capacity_l=9e4, fixed_eur=0.0)
    task = kerbside_task(of, kerbs(edges), sets(of), (large,))
    found = plan(task, Effort(seconds=0.0, iterations=600, tries=1))
    assert found.status == "ok"
    served = of.roads.streets.length[edges].sum()
    assert served < found.distance_m < 1.65 * served


def test_kerbs_that_cannot_be() -> None:
    of = router()
    with pytest.raises(RangeError, match="twice"):
        kerbs([3, 3])
    with pytest.raises(RangeError, match="at least"):
        kerbs([])
    no_cars = replace(of.roads.streets, forward=of.roads.streets.forward & False)
    paths = Router(roads_of(replace(no_cars, backward=np.arange(no_cars.edges) > 0)))
    with pytest.raises(RangeError, match="no car may drive on street 1-1"):
        kerbside_task(paths, kerbs([0]), sets(of), TRUCKS)
