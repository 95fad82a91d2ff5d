"""What a closed stretch of street does: the whole decision."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from kopa.geo.engine_routingkit import Metric
from kopa.model import BoolArray, FloatArray, IntArray

from .connections import Times, times_of
from .detour import Detour, boundary, closed_times, detours
from .network import Network
from .reach import LIMITS, counts, minutes_to
from .stretch import closed_edges
from .timetable import Runs
from .trips_hit import Hits, trips_hit

AT_STOP_M = 30.0
"""A stop so near to a closed street, and to no open one nearer, is on it."""

AROUND_M = 50.0
"""A bus leaves the closed street, and comes back to it, at a crossing so near to its ends."""


@dataclass(frozen=True)
class Question:
    """A stretch that is closed for some hours of a day.

    Parameters
    ----------
    stretch
        A shapely geometry in the network's CRS.
    date
        The day.
    start, end
        First second of the closure since the day's midnight, and first second after it.
    x, y
        Places whose reach is asked for, m, shape (place,).
    at
        Second at which people set out to them.
    """

    stretch: Any
    date: datetime.date
    start: int
    end: int
    x: FloatArray
    y: FloatArray
    at: int


@dataclass(frozen=True)
class Closure:
    """What a closed stretch does.

    Parameters
    ----------
    closed
        Street edges that are closed, shape (edge,).
    runs
        All runs on their way while the stretch is closed.
    hits
        Those that are hit, and when.
    trip_delay
        Time that each hit run loses on its way round, s; `inf` where there is no way round,
        shape (run of hits.runs,).
    detours
        Ways round for cars, one a direction.
    stops
        Stops on the stretch, which nothing serves while it is closed, shape (stop,).
    reach
        Stops from which the places are reached, by minutes: before, after (hit trips go
        round, and leave out the stops on the stretch), and without the hit trips.
    """

    closed: BoolArray
    runs: Runs
    hits: Hits
    trip_delay: FloatArray
    detours: tuple[Detour, ...]
    stops: IntArray
    reach: dict[int, dict[str, int]]

    @property
    def added_minutes(self) -> float | None:
        """What the way round adds for a car, min: the worse direction; None if none drives."""
        if not self.detours:
            return None
        return max(one.added for one in self.detours) / 60


def close(network: Network, question: Question) -> Closure:
    """Follow a closed stretch through streets and timetable.

    Parameters
    ----------
    network
        Streets, and the timetable if there is one.
    question
        What is closed, and when.
    """
    roads = network.roads
    closed = closed_edges(network.streets, question.stretch)
    before = network.router.metric()
    after = network.router.metric(closed_times(roads, closed))
    runs = network.timetable.runs(question.date, question.start, question.end)
    hits = trips_hit(network, question.stretch, runs, question.start, question.end)
    ends = boundary(roads, closed)
    lost = lost_per_passage(network, hits, ends, before, after)
    stops = stops_on(network, closed)
    return Closure(
        closed=closed,
        runs=runs,
        hits=hits,
        trip_delay=_by_run(hits, lost),
        detours=tuple(detours(roads, closed, before, after)),
        stops=stops,
        reach=_reach(network, question, (hits, lost, stops)),
    )


def stops_on(network: Network, closed: BoolArray) -> IntArray:
    """Stops whose nearest street that cars drive on is closed."""
    import shapely

    from .stretch import edge_lines, edges_near

    if not closed.any() or not len(network.timetable.stop_ids):
        return np.empty(0, dtype=np.int64)
    streets = network.streets
    shut = shapely.union_all(edge_lines(streets, np.flatnonzero(closed)))
    points = shapely.points(np.column_stack(network.stop_places))
    to_shut = shapely.distance(points, shut)
    near = np.flatnonzero(to_shut <= AT_STOP_M)
    if not len(near):
        return np.asarray(near)
    around = edges_near(streets, shapely.buffer(shut, 2 * AT_STOP_M).bounds)
    others = around[streets.drive[around] & ~closed[around]]
    if not len(others):
        return np.asarray(near)
    tree = shapely.STRtree(edge_lines(streets, others))
    _, to_open = tree.query_nearest(points[near], return_distance=True, all_matches=False)
    return np.asarray(near[to_shut[near] < to_open])


def lost_per_passage(
    network: Network, hits: Hits, ends: IntArray, before: Metric, after: Metric
) -> FloatArray:
    """Time that each passage costs when the run goes round, s, shape (passage,)."""
    if not len(hits.run) or not len(ends):
        return np.zeros(len(hits.run))
    streets = network.streets

    def off(points: FloatArray) -> FloatArray:
        return np.hypot(points[:, :1] - streets.x[ends], points[:, 1:] - streets.y[ends])

    leave, rejoin = off(hits.from_xy), off(hits.to_xy)
    usual, now = before.matrix(ends, ends), after.matrix(ends, ends)
    # where cars have no way even now, buses have one of their own: nothing is known to be lost
    known = np.isfinite(usual)
    added = np.where(known, now - np.where(known, usual, 0.0), 0.0)
    near_leave = leave <= leave.min(axis=1, keepdims=True) + AROUND_M
    near_rejoin = rejoin <= rejoin.min(axis=1, keepdims=True) + AROUND_M
    length = np.hypot(*(hits.to_xy - hits.from_xy).T)
    lost = np.empty(len(hits.run))
    for row in range(len(lost)):
        pairs = added[np.ix_(near_leave[row], near_rejoin[row])]
        alone = np.flatnonzero(near_leave[row])[:, None] == np.flatnonzero(near_rejoin[row])
        if length[row] > 2 * AROUND_M and not alone.all():
            pairs = pairs[~alone]  # to leave and rejoin at one node is no way round
        nearest = added[np.argmin(leave[row]), np.argmin(rejoin[row])]
        lost[row] = nearest if np.isfinite(nearest) else pairs.min()
    return np.maximum(lost, 0.0)


def _by_run(hits: Hits, lost: FloatArray) -> FloatArray:
    runs = hits.runs
    total = np.zeros(len(runs))
    np.add.at(total, np.searchsorted(runs, hits.run), lost)
    return total


def _reach(
    network: Network, question: Question, hit: tuple[Hits, FloatArray, IntArray]
) -> dict[int, dict[str, int]]:
    hits, lost, stops = hit
    limit = max(LIMITS)
    if not len(question.x):
        return {}
    runs = network.timetable.runs(question.date, question.at, question.at + limit * 60)
    usual = times_of(network.timetable, runs)
    closed_runs = network.timetable.runs(question.date, question.start, question.end)
    same = _same(closed_runs, runs)
    states = {
        "before": usual,
        "after": rerouted(network, usual, (hits, lost, stops), same, question),
        "without_trips": _without(usual, same[hits.runs]),
    }
    found = {
        name: counts(minutes_to(network, times, question.x, question.y, question.at, limit), LIMITS)
        for name, times in states.items()
    }
    return {minutes: {name: by[minutes] for name, by in found.items()} for minutes in LIMITS}


def _same(one: Runs, other: Runs) -> IntArray:
    """Number in the other list of each run, -1 where it is not there."""
    at = {
        pair: row
        for row, pair in enumerate(zip(other.trip.tolist(), other.offset.tolist(), strict=True))
    }
    pairs = zip(one.trip.tolist(), one.offset.tolist(), strict=True)
    return np.array([at.get(pair, -1) for pair in pairs], dtype=np.int64)


def rerouted(
    network: Network,
    usual: Times,
    hit: tuple[Hits, FloatArray, IntArray],
    same: IntArray,
    question: Question,
) -> Times:
    """Times when hit runs go round, and nothing serves the stops on the stretch.

    A run that has no way round ends where it would have come to the stretch.

    Parameters
    ----------
    network
        With a timetable.
    usual
        Times as the timetable has them.
    hit
        The passages, the time that each costs, and the stops on the stretch.
    same
        Number in `usual` of each run that `hit` numbers, -1 for none.
    question
        What is closed, and when.
    """
    hits, lost, stops = hit
    late = np.zeros(len(usual.run))
    served = usual.served.copy()
    begin = np.searchsorted(usual.run, np.arange(int(usual.run.max(initial=-1)) + 2))
    passages = zip(hits.run.tolist(), hits.first_after.tolist(), lost.tolist(), strict=True)
    for run, after, seconds in passages:
        at = int(same[run])
        if at < 0:
            continue
        rest = slice(int(begin[at]) + after, int(begin[at + 1]))
        if np.isfinite(seconds):
            late[rest] += seconds
        else:
            served[rest] = False
    here = np.isin(network.timetable.stop[usual.row], np.asarray(stops))
    here &= (usual.arrival < question.end) & (usual.departure >= question.start)
    whole = np.rint(late).astype(np.int64)
    return replace(
        usual,
        arrival=usual.arrival + whole,
        departure=usual.departure + whole,
        served=served & ~here,
    )


def _without(usual: Times, runs: IntArray | Sequence[int]) -> Times:
    return replace(usual, served=usual.served & ~np.isin(usual.run, np.asarray(runs)))
