"""Telemetry over HTTP: ``POST /ingest`` takes a message of a device, or a list of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from kopa.api.body import TooLargeError, body_of
from kopa.api.problem import problem
from kopa.console import finding_rows
from kopa.ingest.sink import Sink
from kopa.store.errors import BusyError, StoreError

MOST = 4 * 1024 * 1024
"""Bytes of a body."""
WAIT_S = "1"


def routes(sink: Sink, sources: Callable[[], list[dict[str, Any]]] = list) -> list[Route]:
    """The route of a city's telemetry.

    Parameters
    ----------
    sink
        Takes messages.
    sources
        How each source does that is asked at intervals.
    """

    async def ingest(request: Request) -> Response:
        try:
            messages = _messages(await body_of(request, MOST))
        except TooLargeError as error:
            return problem(413, str(error))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            return problem(400, f"the body is no JSON: {error}")
        try:
            written, future = await run_in_threadpool(sink.take_all, messages)
            if future is not None:
                await asyncio.wrap_future(future)
        except BusyError as error:
            return problem(429, str(error), headers={"retry-after": WAIT_S})
        except StoreError as error:
            return problem(503, str(error), headers={"retry-after": WAIT_S})
        return JSONResponse({"messages": len(messages), "written": written})

    async def tally(request: Request) -> Response:
        found = sink.tally
        rows = finding_rows([finding for finding, _ in found.findings.values()])
        times = [times for _, times in found.findings.values()]
        return JSONResponse(
            {
                "messages": found.messages,
                "observations": found.observations,
                "findings": [{**row, "times": n} for row, n in zip(rows, times, strict=True)],
                "sources": sources(),
            }
        )

    return [
        Route("/ingest", ingest, methods=["POST"]),
        Route("/ingest", tally, methods=["GET"]),
    ]


def _messages(raw: bytes) -> list[bytes]:
    """The messages of a body, one or a list of them, each as its own JSON."""
    if raw.lstrip()[:1] == b"[":
        return [bytes(one) for one in msgspec.json.decode(raw, type=list[msgspec.Raw])]
    msgspec.json.decode(raw)
    return [raw]
