"""Which types and attributes there are (5.7.5 to 5.7.10, 6.25 to 6.28)."""

from __future__ import annotations

import time
import uuid
from collections import defaultdict
from typing import Any

from kopa.api.ngsi_ld.ask import context_of
from kopa.api.ngsi_ld.broker import Broker
from kopa.api.ngsi_ld.call import Call
from kopa.api.ngsi_ld.context import Context, full_name
from kopa.api.ngsi_ld.entity import attributes
from kopa.api.ngsi_ld.names import is_name, now_text
from kopa.api.ngsi_ld.problems import BadRequestData, NotFound
from kopa.api.ngsi_ld.reply import Reply, document
from kopa.api.ngsi_ld.storage import HIDDEN
from kopa.store.query import Query

_DETAILS = frozenset(("details", "local", "options"))


def types(broker: Broker, call: Call) -> Reply:
    """Retrieve Available Entity Types (5.7.5, 5.7.6)."""
    call.known(_DETAILS)
    media = call.accepted()
    context = context_of(broker, call)
    broker.reads(call.tenant)
    store = broker.storage.store
    names = [name for name, count in store.types(call.tenant).items() if count]
    if call.flag("details"):
        told = [_type(broker, call, name, context) for name in names]
        return document(told, call, media)
    made = {
        "id": f"urn:ngsi-ld:EntityTypeList:{uuid.uuid4().hex}",
        "type": "EntityTypeList",
        "typeList": sorted(context.show(name) for name in names),
    }
    return document(made, call, media)


def _type(broker: Broker, call: Call, name: str, context: Context) -> dict[str, Any]:
    found = _attribute_counts(broker, call, name)
    return {
        "id": full_name(name),
        "type": "EntityType",
        "typeName": context.show(name),
        "attributeNames": [context.show(one) for one in found],
    }


def _attribute_counts(broker: Broker, call: Call, type: str = "") -> dict[str, int]:
    found = broker.storage.store.attribute_names(call.tenant, type)
    return {name: count for name, count in found.items() if count and name not in HIDDEN}


def one_type(broker: Broker, call: Call) -> Reply:
    """Retrieve Entity Type Information (5.7.7)."""
    call.known(frozenset(("local",)))
    media = call.accepted()
    context = context_of(broker, call)
    name = _name(call, context)
    broker.reads(call.tenant)
    count = broker.storage.store.types(call.tenant).get(name, 0)
    if not count:
        raise NotFound(f"There is no entity of type '{call.names['name']}'.")
    kinds = _kinds(broker, call, name)
    made = {
        "id": full_name(name),
        "type": "EntityTypeInfo",
        "typeName": context.show(name),
        "entityCount": count,
        "attributeDetails": [
            {
                "id": full_name(one),
                "type": "Attribute",
                "attributeName": context.show(one),
                "attributeTypes": sorted(kinds[one]),
            }
            for one in _attribute_counts(broker, call, name)
        ],
    }
    return document(made, call, media)


def _kinds(broker: Broker, call: Call, type: str) -> dict[str, set[str]]:
    """Kinds of the attributes of entities of a type."""
    kinds: dict[str, set[str]] = defaultdict(set)
    for entity in broker.storage.every(Query(call.tenant, types=(type,))):
        for name, found in attributes(entity).items():
            kinds[name].update(one["type"] for one in found)
    return kinds


def identity(broker: Broker, call: Call) -> Reply:
    """Retrieve Context Source Identity Information (5.15.1)."""
    call.known(frozenset())
    media = call.accepted()
    broker.reads(call.tenant)
    alias = f"kopa-{call.tenant}" if call.tenant else "kopa"
    made = {
        "id": f"urn:ngsi-ld:ContextSourceIdentity:{alias}",
        "type": "ContextSourceIdentity",
        "contextSourceAlias": alias,
        "contextSourceUptime": f"PT{int(time.monotonic() - _STARTED)}S",
        "contextSourceTimeAt": now_text(),
    }
    return document(made, call, media)


_STARTED = time.monotonic()


def _name(call: Call, context: Context) -> str:
    name = call.names["name"]
    if not is_name(name):
        raise BadRequestData(f"'{name[:100]}' is not a valid name.")
    return context.keep(name)


def attribute_list(broker: Broker, call: Call) -> Reply:
    """Retrieve Available Attributes (5.7.8, 5.7.9)."""
    call.known(_DETAILS)
    media = call.accepted()
    context = context_of(broker, call)
    broker.reads(call.tenant)
    names = _attribute_counts(broker, call)
    if call.flag("details"):
        by_type = _types_of(broker, call, context)
        told = [
            {
                "id": full_name(name),
                "type": "Attribute",
                "attributeName": context.show(name),
                "typeNames": sorted(by_type[name]),
            }
            for name in names
        ]
        return document(told, call, media)
    made = {
        "id": f"urn:ngsi-ld:AttributeList:{uuid.uuid4().hex}",
        "type": "AttributeList",
        "attributeList": sorted(context.show(name) for name in names),
    }
    return document(made, call, media)


def _types_of(broker: Broker, call: Call, context: Context) -> dict[str, set[str]]:
    """Types of the entities that have each attribute."""
    found: dict[str, set[str]] = defaultdict(set)
    for type in broker.storage.store.types(call.tenant):
        for name in _attribute_counts(broker, call, type):
            found[name].add(context.show(type))
    return found


def one_attribute(broker: Broker, call: Call) -> Reply:
    """Retrieve Attribute Information (5.7.10)."""
    call.known(frozenset(("local",)))
    media = call.accepted()
    context = context_of(broker, call)
    name = _name(call, context)
    broker.reads(call.tenant)
    count = _attribute_counts(broker, call).get(name, 0)
    if not count:
        raise NotFound(f"No entity has the attribute '{call.names['name']}'.")
    kinds: set[str] = set()
    for entity in broker.storage.every(Query(call.tenant, attributes=(name,))):
        kinds.update(one["type"] for one in entity.get(name, ()))
    made = {
        "id": full_name(name),
        "type": "Attribute",
        "attributeName": context.show(name),
        "attributeCount": count,
        "attributeTypes": sorted(kinds),
        "typeNames": sorted(_types_of(broker, call, context)[name]),
    }
    return document(made, call, media)
