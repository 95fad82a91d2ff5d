"""What residents see without an account: services where they live, works, alerts."""

from __future__ import annotations

from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.routing import Route

from kopa.api.answer import get, number
from kopa.api.page.city import services_of
from kopa.api.page.notices import HOLDS, Notice
from kopa.api.records import Records
from kopa.api.watch import Watch
from kopa.city.documents import Document
from kopa.city.live.found import At
from kopa.city.load import City
from kopa.city.places import projection_of
from kopa.errors import RangeError

NEAR_M = 150.0
"""A place further away is not the one that somebody means."""


class Residents:
    """Tells what people get where they live.

    Parameters
    ----------
    city
        The city.
    watch
        Knows what is lost.
    notices
        What is published.
    simulated
        True where its telemetry is simulated.
    """

    def __init__(self, city: City, watch: Watch, notices: Records[Notice], simulated: bool) -> None:
        self._city, self._watch, self._notices = city, watch, notices
        self._simulated = simulated
        self._projection = projection_of(city)
        self._services = services_of(city)
        parts = [
            (name, np.flatnonzero((assets.people > 0) & np.isfinite(assets.x + assets.y)))
            for name, domain in city.domains.items()
            for assets in [domain.assets()]
        ]
        self._at = [(name, int(row)) for name, rows in parts for row in rows]
        self._x = np.concatenate([city.domains[n].assets().x[rows] for n, rows in parts])
        self._y = np.concatenate([city.domains[n].assets().y[rows] for n, rows in parts])

    def services(self, lon: float, lat: float) -> Document:
        """Services at the place that is nearest, and what is announced there."""
        near = self._nearest(lon, lat)
        summary = self._watch.summary()
        told: Document = {
            "at": summary["at"],
            "found": near is not None,
            "distance_m": None if near is None else round(near[2], 1),
            "simulated": self._simulated,
            "synthetic": self._city.settings.synthetic,
        }
        asset = "" if near is None else self._full(*near[:2])
        lost = self._watch.lost_at(asset) if asset else {}
        known = summary["status"] != "unknown" and near is not None
        told["services"] = [
            self._service(service, lost.get(service), known) for service in self._services
        ]
        published = self.published(asset)
        for kind, name in (("works", "works"), ("alert", "alerts")):
            told[name] = [notice for notice in published if notice["kind"] == kind]
        return told

    def published(self, asset: str = "") -> list[Document]:
        """Notices that hold now or later, those that concern a place first."""
        now = self._watch.clock()
        rows = [
            {
                "kind": notice.kind,
                "title": notice.title,
                "text": notice.text,
                "services": list(notice.services),
                "from": notice.begins,
                "to": notice.ends,
                "here": asset in notice.area or not notice.area,
            }
            for notice in self._notices.all()
            if notice.state in HOLDS and notice.ends > now
        ]
        return sorted(rows, key=lambda row: (not row["here"], row["from"]))

    def _service(self, service: str, lost: At | None, known: bool) -> Document:
        told: Document = {"service": service, "from": None, "to": None, "state": "unknown"}
        if not known:
            return told
        if lost is None:
            return {**told, "state": "ok"}
        state = "lost" if lost.begins <= self._watch.clock() else "ok"
        return {**told, "state": state, "from": lost.begins, "to": lost.ends}

    def _full(self, domain: str, row: int) -> str:
        return self._city.domains[domain].assets().full(row)

    def _nearest(self, lon: float, lat: float) -> tuple[str, int, float] | None:
        """Domain and row of the nearest place with people, and its distance, m."""
        if self._projection is None or not len(self._x):
            return None
        x, y = self._projection.metres(np.array([lon]), np.array([lat]))
        away = np.hypot(self._x - x[0], self._y - y[0])
        best = int(np.argmin(away))
        if not away[best] <= NEAR_M:
            return None
        return (*self._at[best], float(away[best]))


def routes(residents: Residents) -> list[Route]:
    """What is public."""

    def services(request: Request, body: None) -> Any:
        lon, lat = number(request, "lon"), number(request, "lat")
        if abs(lon) > 180 or abs(lat) > 90:
            raise RangeError("'lon' and 'lat' are a place on earth, in degrees")
        return residents.services(lon, lat)

    def notices(request: Request, body: None) -> Any:
        return {"notices": residents.published()}

    return [get("/public/services", services), get("/public/notices", notices)]
