"""Subscriptions: read, checked, answered (clauses 5.2.12, 5.2.14, 5.2.15, 5.8)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kopa.api.ngsi_ld.context import Context, core_context
from kopa.api.ngsi_ld.entity import Entity
from kopa.api.ngsi_ld.mqtt_endpoint import is_mqtt, read_target
from kopa.api.ngsi_ld.names import JSON, LD_JSON, NULL, instant, is_uri, now_text
from kopa.api.ngsi_ld.problems import BadRequestData
from kopa.api.ngsi_ld.q_parse import parse_q
from kopa.api.ngsi_ld.query import EntityQuery, read_names, read_query, read_who

TRIGGERS = (
    "entityCreated",
    "entityUpdated",
    "entityDeleted",
    "attributeCreated",
    "attributeUpdated",
    "attributeDeleted",
)
DEFAULT_TRIGGERS = ("attributeCreated", "attributeUpdated")
FORMATS = {
    "normalized": "normalized",
    "concise": "concise",
    "simplified": "simplified",
    "keyValues": "simplified",
}
MEMBERS = frozenset(
    [
        "id",
        "type",
        "subscriptionName",
        "description",
        "entities",
        "watchedAttributes",
        "notificationTrigger",
        "timeInterval",
        "q",
        "geoQ",
        "scopeQ",
        "csf",
        "isActive",
        "notification",
        "expiresAt",
        "throttling",
        "temporalQ",
        "lang",
        "datasetId",
        "jsonldContext",
        "status",
        "createdAt",
        "modifiedAt",
        "splitEntities",
        "contextSourceInfo",
        "expandValues",
        "jsonKeys",
        "localOnly",
    ]
)
NOTIFICATION_MEMBERS = frozenset(
    [
        "attributes",
        "pick",
        "omit",
        "format",
        "endpoint",
        "showChanges",
        "sysAttrs",
        "join",
        "joinLevel",
        "status",
        "timesSent",
        "timesFailed",
        "lastNotification",
        "lastFailure",
        "lastSuccess",
        "containedBy",
    ]
)
"""Members of `notification`; what a client says of its status is dropped."""
STATUS_MEMBERS = frozenset(
    ["status", "timesSent", "timesFailed", "lastNotification", "lastFailure", "lastSuccess"]
)


@dataclass(frozen=True)
class Subscription:
    """A subscription, ready to be asked.

    Parameters
    ----------
    tenant, id
        Its name.
    document
        Its members, names as kept.
    context
        The ``@context`` of its notifications.
    created, modified
        Its times.
    query
        The entities that it is about.
    """

    tenant: str
    id: str
    document: dict[str, Any]
    context: Any
    created: str
    modified: str
    query: EntityQuery

    @property
    def notification(self) -> dict[str, Any]:
        """How it notifies."""
        found: dict[str, Any] = self.document["notification"]
        return found

    @property
    def triggers(self) -> frozenset[str]:
        """What it is notified of."""
        return frozenset(self.document.get("notificationTrigger", DEFAULT_TRIGGERS))

    @property
    def watched(self) -> frozenset[str]:
        """Attributes that it watches, as kept; empty for all."""
        return frozenset(self.document.get("watchedAttributes", ()))

    @cached_property
    def matches(self) -> Callable[[Entity], bool]:
        """Whether an entity is one that it is about."""
        return self.query.match()

    def status(self) -> str:
        """Whether it is active, paused or expired."""
        end = instant(self.document.get("expiresAt"))
        now = instant(now_text())
        if end is not None and now is not None and end <= now:
            return "expired"
        return "active" if self.document.get("isActive", True) else "paused"


def checked(raw: Any, context: Context) -> dict[str, Any]:
    """Members of a subscription, checked, with names as they are kept.

    Raises
    ------
    BadRequestData
        If it is not a valid subscription.
    """
    if not isinstance(raw, dict):
        raise BadRequestData("A subscription is a JSON object.")
    if raw.get("type") != "Subscription":
        raise BadRequestData("A subscription has the type 'Subscription'.")
    if "id" in raw and not is_uri(raw["id"]):
        raise BadRequestData("The id of a subscription is not a URI.")
    made = _checked_members(raw, context)
    _check_whole(made, context)
    return made


def patched(document: dict[str, Any], fragment: Any, context: Context) -> dict[str, Any]:
    """A subscription with members of a fragment in their place (clause 5.8.2)."""
    if not isinstance(fragment, dict) or not fragment.keys() - {"@context"}:
        raise BadRequestData("A fragment of a subscription is an object with members.")
    if fragment.get("type", "Subscription") != "Subscription":
        raise BadRequestData("A subscription has the type 'Subscription'.")
    gone = {name for name, value in fragment.items() if value == NULL or value is None}
    given = {k: v for k, v in fragment.items() if k not in gone and k != "id"}
    made = {k: v for k, v in document.items() if k not in gone}
    made |= _checked_members(given, context)
    _check_whole(made, context)
    return made


def _checked_members(raw: dict[str, Any], context: Context) -> dict[str, Any]:
    made = {k: v for k, v in raw.items() if k in MEMBERS}
    for name in ("status", "createdAt", "modifiedAt"):
        made.pop(name, None)
    for name, check in _CHECKS.items():
        if name in made:
            made[name] = check(name, made[name], context)
    return made


def _check_whole(document: dict[str, Any], context: Context) -> None:
    if "entities" not in document and "watchedAttributes" not in document:
        raise BadRequestData("A subscription needs entities or watchedAttributes.")
    if "timeInterval" in document and ("throttling" in document or "watchedAttributes" in document):
        raise BadRequestData("timeInterval goes with neither throttling nor watchedAttributes.")
    if "notification" not in document:
        raise BadRequestData("A subscription has no notification.")
    query_of(document, context)
    if "csf" in document:
        parse_q(document["csf"], context)


def query_of(document: dict[str, Any], context: Context) -> EntityQuery:
    """The entities that a subscription is about; its conditions are in the client's names."""
    members: dict[str, Any] = {k: document[k] for k in ("q", "scopeQ") if k in document}
    geo = document.get("geoQ")
    if geo is not None:
        if not isinstance(geo, dict):
            raise BadRequestData("geoQ is not an object.")
        members |= {k: v for k, v in geo.items() if v is not None}
        if not {"georel", "geometry", "coordinates"} <= members.keys():
            raise BadRequestData("geoQ needs georel, geometry and coordinates.")
    who = tuple(read_who(one, core_context()) for one in document.get("entities", ()))
    return read_query(members, who, context)


