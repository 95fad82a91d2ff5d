"""The context broker: entities change here, and what follows from it is committed with it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from kopa.api.ngsi_ld.change import Difference, differences
from kopa.api.ngsi_ld.contexts import Contexts
from kopa.api.ngsi_ld.entity import Entity
from kopa.api.ngsi_ld.federation.registrations import Registrations
from kopa.api.ngsi_ld.history import gone, instance_of, moment_text, moment_us, observation
from kopa.api.ngsi_ld.links import Join, Told
from kopa.api.ngsi_ld.names import NULL, TEMPORAL_ONLY, VALUE_MEMBER
from kopa.api.ngsi_ld.notify import (
    Event,
    accepts,
    concerns,
    data_of,
    form_of,
    notification,
    rendered,
)
from kopa.api.ngsi_ld.problems import AlreadyExists, NoSuchTenant, NotFound
from kopa.api.ngsi_ld.represent import Form
from kopa.api.ngsi_ld.storage import Kept, Storage, Write, is_over, now_us
from kopa.api.ngsi_ld.subscription import Subscription
from kopa.api.ngsi_ld.subscriptions import Subscriptions
from kopa.store.contract import Span
from kopa.store.documents import Send
from kopa.store.errors import ConflictError
from kopa.store.observations import Observation

TENANTS = "tenant"
TRIES = 8
"""So often a write is tried again when another one came between."""

Change = Callable[[Entity | None, str], Entity | None]
"""From an entity (None: it is not there) and the time to the entity after it (None: removed)."""


@dataclass
class Broker:
    """All that the operations need.

    Parameters
    ----------
    storage
        The store.
    contexts
        The @contexts on board.
    subscriptions
        The subscriptions.
    registrations
        The context sources.
    watchers
        The subscriptions to registrations.
    """

    storage: Storage
    contexts: Contexts
    subscriptions: Subscriptions
    registrations: Registrations
    watchers: Subscriptions
    wake: Callable[[], None] = lambda: None
    _tenants: set[str] = field(default_factory=lambda: {""})

    def reads(self, tenant: str) -> None:
        """Refuse to read of a tenant that is not there."""
        if tenant in self._tenants:
            return
        if self.storage.document("", TENANTS, tenant) is None:
            raise NoSuchTenant(f"There is no tenant '{tenant}'.")
        self._tenants.add(tenant)

    def writes(self, tenant: str) -> None:
        """Make a tenant that is not there: the first write does so (clause 4.14)."""
        try:
            self.reads(tenant)
        except NoSuchTenant:
            content = msgspec.json.encode({"name": tenant})
            self.storage.put_document("", TENANTS, tenant, content)
            self._tenants.add(tenant)

    def entity(self, tenant: str, id: str) -> Entity:
        """An entity.

        Raises
        ------
        NotFound
            If there is none of this id.
        """
        kept = self.storage.entity(tenant, id)
        if kept is None:
            raise NotFound(f"There is no entity '{id}'.")
        return kept.entity

    def create(self, tenant: str, entity: Entity, make: Change) -> None:
        """Create an entity that must not be there."""

        def change(old: Entity | None, now: str) -> Entity | None:
            if old is not None and TEMPORAL_ONLY not in old:
                raise AlreadyExists(f"There is an entity '{entity['id']}' already.")
            return make(None, now)

        self.change(tenant, entity["id"], change)

    def change(
        self, tenant: str, id: str, change: Change, more: Sequence[Observation] = ()
    ) -> Entity | None:
        """Change one entity, durably.

        Parameters
        ----------
        tenant
            Whose.
        id
            Of the entity.
        change
            What is done; it is done again when another write came between.
        more
            Rows of the past that are committed with it.

        Returns
        -------
        Entity
            The entity after it.
        """
        return self.change_all(tenant, [(id, change)], more)[0]

    def change_all(
        self,
        tenant: str,
        changes: Sequence[tuple[str, Change]],
        more: Sequence[Observation] = (),
        past: bool = True,
        known: dict[str, Kept] | None = None,
    ) -> list[Entity | None]:
        """Change several entities in one commit; each id once.

        `past` is False where history has what changes already. `known` are entities as they were
        after the caller's last change; they are not read again unless somebody else changed them.
        """
        for attempt in range(TRIES):
            now = moment_text(now_us())
            writes = []
            there = dict(known or {}) if attempt == 0 else {}
            there |= self.storage.several(tenant, [id for id, _ in changes if id not in there])
            for id, change in changes:
                kept = there.get(id)
                version = 0
                if kept is not None and is_over(kept.entity):
                    version = kept.version
                    kept = None
                new = change(kept.entity if kept else None, now)
                writes.append(Write(kept, new, version))
            touched = [w for w in writes if w.new is not (w.old.entity if w.old else None)]
            try:
                versions = {}
                if touched or more:
                    versions = self.commit(tenant, touched, now, more, past)
                if known is not None:
                    known.update(_after(writes, versions))
            except ConflictError:
                if attempt == TRIES - 1:
                    raise
                time.sleep(0.002 * 2**attempt)
                continue
            return [write.new for write in writes]
        raise AssertionError  # pragma: no cover  the last attempt raises

    def commit(
        self,
        tenant: str,
        writes: Sequence[Write],
        now: str,
        more: Iterable[Observation] = (),
        past: bool = True,
    ) -> dict[str, int]:
        """Commit entities, their history and the notifications of them together.

        Returns
        -------
        dict
            The new version of each entity, 0 of those that are there no more.
        """
        events, history = [], list(more)
        for write in writes:
            old = write.before
            found = tuple(differences(old, write.new))
            events.append(Event(old, write.new, found, now))
            if write.new is not None and past:
                history.extend(_history(write.new["id"], found, now))
            elif write.new is None and old is not None:
                history.extend(self.erased(tenant, old["id"]))
        sends = [send for event in events for send in self.sends(tenant, event)]
        receipt = self.storage.store.commit(self.storage.batch(tenant, writes, history, sends))
        if sends:
            self.wake()
        written = [entity["id"] for w in writes for entity in [w.new or w.before] if entity]
        return dict(zip(written, receipt.entities, strict=True))

    def erased(self, tenant: str, id: str, attribute: str = "") -> Iterator[Observation]:
        """What is written over the past of an entity, or of one of its attributes."""
        store = self.storage.store
        keys = [k for k in store.series(tenant, id) if not attribute or k.attribute == attribute]
        if keys:
            for row in store.points(tenant, keys, Span()).rows():
                yield gone(row.key, row.at)

    def live(self, tenant: str, id: str, attribute: str) -> Iterator[Observation]:
        """Rows of the past of an attribute that are not deleted."""
        store = self.storage.store
        keys = [key for key in store.series(tenant, id) if key.attribute == attribute]
        for row in store.points(tenant, keys, Span()).rows() if keys else ():
            if instance_of(row) is not None:
                yield row

    def erase(self, tenant: str, rows: Iterable[Observation]) -> None:
        """Write rows of history that take others away."""
        several = list(rows)
        if several:
            self.storage.store.commit(self.storage.batch(tenant, (), several))

    def sends(self, tenant: str, event: Event) -> Iterator[Send]:
        """Notifications of an event."""
        for subscription in self.subscriptions.of(tenant):
            if concerns(subscription, event) and self.subscriptions.may_send(subscription):
                entity = data_of(subscription, event)
                yield self.send(subscription, [entity], event.at)

    def send(self, subscription: Subscription, entities: list[Entity], at: str) -> Send:
        """A notification of entities, ready to be sent."""
        context = self.contexts.use(subscription.context)
        form = form_of(subscription, context)
        told = self.joined(subscription, entities, form)
        data = rendered(told, accepts(subscription))
        content = msgspec.json.encode(notification(subscription, data, at))
        return Send(subscription.tenant, subscription.id, content, moment_us(at))

    def joined(self, subscription: Subscription, entities: list[Entity], form: Form) -> list[Told]:
        """Entities with those that they lead to, if the subscription wants that."""
        how = subscription.notification.get("join", "@none")
        if how == "@none":
            return [(entity, form) for entity in entities]
        join = self.join(subscription.tenant, subscription.notification.get("joinLevel", 1))
        if how == "flat":
            return join.flat(entities, form)
        return [(join.inline(entity, form), form) for entity in entities]

    def join(self, tenant: str, level: int, contained: frozenset[str] = frozenset()) -> Join:
        """Follows relationships of a tenant's entities."""

        def fetch(id: str) -> Entity | None:
            kept: Kept | None = self.storage.entity(tenant, id)
            return kept.entity if kept else None

        return Join(level, fetch, contained)


def _after(writes: Iterable[Write], versions: dict[str, int]) -> dict[str, Kept]:
    """Entities after a commit."""
    found: dict[str, Kept] = {}
    for write in writes:
        if write.new is not None:
            id = write.new["id"]
            version = versions.get(id, write.old.version if write.old else 0)
            found[id] = Kept(write.new, version)
    return found


def _history(id: str, found: Iterable[Difference], now: str) -> Iterator[Observation]:
    for difference in found:
        if difference.new is not None:
            yield observation(id, difference.attribute, difference.new)
        elif difference.old is not None:
            old = difference.old
            made: dict[str, Any] = {k: old[k] for k in ("type", "datasetId") if k in old}
            member = VALUE_MEMBER[old["type"]]
            made[member] = {"@none": NULL} if member == "languageMap" else NULL
            made |= {"createdAt": old.get("createdAt", now), "modifiedAt": now, "deletedAt": now}
            yield observation(id, difference.attribute, made)
