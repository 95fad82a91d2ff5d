"""Reading the past of entities (5.7.3, 5.7.4, 6.18 to 6.20, 6.24)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import numpy as np

from kopa.api.ngsi_ld import query
from kopa.api.ngsi_ld.aggregate import Numbers, aggregated, aggregated_numbers
from kopa.api.ngsi_ld.ask import (
    QUERY,
    body_of,
    context_of,
    form_of,
    options_of,
    page_of,
    query_of,
)
from kopa.api.ngsi_ld.attribute import Instance
from kopa.api.ngsi_ld.broker import Broker
from kopa.api.ngsi_ld.call import Call
from kopa.api.ngsi_ld.entities import id_of
from kopa.api.ngsi_ld.entity import Entity, attributes
from kopa.api.ngsi_ld.history import instance_of, moment_text, moment_us, time_of
from kopa.api.ngsi_ld.names import ENTITY_MEMBERS, TIMES, VALUES_MEMBER
from kopa.api.ngsi_ld.order import Order, ordered
from kopa.api.ngsi_ld.problems import BadRequestData, NotFound
from kopa.api.ngsi_ld.query import EntityQuery, read_query, read_who
from kopa.api.ngsi_ld.reply import Reply, document, paged
from kopa.api.ngsi_ld.represent import NONE, Form, answer, in_language, instance_answer, simplified
from kopa.api.ngsi_ld.temporal_query import TEMPORAL, TemporalQuery, read_temporal_query
from kopa.store import Observations

History = dict[str, list[Instance] | Numbers]
"""What is told of each attribute."""
MOST = 10_000
"""At most so many instances of an attribute are told; more are told as partial content."""


def retrieve(broker: Broker, call: Call) -> Reply:
    """Retrieve the Temporal Evolution of an Entity (5.7.3)."""
    call.known(QUERY | TEMPORAL)
    media = call.accepted()
    id = id_of(call)
    context = context_of(broker, call)
    form = form_of(call, context)
    wanted = read_temporal_query(call.parameters, options_of(call))
    broker.reads(call.tenant)
    entity = broker.entity(call.tenant, id)
    if not any(form.tells(name) for name in entity if form.times or name not in TIMES):
        raise NotFound("The entity has none of these members.")
    history = past(broker, call.tenant, entity, wanted, form)
    if history is None:
        raise NotFound(f"The entity '{id}' has no past.")
    if call.get("attrs") and not history:
        raise NotFound(f"The entity '{id}' has none of these attributes.")
    reply = document(told(entity, history, wanted, form), call, media)
    return _partial(reply, [history], wanted)


def past(
    broker: Broker, tenant: str, entity: Entity, wanted: TemporalQuery, form: Form
) -> History | None:
    """Instances of each attribute that is asked for, by time; None if it never had one."""
    store = broker.storage.store
    keys = [key for key in store.series(tenant, entity["id"]) if form.tells(key.attribute)]
    if form.datasets:
        keys = [key for key in keys if (key.dataset or NONE) in form.datasets]
    made: dict[str, list[Instance]] = {key.attribute: [] for key in keys}
    points = store.points(tenant, keys, wanted.span) if keys else None
    if points is not None and len(points) and _is_bulk(points, wanted):
        return {
            key.attribute: Numbers(points.at[mine], points.value[mine])
            for number, key in enumerate(points.keys)
            for mine in [points.series == number]
        }
    some = False
    for row in points.rows() if points is not None else ():
        instance = instance_of(row)
        if instance is None:
            continue
        some = True
        if wanted.holds(instance):
            made[row.key.attribute].append(instance)
    if not some and attributes(entity) and not _ever(broker, tenant, entity):
        return None
    for name, found in made.items():
        found.sort(key=lambda one: moment_us(time_of(one, wanted.timeproperty) or ""))
        if wanted.last:
            made[name] = found[-wanted.last :]
    return dict(made)


def _is_bulk(points: Observations, wanted: TemporalQuery) -> bool:
    """Whether aggregates of numbers are asked for, and there is nothing else."""
    return (
        wanted.shape == "aggregates"
        and wanted.timeproperty == "observedAt"
        and not wanted.last
        and not points.raws
        and not points.texts
        and not any(key.dataset for key in points.keys)
        and not bool(np.isnan(points.value).any())
    )


def _ever(broker: Broker, tenant: str, entity: Entity) -> bool:
    """Whether the entity has any instance that is not deleted."""
    store = broker.storage.store
    keys = store.series(tenant, entity["id"])
    return any(instance_of(row) is not None for row in store.last(tenant, keys).rows())


def told(entity: Entity, history: History, wanted: TemporalQuery, form: Form) -> dict[str, Any]:
    """The past of an entity in the form that is asked for."""
    bare = {k: v for k, v in entity.items() if k in ENTITY_MEMBERS}
    made = answer(bare, form)
    for name, found in history.items():
        if not found:
            continue
        shown = form.context.show(name)
        if isinstance(found, Numbers):
            made[shown] = {"type": "Property", **aggregated_numbers(found, wanted)}
            continue
        if form.lang:
            found = [in_language(one, form.lang) for one in found]
        if wanted.shape == "instances":
            made[shown] = [instance_answer(one, form) for one in found[-MOST:]]
        else:
            parts = _parts(found, wanted, form)
            if parts:
                made[shown] = parts[0] if len(parts) == 1 else parts
    return made


def _parts(found: list[Instance], wanted: TemporalQuery, form: Form) -> list[dict[str, Any]]:
    """One object for each data set and type."""
    groups: dict[tuple[str, str], list[Instance]] = defaultdict(list)
    for one in found[-MOST:] if wanted.shape == "values" else found:
        groups[one["type"], one.get("datasetId", "")].append(one)
    parts = []
    for (kind, dataset), instances in groups.items():
        part: dict[str, Any] = {"type": kind}
        if dataset:
            part["datasetId"] = dataset
        if wanted.shape == "aggregates":
            part |= aggregated(instances, wanted)
        else:
            part[VALUES_MEMBER[kind]] = [_pair(one, wanted, form) for one in instances]
        parts.append(part)
    return parts


def _pair(instance: Instance, wanted: TemporalQuery, form: Form) -> list[Any]:
    value = simplified(instance, form.context)
    return [value, time_of(instance, wanted.timeproperty)]


def _partial(reply: Reply, histories: Iterable[History], wanted: TemporalQuery) -> Reply:
    """206 where not all instances are told (6.3.10)."""
    if wanted.shape == "aggregates":
        return reply
    cut = [
        [time for one in found if (time := time_of(one, wanted.timeproperty))]
        for history in histories
        for found in history.values()
        if not isinstance(found, Numbers) and len(found) > MOST
    ]
    if not cut:
        return reply
    begin = min(moment_us(times[-MOST]) for times in cut)
    end = max(moment_us(times[-1]) for times in cut)
    reply.status = 206
    size = str(wanted.last) if wanted.last else "*"
    text = f"{moment_text(begin)}-{moment_text(end)}"
    reply.headers["Content-Range"] = f"date-time {text}/{size}"
    return reply


def find(broker: Broker, call: Call) -> Reply:
    """Query the Temporal Evolution of Entities (5.7.4)."""
    call.known(QUERY | TEMPORAL)
    context = context_of(broker, call)
    wanted = query_of(call, context)
    form = form_of(call, context)
    temporal = read_temporal_query(call.parameters, options_of(call))
    if not temporal.given:
        raise BadRequestData("A temporal query needs timerel and timeAt.")
    return _answered(broker, call, wanted, temporal, form)


def _answered(
    broker: Broker, call: Call, wanted: EntityQuery, temporal: TemporalQuery, form: Form
) -> Reply:
    media = call.accepted()
    if not wanted.selective() and not call.flag("local"):
        raise BadRequestData("A query needs id, type, attrs, q, a geo-query or a scope.")
    limit, offset, counts = page_of(call)
    by = call.get("orderBy") or "id"
    if by not in ("id", "id;asc", "id;desc"):
        raise BadRequestData("The past of entities is ordered by id.")
    broker.reads(call.tenant)
    found: list[dict[str, Any]] = []
    histories: list[History] = []
    number = 0
    entities = query.every(broker.storage, call.tenant, wanted)
    if by == "id;desc":
        entities = iter(ordered(entities, (Order(("id",), descending=True),)))
    for entity in entities:
        history = past(broker, call.tenant, entity, temporal, form)
        if history is None or not any(history.values()):
            continue
        number += 1
        if number <= offset:
            continue
        if len(found) <= limit:
            found.append(told(entity, history, temporal, form))
            histories.append(history)
        elif not counts:
            break
    more = len(found) > limit
    reply = document(found[:limit], call, media)
    if counts:
        reply.headers["NGSILD-Results-Count"] = str(number)
    reply = paged(reply, call, offset, limit, more and limit > 0)
    return _partial(reply, histories[:limit], temporal)


def find_by_body(broker: Broker, call: Call) -> Reply:
    """Query the Temporal Evolution of Entities by a body (6.24)."""
    call.known(frozenset(["options", "format", "limit", "offset", "count", "local"]))
    raw, context = body_of(broker, call)
    if not isinstance(raw, dict) or raw.get("type") != "Query":
        raise BadRequestData("The body is an object of type 'Query'.")
    who, geo, time = raw.get("entities", []), raw.get("geoQ", {}), raw.get("temporalQ", {})
    if not isinstance(who, list) or not isinstance(geo, dict) or not isinstance(time, dict):
        raise BadRequestData("entities is a list, geoQ and temporalQ are objects.")
    members = {k: raw[k] for k in ("q", "scopeQ", "attrs") if k in raw} | geo
    wanted = read_query(members, tuple(read_who(one, context) for one in who), context)
    for name in ("attrs", "pick", "omit", "lang", "datasetId"):
        if name in raw:
            value = raw[name]
            text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
            call.parameters[name] = text
    methods = {k: raw["aggrParams"][k] for k in raw["aggrParams"]} if _has_params(raw) else {}
    options = options_of(call)
    time = {**time, **methods}
    if isinstance(time.get("aggrParams"), dict):
        time |= time["aggrParams"]
    if "aggrMethods" in time and "temporalValues" not in options:
        options = [*options, "aggregatedValues"]
    temporal = read_temporal_query(time, options)
    if not temporal.given:
        raise BadRequestData("A temporal query needs temporalQ with timerel and timeAt.")
    return _answered(broker, call, wanted, temporal, form_of(call, context))


def _has_params(raw: dict[str, Any]) -> bool:
    return isinstance(raw.get("aggrParams"), dict)
