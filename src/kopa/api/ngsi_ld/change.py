"""What the operations do to an entity: pure functions from the old entity to the new one.

Each gives a new entity and leaves the old one alone; what changed is the difference of both
(`differences`), which feeds history and notifications alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from kopa.api.ngsi_ld.attribute import Instance
from kopa.api.ngsi_ld.entity import Entity, attributes
from kopa.api.ngsi_ld.names import ATTRIBUTE_MEMBERS, ENTITY_MEMBERS, NULL, TIMES, VALUE_MEMBER
from kopa.api.ngsi_ld.problems import BadRequestData, NotFound

Trigger = Literal["attributeCreated", "attributeUpdated", "attributeDeleted"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One instance of an attribute that a write has touched."""

    attribute: str
    trigger: Trigger
    old: Instance | None
    new: Instance | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """An entity after an operation, and which attributes took part in it."""

    entity: Entity
    updated: tuple[str, ...] = ()
    not_updated: tuple[tuple[str, str], ...] = ()


def created(entity: Entity, now: str) -> Entity:
    """A new entity, with the times of its creation."""
    made: Entity = {"id": entity["id"], "type": entity["type"]}
    made |= {k: v for k, v in entity.items() if k in ("scope", "expiresAt") and v != NULL}
    made |= {"createdAt": now, "modifiedAt": now}
    for name, found in attributes(entity).items():
        if found == NULL:
            continue
        made[name] = [_stamped(one, now, None) for one in found]
    return made


def replaced(old: Entity, entity: Entity, now: str) -> Entity:
    """An entity put in the place of another: only the time of its creation stays."""
    made = created(entity, now)
    made["createdAt"] = old["createdAt"]
    return made


def appended(old: Entity, fragment: Entity, now: str, overwrite: bool = True) -> Outcome:
    """Append Entity Attributes (5.6.3): instances are added, or replaced if `overwrite`.

    Parameters
    ----------
    old
        The entity.
    fragment
        Attributes, types and scope to add.
    now
        Time of the operation.
    overwrite
        Whether what is there may be replaced.

    Returns
    -------
    Outcome
        The entity after it; what was there and stays is not updated.
    """
    made = _copied(old)
    _append_members(made, fragment, overwrite)
    updated, kept = [], []
    for name, found in attributes(fragment).items():
        if found == NULL:
            made.pop(name, None)
            updated.append(name)
            continue
        there = list(made.get(name, ()))
        refused = False
        for one in found:
            n = _position(there, one.get("datasetId"))
            if n is None:
                there.append(_stamped(one, now, None))
            elif overwrite:
                there[n] = _stamped(one, now, there[n])
            else:
                refused = True
        made[name] = there
        if refused:
            kept.append((name, "The attribute exists already, and is not to be overwritten."))
        else:
            updated.append(name)
    return _outcome(made, now, updated, kept)


def _append_members(made: Entity, fragment: Entity, overwrite: bool) -> None:
    if "type" in fragment:
        made["type"] = list(dict.fromkeys([*made["type"], *fragment["type"]]))
    if "scope" in fragment:
        if fragment["scope"] == NULL:
            made.pop("scope", None)
        elif overwrite:
            made["scope"] = fragment["scope"]
        else:
            made["scope"] = list(dict.fromkeys([*made.get("scope", ()), *fragment["scope"]]))
    if "expiresAt" in fragment:
        _set_or_drop(made, "expiresAt", fragment["expiresAt"])


