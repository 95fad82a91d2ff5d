"""The registrations of a broker: kept in the store, ready in memory."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec

from kopa.api.ngsi_ld.federation.registration import Registration
from kopa.api.ngsi_ld.problems import AlreadyExists, Conflict, NotFound
from kopa.api.ngsi_ld.storage import Storage

DOCUMENTS = "ngsi-ld.registration"
ALIAS = "ngsi-ld.alias"


@dataclass
class Registrations:
    """All registrations.

    Parameters
    ----------
    storage
        Keeps them.
    """

    storage: Storage
    _all: dict[str, dict[str, Registration]] = field(default_factory=dict)
    _alias: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        for row in self.storage.documents("", DOCUMENTS):
            members = msgspec.json.decode(row)
            self._all.setdefault(members["tenant"], {})[members["id"]] = Registration(**members)

    @property
    def alias(self) -> str:
        """The name of this broker among brokers; each has its own, and keeps it."""
        with self._lock:
            if not self._alias:
                known = self.storage.document("", ALIAS, ALIAS)
                self._alias = msgspec.json.decode(known) if known else _new_alias()
                if not known:
                    name = msgspec.json.encode(self._alias)
                    self.storage.put_document("", ALIAS, ALIAS, name)
        return self._alias

    def of(self, tenant: str) -> list[Registration]:
        """Registrations of a tenant that have not expired, oldest first."""
        some = self._all.get(tenant)
        return [one for one in some.values() if one.live()] if some else []

    def find(self, tenant: str, id: str) -> Registration:
        """One registration."""
        found = self._all.get(tenant, {}).get(id)
        if found is None or not found.live():
            raise NotFound(f"There is no registration '{id}'.")
        return found

    def put(self, registration: Registration, new: bool) -> None:
        """Keep a registration, durably.

        Raises
        ------
        AlreadyExists
            If there is one of this id already.
        Conflict
            If another source, or this broker, holds what it wants to hold alone.
        """
        tenant, id = registration.tenant, registration.id
        if new and any(one.id == id for one in self.of(tenant)):
            raise AlreadyExists(f"There is a registration '{id}' already.")
        self._check_conflicts(registration)
        content = msgspec.json.encode(
            {
                "tenant": tenant,
                "id": id,
                "document": registration.document,
                "created": registration.created,
                "modified": registration.modified,
            }
        )
        self.storage.put_document("", DOCUMENTS, f"{tenant} {id}", content)
        with self._lock:
            self._all.setdefault(tenant, {})[id] = registration

    def remove(self, tenant: str, id: str) -> Registration:
        """Forget a registration, durably."""
        gone = self.find(tenant, id)
        self.storage.put_document("", DOCUMENTS, f"{tenant} {id}", None)
        with self._lock:
            self._all.get(tenant, {}).pop(id, None)
        return gone

    def _check_conflicts(self, registration: Registration) -> None:
        """An exclusive registration holds attributes of an entity alone (clause 4.3.6.3)."""
        if not registration.proxied:
            return
        mine = set(_pieces(registration))
        for other in self.of(registration.tenant):
            if other.id == registration.id or not other.proxied:
                continue
            if "exclusive" not in (registration.mode, other.mode):
                continue
            if any(_overlap(a, b) for a in mine for b in _pieces(other)):
                raise Conflict(f"The registration '{other.id}' holds the same.")
        for id, names in mine:
            kept = self.storage.entity(registration.tenant, id) if id else None
            if kept is None or registration.covers(id, kept.entity["type"], ()) is None:
                continue
            if registration.mode == "redirect" or not names or not names.isdisjoint(kept.entity):
                raise Conflict(f"The entity '{id}' is here already.")


def _new_alias() -> str:
    return f"kopa-{uuid.uuid4().hex[:12]}"


def _pieces(registration: Registration) -> Iterator[tuple[str, frozenset[str]]]:
    """Id of an entity (empty: any) and its attributes (empty: all) that a source holds."""
    for info in registration.infos:
        for who in info.who:
            for id in who.ids or ("",):
                yield id, info.names


def _overlap(one: tuple[str, frozenset[str]], other: tuple[str, frozenset[str]]) -> bool:
    same = one[0] == other[0] != ""
    return same and (not one[1] or not other[1] or not one[1].isdisjoint(other[1]))
