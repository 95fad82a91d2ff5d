"""Stands before all routes: who asks, whether they may, how often; and the security headers."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kopa.access.accounts import Accounts
from kopa.access.errors import AccessError, ForbiddenError, TooManyError, UnknownCallerError
from kopa.access.limits import Limit
from kopa.access.roles import EVERY, Caller, Wish
from kopa.access.tokens import Providers, Sessions
from kopa.api.problem import problem

OPEN = ("/health/live", "/health/ready", "/auth/login")
"""Paths that need no caller."""
OWN = ("/auth/", "/backups/", "/audit", "/statistics")
"""Paths whose routes check the caller themselves."""
QUERIES = ("/entityOperations/query", "/temporal/entityOperations/query")
"""What asks by POST, and writes nothing."""
SECURITY = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
"""Headers of every answer that does not set them itself."""
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Gatekeeper:
    """What a guard needs to know callers.

    Parameters
    ----------
    accounts
        Local accounts and device keys.
    sessions
        Tokens of people who logged in here.
    providers
        OpenID providers.
    limit
        Requests of each caller.
    strangers
        Requests of each address that is not known yet.
    """

    accounts: Accounts
    sessions: Sessions
    providers: Providers
    limit: Limit
    strangers: Limit

    def caller(self, headers: Headers, address: str) -> Caller:
        """Who asks.

        Raises
        ------
        UnknownCallerError
            If nobody knows.
        TooManyError
            If the address tried too often.
        """
        key = headers.get("x-api-key", "")
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if not key and scheme.lower() != "bearer":
            raise UnknownCallerError("log in, or send a key")
        try:
            if key:
                return self.accounts.device(key)
            token = token.strip()
            try:
                return self.accounts.account(self.sessions.name(token))
            except UnknownCallerError:
                return self.providers.caller(token)
        except UnknownCallerError:
            self.strangers.take(address)
            raise


class Guard:
    """ASGI middleware that lets through what a caller may do.

    Parameters
    ----------
    app
        What stands behind it.
    gatekeeper
        Knows callers.
    clock
        For the log.
    """

    def __init__(
        self,
        app: ASGIApp,
        gatekeeper: Gatekeeper,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._app, self._gate, self._clock = app, gatekeeper, clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        secured = _secured(send)
        try:
            scope.setdefault("state", {})["caller"] = await self._let_in(scope)
        except AccessError as error:
            await refusal(error)(scope, receive, secured)
            return
        await self._app(scope, receive, secured)

    async def _let_in(self, scope: Scope) -> Caller:
        path, address = scope["path"], (scope.get("client") or ("",))[0]
        if path in OPEN:
            self._gate.strangers.take(address)
            return Caller("nobody")
        headers = Headers(scope=scope)
        caller = await run_in_threadpool(self._gate.caller, headers, address)
        self._gate.limit.take(caller.id)
        wish = wish_of(scope["method"], path, headers.get("ngsild-tenant", ""))
        if wish is not None:
            caller.check(wish)
        return caller


def wish_of(method: str, path: str, tenant: str) -> Wish | None:
    """What a request wants; None where its route asks by itself."""
    if path.startswith(OWN):
        return None
    reads = method in ("GET", "HEAD", "OPTIONS") or path.endswith(QUERIES)
    return Wish("read" if reads else "write", tenant, EVERY)


def refusal(error: AccessError) -> Response:
    """The answer to what is refused (RFC 9457)."""
    status, headers = 401, {"www-authenticate": 'Bearer realm="kopa"'}
    if isinstance(error, ForbiddenError):
        status, headers = 403, {}
    elif isinstance(error, TooManyError):
        status, headers = 429, {"retry-after": str(max(1, math.ceil(error.wait_s)))}
    return problem(status, str(error), kind=f"urn:kopa:{error.code}", headers=headers)


def _secured(send: Send) -> Send:
    """Adds the security headers that an answer does not have."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY.items():
                headers.setdefault(name, value)
        await send(message)

    return sending
