"""Linked entities: the entities that relationships lead to, told with them (clause 4.5.23)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from kopa.api.ngsi_ld.attribute import Instance
from kopa.api.ngsi_ld.entity import Entity, attributes
from kopa.api.ngsi_ld.represent import Form, answer

Fetch = Callable[[str], Entity | None]
Told = tuple[Entity, Form]
MAX_LINKED = 1000
"""No more entities than these are told beside those that are asked for."""


@dataclass
class Join:
    """Follows relationships.

    Parameters
    ----------
    level
        So many steps.
    fetch
        Gives an entity.
    contained
        Ids of entities that the client has already: they are not told again.
    """

    level: int
    fetch: Fetch
    contained: frozenset[str] = frozenset()
    _left: int = field(default=MAX_LINKED)

    def flat(self, entities: list[Entity], form: Form) -> list[Told]:
        """The entities, then those that they lead to, each once and in its form."""
        told = {entity["id"]: (entity, form) for entity in entities}
        front = list(told.values())
        for _ in range(self.level):
            found: list[Told] = []
            for entity, how in front:
                for name, id in _objects(entity, how):
                    linked = self._get(id) if id not in told else None
                    if linked is not None:
                        told[id] = (linked, how.below(name))
                        found.append(told[id])
            front = found
        return list(told.values())

    def inline(self, entity: Entity, form: Form, level: int | None = None) -> Entity:
        """The entity, with each relationship holding the entity that it leads to."""
        level = self.level if level is None else level
        if level == 0:
            return entity
        made = dict(entity)
        for name, found in attributes(entity).items():
            if form.tells(name):
                below = form.below(name)
                made[name] = [self._joined(one, below, level) for one in found]
        return made

    def _joined(self, instance: Instance, below: Form, level: int) -> Instance:
        kind = instance.get("type")
        if kind not in ("Relationship", "ListRelationship"):
            return instance
        target = instance.get("object")
        several = list(_listed(instance)) if kind == "ListRelationship" else target
        ids = several if isinstance(several, list) else [several]
        found = [linked for id in ids if (linked := self._get(str(id))) is not None]
        told = [answer(self.inline(linked, below, level - 1), below) for linked in found]
        if not told:
            return instance
        if kind == "ListRelationship":
            return {**instance, "entityList": told}
        return {**instance, "entity": told if isinstance(target, list) else told[0]}

    def _get(self, id: str) -> Entity | None:
        if id in self.contained or self._left <= 0:
            return None
        self._left -= 1
        return self.fetch(id)


def _objects(entity: Entity, form: Form) -> Iterator[tuple[str, str]]:
    """Name and object of the relationships that are told."""
    for name, found in attributes(entity).items():
        if not form.tells(name):
            continue
        for one in found:
            if one.get("type") == "Relationship":
                target = one.get("object")
                several = target if isinstance(target, list) else [target]
                yield from ((name, id) for id in _texts(several))
            elif one.get("type") == "ListRelationship":
                yield from ((name, id) for id in _listed(one))


def _listed(instance: Instance) -> Iterator[str]:
    found = instance.get("objectList")
    for one in found if isinstance(found, list) else ():
        yield from _texts([one.get("object") if isinstance(one, dict) else one])


def _texts(values: Iterable[Any]) -> Iterator[str]:
    return (value for value in values if isinstance(value, str))