def _entities(name: str, value: Any, context: Context) -> Any:
    if not isinstance(value, list) or not value:
        raise BadRequestData("entities is a list of at least one selector.")
    made = []
    for one in value:
        read_who(one, context)
        types = one["type"] if isinstance(one["type"], str) else ",".join(one["type"])
        made.append({**one, "type": renamed(types, context.keep)})
    return made


def renamed(selection: str, name: Callable[[str], str]) -> str:
    """A selection of types with other names."""
    return re.sub(r"[^;|,()*]+", lambda found: name(found.group()), selection)


def _names(name: str, value: Any, context: Context) -> Any:
    if not isinstance(value, list) or not value:
        raise BadRequestData(f"{name} is a list of at least one name.")
    return read_names(value, context)


def _triggers(name: str, value: Any, context: Context) -> Any:
    if not isinstance(value, list) or not value or not all(one in TRIGGERS for one in value):
        raise BadRequestData(f"notificationTrigger is a list of {', '.join(TRIGGERS)}.")
    return value


def _positive(name: str, value: Any, context: Context) -> Any:
    good = isinstance(value, int | float) and not isinstance(value, bool)
    if not good or not 0 < value < 1e9:
        raise BadRequestData(f"{name} is a number of seconds above zero.")
    return value


def _flag(name: str, value: Any, context: Context) -> Any:
    if not isinstance(value, bool):
        raise BadRequestData(f"{name} is true or false.")
    return value


def _text(name: str, value: Any, context: Context) -> Any:
    if not isinstance(value, str) or not value:
        raise BadRequestData(f"{name} is not a text.")
    return value


def _uri(name: str, value: Any, context: Context) -> Any:
    if not is_uri(value):
        raise BadRequestData(f"{name} is not a URI.")
    return value


def _datasets(name: str, value: Any, context: Context) -> Any:
    several = value if isinstance(value, list) else [value]
    if not several or not all(one == "@none" or is_uri(one) for one in several):
        raise BadRequestData("datasetId is a list of URIs, or of '@none'.")
    return several


def _future(name: str, value: Any, context: Context) -> Any:
    moment, now = instant(value), instant(now_text())
    if moment is None or now is None:
        raise BadRequestData(f"{name} is not a DateTime.")
    if moment <= now:
        raise BadRequestData(f"{name} is in the past.")
    return value


