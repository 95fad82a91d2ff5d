"""What a GTFS-Realtime feed says, without protobuf: vehicles, delays of trips, alerts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kopa.errors import Finding


@dataclass(frozen=True, slots=True)
class Vehicle:
    """Where a vehicle is.

    Parameters
    ----------
    id
        Of the vehicle, or of its entity in the feed where it has none.
    at
        When it was there, µs since 1970 UTC.
    place
        Longitude and latitude, degrees.
    trip, route, stop
        What it runs, and the stop it is at or goes to; empty where the feed does not say it.
    label
        What passengers read on it.
    status
        How it stands to `stop`: ``INCOMING_AT``, ``STOPPED_AT`` or ``IN_TRANSIT_TO``.
    occupancy
        As the feed has it: ``FEW_SEATS_AVAILABLE``.
    heading
        Degrees clockwise from north.
    speed
        m/s.
    """

    id: str
    at: int
    place: tuple[float, float]
    trip: str = ""
    route: str = ""
    stop: str = ""
    label: str = ""
    status: str = ""
    occupancy: str = ""
    heading: float | None = None
    speed: float | None = None


@dataclass(frozen=True, slots=True)
class StopDelay:
    """What is expected of a trip at a stop.

    Parameters
    ----------
    stop, sequence
        The stop and its number in the trip; the feed may say only one of them.
    delay
        Seconds after the timetable; None where the feed tells no delay.
    at
        When it is expected there, µs since 1970 UTC; None where the feed tells no time.
    skipped
        True where it does not stop.
    """

    stop: str
    sequence: int | None
    delay: float | None
    at: int | None
    skipped: bool


@dataclass(frozen=True, slots=True)
class Trip:
    """How a trip keeps to its timetable.

    Parameters
    ----------
    id
        Of the trip, as the timetable has it.
    at
        When this was known, µs since 1970 UTC.
    status
        As the feed has it: ``SCHEDULED``, ``CANCELED``, ``ADDED`` …
    route, vehicle, date
        What it belongs to, and its day of service (``20261122``).
    delay
        Seconds at the next stop; None where the feed tells no delay.
    stops
        The next stop, and each later one where the delay changes or that is skipped: in between,
        a delay goes on as it is.
    """

    id: str
    at: int
    status: str
    route: str = ""
    vehicle: str = ""
    date: str = ""
    delay: float | None = None
    stops: tuple[StopDelay, ...] = ()


@dataclass(frozen=True, slots=True)
class Alert:
    """What passengers are told.

    Parameters
    ----------
    id
        Of the alert in the feed.
    at
        When it was told, µs since 1970 UTC.
    header, description
        Texts by language.
    cause, effect, severity
        As the feed has them: ``CONSTRUCTION``, ``DETOUR``, ``WARNING``.
    start, end
        When it holds, µs since 1970 UTC; None where it is open.
    routes, stops, trips
        What it speaks of.
    """

    id: str
    at: int
    header: Mapping[str, str]
    description: Mapping[str, str]
    cause: str
    effect: str
    severity: str
    start: int | None = None
    end: int | None = None
    routes: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    trips: tuple[str, ...] = ()


@dataclass(frozen=True)
class Feed:
    """All that a feed says at a moment.

    Parameters
    ----------
    at
        When it was made, µs since 1970 UTC.
    vehicles, trips, alerts
        What it says.
    findings
        What in it cannot be.
    """

    at: int
    vehicles: tuple[Vehicle, ...] = ()
    trips: tuple[Trip, ...] = ()
    alerts: tuple[Alert, ...] = ()
    findings: tuple[Finding, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.vehicles) + len(self.trips) + len(self.alerts)