def updated(old: Entity, fragment: Entity, now: str) -> Outcome:
    """Update Attributes (5.6.2): what is there is replaced, what is not is added."""
    made = _copied(old)
    kept: list[tuple[str, str]] = []
    if "scope" in fragment and "scope" not in made:
        kept.append(("scope", "The entity has no scope."))
        fragment = {k: v for k, v in fragment.items() if k != "scope"}
    _append_members(made, fragment, overwrite=True)
    done = []
    for name, found in attributes(fragment).items():
        there = list(made.get(name, ()))
        if found == NULL:
            if not there:
                kept.append((name, "The entity has no such attribute."))
                continue
            there = []
        for one in found if isinstance(found, list) else ():
            n = _position(there, one.get("datasetId"))
            if is_null(one):
                if n is not None:
                    there.pop(n)
            elif n is None:
                there.append(_stamped(one, now, None))
            else:
                there[n] = _stamped(one, now, there[n])
        _set_or_drop(made, name, there)
        done.append(name)
    return _outcome(made, now, done, kept)


def partly_updated(old: Entity, name: str, fragment: Instance, now: str) -> Entity:
    """Partial Attribute Update (5.6.4): members of one instance are replaced.

    Raises
    ------
    NotFound
        If there is no such instance.
    BadRequestData
        If the fragment would make it another type of attribute.
    """
    made = _copied(old)
    there = list(made.get(name, ()))
    n = _position(there, fragment.get("datasetId"))
    if n is None:
        raise NotFound("The entity has no such attribute, or no such instance of it.")
    kind = fragment.get("type", there[n]["type"])
    if kind != there[n]["type"]:
        raise BadRequestData(f"The attribute is a {there[n]['type']}, and not a {kind}.")
    there[n] = _merged_instance(there[n], fragment, now, deep=False)
    if is_null(there[n]):
        there.pop(n)
    _set_or_drop(made, name, there)
    made["modifiedAt"] = now
    return made


def merged(old: Entity, fragment: Entity, now: str) -> Entity:
    """Merge Entity (5.6.17): members of the fragment go into the entity, deeply."""
    made = _copied(old)
    _append_members(made, fragment, overwrite=True)
    for name, found in attributes(fragment).items():
        if found == NULL:
            made.pop(name, None)
            continue
        there = list(made.get(name, ()))
        for one in found:
            n = _position(there, one.get("datasetId"))
            if n is None:
                member = VALUE_MEMBER.get(one.get("type", ""), "value")
                if member not in one:
                    raise BadRequestData(f"'{name}' is not there, and its value is not given.")
                if not is_null(one):
                    there.append(_stamped(_without_nulls(one), now, None))
                continue
            if one.get("type", there[n]["type"]) != there[n]["type"]:
                one = _stamped(one, now, there[n])
                there[n] = one
            else:
                there[n] = _merged_instance(there[n], one, now, deep=True)
            if is_null(there[n]):
                there.pop(n)
        _set_or_drop(made, name, there)
    made["modifiedAt"] = now
    return made


def attribute_replaced(old: Entity, name: str, instance: Instance, now: str) -> Entity:
    """Replace Attribute (5.6.19): one instance is put in the place of another."""
    made = _copied(old)
    there = list(made.get(name, ()))
    n = _position(there, instance.get("datasetId"))
    if n is None:
        raise NotFound("The entity has no such attribute, or no such instance of it.")
    there[n] = _stamped(instance, now, there[n])
    made[name] = there
    made["modifiedAt"] = now
    return made


def attribute_deleted(
    old: Entity, name: str, now: str, dataset: str | None = None, every: bool = False
) -> Entity:
    """Delete Attribute (5.6.5): one instance, or all of them."""
    made = _copied(old)
    if name == "scope" and "scope" in made:
        del made["scope"]
        made["modifiedAt"] = now
        return made
    there = list(made.get(name, ())) if name not in ENTITY_MEMBERS else []
    n = _position(there, dataset)
    if not there or (n is None and not every):
        raise NotFound("The entity has no such attribute, or no such instance of it.")
    if n is not None and not every:
        there.pop(n)
    _set_or_drop(made, name, [] if every else there)
    made["modifiedAt"] = now
    return made


