"""Optimistic locking: a write may say which version it expects to find."""

from __future__ import annotations

from kopa.store.documents import PutDocument
from kopa.store.entities import EntityWrite, PutEntity
from kopa.store.errors import ConflictError, MissingError


def expect_entity(write: EntityWrite, version: int) -> None:
    """Refuse a write whose entity is not as expected; `version` is 0 where there is none.

    Raises
    ------
    ConflictError
        If it is not in the expected version.
    MissingError
        If it is not there and would have to be.
    """
    _expect(f"entity '{write.id}'", write.expected, version)
    if not version and not isinstance(write, PutEntity):
        raise MissingError(f"there is no entity '{write.id}'")


def expect_document(write: PutDocument, version: int) -> None:
    """Refuse a write whose document is not as expected; `version` is 0 where there is none.

    Raises
    ------
    ConflictError
        If it is not in the expected version.
    MissingError
        If it is to be removed and not there.
    """
    _expect(f"{write.kind} '{write.id}'", write.expected, version)
    if not version and write.content is None:
        raise MissingError(f"there is no {write.kind} '{write.id}'")


def _expect(name: str, expected: int | None, version: int) -> None:
    if expected is None or expected == version:
        return
    have = f"is in version {version}" if version else "is not there"
    want = f"version {expected} is expected" if expected else "none is expected"
    raise ConflictError(f"{name} {have}, {want}")
