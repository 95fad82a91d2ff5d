"""What a run adds up to."""

from __future__ import annotations

import numpy as np

from kopa.ledger.account import Account, Balance
from kopa.model import FloatArray, IntArray

from .cars import Cars, Usual
from .network import Network
from .riders import Riders

_ENGINE = "fastest ways in free traffic (RoutingKit), turns free"


def accounts(network: Network, usually: Usual, cars: Cars, riders: Riders) -> tuple[Account, ...]:
    """Added travel time, distance driven, cars cut off, trips hit and departures lost.

    Car trips stand at a street where they begin.

    Parameters
    ----------
    network
        The network.
    usually
        Car trips as they usually are.
    cars, riders
        The run.
    """
    rows, size = network.rows, len(network.assets)
    at = _street_at(network)[usually.start]

    def by_pair(values: FloatArray) -> FloatArray:
        return np.bincount(at, values, minlength=size).astype(np.float64)

    def caused(values: FloatArray) -> IntArray:
        events = np.full(size, -1, dtype=np.int64)
        some = (values > 0) & (cars.cause >= 0)
        events[at[some]] = cars.cause[some]
        return events

    def at_assets(values: FloatArray | IntArray, first: int, blank: float) -> FloatArray:
        full = np.full(size, blank)
        full[first : first + len(values)] = values
        return full

    return (
        Account(
            "people",
            "added_travel_time",
            "vehicle·h",
            by_pair(np.maximum(cars.added_h, 0.0)),
            f"cars × (time now − usual time); {_ENGINE}",
            service="road",
            events=caused(cars.added_h),
            own=True,
        ),
        Account(
            "people",
            "cars_cut_off",
            "vehicles",
            by_pair(cars.cut_off),
            "cars that no way leads to their end",
            service="road",
            events=caused(cars.cut_off),
        ),
        Account(
            "environment",
            "distance_driven",
            "vehicle·km",
            by_pair(cars.driven_km),
            f"cars × length of their way; {_ENGINE}",
            events=caused(np.ones(len(at))),
        ),
        Account(
            "people",
            "trips_hit",
            "trips",
            at_assets(riders.hit, rows.trip, 0.0),
            "runs whose line passes within 20 m of a closed street while it is closed",
            service="transit",
            events=at_assets(riders.hit_cause, rows.trip, -1).astype(np.int64),
        ),
        Account(
            "people",
            "departures_lost",
            "departures",
            at_assets(riders.lost, rows.stop, 0.0),
            "departures of the timetable that do not leave",
            service="transit",
            events=at_assets(riders.cause, rows.stop, -1).astype(np.int64),
        ),
    )


def balance(cars: Cars) -> Balance:
    """Car trips: those asked for, against those that arrive and those that cannot."""
    return Balance("car trips", "trips", cars.asked, cars.served, float(cars.cut_off.sum()), 0.0)


def _street_at(network: Network) -> IntArray:
    """A street at each node, shape (node,)."""
    streets = network.streets
    found = np.zeros(streets.nodes, dtype=np.int64)
    edges = np.flatnonzero(streets.drive)
    found[streets.b[edges]] = edges
    found[streets.a[edges]] = edges
    return found
