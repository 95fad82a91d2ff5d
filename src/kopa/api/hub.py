"""Server-sent events: what happens goes to every page that listens."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from kopa.api.problem import problem

KEPT = 500
"""Events that a page which comes back can still get."""
WAITING = 200
"""A page that reads so slowly that more wait is told to load anew."""
LISTENERS = 200
BEAT_S = 15.0
"""A comment is sent so often, so that proxies and pages know that the line is up."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event, as it goes over the line."""

    number: int
    text: bytes


class Hub:
    """Takes events from any thread and gives them to whoever listens.

    An event has a number; a listener that names the last one that it had gets those after it, or
    the event ``reload`` where they are no longer kept.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: deque[Event] = deque(maxlen=KEPT)
        self._number = time.time_ns() // 1_000_000  # above all numbers before the last end
        self._listeners: dict[asyncio.Queue[Event], asyncio.AbstractEventLoop] = {}

    def tell(self, kind: str, content: object) -> None:
        """Tell an event to all.

        Parameters
        ----------
        kind
            Its name: ``now``, ``finding``, ``values``.
        content
            What becomes its JSON.
        """
        data = msgspec.json.encode(content)
        with self._lock:
            self._number += 1
            event = Event(self._number, _text(self._number, kind, data))
            self._kept.append(event)
            listeners = list(self._listeners.items())
        for queue, loop in listeners:
            loop.call_soon_threadsafe(_put, queue, event)

    def routes(self) -> list[Route]:
        """``GET /events``."""
        return [Route("/events", self._events, methods=["GET"])]

    async def _events(self, request: Request) -> Response:
        last = request.headers.get("last-event-id", "")
        if last and not last.isdigit():
            return problem(400, "Last-Event-ID is the number of an event")
        if len(self._listeners) >= LISTENERS:
            return problem(503, f"{LISTENERS} pages listen already", headers={"retry-after": "30"})
        stream = self._stream(request, int(last[:18]) if last else None)
        return StreamingResponse(stream, media_type="text/event-stream")

    async def _stream(self, request: Request, last: int | None) -> AsyncIterator[bytes]:
        queue: asyncio.Queue[Event] = asyncio.Queue(WAITING)
        with self._lock:
            self._listeners[queue] = asyncio.get_running_loop()
            kept, number = list(self._kept), self._number
        try:
            yield b"retry: 3000\n\n"
            if last is not None:
                first = kept[0].number if kept else number + 1
                if last > number or last < first - 1:
                    yield _text(number, "reload", b"{}")
                else:
                    for event in kept:
                        if event.number > last:
                            yield event.text
            while not await request.is_disconnected():
                try:
                    event = await asyncio.wait_for(queue.get(), BEAT_S)
                except TimeoutError:
                    yield b": still here\n\n"
                    continue
                if queue.full():
                    yield _text(self._number, "reload", b"{}")
                    return
                yield event.text
        finally:
            with self._lock:
                self._listeners.pop(queue, None)


def _text(number: int, kind: str, data: bytes) -> bytes:
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (number, kind.encode(), data)


def _put(queue: asyncio.Queue[Event], event: Event) -> None:
    if not queue.full():
        queue.put_nowait(event)
