"""The desk: requests joined to faults, one work order a cause, and what the public reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from kopa.domain.affected import Affected
from kopa.geo.project import Projection
from kopa.open311.join import Joined, join
from kopa.open311.levels import Breach, breaches, due
from kopa.open311.model import Fault, ServiceRequest
from kopa.open311.public import public_feed, public_text
from kopa.open311.services import Service


@dataclass(frozen=True)
class Desk:
    """Requests, faults, and what belongs together.

    Parameters
    ----------
    requests, faults, known
        What was reported, what is wrong, and kinds of request by code.
    joined
        What explains each request.
    late
        Requests that are late.
    """

    requests: tuple[ServiceRequest, ...]
    faults: tuple[Fault, ...]
    known: Mapping[str, Service]
    joined: Joined
    late: tuple[Breach, ...]

    def orders(self) -> list[dict[str, Any]]:
        """Work orders that explain requests, those of the most requests first."""
        of: dict[str, list[int]] = defaultdict(list)
        for row, fault in enumerate(self.joined.fault.tolist()):
            if fault >= 0:
                of[_order(self.faults[fault])].append(row)
        found = [self._one(order, rows) for order, rows in of.items()]
        return sorted(found, key=lambda one: (-len(one["requests"]), one["work_order"]))

    def _one(self, order: str, rows: list[int]) -> dict[str, Any]:
        some = [one for one in self.faults if _order(one) == order]
        at = [float(one) for one in self.joined.distance[rows]]
        return {
            "work_order": order,
            "title": next((one.title for one in some if one.title), ""),
            "faults": [one.id for one in some],
            "services": sorted({one.service for one in some}),
            "start": min(one.start for one in some).isoformat(),
            "people": max(one.people for one in some),
            "requests": [self.requests[row].id for row in rows],
            "farthest_m": max(at),
            "steps": list(next((one.steps for one in some if one.steps), ())),
        }

    def cut_off(self) -> list[dict[str, Any]]:
        """Who is cut off by each fault, the most people first, and how many of them told."""
        told = np.bincount(self.joined.fault[self.joined.fault >= 0], minlength=len(self.faults))
        found = [
            {
                "fault": one.id, "service": one.service, "people": one.people,
                "places": len(one.lat), "start": one.start.isoformat(),
                "end": None if one.end is None else one.end.isoformat(),
                "requests": int(many), "work_order": _order(one),
            }
            for one, many in zip(self.faults, told.tolist(), strict=True)
        ]  # fmt: skip
        return sorted(found, key=lambda one: (-one["people"], one["fault"]))

    def public(self) -> list[dict[str, Any]]:
        """The feed that everybody may read, with due times, work orders and repetitions."""
        ids = [one.id for one in self.requests]
        fault, joined = self.joined.fault.tolist(), self.joined
        orders = {
            name: public_text(_order(self.faults[row]))
            for name, row in zip(ids, fault, strict=True) if row >= 0
        }  # fmt: skip
        shown = [
            replace(
                one,
                expected=due(one, self.known.get(one.code)),
                service_name=self.known[one.code].name("en") if one.code in self.known
                else one.service_name,
            )
            for one in self.requests
        ]  # fmt: skip
        late = {one.id: True for one in self.late}
        return public_feed(
            shown, work_order=orders, late=late, duplicate_of=_others(ids, joined.duplicate),
            reopens=_others(ids, joined.reopens),
        )  # fmt: skip


def _others(ids: Sequence[str], rows: np.ndarray) -> dict[str, str]:
    pairs = zip(ids, rows.tolist(), strict=True)
    return {name: ids[row] for name, row in pairs if row >= 0}


def _order(fault: Fault) -> str:
    return fault.order or fault.id


def desk(
    requests: Sequence[ServiceRequest],
    faults: Sequence[Fault],
    known: Mapping[str, Service],
    now: datetime,
) -> Desk:
    """Put requests and faults together.

    Parameters
    ----------
    requests, faults
        What was reported, and what is known to be wrong.
    known
        Kinds of request by code.
    now
        With a time zone.
    """
    joined = join(requests, faults, known)
    late = breaches(requests, known, now)
    return Desk(tuple(requests), tuple(faults), known, joined, late)


def faults_of(found: Affected, midnight: datetime) -> tuple[Fault, ...]:
    """What a change cuts off, as faults: one a loss, one work order a change.

    Parameters
    ----------
    found
        What the city says.
    midnight
        From which its seconds count, with a time zone.
    """
    projection = Projection(found.crs)
    faults = []
    for number, cut in enumerate(found.cuts, 1):
        there = np.isfinite(cut.x) & np.isfinite(cut.y)
        if not there.any():
            continue
        lon, lat = projection.degrees(cut.x[there], cut.y[there])
        begin, end = int(cut.starts.min()), int(cut.ends.max())
        cause = cut.cause[0] if cut.cause else f"{cut.service} {number}"
        faults.append(
            Fault(
                f"{cut.domain}/{cut.service}/{number}", cut.service, tuple(lat.tolist()),
                tuple(lon.tolist()), midnight + timedelta(seconds=begin),
                midnight + timedelta(seconds=end), cause, float(cut.people.sum()), cause,
                steps=cut.cause,
            )
        )  # fmt: skip
    return tuple(faults)