def differences(old: Entity | None, new: Entity | None) -> Iterator[Difference]:
    """Instances of attributes that differ between two states of an entity."""
    before, after = (attributes(entity) if entity else {} for entity in (old, new))
    for name in {**before, **after}:
        olds = {one.get("datasetId"): one for one in before.get(name, ())}
        news = {one.get("datasetId"): one for one in after.get(name, ())}
        for key in {**olds, **news}:
            was, now = olds.get(key), news.get(key)
            if was is None:
                yield Difference(name, "attributeCreated", None, now)
            elif now is None:
                yield Difference(name, "attributeDeleted", was, None)
            elif was != now:
                yield Difference(name, "attributeUpdated", was, now)


def _outcome(
    made: Entity, now: str, done: Iterable[str], kept: Iterable[tuple[str, str]]
) -> Outcome:
    made["modifiedAt"] = now
    return Outcome(made, tuple(done), tuple(kept))


def _copied(entity: Entity) -> Entity:
    """A shallow copy; instances are never changed in place."""
    return dict(entity)


def _set_or_drop(made: Entity, name: str, value: Any) -> None:
    if value and value != NULL:
        made[name] = value
    else:
        made.pop(name, None)


def _position(there: list[Instance], dataset: str | None) -> int | None:
    return next((n for n, one in enumerate(there) if one.get("datasetId") == dataset), None)


def _each_sub(instance: Instance) -> Iterator[tuple[str, Any]]:
    return ((k, v) for k, v in instance.items() if k not in ATTRIBUTE_MEMBERS)


def _stamped(instance: Instance, now: str, old: Instance | None) -> Instance:
    """An instance with its times; it keeps the creation time of the one it replaces."""
    made = {k: v for k, v in instance.items() if k in ATTRIBUTE_MEMBERS and k not in TIMES}
    for name, sub in _each_sub(instance):
        if sub == NULL:
            continue
        was = _first(old.get(name)) if old else None
        made[name] = _each(sub, partial(_stamped, now=now, old=was))
    made["createdAt"] = old["createdAt"] if old and "createdAt" in old else now
    made["modifiedAt"] = now
    return made


def _each(sub: Any, change: Callable[[Instance], Instance]) -> Any:
    return [change(one) for one in sub] if isinstance(sub, list) else change(sub)


def _first(sub: Any) -> Instance | None:
    found = sub[0] if isinstance(sub, list) and sub else sub
    return found if isinstance(found, dict) else None


def is_null(instance: Instance) -> bool:
    """Whether an instance stands for its deletion."""
    value = instance.get(VALUE_MEMBER.get(instance.get("type", ""), "value"))
    return value == NULL or value == {"@none": NULL}


def _merged_instance(old: Instance, fragment: Instance, now: str, deep: bool) -> Instance:
    made = dict(old)
    value_member = VALUE_MEMBER[old["type"]]
    for key, value in fragment.items():
        if value == NULL and key != value_member:
            made.pop(key, None)
        elif key == value_member and value == {"@none": NULL}:
            made[key] = value
        elif key in ATTRIBUTE_MEMBERS:
            both = deep and key == value_member and old["type"] != "GeoProperty"
            made[key] = _merged_value(made.get(key), value) if both else value
        else:
            made[key] = _merged_sub(_first(made.get(key)), value, now, deep)
    made["modifiedAt"] = now
    return made


def _merged_sub(there: Instance | None, value: Any, now: str, deep: bool) -> Any:
    one = _first(value)
    same = there is not None and one is not None and one.get("type", there["type"]) == there["type"]
    if there is not None and one is not None and same and not isinstance(value, list):
        return _merged_instance(there, one, now, deep)
    return _each(value, lambda part: _stamped(part, now, there))


def _merged_value(old: Any, new: Any) -> Any:
    """JSON Merge Patch (RFC 7396), with the null of NGSI-LD."""
    if not isinstance(new, dict) or not isinstance(old, dict):
        return _without_nulls(new)
    made = dict(old)
    for key, value in new.items():
        if value == NULL or value is None:
            made.pop(key, None)
        else:
            made[key] = _merged_value(made.get(key), value)
    return made


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_nulls(v) for k, v in value.items() if v != NULL}
    return value
