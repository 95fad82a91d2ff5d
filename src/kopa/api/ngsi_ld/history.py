"""Instances of attributes ↔ observations: how the past of an entity is kept.

A number or a text with its time and unit is one lean row. Whatever else an instance says
(sub-attributes, another type, the times of the system) stands beside it as JSON.
An instance is named by attribute, `datasetId` and time; its `instanceId` says just that.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from datetime import timedelta
from functools import lru_cache

import msgspec

from kopa.api.ngsi_ld.attribute import Instance
from kopa.api.ngsi_ld.names import VALUE_MEMBER, instant
from kopa.store.observations import EARLIEST, LATEST, Key, Label, Observation
from kopa.store.times import EPOCH, parse_moment

INSTANCE = "urn:ngsi-ld:instance:"
GONE = b'{"gone":true}'
"""What stands where an instance was deleted."""
_LEAN = frozenset(("type", "value", "observedAt", "unitCode", "datasetId", "createdAt"))


@lru_cache(maxsize=4096)
def moment_us(text: str) -> int:
    """A DateTime in µs since 1970."""
    at = parse_moment(text)
    return EARLIEST if at is None else at


def moment_text(at: int) -> str:
    """µs since 1970 as a DateTime."""
    return (EPOCH + timedelta(microseconds=at)).replace(tzinfo=None).isoformat() + "Z"


def observation(entity: str, name: str, instance: Instance) -> Observation:
    """An instance as it is kept in history.

    Parameters
    ----------
    entity
        Id of the entity.
    name
        Of the attribute, as kept.
    instance
        The instance.

    Returns
    -------
    Observation
        Its row: at `observedAt`, else when it was modified.
    """
    time = instance.get("observedAt") or instance.get("modifiedAt") or instance["createdAt"]
    at = min(max(moment_us(time), EARLIEST), LATEST - 1)
    value = instance.get("value") if instance.get("type") == "Property" else None
    plain: float | str | None = None
    if isinstance(value, str):
        plain = value
    elif isinstance(value, int | float) and _is_plain(value):
        plain = float(value)
    made = {k: v for k, v in instance.items() if k != "instanceId"}
    lean = plain is not None and made.keys() - {"modifiedAt"} <= _LEAN and "observedAt" in made
    lean = (
        lean
        and moment_text(at) == made["observedAt"]
        and (isinstance(value, str) or plain == value)
    )
    raw = None if lean else msgspec.json.encode(made).decode()
    label = Label(unit=str(instance.get("unitCode", "")))
    return Observation(Key(entity, name, instance.get("datasetId", "")), at, plain, label, raw)


def _is_plain(value: int | float) -> bool:
    """Whether a number is one that a float keeps: no truth, and not too large."""
    return not isinstance(value, bool) and abs(value) < 1e300


def gone(key: Key, at: int) -> Observation:
    """What is written over an instance that is deleted."""
    return Observation(key, at, None, Label(), GONE.decode())


def instance_of(row: Observation) -> Instance | None:
    """The instance that a row keeps, None if it is deleted."""
    made: Instance | None = None
    if row.raw is not None:
        try:
            found = msgspec.json.decode(row.raw)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            found = row.raw
        if isinstance(found, dict) and found.get("gone") is True:
            return None
        if isinstance(found, dict) and found.get("type") in tuple(VALUE_MEMBER):
            made = found
        elif row.value is None:
            made = {"type": "Property", "value": row.raw, "observedAt": moment_text(row.at)}
    if made is None:
        value = row.value
        made = {"type": "Property", "value": value, "observedAt": moment_text(row.at)}
        if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
            made["value"] = int(value)
    if row.label.unit:
        made.setdefault("unitCode", row.label.unit)
    if row.label.simulated:
        made.setdefault("simulated", [{"type": "Property", "value": True}])
    if row.key.dataset:
        made.setdefault("datasetId", row.key.dataset)
    made["instanceId"] = instance_id(row.key, row.at)
    return made


def instance_id(key: Key, at: int) -> str:
    """The `instanceId` of a row."""
    text = f"{at}|{key.dataset}".encode()
    return INSTANCE + urlsafe_b64encode(text).decode().rstrip("=")


def read_instance_id(text: str) -> tuple[int, str] | None:
    """Time and `datasetId` that an `instanceId` names, None if it is none of ours."""
    if not text.startswith(INSTANCE):
        return None
    part = text[len(INSTANCE) :]
    try:
        at, _, dataset = urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode().partition("|")
        return int(at), dataset
    except (ValueError, UnicodeError, Base64Error):
        return None


def time_of(instance: Instance, timeproperty: str) -> str | None:
    """The time of an instance that a temporal query asks about."""
    time = instance.get(timeproperty)
    if time is None and timeproperty in ("createdAt", "modifiedAt"):
        time = instance.get("observedAt")
    return time if instant(time) is not None else None
