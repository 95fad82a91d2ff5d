"""The life of a finding: new, acknowledged, silenced, resolved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from kopa.city.documents import Document
from kopa.city.live.found import Found, loss_document
from kopa.errors import UsageError

KIND = "finding"
"""Kind of the store's documents."""
GONE_S = 120.0
"""A finding that was not seen for so long is resolved."""
State = Literal["new", "acknowledged", "silenced", "resolved"]
STEPS: Mapping[str, tuple[State, ...]] = {
    "new": ("acknowledged", "silenced", "resolved"),
    "acknowledged": ("new", "silenced", "resolved"),
    "silenced": ("new", "acknowledged", "resolved"),
    "resolved": ("new",),
}
"""Where a person may lead a finding; back is the undo."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A finding as it is kept; times in seconds since 1970 UTC.

    Parameters
    ----------
    id, code, asset, what, do, severity
        What it is.
    state
        Where it is in its life.
    first, last
        When this occurrence began, and when it was seen last.
    times
        How often it came.
    values
        What its words in other languages need.
    members, people, person_hours, losses, cause, simulated
        As in `Found`.
    by, note
        Who led it to its state, and what they said.
    until
        End of silence; 0 for none.
    """

    id: str
    code: str
    asset: str
    what: str
    do: str
    severity: str
    state: State
    first: float
    last: float
    times: int = 1
    values: dict[str, str | float] = {}
    members: tuple[str, ...] = ()
    people: float = 0.0
    person_hours: float = 0.0
    losses: tuple[Document, ...] = ()
    cause: tuple[Document, ...] = ()
    simulated: bool = False
    by: str = ""
    note: str = ""
    until: float = 0.0


def seen(found: Sequence[Found], kept: Mapping[str, Kept], now: float) -> dict[str, Kept]:
    """Findings that are other than they are kept.

    Parameters
    ----------
    found
        What is wrong now.
    kept
        All that are kept, by id.
    now
        Seconds since 1970 UTC.

    Returns
    -------
    dict
        By id; those only that must be written.
    """
    there = {one.id: one for one in found}
    changed: dict[str, Kept] = {}
    for id, one in there.items():
        old = kept.get(id)
        new = _again(one, old, now)
        if old is None or _at(new, old.last) != old or now - old.last >= GONE_S / 2:
            changed[id] = new
    for id, old in kept.items():
        if id not in there and old.state != "resolved" and now - old.last >= GONE_S:
            changed[id] = msgspec.structs.replace(old, state="resolved", by="", until=0.0)
    return changed


def _at(new: Kept, last: float) -> Kept:
    """The finding with another time, to see whether anything else differs."""
    return msgspec.structs.replace(new, last=last)


def _again(one: Found, old: Kept | None, now: float) -> Kept:
    finding = one.finding
    kept = Kept(
        id=one.id,
        code=finding.code,
        asset=finding.asset,
        what=finding.what,
        do=finding.do,
        severity=finding.severity,
        state="new",
        first=now,
        last=now,
        values=dict(finding.values),
        members=one.members,
        people=round(one.people, 1),
        person_hours=round(one.person_hours, 1),
        losses=tuple(loss_document(loss) for loss in one.losses),
        cause=one.cause,
        simulated=one.simulated,
    )
    if old is None:
        return kept
    if old.state == "resolved" or (old.state == "silenced" and old.until <= now):
        again = old.state == "resolved"
        first = now if again else old.first
        return msgspec.structs.replace(kept, first=first, times=old.times + again)
    return msgspec.structs.replace(
        kept,
        state=old.state,
        first=old.first,
        times=old.times,
        by=old.by,
        note=old.note,
        until=old.until,
    )


def led(old: Kept, state: str, by: str, now: float, note: str = "", until: float = 0.0) -> Kept:
    """A finding that a person leads to another state.

    Parameters
    ----------
    old
        The finding.
    state
        Where to.
    by, note
        Who, and what they say.
    now, until
        Seconds since 1970 UTC; `until` ends a silence.

    Raises
    ------
    UsageError
        If it cannot go there, or a silence has no end.
    """
    if state not in STEPS[old.state]:
        able = ", ".join(STEPS[old.state])
        raise UsageError(f"a finding that is {old.state} can become {able}, not '{state}'")
    if state == "silenced" and until <= now:
        raise UsageError("a silence needs an end that is yet to come: until")
    return msgspec.structs.replace(
        old,
        state=state,
        by=by,
        note=note,
        until=until if state == "silenced" else 0.0,
    )
