"""The desk: what explains the requests of residents, so that one fault is one work order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain

from kopa.api.watch import Watch
from kopa.city.documents import Document
from kopa.city.live.found import Found
from kopa.city.places import Places
from kopa.city.story import midnight
from kopa.open311.join import join
from kopa.open311.levels import breaches, due
from kopa.open311.model import Fault, ServiceRequest
from kopa.open311.services import Service, services


class Desk:
    """Joins requests to what is wrong in the city now, and to one another.

    Parameters
    ----------
    watch
        Knows what is wrong.
    places
        Where assets are.
    """

    def __init__(self, watch: Watch, places: Places) -> None:
        self._watch, self._places = watch, places
        self.known: dict[str, Service] = services()

    def faults(self) -> list[Fault]:
        """What is wrong now: of each finding one fault a service, which share its work order."""
        answer = self._watch.latest
        if answer is None:
            return []
        begin = datetime.fromtimestamp(midnight(self._watch.city, answer.window), UTC)
        found = []
        for one in answer.found:
            for service in dict.fromkeys(lost.service for lost in one.lost):
                fault = self._fault(one, service, begin)
                if fault is not None:
                    found.append(fault)
        return found

    def _fault(self, one: Found, service: str, begin: datetime) -> Fault | None:
        """What a finding does to a service; None where none of it has a place."""
        lost = [part for part in one.lost if part.service == service]
        assets = dict.fromkeys(chain.from_iterable(part.assets for part in lost))
        points = [point for name in assets if (point := self._places.of_asset(name)) is not None]
        if not points:
            return None
        first, last = min(part.start for part in lost), max(part.end for part in lost)
        return Fault(
            f"{one.id}:{service}",
            service,
            tuple(point[1] for point in points),
            tuple(point[0] for point in points),
            min(begin + timedelta(seconds=first), self._since(one)),
            begin + timedelta(seconds=last),
            order=one.id,
            people=max((loss.people for loss in one.losses if loss.service == service), default=0),
            title=one.finding.what,
        )

    def _since(self, one: Found) -> datetime:
        """Since when a finding is known."""
        kept = self._watch.findings().get(one.id)
        return datetime.fromtimestamp(self._watch.clock() if kept is None else kept.first, UTC)

    def explained(self, requests: Sequence[ServiceRequest]) -> dict[str, Document]:
        """What is known of requests, by id.

        Parameters
        ----------
        requests
            Open and closed ones.
        """
        faults = self.faults()
        joined = join(requests, faults, self.known)
        now = datetime.fromtimestamp(self._watch.clock(), UTC)
        late = {one.id: one.hours for one in breaches(requests, self.known, now)}
        found: dict[str, Document] = {}
        for row, one in enumerate(requests):
            fault = faults[joined.fault[row]] if joined.fault[row] >= 0 else None
            until = due(one, self.known.get(one.code))
            found[one.id] = {
                "order": fault.order if fault and one.status == "open" else "",
                "why": fault.title if fault and one.status == "open" else "",
                "repeats": requests[joined.duplicate[row]].id if joined.duplicate[row] >= 0 else "",
                "reopens": requests[joined.reopens[row]].id if joined.reopens[row] >= 0 else "",
                "due": until.timestamp() if until else None,
                "late_h": round(late.get(one.id, 0.0), 1),
            }
        return found
