"""Problems that residents report. No name is asked, and what tells who they are is blotted out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec
from starlette.requests import Request
from starlette.routing import Route

from kopa.access.limits import Limit
from kopa.api.answer import get, patch, post
from kopa.api.desk import Desk
from kopa.api.hub import Hub
from kopa.api.problem import problem
from kopa.api.records import Led, Records, Taken, new_id
from kopa.errors import RangeError
from kopa.open311.model import ServiceRequest, Update
from kopa.open311.public import public_text
from kopa.store import Store

WAYS = {
    "new": ("seen", "done", "refused"),
    "seen": ("new", "done", "refused"),
    "done": ("seen",),
    "refused": ("seen",),
}
TEXT = 1000
"""Characters."""
HOURLY = 6.0
"""Reports from one address in an hour, in the long run; so many at once."""

Category = Literal["water", "electricity", "road", "waste", "other"]
CODES: Mapping[Category, str] = {
    "water": "water.none",
    "electricity": "power.out",
    "road": "road.hole",
    "waste": "waste.missed",
    "other": "other",
}
"""Kind of request that a category usually is."""
STATUS = {"new": "open", "seen": "open", "done": "closed", "refused": "closed"}
"""States as GeoReport v2 has them."""


class Report(Led, frozen=True, kw_only=True):
    """A problem that somebody reported.

    Parameters
    ----------
    category, text
        What is wrong.
    lon, lat
        Where, °.
    answer
        What they are told.
    code
        Kind of request by Open311; empty: the usual one of its category.
    address, media
        As reported.
    public
        True where everybody may read it: it came by Open311.
    """

    category: Category
    text: str
    lon: float | None = None
    lat: float | None = None
    answer: str = ""
    code: str = ""
    address: str = ""
    media: str = ""
    public: bool = False

    @property
    def request(self) -> ServiceRequest:
        """The report as GeoReport v2 has it."""
        steps = [(_moment(one.at), STATUS[one.state]) for one in self.steps]
        closed = STATUS[self.state] == "closed"
        last = len(self.steps) - 1
        return ServiceRequest(
            self.id,
            STATUS[self.state],
            self.code or CODES[self.category],
            _moment(self.at),
            self.lat,
            self.lon,
            self.text,
            self.address,
            notes=self.answer,
            updated=steps[-1][0],
            media=(self.media,) if self.media else (),
            updates=tuple(
                Update(at, status, self.answer if row == last and closed else "")
                for row, (at, status) in enumerate(steps)
            ),
        )


class NewReport(msgspec.Struct, forbid_unknown_fields=True):
    """A problem to report."""

    category: Category
    text: str
    lon: float | None = None
    lat: float | None = None


class Answer(msgspec.Struct, forbid_unknown_fields=True):
    """What becomes of a report."""

    state: str
    answer: str = ""


def reports_of(store: Store, hub: Hub, **more: Any) -> Records[Report]:
    """The reports of a city's residents."""
    return Records(store, hub, "report", Report, WAYS, **more)


def per_address() -> Limit:
    """How often one address may report."""
    return Limit(HOURLY / 3600, HOURLY)


def routes(reports: Records[Report], desk: Desk, limit: Limit) -> list[Route]:
    """Reporting, asking what became of it, and answering.

    Parameters
    ----------
    reports
        Where they are kept.
    desk
        Knows what explains them.
    limit
        Of each address.
    """

    def add(request: Request, wish: NewReport) -> Any:
        text = public_text(wish.text.strip())
        if not 3 <= len(text) <= TEXT:
            raise RangeError(f"say what is wrong in 3 to {TEXT} characters")
        if (wish.lon is None) != (wish.lat is None) or not on_earth(wish.lon, wish.lat):
            raise RangeError("'lon' and 'lat' are a place on earth, in degrees")
        limit.take(request.client.host if request.client else "")
        now = reports.now
        paper = Report(
            id=new_id(),
            state="new",
            author="resident",
            at=now,
            steps=(Taken("new", "resident", now),),
            category=wish.category,
            text=text,
            lon=wish.lon,
            lat=wish.lat,
        )
        return {"code": reports.add(paper).id}

    def told(request: Request, body: None) -> Any:
        code = request.path_params["code"]
        found = reports.one(code)
        if found is None:
            return problem(404, "there is no report of this code")
        return {
            "code": found.id,
            "category": found.category,
            "state": found.state,
            "answer": found.answer,
            "at": found.at,
        }

    def every(request: Request, body: None) -> Any:
        papers = reports.all()
        known = desk.explained([paper.request for paper in papers])
        return {"reports": [{**msgspec.to_builtins(one), **known.get(one.id, {})}
                            for one in papers]}  # fmt: skip

    def lead(request: Request, wish: Answer) -> Any:
        id, by = request.path_params["id"], request.state.caller.id
        found = reports.lead(id, wish.state, by, answer=wish.answer[:TEXT])
        return problem(404, f"there is no report '{id[:100]}'") if found is None else found

    return [
        post("/public/reports", add, NewReport, 201, most=16 * 1024),
        get("/public/reports/{code}", told),
        get("/page/reports", every),
        patch("/page/reports/{id}", lead, Answer),
    ]


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(round(at), UTC)


def on_earth(lon: float | None, lat: float | None) -> bool:
    """Whether degrees are a place on earth; none are no place, which is allowed."""
    return lon is None or lat is None or (abs(lon) <= 180 and abs(lat) <= 90)
