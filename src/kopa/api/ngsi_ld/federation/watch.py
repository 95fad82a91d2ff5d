"""Who is told when context sources come, change and go (clauses 5.3.2, 5.11.7)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from kopa.api.ngsi_ld.federation.registration import Registration, shown, shown_information
from kopa.api.ngsi_ld.history import moment_text, moment_us
from kopa.api.ngsi_ld.problems import Problem
from kopa.api.ngsi_ld.q_eval import compiled_q
from kopa.api.ngsi_ld.q_parse import parse_q
from kopa.api.ngsi_ld.query import EntityQuery
from kopa.api.ngsi_ld.select import scope_match
from kopa.api.ngsi_ld.storage import now_us
from kopa.api.ngsi_ld.subscription import Subscription
from kopa.api.ngsi_ld.temporal_query import TemporalQuery, read_temporal_query
from kopa.store.contract import Batch
from kopa.store.documents import Send

if TYPE_CHECKING:
    from kopa.api.ngsi_ld.broker import Broker

WATCHED = "csource"
Reason = Literal["newlyMatching", "updated", "noLongerMatching"]


def target_of(subscription: Subscription) -> str:
    """Name of a subscription to registrations in the outbox."""
    return f"{WATCHED} {subscription.id}"


def suits(registration: Registration, wanted: EntityQuery, temporal: TemporalQuery) -> bool:
    """Whether a registration is one that a query for registrations, or a subscription, asks for."""
    if not any(info.meets(wanted) for info in registration.infos):
        return False
    told = registration.properties()
    if wanted.q is not None and not compiled_q(wanted.q)(told):
        return False
    if wanted.geo is not None and not wanted.geo.matches(told):
        return False
    if wanted.scopes is not None and not scope_match(wanted.scopes, told.get("scope", ())):
        return False
    return in_time(registration.document, temporal)


def in_time(document: Mapping[str, Any], temporal: TemporalQuery) -> bool:
    """Whether the interval of a source lies in that of a temporal query (clause 5.10.2.4).

    A source of the past is found only by who asks for the past, and the other way round.
    """
    observed = temporal.timeproperty == "observedAt"
    interval = document.get("observationInterval" if observed else "managementInterval")
    if not temporal.given:
        return not {"observationInterval", "managementInterval"} & document.keys()
    if interval is None:
        return False
    begin, end = moment_us(interval["startAt"]), interval.get("endAt")
    return begin < temporal.end and (end is None or moment_us(end) >= temporal.begin)


def asked_of(subscription: Subscription) -> tuple[EntityQuery, TemporalQuery]:
    """What a subscription to registrations asks for.

    Its `q` is about entities, and so about nothing that a registration could tell.
    """
    query = subscription.query
    names = tuple(subscription.document.get("watchedAttributes", ()))
    wanted = EntityQuery(query.who, names, None, query.geo, query.scopes)
    return wanted, read_temporal_query(subscription.document.get("temporalQ", {}), [])


def wants(broker: Broker, subscription: Subscription, one: Registration | None) -> bool:
    """Whether a registration is one that a subscription is about."""
    if one is None or not suits(one, *asked_of(subscription)):
        return False
    csf = subscription.document.get("csf")
    if not csf:
        return True
    context = broker.contexts.use(subscription.context)
    return compiled_q(parse_q(csf, context))(one.properties())


def tell_change(broker: Broker, old: Registration | None, new: Registration | None) -> None:
    """Notify of a registration that came, changed or went."""
    one = new or old
    assert one is not None
    sends = []
    for subscription in broker.watchers.of(one.tenant):
        if subscription.status() != "active" or "timeInterval" in subscription.document:
            continue
        try:
            before, after = (wants(broker, subscription, each) for each in (old, new))
            if before or after:
                told = new if after and new is not None else one
                sends.append(_send(broker, subscription, [told], _reason(before, after)))
        except Problem:  # its context is not on board any more
            continue
    _commit(broker, sends)


def _reason(before: bool, after: bool) -> Reason:
    if before and after:
        return "updated"
    return "newlyMatching" if after else "noLongerMatching"


def tell_all(broker: Broker, subscription: Subscription, reason: Reason) -> None:
    """Notify a subscription of all registrations that it is about."""
    if subscription.status() != "active":
        return
    every = broker.registrations.of(subscription.tenant)
    try:
        found = [one for one in every if wants(broker, subscription, one)]
        if found:
            _commit(broker, [_send(broker, subscription, found, reason)])
    except Problem:  # its context is not on board any more
        return


def _send(
    broker: Broker, subscription: Subscription, found: list[Registration], reason: Reason
) -> Send:
    context = broker.contexts.use(subscription.context)
    wanted, _ = asked_of(subscription)
    data = []
    for one in found:
        told = shown(one, context)
        parts = zip(one.infos, one.document["information"], strict=True)
        told["information"] = [
            _with_lists(shown_information(raw, context))
            for info, raw in parts
            if reason == "noLongerMatching" or info.meets(wanted)
        ]
        data.append(told)
    at = now_us()
    content = {
        "id": f"urn:ngsi-ld:ContextSourceNotification:{uuid.uuid4()}",
        "type": "ContextSourceNotification",
        "subscriptionId": subscription.id,
        "notifiedAt": moment_text(at),
        "triggerReason": reason,
        "data": data,
    }
    body = msgspec.json.encode(content)
    return Send(subscription.tenant, target_of(subscription), body, at)


def _with_lists(information: dict[str, Any]) -> dict[str, Any]:
    """Information whose entities have their types as lists, whatever was registered."""
    if "entities" in information:
        information["entities"] = [
            {**one, "type": one["type"] if isinstance(one["type"], list) else [one["type"]]}
            for one in information["entities"]
        ]
    return information


def _commit(broker: Broker, sends: list[Send]) -> None:
    if sends:
        broker.storage.store.commit(Batch(outbox=tuple(sends)))
        broker.wake()
