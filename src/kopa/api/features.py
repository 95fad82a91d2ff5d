"""OGC API - Features, Part 1: Core (17-069r4): entities by type, as GeoJSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from kopa.api.ngsi_ld.broker import Broker
from kopa.api.ngsi_ld.geojson import feature
from kopa.api.ngsi_ld.problems import NotFound, Problem
from kopa.api.ngsi_ld.represent import Form
from kopa.api.problem import problem
from kopa.errors import KopaError, RangeError
from kopa.store import Query
from kopa.store.query import And, AttributePath, Box, Compare, Condition

ROOT = "/ogc/features"
PART = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/"
CONFORMANCE = [PART + name for name in ("core", "geojson")]
CRS = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
LIMIT, MOST = 10, 10_000
"""Features of a page: where nothing is asked, and at most (clause 7.15.2)."""


def routes(broker: Broker) -> list[Route]:
    """The routes; tenants are told by the header ``NGSILD-Tenant`` as in NGSI-LD."""
    context = broker.contexts.use(None)
    form = Form(context, "simplified")

    def landing(request: Request) -> Any:
        base = _base(request)
        links = [
            ("self", base, "this document"),
            ("conformance", f"{base}/conformance", "what it conforms to"),
            ("data", f"{base}/collections", "the collections"),
        ]
        return {"title": "Kopa", "links": [_link(*link) for link in links]}

    def conformance(request: Request) -> Any:
        return {"conformsTo": CONFORMANCE}

    def collections(request: Request) -> Any:
        tenant = _tenant(broker, request)
        names = sorted(context.show(name) for name in broker.storage.store.types(tenant))
        return {
            "links": [_link("self", f"{_base(request)}/collections", "this document")],
            "collections": [_collection(request, name) for name in names],
        }

    def collection(request: Request) -> Any:
        _type(request)
        return _collection(request, request.path_params["type"])

    def _type(request: Request) -> str:
        kept = context.keep(request.path_params["type"])
        if kept not in broker.storage.store.types(_tenant(broker, request)):
            raise NotFound(f"There is no collection '{request.path_params['type']}'.")
        return kept

    def items(request: Request) -> Any:
        kept, given = _type(request), dict(request.query_params)
        limit = _whole(given.pop("limit", str(LIMIT)), "limit", 1)
        offset = _whole(given.pop("offset", "0"), "offset", 0)
        box = _box(given.pop("bbox", ""))
        given.pop("datetime", None)  # assets have no time of their own (clause 7.15.4)
        where = tuple(
            _equal(AttributePath(context.keep(name)), value) for name, value in given.items()
        )
        query = Query(
            _tenant(broker, request), types=(kept,), place=box, limit=min(limit, MOST),
            offset=offset, where=And(where) if where else None,
        )  # fmt: skip
        found = list(broker.storage.entities(query))
        matched = broker.storage.store.count(query)
        url = f"{_base(request)}/collections/{quote(request.path_params['type'])}/items"
        links = [_link("self", f"{url}?{request.url.query}".rstrip("?"), "this page")]
        if offset + len(found) < matched:
            more = {**request.query_params, "offset": str(offset + query.limit)}
            links.append(_link("next", f"{url}?{urlencode(more)}", "the next page"))
        return {
            "type": "FeatureCollection",
            "features": [feature(entity, form, "location") for entity in found],
            "numberMatched": matched,
            "numberReturned": len(found),
            "links": links,
        }

    def item(request: Request) -> Any:
        kept = _type(request)
        entity = broker.entity(_tenant(broker, request), request.path_params["id"])
        if kept not in entity["type"]:
            raise NotFound(f"There is no feature '{request.path_params['id']}' here.")
        return feature(entity, form, "location")

    return [
        Route(ROOT, _served(landing)),
        Route(f"{ROOT}/conformance", _served(conformance)),
        Route(f"{ROOT}/collections", _served(collections)),
        Route(f"{ROOT}/collections/{{type}}", _served(collection)),
        Route(f"{ROOT}/collections/{{type}}/items", _served(items)),
        Route(f"{ROOT}/collections/{{type}}/items/{{id}}", _served(item)),
    ]


def _tenant(broker: Broker, request: Request) -> str:
    tenant = request.headers.get("ngsild-tenant", "")
    broker.reads(tenant)
    return tenant


def _base(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}{ROOT}"


def _link(rel: str, href: str, title: str) -> dict[str, str]:
    return {"rel": rel, "href": href, "title": title, "type": "application/json"}


def _collection(request: Request, name: str) -> dict[str, Any]:
    url = f"{_base(request)}/collections/{quote(name)}"
    return {
        "id": name,
        "title": name,
        "itemType": "feature",
        "crs": [CRS],
        "links": [
            _link("self", url, "this collection"),
            {**_link("items", f"{url}/items", "its features"), "type": "application/geo+json"},
        ],
    }


def _whole(text: str, name: str, least: int) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9 or int(text) < least:
        raise RangeError(f"'{name}' is a whole number from {least} on")
    return int(text)


def _box(text: str) -> Box | None:
    """The bounding box ``west,south,east,north``, or with heights, which do not count."""
    if not text:
        return None
    try:
        numbers = [float(part) for part in text.split(",")]
        if len(numbers) == 6:
            numbers = [*numbers[:2], *numbers[3:5]]
        west, south, east, north = numbers
        return Box(west, south, east, north)
    except (ValueError, KopaError):
        raise RangeError("'bbox' is west,south,east,north in degrees") from None


def _equal(path: AttributePath, text: str) -> Condition:
    """A property equal to a value: a number where the text is one."""
    try:
        return Compare(path, "==", float(text))
    except ValueError:
        return Compare(path, "==", text)


def _served(serve: Callable[[Request], Any]) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        try:
            answer = await run_in_threadpool(serve, request)
        except Problem as error:
            return problem(error.status, error.title, error.detail)
        except KopaError as error:
            status = 400 if isinstance(error, RangeError) else 503
            return problem(status, str(error))
        features = isinstance(answer, dict) and answer.get("type") in (
            "Feature",
            "FeatureCollection",
        )
        kind = "application/geo+json" if features else "application/json"
        return JSONResponse(answer, media_type=kind)

    return endpoint
