"""What of OpenStreetMap a base map draws."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

LAYERS = ("land", "green", "water", "buildings", "roads", "places", "houses")
"""Layers of a base map, the lowest first."""
NUMBER, STREET = "addr:housenumber", ("addr:street", "addr:place")
NAME = "name"


@dataclass(frozen=True)
class Rule:
    """How one kind of thing is drawn.

    Parameters
    ----------
    layer
        One of `LAYERS`.
    geometry
        ``area``, ``line``, ``coast`` or ``point``.
    kind
        Its class: ``motorway``, ``park``.
    from_zoom
        It is drawn from this zoom on.
    """

    layer: str
    geometry: str
    kind: str
    from_zoom: int


@cache
def rules() -> dict[tuple[str, str], Rule]:
    """Rule of each tag; ``*`` stands for any value."""
    text = files("kopa.geo").joinpath("base_map.csv").read_text(encoding="utf-8")
    return {
        (row["key"], row["value"]): Rule(
            row["layer"], row["geometry"], row["class"], int(row["from_zoom"])
        )
        for row in csv.DictReader(text.splitlines())
    }


@cache
def keys() -> tuple[str, ...]:
    """Keys that a rule asks for."""
    return tuple(dict.fromkeys(key for key, _ in rules()))


def rule_of(tags: Any, *geometries: str) -> Rule | None:
    """The first rule for some tags that draws such a geometry; None where nothing is drawn.

    Parameters
    ----------
    tags
        Tags of an OSM object.
    geometries
        What the object can be drawn as.
    """
    for key in keys():
        value = tags.get(key)
        if value is None or value == "no":
            continue
        rule = rules().get((key, value)) or rules().get((key, "*"))
        if rule is not None and rule.geometry in geometries and not _unseen(key, tags):
            return rule
    return None


def _unseen(key: str, tags: Any) -> bool:
    """Squares that are drawn as ways around them, and railways under the ground."""
    if key == "highway":
        return bool(tags.get("area") == "yes")
    return key == "railway" and tags.get("tunnel", "no") != "no"
