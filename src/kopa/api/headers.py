"""What every answer bears for the safety of browsers, and how much a request may bring."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kopa.api.problem import problem
from kopa.errors import KopaError

SECURITY = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "permissions-policy": "geolocation=(), camera=(), microphone=()",
    "cache-control": "no-store",
}
"""Headers of an answer whose route does not set them itself: a page has a policy of its own."""
HSTS = "max-age=31536000; includeSubDomains"
MOST_BODY = 20_000_000
"""Bytes of a body, whatever the route; most routes take less."""


class TooLargeError(KopaError):
    """A body has more bytes than are taken (HTTP 413)."""

    code = "http-too-large"


class Secured:
    """ASGI middleware: the headers of every answer, and a limit to every body.

    Parameters
    ----------
    app
        What stands behind it.
    most
        Bytes that a body may have.
    """

    def __init__(self, app: ASGIApp, most: int = MOST_BODY) -> None:
        self._app, self._most = app, most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, came = False, 0

        async def sending(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                _add(MutableHeaders(scope=message), scope)
            await send(message)

        async def receiving() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            self._check(came)
            return message

        try:
            stated = Headers(scope=scope).get("content-length", "")
            self._check(int(stated[:12]) if stated.isascii() and stated.isdigit() else 0)
            await self._app(scope, receiving, sending)
        except TooLargeError as error:
            if begun:  # the rest of an answer that is under way cannot be another
                raise
            await problem(413, "the body is too large", str(error))(scope, receive, sending)

    def _check(self, size: int) -> None:
        if size > self._most:
            raise TooLargeError(f"a body has {self._most} bytes at most")


def _add(headers: MutableHeaders, scope: Scope) -> None:
    for name, value in SECURITY.items():
        headers.setdefault(name, value)
    if scope.get("scheme") == "https":
        headers.setdefault("strict-transport-security", HSTS)
