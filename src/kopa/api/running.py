"""A running Kopa: store, access and server of one city."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from kopa.access.accounts import Accounts
from kopa.access.limits import Limit
from kopa.access.tokens import Sessions
from kopa.api import auth
from kopa.api.app import make_app
from kopa.api.guard import Gatekeeper, Guard
from kopa.api.intake import Service
from kopa.api.metrics import Counted, Metrics
from kopa.api.openid import providers
from kopa.city.read_sections import OpenId
from kopa.errors import EngineError, UsageError
from kopa.store import Store

RATE, BURST = 200.0, 1000.0
"""Requests of a caller: a second in the long run, and at once."""
STRANGERS = 5.0, 30.0
"""The same for an address that is not known yet."""
GRACE_S = 3
"""Pages that listen to events never end by themselves: they are cut off after so long."""
LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class Listen:
    """Where the server listens.

    Parameters
    ----------
    host, port
        The address.
    certificate, key
        Files for TLS.
    proxied
        True where a proxy in front of it does TLS.

    Raises
    ------
    UsageError
        If it would listen beyond this machine without TLS.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    certificate: Path | None = None
    key: Path | None = None
    proxied: bool = False

    def __post_init__(self) -> None:
        if (self.certificate is None) != (self.key is None):
            raise UsageError("TLS needs both --tls-certificate and --tls-key")
        if self.host not in LOOPBACK and self.certificate is None and not self.proxied:
            raise UsageError(
                f"listening on {self.host} without TLS would send passwords in the open: give "
                "--tls-certificate and --tls-key, or say --behind-proxy if a proxy does TLS"
            )

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"{'https' if self.certificate else 'http'}://{self.host}:{self.port}"


def session_secret(folder: Path) -> bytes:
    """The secret that signs sessions; made at the first start, readable by nobody else."""
    file = folder / "session.key"
    if not file.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_bytes(secrets.token_bytes(32))
    return file.read_bytes()


def gatekeeper(
    store: Store,
    secret: bytes,
    told: Callable[[str], None] = lambda password: None,
    openid: OpenId | None = None,
) -> Gatekeeper:
    """Who knows the callers of a city.

    Parameters
    ----------
    store
        The store.
    secret
        From `session_secret`.
    told
        Called with the password of the first account, where this is the first start.
    openid
        The city's OpenID provider; None for none.
    """
    accounts = Accounts(store)
    first = accounts.first()
    if first is not None:
        told(first)
    return Gatekeeper(
        accounts, Sessions(secret), providers(openid), Limit(RATE, BURST), Limit(*STRANGERS)
    )


def guarded_app(
    store: Store,
    gate: Gatekeeper,
    metrics: Metrics,
    more: Sequence[BaseRoute] = (),
    secure: bool = False,
) -> Starlette:
    """The server of a city, with access before everything.

    Parameters
    ----------
    store
        The store.
    gate
        Who knows its callers.
    metrics
        Where requests are counted.
    more
        Routes of other rooms.
    secure
        True where pages come over TLS.
    """
    middleware = [Middleware(Counted, metrics=metrics), Middleware(Guard, gatekeeper=gate)]
    routes = [*auth.routes(gate, secure), metrics.route(), *more]
    return make_app(store, routes=routes, middleware=middleware)


async def serve(app: Starlette, listen: Listen, services: Sequence[Service] = ()) -> None:
    """Serve until a signal ends it, with what brings telemetry beside it.

    Parameters
    ----------
    app
        The server.
    listen
        Where it listens.
    services
        Started before it and stopped after it.

    Raises
    ------
    EngineError
        If a service cannot start, or the address is taken.
    """
    import uvicorn

    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host=listen.host,
            port=listen.port,
            log_level="warning",
            timeout_graceful_shutdown=GRACE_S,
            ssl_certfile=listen.certificate,
            ssl_keyfile=listen.key and str(listen.key),
            proxy_headers=listen.proxied,
        )
    )
    async with AsyncExitStack() as started:
        for service in services:
            await service.start()
            started.push_async_callback(service.stop)
        try:
            await server.serve()
        except SystemExit:
            raise EngineError(f"cannot listen on {listen.host}:{listen.port}", "listen") from None
