"""Endpoints that call plain functions in a thread, and tell what is wrong (RFC 9457)."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kopa.access.errors import AccessError
from kopa.api.body import TooLargeError, json_of
from kopa.api.guard import refusal
from kopa.api.problem import problem
from kopa.errors import EngineError, InputError, KopaError, RangeError, UsageError

MOST = 256 * 1024
"""Bytes of a body."""
PACKED_FROM = 64 * 1024
"""Bytes of an answer from which it is packed."""

Serve = Callable[[Request, Any], Any]
"""Answers a request with its body: a document, a `Response`, or None where there is none."""


def get(path: str, serve: Serve) -> Route:
    """A route that reads."""
    return Route(path, _served(serve, None, 200), methods=["GET"])


def post(path: str, serve: Serve, body: Any, status: int = 200, most: int = MOST) -> Route:
    """A route that takes a body of a type."""
    return Route(path, _served(serve, body, status, most), methods=["POST"])


def patch(path: str, serve: Serve, body: Any) -> Route:
    """A route that changes something."""
    return Route(path, _served(serve, body, 200), methods=["PATCH"])


def delete(path: str, serve: Serve) -> Route:
    """A route that takes something away."""
    return Route(path, _served(serve, None, 204), methods=["DELETE"])


def json(request: Request, content: Any, status: int = 200) -> Response:
    """A document as an answer, packed where it is large and the caller can unpack it."""
    raw = msgspec.json.encode(content)
    if len(raw) < PACKED_FROM or "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(raw, status, media_type="application/json")
    headers = {"content-encoding": "gzip", "vary": "accept-encoding"}
    return Response(gzip.compress(raw, 1), status, headers, "application/json")


def number(request: Request, name: str, default: float | None = None) -> float:
    """A number of the query.

    Raises
    ------
    RangeError
        If it is not there, or none.
    """
    text = request.query_params.get(name, "")
    if not text and default is not None:
        return default
    try:
        value = float(text)
    except ValueError:
        raise RangeError(f"'{name}' is a number") from None
    if not abs(value) < 1e12:  # and so not nan
        raise RangeError(f"'{name}' is a number")
    return value


def _served(serve: Serve, body: Any, status: int, most: int = MOST) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        try:
            sent = None if body is None else await json_of(request, most, body)
            answer = await run_in_threadpool(serve, request, sent)
        except AccessError as error:
            return refusal(error)
        except TooLargeError as error:
            return problem(413, str(error))
        except (InputError, UsageError, RangeError) as error:
            return problem(400, "the request is not valid", str(error))
        except EngineError as error:
            return problem(503, "the engine gave no answer", str(error))
        except KopaError as error:
            return problem(503, "the store does not answer", str(error))
        if isinstance(answer, Response):
            return answer
        if answer is None:
            return Response(status_code=204)
        return await run_in_threadpool(json, request, answer, status)

    return endpoint