def _notification(name: str, value: Any, context: Context) -> Any:
    if not isinstance(value, dict):
        raise BadRequestData("notification is not an object.")
    made = {k: v for k, v in value.items() if k in NOTIFICATION_MEMBERS - STATUS_MEMBERS}
    if made.get("format", "normalized") not in FORMATS:
        raise BadRequestData(f"The format of a notification is {', '.join(FORMATS)}.")
    made["endpoint"] = _endpoint(made.get("endpoint"))
    if "attributes" in made and ("pick" in made or "omit" in made):
        raise BadRequestData("attributes goes with neither pick nor omit.")
    for key in ("attributes", "pick", "omit"):
        if key in made:
            made[key] = read_members(made[key], context, key)
    if set(made.get("pick", ())) & set(made.get("omit", ())):
        raise BadRequestData("A member is both in pick and in omit.")
    for key in ("showChanges", "sysAttrs"):
        if key in made:
            _flag(key, made[key], context)
    if made.get("showChanges") and FORMATS[made.get("format", "normalized")] == "simplified":
        raise BadRequestData("showChanges does not go with the simplified format.")
    if made.get("join", "@none") not in ("flat", "inline", "@none"):
        raise BadRequestData("join is flat, inline or @none.")
    level = made.get("joinLevel", 1)
    if not isinstance(level, int) or isinstance(level, bool) or not 1 <= level <= 10:
        raise BadRequestData("joinLevel is a number from 1 to 10.")
    return made


def read_members(value: Any, context: Context, name: str) -> list[str]:
    """Names of members of an entity, as kept: id, type and scope as they are."""
    if not isinstance(value, list) or not value:
        raise BadRequestData(f"{name} is a list of at least one name.")
    plain = {"id", "type", "scope", "createdAt", "modifiedAt", "deletedAt"}
    return [one if one in plain else read_names([one], context)[0] for one in value]


def _endpoint(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or not isinstance(value.get("uri"), str):
        raise BadRequestData("The endpoint of a notification has no uri.")
    if not is_uri(value["uri"]):
        raise BadRequestData("The uri of the endpoint is not a URI.")
    if value.get("accept", JSON) not in (JSON, LD_JSON, "application/geo+json"):
        raise BadRequestData("The endpoint accepts a media type that cannot be given.")
    for key in ("receiverInfo", "notifierInfo"):
        pairs = value.get(key, [])
        if not isinstance(pairs, list) or not all(is_pair(pair) for pair in pairs):
            raise BadRequestData(f"{key} is a list of objects with key and value.")
    for key in ("timeout", "cooldown"):
        number = value.get(key, 0)
        if not isinstance(number, int | float) or isinstance(number, bool) or number < 0:
            raise BadRequestData(f"{key} of the endpoint is a number of milliseconds.")
    if is_mqtt(value["uri"]):
        read_target(value)
    return value


def is_pair(pair: Any) -> bool:
    """Whether something is a pair of key and value that a header can carry (clause 5.2.22)."""
    if not isinstance(pair, dict):
        return False
    key, value = pair.get("key"), pair.get("value")
    return (
        isinstance(key, str)
        and isinstance(value, str)
        and re.fullmatch(r"[!#$%&'*+.^_`|~\w-]{1,200}", key, re.ASCII) is not None
        and re.fullmatch(r"[\t\x20-\x7e]{0,4000}", value) is not None
    )


_CHECKS: dict[str, Callable[[str, Any, Context], Any]] = {
    "entities": _entities,
    "watchedAttributes": _names,
    "notificationTrigger": _triggers,
    "timeInterval": _positive,
    "throttling": _positive,
    "isActive": _flag,
    "subscriptionName": _text,
    "description": _text,
    "q": _text,
    "scopeQ": _text,
    "csf": _text,
    "lang": _text,
    "jsonldContext": _uri,
    "datasetId": _datasets,
    "expiresAt": _future,
    "notification": _notification,
}


def shown(subscription: Subscription, context: Context) -> dict[str, Any]:
    """A subscription as it is answered, without its status of delivery."""
    made = {k: v for k, v in subscription.document.items() if k != "id"}
    made = {"id": subscription.id, **made}
    if "entities" in made:
        made["entities"] = [
            {**one, "type": renamed(one["type"], context.show)} for one in made["entities"]
        ]
    if "watchedAttributes" in made:
        made["watchedAttributes"] = [context.show(name) for name in made["watchedAttributes"]]
    notification = dict(made["notification"])
    for key in ("attributes", "pick", "omit"):
        if key in notification:
            notification[key] = [_shown_member(name, context) for name in notification[key]]
    made["notification"] = notification
    made["status"] = subscription.status()
    made.setdefault("notificationTrigger", list(DEFAULT_TRIGGERS))
    return made


def _shown_member(name: str, context: Context) -> str:
    plain = ("id", "type", "scope", "createdAt", "modifiedAt", "deletedAt")
    return name if name in plain else context.show(name)
