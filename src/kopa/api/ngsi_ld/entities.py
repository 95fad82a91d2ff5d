"""Operations on entities: create, retrieve, query, replace, merge, delete, purge (6.4, 6.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import quote

from kopa.api.ngsi_ld import change, query
from kopa.api.ngsi_ld.ask import (
    FORM,
    QUERY,
    body_of,
    context_of,
    form_of,
    join_of,
    options_of,
    page_of,
    query_of,
)
from kopa.api.ngsi_ld.attribute import Reading
from kopa.api.ngsi_ld.broker import Broker
from kopa.api.ngsi_ld.call import Call
from kopa.api.ngsi_ld.context import Context
from kopa.api.ngsi_ld.entity import Entity, attributes, read_entity, read_fragment, read_types
from kopa.api.ngsi_ld.geojson import collection, feature, geometry_name
from kopa.api.ngsi_ld.links import Told
from kopa.api.ngsi_ld.names import ENTITY_MEMBERS, GEO_JSON, TIMES, VALUE_MEMBER, is_time, is_uri
from kopa.api.ngsi_ld.order import Order, ordered, read_orders
from kopa.api.ngsi_ld.problems import BadRequestData, InvalidRequest, NotFound
from kopa.api.ngsi_ld.reply import Reply, created, document, nothing, paged
from kopa.api.ngsi_ld.represent import Form, answer

PATH = "/ngsi-ld/v1/entities"
NONE: frozenset[str] = frozenset()


def create(broker: Broker, call: Call) -> Reply:
    """Create Entity (5.6.1)."""
    call.known(frozenset(("options", "format", "local")))
    raw, context = body_of(broker, call)
    entity = read_entity(raw, Reading(context, simplified=is_simplified(call)))
    broker.writes(call.tenant)
    broker.create(call.tenant, entity, lambda _, now: change.created(entity, now))
    return created(call, f"{PATH}/{quote(entity['id'], safe=':')}")


def is_simplified(call: Call) -> bool:
    """Whether a body has bare values."""
    return not {"keyValues", "simplified"}.isdisjoint(options_of(call))


def id_of(call: Call) -> str:
    """The id of the entity in the path."""
    id = call.names["id"]
    if not is_uri(id):
        raise BadRequestData("The id of an entity is not a URI.")
    return id


def retrieve(broker: Broker, call: Call) -> Reply:
    """Retrieve Entity (5.7.1)."""
    call.known(FORM)
    media = call.accepted(geo=True)
    context = context_of(broker, call)
    form = form_of(call, context)
    how, level = join_of(call)
    if call.get("geometryProperty") and media != GEO_JSON:
        raise BadRequestData("geometryProperty needs an answer in GeoJSON.")
    id = id_of(call)
    broker.reads(call.tenant)
    entity = broker.entity(call.tenant, id)
    of_type(call, entity, context)
    if not any(form.tells(name) for name in entity if form.times or name not in TIMES):
        raise NotFound("The entity has none of these members.")
    if call.get("attrs") and not any(name in entity for name in form.pick - ENTITY_MEMBERS):
        raise NotFound("The entity has none of these attributes.")
    if how == "@none":
        return document(_told([entity], call, form, media)[0], call, media, entities=True)
    join = broker.join(call.tenant, level, frozenset(call.several("containedBy")))
    if how == "flat":
        told = join.flat([entity], form)
        several = _flat(told, call, media)
        return document(several if len(told) > 1 else _first(several), call, media, entities=True)
    told_one = _told([join.inline(entity, form)], call, form, media)[0]
    return document(told_one, call, media, entities=True)


def _first(told: Any) -> Any:
    return told["features"][0] if isinstance(told, dict) else told[0]


def of_type(call: Call, entity: Entity, context: Context) -> None:
    """Refuse an entity that has not the type that a parameter names."""
    text = call.get("type")
    if text and not set(read_types(text.split(","), context)) & set(entity["type"]):
        raise NotFound("The entity has another type.")


def _told(entities: list[Entity], call: Call, form: Form, media: str) -> list[dict[str, Any]]:
    if media == GEO_JSON:
        name = geometry_name(call.get("geometryProperty"), form.context)
        return [feature(entity, form, name) for entity in entities]
    return [answer(entity, form) for entity in entities]


def _flat(entities: list[Told], call: Call, media: str) -> Any:
    """Entities, each in its form."""
    told = [_told([entity], call, form, media)[0] for entity, form in entities]
    return collection(told) if media == GEO_JSON else told


def _told_all(entities: list[Entity], call: Call, form: Form, media: str) -> Any:
    told = _told(entities, call, form, media)
    return collection(told) if media == GEO_JSON else told


@dataclass(frozen=True, slots=True)
class Question:
    """A query for entities, and how it is answered."""

    wanted: query.EntityQuery
    form: Form
    media: str
    orders: tuple[Order, ...] = ()


def find(broker: Broker, call: Call) -> Reply:
    """Query Entities (5.7.2)."""
    return answered(broker, call, question(broker, call))


def question(broker: Broker, call: Call) -> Question:
    """What the parameters of a query ask for."""
    call.known(QUERY)
    media = call.accepted(geo=True)
    context = context_of(broker, call)
    wanted = query_of(call, context)
    form = form_of(call, context)
    every = call.get("type") == "*" and call.get("local") is None
    if not (wanted.selective() or every or call.flag("local")):
        raise BadRequestData("A query needs id, type, attrs, q, a geo-query or a scope.")
    by = ("orderBy", "orderFrom", "collation")
    given = {name: call.parameters[name] for name in by if name in call.parameters}
    orders = read_orders(given, context) if given.get("orderBy") else ()
    return Question(wanted, form, media, orders)


@dataclass(frozen=True, slots=True)
class Rows:
    """Entities that were found elsewhere too: the first ones, and how many there are."""

    entities: list[Entity]
    total: int


def answered(broker: Broker, call: Call, asked: Question, rows: Rows | None = None) -> Reply:
    """One page of the entities that a query asks for; `rows` if they are found already."""
    wanted, form, media = asked.wanted, asked.form, asked.media
    limit, offset, counts = page_of(call)
    how, level = join_of(call)
    broker.reads(call.tenant)
    if rows is not None:
        found = rows.entities[offset : offset + limit + 1]
    elif asked.orders:
        every = ordered(query.every(broker.storage, call.tenant, wanted), asked.orders)
        found = every[offset : offset + limit + 1]
    else:
        found = query.find(broker.storage, call.tenant, wanted, offset, limit + 1)
    more, found = len(found) > limit, found[:limit]
    if how != "@none":
        join = broker.join(call.tenant, level, frozenset(call.several("containedBy")))
        if how == "flat":
            told = _flat(join.flat(found, form), call, media)
        else:
            told = _told_all([join.inline(one, form) for one in found], call, form, media)
    else:
        told = _told_all(found, call, form, media)
    reply = document(told, call, media, entities=True)
    if counts:
        total = rows.total if rows else query.count(broker.storage, call.tenant, wanted)
        reply.headers["NGSILD-Results-Count"] = str(total)
    return paged(reply, call, offset, limit, more and limit > 0)


def replace(broker: Broker, call: Call) -> Reply:
    """Replace Entity (5.6.18)."""
    call.known(frozenset(("options", "format", "local", "type")))
    id = id_of(call)
    raw, context = body_of(broker, call)
    same_id(raw, id)
    entity = read_fragment(raw, Reading(context, simplified=is_simplified(call)))
    entity["id"] = id
    broker.reads(call.tenant)

    def change_it(old: Entity | None, now: str) -> Entity:
        there = present(old, id)
        of_type(call, there, context)
        return change.replaced(there, {"type": there["type"], **entity}, now)

    broker.change(call.tenant, id, change_it)
    return nothing(call)


def same_id(raw: Any, id: str) -> None:
    """Refuse a body that names another entity than the path."""
    if not isinstance(raw, dict):
        raise InvalidRequest("An entity is a JSON object.")
    if "id" in raw and raw["id"] != id:
        raise BadRequestData("The id of the body is not that of the path.")


def present(old: Entity | None, id: str) -> Entity:
    """The entity that must be there."""
    if old is None:
        raise NotFound(f"There is no entity '{id}'.")
    return old


def merge(broker: Broker, call: Call) -> Reply:
    """Merge Entity (5.6.17)."""
    call.known(frozenset(("options", "format", "local", "type", "observedAt", "lang")))
    id = id_of(call)
    raw, context = body_of(broker, call, merge_patch=True)
    same_id(raw, id)
    how = Reading(context, True, True, is_simplified(call), deep_nulls=True)
    fragment = read_fragment(raw, how)
    observed = call.get("observedAt")
    if observed is not None and not is_time(observed):
        raise BadRequestData("observedAt is not a DateTime.")
    broker.reads(call.tenant)

    def change_it(old: Entity | None, now: str) -> Entity:
        there = present(old, id)
        of_type(call, there, context)
        fitted = _fitted(fragment, there, observed, call.get("lang"), how.simplified)
        return change.merged(there, fitted, now)

    broker.change(call.tenant, id, change_it)
    return nothing(call)


def _fitted(
    fragment: Entity, there: Entity, observed: str | None, lang: str | None, bare: bool
) -> Entity:
    """A fragment with the time and language of the request, and the types that are there."""
    made = dict(fragment)
    for name, found in attributes(fragment).items():
        if not isinstance(found, list):
            continue
        fitted = []
        for one in found:
            old: Mapping[str, Any] = next(
                (o for o in there.get(name, ()) if o.get("datasetId") == one.get("datasetId")), {}
            )
            if bare or (lang and isinstance(one.get("value"), str)):
                one = _as_type(one, old, lang)
            if (
                observed is not None
                and "observedAt" not in one
                and ("observedAt" in old or not old)
            ):
                one = {**one, "observedAt": observed}
            fitted.append(one)
        made[name] = fitted
    return made


def _as_type(bare: dict[str, Any], old: Mapping[str, Any], lang: str | None) -> dict[str, Any]:
    """A bare value as the type of attribute that is there."""
    kind = old.get("type", "Property")
    if kind == bare.get("type") or bare.get("type") != "Property":
        return bare
    value = bare.get("value")
    if kind == "LanguageProperty" and isinstance(value, str):
        value = {lang or "@none": value}
    made = {k: v for k, v in bare.items() if k != "value"}
    return {**made, "type": kind, VALUE_MEMBER[kind]: value}


def delete(broker: Broker, call: Call) -> Reply:
    """Delete Entity (5.6.6)."""
    call.known(frozenset(("local", "type")))
    id = id_of(call)
    context = context_of(broker, call)
    broker.reads(call.tenant)

    def change_it(old: Entity | None, now: str) -> None:
        of_type(call, present(old, id), context)

    broker.change(call.tenant, id, change_it)
    return nothing(call)


def purge(broker: Broker, call: Call) -> Reply:
    """Purge Entities (5.6.21): delete what a query asks for, or attributes of it."""
    wanted = purged(broker, call)
    context = context_of(broker, call)
    drop = read_keep(call, "drop", context)
    keep = read_keep(call, "keep", context)
    if drop and keep:
        raise BadRequestData("drop does not go with keep.")
    broker.reads(call.tenant)
    found = query.every(broker.storage, call.tenant, wanted)
    ids = [entity["id"] for entity in islice(found, 100_000)]

    def change_it(old: Entity | None, now: str) -> Entity | None:
        if old is None or not (drop or keep):
            return None
        names = drop & old.keys() if drop else set(attributes(old)) - keep
        made = {k: v for k, v in old.items() if k not in names}
        return {**made, "modifiedAt": now} if names else old

    for start in range(0, len(ids), 500):
        broker.change_all(call.tenant, [(id, change_it) for id in ids[start : start + 500]])
    return nothing(call)


def purged(broker: Broker, call: Call) -> query.EntityQuery:
    """The entities that a purge is about."""
    call.known(QUERY | {"drop", "keep"})
    wanted = query_of(call, context_of(broker, call))
    if not wanted.narrow() and not call.flag("local"):
        raise BadRequestData("A purge needs type, attrs, q, a geo-query or a scope, or local=true.")
    return wanted


def read_keep(call: Call, name: str, context: Context) -> set[str]:
    """Names of attributes that a purge drops or keeps."""
    return {context.keep(one) for one in call.several(name)}
