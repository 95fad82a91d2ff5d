"""Well fields in memory, in SI units: metres, seconds, m³/s."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from kopa.model import Assets, FloatArray, IntArray, Shapes, points_of
from kopa.model.shapes import joined

YEAR = 365.25 * 86_400
"""A year, s."""


@dataclass(frozen=True)
class Aquifer:
    """Layers from the top down, with an aquitard above each.

    Parameters
    ----------
    conductivity
        Horizontal hydraulic conductivity, m/s, shape (layer,).
    thickness
        m, shape (layer,).
    storage
        Specific storage, 1/m; specific yield of the first layer where `phreatic`, shape (layer,).
    porosity
        Effective porosity, shape (layer,).
    resistance
        Resistance of the aquitard above, s; infinite above a confined first layer, shape (layer,).
    phreatic
        True where the water table of the first layer is free.
    gradient
        Slope of the heads before anybody pumps.
    azimuth
        Where groundwater flows to, radians clockwise from north.
    """

    conductivity: FloatArray
    thickness: FloatArray
    storage: FloatArray
    porosity: FloatArray
    resistance: FloatArray
    phreatic: bool = False
    gradient: float = 0.0
    azimuth: float = 0.0

    @property
    def leaky(self) -> bool:
        """True where water enters through an aquitard above the first layer."""
        return bool(np.isfinite(self.resistance[0]))

    @property
    def transmissivity(self) -> FloatArray:
        """m²/s, shape (layer,)."""
        return self.conductivity * self.thickness

    @property
    def flow(self) -> FloatArray:
        """Uniform flow before anybody pumps, east and north, m²/s, shape (2, layer)."""
        way = np.array([np.sin(self.azimuth), np.cos(self.azimuth)])
        return way[:, None] * self.gradient * self.transmissivity


@dataclass(frozen=True)
class Wells:
    """Wells of a field.

    Parameters
    ----------
    ids, names
        One a well.
    x, y, radius
        Place and radius of the bore, m, shape (well,).
    layer
        Layer that is screened, from 0, shape (well,).
    discharge, capacity
        Usual abstraction, and what the pump can lift, m³/s, shape (well,).
    lift
        From the water table before anybody pumps to delivery, m, shape (well,).
    efficiency
        Of pump and motor, shape (well,).
    power
        Rated power of the pump, W; infinite where it is not known, shape (well,).
    max_drawdown
        m; infinite where nobody set one, shape (well,).
    entry_resistance
        Resistance of the screen, s, shape (well,).
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    x: FloatArray
    y: FloatArray
    radius: FloatArray
    layer: IntArray
    discharge: FloatArray
    capacity: FloatArray
    lift: FloatArray
    efficiency: FloatArray
    power: FloatArray
    max_drawdown: FloatArray
    entry_resistance: FloatArray

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Observations:
    """Points where heads are measured or drawdown is limited.

    Parameters
    ----------
    ids, names
        One a point.
    x, y
        Place, m, shape (point,).
    layer
        Layer, from 0, shape (point,).
    limit
        Largest drawdown that is permitted, m; infinite where there is none, shape (point,).
    sources
        Who set the limit.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    x: FloatArray
    y: FloatArray
    layer: IntArray
    limit: FloatArray
    sources: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class River:
    """A water body that keeps its level whatever the wells do.

    Parameters
    ----------
    id, name
        What it is called.
    xy
        Its line, m, shape (point, 2).
    layer
        Layer that it cuts, from 0.
    bed_resistance
        Resistance of its bed, s.
    width
        Width through which water enters, m.
    """

    id: str
    name: str
    xy: FloatArray
    layer: int
    bed_resistance: float
    width: float


@dataclass(frozen=True)
class Permit:
    """How much may be abstracted.

    Parameters
    ----------
    rate
        Mean over a year, m³/s; infinite where there is no permit.
    source
        Who gave it.
    """

    rate: float = np.inf
    source: str = ""


@dataclass(frozen=True)
class Field:
    """One well field.

    Parameters
    ----------
    id, name, crs
        Id, name, and CRS of its coordinates (empty where unknown).
    feeds
        ``waterworks`` or ``network``.
    take_over
        True where wells that run may give more while others stand.
    pumping
        Time for which the wells have pumped as usual, s.
    aquifer, wells, observations, rivers, permit
        Its parts.
    source
        The file.
    """

    id: str
    name: str
    crs: str
    feeds: str
    take_over: bool
    pumping: float
    aquifer: Aquifer
    wells: Wells
    observations: Observations
    rivers: tuple[River, ...] = ()
    permit: Permit = Permit()
    source: Path = Path()

    @property
    def points(self) -> tuple[FloatArray, FloatArray, IntArray]:
        """x, y and layer of wells, then observation points.

        Within its bore a well's own drawdown is that at the bore's wall.
        """
        wells, seen = self.wells, self.observations
        return (
            np.concatenate([wells.x, seen.x]),
            np.concatenate([wells.y, seen.y]),
            np.concatenate([wells.layer, seen.layer]),
        )

    @property
    def limits(self) -> FloatArray:
        """Largest drawdown at wells, then at observation points, m, shape (point,)."""
        return np.concatenate([self.wells.max_drawdown, self.observations.limit])

    @property
    def ids(self) -> Iterator[tuple[str, str, str]]:
        """Id, name and kind of all its assets: the field, wells, observation points, rivers."""
        yield self.id, self.name, "field"
        for ids, names, kind in (
            (self.wells.ids, self.wells.names, "well"),
            (self.observations.ids, self.observations.names, "observation"),
        ):
            yield from ((one, name, kind) for one, name in zip(ids, names, strict=True))
        yield from ((river.id, river.name, "river") for river in self.rivers)


@dataclass(frozen=True)
class Network:
    """All well fields of a city.

    Parameters
    ----------
    fields
        The fields.
    """

    fields: tuple[Field, ...] = field(default=())

    @cached_property
    def assets(self) -> Assets:
        """One asset a field, well, observation point and river."""
        rows = [row for one in self.fields for row in one.ids]
        places = [place for one in self.fields for place in _places(one)]
        return Assets(
            domain="groundwater",
            ids=tuple(row[0] for row in rows),
            kinds=tuple(row[2] for row in rows),
            names=tuple(row[1] for row in rows),
            x=np.array([place[0] for place in places]),
            y=np.array([place[1] for place in places]),
            zones=tuple(one.id for one in self.fields for _ in one.ids),
        )

    @cached_property
    def first(self) -> IntArray:
        """Asset row of each field; its wells, points and rivers follow, shape (field,)."""
        kinds = np.array(self.assets.kinds, dtype=object)
        return np.flatnonzero(kinds == "field")

    def well_rows(self, number: int) -> IntArray:
        """Asset rows of the wells of a field."""
        return np.asarray(self.first[number] + 1 + np.arange(len(self.fields[number].wells)))

    def observation_rows(self, number: int) -> IntArray:
        """Asset rows of the observation points of a field."""
        one = self.fields[number]
        begin = self.first[number] + 1 + len(one.wells)
        return np.asarray(begin + np.arange(len(one.observations)))

    def field_rows(self, feeds: str) -> IntArray:
        """Asset rows of the fields that feed a waterworks, or the network."""
        chosen = [row for one, row in zip(self.fields, self.first, strict=True)
                  if one.feeds == feeds]  # fmt: skip
        return np.array(chosen, dtype=np.int64)

    @property
    def wells(self) -> IntArray:
        """Asset rows of all wells, field after field."""
        rows = [self.well_rows(number) for number in range(len(self.fields))]
        return np.concatenate(rows) if rows else np.empty(0, dtype=np.int64)

    def shapes(self) -> Shapes:
        """Points, and rivers as lines."""
        assets = self.assets
        kinds = np.array(assets.kinds, dtype=object)
        parts = [points_of(assets, np.flatnonzero(kinds != "river"))]
        lines = [river for one in self.fields for river in one.rivers]
        for row, river in zip(np.flatnonzero(kinds == "river"), lines, strict=True):
            first = np.array([0, len(river.xy)])
            parts.append(Shapes(np.array([row]), first, river.xy[:, 0], river.xy[:, 1]))
        return joined(parts)


def _places(one: Field) -> Iterator[tuple[float, float]]:
    """Places of a field's assets; the field stands amid its wells, a river at its middle point."""
    yield float(one.wells.x.mean()), float(one.wells.y.mean())
    yield from zip(one.wells.x.tolist(), one.wells.y.tolist(), strict=True)
    yield from zip(one.observations.x.tolist(), one.observations.y.tolist(), strict=True)
    for river in one.rivers:
        x, y = river.xy[len(river.xy) // 2].tolist()
        yield x, y
