"""The version that a client prefers (``Prefer: ngsi-ld=1.5``, clauses 4.3.6.8 and 6.3.6)."""

from __future__ import annotations

import re
from typing import Any

NEWEST = 9
_PREFERENCE = re.compile(r'\s*ngsi-ld\s*=\s*"?1\.([0-9])"?\s*(?:;.*)?\Z', re.IGNORECASE)
_TYPES = {
    "LanguageProperty": (4, "languageMap"),
    "VocabProperty": (8, "vocab"),
    "JsonProperty": (8, "json"),
    "ListProperty": (8, "valueList"),
    "ListRelationship": (8, "objectList"),
}
"""Types of attributes that older versions lack: since when they are, and their value."""
_MEMBERS = {"scope": 5, "expiresAt": 9}
"""Members of an entity that older versions lack, and since when they are."""


def preferred(header: str) -> int | None:
    """The minor version that a Prefer header names, None if it names none (RFC 7240)."""
    found = (_PREFERENCE.match(part) for part in header.split(","))
    return next((int(one[1]) for one in found if one), None)


def amended(value: Any, version: int) -> Any:
    """An answer of entities as an older version tells them.

    Parameters
    ----------
    value
        One entity or several, in normalized form; other forms look the same in all versions.
    version
        The minor version.

    Returns
    -------
    Any
        The same value if nothing of it is newer.
    """
    if version >= NEWEST:
        return value
    if isinstance(value, list):
        made = [amended(one, version) for one in value]
        return made if any(a is not b for a, b in zip(made, value, strict=True)) else value
    if not isinstance(value, dict):
        return value
    told = {
        name: _amended_attribute(inner, version)
        for name, inner in value.items()
        if _MEMBERS.get(name, 0) <= version
    }
    same = told.keys() == value.keys() and all(told[name] is value[name] for name in told)
    return value if same else told


def _amended_attribute(value: Any, version: int) -> Any:
    """An attribute, with its sub-attributes, whose type is newer: as a Property."""
    if isinstance(value, list):
        made = [_amended_attribute(one, version) for one in value]
        return made if any(a is not b for a, b in zip(made, value, strict=True)) else value
    if not isinstance(value, dict) or "type" not in value:
        return value
    since, member = _TYPES.get(str(value["type"]), (0, ""))
    if since > version:
        rest = {k: v for k, v in value.items() if k not in ("type", member)}
        value = {"type": "Property", "value": value.get(member), **rest}
    inner = {
        name: _amended_attribute(sub, version)
        for name, sub in value.items()
        if name not in ("value", "json", "languageMap", "entity", "entityList")
    }
    changed = any(sub is not value[name] for name, sub in inner.items())
    return {**value, **inner} if changed else value
