"""How the city stood: a snapshot every few minutes, for those who look back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from kopa.city.documents import Document
from kopa.city.live.cycle import Kept
from kopa.city.live.found import loss_document
from kopa.city.live.present import Now
from kopa.store import Batch, PutDocument, Store

KIND = "moment"
EVERY_S = 300
FORGET_S = 30 * 86_400.0
"""A snapshot is forgotten after so long."""
_LOOKED = 4 * EVERY_S
"""A moment without a snapshot for so long before it is not known."""
_AT_ONCE = 10
"""So many old snapshots are forgotten with a new one."""


class Moment(msgspec.Struct, frozen=True):
    """How the city stood at a look: `findings` have id, state, people and person-hours."""

    at: float
    status: str
    services: list[Document]
    findings: Sequence[tuple[str, str, float, float]]


class Past:
    """Keeps snapshots, and finds them.

    Parameters
    ----------
    store
        Where they are kept.
    tenant
        Whose.
    """

    def __init__(self, store: Store, tenant: str = "") -> None:
        self._store, self._tenant, self._last = store, tenant, ""

    def keep(self, answer: Now, findings: Iterable[Kept], now: float) -> None:
        """Keep a snapshot, if it is time for one.

        Parameters
        ----------
        answer, findings
            How the city stands.
        now
            Seconds since 1970 UTC.
        """
        id = _id(now // EVERY_S * EVERY_S)
        if id == self._last:
            return
        open = [
            (one.id, one.state, one.people, one.person_hours)
            for one in findings
            if one.state != "resolved"
        ]
        losses = [loss_document(loss) for loss in answer.losses]
        content = msgspec.json.encode(Moment(now, answer.status, losses, open))
        at = round(now * 1e6)
        old = self._store.documents(self._tenant, KIND, "", _AT_ONCE)
        gone = [
            PutDocument(self._tenant, KIND, row.id, None, at)
            for row in old
            if row.id < _id(now - FORGET_S)
        ]
        put = PutDocument(self._tenant, KIND, id, content, at)
        self._store.commit(Batch(documents=(*gone, put)))
        self._last = id

    def first(self) -> float | None:
        """The earliest moment that is kept, s since 1970 UTC; None where none is."""
        rows = self._store.documents(self._tenant, KIND, "", 1)
        return None if not rows else msgspec.json.decode(rows[0].content, type=Moment).at

    def at(self, moment: float) -> Moment | None:
        """The last snapshot up to a moment; None where there is none shortly before it."""
        rows = self._store.documents(self._tenant, KIND, _id(moment - _LOOKED), 8)
        found = [msgspec.json.decode(row.content, type=Moment) for row in rows]
        return next((one for one in reversed(found) if one.at <= moment + 1), None)


def _id(at: float) -> str:
    return f"{int(max(at, 0)):012d}"
