"""Requests of residents as GeoReport v2 has them. There is no field for who reported."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

STATES = ("open", "closed")


@dataclass(frozen=True)
class Update:
    """What became of a request, at one moment; beyond the standard.

    Parameters
    ----------
    at
        When, with a time zone.
    status
        ``open`` or ``closed`` from then on.
    text
        What residents are told.
    """

    at: datetime
    status: str
    text: str = ""


@dataclass(frozen=True)
class ServiceRequest:
    """A problem that somebody reported.

    Parameters
    ----------
    id, status, code, requested
        As the standard asks: ``service_request_id``, ``open`` or ``closed``, ``service_code``, and
        when, with a time zone.
    lat, lon
        Where, degrees (WGS 84); None where only an address is given.
    description, address, address_id, zipcode
        As reported.
    notes, notice, agency, service_name
        ``status_notes``, ``service_notice``, ``agency_responsible``, ``service_name``.
    updated, expected
        When it was last changed (closed, if it is), and when it is to be done.
    media
        ``media_url``, and in the extension any more photos.
    updates
        Its history, oldest first.
    """

    id: str
    status: str
    code: str
    requested: datetime
    lat: float | None = None
    lon: float | None = None
    description: str = ""
    address: str = ""
    address_id: str = ""
    zipcode: str = ""
    notes: str = ""
    notice: str = ""
    agency: str = ""
    service_name: str = ""
    updated: datetime | None = None
    expected: datetime | None = None
    media: tuple[str, ...] = ()
    updates: tuple[Update, ...] = field(default=())

    @property
    def reopened(self) -> int:
        """How often it was opened again after it had been closed."""
        states = [one.status for one in self.updates]
        return sum(a == "closed" and b == "open" for a, b in pairwise(states))


@dataclass(frozen=True)
class Fault:
    """A fault of a network, or what a change cuts off.

    Parameters
    ----------
    id
        Its own.
    service
        What is lost by it: ``water``, ``electricity``, ``road_access``.
    lat, lon
        Places that it affects, degrees, one at least.
    start, end
        From when until when, with a time zone; no end where it goes on.
    order
        The work order that mends it; faults of one cause share it.
    people
        Whom it cuts off.
    title
        What happened, in words.
    radius
        How far from its places a request may lie, m; None: as the kind of request says.
    steps
        The way from the cause to the loss.
    """

    id: str
    service: str
    lat: tuple[float, ...]
    lon: tuple[float, ...]
    start: datetime
    end: datetime | None = None
    order: str = ""
    people: float = 0.0
    title: str = ""
    radius: float | None = None
    steps: tuple[str, ...] = ()
