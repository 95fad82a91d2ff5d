"""Stands before all routes: who asks, whether they may, how often."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from kopa.access.accounts import Accounts
from kopa.access.errors import AccessError, ForbiddenError, TooManyError, UnknownCallerError
from kopa.access.limits import Limit
from kopa.access.roles import EVERY, Caller, Wish
from kopa.access.tokens import Providers, Sessions
from kopa.api.domains import domain_asked, lists_entities
from kopa.api.problem import problem

COOKIE = "kopa_session"
SAFE = ("GET", "HEAD", "OPTIONS")
OPEN = ("/health/live", "/health/ready", "/auth/login", "/auth/session")
"""Paths that need no caller."""
PUBLIC = ("/", "/resident", "/favicon.ico")
PUBLIC_BELOW = ("/public/", "/open311/", "/static/", "/tiles/base/")
"""Paths, and beginnings of paths, that are for everybody: the page and what residents see."""
OWN = ("/auth/", "/backups/", "/audit", "/statistics", "/writes")
"""Paths whose routes check the caller themselves."""
QUERIES = ("/entityOperations/query", "/temporal/entityOperations/query")
"""What asks by POST, and writes nothing."""
ACTIONS = {
    "/findings": "command",
    "/whatif": "plan",
    "/page/whatif": "plan",
    "/page/decide": "plan",
    "/page/screens": "plan",
    "/page/decisions": "plan",
    "/page/notices": "command",
    "/page/reports": "command",
    # who registers a source has Kopa send requests to it
    "/ngsi-ld/v1/csourceRegistrations": "manage",
}
"""What a request to these paths does, where it does not only read."""
VISITORS = 50.0, 500.0
"""Requests for what is public from one address: a second in the long run, and at once."""
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
    visitors
        Requests of each address for what is public.
    """

    accounts: Accounts
    sessions: Sessions
    providers: Providers
    limit: Limit
    strangers: Limit
    visitors: Limit = field(default_factory=lambda: Limit(*VISITORS))

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
        if scheme.lower() != "bearer":
            token = cookie_of(headers)
        if not key and not token:
            raise UnknownCallerError("log in, or send a key")
        try:
            if key:
                return self.accounts.device(key)
            token = token.strip()
            try:
                return self.accounts.account(*self.sessions.read(token))
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
        try:
            scope.setdefault("state", {})["caller"] = await self._let_in(scope)
        except AccessError as error:
            await refusal(error)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _let_in(self, scope: Scope) -> Caller:
        path, address = scope["path"], (scope.get("client") or ("",))[0]
        if path in OPEN:
            self._gate.strangers.take(address)
            return Caller("nobody")
        if is_public(path):
            self._gate.visitors.take(address)
            return Caller("nobody")
        headers = Headers(scope=scope)
        if scope["method"] not in SAFE and cookie_of(headers) and is_foreign(headers):
            raise ForbiddenError("a page of another site asked for this")
        caller = await run_in_threadpool(self._gate.caller, headers, address)
        self._gate.limit.take(caller.id)
        wish = wish_of(scope["method"], path, headers.get("ngsild-tenant", ""))
        if wish is None:
            return caller
        few = caller.domains(wish)
        if few and lists_entities(scope):  # the query is narrowed to what the caller may see
            scope.setdefault("state", {})["domains"] = few
            return caller
        caller.check(replace(wish, domain=domain_asked(scope)) if few else wish)
        return caller


def cookie_of(headers: Headers) -> str:
    """The session of a page, empty where there is none."""
    for part in headers.get("cookie", "").split(";"):
        name, _, value = part.strip().partition("=")
        if name == COOKIE:
            return value
    return ""


def is_public(path: str) -> bool:
    """Whether a path is for everybody."""
    return path in PUBLIC or path.startswith(PUBLIC_BELOW)


def is_foreign(headers: Headers) -> bool:
    """Whether a page of another site sent a request: browsers say where it comes from."""
    site = headers.get("sec-fetch-site", "same-origin")
    origin = headers.get("origin", "")
    at_home = not origin or origin.partition("://")[2] == headers.get("host", "")
    return site not in ("same-origin", "none") or not at_home


def wish_of(method: str, path: str, tenant: str) -> Wish | None:
    """What a request wants; None where its route asks by itself."""
    if path.startswith(OWN):
        return None
    if method in SAFE or path.endswith(QUERIES):
        return Wish("read", tenant, EVERY)
    action = next((action for way, action in ACTIONS.items() if path.startswith(way)), "write")
    return Wish(action, tenant, EVERY)


def refusal(error: AccessError) -> Response:
    """The answer to what is refused (RFC 9457)."""
    status, headers = 401, {"www-authenticate": 'Bearer realm="kopa"'}
    if isinstance(error, ForbiddenError):
        status, headers = 403, {}
    elif isinstance(error, TooManyError):
        status, headers = 429, {"retry-after": str(max(1, math.ceil(error.wait_s)))}
    return problem(status, str(error), kind=f"urn:kopa:{error.code}", headers=headers)
