"""The query language ``q``: a tree → a function that tells whether an entity matches.

A query is compiled to closures once, and then run on each candidate that the store gives.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from kopa.api.ngsi_ld.entity import Entity
from kopa.api.ngsi_ld.names import KIND_OF_MEMBER, VALUE_MEMBER, instant
from kopa.api.ngsi_ld.q_parse import Absent, Bare, Both, Compare, Either, Exists, Path, Query

Match = Callable[[Entity], bool]
_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
_CORE_TIMES = {
    f"https://uri.etsi.org/ngsi-ld/{name}": name
    for name in ("createdAt", "modifiedAt", "deletedAt", "observedAt", "datasetId")
} | {f"https://uri.etsi.org/ngsi-ld/{name}": name for name in ("unitCode",)}


def compiled_q(query: Query) -> Match:
    """Compile a query to a function of an entity."""
    if isinstance(query, Both):
        terms = [compiled_q(term) for term in query.terms]
        return lambda entity: all(term(entity) for term in terms)
    if isinstance(query, Either):
        terms = [compiled_q(term) for term in query.terms]
        return lambda entity: any(term(entity) for term in terms)
    values = values_at(query.path)
    if isinstance(query, Exists):
        return lambda entity: any(True for _ in values(entity))
    if isinstance(query, Absent):
        return lambda entity: not any(True for _ in values(entity))
    holds = _comparison(query)
    if query.op in ("!=", "!~="):
        return lambda entity: _all_and_some(values(entity), holds)
    return lambda entity: any(holds(value) for value in values(entity))


def _all_and_some(values: Iterator[Any], holds: Callable[[Any], bool]) -> bool:
    found = False
    for value in values:
        if not holds(value):
            return False
        found = True
    return found


def values_at(path: Path) -> Callable[[Entity], Iterator[Any]]:
    """What a path leads to: one value an instance; texts of a language map one by one."""
    first, *rest = path.names

    def values(entity: Entity) -> Iterator[Any]:
        core = _CORE_TIMES.get(first)
        if core and not rest:
            if core in entity:
                yield entity[core]
            return
        found = entity.get(first)
        for instance in found if isinstance(found, list) else ():
            yield from _below(instance, rest, path.members)

    return values


def _below(instance: Any, names: list[str], members: tuple[str, ...]) -> Iterator[Any]:
    if not isinstance(instance, dict):
        return
    if names:
        core = _CORE_TIMES.get(names[0])
        if core and len(names) == 1:
            if core in instance:
                yield instance[core]
            return
        member = names[0].rsplit("/", 1)[-1].replace("has", "", 1)
        found = instance.get(names[0], instance.get(member) if member in KIND_OF_MEMBER else None)
        for sub in found if isinstance(found, list) else [found]:
            yield from _below(sub, names[1:], members)
        return
    value = instance.get(VALUE_MEMBER.get(instance.get("type", ""), "value"))
    if instance.get("type") == "LanguageProperty" and isinstance(value, dict):
        yield from _texts(value, members)
        return
    if instance.get("type") == "ListRelationship" and isinstance(value, list):
        value = [one.get("object") if isinstance(one, dict) else one for one in value]
    if instance.get("type") in ("Relationship", "ListRelationship") and not members:
        several = value if isinstance(value, list) else [value]
        yield [Reference(one) if isinstance(one, str) else one for one in several]
        return
    yield from _member(value, members)


class Reference(str):
    """What a relationship leads to: it equals or not, and has no order."""

    __slots__ = ()


def _texts(texts: dict[str, Any], members: tuple[str, ...]) -> Iterator[Any]:
    if members and members != ("*",):
        if members[0] in texts:
            yield texts[members[0]]
        return
    yield from texts.values()


def _member(value: Any, members: tuple[str, ...]) -> Iterator[Any]:
    for n, name in enumerate(members):
        if isinstance(value, list):
            for one in value:
                yield from _member(one, members[n:])
            return
        if not isinstance(value, dict) or name not in value:
            return
        value = value[name]
    if value is not None:
        yield value


def _comparison(query: Compare) -> Callable[[Any], bool]:
    op, values = query.op, query.values
    if op == "~=":
        return lambda value: _any_of(value, lambda one: _finds(values[0], one))
    if op == "!~=":
        return lambda value: not _any_of(value, lambda one: _finds(values[0], one))
    if op in _ORDERS:
        order, limit = _ORDERS[op], values[0]
        return lambda value: _any_of(value, lambda one: _ordered(order, one, limit))
    if query.span:
        low, high = values

        def equal(value: Any) -> bool:
            return _any_of(
                value,
                lambda one: _ordered(operator.ge, one, low) and _ordered(operator.le, one, high),
            )
    else:

        def equal(value: Any) -> bool:
            return _any_of(value, lambda one: any(_equal(one, other) for other in values))

    if op == "==":
        return equal
    return lambda value: not equal(value)


def _any_of(value: Any, holds: Callable[[Any], bool]) -> bool:
    """Whether it holds for a value, or for any member of a list."""
    if isinstance(value, list):
        return any(holds(one) for one in value)
    return holds(value)


def _plain(value: Any) -> Any:
    """What a JSON-LD value object stands for."""
    if isinstance(value, dict) and "@value" in value:
        return value["@value"]
    return value


def _finds(rule: Any, value: Any) -> bool:
    value = _plain(value)
    return isinstance(value, str) and rule.search(value) is not None


def _equal(value: Any, other: Any) -> bool:
    value = _plain(value)
    if isinstance(other, Bare):
        return isinstance(value, str) and value in (other.text, other.full)
    if isinstance(other, datetime):
        moment = instant(value)
        return moment is not None and moment == other
    if isinstance(other, bool) or isinstance(value, bool):
        return value is other
    if isinstance(value, int | float) and isinstance(other, int | float):
        return value == other
    return isinstance(value, str) and isinstance(other, str) and value == other


def _ordered(order: Callable[[Any, Any], bool], value: Any, limit: Any) -> bool:
    value = _plain(value)
    if isinstance(limit, Bare):
        limit = limit.text
    if isinstance(limit, datetime):
        moment = instant(value)
        return moment is not None and order(moment, limit)
    if isinstance(value, bool | Reference):
        return False
    if isinstance(value, int | float) and isinstance(limit, int | float):
        return order(value, limit)
    return isinstance(value, str) and isinstance(limit, str) and order(value, limit)
