"""Telemetry over HTTP: ``POST /ingest`` takes a message of a device, or a list of them."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from kopa.api.problem import problem
from kopa.console import finding_rows
from kopa.ingest.sink import Sink
from kopa.store.errors import BusyError, StoreError

MOST = 4 * 1024 * 1024
"""Bytes of a body."""
WAIT_S = "1"


def routes(sink: Sink) -> list[Route]:
    """The route of a city's telemetry."""

    async def ingest(request: Request) -> Response:
        raw = b""
        async for chunk in request.stream():
            raw += chunk
            if len(raw) > MOST:
                return problem(413, f"a body has {MOST} bytes at most")
        try:
            body = msgspec.json.decode(raw)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            return problem(400, f"the body is no JSON: {error}")
        messages = body if isinstance(body, list) else [body]
        waiting: list[asyncio.Future[Any]] = []
        try:
            for message in messages:
                future = sink.take(msgspec.json.encode(message))
                if future is not None:
                    waiting.append(asyncio.wrap_future(future))
        except BusyError as error:
            await asyncio.gather(*waiting, return_exceptions=True)
            return problem(429, str(error), headers={"retry-after": WAIT_S})
        try:
            await asyncio.gather(*waiting)
        except StoreError as error:
            return problem(503, str(error), headers={"retry-after": WAIT_S})
        return JSONResponse({"messages": len(messages), "written": len(waiting)})

    async def tally(request: Request) -> Response:
        found = sink.tally
        rows = finding_rows([finding for finding, _ in found.findings.values()])
        times = [times for _, times in found.findings.values()]
        return JSONResponse(
            {
                "messages": found.messages,
                "observations": found.observations,
                "findings": [{**row, "times": n} for row, n in zip(rows, times, strict=True)],
            }
        )

    return [
        Route("/ingest", ingest, methods=["POST"]),
        Route("/ingest", tally, methods=["GET"]),
    ]
