"""The subscriptions of a broker: kept in the store, ready in memory."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from kopa.api.ngsi_ld.contexts import Contexts
from kopa.api.ngsi_ld.problems import AlreadyExists, NotFound, Problem
from kopa.api.ngsi_ld.storage import Storage, now_us
from kopa.api.ngsi_ld.subscription import Subscription, query_of
from kopa.store.documents import PutDocument
from kopa.store.errors import MissingError

DOCUMENTS = "ngsi-ld.subscription"
STATUS = "ngsi-ld.subscription-status"


@dataclass
class Subscriptions:
    """All subscriptions.

    Parameters
    ----------
    storage
        Keeps them.
    contexts
        Meaning of their names.
    about
        What they are about, if not entities: each kind is kept for itself.
    """

    storage: Storage
    contexts: Contexts
    about: str = ""
    _all: dict[str, dict[str, Subscription]] = field(default_factory=dict)
    _status: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    _last: dict[tuple[str, str], float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        for row in self.storage.documents("", DOCUMENTS + self.about):
            self._restore(msgspec.json.decode(row))
        for row in self.storage.documents("", STATUS + self.about):
            status = msgspec.json.decode(row)
            self._status[status.pop("tenant"), status.pop("id")] = status

    def of(self, tenant: str) -> list[Subscription]:
        """Subscriptions of a tenant, oldest first."""
        return list(self._all.get(tenant, {}).values())

    def every(self) -> Iterator[Subscription]:
        """Subscriptions of all tenants."""
        for tenant in list(self._all):
            yield from self.of(tenant)

    def find(self, tenant: str, id: str) -> Subscription:
        """One subscription."""
        found = self._all.get(tenant, {}).get(id)
        if found is None:
            raise NotFound(f"There is no subscription '{id}'.")
        return found

    def get(self, tenant: str, id: str) -> Subscription | None:
        """One subscription, None if it is not there."""
        return self._all.get(tenant, {}).get(id)

    def put(self, subscription: Subscription, new: bool) -> None:
        """Keep a subscription, durably."""
        tenant, id = subscription.tenant, subscription.id
        if new and id in self._all.get(tenant, {}):
            raise AlreadyExists(f"There is a subscription '{id}' already.")
        content = msgspec.json.encode(
            {
                "tenant": tenant,
                "id": id,
                "document": subscription.document,
                "context": subscription.context,
                "created": subscription.created,
                "modified": subscription.modified,
            }
        )
        self.storage.put_document("", DOCUMENTS + self.about, _key(tenant, id), content)
        with self._lock:
            self._all.setdefault(tenant, {})[id] = subscription

    def remove(self, tenant: str, id: str) -> None:
        """Forget a subscription, durably."""
        self.find(tenant, id)
        key = _key(tenant, id)
        self.storage.put_document("", DOCUMENTS + self.about, key, None)
        if self.storage.document("", STATUS + self.about, key) is not None:
            with contextlib.suppress(MissingError):
                self.storage.put_document("", STATUS + self.about, key, None)
        with self._lock:
            self._all.get(tenant, {}).pop(id, None)
            self._status.pop((tenant, id), None)
            self._last.pop((tenant, id), None)

    def may_send(self, subscription: Subscription) -> bool:
        """Whether its throttling lets a notification through now; if so, that one counts."""
        key, now = (subscription.tenant, subscription.id), time.monotonic()
        throttling = subscription.document.get("throttling", 0)
        if now - self._last.get(key, -1e12) < throttling:
            return False
        self._last[key] = now
        return True

    def status(self, subscription: Subscription) -> dict[str, Any]:
        """What is known of its deliveries, as members of its `notification`."""
        return dict(self._status.get((subscription.tenant, subscription.id), {}))

    def delivered(self, subscription: Subscription, at: str, good: bool) -> PutDocument:
        """Note an attempt to deliver; the document of it is for the caller to commit."""
        key = (subscription.tenant, subscription.id)
        status = dict(self._status.get(key, {}))
        status["status"] = "ok" if good else "failed"
        status["timesSent"] = status.get("timesSent", 0) + 1
        status["lastNotification"] = at
        status["lastSuccess" if good else "lastFailure"] = at
        if not good:
            status["timesFailed"] = status.get("timesFailed", 0) + 1
        self._status[key] = status
        content = msgspec.json.encode({"tenant": key[0], "id": key[1], **status})
        return PutDocument("", STATUS + self.about, _key(*key), content, now_us())

    def _restore(self, row: dict[str, Any]) -> None:
        try:
            query = query_of(row["document"], self.contexts.use(row["context"]))
        except Problem:
            return  # its context is not on board any more: it is kept, and sleeps
        subscription = Subscription(
            row["tenant"],
            row["id"],
            row["document"],
            row["context"],
            row["created"],
            row["modified"],
            query,
        )
        self._all.setdefault(row["tenant"], {})[row["id"]] = subscription


def _key(tenant: str, id: str) -> str:
    return f"{tenant} {id}"
