"""The sets of SensorThings for one tenant, and where the relations of an item lead."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial

from kopa.api.assets import STATIC
from kopa.api.ngsi_ld.broker import Broker
from kopa.api.ngsi_ld.entity import Entity
from kopa.api.sensorthings import items
from kopa.api.sensorthings.items import Item
from kopa.api.sensorthings.model import KINDS
from kopa.api.sensorthings.sources import Entities, Listed, Observed, Source
from kopa.store import Key, Query, Span
from kopa.store.query import AttributePath, Condition, Exists, Or

UNSEEN = STATIC - {"location"}
"""What the city's files say of an asset is not looked at; only a place may be observed as well."""


class Catalogue:
    """What there is.

    Parameters
    ----------
    broker
        Keeps entities.
    tenant
        Whose.
    """

    def __init__(self, broker: Broker, tenant: str) -> None:
        self.broker, self.tenant = broker, tenant
        self.context = context = broker.contexts.use(None)
        self._makers: dict[str, Callable[[Entity], Iterable[Item]]] = {
            "Thing": lambda entity: [items.thing(entity, context)],
            "FeatureOfInterest": lambda entity: [items.feature(entity, context)],
            "Location": partial(items.locations, context=context),
            "Datastream": partial(items.datastreams, context=context),
            "Sensor": partial(items.sensors, context=context),
        }

    def all_of(self, kind: str) -> Source:
        """Every item of a kind."""
        if kind == "Observation":
            return self._observations(
                lambda: (key for entity in self._observed() for key, _ in items.observed(entity))
            )
        if kind == "HistoricalLocation":  # places of the past are not kept
            return Listed(())
        if kind == "ObservedProperty":
            found = [items.observed_property(name, self.context) for name in self._names()]
            return Listed(sorted(found, key=lambda item: item.id))
        return self._of_entities(kind, Query(self.tenant))

    def _of_entities(self, kind: str, query: Query) -> Entities:
        single = kind in ("Thing", "FeatureOfInterest")
        if kind in ("Datastream", "Sensor"):
            query = self._narrowed(query)
        return Entities(self.broker.storage, query, self._makers[kind], single)

    def one(self, kind: str, id: str) -> Item | None:
        """An item by its id; None if there is none."""
        if kind == "ObservedProperty":
            kept = self.context.keep(id)
            return items.observed_property(kept, self.context) if kept in self._names() else None
        if kind == "Observation":
            return self._observation(id)
        entity = self._entity(id.partition("|")[0])
        if entity is None or kind == "HistoricalLocation":
            return None
        found: Iterator[Item] = iter(self._makers[kind](entity))
        return next((item for item in found if item.id == id), None)

    def related(self, item: Item, name: str) -> Source:
        """Where a relation of an item leads."""
        match item.kind, name:
            case _, "HistoricalLocations":
                return Listed(())
            case "Observation", _:
                return Listed(self._of_observation(item, name))
            case "Datastream", "Observations":
                return self._observations(lambda: [item.key])
            case "FeatureOfInterest", "Observations":
                return self._observations(lambda: [k for k, _ in items.observed(item.entity)])
            case "Datastream", "ObservedProperty":
                return Listed([items.observed_property(item.key.attribute, self.context)])
            case "ObservedProperty", "Datastreams":
                return self._with_attribute(item.key.attribute)
            case ("Datastream", "Sensor") | ("Sensor", "Datastreams"):
                return Listed([one for one in self._made(item, name) if one.id == item.id])
        return Listed(list(self._made(item, name)))

    def _made(self, item: Item, name: str) -> Iterator[Item]:
        return iter(self._makers[KINDS[item.kind].relations[name].kind](item.entity))

    def _of_observation(self, item: Item, name: str) -> list[Item]:
        entity = self._entity(item.key.entity)
        if entity is None:
            return []
        found = self._makers[name](entity)
        return [one for one in found if name != "Datastream" or one.key == item.key]

    def _with_attribute(self, kept: str) -> Entities:
        def make(entity: Entity) -> Iterator[Item]:
            found = items.datastreams(entity, self.context)
            return (item for item in found if item.key.attribute == kept)

        query = Query(self.tenant, where=_observed(kept))
        return Entities(self.broker.storage, query, make)

    def _observations(self, keys: Callable[[], Iterable[Key]]) -> Observed:
        return Observed(self.broker.storage.store, self.tenant, keys, self.context)

    def _observation(self, id: str) -> Item | None:
        found = items.read_observation_id(id, self.context)
        if found is None:
            return None
        key, at = found
        span = Span(at, at + 1)
        rows = self.broker.storage.store.points(self.tenant, [key], span).rows()
        return items.observation(rows[0], self.context) if rows else None

    def _entity(self, id: str) -> Entity | None:
        kept = self.broker.storage.entity(self.tenant, id)
        return None if kept is None else kept.entity

    def _observed(self) -> Iterator[Entity]:
        return self.broker.storage.every(self._narrowed(Query(self.tenant)))

    def _narrowed(self, query: Query) -> Query:
        """Only entities of which something has been observed."""
        seen = tuple(_observed(name) for name in self._names())
        return replace(query, where=Or(seen))

    def _names(self) -> list[str]:
        """Attributes that have been observed of some entity."""
        store = self.broker.storage.store
        return [
            name
            for name in store.attribute_names(self.tenant)
            if name not in UNSEEN
            and store.entities(Query(self.tenant, where=_observed(name), limit=1))
        ]


def _observed(name: str) -> Condition:
    """Holds for entities of which this attribute has been observed."""
    return Exists(AttributePath(name, ("observedAt",)))
