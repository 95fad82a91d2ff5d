"""Queries for entities: read from parameters or a body, asked of the store, finished here.

What the store can decide is pushed down to it; what is left (patterns, paths into
sub-attributes, geometries other than points) is decided here on what it gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from kopa.api.ngsi_ld.context import Context
from kopa.api.ngsi_ld.entity import Entity
from kopa.api.ngsi_ld.geo_query import GeoQuery, parse_geo
from kopa.api.ngsi_ld.names import TIMES, is_name, is_uri
from kopa.api.ngsi_ld.patterns import pattern
from kopa.api.ngsi_ld.problems import BadRequestData
from kopa.api.ngsi_ld.push_down import pushed_place, pushed_q, pushed_selection
from kopa.api.ngsi_ld.q_eval import compiled_q
from kopa.api.ngsi_ld.q_parse import Query as Filter
from kopa.api.ngsi_ld.q_parse import attributes_of, parse_q
from kopa.api.ngsi_ld.select import (
    One,
    Selection,
    parse_selection,
    read_scope_pattern,
    scope_match,
    type_match,
)
from kopa.api.ngsi_ld.storage import Storage
from kopa.store.query import And, Condition, InScope, OfType, Query


@dataclass(frozen=True, slots=True)
class Who:
    """Entities by id and type.

    Parameters
    ----------
    ids
        One of these; empty for all.
    id_pattern
        The id matches it; empty for all.
    types
        Selection of types, None for all.
    """

    ids: tuple[str, ...] = ()
    id_pattern: str = ""
    types: Selection | None = None

    def matches(self, entity: Entity) -> bool:
        """Whether an entity is one of them."""
        if self.ids and entity["id"] not in self.ids:
            return False
        if (
            self.id_pattern
            and not self.ids
            and pattern(self.id_pattern).search(entity["id"]) is None
        ):
            return False
        return self.types is None or type_match(self.types, entity["type"])


@dataclass(frozen=True, slots=True)
class EntityQuery:
    """Which entities; all parts must hold.

    Parameters
    ----------
    who
        One of these; empty for all.
    attributes
        It has one of these attributes; empty for all.
    q, geo, scopes
        Conditions; None for none.
    seen
        Regular expression of the ids that the caller may see; empty for all.
    """

    who: tuple[Who, ...] = ()
    attributes: tuple[str, ...] = ()
    q: Filter | None = None
    geo: GeoQuery | None = None
    scopes: Selection | None = None
    seen: str = ""

    def match(self) -> Callable[[Entity], bool]:
        """A function that tells whether an entity matches all of it."""
        fits = compiled_q(self.q) if self.q is not None else None

        def matches(entity: Entity) -> bool:
            if self.who and not any(who.matches(entity) for who in self.who):
                return False
            if self.attributes and not any(name in entity for name in self.attributes):
                return False
            if self.scopes is not None and not scope_match(self.scopes, entity.get("scope", ())):
                return False
            if fits is not None and not fits(entity):
                return False
            return self.geo is None or self.geo.matches(entity)

        return matches

    def has_ids(self) -> bool:
        """Whether it asks for entities by id alone: we answer what the standard leaves open."""
        return any(who.ids or who.id_pattern for who in self.who)

    def selective(self) -> bool:
        """Whether it asks for less than everything (clause 5.7.2)."""
        return self.narrow() or self.has_ids()

    def narrow(self) -> bool:
        """Whether it asks for more than ids and times of the system (clause 5.6.21)."""
        named = set(self.attributes) | (attributes_of(self.q) if self.q is not None else set())
        typed = any(who.types is not None for who in self.who)
        return typed or bool(named - _SYSTEM or self.geo or self.scopes)


_SYSTEM = frozenset(f"https://uri.etsi.org/ngsi-ld/{name}" for name in TIMES) | frozenset(TIMES)


def read_who(raw: Any, context: Context) -> Who:
    """Read an EntitySelector of a body.

    Raises
    ------
    BadRequestData
        If it is not valid.
    """
    if not isinstance(raw, dict):
        raise BadRequestData("A selector of entities is an object.")
    ids = raw.get("id", [])
    ids = ids if isinstance(ids, list) else [ids]
    if not all(is_uri(one) for one in ids):
        raise BadRequestData("The id of a selector of entities is not a URI.")
    rule = raw.get("idPattern", "")
    if not isinstance(rule, str):
        raise BadRequestData("The idPattern of a selector of entities is not a text.")
    if rule:
        pattern(rule)
    types = raw.get("type")
    if isinstance(types, list) and types and all(isinstance(one, str) for one in types):
        types = ",".join(types)
    if not isinstance(types, str) or not types:
        raise BadRequestData("A selector of entities has no type.")
    return Who(tuple(ids), rule, read_types(types, context))


def read_types(text: str, context: Context) -> Selection | None:
    """Read a selection of types; None if it is ``*``, which is all of them."""
    if text == "*":
        return None

    def read(name: str) -> str:
        if not is_name(name):
            raise BadRequestData(f"'{name[:100]}' is not a valid name of a type.")
        return context.keep(name)

    return parse_selection(text, read)


def read_query(members: Mapping[str, Any], who: tuple[Who, ...], context: Context) -> EntityQuery:
    """Read the conditions of a query.

    Parameters
    ----------
    members
        ``attrs`` (a list), ``q``, ``scopeQ`` and the members of a geo-query.
    who
        The entities it is about.
    context
        Meaning of its names.

    Returns
    -------
    EntityQuery
        The query.

    Raises
    ------
    BadRequestData
        If it is not valid.
    """
    for name in ("q", "scopeQ"):
        if name in members and (not isinstance(members[name], str) or not members[name]):
            raise BadRequestData(f"'{name}' is not a text.")
    attrs = members.get("attrs") or []
    if not isinstance(attrs, list):
        raise BadRequestData("'attrs' is not a list of names.")
    expanded = frozenset(read_names(members.get("expandValues") or [], context))
    return EntityQuery(
        who,
        tuple(read_names(attrs, context)),
        parse_q(members["q"], context, expanded) if "q" in members else None,
        parse_geo(members, context),
        parse_selection(members["scopeQ"], read_scope_pattern) if "scopeQ" in members else None,
    )


def read_names(names: list[Any], context: Context) -> list[str]:
    """Names of attributes, as kept."""
    for name in names:
        if not isinstance(name, str) or not is_name(name):
            raise BadRequestData(f"'{str(name)[:100]}' is not a valid name of an attribute.")
    return [context.keep(name) for name in names]


@dataclass(frozen=True, slots=True)
class Asked:
    """A query for the store, and what it leaves to decide."""

    query: Query
    left: Callable[[Entity], bool] | None


def asked(tenant: str, wanted: EntityQuery) -> Asked:
    """Push down what the store can decide.

    Parameters
    ----------
    tenant
        Whose entities.
    wanted
        The query.

    Returns
    -------
    Asked
        What the store is asked; `left` is None if that is all.
    """
    parts: list[Condition] = []
    exact = len(wanted.who) <= 1
    ids: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    if len(wanted.who) == 1:
        who = wanted.who[0]
        ids, exact = who.ids, bool(who.ids) or not who.id_pattern
        if isinstance(who.types, One):
            types = (who.types.name,)
        elif who.types is not None:
            parts.append(pushed_selection(who.types, OfType))
    if wanted.q is not None:
        condition, whole = pushed_q(wanted.q)
        exact = exact and whole
        parts += [condition] if condition is not None else []
    if wanted.scopes is not None:
        parts.append(pushed_selection(wanted.scopes, InScope))
    place = None
    if wanted.geo is not None:
        place, whole = pushed_place(wanted.geo)
        exact = exact and whole
    where = And(tuple(parts)) if len(parts) > 1 else parts[0] if parts else None
    query = Query(
        tenant,
        ids=ids,
        types=types,
        id_pattern=wanted.seen,
        attributes=wanted.attributes,
        where=where,
        place=place,
    )
    return Asked(query, None if exact else wanted.match())


def find(
    storage: Storage, tenant: str, wanted: EntityQuery, offset: int, limit: int
) -> list[Entity]:
    """Entities that a query asks for, `limit` of them after `offset`."""
    ask = asked(tenant, wanted)
    if ask.left is None:
        return list(storage.entities(replace(ask.query, offset=offset, limit=limit)))
    return list(islice(_matching(storage, ask), offset, offset + limit))


def count(storage: Storage, tenant: str, wanted: EntityQuery) -> int:
    """How many entities a query asks for."""
    ask = asked(tenant, wanted)
    if ask.left is None:
        return storage.store.count(ask.query)
    return sum(1 for _ in _matching(storage, ask))


def every(storage: Storage, tenant: str, wanted: EntityQuery) -> Iterator[Entity]:
    """All entities that a query asks for."""
    return _matching(storage, asked(tenant, wanted))


def _matching(storage: Storage, ask: Asked) -> Iterator[Entity]:
    found = storage.every(ask.query)
    return found if ask.left is None else filter(ask.left, found)
