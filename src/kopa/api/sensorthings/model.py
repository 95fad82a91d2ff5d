"""The kinds of SensorThings: their properties and how they hang together (18-088, 8.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kopa.errors import RangeError


@dataclass(frozen=True, slots=True)
class Relation:
    """Where a relation leads: to a kind, to one of it or to many."""

    kind: str
    many: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of items.

    Parameters
    ----------
    plural
        Name of the set of all of them.
    properties
        Names of their properties, without the id.
    relations
        Where they lead.
    """

    plural: str
    properties: tuple[str, ...]
    relations: Mapping[str, Relation]


KINDS: Mapping[str, Kind] = {
    "Thing": Kind(
        "Things",
        ("name", "description", "properties"),
        {
            "Datastreams": Relation("Datastream", many=True),
            "Locations": Relation("Location", many=True),
            "HistoricalLocations": Relation("HistoricalLocation", many=True),
        },
    ),
    "Location": Kind(
        "Locations",
        ("name", "description", "encodingType", "location", "properties"),
        {
            "Things": Relation("Thing", many=True),
            "HistoricalLocations": Relation("HistoricalLocation", many=True),
        },
    ),
    "HistoricalLocation": Kind(
        "HistoricalLocations",
        ("time",),
        {"Thing": Relation("Thing"), "Locations": Relation("Location", many=True)},
    ),
    "Datastream": Kind(
        "Datastreams",
        ("name", "description", "observationType", "unitOfMeasurement", "properties"),
        {
            "Thing": Relation("Thing"),
            "Sensor": Relation("Sensor"),
            "ObservedProperty": Relation("ObservedProperty"),
            "Observations": Relation("Observation", many=True),
        },
    ),
    "Sensor": Kind(
        "Sensors",
        ("name", "description", "encodingType", "metadata", "properties"),
        {"Datastreams": Relation("Datastream", many=True)},
    ),
    "ObservedProperty": Kind(
        "ObservedProperties",
        ("name", "definition", "description", "properties"),
        {"Datastreams": Relation("Datastream", many=True)},
    ),
    "Observation": Kind(
        "Observations",
        ("phenomenonTime", "resultTime", "result", "resultQuality", "validTime", "parameters"),
        {
            "Datastream": Relation("Datastream"),
            "FeatureOfInterest": Relation("FeatureOfInterest"),
        },
    ),
    "FeatureOfInterest": Kind(
        "FeaturesOfInterest",
        ("name", "description", "encodingType", "feature", "properties"),
        {"Observations": Relation("Observation", many=True)},
    ),
}
SETS: Mapping[str, str] = {kind.plural: name for name, kind in KINDS.items()}
"""Set of all → kind."""
OPEN = ("properties", "parameters", "unitOfMeasurement", "location", "feature", "result")
"""Properties that are JSON: a path goes on into them."""


def known_path(kind: str, names: tuple[str, ...]) -> None:
    """Refuse a path of an expression that leads nowhere.

    Raises
    ------
    RangeError
        If a name in it is neither a property nor a relation.
    """
    for place, name in enumerate(names):
        found = KINDS[kind]
        if name in found.relations:
            kind = found.relations[name].kind
            if kind == "Observation":  # each of them would be read for each item
                raise RangeError("an expression does not go into Observations: ask for them")
            continue
        last = place == len(names) - 1
        if last and (name in ("id", "@iot.id") or name in found.properties):
            return
        if name in found.properties and name in OPEN:
            return
        there = ", ".join(("id", *found.properties, *found.relations))
        raise RangeError(f"'{'/'.join(names)[:80]}': a {kind} has no '{name[:40]}', only {there}")
    raise RangeError(f"'{'/'.join(names)[:80]}' names items, and no property of them")
