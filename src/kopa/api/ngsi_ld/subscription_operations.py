"""Operations on subscriptions (5.8, 6.10, 6.11)."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from kopa.api.ngsi_ld.ask import context_in, context_of, page_of, source_in
from kopa.api.ngsi_ld.broker import Broker
from kopa.api.ngsi_ld.call import Call
from kopa.api.ngsi_ld.context import Context
from kopa.api.ngsi_ld.names import is_uri, now_text
from kopa.api.ngsi_ld.problems import BadRequestData
from kopa.api.ngsi_ld.read_core import CORE_URL
from kopa.api.ngsi_ld.reply import Reply, created, document, nothing, paged
from kopa.api.ngsi_ld.subscription import Subscription, checked, patched, query_of, shown

_READ = frozenset(("options", "limit", "offset", "count", "local"))


def create(broker: Broker, call: Call) -> Reply:
    """Create Subscription (5.8.1)."""
    call.known(frozenset(("local",)))
    raw, kind = call.json()
    context = context_in(broker, call, raw, kind)
    document = checked(raw, context)
    broker.writes(call.tenant)
    id = document.pop("id", None) or f"urn:ngsi-ld:Subscription:{uuid.uuid4()}"
    now = now_text()
    source = _source(broker, call, document, source_in(call, raw, kind))
    subscription = Subscription(
        call.tenant, id, document, source, now, now, query_of(document, context)
    )
    broker.subscriptions.put(subscription, new=True)
    broker.wake()
    return created(call, f"{call.path.rstrip('/')}/{quote(id, safe=':')}")


def _source(broker: Broker, call: Call, document: dict[str, Any], source: Any) -> str:
    """URL of the @context of the notifications; it must be on board."""
    given = document.get("jsonldContext")
    if given is not None:
        broker.contexts.use(given, call.base)
        return str(given)
    if source is None:
        return CORE_URL
    if isinstance(source, list) and len(source) == 1:
        source = source[0]
    if isinstance(source, str):
        return source
    held = broker.contexts.add(call.tenant, source, "ImplicitlyCreated")
    document["jsonldContext"] = broker.contexts.url(held, call.base)
    return str(document["jsonldContext"])


def _id(call: Call) -> str:
    id = call.names["id"]
    if not is_uri(id):
        raise BadRequestData("The id of a subscription is not a URI.")
    return id


def retrieve(broker: Broker, call: Call) -> Reply:
    """Retrieve Subscription (5.8.3)."""
    call.known(_READ)
    media = call.accepted()
    id = _id(call)
    context = context_of(broker, call)
    broker.reads(call.tenant)
    subscription = broker.subscriptions.find(call.tenant, id)
    return document(_told(broker, subscription, call, context), call, media)


def _told(
    broker: Broker, subscription: Subscription, call: Call, context: Context
) -> dict[str, Any]:
    made = shown(subscription, context)
    if broker.subscriptions.about and "notificationTrigger" not in subscription.document:
        del made["notificationTrigger"]  # its default is about entities
    made["notification"] |= broker.subscriptions.status(subscription)
    if "sysAttrs" in call.options:
        made |= {"createdAt": subscription.created, "modifiedAt": subscription.modified}
    return made


def find(broker: Broker, call: Call) -> Reply:
    """Query Subscriptions (5.8.4)."""
    call.known(_READ)
    media = call.accepted()
    limit, offset, counts = page_of(call)
    context = context_of(broker, call)
    broker.reads(call.tenant)
    every = broker.subscriptions.of(call.tenant)
    page = every[offset : offset + limit]
    reply = document([_told(broker, one, call, context) for one in page], call, media)
    if counts:
        reply.headers["NGSILD-Results-Count"] = str(len(every))
    return paged(reply, call, offset, limit, bool(limit) and offset + limit < len(every))


def update(broker: Broker, call: Call) -> Reply:
    """Update Subscription (5.8.2)."""
    call.known(frozenset(("local",)))
    id = _id(call)
    raw, kind = call.json(merge_patch=True)
    source = source_in(call, raw, kind)
    context = broker.contexts.use(source, call.base)
    broker.reads(call.tenant)
    old = broker.subscriptions.find(call.tenant, id)
    if isinstance(raw, dict) and raw.get("id", id) != id:
        raise BadRequestData("The id of the body is not that of the path.")
    document = patched(old.document, raw, context)
    kept = old.context if source is None and "jsonldContext" not in document else None
    meaning = context if kept is None else broker.contexts.use(kept, call.base)
    subscription = replace(
        old,
        document=document,
        context=kept or _source(broker, call, document, source),
        modified=now_text(),
        query=query_of(document, meaning),
    )
    broker.subscriptions.put(subscription, new=False)
    broker.wake()
    return nothing(call)


def delete(broker: Broker, call: Call) -> Reply:
    """Delete Subscription (5.8.5)."""
    call.known(frozenset(("local",)))
    id = _id(call)
    broker.reads(call.tenant)
    broker.subscriptions.remove(call.tenant, id)
    return nothing(call)
