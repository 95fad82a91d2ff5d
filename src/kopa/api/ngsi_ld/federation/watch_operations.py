"""Operations on subscriptions to registrations (5.11, 6.12, 6.13)."""

from __future__ import annotations

from dataclasses import replace

from kopa.api.ngsi_ld import subscription_operations as operations
from kopa.api.ngsi_ld.broker import Broker
from kopa.api.ngsi_ld.call import Call
from kopa.api.ngsi_ld.federation.watch import tell_all
from kopa.api.ngsi_ld.reply import Reply


def _view(broker: Broker) -> Broker:
    """The broker, its subscriptions being those to registrations."""
    return replace(broker, subscriptions=broker.watchers)


def create(broker: Broker, call: Call) -> Reply:
    """Create Context Source Registration Subscription (5.11.2)."""
    known = {one.id for one in broker.watchers.of(call.tenant)}
    reply = operations.create(_view(broker), call)
    for one in broker.watchers.of(call.tenant):
        if one.id not in known:
            tell_all(broker, one, "newlyMatching")
    return reply


def update(broker: Broker, call: Call) -> Reply:
    """Update Context Source Registration Subscription (5.11.3)."""
    reply = operations.update(_view(broker), call)
    tell_all(broker, broker.watchers.find(call.tenant, call.names["id"]), "newlyMatching")
    return reply


def retrieve(broker: Broker, call: Call) -> Reply:
    """Retrieve Context Source Registration Subscription (5.11.4)."""
    return operations.retrieve(_view(broker), call)


def find(broker: Broker, call: Call) -> Reply:
    """Query Context Source Registration Subscriptions (5.11.5)."""
    return operations.find(_view(broker), call)


def delete(broker: Broker, call: Call) -> Reply:
    """Delete Context Source Registration Subscription (5.11.6)."""
    return operations.delete(_view(broker), call)
