"""Papers that people write and lead on: decisions, notices, reports. Each step is audited."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

import msgspec

from kopa.api.hub import Hub
from kopa.errors import UsageError
from kopa.store import AuditEntry, Batch, PutDocument, Store
from kopa.store.errors import ConflictError

Paper = TypeVar("Paper", bound="Led")
Clock = Callable[[], float]


class Taken(msgspec.Struct, frozen=True):
    """A step in the life of a paper: to which state, by whom, when (s since 1970 UTC), why."""

    state: str
    by: str
    at: float
    note: str = ""


class Led(msgspec.Struct, frozen=True, kw_only=True):
    """A paper with a life.

    Parameters
    ----------
    id
        Its name.
    state
        Where it is in its life.
    author, at
        Who wrote it, and when, s since 1970 UTC.
    steps
        What was done with it, in order.
    """

    id: str
    state: str
    author: str
    at: float
    steps: tuple[Taken, ...] = ()


class Records(Generic[Paper]):
    """Papers of one kind, in the store.

    Parameters
    ----------
    store
        Where they are kept.
    hub
        Who is told when one changes.
    kind
        The word for them: ``decision``.
    type
        Their type.
    ways
        State → states that a person may lead it to.
    clock
        Time, s since 1970 UTC.
    tenant
        Whose.
    """

    def __init__(
        self,
        store: Store,
        hub: Hub,
        kind: str,
        type: type[Paper],
        ways: Mapping[str, tuple[str, ...]],
        clock: Clock = time.time,
        tenant: str = "",
    ) -> None:
        self._store, self._hub, self._kind, self._type = store, hub, kind, type
        self._ways, self._clock, self._tenant = ways, clock, tenant

    @property
    def now(self) -> float:
        """Time, s since 1970 UTC."""
        return self._clock()

    def all(self) -> list[Paper]:
        """All of them, the newest first."""
        found: list[Paper] = []
        after = ""
        while rows := self._store.documents(self._tenant, self._kind, after):
            found += [msgspec.json.decode(row.content, type=self._type) for row in rows]
            after = rows[-1].id
        return sorted(found, key=lambda paper: (-paper.at, paper.id))

    def one(self, id: str) -> Paper | None:
        """One of them."""
        row = self._store.document(self._tenant, self._kind, id)
        return None if row is None else msgspec.json.decode(row.content, type=self._type)

    def add(self, paper: Paper) -> Paper:
        """Keep a new one."""
        self._put(paper, paper.author, f"{self._kind}.added", 0)
        return paper

    def lead(self, id: str, state: str, by: str, note: str = "", **more: Any) -> Paper | None:
        """Lead one to another state; None if there is none of this name.

        Parameters
        ----------
        id
            Its name.
        state
            Where to.
        by, note
            Who, and what they say.
        more
            Fields that change with it.

        Raises
        ------
        UsageError
            If it cannot go there, or somebody else was quicker.
        """
        row = self._store.document(self._tenant, self._kind, id)
        if row is None:
            return None
        old = msgspec.json.decode(row.content, type=self._type)
        able = self._ways.get(old.state, ())
        if state not in able:
            raise UsageError(
                f"a {self._kind} that is {old.state} can become {', '.join(able) or 'nothing else'}"
                f", not '{state}'"
            )
        steps = (*old.steps, Taken(state, by, self._clock(), note))
        new = msgspec.structs.replace(old, state=state, steps=steps, **more)
        self._put(new, by, f"{self._kind}.{state}", row.version, note)
        return new

    def _put(self, paper: Paper, by: str, action: str, version: int, note: str = "") -> None:
        at = round(self._clock() * 1e6)
        content = msgspec.json.encode(paper)
        entry = AuditEntry(self._tenant, at, by, action, paper.id, {"note": note})
        put = PutDocument(self._tenant, self._kind, paper.id, content, at, version)
        try:
            self._store.commit(Batch(documents=(put,), audit=(entry,)))
        except ConflictError:
            raise UsageError("somebody else changed it just now: look again") from None
        self._hub.tell(self._kind, {"id": paper.id, "state": paper.state})


def new_id() -> str:
    """A name that nobody guesses."""
    return secrets.token_hex(5)
