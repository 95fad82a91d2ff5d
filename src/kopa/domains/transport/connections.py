"""Timetable routing: earliest arrival from many stops at once, by scanning connections.

All connections that depart in the same second are relaxed together, for all origins, until
nothing moves, so trips that leave a stop in the second in which they arrive are no special case.

References
----------
Dibbelt, Pajor, Strasser and Wagner (2018), Connection Scan Algorithm, ACM Journal of
Experimental Algorithmics 23.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from kopa.model import BoolArray, FloatArray, IntArray

from .timetable import Runs, Timetable

NEVER = np.int32(2**30)
"""Arrival at what cannot be reached, s."""


@dataclass(frozen=True)
class Walks:
    """Walks from stop to stop between rides.

    Parameters
    ----------
    first
        Walks from stop i are rows ``first[i]`` to ``first[i + 1] - 1``, shape (stop + 1,).
    to
        Stop that is walked to, shape (walk,).
    seconds
        Time of the walk, s, shape (walk,).
    """

    first: IntArray
    to: IntArray
    seconds: IntArray


@dataclass(frozen=True)
class Connections:
    """Rides from a stop to the next one without a stop between, in order of departure.

    Parameters
    ----------
    stops
        Number of stops.
    start, end
        Stops, shape (connection,).
    departure, arrival
        Seconds since midnight of the first day, shape (connection,).
    run
        The run of a trip that it belongs to, shape (connection,).
    board, alight
        True where people may get on at the start, and off at the end, shape (connection,).
    runs
        Number of runs.
    """

    stops: int
    start: IntArray
    end: IntArray
    departure: IntArray
    arrival: IntArray
    run: IntArray
    board: BoolArray
    alight: BoolArray
    runs: int

    def between(self, start: int, end: int) -> Connections:
        """Those that depart from one second to another, both included."""
        low = int(np.searchsorted(self.departure, start, side="left"))
        high = int(np.searchsorted(self.departure, end, side="right"))
        part = slice(low, high)
        return replace(
            self,
            start=self.start[part],
            end=self.end[part],
            departure=self.departure[part],
            arrival=self.arrival[part],
            run=self.run[part],
            board=self.board[part],
            alight=self.alight[part],
        )


@dataclass(frozen=True)
class Times:
    """Stop times of runs, one row a stop of a run; a row may be taken out or be late.

    Parameters
    ----------
    run
        Run of each row, rising, shape (row,).
    row
        Row of the timetable, shape (row,).
    arrival, departure
        Seconds since midnight of the first day, shape (row,).
    served
        False where the run passes without stopping, shape (row,).
    """

    run: IntArray
    row: IntArray
    arrival: IntArray
    departure: IntArray
    served: BoolArray


def times_of(timetable: Timetable, runs: Runs) -> Times:
    """Stop times of runs, as the timetable has them."""
    lengths = np.diff(timetable.first)[runs.trip]
    run = np.repeat(np.arange(len(runs)), lengths)
    begin = np.concatenate([[0], np.cumsum(lengths)])[:-1]
    row = np.arange(len(run)) + np.repeat(timetable.first[:-1][runs.trip] - begin, lengths)
    shift = np.repeat(runs.offset, lengths)
    return Times(
        run,
        row,
        timetable.arrival[row] + shift,
        timetable.departure[row] + shift,
        np.ones(len(run), dtype=bool),
    )


def connections(timetable: Timetable, times: Times) -> Connections:
    """Connections of runs, passing over what is not served."""
    rows = np.flatnonzero(times.served)
    run, row = times.run[rows], times.row[rows]
    joined = np.flatnonzero(run[1:] == run[:-1])
    departure = times.departure[rows][joined]
    # a run's connections within a second keep their order: lexsort is stable
    order = joined[np.argsort(departure, kind="stable")]
    return Connections(
        stops=len(timetable.stop_ids),
        start=timetable.stop[row[order]],
        end=timetable.stop[row[order + 1]],
        departure=times.departure[rows][order],
        arrival=times.arrival[rows][order + 1],
        run=run[order],
        board=timetable.board[row[order]],
        alight=timetable.alight[row[order + 1]],
        runs=int(times.run.max(initial=-1)) + 1,
    )


def arrivals(trips: Connections, walks: Walks, origins: IntArray, at: int, until: int) -> IntArray:
    """Earliest arrival at every stop from every origin.

    One walk is made before the first ride, between two rides, and after the last; there may
    be any number of rides.

    Parameters
    ----------
    trips
        Connections.
    walks
        Walks between stops.
    origins
        Stops that people start at, shape (origin,).
    at
        Second at which they start.
    until
        Later departures are not looked at.

    Returns
    -------
    IntArray
        Seconds since midnight of the first day, `NEVER` where none arrives, shape (stop, origin).
    """
    near = trips.between(at, until)
    state = _Scan(near, walks, origins, at)
    cuts = np.flatnonzero(np.diff(near.departure)) + 1
    bounds = [0, *cuts.tolist(), len(near.departure)]
    for low, high in pairwise(bounds):
        if high > low:
            state.relax(slice(low, high))
    return state.there.astype(np.int64)


class _Scan:
    """Arrivals while the connections are scanned, second by second."""

    def __init__(self, near: Connections, walks: Walks, origins: IntArray, at: int) -> None:
        self._near, self._walks = near, walks
        self.there = np.full((near.stops, len(origins)), NEVER, dtype=np.int32)
        self._aboard = np.zeros((near.runs, len(origins)), dtype=bool)
        for column, origin in enumerate(origins.tolist()):
            part = slice(walks.first[origin], walks.first[origin + 1])
            self.there[walks.to[part], column] = at + walks.seconds[part]
            self.there[origin, column] = at
        # arrivals by a ride: only from these may one walk on
        self._rode = np.full_like(self.there, NEVER)

    def relax(self, part: slice) -> None:
        """Ride all connections of one second, until nobody gets anywhere sooner.

        A run may pass several stops within the second: who gets on at one of them has not
        been at those before.
        """
        near = self._near
        second = near.departure[part][0]
        layers = [part.start + layer for layer in _layers(near.run[part])]
        again = bool((near.arrival[part] == second).any())
        while True:
            moved = False
            on: dict[int, BoolArray] = {}
            for layer in layers:
                runs = near.run[layer]
                boards = self._aboard[runs]
                for row, run in enumerate(runs.tolist() if on else ()):
                    if run in on:
                        boards[row] = on[run]
                boards |= (self.there[near.start[layer]] <= second) & near.board[layer][:, None]
                moved |= self._alight(boards, layer)
                if len(layers) > 1:
                    on.update(zip(runs.tolist(), boards, strict=True))
                else:
                    self._aboard[runs] = boards
            # only what arrives within this very second can board here once more
            if not (moved and again):
                break
        for run, boards in on.items():
            self._aboard[run] = boards

    def _alight(self, boards: BoolArray, layer: IntArray) -> bool:
        """Get off where it is sooner than before, and walk on; True if anybody does."""
        near, walks = self._near, self._walks
        useful = layer[near.alight[layer] & boards.any(axis=1)]
        if not len(useful):
            return False
        rows = np.searchsorted(layer, useful)
        order = np.argsort(near.end[useful], kind="stable")
        useful, rows = useful[order], rows[order]
        stops, first = np.unique(near.end[useful], return_index=True)
        seconds = near.arrival[useful].astype(np.int32)[:, None]
        arrives = np.minimum.reduceat(np.where(boards[rows], seconds, NEVER), first, axis=0)
        sooner = arrives < self._rode[stops]
        some = sooner.any(axis=1)
        if not some.any():
            return False
        stops, arrives = stops[some], np.where(sooner[some], arrives[some], NEVER)
        self._rode[stops] = np.minimum(self._rode[stops], arrives)
        self.there[stops] = np.minimum(self.there[stops], arrives)
        for stop, at in zip(stops.tolist(), arrives, strict=True):
            part = slice(walks.first[stop], walks.first[stop + 1])
            if part.stop > part.start:
                to = walks.to[part]
                walked = at + walks.seconds[part].astype(np.int32)[:, None]
                self.there[to] = np.minimum(self.there[to], walked)
        return True


def _layers(runs: IntArray) -> list[IntArray]:
    """Positions of the first row of every run, of the second, and so on."""
    order = np.argsort(runs, kind="stable")
    new = np.concatenate([[True], runs[order][1:] != runs[order][:-1]])
    if new.all():
        return [np.arange(len(runs))]
    place = np.arange(len(runs))
    rank = np.empty(len(runs), dtype=np.int64)
    rank[order] = place - np.maximum.accumulate(np.where(new, place, 0))
    return [np.flatnonzero(rank == layer) for layer in range(int(rank.max()) + 1)]


def walks_between(
    x: FloatArray, y: FloatArray, within: float, speed: float, detour: float
) -> Walks:
    """Walks between stops that lie near each other.

    Parameters
    ----------
    x, y
        Place of the stops, m, shape (stop,).
    within
        Greatest straight distance, m.
    speed
        Speed of walking, m/s.
    detour
        Length of a way on foot over the straight distance.
    """
    from scipy.spatial import KDTree

    known = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    tree = KDTree(np.column_stack([x[known], y[known]]))
    pairs = known[tree.query_pairs(within, output_type="ndarray")]
    start = np.concatenate([pairs[:, 0], pairs[:, 1]])
    to = np.concatenate([pairs[:, 1], pairs[:, 0]])
    order = np.lexsort((to, start))
    start, to = start[order], to[order]
    far = np.hypot(x[start] - x[to], y[start] - y[to])
    seconds = np.ceil(far * detour / speed).astype(np.int64)
    first = np.concatenate([[0], np.cumsum(np.bincount(start, minlength=len(x)))])
    return Walks(first.astype(np.int64), to, seconds)
