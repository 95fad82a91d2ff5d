"""The streets of a city, and the public transport on them, in memory."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np

from kopa.geo.engine_routingkit import Router
from kopa.geo.project import Projection
from kopa.geo.roads import Roads, roads_of
from kopa.geo.streets import Streets
from kopa.model import Assets, BoolArray, FloatArray, IntArray

from .connections import Walks, walks_between
from .timetable import Timetable, no_timetable

POWERED = (0, 1, 5, 7, 11, 12)
"""GTFS route types that draw their power from wires: tram, metro, cable tram, funicular,
trolleybus, monorail."""


@dataclass(frozen=True)
class Demand:
    """Car trips of a usual day, from place to place.

    Parameters
    ----------
    from_lon, from_lat, to_lon, to_lat
        Ends, degrees, shape (pair,).
    cars_per_day
        Cars, shape (pair,).
    """

    from_lon: FloatArray
    from_lat: FloatArray
    to_lon: FloatArray
    to_lat: FloatArray
    cars_per_day: FloatArray

    def __len__(self) -> int:
        return len(self.cars_per_day)


def no_demand() -> Demand:
    """No car trips."""
    return Demand(*(np.empty(0) for _ in fields(Demand)))


@dataclass(frozen=True)
class Walking:
    """How people walk to, from and between stops.

    Parameters
    ----------
    within
        Greatest straight distance between two rides, m.
    access
        Greatest straight distance between a place and its stops, m.
    speed
        m/s.
    detour
        Length of a way on foot over the straight distance.
    """

    within: float = 400.0
    access: float = 800.0
    speed: float = 1.25
    detour: float = 1.3


@dataclass(frozen=True)
class Network:
    """Streets, timetable and car trips.

    Parameters
    ----------
    streets
        The map.
    timetable
        Public transport; one without trips where there is none.
    demand
        Car trips.
    walking
        How people walk.
    """

    streets: Streets
    timetable: Timetable
    demand: Demand
    walking: Walking = Walking()

    def __getstate__(self) -> dict[str, Any]:
        # the engine's handle belongs to its process; what is derived is derived again
        return {one.name: self.__dict__[one.name] for one in fields(self)}

    @cached_property
    def roads(self) -> Roads:
        """The streets that cars drive on."""
        return roads_of(self.streets)

    @cached_property
    def router(self) -> Router:
        """Fastest ways on them."""
        return Router(self.roads)

    @cached_property
    def projection(self) -> Projection:
        """The map's CRS."""
        return Projection(self.streets.crs)

    @cached_property
    def stop_places(self) -> tuple[FloatArray, FloatArray]:
        """Place of the stops, m, two arrays of shape (stop,)."""
        return self.projection.metres(self.timetable.stop_lon, self.timetable.stop_lat)

    @cached_property
    def shape_places(self) -> tuple[FloatArray, FloatArray]:
        """Points of the trips' shapes, m, two arrays of shape (point,)."""
        shapes = self.timetable.shapes
        return self.projection.metres(shapes.lon, shapes.lat)

    @cached_property
    def walks(self) -> Walks:
        """Walks between stops."""
        how = self.walking
        return walks_between(*self.stop_places, how.within, how.speed, how.detour)

    @cached_property
    def rows(self) -> Rows:
        """Where each kind of asset begins."""
        edges, table = self.streets.edges, self.timetable
        lit = np.flatnonzero(self.streets.signals)
        number, count = np.unique(self.streets.way, return_counts=True)
        ways = number[count > 1]
        sizes = (
            edges,
            len(ways),
            len(lit),
            len(table.stop_ids),
            len(table.route_ids),
            len(table.trip_ids),
        )
        way, signal, stop, route, trip, last = (int(begin) for begin in np.cumsum(sizes))
        return Rows(way, signal, stop, route, trip, last, ways, lit)

    @cached_property
    def assets(self) -> Assets:
        """Streets, ways, signals, stops, routes, trips, and the network as a whole."""
        streets, table, rows = self.streets, self.timetable, self.rows
        names = dict(zip(streets.way.tolist(), streets.name, strict=True))
        blank = np.full(len(rows.ways), np.nan)
        later = np.full(len(table.route_ids) + len(table.trip_ids) + 1, np.nan)
        middle_x, middle_y = streets.middle
        return Assets(
            domain="transport",
            ids=(
                *streets.ids,
                *(f"way/{way}" for way in rows.ways.tolist()),
                *(f"signal/{node}" for node in streets.node_osm[rows.lit].tolist()),
                *(f"stop/{stop}" for stop in table.stop_ids),
                *(f"route/{route}" for route in table.route_ids),
                *(f"trip/{trip}" for trip in table.trip_ids),
                "network",
            ),
            kinds=(
                *("street" if drives else "path" for drives in streets.drive.tolist()),
                *("way",) * len(rows.ways),
                *("signal",) * len(rows.lit),
                *("stop",) * len(table.stop_ids),
                *("route",) * len(table.route_ids),
                *("trip",) * len(table.trip_ids),
                "network",
            ),
            names=(
                *streets.name,
                *(names[way] for way in rows.ways.tolist()),
                *("",) * len(rows.lit),
                *table.stop_names,
                *table.route_names,
                *("",) * (len(table.trip_ids) + 1),
            ),
            x=np.concatenate(
                [middle_x, blank, streets.x[rows.lit], self.stop_places[0], later],
            ),
            y=np.concatenate(
                [middle_y, blank, streets.y[rows.lit], self.stop_places[1], later],
            ),
        )

    @cached_property
    def powered_trips(self) -> BoolArray:
        """True for trips that run on electricity from wires, shape (trip,)."""
        return np.isin(self.timetable.route_type, POWERED)[self.timetable.trip_route]

    @cached_property
    def powered_stops(self) -> IntArray:
        """Stops that such trips serve, shape (powered stop,)."""
        table = self.timetable
        return np.unique(table.stop[self.powered_trips[table.trip_of]])


@dataclass(frozen=True)
class Rows:
    """Where the kinds of assets begin; edges begin at 0.

    Parameters
    ----------
    way, signal, stop, route, trip, network
        First row of the kind.
    ways
        OSM ways that have an asset of their own, rising, shape (way,).
    lit
        Nodes with traffic lights, shape (signal,).
    """

    way: int
    signal: int
    stop: int
    route: int
    trip: int
    network: int
    ways: IntArray
    lit: IntArray


def streets_only(streets: Streets) -> Network:
    """A network without public transport and demand."""
    return Network(streets, no_timetable(), no_demand())
