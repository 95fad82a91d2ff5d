"""Operations on attributes of an entity (6.6, 6.7)."""

from __future__ import annotations

from typing import Any

from kopa.api.ngsi_ld import change
from kopa.api.ngsi_ld.ask import body_of, context_of, options_of
from kopa.api.ngsi_ld.attribute import Instance, Reading, read_attribute
from kopa.api.ngsi_ld.broker import Broker
from kopa.api.ngsi_ld.call import Call
from kopa.api.ngsi_ld.context import Context
from kopa.api.ngsi_ld.entities import id_of, is_simplified, of_type, present, same_id
from kopa.api.ngsi_ld.entity import Entity, read_fragment
from kopa.api.ngsi_ld.names import is_name, is_uri
from kopa.api.ngsi_ld.problems import BadRequestData
from kopa.api.ngsi_ld.reply import Reply, nothing, plain

_LOCAL = frozenset(("options", "format", "local", "type"))


def append(broker: Broker, call: Call) -> Reply:
    """Append Attributes (5.6.3)."""
    call.known(_LOCAL)
    overwrite = "noOverwrite" not in options_of(call)
    return _changed(
        broker, call, lambda old, fragment, now: change.appended(old, fragment, now, overwrite)
    )


def update(broker: Broker, call: Call) -> Reply:
    """Update Attributes (5.6.2)."""
    call.known(_LOCAL)
    return _changed(broker, call, change.updated)


def _changed(broker: Broker, call: Call, operation: Any) -> Reply:
    id = id_of(call)
    raw, context = body_of(broker, call)
    same_id(raw, id)
    how = Reading(context, nulls=operation is change.updated, simplified=is_simplified(call))
    fragment = read_fragment(raw, how)
    if not fragment.keys() - {"id"}:
        raise BadRequestData("The body has no attributes.")
    broker.reads(call.tenant)
    outcome: list[change.Outcome] = []

    def change_it(old: Entity | None, now: str) -> Entity:
        there = present(old, id)
        of_type(call, there, context)
        outcome[:] = [operation(there, fragment, now)]
        done = outcome[0]
        same = not done.updated and not {"type", "scope", "expiresAt"} & fragment.keys()
        return there if same else done.entity

    broker.change(call.tenant, id, change_it)
    return _told(outcome[0], call, context)


def _told(outcome: change.Outcome, call: Call, context: Context) -> Reply:
    """204, or 207 with what was not updated."""
    if not outcome.not_updated:
        return nothing(call)
    result = {
        "updated": [context.show(name) for name in outcome.updated],
        "notUpdated": [
            {"attributeName": context.show(name), "reason": reason}
            for name, reason in outcome.not_updated
        ],
    }
    return plain(result, call, 207)


def name_of(call: Call, context: Context) -> str:
    """The attribute in the path, as kept."""
    name = call.names["attribute"]
    if name == "scope":
        return name
    if not is_name(name):
        raise BadRequestData(f"'{name[:100]}' is not a valid name of an attribute.")
    return context.keep(name)


def _instance(call: Call, raw: Any, how: Reading) -> Instance:
    if call.names["attribute"] == "scope":
        raise BadRequestData("The scope is no attribute: update it with the entity.")
    if isinstance(raw, dict):
        raw = {k: v for k, v in raw.items() if k != "@context"}
    found = read_attribute(call.names["attribute"], raw, how)
    if found is None or len(found) != 1:
        raise BadRequestData("The body is one instance of an attribute.")
    return found[0]


def update_part(broker: Broker, call: Call) -> Reply:
    """Partial Attribute Update (5.6.4)."""
    call.known(_LOCAL)
    id = id_of(call)
    raw, context = body_of(broker, call, merge_patch=True)
    name = name_of(call, context)
    if not isinstance(raw, dict) or not raw.keys() - {"@context"}:
        raise BadRequestData("The body is a fragment of an attribute.")
    fragment = _instance(call, raw, Reading(context, nulls=True, partial=True))
    broker.reads(call.tenant)

    def change_it(old: Entity | None, now: str) -> Entity:
        there = present(old, id)
        of_type(call, there, context)
        return change.partly_updated(there, name, fragment, now)

    broker.change(call.tenant, id, change_it)
    return nothing(call)


def replace(broker: Broker, call: Call) -> Reply:
    """Replace Attribute (5.6.19)."""
    call.known(_LOCAL)
    id = id_of(call)
    raw, context = body_of(broker, call)
    name = name_of(call, context)
    instance = _instance(call, raw, Reading(context))
    broker.reads(call.tenant)

    def change_it(old: Entity | None, now: str) -> Entity:
        there = present(old, id)
        of_type(call, there, context)
        return change.attribute_replaced(there, name, instance, now)

    broker.change(call.tenant, id, change_it)
    return nothing(call)


def delete(broker: Broker, call: Call) -> Reply:
    """Delete Attribute (5.6.5)."""
    call.known(frozenset(("datasetId", "deleteAll", "local", "type")))
    id = id_of(call)
    context = context_of(broker, call)
    name = name_of(call, context)
    dataset, every = call.get("datasetId"), call.flag("deleteAll")
    if dataset == "@none":
        dataset = None
    if dataset is not None and not is_uri(dataset):
        raise BadRequestData("datasetId is not a URI.")
    broker.reads(call.tenant)

    def change_it(old: Entity | None, now: str) -> Entity:
        there = present(old, id)
        of_type(call, there, context)
        return change.attribute_deleted(there, name, now, dataset, every)

    broker.change(call.tenant, id, change_it)
    return nothing(call)
