"""Open311 GeoReport v2 over the reports of residents: services, requests, new requests.

Requests that come this way are public, as the standard has it: what names a person is taken out
before it is kept, and again before it is shown. Fields that say who reports are not read at all.

References
----------
Open311 (2011), GeoReport v2.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kopa.access.errors import AccessError
from kopa.access.limits import Limit
from kopa.api.body import TooLargeError, body_of
from kopa.api.desk import Desk
from kopa.api.guard import refusal
from kopa.api.page.reports import CODES, Category, Report, on_earth
from kopa.api.records import Records, Taken, new_id
from kopa.errors import KopaError, RangeError
from kopa.open311.public import public_feed, public_text
from kopa.open311.services import service_rows
from kopa.open311.write_open311 import (
    write_errors_xml,
    write_json,
    write_requests_xml,
    write_services_xml,
)

BELOW = "/open311/v2"
MOST = 16 * 1024
"""Bytes of a new request."""
TEXT = 4000
"""Characters of a description, as the standard has it."""
MANY = 1000
"""So many requests are listed, the newest first."""
CATEGORIES: Mapping[str, Category] = {
    "water": "water",
    "energy": "electricity",
    "streets": "road",
    "waste": "waste",
}
"""Category of a group of kinds; the others are ``other``."""
Write = Callable[[Any], bytes]
Answer = tuple[list[dict[str, Any]], Write]
FORMATS = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}


def routes(reports: Records[Report], desk: Desk, limit: Limit) -> list[Route]:
    """The routes.

    Parameters
    ----------
    reports
        Where requests are kept.
    desk
        Knows kinds of request, and what explains them.
    limit
        Of each address.
    """
    known = desk.known

    def services(request: Request, sent: bytes) -> Answer:
        language = request.query_params.get("lang", "en")
        return service_rows(known, language), write_services_xml

    def every(request: Request, sent: bytes) -> Answer:
        rows = _chosen([one for one in reports.all() if one.public], request.query_params)
        return _rows(rows), write_requests_xml

    def one(request: Request, sent: bytes) -> Answer:
        found = reports.one(request.path_params["id"])
        if found is None or not found.public:
            raise _MissingError("there is no request of this id")
        return _rows([found]), write_requests_xml

    def add(request: Request, sent: bytes) -> Answer:
        fields = {name: rows[0] for name, rows in parse_qs(sent.decode("utf-8")).items()}
        paper = _report(fields, reports.now)
        limit.take(request.client.host if request.client else "")
        made = reports.add(paper)
        why = desk.explained([made.request])[made.id]["why"]
        notice = f"It is known already: {why}" if why else None
        row = {"service_request_id": made.id, "service_notice": notice, "account_id": None}
        return [row], write_requests_xml

    def _report(fields: Mapping[str, str], now: float) -> Report:
        kind = known.get(fields.get("service_code", ""))
        if kind is None:
            raise RangeError(f"'service_code' is one of {', '.join(known)}")
        lon, lat = _degree(fields, "long"), _degree(fields, "lat")
        if (lon is None) != (lat is None) or not on_earth(lon, lat):
            raise RangeError("'lat' and 'long' are a place on earth, in degrees")
        address = public_text(fields.get("address_string", "").strip())[:TEXT]
        if lon is None and not address:
            raise RangeError("say where: 'lat' and 'long', or 'address_string'")
        text = public_text(fields.get("description", "").strip())
        if len(text) > TEXT:
            raise RangeError(f"'description' has {TEXT} characters at most")
        return Report(
            id=new_id(),
            state="new",
            author="open311",
            at=now,
            steps=(Taken("new", "open311", now),),
            category=CATEGORIES.get(kind.group, "other"),
            text=text,
            lon=lon,
            lat=lat,
            code=kind.code,
            address=address,
            media=fields.get("media_url", "")[:500],
            public=True,
        )

    def _rows(papers: list[Report]) -> list[dict[str, Any]]:
        requests = [paper.request for paper in papers]
        told = desk.explained(requests)
        orders = {id: one["order"] or None for id, one in told.items()}
        repeats = {id: one["repeats"] or None for id, one in told.items()}
        return public_feed(requests, work_order=orders, duplicate_of=repeats)

    assert set(CODES.values()) <= set(known)
    return [
        _route("/services.{format}", services),
        _route("/requests.{format}", every),
        _route("/requests/{id}.{format}", one),
        _route("/requests.{format}", add, "POST"),
    ]


class _MissingError(RangeError):
    """There is no such thing: 404."""


def _chosen(papers: list[Report], asked: Mapping[str, str]) -> list[Report]:
    """Requests that a query asks for, the newest first, `MANY` at most."""
    ids, codes = (_list(asked.get(name)) for name in ("service_request_id", "service_code"))
    states = _list(asked.get("status"))
    since, until = (_time(asked.get(name), name) for name in ("start_date", "end_date"))
    chosen = [
        paper
        for paper in papers
        for one in [paper.request]
        if (not ids or one.id in ids)
        and (not codes or one.code in codes)
        and (not states or one.status in states)
        and (since is None or one.requested >= since)
        and (until is None or one.requested <= until)
    ]
    return chosen[:MANY]


def _list(text: str | None) -> frozenset[str]:
    return frozenset((text or "").replace(",", " ").split())


def _time(text: str | None, name: str) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise RangeError(f"'{name}' is a time such as 2026-11-24T08:00:00Z") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _degree(fields: Mapping[str, str], name: str) -> float | None:
    if not fields.get(name):
        return None
    try:
        value = float(fields[name])
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise RangeError(f"'{name}' is a number of degrees")
    return value


def _route(path: str, serve: Callable[[Request, bytes], Answer], method: str = "GET") -> Route:
    async def endpoint(request: Request) -> Response:
        form = request.path_params["format"]
        if form not in FORMATS:
            return _error(404, "the formats are xml and json", "json")
        try:
            sent = await body_of(request, MOST) if method == "POST" else b""
            rows, xml = await run_in_threadpool(serve, request, sent)
        except AccessError as error:
            return refusal(error)
        except _MissingError as error:
            return _error(404, str(error), form)
        except TooLargeError as error:
            return _error(413, str(error), form)
        except (RangeError, UnicodeDecodeError) as error:
            return _error(400, str(error), form)
        except KopaError as error:
            return _error(503, str(error), form)
        status = 201 if method == "POST" else 200
        data = write_json(rows) if form == "json" else xml(rows)
        return Response(data, status, media_type=FORMATS[form])

    return Route(BELOW + path, endpoint, methods=[method])


def _error(status: int, words: str, form: str) -> Response:
    """An error as the standard has it."""
    rows = [{"code": status, "description": words}]
    data = write_json(rows) if form == "json" else write_errors_xml(rows)
    return Response(data, status, media_type=FORMATS[form])
