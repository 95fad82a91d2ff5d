"""Observations that clients send: durable before they are answered (18-088, 10 and 12.2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from kopa.api.ngsi_ld import change
from kopa.api.ngsi_ld.attribute import Instance
from kopa.api.ngsi_ld.broker import Change
from kopa.api.ngsi_ld.entity import Entity
from kopa.api.ngsi_ld.history import moment_text, moment_us, observation
from kopa.api.ngsi_ld.storage import now_us
from kopa.api.sensorthings.catalogue import Catalogue
from kopa.api.sensorthings.items import EXTRAS, Item, observation_id
from kopa.errors import KopaError, RangeError
from kopa.store import Key
from kopa.store.times import parse_moment

MOST_ROWS = 50_000
"""Observations of one request."""
_KNOWN = frozenset(("phenomenonTime", "result", "Datastream", "FeatureOfInterest", *EXTRAS))


class NotServedError(KopaError):
    """The standard has it, and Kopa has not (HTTP 501)."""

    code = "sensorthings-not-served"


class NoSuchItemError(KopaError):
    """There is no such item (HTTP 404)."""

    code = "sensorthings-none"


@dataclass(frozen=True, slots=True)
class New:
    """An observation to keep: its series, and the instance of the attribute that it is."""

    key: Key
    instance: Instance

    @property
    def at(self) -> int:
        """Its time, µs since 1970."""
        return moment_us(self.instance["observedAt"])


def read_observation(catalogue: Catalogue, body: Any, stream: Item | None = None) -> New:
    """Read an Observation.

    Parameters
    ----------
    catalogue
        What there is.
    body
        What was sent.
    stream
        The Datastream that the URL names; else the body does.

    Raises
    ------
    RangeError
        If it is none.
    NotServedError
        If it would make other items with it.
    """
    if not isinstance(body, dict):
        raise RangeError("an Observation is a JSON object")
    for name in body:
        if name.partition("@")[0] not in _KNOWN:
            raise RangeError(f"an Observation has no '{name[:40]}'")
    if "result" not in body:
        raise RangeError("an Observation has a result")
    if "Datastream" in body:
        named = _linked(catalogue, body["Datastream"], "Datastream")
        if stream is not None and named.id != stream.id:
            raise RangeError("the URL names another Datastream than the body")
        stream = named
    if stream is None:
        raise RangeError('an Observation needs a Datastream: "Datastream": {"@iot.id": "…"}')
    if "FeatureOfInterest" in body:
        feature = _linked(catalogue, body["FeatureOfInterest"], "FeatureOfInterest")
        if feature.id != stream.key.entity:
            raise RangeError(f"this Datastream observes '{stream.key.entity}' and nothing else")
    return New(stream.key, _instance(catalogue, body, stream))


def _linked(catalogue: Catalogue, raw: Any, kind: str) -> Item:
    if not isinstance(raw, dict) or "@iot.id" not in raw:
        raise NotServedError(f"a {kind} is not made with an Observation: link it by its @iot.id")
    found = catalogue.one(kind, str(raw["@iot.id"]))
    if found is None:
        raise RangeError(f"there is no {kind} '{str(raw['@iot.id'])[:200]}'")
    return found


def _instance(catalogue: Catalogue, body: Mapping[str, Any], stream: Item) -> Instance:
    at = _time(body.get("phenomenonTime"))
    if body["result"] is None:
        raise RangeError("a result is a value, not null")
    kind = "JsonProperty" if isinstance(body["result"], dict | list) else "Property"
    member = "json" if kind == "JsonProperty" else "value"
    made: Instance = {"type": kind, member: body["result"], "observedAt": moment_text(at)}
    code = _unit(stream)
    if code:
        made["unitCode"] = code
    if stream.key.dataset:
        made["datasetId"] = stream.key.dataset
    for name in EXTRAS:
        if body.get(name) is not None:
            sub = {"type": "JsonProperty", "json": body[name]}
            made[catalogue.context.keep(name)] = [sub]
    return made


def _unit(stream: Item) -> str:
    """The unit that the series has: an Observation of SensorThings says none."""
    found = _same(stream.entity.get(stream.key.attribute, []), stream.key)
    return str(found[0].get("unitCode", "")) if found else ""


def _time(text: Any) -> int:
    if text is None:
        return now_us()
    if isinstance(text, str) and "/" in text:
        raise RangeError("phenomenonTime is kept as an instant: send one, not an interval")
    at = parse_moment(text) if isinstance(text, str) and "T" in text else None
    if at is None:
        raise RangeError("phenomenonTime is a time such as 2026-11-22T10:00:00Z")
    return at


def read_arrays(catalogue: Catalogue, body: Any) -> Iterator[New | RangeError]:
    """Read a DataArray: each row an observation, or what is wrong with it.

    Raises
    ------
    RangeError
        If the body is no DataArray at all.
    """
    if not isinstance(body, list) or not all(isinstance(part, dict) for part in body):
        raise RangeError("CreateObservations takes a list of objects with a dataArray each")
    parts = [(part, part.get("components"), part.get("dataArray")) for part in body]
    for _, names, rows in parts:
        if not isinstance(names, list) or not isinstance(rows, list):
            raise RangeError("each object has a list 'components' and a list 'dataArray'")
    if sum(len(rows) for _, _, rows in parts if isinstance(rows, list)) > MOST_ROWS:
        raise RangeError(f"a request has {MOST_ROWS} observations at most")
    for part, names, rows in parts:
        stream = _linked(catalogue, part.get("Datastream"), "Datastream")
        for row in rows or ():
            try:
                yield read_observation(catalogue, _object(names or [], row), stream)
            except (RangeError, NotServedError) as error:
                yield RangeError(str(error))


def _object(names: Sequence[Any], row: Any) -> dict[str, Any]:
    if not isinstance(row, list) or len(row) != len(names):
        raise RangeError(f"a row has one value for each of the {len(names)} components")
    made: dict[str, Any] = {}
    for name, value in zip(names, row, strict=True):
        if name == "FeatureOfInterest/id":
            made["FeatureOfInterest"] = {"@iot.id": value}
        else:
            made[str(name)] = value
    return made


def keep(catalogue: Catalogue, several: Sequence[New]) -> list[str]:
    """Keep observations in one commit; gives their ids when they are durable."""
    by_entity: dict[str, list[New]] = defaultdict(list)
    for new in several:
        by_entity[new.key.entity].append(new)
    changes: list[tuple[str, Change]] = [
        (entity, partial(_newer, tuple(found))) for entity, found in by_entity.items()
    ]
    stamp = moment_text(now_us())
    past = [
        observation(
            new.key.entity,
            new.key.attribute,
            {**new.instance, "createdAt": stamp, "modifiedAt": stamp},
        )
        for new in several
    ]
    catalogue.broker.change_all(catalogue.tenant, changes, past)
    return [observation_id(new.key, new.at, catalogue.context) for new in several]


def _newer(several: Sequence[New], old: Entity | None, now: str) -> Entity | None:
    """The entity with what is newer than what it has."""
    if old is None:
        return None  # it was removed meanwhile; its series are kept
    fragment: Entity = {}
    for new in sorted(several, key=lambda new: new.at):
        name = new.key.attribute
        there = _same(old.get(name, []), new.key)
        if any("observedAt" in one and moment_us(one["observedAt"]) > new.at for one in there):
            continue
        others = [one for one in fragment.get(name, []) if one not in _same([one], new.key)]
        fragment[name] = [*others, new.instance]
    return change.appended(old, fragment, now).entity if fragment else old


def _same(found: Sequence[Instance], key: Key) -> list[Instance]:
    """Instances of the data set of a series."""
    return [one for one in found if one.get("datasetId", "") == key.dataset]
