"""Facilities and the people who go there, a row each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from kopa.model import BoolArray, FloatArray, IntArray

STORED = ("electricity", "water", "heat")
"""What a facility needs and may have a store of."""


@dataclass(frozen=True)
class Facilities:
    """Facilities, a row each.

    Parameters
    ----------
    ids, names, kinds
        What the Bundle says.
    x, y
        Place in the CRS of the streets, m, shape (facility,).
    capabilities
        What the city's facilities can do.
    able
        True where one can, shape (facility, capability).
    beds, occupied
        Staffed beds, and those of them in use, NaN where unknown, shape (facility, capability).
    stores_h
        By service: hours that an own store lasts, shape (facility,).
    closed
        True where the file says that it is, shape (facility,).
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    x: FloatArray
    y: FloatArray
    capabilities: tuple[str, ...]
    able: BoolArray
    beds: FloatArray
    occupied: FloatArray
    stores_h: Mapping[str, FloatArray]
    closed: BoolArray

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Demand:
    """Where people live, a row each: a cell or a zone.

    Parameters
    ----------
    ids
        ``cell/…`` or ``zone/…``.
    x, y
        Where most of them live on the mean, m, shape (point,).
    people
        Shape (point,).
    zones
        Zone of most of them.
    groups
        By age band, shape (point,).
    """

    ids: tuple[str, ...]
    x: FloatArray
    y: FloatArray
    people: FloatArray
    zones: tuple[str, ...]
    groups: Mapping[str, FloatArray] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Homes:
    """Residents as the file has them, a row each.

    Parameters
    ----------
    x, y
        m, or degrees until they are projected, shape (home,).
    people
        Shape (home,).
    zones
        Zone of each.
    groups
        By age band, shape (home,).
    """

    x: FloatArray
    y: FloatArray
    people: FloatArray
    zones: tuple[str, ...]
    groups: Mapping[str, FloatArray]


def together(homes: Homes, cell_m: float, by_zone: bool) -> Demand:
    """Homes by cell, or by zone where they have one; each point is the mean place of its people.

    Parameters
    ----------
    homes
        In the CRS of the streets.
    cell_m
        Side of a cell.
    by_zone
        Take zones instead.
    """
    some = homes.people > 0
    x, y, people = homes.x[some], homes.y[some], homes.people[some]
    zones = np.array(homes.zones, dtype=object)[some]
    east, north = (np.floor(part / cell_m).astype(np.int64) for part in (x, y))
    names = np.array(
        [
            f"zone/{zone}" if by_zone and zone else f"cell/{a}_{b}"
            for zone, a, b in zip(zones, east, north, strict=True)
        ],
        dtype=object,
    )
    ids, row = np.unique(names.astype(str), return_inverse=True)

    def total(values: FloatArray) -> FloatArray:
        return np.bincount(row, values, len(ids)).astype(np.float64)

    whole = total(people)
    most: IntArray = np.full(len(ids), -1)
    for at in np.argsort(people, kind="stable").tolist():
        most[row[at]] = at
    return Demand(
        tuple(ids.tolist()),
        total(x * people) / whole,
        total(y * people) / whole,
        whole,
        tuple(str(zones[at]) for at in most.tolist()),
        {name: total(values[some]) for name, values in sorted(homes.groups.items())},
    )
