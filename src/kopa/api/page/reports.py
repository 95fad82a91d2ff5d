"""Problems that residents report. No name is asked, and what tells who they are is blotted out."""

from __future__ import annotations

import re
from typing import Any, Literal

import msgspec
from starlette.requests import Request
from starlette.routing import Route

from kopa.access.limits import Limit
from kopa.api.answer import get, patch, post
from kopa.api.hub import Hub
from kopa.api.problem import problem
from kopa.api.records import Led, Records, Taken, new_id
from kopa.errors import RangeError
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
_PERSONAL = (
    re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    re.compile(r"\b\d{6}\s?-\s?\d{5}\b"),  # Latvian personal code
    re.compile(r"(?<![\w.])\+?\(?\d(?:[\s().-]?\d){6,14}(?!\w)"),
)
BLOT = "▒▒▒"

Category = Literal["water", "electricity", "road", "waste", "other"]


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
    """

    category: Category
    text: str
    lon: float | None = None
    lat: float | None = None
    answer: str = ""


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


def blotted(text: str) -> str:
    """A text without e-mail addresses, personal codes and phone numbers."""
    for pattern in _PERSONAL:
        text = pattern.sub(BLOT, text)
    return text


def routes(reports: Records[Report], limit: Limit | None = None) -> list[Route]:
    """Reporting, asking what became of it, and answering.

    Parameters
    ----------
    reports
        Where they are kept.
    limit
        Of each address.
    """
    limit = limit or Limit(HOURLY / 3600, HOURLY)

    def add(request: Request, wish: NewReport) -> Any:
        text = blotted(wish.text.strip())
        if not 3 <= len(text) <= TEXT:
            raise RangeError(f"say what is wrong in 3 to {TEXT} characters")
        if (wish.lon is None) != (wish.lat is None) or not _on_earth(wish.lon, wish.lat):
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
        return {"reports": reports.all()}

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


def _on_earth(lon: float | None, lat: float | None) -> bool:
    return lon is None or lat is None or (abs(lon) <= 180 and abs(lat) <= 90)
