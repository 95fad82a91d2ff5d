"""Bases of units, shelters, people and streets of a city, in memory."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np

from kopa.geo.driving import Driving
from kopa.geo.streets import Streets
from kopa.model import Assets, BoolArray, FloatArray, IntArray

PACKAGE = "kopa.domains.emergency"
UNITS = ("ambulance", "fire", "rescue")
"""Kinds of unit; a base has units of one kind."""


@dataclass(frozen=True)
class Bases:
    """Where units leave from; each of shape (base,).

    Parameters
    ----------
    ids, kinds, names, zones
        What each is; a kind is that of its units.
    x, y
        In the city's CRS, m.
    units
        That can leave at once with all staff.
    turnout
        From the alarm to the unit on the street, s.
    wired
        True where no unit leaves without electricity.
    backup
        Hours that its own set covers.
    """

    ids: tuple[str, ...]
    kinds: tuple[str, ...]
    names: tuple[str, ...]
    zones: tuple[str, ...]
    x: FloatArray
    y: FloatArray
    units: FloatArray
    turnout: FloatArray
    wired: BoolArray
    backup: FloatArray

    def __len__(self) -> int:
        return len(self.ids)

    def of(self, kind: str) -> IntArray:
        """Rows of the bases whose units are of a kind."""
        return np.array([row for row, one in enumerate(self.kinds) if one == kind], dtype=np.int64)


@dataclass(frozen=True)
class Shelters:
    """Where people find a place; as `Bases`.

    Parameters
    ----------
    ids, names, zones, x, y, wired, backup
        As bases have them; one that needs electricity takes nobody without it.
    places
        People whom it can take.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    zones: tuple[str, ...]
    x: FloatArray
    y: FloatArray
    places: FloatArray
    wired: BoolArray
    backup: FloatArray

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Cells:
    """Where people are; each of shape (cell,).

    Parameters
    ----------
    ids, names, zones
        What each is.
    x, y
        In the city's CRS, m.
    people
        Who live there.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    zones: tuple[str, ...]
    x: FloatArray
    y: FloatArray
    people: FloatArray

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Network:
    """The emergency service of a city.

    Parameters
    ----------
    bases, shelters, cells
        What there is.
    streets
        What units drive on.
    target
        From the alarm to the first ambulance on the spot, at most, s.
    walk
        People walk so far to a water or power point, m.
    """

    bases: Bases
    shelters: Shelters
    cells: Cells
    streets: Streets
    target: float
    walk: float

    def __getstate__(self) -> dict[str, Any]:
        # what is derived is derived again: the router's handle belongs to its process
        return {one.name: self.__dict__[one.name] for one in fields(self)}

    @cached_property
    def driving(self) -> Driving:
        """The streets as units meet them."""
        return Driving(self.streets)

    def nodes(self, what: Bases | Shelters | Cells) -> IntArray:
        """Crossing at which each of some things lies."""
        return self.driving.roads.nearest(what.x, what.y)[0]

    @cached_property
    def base_nodes(self) -> IntArray:
        """Crossing at which each base lies, shape (base,)."""
        return self.nodes(self.bases)

    @cached_property
    def cell_nodes(self) -> IntArray:
        """Crossing at which each cell is reached, shape (cell,)."""
        return self.nodes(self.cells)

    @cached_property
    def wired(self) -> BoolArray:
        """True for bases, then shelters, that need electricity, shape (house,)."""
        return np.concatenate([self.bases.wired, self.shelters.wired])

    @cached_property
    def backup(self) -> FloatArray:
        """Hours of own power of bases, then shelters, shape (house,)."""
        return np.concatenate([self.bases.backup, self.shelters.backup])

    @property
    def base(self) -> int:
        """First row of the bases; cells begin at 0, shelters follow the bases."""
        return len(self.cells)

    @property
    def shelter(self) -> int:
        """First row of the shelters."""
        return self.base + len(self.bases)

    @property
    def street(self) -> int:
        """First row of the streets."""
        return self.shelter + len(self.shelters)

    @cached_property
    def assets(self) -> Assets:
        """Cells, bases, shelters, and the streets that units drive on."""
        cells, bases, shelters, streets = self.cells, self.bases, self.shelters, self.streets
        driven = self.driving.edges
        middle_x, middle_y = streets.middle
        none = np.zeros(len(bases) + len(shelters) + len(driven))
        return Assets(
            domain="emergency",
            ids=(
                *(f"cell/{one}" for one in cells.ids),
                *bases.ids,
                *shelters.ids,
                *(streets.ids[edge] for edge in driven.tolist()),
            ),
            kinds=(
                *("cell",) * len(cells),
                *bases.kinds,
                *("shelter",) * len(shelters),
                *("street",) * len(driven),
            ),
            names=(
                *cells.names,
                *bases.names,
                *shelters.names,
                *(streets.name[edge] for edge in driven.tolist()),
            ),
            x=np.concatenate([cells.x, bases.x, shelters.x, middle_x[driven]]),
            y=np.concatenate([cells.y, bases.y, shelters.y, middle_y[driven]]),
            people=np.concatenate([cells.people, none]),
            zones=(*cells.zones, *bases.zones, *shelters.zones, *("",) * len(driven)),
        )
