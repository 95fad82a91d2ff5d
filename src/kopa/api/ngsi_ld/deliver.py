"""Delivers notifications out of the outbox: at least once, each subscriber for itself.

An item stays in the outbox until its subscriber has taken it. A subscriber that does not
answer has its own queue, and nobody else waits for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import httpx
import msgspec
from starlette.concurrency import run_in_threadpool

from kopa.api.ngsi_ld import query
from kopa.api.ngsi_ld.broker import Broker
from kopa.api.ngsi_ld.federation.watch import WATCHED, target_of, tell_all
from kopa.api.ngsi_ld.history import moment_text
from kopa.api.ngsi_ld.mqtt import Publisher
from kopa.api.ngsi_ld.mqtt_endpoint import is_mqtt, read_target
from kopa.api.ngsi_ld.names import GEO_JSON, JSON, LD_JSON, now_text
from kopa.api.ngsi_ld.notify import accepts
from kopa.api.ngsi_ld.problems import Problem
from kopa.api.ngsi_ld.reply import link, with_context
from kopa.api.ngsi_ld.storage import now_us
from kopa.api.ngsi_ld.subscription import Subscription
from kopa.store.contract import Batch
from kopa.store.documents import OutboxItem, Retry, Sent
from kopa.store.errors import StoreError

LEASE_S = 120
TIMEOUT_S = 10.0
FIRST_RETRY_S = 5.0
LAST_RETRY_S = 3600.0
MOST_ATTEMPTS = 20
"""After so many a notification is given up: about half a day."""
MOST_QUEUED = 200
"""Of one subscriber; more of them wait in the outbox."""
AT_ONCE = 64
POLL_S = 1.0
_LOG = logging.getLogger(__name__)
_FAILURES = (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, TimeoutError, Problem)


@dataclass
class Deliverer:
    """Takes items out of the outbox and sends them.

    Parameters
    ----------
    broker
        The broker.
    """

    broker: Broker
    _queues: dict[tuple[str, str], deque[OutboxItem]] = field(
        default_factory=lambda: defaultdict(deque)
    )
    _held: set[int] = field(default_factory=set)
    _tasks: dict[tuple[str, str], asyncio.Task[None]] = field(default_factory=dict)
    _periods: dict[tuple[str, str], float] = field(default_factory=dict)

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._event = asyncio.Event()
        self._client = httpx.AsyncClient(
            timeout=TIMEOUT_S,
            follow_redirects=False,
            trust_env=False,
            limits=httpx.Limits(max_connections=AT_ONCE * 2, max_keepalive_connections=AT_ONCE),
        )
        self._publisher = Publisher()
        self._main = asyncio.create_task(self._run(), name="kopa-notifications")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        tasks = [self._main, *self._tasks.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._client.aclose()
        await self._publisher.close()

    def wake(self) -> None:
        """Look into the outbox now; may be called from any thread."""
        with contextlib.suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self._event.set)

    async def _run(self) -> None:
        while True:
            try:
                await self._periodic()
                await self._claim()
            except StoreError as error:
                _LOG.warning("notifications: %s", error)
            soon = min(self._periods.values(), default=0.0) - time.monotonic()
            wait = min(POLL_S, max(soon, 0.01)) if self._periods else POLL_S
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._event.wait(), wait)
            self._event.clear()

    async def _claim(self) -> None:
        store = self.broker.storage.store
        while True:
            items = await run_in_threadpool(store.claim, now_us(), LEASE_S * 1_000_000, 200)
            later = []
            for item in items:
                key = (item.tenant, item.target)
                if item.id in self._held:
                    continue
                if len(self._queues[key]) >= MOST_QUEUED:
                    later.append(Retry(item.id, now_us() + 5_000_000))
                    continue
                self._held.add(item.id)
                self._queues[key].append(item)
                if key not in self._tasks:
                    self._tasks[key] = asyncio.create_task(self._serve(key))
            if later:
                await run_in_threadpool(store.commit, Batch(outbox=tuple(later)))
            if len(items) < 200:
                return

    async def _serve(self, key: tuple[str, str]) -> None:
        """Send the items of one subscriber, in order."""
        queue = self._queues[key]
        try:
            while queue:
                item = queue[0]
                try:
                    await self._settle(item)
                except StoreError as error:
                    _LOG.warning("notifications: %s", error)
                queue.popleft()
                self._held.discard(item.id)
        finally:
            for item in queue:
                self._held.discard(item.id)
            self._queues.pop(key, None)
            self._tasks.pop(key, None)

    async def _settle(self, item: OutboxItem) -> None:
        store = self.broker.storage.store
        several, id = self.broker.subscriptions, item.target
        if id.startswith(f"{WATCHED} "):
            several, id = self.broker.watchers, id.partition(" ")[2]
        subscription = several.get(item.tenant, id)
        if subscription is None or subscription.status() != "active":
            await run_in_threadpool(store.commit, Batch(outbox=(Sent(item.id),)))
            return
        good = await self._send(subscription, item.content)
        put = several.delivered(subscription, now_text(), good)
        done: Sent | Retry = Sent(item.id)
        if not good and item.attempts < MOST_ATTEMPTS:
            wait = min(FIRST_RETRY_S * 2 ** (item.attempts - 1), LAST_RETRY_S)
            done = Retry(item.id, now_us() + int(wait * 1_000_000))
        await run_in_threadpool(store.commit, Batch(documents=(put,), outbox=(done,)))

    async def _send(self, subscription: Subscription, content: bytes) -> bool:
        """Send one notification; whether the subscriber has taken it."""
        endpoint = subscription.notification["endpoint"]
        timeout = endpoint.get("timeout", TIMEOUT_S * 1000) / 1000 or TIMEOUT_S
        body, headers = message_of(subscription, content)
        try:
            async with asyncio.timeout(min(timeout, 60.0)):
                if is_mqtt(endpoint["uri"]):
                    payload = msgspec.json.encode({"metadata": headers, "body": body})
                    await self._publisher.publish(read_target(endpoint), payload)
                    return True
                response = await self._client.post(
                    endpoint["uri"], content=msgspec.json.encode(body), headers=headers
                )
        except _FAILURES as error:
            _LOG.info("notification to %s: %s", subscription.id, type(error).__name__)
            return False
        return response.status_code < 300

    async def _periodic(self) -> None:
        """Notify subscriptions whose time interval has passed."""
        now = time.monotonic()
        entities = ((one, one.id, self._notify_all) for one in self.broker.subscriptions.every())
        sources = (
            (one, target_of(one), self._notify_sources) for one in self.broker.watchers.every()
        )
        every = [*entities, *sources]
        gone = self._periods.keys() - {(one.tenant, id) for one, id, _ in every}
        for key in gone:
            del self._periods[key]
        for subscription, id, notify in every:
            interval = subscription.document.get("timeInterval")
            key = (subscription.tenant, id)
            if interval is None or subscription.status() != "active":
                self._periods.pop(key, None)
                continue
            due = self._periods.get(key)
            if due is None or due <= now:
                self._periods[key] = now + interval
                if due is not None:
                    await run_in_threadpool(notify, subscription)

    def _notify_sources(self, subscription: Subscription) -> None:
        tell_all(self.broker, subscription, "newlyMatching")

    def _notify_all(self, subscription: Subscription) -> None:
        storage = self.broker.storage
        found = query.find(storage, subscription.tenant, subscription.query, 0, 1000)
        if not found:
            return
        at = moment_text(now_us())
        try:
            send = self.broker.send(subscription, found, at)
        except Problem as problem:
            _LOG.info("notification of %s: %s", subscription.id, problem.detail)
            return
        storage.store.commit(Batch(outbox=(send,)))


def message_of(subscription: Subscription, content: bytes) -> tuple[dict[str, Any], dict[str, str]]:
    """Body and headers of a notification (clause 6.3.8); in MQTT they are its metadata (7.2)."""
    accept = accepts(subscription)
    headers = {"Content-Type": accept}
    body: dict[str, Any] = msgspec.json.decode(content)
    if accept == LD_JSON:
        body["@context"] = subscription.context
        body["data"] = with_context(body["data"], subscription.context)
    elif accept in (JSON, GEO_JSON):
        headers["Link"] = link(str(subscription.context))
    if subscription.tenant:
        headers["NGSILD-Tenant"] = subscription.tenant
    for pair in subscription.notification["endpoint"].get("receiverInfo", ()):
        headers[pair["key"]] = pair["value"]
    return body, headers
