"""The rest of a shift, planned anew; by hand, and on streets in a grid."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from domains.waste.small_tasks import random_task
from domains.waste.test_planning import QUICK, line
from grid_streets import grid_streets

from kopa.domains.waste.rounds.planning import plan
from kopa.domains.waste.rounds.plans import Plan
from kopa.domains.waste.rounds.replanning import Event, Position, _pasts, replan
from kopa.domains.waste.rounds.tasks import Task, sites_of, stops_of
from kopa.domains.waste.rounds.walk import simulate
from kopa.domains.waste.rounds.ways import Ways, on_streets, with_positions
from kopa.domains.waste.routing.problem import Stop, Tour
from kopa.errors import UsageError
from kopa.geo.engine_routingkit import Router
from kopa.geo.roads import roads_of

SIX = 6 * 3600.0


def served_before(before: Plan, at_s: float) -> set[int]:
    """Stops at which a truck began before a time."""
    return {v.row for t in before.tours for v in t.visits if v.kind == "stop" and v.begin_s <= at_s}


def test_nothing_happened_and_the_rest_stays_as_good() -> None:
    task = random_task(5, 14, count=3)
    before = plan(task, QUICK)
    for at_s in (SIX, SIX + 1800, SIX + 5400):
        again = replan(task, before, Event(at_s), QUICK)
        assert again.status == "ok"
        assert len(again.emptied) == 14
        assert again.cost_eur <= before.cost_eur * 1.001


def test_a_broken_truck_by_hand() -> None:
    """Two trucks of one stop each; one breaks on its way, the other takes its stop too.

    Stops at 10 and 20 min, the dump at 30. The truck at the stop at 10 min breaks when it leaves.
    """
    task = line([10, 20, 30], [5, 10, 20], count=2)
    before = simulate(task, [Tour(0, (Stop(0),)), Tour(0, (Stop(1),))])
    broken = replan(task, before, Event(SIX + 13 * 60, broken=["press-1"]), QUICK)
    assert [tour.stops for tour in broken.tours] == [(0,), (1,)]
    assert [finding.code for finding in broken.findings] == ["waste.load-left"]
    assert broken.tours[0].visits[-1].after_kg == 400
    assert broken.tours[0].distance_m == 5000
    on_the_way = {"press-1": Position(2, SIX + 14 * 60, 1000.0)}
    event = Event(SIX + 13 * 60, ["press-1"], on_the_way)
    assert replan(task, before, event, QUICK).tours[0].distance_m == 6000
    early = replan(task, before, Event(SIX + 5 * 60, broken=["press-1"]), QUICK)
    assert sorted(tour.stops for tour in early.tours) == [(), (1, 0)]
    assert (early.status, early.findings) == ("ok", ())
    other = next(tour for tour in early.tours if tour.name == "press-2")
    # 10 km out to the stop where it could turn, back to 5, and on to the dump at 20 and home
    assert other.distance_m == 10_000 + 5_000 + 15_000 + 20_000


def test_a_truck_that_has_no_room_left_unloads_first() -> None:
    """800 kg aboard at the second stop; the third truck's stop is free when that breaks."""
    task = line([10, 20, 25, 30], [5, 10, 15, 20], count=2)
    before = simulate(task, [Tour(0, (Stop(0), Stop(1))), Tour(0, (Stop(2),))])
    after = replan(task, before, Event(SIX + 23 * 60, broken=["press-2"]), QUICK)
    assert (after.status, after.reason) == ("ok", "")
    other = after.tours[0]
    assert [v.kind for v in other.visits][3:] == ["dump", "stop", "dump", "end"]
    assert other.trips == 2


def test_what_a_truck_goes_on_with() -> None:
    """At 15 min it has one load, a quarter of an hour less, and is heading for the stop at 20."""
    task = line([10, 20, 30], [5, 10, 20], fixed_eur=9.0, max_hours=2.0)
    before = simulate(task, [Tour(0, (Stop(0), Stop(1)))])
    (past,) = _pasts(task, before, Event(SIX + 15 * 60))
    truck = past.truck
    assert truck is not None
    assert (truck.begins, truck.start_s, truck.fixed_eur) == (2, SIX + 22 * 60, 0.0)
    assert truck.max_hours == pytest.approx(2.0 - 22 / 60)
    assert (truck.aboard_kg, truck.aboard_l) == (400, 1000)
    after = replan(task, before, Event(SIX + 15 * 60), QUICK)
    assert after.cost_eur == pytest.approx(before.cost_eur)
    assert after.distance_m == before.distance_m


def test_a_truck_that_waits_does_not_go_back_in_time() -> None:
    """The stop at 20 min opens at 7:00; at 6:40 the truck stands before it."""
    task = line([10, 20, 30], [5, 10, 20])
    early = np.array([0.0, SIX + 3600.0])
    late = np.array([SIX + 600.0, np.inf])
    task = replace(task, stops=replace(task.stops, early_s=early, late_s=late))
    before = simulate(task, [Tour(0, (Stop(0), Stop(1)))])
    assert before.tours[0].visits[2].arrive_s == SIX + 22 * 60
    after = replan(task, before, Event(SIX + 40 * 60), QUICK)
    (tour,) = after.tours
    assert tour.visits[2].kind == "way"
    assert tour.visits[2].leave_s == SIX + 40 * 60
    assert tour.visits[3].begin_s == SIX + 3600


