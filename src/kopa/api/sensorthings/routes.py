"""How a request reaches the items: ``/sensorthings/v1.1`` (18-088, 9.2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kopa.api.body import TooLargeError, body_of
from kopa.api.ngsi_ld.broker import Broker
from kopa.api.ngsi_ld.call import decoded
from kopa.api.ngsi_ld.problems import Problem
from kopa.api.problem import problem
from kopa.api.sensorthings.catalogue import Catalogue
from kopa.api.sensorthings.create import (
    New,
    NoSuchItemError,
    NotServedError,
    keep,
    read_arrays,
    read_observation,
)
from kopa.api.sensorthings.items import Item
from kopa.api.sensorthings.model import KINDS, SETS
from kopa.api.sensorthings.options import Ask, read_options
from kopa.api.sensorthings.pages import Page, Pages, next_query
from kopa.api.sensorthings.sources import Listed, Source
from kopa.errors import KopaError, RangeError
from kopa.store.errors import BusyError

ROOT = "/sensorthings/v1.1"
_REQ = "http://www.opengis.net/spec/iot_sensing/1.1/req/"
CONFORMANCE = [
    _REQ + name
    for name in (
        "datamodel",
        "resource-path/resource-path-to-entities",
        *(
            f"request-data/{name}"
            for name in (
                "status-code", "query-status-code", "order", "expand", "select", "orderby",
                "top", "skip", "count", "filter", "built-in-filter-operations", "pagination",
            )
        ),
        "data-array/data-array",
    )
]  # fmt: skip
MOST_BODY = 8 * 1024 * 1024
_STEP = re.compile(r"([A-Za-z@$][\w.]*)(?:\('((?:[^']|'')*)'\)|\(([^'()]*)\))?(?:/|$)")
_WHY = (
    "the Things of a city come from its files and by NGSI-LD; SensorThings creates Observations "
    "of Datastreams that are there"
)


class Service:
    """The service of all tenants; they are told by ``NGSILD-Tenant`` as in NGSI-LD.

    Parameters
    ----------
    broker
        Keeps entities.
    """

    def __init__(self, broker: Broker) -> None:
        self._broker = broker

    def routes(self) -> list[Route]:
        """The routes of Starlette; one takes all, so that ids may hold anything."""
        methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
        return [
            Route(ROOT, _served(self._root), methods=["GET"]),
            Route(f"{ROOT}/{{rest:path}}", _served(self._answer), methods=methods),
        ]

    def _root(self, request: Request, body: bytes) -> Any:
        base = _base(request)
        return {
            "value": [{"name": name, "url": f"{base}/{name}"} for name in SETS],
            "serverSettings": {"conformance": CONFORMANCE},
        }

    def _answer(self, request: Request, body: bytes) -> Any:
        path = request.path_params["rest"].strip("/")
        if not path:
            return self._root(request, body)
        tenant = request.headers.get("ngsild-tenant", "")
        self._broker.reads(tenant)
        catalogue = Catalogue(self._broker, tenant)
        if request.method == "POST":
            return _create(catalogue, request, path, body)
        if request.method not in ("GET", "HEAD"):
            raise NotServedError(f"{request.method} is not served: {_WHY}")
        return _read(catalogue, request, path)


def _steps(path: str) -> list[tuple[str, str | None]]:
    """``Things('a')/Datastreams`` as names and ids."""
    found, at = [], 0
    while at < len(path):
        match = _STEP.match(path, at)
        if match is None:
            raise NoSuchItemError(f"there is no resource at '{path[at : at + 80]}'")
        if match[3] is not None:
            raise RangeError(f"an id is a text in quotes: {match[1]}('{match[3][:80]}')")
        id = None if match[2] is None else match[2].replace("''", "'")
        found.append((match[1], id))
        at = match.end()
    return found


class _Walk:
    """Goes along a path: at any step it stands at a collection, or at one item."""

    def __init__(self, catalogue: Catalogue, steps: list[tuple[str, str | None]]) -> None:
        self._catalogue = catalogue
        (name, id), self.rest = steps[0], steps[1:]
        if name not in SETS:
            raise NoSuchItemError(f"there is no set '{name}', only {', '.join(SETS)}")
        self.kind, self.item = SETS[name], None if id is None else self._one(SETS[name], id)
        self.source: Source = Listed([self.item]) if self.item else catalogue.all_of(self.kind)
        while self.rest and self.item and self.rest[0][0] in KINDS[self.kind].relations:
            self._follow(self.item, *self.rest.pop(0))

    def _one(self, kind: str, id: str) -> Item:
        found = self._catalogue.one(kind, id)
        if found is None:
            raise NoSuchItemError(f"there is no {kind} '{id[:200]}'")
        return found

    def _follow(self, item: Item, name: str, id: str | None) -> None:
        relation = KINDS[item.kind].relations[name]
        self.kind, self.source = relation.kind, self._catalogue.related(item, name)
        self.item = None
        if relation.many and id is None:
            return
        found: Iterator[Item] = self.source.items()
        if relation.many and relation.kind == "Observation":  # of many; one is looked up
            one = self._one(relation.kind, str(id))
            found = iter([one] if one.key.entity == (item.key.entity or item.id) else [])
        self.item = next((one for one in found if id in (None, one.id)), None)
        if self.item is None:
            raise NoSuchItemError(f"{item.kind} '{item.id}' has no {name} '{id or ''}'")


def _read(catalogue: Catalogue, request: Request, path: str) -> Any:
    steps = _steps(path)
    walk = _Walk(catalogue, steps)
    pages = Pages(catalogue, _base(request))
    ask = read_options(walk.kind, request.url.query)
    if walk.item is not None:
        return _read_item(pages, walk.item, ask, [name for name, _ in walk.rest])
    rest = [name for name, _ in walk.rest]
    if rest not in ([], ["$ref"]):
        raise NoSuchItemError(f"a collection has no '{'/'.join(rest)[:80]}'")
    page = pages.page(walk.source, ask)
    made: dict[str, Any] = {}
    if page.count is not None:
        made["@iot.count"] = page.count
    if page.more and ask.top:
        made["@iot.nextLink"] = _next(request, ask, page)
    if rest:
        made["value"] = [{"@iot.selfLink": pages.link(item)} for item in page.items]
    elif ask.rows:
        made["value"] = list(_arrays(pages, page, ask))
    else:
        made["value"] = [pages.tell(item, ask) for item in page.items]
    return made


def _read_item(pages: Pages, item: Item, ask: Ask, rest: list[str]) -> Any:
    """An item, one of its properties, or the bare value of that."""
    if not rest:
        return pages.tell(item, ask)
    if rest == ["$ref"]:
        return {"@iot.selfLink": pages.link(item)}
    name = rest[0]
    if name in ("id", "@iot.id"):
        value: Any = item.id
    elif name in KINDS[item.kind].properties:
        value = item.values.get(name)
    else:
        there = ", ".join((*KINDS[item.kind].properties, *KINDS[item.kind].relations))
        raise NoSuchItemError(f"a {item.kind} has no '{name[:80]}', only {there}")
    if rest[1:] not in ([], ["$value"]):
        raise NoSuchItemError(f"there is no '{'/'.join(rest)[:80]}'")
    if value is None:
        return Response(status_code=204)
    if rest[1:]:
        text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
        return Response(text, media_type="text/plain")
    return {name: value}


def _arrays(pages: Pages, page: Page, ask: Ask) -> Iterator[dict[str, Any]]:
    """Observations as rows, those of a Datastream together (18-088, 12.1)."""
    names = ask.select or ("id", "phenomenonTime", "result", "resultTime", "parameters")
    streams: dict[str, list[Any]] = {}
    for item in page.items:
        row = [item.id if name == "id" else item.values.get(name) for name in names]
        streams.setdefault(item.id.rpartition("@")[0], []).append(row)
    for stream, rows in streams.items():
        text = quote(stream.replace("'", "''"), safe=":-._~@'")
        yield {
            "Datastream@iot.navigationLink": f"{pages.root}/Datastreams('{text}')",
            "components": list(names),
            "dataArray@iot.count": len(rows),
            "dataArray": rows,
        }


def _next(request: Request, ask: Ask, page: Page) -> str:
    path = quote(request.url.path, safe="/:-._~@'()%")
    return f"{request.url.scheme}://{request.url.netloc}{path}?{next_query(ask, page)}"


def _create(catalogue: Catalogue, request: Request, path: str, body: bytes) -> Response:
    raw = decoded(body)
    base = _base(request)
    pages = Pages(catalogue, base)
    if path == "CreateObservations":
        read = list(read_arrays(catalogue, raw))
        good = [new for new in read if isinstance(new, New)]
        ids = iter(keep(catalogue, good) if good else [])
        links = [
            pages.link(Item("Observation", next(ids), {}, {})) if isinstance(new, New)
            else f"error: {new}"
            for new in read
        ]  # fmt: skip
        return _json(links, 201 if good or not read else 400)
    walk = _Walk(catalogue, _steps(path))
    if walk.kind != "Observation" or walk.item is not None or walk.rest:
        raise NotServedError(f"nothing is created at '{path[:80]}': {_WHY}")
    steps = _steps(path)
    stream = None
    if len(steps) > 1:
        before = _Walk(catalogue, steps[:-1])
        stream = before.item if before.kind == "Datastream" else None
    (id,) = keep(catalogue, [read_observation(catalogue, raw, stream)])
    link = pages.link(Item("Observation", id, {}, {}))
    return Response(status_code=201, headers={"location": link})


def _base(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}{ROOT}"


def _json(value: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, media_type="application/json")


def _served(serve: Callable[[Request, bytes], Any]) -> Callable[[Request], Any]:
    """A route: reads the body, calls, and tells what is wrong."""

    async def endpoint(request: Request) -> Response:
        try:
            body = await body_of(request, MOST_BODY)
            answer = await run_in_threadpool(serve, request, body)
        except TooLargeError as error:
            return problem(413, str(error))
        except NotServedError as error:
            return problem(501, "this part of SensorThings is not served", str(error))
        except NoSuchItemError as error:
            return problem(404, "there is no such item", str(error))
        except Problem as error:
            return problem(error.status, error.title, error.detail)
        except RangeError as error:
            return problem(400, "the request is not valid", str(error))
        except BusyError as error:
            return problem(429, str(error), headers={"retry-after": "1"})
        except KopaError as error:
            return problem(503, "the store does not answer", str(error))
        return answer if isinstance(answer, Response) else _json(answer)

    return endpoint
