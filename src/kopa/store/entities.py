"""Entities: documents whose attributes are kept one by one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kopa.errors import RangeError
from kopa.store.observations import check_texts


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of an entity, as NGSI-LD normalized JSON.

    Parameters
    ----------
    document
        A JSON object, or a list of objects where there are several data sets.
    created, modified
        µs since 1970 UTC.
    """

    document: bytes
    created: int
    modified: int


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity as it is kept.

    Parameters
    ----------
    tenant, id
        Its name.
    types, scopes
        What it is and where it belongs, as given.
    attributes
        Name → attribute, sorted by name.
    created, modified
        µs since 1970 UTC.
    version
        1 at first, one more with every write.
    """

    tenant: str
    id: str
    types: tuple[str, ...]
    scopes: tuple[str, ...]
    attributes: Mapping[str, Attribute]
    created: int
    modified: int
    version: int


@dataclass(frozen=True, slots=True)
class PutEntity:
    """Make an entity, or replace the whole of it.

    Parameters
    ----------
    tenant, id, types, scopes
        As in `Entity`; at least one type.
    attributes
        Name → normalized JSON, an object or a list of objects with different `datasetId`.
    at
        Time of the write, µs since 1970 UTC; an older `created` is kept.
    expected
        Version that it must have; 0: it must not be there; None: whatever it has.

    Raises
    ------
    RangeError
        If it has no id or no type, or a text cannot be kept.
    """

    tenant: str
    id: str
    types: tuple[str, ...]
    attributes: Mapping[str, bytes]
    at: int
    scopes: tuple[str, ...] = ()
    expected: int | None = None

    def __post_init__(self) -> None:
        if not self.id or not self.types or not all(self.types):
            raise RangeError("an entity needs an id and at least one type")
        check_texts([self.tenant, self.id, *self.types, *self.scopes, *self.attributes])


@dataclass(frozen=True, slots=True)
class PatchEntity:
    """Change some attributes of an entity.

    Parameters
    ----------
    tenant, id, at, expected
        As in `PutEntity`.
    attributes
        Name → the new JSON, or None to remove it. Others stay.
    types, scopes
        The new ones; None leaves them.

    Raises
    ------
    RangeError
        If a text cannot be kept, or `types` is empty.
    """

    tenant: str
    id: str
    at: int
    attributes: Mapping[str, bytes | None] = field(default_factory=dict)
    types: tuple[str, ...] | None = None
    scopes: tuple[str, ...] | None = None
    expected: int | None = None

    def __post_init__(self) -> None:
        if self.types is not None and not (self.types and all(self.types)):
            raise RangeError("an entity needs at least one type")
        check_texts([*(self.types or ()), *(self.scopes or ()), *self.attributes])


@dataclass(frozen=True, slots=True)
class DeleteEntity:
    """Remove an entity; its observations stay."""

    tenant: str
    id: str
    expected: int | None = None


EntityWrite = PutEntity | PatchEntity | DeleteEntity


def as_entity(
    tenant: str,
    row: Sequence[Any],
    attributes: dict[str, list[tuple[str, int, int]]],
) -> Entity:
    """Entity of its row (id, types, scopes, created, modified, version) and its instances."""
    id, types, scopes, created, modified, version = row
    return Entity(
        tenant,
        id,
        tuple(json.loads(types)),
        tuple(json.loads(scopes)),
        {name: as_attribute(several) for name, several in attributes.items()},
        created,
        modified,
        version,
    )


def as_attribute(several: Sequence[tuple[str, int, int]]) -> Attribute:
    """Attribute of its instances (document, created, modified)."""
    documents = [document for document, _, _ in several]
    text = documents[0] if len(documents) == 1 else f"[{','.join(documents)}]"
    return Attribute(
        text.encode(),
        min(created for _, created, _ in several),
        max(modified for _, _, modified in several),
    )
