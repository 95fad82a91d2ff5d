"""Figures of a running city for Prometheus: requests, telemetry, the store."""

from __future__ import annotations

import time
from collections.abc import Iterator

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kopa.api.watch import Watch
from kopa.city.documents import Document
from kopa.ingest.sink import Tally
from kopa.store import Store

_STORE = {
    "entities": "entities",
    "series": "series of observations",
    "hot": "observations in tables",
    "cold": "observations in Parquet files",
    "hot_bytes": "bytes of the database",
    "cold_bytes": "bytes of the Parquet files",
    "outbox": "notifications to send",
    "audit": "rows of the audit log",
    "waiting": "batches that are not yet durable",
}


class Metrics:
    """What is counted.

    Parameters
    ----------
    store
        The store, asked at every scrape.
    """

    def __init__(self, store: Store) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "kopa_http_requests", "Requests", ("method", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "kopa_http_seconds", "Time of a request, s", registry=self.registry
        )
        self.tally: Tally | None = None
        self.watch: Watch | None = None
        self.registry.register(_Kept(store, self))

    def route(self) -> Route:
        """``GET /metrics``."""

        async def scrape(request: Request) -> Response:
            text = await run_in_threadpool(generate_latest, self.registry)
            return Response(text, headers={"content-type": CONTENT_TYPE_LATEST})

        return Route("/metrics", scrape, methods=["GET"])


class _Kept(Collector):
    """Reads the store, and what telemetry came, when it is asked."""

    def __init__(self, store: Store, metrics: Metrics) -> None:
        self._store, self._metrics = store, metrics

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """One gauge a figure."""
        found = self._store.statistics()
        for name, words in _STORE.items():
            yield GaugeMetricFamily(f"kopa_store_{name}", words, value=getattr(found, name))
        tally = self._metrics.tally
        if tally is not None:
            yield GaugeMetricFamily("kopa_ingest_messages", "messages", value=tally.messages)
            yield GaugeMetricFamily(
                "kopa_ingest_observations", "observations", value=tally.observations
            )

        watch = self._metrics.watch
        if watch is not None:
            yield from _now(watch.summary())

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Nothing: the store is not asked before the first scrape."""
        return iter(())


def _now(summary: Document) -> Iterator[GaugeMetricFamily]:
    """What is happening; nothing before the first look."""
    if summary["services"] is None:
        return
    yield GaugeMetricFamily("kopa_findings_open", "findings that are open", value=summary["open"])
    yield GaugeMetricFamily(
        "kopa_look_seconds", "time of the last look, s", value=summary["seconds"]
    )
    yield GaugeMetricFamily(
        "kopa_looked_at", "when the last look was, s since 1970", value=summary["at"]
    )
    people = GaugeMetricFamily(
        "kopa_people_without", "people without a service now", labels=["service"]
    )
    for row in summary["services"]:
        people.add_metric([row["service"]], row["people_now"])
    yield people


class Counted:
    """ASGI middleware that counts requests and their time.

    Parameters
    ----------
    app
        What stands behind it.
    metrics
        Where it counts.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        begin = time.perf_counter()
        try:
            await self._app(scope, receive, sending)
        finally:
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self._metrics.requests.labels(method, str(status)).inc()
            self._metrics.seconds.observe(time.perf_counter() - begin)


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""Anything else is one label: labels are kept for ever."""