def test_a_broken_truck_alone_leaves_its_stops() -> None:
    task = line([10, 20, 30], [5, 10, 20])
    before = simulate(task, [Tour(0, (Stop(0), Stop(1)))])
    after = replan(task, before, Event(SIX + 15 * 60, broken=["press"]), QUICK)
    assert (after.status, after.emptied.tolist()) == ("partial", [0])
    assert [(one.row, one.why) for one in after.skipped] == [(1, "no truck time")]
    with pytest.raises(UsageError, match="there is no truck 'pres'"):
        replan(task, before, Event(SIX, broken=["pres"]), QUICK)


@pytest.mark.parametrize("minutes", [0, 20, 45, 70, 100, 150, 400])
def test_what_is_emptied_stays_emptied(minutes: int) -> None:
    task = random_task(6, 12, dumps=2, count=3, max_hours=5)
    before = plan(task, QUICK)
    at_s = SIX + 60.0 * minutes
    name = before.tours[0].name
    after = replan(task, before, Event(at_s, broken=[name]), QUICK)
    assert after.reason == ""
    done = served_before(before, at_s)
    assert done <= set(after.emptied.tolist())
    of = {tour.name: tour for tour in after.tours}
    assert set(of[name].stops if name in of else ()) <= done
    rows = [row for tour in after.tours for row in tour.stops]
    assert len(rows) == len(set(rows))
    assert sorted([*rows, *(one.row for one in after.skipped)]) == list(range(12))
    for tour in after.tours:
        for one, other in pairwise(tour.visits):
            assert other.arrive_s >= one.leave_s
            assert (other.before_kg, other.before_l) == (one.after_kg, one.after_l)


def test_a_truck_turns_where_it_is_told() -> None:
    """A place between both stops, where the truck is when the first stop's street closes."""
    task = line([10, 20, 30], [5, 10, 20])
    before = simulate(task, [Tour(0, (Stop(0), Stop(1)))])
    seconds = np.pad(task.seconds, (0, 1))
    metres = np.pad(task.metres, (0, 1))
    seconds[4, 1:4] = [300.0, 900.0, 1500.0]
    metres[4, 1:4] = [2500.0, 7500.0, 17500.0]
    seconds[0:4, 4], metres[0:4, 4] = 300.0, 2500.0
    seconds[:, 1] = np.inf
    now = replace(task, seconds=seconds, metres=metres)
    here = {"press": Position(4, SIX + 300, 2500.0)}
    after = replan(now, before, Event(SIX + 240, positions=here), QUICK)
    (tour,) = after.tours
    assert [visit.kind for visit in tour.visits] == ["start", "way", "stop", "dump", "end"]
    assert tour.distance_m == 2500 + 7500 + 10_000 + 20_000
    assert [(one.row, one.why) for one in after.skipped] == [(0, "unreachable")]


def town() -> tuple[Task, Router]:
    """Twenty stops on a grid of streets."""
    roads = roads_of(grid_streets(9, 8))
    nodes = np.random.default_rng(4).choice(np.flatnonzero(roads.main), 22, replace=False)
    stops = stops_of(
        {
            "ids": [f"c{row}" for row in range(20)],
            "place": np.arange(2, 22),
            "kg": np.full(20, 200.0),
            "service_s": np.full(20, 60.0),
        }
    )
    blank = np.zeros((22, 22))
    kind = replace(random_task(1, 1).trucks[0], count=2, capacity_kg=1500.0)
    site = sites_of(("depot",), np.array([0])), sites_of(("dump",), np.array([1]), 600.0)
    router = Router(roads)
    return on_streets(Task(stops, *site, (kind,), blank, blank, 2.7, nodes), router), router


def test_a_street_closes_under_way() -> None:
    task, router = town()
    before = plan(task, QUICK)
    roads = router.roads
    ways = Ways(router, task)
    tour = before.tours[0]
    one, other = next(
        (one, other)
        for one, other in pairwise(tour.visits)
        if len(ways.arcs(one.place, other.place)) >= 3
    )
    at_s = one.leave_s + 1.0
    turns = ways.positions(before, at_s)
    node, when, metres = turns[tour.name]
    arcs = ways.arcs(one.place, other.place)
    assert node == roads.head[arcs[0]]
    assert when == pytest.approx(one.leave_s + roads.seconds[arcs[0]])
    assert metres == pytest.approx(roads.streets.length[roads.edge[arcs[0]]])
    shut = roads.seconds.copy()
    shut[roads.edge == roads.edge[arcs[1]]] = np.inf
    more, positions = with_positions(task, turns)
    after = replan(on_streets(more, router, shut), before, Event(at_s, (), positions), QUICK)
    assert (after.status, len(after.emptied)) == ("ok", 20)
    assert after.distance_m >= before.distance_m - 1
    now = Ways(router, after.task, shut)
    driven = [
        arc
        for again in after.tours
        for here, there in pairwise(again.visits)
        if here.leave_s >= at_s
        for arc in now.arcs(here.place, there.place).tolist()
    ]
    assert driven
    assert np.isfinite(shut[driven]).all()


def test_lines_are_as_long_as_the_ways() -> None:
    task, router = town()
    (tour, *_) = plan(task, QUICK).tours
    for line_m, visit in zip(Ways(router, task).tour_lines(tour), tour.visits[1:], strict=True):
        steps = np.diff(line_m, axis=0)
        assert np.hypot(steps[:, 0], steps[:, 1]).sum() == pytest.approx(visit.metres)
