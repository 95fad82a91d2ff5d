"""What closed streets, stops out of service and cancelled trips do to departures."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kopa.domain import Event, Parent
from kopa.model import BoolArray, FloatArray, IntArray, Window

from .closure import lost_per_passage, stops_on
from .connections import Times, times_of
from .detour import boundary, closed_times
from .network import Network
from .states import Action
from .timetable import Runs
from .trips_hit import trips_hit


@dataclass(frozen=True)
class Riders:
    """Departures of a run.

    Parameters
    ----------
    share
        Share of the departures of each step that leave, 1 where there are none, shape
        (step, stop).
    lost
        Departures that do not leave, shape (stop,).
    cause
        The event behind a stop's first loss, -1 for none, shape (stop,).
    hit
        Runs of each trip that a closed street hits, shape (trip,).
    hit_cause
        The event that tells it, -1 for none, shape (trip,).
    """

    share: FloatArray
    lost: FloatArray
    cause: IntArray
    hit: FloatArray
    hit_cause: IntArray


def ride(network: Network, window: Window, found: Sequence[Action], events: list[Event]) -> Riders:
    """Departures while things happen; adds an event for each stretch that hits trips.

    Parameters
    ----------
    network
        The network.
    window
        The time.
    found
        What happens.
    events
        Told so far.
    """
    table = network.timetable
    stops, trips = len(table.stop_ids), len(table.trip_ids)
    hit, hit_cause = np.zeros(trips), np.full(trips, -1, dtype=np.int64)
    cause = np.full(stops, -1, dtype=np.int64)
    date = window.date or table.usual_day()
    if date is None or not found:
        return Riders(np.ones((window.steps, stops)), np.zeros(stops), cause, hit, hit_cause)
    runs = table.runs(date, window.start, window.end)
    times = times_of(table, runs)
    lost = np.zeros(len(times.row), dtype=bool)
    here = (times.departure >= window.start) & (times.departure < window.end)
    here &= np.concatenate([times.run[1:] == times.run[:-1], [False]])[: len(here)]
    for one in found:
        gone, event = _gone(network, (runs, times, date), one, events, (hit, hit_cause))
        first = gone & here & ~lost
        rows = table.stop[times.row[first]]
        fresh = rows[cause[rows] < 0]
        cause[fresh] = event
        lost |= gone & here
    step = ((times.departure - window.start) // window.step)[here]
    at = step * stops + table.stop[times.row[here]]
    size = window.steps * stops
    asked = np.bincount(at, minlength=size).reshape(window.steps, stops)
    missed = np.bincount(at, lost[here].astype(float), minlength=size).reshape(asked.shape)
    share = 1 - np.divide(missed, asked, out=np.zeros(asked.shape), where=asked > 0)
    return Riders(share, missed.sum(axis=0), cause, hit, hit_cause)


def _gone(
    network: Network,
    day: tuple[Runs, Times, datetime.date],
    one: Action,
    events: list[Event],
    hit: tuple[FloatArray, IntArray],
) -> tuple[BoolArray, int]:
    """Rows of the times at which nothing leaves because of one thing, and its event."""
    runs, times, date = day
    table = network.timetable
    stop, trip = table.stop[times.row], runs.trip[times.run]
    when = (times.departure >= one.start) & (times.departure < one.end)
    if one.what in ("out", "unpowered"):
        at = np.isin(stop, one.items) & when
        return at & network.powered_trips[trip] if one.what == "unpowered" else at, one.event
    if one.what == "cancelled":
        begins = (table.begins[runs.trip] + runs.offset)[times.run]
        return np.isin(trip, one.items) & (begins >= one.start) & (begins < one.end), one.event
    if one.what == "closed":
        return _closed(network, (runs, times, date), one, events, hit)
    return np.zeros(len(stop), dtype=bool), one.event


def _closed(
    network: Network,
    day: tuple[Runs, Times, datetime.date],
    one: Action,
    events: list[Event],
    hit: tuple[FloatArray, IntArray],
) -> tuple[BoolArray, int]:
    import shapely

    from .stretch import edge_lines

    runs, times, _ = day
    table, streets = network.timetable, network.streets
    closed = np.zeros(streets.edges, dtype=bool)
    closed[one.items] = True
    line = shapely.union_all(edge_lines(streets, one.items))
    found = trips_hit(network, line, runs, one.start, one.end)
    event = one.event
    if len(found.run):
        rows = np.unique(runs.trip[found.runs])
        parents = (Parent("event", one.event),)
        event = len(events)
        events.append(Event("hit", network.rows.trip + rows, one.start, one.end, parents))
        np.add.at(hit[0], runs.trip[found.runs], 1.0)
        hit[1][rows] = event
    when = (times.departure >= one.start) & (times.departure < one.end)
    gone = np.isin(table.stop[times.row], stops_on(network, closed)) & when
    after = network.router.metric(closed_times(network.roads, closed))
    ends = boundary(network.roads, closed)
    lost = lost_per_passage(network, found, ends, network.router.metric(), after)
    begin = np.searchsorted(times.run, np.arange(len(runs) + 1))
    for at in np.flatnonzero(np.isinf(lost)).tolist():
        run = int(found.run[at])
        gone[int(begin[run]) + int(found.first_after[at]) : int(begin[run + 1])] = True
    return gone, event
