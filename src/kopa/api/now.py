"""What is happening, and what breaks if: ``/now``, ``/state``, ``/findings``, ``/whatif``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from kopa.api.body import TooLargeError, json_of
from kopa.api.problem import problem
from kopa.api.watch import Watch
from kopa.city.live.cycle import STEPS
from kopa.errors import EngineError, KopaError, RangeError, UsageError

MOST = 64 * 1024
"""Bytes of a body."""
DAYS_AHEAD = 14
CHANGES = 50
"""So many changes at once."""

Endpoint = Callable[[Request], Awaitable[Response]]


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

    async def now(request: Request) -> Response:
        return JSONResponse(await run_in_threadpool(watch.summary))

    async def state(request: Request) -> Response:
        asked = request.query_params
        rows = await run_in_threadpool(watch.state, asked.get("domain", ""), asked.get("asset", ""))
        return _json({"state": rows})

    async def forecast(request: Request) -> Response:
        asset, quantity = (request.query_params.get(name, "") for name in ("asset", "quantity"))
        if not asset or not quantity:
            return problem(400, "name 'asset' and 'quantity'")
        found = watch.forecast(asset, quantity)
        if found is None:
            return problem(404, f"the model says nothing of {quantity} at {asset}")
        return _json(found)

    async def findings(request: Request) -> Response:
        wanted = request.query_params.get("state", "")
        if wanted and wanted not in (*STEPS, "open"):
            return problem(400, f"'state' is one of: open, {', '.join(STEPS)}")
        states = ("new", "acknowledged") if wanted == "open" else (wanted,)
        found = await run_in_threadpool(watch.findings)
        rows = [one for one in found.values() if not wanted or one.state in states]
        rows.sort(key=lambda one: (-one.person_hours, -one.people, one.id))
        return _json({"findings": rows})

    async def lead(request: Request) -> Response:
        wish = await json_of(request, MOST, Lead)
        until = _seconds(wish.until)
        id, by = request.path_params["id"], request.state.caller.id
        kept = await run_in_threadpool(watch.lead, id, wish.state, by, wish.note, until)
        return problem(404, f"there is no finding '{id}'") if kept is None else _json(kept)

    async def what_if(request: Request) -> Response:
        question = await json_of(request, MOST, Question)
        if not 1 <= len(question.changes) <= CHANGES:
            return problem(400, f"name 1 to {CHANGES} changes")
        if not 1 <= question.hours <= 24 * DAYS_AHEAD:
            return problem(400, f"'hours' lies between 1 and {24 * DAYS_AHEAD}")
        return _json(
            await run_in_threadpool(watch.what_if, question.changes, question.hours, question.live)
        )

    return [
        Route("/now", _told(now), methods=["GET"]),
        Route("/state", _told(state), methods=["GET"]),
        Route("/forecast", _told(forecast), methods=["GET"]),
        Route("/findings", _told(findings), methods=["GET"]),
        Route("/findings/{id:path}", _told(lead), methods=["PATCH"]),
        Route("/whatif", _told(what_if), methods=["POST"]),
        *watch.hub.routes(),
    ]


def _told(serve: Endpoint) -> Endpoint:
    """A route that tells what is wrong."""

    async def endpoint(request: Request) -> Response:
        try:
            return await serve(request)
        except TooLargeError as error:
            return problem(413, str(error))
        except (UsageError, RangeError) as error:
            return problem(400, "the request is not valid", str(error))
        except EngineError as error:
            return problem(503, "the engine gave no answer", str(error))
        except KopaError as error:
            return problem(503, "the store does not answer", str(error))

    return endpoint


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


def _json(content: object) -> Response:
    return Response(msgspec.json.encode(content), media_type="application/json")
