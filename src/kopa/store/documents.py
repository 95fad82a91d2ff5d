"""Documents, the outbox and the audit log: what is kept beside entities and observations."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from kopa.errors import RangeError
from kopa.store.observations import check_texts

FIRST = "0" * 64
"""What the first audit row has for the hash before it."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it is kept: subscription, finding, scenario, ledger row, user, key, tenant.

    Parameters
    ----------
    tenant, kind, id
        Its name.
    content
        JSON.
    modified
        µs since 1970 UTC.
    version
        1 at first, one more with every write.
    """

    tenant: str
    kind: str
    id: str
    content: bytes
    modified: int
    version: int


@dataclass(frozen=True, slots=True)
class PutDocument:
    """Write a document, or remove it.

    Parameters
    ----------
    tenant, kind, id
        Its name.
    content
        JSON; None removes it.
    at
        Time of the write, µs since 1970 UTC.
    expected
        Version that it must have; 0: it must not be there; None: whatever it has.
    """

    tenant: str
    kind: str
    id: str
    content: bytes | None
    at: int
    expected: int | None = None

    def __post_init__(self) -> None:
        check_texts([self.tenant, self.kind, self.id])
        if self.content is not None:
            checked_json(self.content)


@dataclass(frozen=True, slots=True)
class Send:
    """Put something into the outbox, in the same commit as what it tells of.

    Parameters
    ----------
    tenant
        Whose.
    target
        Where to: an id that the sender understands, such as a subscription's.
    content
        What to send.
    due
        When to send it at first, µs since 1970 UTC.
    """

    tenant: str
    target: str
    content: bytes
    due: int

    def __post_init__(self) -> None:
        check_texts([self.tenant, self.target])


@dataclass(frozen=True, slots=True)
class Sent:
    """It was sent: leave it out from now on."""

    id: int


@dataclass(frozen=True, slots=True)
class Retry:
    """It was not sent: give it out again from `due` on."""

    id: int
    due: int


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """Something to send, as it was claimed; `attempts` counts this claim."""

    id: int
    tenant: str
    target: str
    content: bytes
    due: int
    attempts: int


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Something that somebody did.

    Parameters
    ----------
    tenant
        Whose.
    at
        When, µs since 1970 UTC; the order of the log is that of commits, not of clocks.
    actor, action, subject
        Who did what to what.
    detail
        More, as names and texts.
    """

    tenant: str
    at: int
    actor: str
    action: str
    subject: str
    detail: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_texts([self.tenant, self.actor, self.action, self.subject])
        check_texts([*self.detail, *self.detail.values()])


@dataclass(frozen=True, slots=True)
class AuditRow:
    """An entry with its place in the chain; `hash` covers the hash before and the record."""

    sequence: int
    record: str
    hash: str

    @property
    def entry(self) -> AuditEntry:
        """The entry that the record tells of."""
        fields = json.loads(self.record)
        del fields["sequence"]
        return AuditEntry(**fields)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found: how many rows hold, and the first that does not.

    Parameters
    ----------
    rows
        Rows that hold, from the first on.
    head
        Hash of the last of them: keep it elsewhere, and a cut tail will show.
    broken
        Sequence of the first row that does not hold; 0 if all do.
    reason
        Why it does not.
    """

    rows: int
    head: str
    broken: int = 0
    reason: str = ""


def canonical(sequence: int, entry: AuditEntry) -> str:
    """The record of an entry, as it is hashed: JSON with sorted names and no blanks."""
    record = {
        "sequence": sequence,
        "tenant": entry.tenant,
        "at": entry.at,
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "detail": dict(entry.detail),
    }
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def chained(previous: str, record: str) -> str:
    """Hash of a row: SHA-256 of the hash before it and its record."""
    return sha256(previous.encode() + record.encode()).hexdigest()


class Chain:
    """Checks rows of an audit log as they come, in order."""

    def __init__(self) -> None:
        self.verdict = Verdict(0, FIRST)

    def check(self, row: AuditRow) -> bool:
        """Whether the chain still holds with this row."""
        before = self.verdict
        reason = ""
        if row.sequence != before.rows + 1:
            reason = f"row {before.rows + 1} is missing"
        elif chained(before.head, row.record) != row.hash:
            reason = "its hash is not that of its record and the row before"
        elif json.loads(row.record)["sequence"] != row.sequence:
            reason = "its record has another number"
        if reason:
            self.verdict = Verdict(before.rows, before.head, before.rows + 1, reason)
            return False
        self.verdict = Verdict(row.sequence, row.hash)
        return True


def checked_json(content: bytes) -> object:
    """What the JSON says.

    Raises
    ------
    RangeError
        If it is no JSON, or holds what cannot be kept: U+0000, half a surrogate pair, a number
        beyond 64-bit floats.
    """
    try:
        text = content.decode()
        value: object = json.loads(
            text, parse_constant=_refused, parse_float=_finite, parse_int=_whole
        )
    except (ValueError, RecursionError) as error:
        raise RangeError(f"this is no JSON that can be kept: {error}") from None
    if "\\u" in text:
        check_texts(_texts(value))
    return value


def _refused(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _finite(text: str) -> float:
    if math.isinf(number := float(text)):
        raise ValueError(f"{text} is beyond 64-bit floats")
    return number


def _whole(text: str) -> int:
    if len(text) > 300:
        _finite(text)
    return int(text)


def _texts(value: object) -> Iterator[str]:
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            yield part
        elif isinstance(part, list):
            waiting += part
        elif isinstance(part, dict):
            yield from part
            waiting += part.values()
