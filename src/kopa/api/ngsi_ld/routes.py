"""The resources of NGSI-LD and their operations, and how a request reaches one."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, unquote

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from kopa.api.ngsi_ld import (
    attrs,
    batch,
    context_operations,
    discovery,
    entities,
    subscription_operations,
    temporal,
    temporal_writes,
)
from kopa.api.ngsi_ld.broker import Broker
from kopa.api.ngsi_ld.call import Call
from kopa.api.ngsi_ld.federation import registration_operations, watch_operations
from kopa.api.ngsi_ld.federation.distribute import Distributor
from kopa.api.ngsi_ld.names import JSON, PROBLEM_JSON
from kopa.api.ngsi_ld.problems import (
    ERRORS,
    BadRequestData,
    LengthRequired,
    NoSuchMethod,
    Problem,
    TooLarge,
)
from kopa.api.ngsi_ld.reply import Reply
from kopa.errors import RangeError
from kopa.store.errors import BusyError, ConflictError, FullError, StoreError

ROOT = "/ngsi-ld/v1"
MAX_BODY = 20_000_000
"""Bytes of a body, if nothing else is set."""
Operation = Callable[[Broker, Call], Reply]
_LOG = logging.getLogger(__name__)

OPERATIONS: dict[str, dict[str, Operation]] = {
    "/entities": {"POST": entities.create, "GET": entities.find, "DELETE": entities.purge},
    "/entities/{id}": {
        "GET": entities.retrieve,
        "PUT": entities.replace,
        "PATCH": entities.merge,
        "DELETE": entities.delete,
    },
    "/entities/{id}/attrs": {"POST": attrs.append, "PATCH": attrs.update},
    "/entities/{id}/attrs/{attribute}": {
        "PATCH": attrs.update_part,
        "PUT": attrs.replace,
        "DELETE": attrs.delete,
    },
    "/entityOperations/create": {"POST": batch.create},
    "/entityOperations/upsert": {"POST": batch.upsert},
    "/entityOperations/update": {"POST": batch.update},
    "/entityOperations/merge": {"POST": batch.merge},
    "/entityOperations/delete": {"POST": batch.delete},
    "/entityOperations/query": {"POST": batch.query},
    "/types": {"GET": discovery.types},
    "/types/{name}": {"GET": discovery.one_type},
    "/attributes": {"GET": discovery.attribute_list},
    "/attributes/{name}": {"GET": discovery.one_attribute},
    "/subscriptions": {
        "POST": subscription_operations.create,
        "GET": subscription_operations.find,
    },
    "/subscriptions/{id}": {
        "GET": subscription_operations.retrieve,
        "PATCH": subscription_operations.update,
        "DELETE": subscription_operations.delete,
    },
    "/temporal/entities": {"POST": temporal_writes.create, "GET": temporal.find},
    "/temporal/entities/{id}": {"GET": temporal.retrieve, "DELETE": temporal_writes.delete},
    "/temporal/entities/{id}/attrs": {"POST": temporal_writes.append},
    "/temporal/entities/{id}/attrs/{attribute}": {"DELETE": temporal_writes.delete_attribute},
    "/temporal/entities/{id}/attrs/{attribute}/{instance}": {
        "PATCH": temporal_writes.update_instance,
        "DELETE": temporal_writes.delete_instance,
    },
    "/temporal/entityOperations/query": {"POST": temporal.find_by_body},
    "/csourceRegistrations": {
        "POST": registration_operations.create,
        "GET": registration_operations.find,
    },
    "/csourceRegistrations/{id}": {
        "GET": registration_operations.retrieve,
        "PATCH": registration_operations.update,
        "DELETE": registration_operations.delete,
    },
    "/csourceSubscriptions": {
        "POST": watch_operations.create,
        "GET": watch_operations.find,
    },
    "/csourceSubscriptions/{id}": {
        "GET": watch_operations.retrieve,
        "PATCH": watch_operations.update,
        "DELETE": watch_operations.delete,
    },
    "/info/sourceIdentity": {"GET": discovery.identity},
    "/jsonldContexts": {"POST": context_operations.add, "GET": context_operations.find},
    "/jsonldContexts/{id}": {
        "GET": context_operations.serve,
        "DELETE": context_operations.delete,
    },
}
"""Path below `ROOT` → method → operation."""


class Gate:
    """Takes a request to its operation.

    Parameters
    ----------
    broker
        The broker.
    max_body
        Bytes that a body may have.
    """

    def __init__(self, broker: Broker, max_body: int = MAX_BODY) -> None:
        self.broker, self.max_body = broker, max_body
        self.distributor = Distributor(broker)

    def routes(self) -> list[Route]:
        """The routes of Starlette: one takes all, so that ids may hold anything."""
        methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
        return [Route(f"{ROOT}/{{rest:path}}", self.answer, methods=methods)]

    async def answer(self, request: Request) -> Response:
        """Answer a request; whatever goes wrong ends as a problem."""
        try:
            reply = await self._reply(request)
        except Problem as problem:
            headers = dict(problem.headers)
            if tenant := request.headers.get("ngsild-tenant"):
                headers["NGSILD-Tenant"] = tenant
            if isinstance(problem, LengthRequired):
                return Response(status_code=problem.status, headers=headers)
            return _problem(problem.document(), problem.status, headers)
        except ClientDisconnect:
            return Response(status_code=400)
        except (RangeError, StoreError) as error:
            return _store_problem(error)
        return Response(
            b"" if request.method == "HEAD" else reply.body,
            reply.status,
            reply.headers,
            reply.media if reply.body else None,
        )

    async def _reply(self, request: Request) -> Reply:
        raw = request.scope.get("raw_path") or quote(request.scope["path"]).encode()
        path = raw.decode("ascii", "replace").partition("?")[0]
        operations, names = find_operations(path)
        operation = operations.get("GET" if request.method == "HEAD" else request.method)
        if operation is None and path.endswith("/entities/"):
            inner, _ = find_operations(f"{path}-")
            if request.method in inner and request.method in ("PUT", "PATCH"):
                raise BadRequestData("The path has no id.")
        if operation is None:
            allow = ", ".join(sorted({*operations, "OPTIONS"}))
            if request.method == "OPTIONS":
                return Reply(204, headers={"Allow": allow})
            raise NoSuchMethod(f"The resource has no {request.method}.", {"Allow": allow})
        call = Call(
            request.method,
            path,
            request.scope["query_string"].decode("latin-1"),
            {name.lower(): value for name, value in request.headers.items()},
            await self._body(request),
            names,
            f"{request.url.scheme}://{request.headers.get('host', request.url.netloc)}",
            getattr(request.state, "domains", ()),
        )
        if self.distributor.concerns(operation, call):
            return await self.distributor.answer(operation, call)
        return await run_in_threadpool(operation, self.broker, call)

    async def _body(self, request: Request) -> bytes:
        if request.method not in ("POST", "PUT", "PATCH"):
            return b""
        length = request.headers.get("content-length")
        if length is None:
            raise LengthRequired("A body needs a Content-Length.")
        if not length.isdigit() or int(length) > self.max_body:
            raise TooLarge(f"A body has at most {self.max_body} bytes.")
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > self.max_body:
                raise TooLarge(f"A body has at most {self.max_body} bytes.")
        return bytes(body)


def find_operations(path: str) -> tuple[Mapping[str, Operation], dict[str, str]]:
    """Operations of a path, and the parts of it that the route names.

    Raises
    ------
    NoSuchMethod, BadRequestData
        If there is no such resource.
    """
    parts = path.removeprefix(ROOT).strip("/").split("/")
    for route, operations in OPERATIONS.items():
        wanted = route.strip("/").split("/")
        if len(wanted) != len(parts):
            continue
        if all(one == other or one[0] == "{" for one, other in zip(wanted, parts, strict=True)):
            pairs = zip(wanted, parts, strict=True)
            names = {one[1:-1]: _decoded(other) for one, other in pairs if one[0] == "{"}
            return operations, names
    raise _NoResource(f"There is no resource at '{path[:200]}'.")


class _NoResource(Problem):
    status, kind, title = 404, "ResourceNotFound", "There is no such resource"


def _decoded(part: str) -> str:
    try:
        text = unquote(part, errors="strict")
    except UnicodeDecodeError as error:
        raise BadRequestData("The path is not UTF-8.") from error
    if "\0" in text:
        raise BadRequestData("The path holds U+0000.")
    return text


def _store_problem(error: RangeError | StoreError) -> Response:
    """What the store refused; what it could not do is told as such."""
    if isinstance(error, RangeError):
        problem: Problem = BadRequestData(f"{error}.")
        return _problem(problem.document(), problem.status, {})
    status, title = 503, "The store cannot serve this now"
    if isinstance(error, BusyError):
        status, title = 429, "Too much is waiting: try again later"
    elif isinstance(error, ConflictError):
        status, title = 409, "Somebody else changes the same"
    elif isinstance(error, FullError):
        status, title = 507, "No space is left"
    _LOG.warning("store: %s", error)
    document = {"type": f"{ERRORS}InternalError", "title": title, "status": status}
    return _problem(document, status, {"Retry-After": "1"} if status in (429, 503) else {})


def _problem(document: dict[str, Any], status: int, headers: dict[str, str]) -> Response:
    return Response(msgspec.json.encode(document), status, headers, PROBLEM_JSON)


__all__ = ["JSON", "OPERATIONS", "ROOT", "Gate", "find_operations"]
