"""Service levels: when requests are due, and which are late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from .model import ServiceRequest
from .services import Service


@dataclass(frozen=True)
class Breach:
    """A request that is, or was, done late.

    Parameters
    ----------
    id, code
        Of the request.
    due
        When it was to be done.
    hours
        How late it is, h.
    open
        True while it waits still.
    """

    id: str
    code: str
    due: datetime
    hours: float
    open: bool


def due(request: ServiceRequest, kind: Service | None) -> datetime | None:
    """When a request is to be done: as it says itself, or as its kind asks; None: not known."""
    if request.expected is not None or kind is None:
        return request.expected
    begin = request.requested
    again = [
        b.at for a, b in pairwise(request.updates) if a.status == "closed" and b.status == "open"
    ]
    return (again[-1] if again else begin) + timedelta(hours=kind.due)


def breaches(
    requests: Sequence[ServiceRequest], known: Mapping[str, Service], now: datetime
) -> tuple[Breach, ...]:
    """Requests that are late, the latest first; of a closed one without a date none knows.

    Parameters
    ----------
    requests
        What was reported.
    known
        Kinds by code.
    now
        With a time zone.
    """
    found = []
    for one in requests:
        limit = due(one, known.get(one.code))
        done = now if one.status == "open" else one.updated
        if limit is not None and done is not None and done > limit:
            hours = (done - limit).total_seconds() / 3600
            found.append(Breach(one.id, one.code, limit, hours, one.status == "open"))
    return tuple(sorted(found, key=lambda one: (-one.hours, one.id)))
