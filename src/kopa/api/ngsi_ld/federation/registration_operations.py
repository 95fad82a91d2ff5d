"""Operations on registrations of context sources (5.9, 5.10, 6.8, 6.9)."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import quote

from kopa.api.ngsi_ld.ask import body_of, context_of, page_of, query_of
from kopa.api.ngsi_ld.broker import Broker
from kopa.api.ngsi_ld.call import Call
from kopa.api.ngsi_ld.context import Context
from kopa.api.ngsi_ld.federation.registration import Registration, checked, patched, shown
from kopa.api.ngsi_ld.federation.watch import suits, tell_change
from kopa.api.ngsi_ld.names import is_uri, now_text
from kopa.api.ngsi_ld.problems import BadRequestData
from kopa.api.ngsi_ld.q_eval import compiled_q
from kopa.api.ngsi_ld.q_parse import parse_q
from kopa.api.ngsi_ld.reply import Reply, created, document, nothing, paged
from kopa.api.ngsi_ld.temporal_query import read_temporal_query

PATH = "/ngsi-ld/v1/csourceRegistrations"
_QUERY = frozenset(
    ("options", "limit", "offset", "count", "type", "id", "idPattern", "attrs", "q", "csf")
    + ("georel", "geometry", "coordinates", "geoproperty", "scopeQ")
    + ("timerel", "timeAt", "endTimeAt", "timeproperty", "local")
)


def create(broker: Broker, call: Call) -> Reply:
    """Register Context Source (5.9.2)."""
    call.known(frozenset())
    raw, context = body_of(broker, call)
    document = checked(raw, context)
    broker.writes(call.tenant)
    id = document.pop("id", None) or f"urn:ngsi-ld:ContextSourceRegistration:{uuid.uuid4()}"
    now = now_text()
    registration = Registration(call.tenant, id, document, now, now)
    broker.registrations.put(registration, new=True)
    tell_change(broker, None, registration)
    return created(call, f"{PATH}/{quote(id, safe=':')}")


def _id(call: Call) -> str:
    id = call.names["id"]
    if not is_uri(id):
        raise BadRequestData("The id of a registration is not a URI.")
    return id


def update(broker: Broker, call: Call) -> Reply:
    """Update Context Source Registration (5.9.3)."""
    call.known(frozenset())
    id = _id(call)
    raw, context = body_of(broker, call, merge_patch=True)
    broker.reads(call.tenant)
    old = broker.registrations.find(call.tenant, id)
    document = patched(old.document, raw, context)
    new = Registration(call.tenant, id, document, old.created, now_text())
    broker.registrations.put(new, new=False)
    tell_change(broker, old, new)
    return nothing(call)


def delete(broker: Broker, call: Call) -> Reply:
    """Delete Context Source Registration (5.9.4)."""
    call.known(frozenset())
    id = _id(call)
    broker.reads(call.tenant)
    tell_change(broker, broker.registrations.remove(call.tenant, id), None)
    return nothing(call)


def retrieve(broker: Broker, call: Call) -> Reply:
    """Retrieve Context Source Registration (5.10.1)."""
    call.known(frozenset(("options",)))
    media = call.accepted()
    id = _id(call)
    context = context_of(broker, call)
    broker.reads(call.tenant)
    found = broker.registrations.find(call.tenant, id)
    return document(_told(found, call, context), call, media)


def _told(registration: Registration, call: Call, context: Context) -> dict[str, Any]:
    made = shown(registration, context)
    if "sysAttrs" in call.options:
        made |= {"createdAt": registration.created, "modifiedAt": registration.modified}
    return made


def find(broker: Broker, call: Call) -> Reply:
    """Query Context Source Registrations (5.10.2)."""
    call.known(_QUERY)
    media = call.accepted()
    limit, offset, counts = page_of(call)
    context = context_of(broker, call)
    if call.get("attrs") == "":
        del call.parameters["attrs"]
    wanted = query_of(call, context)
    temporal = read_temporal_query(
        {k: v for k, v in call.parameters.items() if v or k != "timeproperty"}, []
    )
    if not wanted.selective():
        raise BadRequestData("A query for registrations needs type, attrs, id or idPattern, or q.")
    csf = call.get("csf")
    test = compiled_q(parse_q(csf, context)) if csf else lambda entity: True
    broker.reads(call.tenant)
    every = [
        one
        for one in broker.registrations.of(call.tenant)
        if suits(one, wanted, temporal) and test(one.properties())
    ]
    page = every[offset : offset + limit]
    reply = document([_told(one, call, context) for one in page], call, media)
    if counts:
        reply.headers["NGSILD-Results-Count"] = str(len(every))
    return paged(reply, call, offset, limit, bool(limit) and offset + limit < len(every))
