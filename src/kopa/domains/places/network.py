"""Places in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from kopa.model import Assets, BoolArray, FloatArray

STORED = ("water", "electricity")
"""What a place can keep in a store of its own, and pass on."""

SERVICES = (*STORED, "sewerage", "road_access", "heat", "collection")
"""What a place needs. A place that nothing is linked to is served."""

CRITICAL = frozenset(
    {
        "hospital",
        "clinic",
        "fire_station",
        "police",
        "care_home",
        "mast",
        "pumping_station",
        "water_works",
    }
)
"""Kinds that are critical sites unless the file says otherwise."""


@dataclass(frozen=True)
class Places:
    """Homes, sites and the people in them.

    Parameters
    ----------
    ids, kinds, names, zones
        One a place.
    x, y
        Place in the city's CRS, shape (place,).
    people, customers
        Persons, and connections that a utility counts, shape (place,).
    critical
        True for critical sites, shape (place,).
    opening_hours
        When people are there; empty for always.
    buffers_h
        Hours that a place's own store covers, by service, shape (place,).
    heater_kw
        Electric heaters that are turned on where heat fails, shape (place,).
    groups
        People by group, shape (place,).
    """

    ids: tuple[str, ...]
    kinds: tuple[str, ...]
    names: tuple[str, ...]
    zones: tuple[str, ...]
    x: FloatArray
    y: FloatArray
    people: FloatArray
    customers: FloatArray
    critical: BoolArray
    opening_hours: tuple[str, ...]
    buffers_h: Mapping[str, FloatArray]
    heater_kw: FloatArray
    groups: Mapping[str, FloatArray] = field(default_factory=dict)

    @cached_property
    def assets(self) -> Assets:
        """One asset a place."""
        return Assets(
            domain="places",
            ids=self.ids,
            kinds=self.kinds,
            names=self.names,
            x=self.x,
            y=self.y,
            people=self.people,
            customers=self.customers,
            zones=self.zones,
        )

    @cached_property
    def always_open(self) -> BoolArray:
        """Places whose people are there day and night, shape (place,)."""
        return np.array([hours in ("", "24/7") for hours in self.opening_hours], dtype=bool)
