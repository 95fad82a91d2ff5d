"""Attributes as clients send them → attributes as they are kept (clauses 4.5.1 to 4.5.3, 4.5.18).

What is kept is the normalized form, with the names of attributes in full. Clients send it
normalized, concise or simplified.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from kopa.api.ngsi_ld.context import Context
from kopa.api.ngsi_ld.geometry import check_geometry
from kopa.api.ngsi_ld.names import (
    ATTRIBUTE_MEMBERS,
    GEOMETRIES,
    KIND_OF_MEMBER,
    NULL,
    VALUE_MEMBER,
    is_name,
    is_time,
    is_uri,
)
from kopa.api.ngsi_ld.problems import BadRequestData

Instance = dict[str, Any]
"""One instance of an attribute; several differ by their `datasetId`."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a body is read.

    Parameters
    ----------
    context
        Meaning of its names.
    nulls
        Whether ``urn:ngsi-ld:null`` may stand for a deletion.
    partial
        Whether an attribute may come without its value.
    simplified
        Whether every value is bare (``options=keyValues``).
    deep_nulls
        Whether it may also stand in the members of a value, as a merge has it.
    """

    context: Context
    nulls: bool = False
    partial: bool = False
    simplified: bool = False
    deep_nulls: bool = False


def read_attribute(name: str, raw: Any, how: Reading) -> list[Instance] | None:
    """Read an attribute.

    Parameters
    ----------
    name
        Its name, for what is told.
    raw
        What was sent.
    how
        How it is read.

    Returns
    -------
    list
        Its instances, None if it is to be deleted.

    Raises
    ------
    BadRequestData
        If it is not a valid attribute.
    """
    if raw is None:
        raise BadRequestData(f"'{name}' is null; NGSI-LD writes null as '{NULL}'.")
    if raw == NULL:
        if not how.nulls:
            raise BadRequestData(f"'{name}' is '{NULL}', and there is nothing to delete.")
        return None
    if isinstance(raw, list) and raw and not how.simplified and _is_instance(raw[0]):
        found = [_read_instance(name, one, how) for one in raw]
        keys = [one.get("datasetId") for one in found]
        if len(set(keys)) != len(keys):
            raise BadRequestData(f"Two instances of '{name}' have the same datasetId.")
        return found
    return [_read_instance(name, raw, how)]


def _is_instance(raw: Any) -> bool:
    """Whether a value is an instance of an attribute, and not its bare value."""
    if not isinstance(raw, dict):
        return False
    kind = raw.get("type")
    return (isinstance(kind, str) and kind in _KINDS) or not KIND_OF_MEMBER.keys().isdisjoint(raw)


_KINDS = frozenset(VALUE_MEMBER)


def _read_instance(name: str, raw: Any, how: Reading) -> Instance:
    if raw is None:
        raise BadRequestData(f"An instance of '{name}' is null.")
    if not isinstance(raw, dict):
        return {"type": "Property", "value": raw}
    kind = raw.get("type")
    if kind is not None and not isinstance(kind, str):
        raise BadRequestData(f"The type of '{name}' is not a string.")
    if kind in GEOMETRIES and "coordinates" in raw:
        return {"type": "GeoProperty", "value": check_geometry(raw)}
    if how.simplified and not (len(raw) == 1 and next(iter(raw)) in KIND_OF_MEMBER):
        return {"type": "Property", "value": raw}
    if kind is None:
        member = next((m for m in KIND_OF_MEMBER if m in raw), None)
        if member is None and not how.partial:
            if ATTRIBUTE_MEMBERS.isdisjoint(raw) and raw:
                return {"type": "Property", "value": raw}
            raise BadRequestData(f"'{name}' has neither a type nor a value.")
        kind = KIND_OF_MEMBER[member] if member else None
        if member == "value" and _is_geometry(raw["value"]):
            kind = "GeoProperty"
    elif kind not in VALUE_MEMBER:
        raise BadRequestData(f"'{name}' has a type that no attribute has: '{kind[:100]}'.")
    _check_kind(name, raw, kind)
    return _read_members(name, raw, kind, how)


def _check_kind(name: str, raw: dict[str, Any], kind: str | None) -> None:
    """Refuse members that the type of an attribute has not (tables 5.2.5 to 5.2.38)."""
    for member in raw.keys() & ONLY_TOLD:
        raise BadRequestData(f"'{name}' has '{member}', which only answers have.")
    if "unitCode" in raw and kind not in (None, "Property", "GeoProperty", "ListProperty"):
        raise BadRequestData(f"'{name}' is a {kind} and has no unitCode.")
    if kind == "LanguageProperty" and raw.get("valueType", "langString") != "langString":
        raise BadRequestData(f"'{name}' is a LanguageProperty: its valueType is langString.")
    sealed = raw.keys() & {"entityIdSealed", "entityTypeSealed"}
    if sealed and (name != PROOF or not all(isinstance(raw[one], str) for one in sealed)):
        raise BadRequestData(f"Only '{PROOF}' has sealed members, and they are texts.")
    if name == PROOF and kind == "Property" and not isinstance(raw.get("value"), dict):
        raise BadRequestData(f"The value of '{PROOF}' is an object.")


PROOF = "ngsildproof"
ONLY_TOLD = frozenset(
    ("previousValue", "previousObject", "previousLanguageMap", "previousVocab", "previousJson")
    + ("previousValueList", "previousObjectList")
)


def _is_geometry(value: Any) -> bool:
    return isinstance(value, dict) and value.get("type") in GEOMETRIES and "coordinates" in value


def _read_members(name: str, raw: dict[str, Any], kind: str | None, how: Reading) -> Instance:
    made: Instance = {} if kind is None else {"type": kind}
    if kind is not None:
        member = VALUE_MEMBER[kind]
        if member in raw:
            made[member] = _read_value(name, kind, raw[member], how)
        elif not how.partial:
            raise BadRequestData(f"'{name}' is a {kind} without '{member}'.")
        wrong = [m for m in KIND_OF_MEMBER if m in raw and m != member]
        if wrong:
            raise BadRequestData(f"'{name}' is a {kind} and cannot have '{wrong[0]}'.")
    for key, value in raw.items():
        if key in ATTRIBUTE_MEMBERS:
            read = _META.get(key)
            if read is not None and (known := read(name, key, value, how)) is not None:
                made[key] = known
        elif not is_name(key):
            raise BadRequestData(f"'{name}' has a member with a name that is not valid.")
        else:
            sub = read_attribute(key, value, how)
            full = how.context.keep(key)
            made[full] = NULL if sub is None else sub[0] if len(sub) == 1 else sub
    return made


def _read_value(name: str, kind: str, value: Any, how: Reading) -> Any:
    if value is None:
        raise BadRequestData(f"The value of '{name}' is null; NGSI-LD writes it as '{NULL}'.")
    if value == NULL:
        if not how.nulls:
            raise BadRequestData(f"The value of '{name}' is '{NULL}'.")
        return value
    deletes = kind == "LanguageProperty" and how.nulls and value == {"@none": NULL}
    opaque = how.deep_nulls or kind == "JsonProperty"
    if not opaque and not deletes and _holds_null(value):
        raise BadRequestData(f"The value of '{name}' holds '{NULL}'.")
    if name in _PLACES and kind != "GeoProperty":
        raise BadRequestData(f"'{name}' is a GeoProperty, and not a {kind}.")
    return _VALUES[kind](name, value, how)


_PLACES = ("location", "observationSpace", "operationSpace")


def _holds_null(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_holds_null(one) for one in value.values())
    if isinstance(value, list):
        return any(_holds_null(one) for one in value)
    return bool(value == NULL)


def _relationship(name: str, value: Any, how: Reading) -> Any:
    several = isinstance(value, list) and value
    if not all(is_uri(one) for one in (value if several else [value])):
        raise BadRequestData(f"The object of '{name}' is not a URI.")
    return value


def _language_map(name: str, value: Any, how: Reading) -> Any:
    if not isinstance(value, dict) or not value:
        raise BadRequestData(f"The languageMap of '{name}' is not an object.")
    for tag, text in value.items():
        if not tag:
            raise BadRequestData(f"The languageMap of '{name}' has a language without a tag.")
        several = text if isinstance(text, list) else [text]
        if not all(isinstance(one, str) for one in several):
            raise BadRequestData(f"The languageMap of '{name}' has a value that is no text.")
    return value


def _vocab(name: str, value: Any, how: Reading) -> Any:
    several = value if isinstance(value, list) else [value]
    if not several or not all(isinstance(one, str) and one for one in several):
        raise BadRequestData(f"The vocab of '{name}' is not a name, or a list of names.")
    if isinstance(value, list):
        return [how.context.expand(one) for one in value]
    return how.context.expand(value)


def _object_list(name: str, value: Any, how: Reading) -> Any:
    if not isinstance(value, list):
        raise BadRequestData(f"The objectList of '{name}' is not a list.")
    objects = [one.get("object") if isinstance(one, dict) else one for one in value]
    if not all(is_uri(one) for one in objects):
        raise BadRequestData(f"The objectList of '{name}' has a member that is no URI.")
    return [one if isinstance(one, dict) else {"object": one} for one in value]


def _value_list(name: str, value: Any, how: Reading) -> Any:
    if not isinstance(value, list):
        raise BadRequestData(f"The valueList of '{name}' is not a list.")
    return value


def _json(name: str, value: Any, how: Reading) -> Any:
    if not isinstance(value, dict | list):
        raise BadRequestData(f"The json of '{name}' is neither an object nor a list.")
    return value


def _geo(name: str, value: Any, how: Reading) -> Any:
    if isinstance(value, str):
        try:
            value = msgspec.json.decode(value)
        except (msgspec.MsgspecError, UnicodeError, ValueError, RecursionError):
            raise BadRequestData(f"'{name}' has a value that is no geometry.") from None
    try:
        return check_geometry(value)
    except BadRequestData as error:
        raise BadRequestData(f"'{name}': {error.detail}") from error


def _same(name: str, value: Any, how: Reading) -> Any:
    return value


_VALUES: dict[str, Callable[[str, Any, Reading], Any]] = {
    "Property": _same,
    "GeoProperty": _geo,
    "Relationship": _relationship,
    "LanguageProperty": _language_map,
    "VocabProperty": _vocab,
    "JsonProperty": _json,
    "ListProperty": _value_list,
    "ListRelationship": _object_list,
}


def _time(name: str, key: str, value: Any, how: Reading) -> Any:
    if not is_time(value) and not (how.nulls and value == NULL):
        raise BadRequestData(f"'{key}' of '{name}' is not a DateTime (2026-01-31T12:00:00Z).")
    return value


def _uri(name: str, key: str, value: Any, how: Reading) -> Any:
    if not is_uri(value):
        raise BadRequestData(f"'{key}' of '{name}' is not a URI.")
    return value


def _text(name: str, key: str, value: Any, how: Reading) -> Any:
    if not isinstance(value, str) or not value:
        raise BadRequestData(f"'{key}' of '{name}' is not a text.")
    return value


def _dataset(name: str, key: str, value: Any, how: Reading) -> Any:
    return None if value == "@none" else _uri(name, key, value, how)


def _name(name: str, key: str, value: Any, how: Reading) -> Any:
    several = value if isinstance(value, list) else [value]
    if not all(isinstance(one, str) and one for one in several):
        raise BadRequestData(f"'{key}' of '{name}' is not a name.")
    full = [how.context.expand(one) for one in several]
    return full if isinstance(value, list) else full[0]


_META: dict[str, Callable[[str, str, Any, Reading], Any]] = {
    "observedAt": _time,
    "expiresAt": _time,
    "entityIdSealed": _text,
    "entityTypeSealed": _name,
    "datasetId": _dataset,
    "unitCode": _text,
    "objectType": _name,
    "valueType": _name,
}
