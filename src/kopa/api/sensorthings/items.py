"""Entities and their observations → the items of SensorThings.

An asset is a Thing, its place a Location and the feature that is observed; an attribute that has
been observed (it has an `observedAt`) is a Datastream, whose name is an ObservedProperty. Of the
sensor itself the city knows nothing but what it measures.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kopa.api.ngsi_ld.attribute import Instance
from kopa.api.ngsi_ld.context import Context
from kopa.api.ngsi_ld.entity import Entity, attributes
from kopa.api.ngsi_ld.history import instance_of, moment_text
from kopa.api.ngsi_ld.names import ATTRIBUTE_MEMBERS, VALUE_MEMBER
from kopa.api.ngsi_ld.represent import simplified
from kopa.store import Key, Observation

GEO_JSON = "application/geo+json"
_MODEL = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_"
EXTRAS = ("resultTime", "resultQuality", "validTime", "parameters")
"""Properties of an observation that are kept as sub-attributes of this name."""
_CODES = {
    "MTR": ("metre", "m"), "MTK": ("square metre", "m²"), "MTQ": ("cubic metre", "m³"),
    "MQH": ("cubic metre per hour", "m³/h"), "MQS": ("cubic metre per second", "m³/s"),
    "LTR": ("litre", "l"), "CEL": ("degree Celsius", "°C"), "KEL": ("kelvin", "K"),
    "P1": ("percent", "%"), "PAL": ("pascal", "Pa"), "BAR": ("bar", "bar"),
    "WTT": ("watt", "W"), "KWT": ("kilowatt", "kW"), "MAW": ("megawatt", "MW"),
    "KWH": ("kilowatt hour", "kWh"), "VLT": ("volt", "V"), "AMP": ("ampere", "A"),
    "HTZ": ("hertz", "Hz"), "SEC": ("second", "s"), "HUR": ("hour", "h"),
    "KMH": ("kilometre per hour", "km/h"), "MTS": ("metre per second", "m/s"),
    "GQ": ("microgram per cubic metre", "µg/m³"), "59": ("part per million", "ppm"),
    "C62": ("one", "1"),
}  # fmt: skip
"""UN/CEFACT Recommendation 20: code → name and symbol, for units that cities often have."""


NO_KEY = Key("", "")


@dataclass(frozen=True, slots=True)
class Item:
    """One item.

    Parameters
    ----------
    kind
        A name of `KINDS`.
    id
        Its id.
    values
        Its properties.
    entity
        The asset that it is of, as kept; empty for an ObservedProperty and an Observation.
    key
        Its series, where it has one.
    """

    kind: str
    id: str
    values: Mapping[str, Any]
    entity: Entity
    key: Key = NO_KEY


def series_id(key: Key, context: Context) -> str:
    """Id of a Datastream: ``entity|attribute``, and ``|datasetId`` where there are several."""
    parts = [key.entity, context.show(key.attribute), key.dataset]
    return "|".join(part for part in parts if part)


def read_series_id(text: str, context: Context) -> Key | None:
    """The series that the id of a Datastream names; None if it can be none."""
    parts = text.split("|")
    if len(parts) not in (2, 3) or not all(parts):
        return None
    return Key(parts[0], context.keep(parts[1]), *parts[2:])


def observation_id(key: Key, at: int, context: Context) -> str:
    """Id of an Observation: that of its Datastream and its time, µs since 1970."""
    return f"{series_id(key, context)}@{at}"


def read_observation_id(text: str, context: Context) -> tuple[Key, int] | None:
    """Series and time that the id of an Observation names; None if it can be none."""
    name, _, at = text.rpartition("@")
    key = read_series_id(name, context)
    digits = at.removeprefix("-")
    if key is None or not digits.isascii() or not digits.isdigit() or len(digits) > 18:
        return None
    return key, int(at)


def observed(entity: Entity) -> Iterator[tuple[Key, Instance]]:
    """The series of an entity, each with its newest instance."""
    for name, found in sorted(attributes(entity).items()):
        for instance in found:
            if "observedAt" in instance:
                yield Key(entity["id"], name, instance.get("datasetId", "")), instance


def title(entity: Entity) -> str:
    """What people call it: its name, else the asset, else the id."""
    for name in ("name", "asset"):
        for instance in entity.get(name, ()):
            if isinstance(instance, dict) and isinstance(instance.get("value"), str):
                return str(instance["value"])
    return str(entity["id"])


def place_of(entity: Entity) -> Any:
    """GeoJSON geometry of where it is; None where nobody said."""
    for instance in entity.get("location", ()):
        if isinstance(instance, dict) and instance.get("type") == "GeoProperty":
            return instance["value"]
    return None


def thing(entity: Entity, context: Context) -> Item:
    """The Thing of an entity; what is not observed of it is a property."""
    static = {
        context.show(name): simplified(found[0], context)
        for name, found in attributes(entity).items()
        if "observedAt" not in found[0] and name != "location"
    }
    kinds = ", ".join(context.show(kind) for kind in entity["type"])
    made = {"name": title(entity), "description": kinds, "properties": static}
    return Item("Thing", entity["id"], made, entity)


def locations(entity: Entity, context: Context) -> Iterator[Item]:
    """Where an entity is; nothing where nobody said."""
    if (place := place_of(entity)) is not None:
        made = {**_placed(entity), "location": place}
        yield Item("Location", entity["id"], made, entity)


def feature(entity: Entity, context: Context) -> Item:
    """What is observed: the asset itself; its geometry is null where nobody knows it."""
    shape = place_of(entity) or {"type": "Feature", "geometry": None, "properties": {}}
    return Item("FeatureOfInterest", entity["id"], {**_placed(entity), "feature": shape}, entity)


def _placed(entity: Entity) -> dict[str, Any]:
    name = title(entity)
    return {
        "name": name,
        "description": f"where {name} is",
        "encodingType": GEO_JSON,
        "properties": {},
    }


def datastreams(entity: Entity, context: Context) -> Iterator[Item]:
    """The Datastreams of an entity, by name."""
    for key, newest in observed(entity):
        name = context.show(key.attribute)
        value = newest.get(VALUE_MEMBER[newest["type"]])
        made = {
            "name": f"{name} of {title(entity)}",
            "description": f"{name} of {entity['id']}",
            "observationType": _MODEL + _type_of(value),
            "unitOfMeasurement": unit(newest.get("unitCode")),
            "properties": {"latest": newest["observedAt"], "result": value},
        }
        yield Item("Datastream", series_id(key, context), made, entity, key)


def _type_of(value: Any) -> str:
    if isinstance(value, bool):
        return "TruthObservation"
    return "Measurement" if isinstance(value, int | float) else "Observation"


def unit(code: Any) -> dict[str, Any]:
    """A unit of measurement; all null where none is said, as the standard has it (8.2.4)."""
    if not isinstance(code, str) or not code:
        return {"name": None, "symbol": None, "definition": None}
    name, symbol = _CODES.get(code, (code, code))
    definition = f"urn:un:unece:uncefact:codelist:{code}" if code in _CODES else None
    return {"name": name, "symbol": symbol, "definition": definition}


def sensors(entity: Entity, context: Context) -> Iterator[Item]:
    """The sensor of each Datastream."""
    for stream in datastreams(entity, context):
        made = {
            "name": f"sensor of {stream.values['name']}",
            "description": "what measures it; the city does not know more of it",
            "encodingType": "text/html",
            "metadata": "unknown",
            "properties": {},
        }
        yield Item("Sensor", stream.id, made, entity, stream.key)


def observed_property(kept: str, context: Context) -> Item:
    """An attribute that is observed."""
    name = context.show(kept)
    made = {
        "name": name,
        "definition": context.expand(name),
        "description": f"the attribute {name}",
        "properties": {},
    }
    return Item("ObservedProperty", name, made, {}, Key("", kept))


def observation(row: Observation, context: Context) -> Item | None:
    """An Observation; None where the row is none: a deletion, or what nobody observed."""
    instance = instance_of(row)
    if instance is None or "deletedAt" in instance or "observedAt" not in instance:
        return None
    made: dict[str, Any] = {
        "phenomenonTime": moment_text(row.at),
        "resultTime": None,
        "result": instance.get(VALUE_MEMBER[instance["type"]]),
    }
    extra = {
        context.show(name): found
        for name, found in instance.items()
        if name not in ATTRIBUTE_MEMBERS
    }
    for name in EXTRAS:
        if name in extra:
            found = extra.pop(name)
            made[name] = simplified(found[0] if isinstance(found, list) else found, context)
            if isinstance(made[name], dict) and set(made[name]) == {"json"}:
                made[name] = made[name]["json"]
    if row.value is None and row.raw is not None and made["result"] == row.raw:
        made["resultQuality"] = "not interpreted: the result is what came"
    elif row.label.quality:
        made.setdefault("resultQuality", row.label.quality)
    if row.label.simulated or "simulated" in extra:
        made["parameters"] = {**(made.get("parameters") or {}), "simulated": True}
    return Item("Observation", observation_id(row.key, row.at, context), made, {}, row.key)
