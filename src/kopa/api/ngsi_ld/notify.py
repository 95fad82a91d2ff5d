"""Which subscriptions a write concerns, and what they are told (clauses 5.8.6, 5.3.1)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from kopa.api.ngsi_ld.attribute import Instance
from kopa.api.ngsi_ld.change import Difference
from kopa.api.ngsi_ld.context import Context
from kopa.api.ngsi_ld.entity import Entity, attributes
from kopa.api.ngsi_ld.geojson import collection, feature
from kopa.api.ngsi_ld.links import Told
from kopa.api.ngsi_ld.names import GEO_JSON, JSON, NULL, VALUE_MEMBER
from kopa.api.ngsi_ld.represent import Form, answer
from kopa.api.ngsi_ld.subscription import FORMATS, Subscription

PREVIOUS = {
    "value": "previousValue",
    "object": "previousObject",
    "languageMap": "previousLanguageMap",
    "vocab": "previousVocab",
    "json": "previousJson",
    "valueList": "previousValueList",
    "objectList": "previousObjectList",
}


@dataclass(frozen=True, slots=True)
class Event:
    """What a write did to one entity.

    Parameters
    ----------
    old, new
        The entity before and after; None where it was not, or is no more.
    differences
        What of its attributes changed.
    at
        When.
    """

    old: Entity | None
    new: Entity | None
    differences: tuple[Difference, ...]
    at: str

    @property
    def entity(self) -> Entity:
        """The entity after it, or the one that is no more."""
        found = self.new if self.new is not None else self.old
        assert found is not None
        return found


def concerns(subscription: Subscription, event: Event) -> bool:
    """Whether a subscription is notified of an event."""
    if "timeInterval" in subscription.document or subscription.status() != "active":
        return False
    return triggered(subscription, event) and subscription.matches(event.entity)


def triggered(subscription: Subscription, event: Event) -> bool:
    """Whether what happened is among what a subscription waits for."""
    triggers, watched = subscription.triggers, subscription.watched
    touched = [d for d in event.differences if not watched or d.attribute in watched]
    if event.new is None:
        deleted = "entityDeleted" in triggers and (not watched or bool(touched))
        return deleted or ("attributeDeleted" in triggers and bool(touched))
    if watched and not touched:
        return False
    if "entityCreated" in triggers and event.old is None:
        return True
    if "entityUpdated" in triggers and event.old is not None:
        return True
    return any(d.trigger in triggers for d in touched)


def data_of(subscription: Subscription, event: Event) -> Entity:
    """The entity that a notification tells, with what was deleted shown as null."""
    notification = subscription.notification
    changes, times = (bool(notification.get(name)) for name in ("showChanges", "sysAttrs"))
    watched = subscription.watched
    if event.new is None:
        assert event.old is not None
        made: Entity = {k: event.old[k] for k in ("id", "type", "createdAt", "modifiedAt")}
        made["deletedAt"] = event.at
        wanted = set(notification.get("attributes", ())) or set(notification.get("pick", ()))
        told = wanted or watched or (set(attributes(event.old)) if changes else set())
        for name, found in attributes(event.old).items():
            if name in told:
                made[name] = [_deleted(one, event.at, changes, times) for one in found]
        return made
    made = dict(event.new)
    for difference in event.differences:
        if difference.trigger == "attributeDeleted" and difference.old is not None:
            if not watched or difference.attribute in watched:
                null = _deleted(difference.old, event.at, changes, times)
                if difference.attribute in event.new:
                    made[difference.attribute] = [*made[difference.attribute], null]
                elif difference.attribute not in made or "datasetId" not in null:
                    made[difference.attribute] = [null]
        elif changes and difference.trigger == "attributeUpdated":
            made[difference.attribute] = [
                _with_previous(one, difference) for one in made[difference.attribute]
            ]
    return made


def _deleted(old: Instance, at: str, changes: bool, times: bool) -> Instance:
    member = VALUE_MEMBER[old["type"]]
    keep = ("type", "datasetId", "createdAt", "modifiedAt")
    made = {k: v for k, v in old.items() if k in keep}
    made[member] = {"@none": NULL} if member == "languageMap" else NULL
    if times:
        made["deletedAt"] = at
    if changes:
        made[PREVIOUS[member]] = old[member]
    return made


def _with_previous(instance: Instance, difference: Difference) -> Instance:
    old, new = difference.old, difference.new
    if old is None or new is None or instance.get("datasetId") != new.get("datasetId"):
        return instance
    member = VALUE_MEMBER[old["type"]]
    return {**instance, PREVIOUS[member]: old[member]} if old.get(member) is not None else instance


def form_of(subscription: Subscription, context: Context) -> Form:
    """The form in which a subscription is told entities."""
    notification = subscription.notification
    pick = notification.get("pick", ())
    if "attributes" in notification:
        pick = (*notification["attributes"], "id", "type", "scope", "deletedAt")
        if notification.get("sysAttrs"):
            pick = (*pick, "createdAt", "modifiedAt")
    return Form(
        context,
        FORMATS[notification.get("format", "normalized")],  # type: ignore[arg-type]  # checked when it came
        times=bool(notification.get("sysAttrs")),
        lang=subscription.document.get("lang", ""),
        pick=frozenset(pick),
        omit=frozenset(notification.get("omit", ())),
        datasets=frozenset(subscription.document.get("datasetId", ())),
    )


def rendered(entities: list[Told], accept: str) -> Any:
    """Entities, each in its form, as the data of a notification."""
    if accept == GEO_JSON:
        return collection([feature(entity, form, "location") for entity, form in entities])
    made = []
    for entity, form in entities:
        told = answer(entity, form)
        if "deletedAt" in entity:
            told["deletedAt"] = entity["deletedAt"]
        made.append(told)
    return made


def notification(subscription: Subscription, data: Any, at: str) -> dict[str, Any]:
    """A notification, without ``@context``."""
    return {
        "id": f"urn:ngsi-ld:Notification:{uuid.uuid4()}",
        "type": "Notification",
        "subscriptionId": subscription.id,
        "notifiedAt": at,
        "data": data,
    }


def accepts(subscription: Subscription) -> str:
    """Media type that the endpoint wants."""
    return str(subscription.notification["endpoint"].get("accept", JSON))
