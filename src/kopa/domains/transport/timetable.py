"""A timetable of public transport, as a GTFS feed has it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kopa.model import BoolArray, FloatArray, IntArray

DAY = 86_400


@dataclass(frozen=True)
class Calendar:
    """On which days services run.

    Parameters
    ----------
    weekdays
        True where a service runs, Monday first, shape (service, 7).
    start, end
        First and last day (proleptic ordinals) of the weekly pattern; ``end < start`` where a
        service has none, shape (service,).
    extra_service, extra_day, added
        Exceptions: service, ordinal of the day, and True if it runs then, shape (exception,).
    """

    weekdays: BoolArray
    start: IntArray
    end: IntArray
    extra_service: IntArray
    extra_day: IntArray
    added: BoolArray

    def running(self, date: datetime.date) -> BoolArray:
        """True where a service runs on a day, shape (service,)."""
        day = date.toordinal()
        runs = self.weekdays[:, date.weekday()] & (self.start <= day) & (day <= self.end)
        today = self.extra_day == day
        runs[self.extra_service[today & ~self.added]] = False
        runs[self.extra_service[today & self.added]] = True
        return np.asarray(runs)

    @cached_property
    def period(self) -> tuple[datetime.date, datetime.date] | None:
        """First and last day that the calendar speaks of; None if it speaks of none."""
        weekly = self.end >= self.start
        days = np.concatenate([self.start[weekly], self.end[weekly], self.extra_day[self.added]])
        if not len(days):
            return None
        first, last = int(days.min()), int(days.max())
        return datetime.date.fromordinal(first), datetime.date.fromordinal(last)


@dataclass(frozen=True)
class Shapes:
    """Lines that trips drive along.

    Parameters
    ----------
    ids
        Id of each shape.
    first
        Shape i is drawn through points ``first[i]`` to ``first[i + 1] - 1``, shape (shape + 1,).
    lon, lat
        The points, degrees, shape (point,).
    along
        ``shape_dist_traveled`` of the points in whatever unit the feed has, NaN where it has
        none, shape (point,).
    """

    ids: tuple[str, ...]
    first: IntArray
    lon: FloatArray
    lat: FloatArray
    along: FloatArray


@dataclass(frozen=True)
class Timetable:
    """Stops, routes, trips and their times.

    Parameters
    ----------
    timezone
        Time zone of the agency, such as ``Europe/Riga``.
    stop_ids, stop_names
        Stops.
    stop_lon, stop_lat
        Place of the stops, degrees, shape (stop,).
    route_ids, route_names
        Routes.
    route_type
        GTFS route type, 0 for trams, shape (route,).
    trip_ids
        Trips, unique; a trip expanded from a headway is ``trip@HH:MM:SS``.
    trip_source
        The trip's id in the feed, equal to `trip_ids` but for expanded trips.
    trip_route, trip_service
        Route and service of each trip, shape (trip,).
    trip_shape
        Shape of each trip, -1 for none, shape (trip,).
    first
        Trip i stops at rows ``first[i]`` to ``first[i + 1] - 1``, shape (trip + 1,).
    stop
        Stop of each row, shape (row,).
    arrival, departure
        Seconds since midnight of the service day, may pass 24 h, shape (row,).
    along
        ``shape_dist_traveled`` of the rows, NaN where the feed has none, shape (row,).
    board, alight
        True where people may get on, and off, shape (row,).
    calendar
        Days of the services.
    shapes
        Lines of the trips.
    """

    timezone: str
    stop_ids: tuple[str, ...]
    stop_names: tuple[str, ...]
    stop_lon: FloatArray
    stop_lat: FloatArray
    route_ids: tuple[str, ...]
    route_names: tuple[str, ...]
    route_type: IntArray
    trip_ids: tuple[str, ...]
    trip_source: tuple[str, ...]
    trip_route: IntArray
    trip_service: IntArray
    trip_shape: IntArray
    first: IntArray
    stop: IntArray
    arrival: IntArray
    departure: IntArray
    along: FloatArray
    board: BoolArray
    alight: BoolArray
    calendar: Calendar
    shapes: Shapes

    @cached_property
    def trip_of(self) -> IntArray:
        """Trip of each row, shape (row,)."""
        return np.repeat(np.arange(len(self.trip_ids)), np.diff(self.first))

    @cached_property
    def begins(self) -> IntArray:
        """First departure of each trip, s, shape (trip,)."""
        return self.departure[self.first[:-1]]

    @cached_property
    def ends(self) -> IntArray:
        """Last arrival of each trip, s, shape (trip,)."""
        return self.arrival[self.first[1:] - 1]

    def usual_day(self) -> datetime.date | None:
        """The first Wednesday with the most trips, or the busiest day if no Wednesday has any.

        For windows that say no date; None if no trip ever runs.
        """
        period = self.calendar.period
        if period is None:
            return None
        first, last = period
        days = [
            first + datetime.timedelta(days=n) for n in range(min((last - first).days + 1, 366))
        ]
        by_service = np.bincount(self.trip_service, minlength=len(self.calendar.start))
        counts = [int(by_service[self.calendar.running(day)].sum()) for day in days]
        best = max(
            zip(days, counts, strict=True),
            key=lambda one: (one[0].weekday() == 2 and one[1] > 0, one[1]),
        )
        return best[0] if best[1] else None

    def runs(self, date: datetime.date, start: int, end: int) -> Runs:
        """Trips that are on their way in a stretch of time.

        Services of the day before may still run after midnight, and a window may pass it.

        Parameters
        ----------
        date
            The day whose midnight seconds count from.
        start, end
            First second, and first second after it.
        """
        trips, offsets = [], []
        longest = int(self.ends.max(initial=0))
        for day in range((start - longest) // DAY, (end - 1) // DAY + 1):
            running = self.calendar.running(date + datetime.timedelta(days=day))
            on_way = self.begins + day * DAY < end
            on_way &= self.ends + day * DAY >= start
            found = np.flatnonzero(running[self.trip_service] & on_way)
            trips.append(found)
            offsets.append(np.full(len(found), day * DAY, dtype=np.int64))
        if not trips:
            return Runs(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
        return Runs(np.concatenate(trips), np.concatenate(offsets))


@dataclass(frozen=True)
class Runs:
    """Trips of certain days.

    Parameters
    ----------
    trip
        Row of the trip, shape (run,).
    offset
        Midnight of its service day, seconds from midnight of the first day, shape (run,).
    """

    trip: IntArray
    offset: IntArray

    def __len__(self) -> int:
        return len(self.trip)

    def chosen(self, which: BoolArray | IntArray) -> Runs:
        """Some of the runs."""
        return Runs(self.trip[which], self.offset[which])


def no_timetable() -> Timetable:
    """A timetable without stops and trips."""
    whole, parts, flags = np.empty(0, dtype=np.int64), np.empty(0), np.empty(0, dtype=bool)
    one = np.zeros(1, dtype=np.int64)
    return Timetable(
        timezone="UTC",
        stop_ids=(),
        stop_names=(),
        stop_lon=parts,
        stop_lat=parts,
        route_ids=(),
        route_names=(),
        route_type=whole,
        trip_ids=(),
        trip_source=(),
        trip_route=whole,
        trip_service=whole,
        trip_shape=whole,
        first=one,
        stop=whole,
        arrival=whole,
        departure=whole,
        along=parts,
        board=flags,
        alight=flags,
        calendar=Calendar(np.empty((0, 7), dtype=bool), whole, whole, whole, whole, flags),
        shapes=Shapes((), one, parts, parts, parts),
    )
