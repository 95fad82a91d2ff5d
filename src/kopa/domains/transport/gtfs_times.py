"""Stop times of a feed: put in order, gaps filled, headways written out."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np

from kopa.model import BoolArray, FloatArray, IntArray

from .geometry import metres_between
from .gtfs_table import Table

_TIME = re.compile(r"^\s*(\d{1,3}):([0-5]\d):([0-5]\d)\s*$")
TIME = "a time as HH:MM:SS; hours go on past 24"


@dataclass(frozen=True)
class StopTimes:
    """Rows of ``stop_times.txt``, in the order of trips and of stops along each.

    Parameters
    ----------
    trips
        Row of ``trips.txt`` of each trip that stops twice or more, shape (trip,).
    ids
        Name of each trip.
    first, stop, arrival, departure, along, board, alight
        As in `Timetable`.
    """

    trips: IntArray
    ids: tuple[str, ...]
    first: IntArray
    stop: IntArray
    arrival: IntArray
    departure: IntArray
    along: FloatArray
    board: BoolArray
    alight: BoolArray


def clock_seconds(text: str) -> int | None:
    """``HH:MM:SS`` in seconds; None for what is no such time."""
    match = _TIME.match(text)
    if match is None:
        return None
    return int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3])


def stop_times(
    table: Table,
    trip_rows: dict[str, int],
    stop_rows: dict[str, int],
    places: tuple[FloatArray, FloatArray],
) -> StopTimes:
    """Stop times of all trips that have two or more.

    Times that the feed leaves out are interpolated between those it gives, by the straight
    distance from stop to stop.

    Parameters
    ----------
    table
        ``stop_times.txt``.
    trip_rows, stop_rows
        Rows by id.
    places
        Longitude and latitude of the stops.
    """
    trip = table.coded("trip_id", trip_rows, False, "trips.txt")
    stop = table.coded("stop_id", stop_rows, False, "stops.txt")
    sequence = table.numbers("stop_sequence", 0, 1e9)
    arrival = table.mapped("arrival_time", clock_seconds, TIME)
    departure = table.mapped("departure_time", clock_seconds, TIME)
    along = table.numbers("shape_dist_traveled", 0, 1e9)
    board = table.numbers("pickup_type", 0, 3, 0.0) != 1
    alight = table.numbers("drop_off_type", 0, 3, 0.0) != 1
    good = np.flatnonzero((trip >= 0) & (stop >= 0) & ~np.isnan(sequence))
    order = good[np.lexsort((sequence[good], trip[good]))]
    counts = np.bincount(trip[order], minlength=len(trip_rows)) if len(order) else np.zeros(0)
    many = counts >= 2
    order = order[many[trip[order]]] if len(order) else order
    same = (np.diff(trip[order]) == 0) & (np.diff(sequence[order]) == 0)
    for row in order[1:][same].tolist():
        table.wrong(row, "gtfs-duplicate", "the stop_sequence stands twice in its trip.", "Number.")
    trips = np.flatnonzero(many)
    first = np.concatenate([[0], np.cumsum(counts[many])]).astype(np.int64)
    arrival, departure = arrival[order], departure[order]
    arrival = np.where(arrival < 0, departure, arrival)
    departure = np.where(departure < 0, arrival, departure)
    if _ends_are_there(table, first, arrival, order):
        lon, lat = places
        arrival, departure = _filled(arrival, departure, lon[stop[order]], lat[stop[order]])
        _told_backwards(table, first, arrival, departure, order)
    names = {row: name for name, row in trip_rows.items()}
    return StopTimes(
        trips,
        tuple(names[row] for row in trips.tolist()),
        first,
        stop[order],
        arrival,
        departure,
        along[order],
        board[order],
        alight[order],
    )


def _ends_are_there(table: Table, first: IntArray, arrival: IntArray, order: IntArray) -> bool:
    ends = np.concatenate([first[:-1], first[1:] - 1])
    lost = ends[arrival[ends] < 0]
    for row in order[lost].tolist():
        what = "the first or last stop of a trip has no time."
        table.wrong(row, "gtfs-no-time", what, "Give arrival_time and departure_time.")
    return not len(lost)


def _filled(
    arrival: IntArray, departure: IntArray, lon: FloatArray, lat: FloatArray
) -> tuple[IntArray, IntArray]:
    lost = np.flatnonzero(arrival < 0)
    if not len(lost):
        return arrival, departure
    run = np.concatenate([[0.0], np.cumsum(np.nan_to_num(metres_between(lon, lat)))])
    rows = np.arange(len(arrival))
    before = np.maximum.accumulate(np.where(arrival >= 0, rows, 0))[lost]
    after = np.minimum.accumulate(np.where(arrival >= 0, rows, len(rows))[::-1])[::-1][lost]
    length = run[after] - run[before]
    by_stops = (lost - before) / (after - before)
    by_metres = np.divide(run[lost] - run[before], length, out=by_stops, where=length > 0)
    times = departure[before] + by_metres * (arrival[after] - departure[before])
    arrival, departure = arrival.copy(), departure.copy()
    arrival[lost] = departure[lost] = np.rint(np.round(times, 6)).astype(np.int64)
    return arrival, departure


def _told_backwards(
    table: Table, first: IntArray, arrival: IntArray, departure: IntArray, order: IntArray
) -> None:
    waits = departure < arrival
    back = np.zeros(len(arrival), dtype=bool)
    back[1:] = arrival[1:] < departure[:-1]
    back[first[:-1]] = False
    for row in order[waits | back].tolist():
        what = "the trip goes back in time here."
        table.wrong(row, "gtfs-time-order", what, "Times past midnight go on: 25:10:00.")


def expanded(
    rows: StopTimes, frequencies: Table | None, trip_rows: dict[str, int]
) -> tuple[StopTimes, IntArray]:
    """Trips that run by headway, written out as trips of their own.

    Parameters
    ----------
    rows
        The stop times.
    frequencies
        ``frequencies.txt``, if there is one.
    trip_rows
        Row of ``trips.txt`` by id.

    Returns
    -------
    tuple
        The stop times, and the row of ``trips.txt`` of each trip.
    """
    if frequencies is None or not frequencies.rows:
        return rows, rows.trips
    trip = frequencies.coded("trip_id", trip_rows, False, "trips.txt")
    start = frequencies.mapped("start_time", clock_seconds, TIME)
    end = frequencies.mapped("end_time", clock_seconds, TIME)
    headway = frequencies.numbers("headway_secs", 1, 86_400)
    at = {int(native): row for row, native in enumerate(rows.trips)}
    usual = np.setdiff1d(np.arange(len(rows.trips)), [at.get(int(t), -1) for t in trip])
    chosen, shifts = [usual], [np.zeros(len(usual), dtype=np.int64)]
    ids = [rows.ids[row] for row in usual]
    for line in range(frequencies.rows):
        row = at.get(int(trip[line]), -1)
        if row < 0 or not headway[line] >= 1:
            continue
        begins = np.arange(start[line], end[line], int(headway[line]), dtype=np.int64)
        chosen.append(np.full(len(begins), row, dtype=np.int64))
        shifts.append(begins - rows.departure[rows.first[row]])
        ids += [f"{rows.ids[row]}@{_clock(int(second))}" for second in begins]
    return _copies(rows, np.concatenate(chosen), np.concatenate(shifts), tuple(ids))


def _copies(
    rows: StopTimes, chosen: IntArray, shift: IntArray, ids: tuple[str, ...]
) -> tuple[StopTimes, IntArray]:
    lengths = np.diff(rows.first)[chosen]
    first = np.concatenate([[0], np.cumsum(lengths)])
    take = np.repeat(rows.first[:-1][chosen] - first[:-1], lengths) + np.arange(first[-1])
    later = np.repeat(shift, lengths)
    moved = replace(
        rows,
        trips=rows.trips[chosen],
        ids=ids,
        first=first.astype(np.int64),
        stop=rows.stop[take],
        arrival=rows.arrival[take] + later,
        departure=rows.departure[take] + later,
        along=rows.along[take],
        board=rows.board[take],
        alight=rows.alight[take],
    )
    return moved, moved.trips


def _clock(second: int) -> str:
    return f"{second // 3600:02d}:{second % 3600 // 60:02d}:{second % 60:02d}"
