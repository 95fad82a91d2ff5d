"""What of an attribute's JSON can be asked for: both stores index these same values."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kopa.errors import RangeError
from kopa.store.documents import checked_json
from kopa.store.times import parse_moment

MAIN = ("value", "object", "vocab", "languageMap", "valueList", "objectList")
"""Members of an attribute that may be its main value."""


@dataclass(frozen=True, slots=True)
class Value:
    """One scalar to compare with; the kinds that it is not are None."""

    number: float | None
    text: str | None
    instant: int | None


@dataclass(frozen=True, slots=True)
class Instance:
    """An attribute's instance of one data set.

    Parameters
    ----------
    dataset
        Its `datasetId`, empty for the default.
    document
        Its JSON, written anew: a name stands in it once, and no character is escaped needlessly.
    relationship
        True where the value is an object of a relationship.
    values
        Scalars of the main value: one, or the items of a list.
    geometry
        GeoJSON of a GeoProperty.
    """

    dataset: str
    document: str
    relationship: bool
    values: tuple[Value, ...]
    geometry: dict[str, Any] | None


def instances(name: str, content: bytes) -> list[Instance]:
    """The instances that an attribute's JSON holds.

    Raises
    ------
    RangeError
        If it is not an object or a list of objects with different `datasetId`.
    """
    found = checked_json(content)
    if isinstance(found, dict):
        return [_instance(name, found)]
    if not isinstance(found, list) or not found:
        raise RangeError(f"attribute '{name}' is neither a JSON object nor a list of objects")
    several = [_instance(name, each) for each in found]
    if len({instance.dataset for instance in several}) < len(several):
        raise RangeError(f"attribute '{name}' has two instances of one datasetId")
    return several


def _instance(name: str, attribute: object) -> Instance:
    if not isinstance(attribute, dict):
        raise RangeError(f"attribute '{name}' is neither a JSON object nor a list of objects")
    dataset = attribute.get("datasetId", "")
    if not isinstance(dataset, str):
        raise RangeError(f"attribute '{name}' has a datasetId that is no text")
    member = next((member for member in MAIN if member in attribute), "")
    main = attribute.get(member)
    geometry = main if attribute.get("type") == "GeoProperty" else None
    if geometry is not None and not isinstance(geometry, dict):
        raise RangeError(f"attribute '{name}' is a GeoProperty without a GeoJSON geometry")
    relationship = member in ("object", "objectList")
    document = json.dumps(attribute, ensure_ascii=False, separators=(",", ":"))
    return Instance(dataset, document, relationship, tuple(_values(main)), geometry)


def _values(main: object) -> Iterator[Value]:
    if isinstance(main, list):
        for item in main:
            if not isinstance(item, list):
                yield from _values(item)
    elif isinstance(main, dict):
        if "@value" in main:
            yield from _values(main["@value"])
        elif isinstance(main.get("object"), str):  # an item of an objectList
            yield Value(None, main["object"], None)
        elif main and all(isinstance(text, str) for text in main.values()) and "type" not in main:
            for text in main.values():
                yield Value(None, text, parse_moment(text))
    elif isinstance(main, str):
        yield Value(None, main, parse_moment(main))
    elif isinstance(main, int | float) and not isinstance(main, bool):
        try:
            yield Value(float(main), None, None)
        except OverflowError:
            return
