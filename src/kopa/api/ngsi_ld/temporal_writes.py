"""Writing the past of entities (5.6.11 to 5.6.16, 6.18 to 6.22)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import quote

from kopa.api.ngsi_ld import change
from kopa.api.ngsi_ld.ask import body_of, context_of
from kopa.api.ngsi_ld.attribute import Instance, Reading, read_attribute
from kopa.api.ngsi_ld.attrs import name_of
from kopa.api.ngsi_ld.broker import Broker
from kopa.api.ngsi_ld.call import Call
from kopa.api.ngsi_ld.entities import id_of, present, same_id
from kopa.api.ngsi_ld.entity import Entity, attributes, read_fragment
from kopa.api.ngsi_ld.history import (
    gone,
    instance_of,
    moment_text,
    moment_us,
    observation,
    read_instance_id,
)
from kopa.api.ngsi_ld.names import ENTITY_MEMBERS, TEMPORAL_ONLY, is_name, is_uri
from kopa.api.ngsi_ld.problems import BadRequestData, InvalidRequest, NotFound
from kopa.api.ngsi_ld.reply import Reply, created, nothing
from kopa.api.ngsi_ld.storage import now_us
from kopa.store.contract import Span
from kopa.store.observations import Key, Observation

PATH = "/ngsi-ld/v1/temporal/entities"
_LOCAL = frozenset(("local",))


def read_past(raw: Any, how: Reading) -> Entity:
    """An entity whose attributes are lists of instances, told apart by time."""
    if not isinstance(raw, dict):
        raise InvalidRequest("An entity is a JSON object.")
    made = read_fragment({k: v for k, v in raw.items() if k in ENTITY_MEMBERS}, how)
    for name, value in raw.items():
        if name in ENTITY_MEMBERS:
            continue
        if not is_name(name):
            raise BadRequestData(f"'{name[:100]}' is not a valid name of an attribute.")
        several = value if isinstance(value, list) else [value]
        deleted = replace(how, nulls=True)  # an instance of the past may tell a deletion
        found = [read_attribute(name, one, deleted) for one in several]
        if not found or None in found:
            raise BadRequestData(f"'{name}' has no instance.")
        made[how.context.keep(name)] = [one[0] for one in found if one]
    return made


def create(broker: Broker, call: Call) -> Reply:
    """Create or Update the Temporal Evolution of an Entity (5.6.11)."""
    call.known(_LOCAL)
    raw, context = body_of(broker, call)
    entity = read_past(raw, Reading(context))
    if "id" not in entity or "type" not in entity:
        raise BadRequestData("An entity has an id and a type.")
    broker.writes(call.tenant)
    new = _append(broker, call.tenant, entity, must_exist=False)
    if new:
        return created(call, f"{PATH}/{quote(entity['id'], safe=':')}")
    return nothing(call)


def append(broker: Broker, call: Call) -> Reply:
    """Add Attributes to the Temporal Evolution of an Entity (5.6.12)."""
    call.known(_LOCAL)
    id = id_of(call)
    raw, context = body_of(broker, call)
    same_id(raw, id)
    entity = read_past(raw, Reading(context))
    if not attributes(entity):
        raise BadRequestData("The body has no attributes.")
    broker.reads(call.tenant)
    _append(broker, call.tenant, {**entity, "id": id}, must_exist=True)
    return nothing(call)


def _append(broker: Broker, tenant: str, past: Entity, must_exist: bool) -> bool:
    """Add instances to the past, the newest to the present; whether the entity is new."""
    new: list[bool] = []
    now = now_us()
    rows: list[Observation] = []
    for name, found in attributes(past).items():
        for n, one in enumerate(found):
            stamp = moment_text(now + n)
            made = {**one, "createdAt": stamp, "modifiedAt": stamp}
            rows.append(observation(past["id"], name, made))

    def change_it(old: Entity | None, at: str) -> Entity:
        new[:] = [old is None]
        if old is None and must_exist:
            present(old, past["id"])
        latest = {name: _latest(found) for name, found in attributes(past).items()}
        if old is None:
            return {**change.created({**past, **latest}, at), TEMPORAL_ONLY: True}
        newer: Entity = {"id": old["id"]}
        newer |= {k: past[k] for k in ("type", "scope") if k in past}
        for name, found in latest.items():
            later = [one for one in found if _is_newer(one, old.get(name, ()))]
            if later:
                newer[name] = later
        return change.appended(old, newer, at).entity

    broker.change(tenant, past["id"], change_it, rows)
    return new[0]


def _latest(found: list[Instance]) -> list[Instance]:
    """The newest instance of each data set."""
    best: dict[str | None, Instance] = {}
    for one in found:
        key = one.get("datasetId")
        if key not in best or _time(one) >= _time(best[key]):
            best[key] = one
    return list(best.values())


def _time(instance: Instance) -> int:
    return moment_us(instance.get("observedAt", ""))


def _is_newer(instance: Instance, there: Any) -> bool:
    same = [one for one in there if one.get("datasetId") == instance.get("datasetId")]
    return not same or _time(instance) >= _time(same[0])


def delete(broker: Broker, call: Call) -> Reply:
    """Delete the Temporal Evolution of an Entity (5.6.16)."""
    call.known(_LOCAL)
    id = id_of(call)
    broker.reads(call.tenant)
    entity = broker.entity(call.tenant, id)
    if TEMPORAL_ONLY in entity:
        broker.change(call.tenant, id, lambda old, now: None)
        return nothing(call)
    rows = list(broker.erased(call.tenant, id))
    if not rows:
        raise NotFound("The entity has no past.")
    broker.erase(call.tenant, rows)
    return nothing(call)


def delete_attribute(broker: Broker, call: Call) -> Reply:
    """Delete an Attribute from the Temporal Evolution of an Entity (5.6.13)."""
    call.known(frozenset(("datasetId", "deleteAll", "local")))
    id = id_of(call)
    context = context_of(broker, call)
    name = name_of(call, context)
    dataset, every = call.get("datasetId") or "", call.flag("deleteAll")
    if dataset and dataset != "@none" and not is_uri(dataset):
        raise BadRequestData("datasetId is not a URI.")
    dataset = "" if dataset == "@none" else dataset
    broker.reads(call.tenant)
    entity = broker.entity(call.tenant, id)
    rows = [
        row for row in broker.live(call.tenant, id, name) if every or row.key.dataset == dataset
    ]
    if not rows:
        raise NotFound("The past of the entity has no such attribute.")
    broker.erase(call.tenant, [gone(row.key, row.at) for row in rows])
    if TEMPORAL_ONLY in entity and name in entity:
        broker.change(
            call.tenant,
            id,
            lambda old, now: _without(present(old, id), name, None if every else dataset),
        )
        broker.erase(call.tenant, [gone(row.key, row.at) for row in _marks(broker, call, id, name)])
    return nothing(call)


def _marks(broker: Broker, call: Call, id: str, name: str) -> list[Observation]:
    """Marks of a deletion, which a deleted past has not."""
    return [
        row for row in broker.live(call.tenant, id, name) if "deletedAt" in (instance_of(row) or {})
    ]


def _without(entity: Entity, name: str, dataset: str | None) -> Entity:
    kept = [
        one for one in entity[name] if dataset is not None and one.get("datasetId", "") != dataset
    ]
    made = {k: v for k, v in entity.items() if k != name}
    return {**made, name: kept} if kept else made


def _row(broker: Broker, call: Call, id: str, name: str) -> Observation:
    """The row that the path names."""
    text = call.names["instance"]
    if not is_uri(text):
        raise BadRequestData("The id of an instance is not a URI.")
    found = read_instance_id(text)
    if found is not None:
        at, dataset = found
        key = Key(id, name, dataset)
        span = Span(at, at + 1)
        rows = broker.storage.store.points(call.tenant, [key], span).rows()
        if rows and instance_of(rows[0]) is not None:
            return rows[0]
    raise NotFound("The past of the entity has no such instance.")


def update_instance(broker: Broker, call: Call) -> Reply:
    """Modify an Attribute Instance in the Temporal Evolution of an Entity (5.6.14)."""
    call.known(_LOCAL)
    id = id_of(call)
    raw, context = body_of(broker, call, merge_patch=True)
    name = name_of(call, context)
    if isinstance(raw, dict):
        raw = {k: v for k, v in raw.items() if k != "@context"}
        inside = raw.get(call.names["attribute"])
        if isinstance(inside, list) and len(inside) == 1:
            raw = inside[0]
        elif isinstance(inside, dict):
            raw = inside
    found = read_attribute(call.names["attribute"], raw, Reading(context, partial=True))
    if not found or len(found) != 1:
        raise BadRequestData("The body is one instance of an attribute.")
    broker.reads(call.tenant)
    broker.entity(call.tenant, id)
    row = _row(broker, call, id, name)
    old = instance_of(row) or {}
    made = {**old, **found[0], "modifiedAt": moment_text(now_us())}
    made.setdefault("createdAt", made["modifiedAt"])
    new = observation(id, name, made)
    rows = [new] if new.at == row.at else [gone(row.key, row.at), new]
    broker.erase(call.tenant, rows)
    return nothing(call)


def delete_instance(broker: Broker, call: Call) -> Reply:
    """Delete an Attribute Instance from the Temporal Evolution of an Entity (5.6.15)."""
    call.known(_LOCAL)
    id = id_of(call)
    context = context_of(broker, call)
    name = name_of(call, context)
    broker.reads(call.tenant)
    broker.entity(call.tenant, id)
    row = _row(broker, call, id, name)
    broker.erase(call.tenant, [gone(row.key, row.at)])
    return nothing(call)
