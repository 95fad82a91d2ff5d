"""Puts the assets of a city among the entities."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from hashlib import blake2b
from itertools import islice
from typing import Any

import msgspec

from kopa.api.assets import entities
from kopa.api.ngsi_ld import change
from kopa.api.ngsi_ld.attribute import Reading
from kopa.api.ngsi_ld.broker import Broker
from kopa.api.ngsi_ld.entity import Entity, attributes, read_entity
from kopa.city.load import City

KIND = "published"
"""Of the document that says what was published last."""
CHUNK = 500
"""Entities of one commit."""


def publish(
    city: City,
    broker: Broker,
    tenant: str = "",
    progress: Callable[[int], None] = lambda done: None,
) -> int:
    """Make or mend an entity for each asset; what others have said of it stays.

    Nothing is done where the city's files say what they said the last time.

    Parameters
    ----------
    city
        The city.
    broker
        Keeps entities.
    tenant
        Whose they are.
    progress
        Called with the number that is newly done.

    Returns
    -------
    int
        Number of entities that were looked at.
    """
    digest = _digest(city)
    storage = broker.storage
    if storage.document(tenant, KIND, KIND) == digest:
        return 0
    reading = Reading(broker.contexts.use(None))
    broker.writes(tenant)
    rows = (read_entity(msgspec.json.decode(raw), reading) for raw in entities(city))
    total = 0
    while chunk := list(islice(rows, CHUNK)):
        broker.change_all(tenant, [(row["id"], partial(_mended, row)) for row in chunk])
        total += len(chunk)
        progress(len(chunk))
    storage.put_document(tenant, KIND, KIND, digest)
    return total


def _digest(city: City) -> bytes:
    """What the city says of its assets, in short: JSON."""
    found = blake2b(digest_size=16)
    for raw in entities(city):
        found.update(raw)
    return msgspec.json.encode(found.hexdigest())


def _mended(wanted: Entity, old: Entity | None, now: str) -> Entity:
    """The entity as the city has it; the same object where nothing differs."""
    if old is None:
        return change.created(wanted, now)
    if all(_value(old.get(name)) == _value(value) for name, value in attributes(wanted).items()):
        return old
    return change.merged(old, wanted, now)


def _value(instances: Any) -> Any:
    """Value of an attribute's first instance."""
    return instances[0].get("value") if isinstance(instances, list) and instances else None
