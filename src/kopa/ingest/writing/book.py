"""What is kept of writes in the store: plans, values that stand, and who did what."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from typing import TypeVar

import msgspec

from kopa.errors import UsageError
from kopa.ingest.sources.writable import Writable
from kopa.store import AuditEntry, Batch, PutDocument, Store
from kopa.store.errors import ConflictError

PLAN, STANDING = "write-plan", "write"
"""Kinds of documents."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A dry run: what a write would do. It may be applied once.

    Parameters
    ----------
    id
        Its name.
    device, path, asset, attribute, unit
        What would be written.
    value, before
        The value that it would have, and the one that it has.
    returns_to
        What it returns to; None is a release.
    returns_after_s
        How long it would stand, s.
    by, at, until
        Whose it is, when it was made, and until when it can be applied, µs since 1970 UTC.
    rule
        The limits that it was held against.
    standing
        Version of the value that stands already; 0 for none.
    """

    id: str
    device: str
    path: str
    asset: str
    attribute: str
    unit: str
    value: float
    before: float
    returns_to: float | None
    returns_after_s: int
    by: str
    at: int
    until: int
    rule: Writable
    standing: int = 0


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A value that was written, or may have been, and has not returned yet.

    Parameters
    ----------
    device, path, asset, attribute, unit
        What was written.
    value, before
        The value, and the one that it had.
    returns_to, wire
        What it returns to: as it is kept, and as the device has it; None is a release.
    priority
        At which place of the priority array (BACnet).
    by, plan, at
        Who wrote it, by which plan, when, µs since 1970 UTC.
    due
        When it returns, or is tried to return again, µs since 1970 UTC.
    state
        ``begun``: nobody knows yet whether it was written; ``held``: read back; ``returning``.
    attempts
        Returns that failed.
    problem
        Why the last one did, or why it returns before its time.
    """

    device: str
    path: str
    asset: str
    attribute: str
    unit: str
    value: float
    before: float
    returns_to: float | None
    wire: float | None
    priority: int
    by: str
    plan: str
    at: int
    due: int
    state: str = "begun"
    attempts: int = 0
    problem: str = ""

    @property
    def id(self) -> str:
        """Name of its document: one value of a path stands at a time."""
        return f"{self.device} {self.path}"

    @property
    def name(self) -> str:
        """What was written, for people and the audit log."""
        return f"{self.asset} {self.attribute}"


Paper = TypeVar("Paper", Plan, Standing)


class Book:
    """Plans, standing values and the audit log of a city.

    Parameters
    ----------
    store
        Where they are kept.
    tenant
        Whose.
    """

    def __init__(self, store: Store, tenant: str = "") -> None:
        self._store, self.tenant = store, tenant

    def plan(self, id: str) -> tuple[Plan, int] | None:
        """A plan and its version."""
        return self._one(PLAN, id, Plan)

    def standing(self, device: str, path: str) -> tuple[Standing, int] | None:
        """The value that stands at a path, and its version."""
        return self._one(STANDING, f"{device} {path}", Standing)

    def all_standing(self) -> list[tuple[Standing, int]]:
        """All values that stand."""
        return list(self._all(STANDING, Standing))

    def old_plans(self, now: int) -> list[PutDocument]:
        """The removal of plans that can no longer be applied."""
        return [
            PutDocument(self.tenant, PLAN, one.id, None, now, version)
            for one, version in self._all(PLAN, Plan)
            if one.until < now
        ]

    def put_plan(self, plan: Plan | None, id: str, at: int, expected: int = 0) -> PutDocument:
        """The write of a plan; None removes it."""
        content = None if plan is None else msgspec.json.encode(plan)
        return PutDocument(self.tenant, PLAN, id, content, at, expected)

    def put(self, one: Standing, at: int, expected: int, gone: bool = False) -> PutDocument:
        """The write of a standing value; `gone` removes it."""
        content = None if gone else msgspec.json.encode(one)
        return PutDocument(self.tenant, STANDING, one.id, content, at, expected)

    def hurry(self, one: Standing, version: int, why: str, at: int, by: str) -> None:
        """Let a value return now.

        Raises
        ------
        UsageError
            If somebody else was quicker.
        """
        soon = msgspec.structs.replace(one, due=at, problem=why)
        detail = {"plan": one.plan, "why": why}
        self.commit(
            self.put(soon, at, version),
            self.entry(at, by, "write.return-asked", one.name, detail),
        )

    def entry(
        self, at: int, actor: str, action: str, subject: str, detail: Mapping[str, object]
    ) -> AuditEntry:
        """A line of the audit log."""
        return AuditEntry(self.tenant, at, actor, action, subject, texts(detail))

    def commit(self, *writes: PutDocument | AuditEntry) -> tuple[int, ...]:
        """Write all of it or nothing; gives the new versions of the documents.

        Raises
        ------
        UsageError
            If somebody else was quicker.
        StoreError
            If it could not be written.
        """
        documents = [one for one in writes if isinstance(one, PutDocument)]
        audit = [one for one in writes if isinstance(one, AuditEntry)]
        try:
            return self._store.commit(Batch(documents=documents, audit=audit)).documents
        except ConflictError:
            raise UsageError("somebody else wrote it just now: plan it again") from None

    def _one(self, kind: str, id: str, type: type[Paper]) -> tuple[Paper, int] | None:
        row = self._store.document(self.tenant, kind, id)
        return None if row is None else (msgspec.json.decode(row.content, type=type), row.version)

    def _all(self, kind: str, type: type[Paper]) -> Iterator[tuple[Paper, int]]:
        after = ""
        while rows := self._store.documents(self.tenant, kind, after):
            for row in rows:
                yield msgspec.json.decode(row.content, type=type), row.version
            after = rows[-1].id


def new_id() -> str:
    """A name that nobody guesses."""
    return secrets.token_hex(5)


def texts(detail: Mapping[str, object]) -> dict[str, str]:
    """Names and values as the audit log has them."""
    return {name: _text(value) for name, value in detail.items()}


def _text(value: object) -> str:
    if value is None:
        return "release"
    return f"{value:.9g}" if isinstance(value, float) else str(value)
