"""Entities of several sources → one (clauses 4.5.5 and 4.3.6.2)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kopa.api.ngsi_ld.attribute import Instance, Reading
from kopa.api.ngsi_ld.context import Context
from kopa.api.ngsi_ld.entity import Entity, attributes, read_entity
from kopa.api.ngsi_ld.history import moment_us
from kopa.api.ngsi_ld.names import TIMES, instant


def read_part(raw: Any, context: Context) -> Entity:
    """Read an entity that a source told, with the times that it told.

    Raises
    ------
    BadRequestData
        If it is not a valid entity.
    """
    entity = read_entity(raw, Reading(context))
    entity |= _times(raw)
    told = {context.keep(name): value for name, value in raw.items()}
    for name, found in attributes(entity).items():
        given = told.get(name)
        several = given if isinstance(given, list) else [given]
        if len(several) == len(found):
            entity[name] = [
                {**one, **_times(source)} for one, source in zip(found, several, strict=True)
            ]
    return entity


def _times(raw: Any) -> dict[str, str]:
    if not isinstance(raw, dict):
        return {}
    return {name: raw[name] for name in TIMES if instant(raw.get(name)) is not None}


def merged(first: Entity | None, others: Iterable[tuple[Entity, bool]]) -> Entity | None:
    """One entity of several.

    Parameters
    ----------
    first
        The entity here, None if there is none.
    others
        Entities of sources; True: it is auxiliary, and tells only what nobody else does.

    Returns
    -------
    Entity
        Types and scopes of all; of each instance of an attribute the newest. None if there is
        no entity at all.
    """
    made = dict(first) if first is not None else None
    for part, auxiliary in sorted(others, key=lambda other: other[1]):
        made = dict(part) if made is None else _joined(made, part, auxiliary)
    return made


def _joined(made: Entity, part: Entity, auxiliary: bool) -> Entity:
    joined = dict(made)
    for name in ("type", "scope"):
        both = [*made.get(name, ()), *part.get(name, ())]
        if both:
            joined[name] = list(dict.fromkeys(both))
    for name, choose in (("createdAt", min), ("modifiedAt", max)):
        times = [one[name] for one in (made, part) if name in one]
        if times:
            joined[name] = choose(times)
    for name, found in attributes(part).items():
        joined[name] = _newest(made.get(name, []), found, auxiliary)
    return joined


def _newest(there: list[Instance], more: list[Instance], auxiliary: bool) -> list[Instance]:
    by_dataset = {one.get("datasetId"): one for one in there}
    for one in more:
        old = by_dataset.get(one.get("datasetId"))
        if old is None or (not auxiliary and _age(one) > _age(old)):
            by_dataset[one.get("datasetId")] = one
    return list(by_dataset.values())


def _age(instance: Instance) -> int:
    """When an instance was observed, else changed; what says neither is the oldest."""
    time = instance.get("observedAt") or instance.get("modifiedAt")
    return moment_us(time) if time else 0
