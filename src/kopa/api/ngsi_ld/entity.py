"""Entities as clients send them → entities as they are kept."""

from __future__ import annotations

from typing import Any

from kopa.api.ngsi_ld.attribute import Reading, read_attribute
from kopa.api.ngsi_ld.context import Context
from kopa.api.ngsi_ld.names import (
    ATTRIBUTE_MEMBERS,
    ENTITY_MEMBERS,
    NULL,
    is_name,
    is_scope,
    is_time,
    is_uri,
)
from kopa.api.ngsi_ld.problems import BadRequestData, InvalidRequest

Entity = dict[str, Any]
"""An entity as it is kept: `type` a list of full names, each attribute a list of instances."""


def read_entity(raw: Any, how: Reading) -> Entity:
    """Read a whole entity.

    Parameters
    ----------
    raw
        What was sent.
    how
        How it is read.

    Returns
    -------
    Entity
        The entity, without times of the system.

    Raises
    ------
    BadRequestData
        If it is not a valid entity.
    """
    entity = read_fragment(raw, how)
    if "id" not in entity:
        raise BadRequestData("An entity has no id.")
    if "type" not in entity:
        raise BadRequestData("An entity has no type.")
    return entity


def read_fragment(raw: Any, how: Reading) -> Entity:
    """Read a part of an entity: members that are given are checked, none is needed."""
    if not isinstance(raw, dict):
        raise InvalidRequest("An entity is a JSON object.")
    raw = plain_keywords(raw)
    made: Entity = {}
    if "id" in raw:
        made["id"] = read_id(raw["id"])
    if "type" in raw:
        made["type"] = read_types(raw["type"], how.context)
    if "scope" in raw:
        made["scope"] = _read_scope(raw["scope"], how)
    if "expiresAt" in raw:
        if not is_time(raw["expiresAt"]) and not (how.nulls and raw["expiresAt"] == NULL):
            raise BadRequestData("'expiresAt' is not a DateTime.")
        made["expiresAt"] = raw["expiresAt"]
    for name, value in raw.items():
        if name in ENTITY_MEMBERS:
            continue
        if not is_name(name):
            raise BadRequestData(f"'{name[:100]}' is not a valid name of an attribute.")
        if name in ATTRIBUTE_MEMBERS:
            raise BadRequestData(f"'{name}' is a member of attributes, and not of entities.")
        found = read_attribute(name, value, how)
        made[attribute_name(name, how.context)] = NULL if found is None else found
    return made


def plain_keywords(raw: dict[str, Any]) -> dict[str, Any]:
    """An object with ``id`` and ``type`` for ``@id`` and ``@type``."""
    if "@id" not in raw and "@type" not in raw:
        return raw
    return {{"@id": "id", "@type": "type"}.get(name, name): v for name, v in raw.items()}


def attribute_name(name: str, context: Context) -> str:
    """The name of an attribute, as kept."""
    kept = context.keep(name)
    if kept.startswith("@"):
        raise BadRequestData(f"'{name[:100]}' is a keyword of JSON-LD, and names no attribute.")
    return kept


def read_id(value: Any) -> str:
    """The id of an entity."""
    if not is_uri(value) or value == NULL:
        raise BadRequestData("The id of an entity is not a URI.")
    return str(value)


def read_types(value: Any, context: Context) -> list[str]:
    """Types in full, each once."""
    several = value if isinstance(value, list) else [value]
    if not several or not all(isinstance(one, str) and is_name(one) for one in several):
        raise BadRequestData("The type of an entity is a name, or a list of names.")
    return list(dict.fromkeys(attribute_name(one, context) for one in several))


def _read_scope(value: Any, how: Reading) -> Any:
    if how.nulls and value == NULL:
        return NULL
    if isinstance(value, dict) and value.get("type") == "Property":
        value = value.get("value")
    several = value if isinstance(value, list) else [value]
    if not several or not all(is_scope(one) for one in several):
        raise BadRequestData("A scope is a path of names, '/Riga/Centrs', or a list of them.")
    return [one if one.startswith("/") else f"/{one}" for one in dict.fromkeys(several)]


def attributes(entity: Entity) -> dict[str, Any]:
    """Attributes of an entity, each with its instances (in a fragment: or the null of NGSI-LD)."""
    return {name: value for name, value in entity.items() if name not in ENTITY_MEMBERS}
