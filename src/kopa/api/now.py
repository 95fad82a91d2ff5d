"""What is happening, and what breaks if: ``/now``, ``/state``, ``/findings``, ``/whatif``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.routing import Route

from kopa.api.answer import get, patch, post
from kopa.api.problem import problem
from kopa.api.watch import Watch
from kopa.city.live.cycle import STEPS
from kopa.errors import RangeError

DAYS_AHEAD = 14
CHANGES = 50
"""So many changes at once."""


class Lead(msgspec.Struct, forbid_unknown_fields=True):
    """Where a person leads a finding; `until` is an ISO 8601 time with zone."""

    state: str
    note: str = ""
    until: str = ""


class Question(msgspec.Struct, forbid_unknown_fields=True):
    """A what-if: changes as text; `live` is from the city as it is now, else from a usual day."""

    changes: list[str]
    hours: int = 24
    live: bool = True


def routes(watch: Watch) -> list[Route]:
    """The routes of a watched city.

    Parameters
    ----------
    watch
        Who watches it.
    """

    def now(request: Request, body: None) -> Any:
        return watch.summary()

    def state(request: Request, body: None) -> Any:
        asked = request.query_params
        return {"state": watch.state(asked.get("domain", ""), asked.get("asset", ""))}

    def forecast(request: Request, body: None) -> Any:
        asset, quantity = (request.query_params.get(name, "") for name in ("asset", "quantity"))
        if not asset or not quantity:
            return problem(400, "name 'asset' and 'quantity'")
        found = watch.forecast(asset, quantity)
        words = f"the model says nothing of {quantity} at {asset}"
        return problem(404, words) if found is None else found

    def findings(request: Request, body: None) -> Any:
        wanted = request.query_params.get("state", "")
        if wanted and wanted not in (*STEPS, "open"):
            return problem(400, f"'state' is one of: open, {', '.join(STEPS)}")
        states = ("new", "acknowledged") if wanted == "open" else (wanted,)
        rows = [one for one in watch.findings().values() if not wanted or one.state in states]
        rows.sort(key=lambda one: (-one.person_hours, -one.people, one.id))
        return {"findings": rows}

    def lead(request: Request, wish: Lead) -> Any:
        until = _seconds(wish.until)
        id, by = request.path_params["id"], request.state.caller.id
        kept = watch.lead(id, wish.state, by, wish.note, until)
        return problem(404, f"there is no finding '{id}'") if kept is None else kept

    def what_if(request: Request, question: Question) -> Any:
        return watch.what_if(question.changes, hours_of(question), question.live)

    return [
        get("/now", now),
        get("/state", state),
        get("/forecast", forecast),
        get("/findings", findings),
        patch("/findings/{id:path}", lead, Lead),
        post("/whatif", what_if, Question),
        *watch.hub.routes(),
    ]


def hours_of(question: Question) -> int:
    """Hours of a question that can be asked.

    Raises
    ------
    RangeError
        If it has too many changes, or hours.
    """
    if not 1 <= len(question.changes) <= CHANGES:
        raise RangeError(f"name 1 to {CHANGES} changes")
    if not 1 <= question.hours <= 24 * DAYS_AHEAD:
        raise RangeError(f"'hours' lies between 1 and {24 * DAYS_AHEAD}")
    return question.hours


def _seconds(text: str) -> float:
    """An ISO 8601 time in seconds since 1970 UTC; 0 for none."""
    if not text:
        return 0.0
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise RangeError(f"'{text}' is no time: write 2026-11-22T18:00:00Z") from None
    if at.tzinfo is None:
        raise RangeError(f"'{text}' has no time zone: write 2026-11-22T18:00:00Z")
    return at.timestamp()
