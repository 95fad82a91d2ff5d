"""Stations, street lights and people of a city, in memory."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np

from kopa.geo.driving import Driving
from kopa.geo.streets import Streets
from kopa.model import Assets, BoolArray, FloatArray, IntArray, Shapes
from kopa.model.shapes import joined, points_of

PACKAGE = "kopa.domains.safety"
SERVICES = {"fire": ("fire_station",), "police": ("police", "patrol_base")}
"""Kinds of station that give each service."""
STATIONS = tuple(kind for kinds in SERVICES.values() for kind in kinds)


@dataclass(frozen=True)
class Stations:
    """Where units leave from; each of shape (station,).

    Parameters
    ----------
    ids, kinds, names, zones
        What each is.
    x, y
        In the city's CRS, m.
    units
        That can leave at once with all staff.
    turnout
        From the alarm to the unit on the street, s.
    power
        Electric, kW.
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
    power: FloatArray
    wired: BoolArray
    backup: FloatArray

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Lights:
    """Circuits of street lights; each of shape (circuit,) but the lines.

    Parameters
    ----------
    ids, names, zones
        What each is.
    lamps
        Of the circuit.
    power
        Of all its lamps, kW.
    people
        Who live along it.
    dead
        True where it is known to be out.
    lines
        How it runs, m; `rows` are circuits.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    zones: tuple[str, ...]
    lamps: FloatArray
    power: FloatArray
    people: FloatArray
    dead: BoolArray
    lines: Shapes

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def length(self) -> FloatArray:
        """Street that each lights, m, shape (circuit,)."""
        found = np.zeros(len(self))
        step = np.hypot(np.diff(self.lines.x), np.diff(self.lines.y))
        step[self.lines.first[1:-1] - 1] = 0.0  # from the end of a line to the next one's begin
        of = np.repeat(self.lines.rows, self.lines.many)[:-1]
        np.add.at(found, of, step)
        return found


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
    """The safety of a city.

    Parameters
    ----------
    stations, lights, cells
        What there is.
    streets
        What units drive on.
    target
        From the alarm to the first unit on the spot, at most, s.
    light_below
        Lights burn while the sun is lower, degrees.
    timezone
        IANA name; empty for the hour of the meridian.
    """

    stations: Stations
    lights: Lights
    cells: Cells
    streets: Streets
    target: float
    light_below: float
    timezone: str

    def __getstate__(self) -> dict[str, Any]:
        # what is derived is derived again: the router's handle belongs to its process
        return {one.name: self.__dict__[one.name] for one in fields(self)}

    @cached_property
    def driving(self) -> Driving:
        """The streets as units meet them."""
        return Driving(self.streets)

    @cached_property
    def station_nodes(self) -> IntArray:
        """Crossing at which each station lies, shape (station,)."""
        return self.driving.roads.nearest(self.stations.x, self.stations.y)[0]

    @cached_property
    def cell_nodes(self) -> IntArray:
        """Crossing at which each cell is reached, shape (cell,)."""
        return self.driving.roads.nearest(self.cells.x, self.cells.y)[0]

    @cached_property
    def services(self) -> dict[str, IntArray]:
        """Stations by service; one that the city has no station of is left out."""
        kinds = self.stations.kinds
        found = {
            service: np.array([row for row, kind in enumerate(kinds) if kind in some], dtype=int)
            for service, some in SERVICES.items()
        }
        return {service: rows for service, rows in found.items() if len(rows)}

    @cached_property
    def place(self) -> tuple[float, float]:
        """Longitude and latitude of the middle of the streets."""
        return float(np.median(self.streets.lon)), float(np.median(self.streets.lat))

    @property
    def station(self) -> int:
        """First row of the stations; cells begin at 0."""
        return len(self.cells)

    @property
    def light(self) -> int:
        """First row of the lights."""
        return self.station + len(self.stations)

    @property
    def street(self) -> int:
        """First row of the streets."""
        return self.light + len(self.lights)

    @cached_property
    def assets(self) -> Assets:
        """Cells, stations, lights, and the streets that units drive on."""
        cells, stations, lights, streets = self.cells, self.stations, self.lights, self.streets
        driven = self.driving.edges
        middle_x, middle_y = streets.middle
        light_x, light_y = _middles(lights)
        none = np.zeros(len(stations))
        apart = ("",) * len(driven)
        return Assets(
            domain="safety",
            ids=(
                *(f"cell/{one}" for one in cells.ids),
                *stations.ids,
                *lights.ids,
                *(streets.ids[edge] for edge in driven.tolist()),
            ),
            kinds=(
                *("cell",) * len(cells),
                *stations.kinds,
                *("lights",) * len(lights),
                *("street",) * len(driven),
            ),
            names=(
                *cells.names,
                *stations.names,
                *lights.names,
                *(streets.name[edge] for edge in driven.tolist()),
            ),
            x=np.concatenate([cells.x, stations.x, light_x, middle_x[driven]]),
            y=np.concatenate([cells.y, stations.y, light_y, middle_y[driven]]),
            people=np.concatenate([cells.people, none, lights.people, np.zeros(len(driven))]),
            zones=(*cells.zones, *stations.zones, *lights.zones, *apart),
        )

    @cached_property
    def shapes(self) -> Shapes:
        """Lights as lines, all else as points."""
        lines = self.lights.lines
        drawn = Shapes(lines.rows + self.light, lines.first, lines.x, lines.y)
        others = np.delete(
            np.arange(len(self.assets), dtype=np.int64), np.s_[self.light : self.street]
        )
        return joined([drawn, points_of(self.assets, others)])


def _middles(lights: Lights) -> tuple[FloatArray, FloatArray]:
    """Mean of the points of each circuit, shape (circuit,) each."""
    of = np.repeat(lights.lines.rows, lights.lines.many)
    many = np.maximum(np.bincount(of, minlength=len(lights)), 1)
    x, y = (np.bincount(of, part, len(lights)) / many for part in (lights.lines.x, lights.lines.y))
    return x, y
