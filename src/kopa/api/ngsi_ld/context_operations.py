"""Operations on @contexts (5.13, 6.29, 6.30)."""

from __future__ import annotations

from kopa.api.ngsi_ld.broker import Broker
from kopa.api.ngsi_ld.call import Call
from kopa.api.ngsi_ld.contexts import PATH
from kopa.api.ngsi_ld.problems import InvalidRequest, NotSupported
from kopa.api.ngsi_ld.reply import Reply, created, nothing, plain


def add(broker: Broker, call: Call) -> Reply:
    """Add @context (5.13.2)."""
    call.known(frozenset())
    raw, _ = call.json()
    if not isinstance(raw, dict) or "@context" not in raw:
        raise InvalidRequest("The body is an object with an @context.")
    broker.writes(call.tenant)
    held = broker.contexts.add(call.tenant, raw["@context"])
    return created(call, f"{PATH}{held.id}")


def find(broker: Broker, call: Call) -> Reply:
    """List @contexts (5.13.3)."""
    call.known(frozenset(("details", "kind")))
    details = call.flag("details")
    contexts = broker.contexts
    found = contexts.listed(call.tenant, call.get("kind"))
    if details:
        return plain([contexts.details(held, call.base) for held in found], call)
    return plain([contexts.url(held, call.base) for held in found], call)


def serve(broker: Broker, call: Call) -> Reply:
    """Serve @context (5.13.4)."""
    call.known(frozenset(("details",)))
    details = call.flag("details")
    broker.reads(call.tenant)
    held = broker.contexts.find(call.tenant, _id(call))
    if details:
        return plain(broker.contexts.details(held, call.base), call)
    if held.kind == "Cached":
        raise NotSupported("A cached @context is served by where it came from.")
    return plain({"@context": held.context}, call)


def delete(broker: Broker, call: Call) -> Reply:
    """Delete and reload @context (5.13.5)."""
    call.known(frozenset(("reload",)))
    reload = call.flag("reload")
    broker.reads(call.tenant)
    if reload:
        broker.contexts.reload(call.tenant, _id(call))
        return plain({}, call)
    broker.contexts.remove(call.tenant, _id(call))
    return nothing(call)


def _id(call: Call) -> str:
    return call.names["id"].rsplit(PATH, 1)[-1]
