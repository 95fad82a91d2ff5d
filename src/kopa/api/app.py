"""The HTTP server of Kopa: one Starlette application that its rooms add routes to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from kopa.api.headers import Secured
from kopa.api.ngsi_ld.broker import Broker
from kopa.api.ngsi_ld.contexts import HOSTS, Contexts
from kopa.api.ngsi_ld.deliver import Deliverer
from kopa.api.ngsi_ld.federation.registrations import Registrations
from kopa.api.ngsi_ld.federation.watch import WATCHED
from kopa.api.ngsi_ld.routes import MAX_BODY, Gate
from kopa.api.ngsi_ld.storage import Storage
from kopa.api.ngsi_ld.subscriptions import Subscriptions
from kopa.api.problem import problem
from kopa.errors import KopaError
from kopa.store.contract import Store


@dataclass(frozen=True)
class Settings:
    """What of the server can be set.

    Parameters
    ----------
    context_hosts
        Hosts that JSON-LD contexts are fetched from.
    context_wait_s
        How long a request waits for a context that is being fetched, s. 0: it does not.
    contexts
        Contexts that are fetched at the start.
    max_body
        Bytes that the body of a request may have.
    """

    context_hosts: tuple[str, ...] = HOSTS
    context_wait_s: float = 0.0
    contexts: tuple[str, ...] = ()
    max_body: int = MAX_BODY


@dataclass
class Health:
    """Whether the server is ready."""

    ready: bool = field(default=False)


def make_app(
    store: Store,
    settings: Settings | None = None,
    routes: Sequence[BaseRoute] = (),
    middleware: Sequence[Middleware] = (),
) -> Starlette:
    """Make the application.

    Parameters
    ----------
    store
        The store; it is the caller's to close.
    settings
        The settings.
    routes
        Routes of other rooms; they come before ours.
    middleware
        What stands before all routes: access, limits.

    Returns
    -------
    Starlette
        An ASGI application.
    """
    settings = settings or Settings()
    storage = Storage(store)
    contexts = Contexts(storage, settings.context_hosts, settings.context_wait_s)
    subscriptions = Subscriptions(storage, contexts)
    watchers = Subscriptions(storage, contexts, about=WATCHED)
    broker = Broker(storage, contexts, subscriptions, Registrations(storage), watchers)
    gate = Gate(broker, settings.max_body)
    health = Health()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        for url in settings.contexts:
            contexts.loader.request(url)
        deliverer = Deliverer(broker)
        broker.wake = deliverer.wake
        async with deliverer:
            health.ready = True
            yield
            health.ready = False
        await gate.distributor.close()
        await run_in_threadpool(contexts.close)

    async def live(request: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def ready(request: Request) -> Response:
        if not health.ready:
            return JSONResponse({"status": "starting"}, 503)
        try:
            await run_in_threadpool(store.document, "", "health", "health")
        except KopaError as error:
            return JSONResponse({"status": "store", "detail": str(error)}, 503)
        return JSONResponse({"status": "ready"})

    own = [
        Route("/health/live", live),
        Route("/health/ready", ready),
        *gate.routes(),
    ]
    app = Starlette(
        routes=[*routes, *own],
        middleware=[Middleware(Secured), *middleware],
        exception_handlers={HTTPException: _refused, Exception: _failed},
        lifespan=lifespan,
    )
    app.state.broker = broker
    return app


async def _refused(request: Request, error: Exception) -> Response:
    """A path or a method that there is not."""
    status, headers = 404, None
    if isinstance(error, HTTPException):
        status, headers = error.status_code, error.headers
    words = "the resource has no such method" if status == 405 else "there is no such resource"
    return problem(status, words, f"{request.method} {request.url.path[:200]}", headers=headers)


async def _failed(request: Request, error: Exception) -> Response:
    """A fault of ours: the log has the traceback, the caller gets none of it."""
    return problem(500, "Kopa failed", "This is a fault of Kopa: its log tells more.")
