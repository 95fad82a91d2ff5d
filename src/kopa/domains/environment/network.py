"""Rivers, bathing waters, stations, zones and sites in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from kopa.model import Assets, FloatArray, IntArray, Shapes
from kopa.model.shapes import joined, points_of

from .thresholds import Threshold

STATIONS = ("air_station", "noise_station", "climate_station")


@dataclass(frozen=True)
class Rivers:
    """Reaches in the order of their flow: a reach stands before the one it flows into.

    Parameters
    ----------
    ids, names
        One a reach.
    downstream
        Reach that it flows into, -1 for none, shape (reach,).
    flow, low_flow
        Mean flow and that of a dry spell (NaN where unknown), m³/s, shape (reach,).
    width, depth
        m; depth at mean flow, NaN where it follows from roughness and slope, shape (reach,).
    manning, slope
        Roughness, s/m^(1/3), and bed slope (NaN where unknown), shape (reach,).
    length
        m, shape (reach,).
    temperature, ph
        °C and pH, NaN where the setting holds, shape (reach,).
    background
        Concentration without overflows by pollutant: CFU/100 mL and mg N/L, shape (reach,).
    lines
        Points of each, m, shape (point, 2).
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    downstream: IntArray
    flow: FloatArray
    low_flow: FloatArray
    width: FloatArray
    depth: FloatArray
    manning: FloatArray
    slope: FloatArray
    length: FloatArray
    temperature: FloatArray
    ph: FloatArray
    background: Mapping[str, FloatArray]
    lines: tuple[FloatArray, ...]

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Bathing:
    """Bathing waters.

    Parameters
    ----------
    ids, names, waters
        One each; `waters` is ``inland`` or ``coastal``.
    x, y
        Place in the city's CRS, shape (bathing,).
    reach
        Reach that each lies on, -1 for none, shape (bathing,).
    along
        How far down that reach, 0 to 1, shape (bathing,).
    people_a_day
        Bathers a day of the season, shape (bathing,).
    seasons
        First and last day as (month, day); None for the whole year.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    waters: tuple[str, ...]
    x: FloatArray
    y: FloatArray
    reach: IntArray
    along: FloatArray
    people_a_day: FloatArray
    seasons: tuple[tuple[tuple[int, int], tuple[int, int]] | None, ...]

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Points:
    """Stations, zones or sites.

    Parameters
    ----------
    ids, names, kinds
        One each.
    x, y
        Place in the city's CRS, shape (point,).
    people
        Of a zone, shape (point,).
    extra
        ``substance`` of a site, ``source`` of a noise station.
    height
        Of a site's release, m, shape (point,).
    samples
        Points inside a zone, m, shape (sample, 2); one for anything else.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    x: FloatArray
    y: FloatArray
    people: FloatArray
    extra: tuple[str, ...]
    height: FloatArray
    samples: tuple[FloatArray, ...]

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Environment:
    """All that the files name.

    Parameters
    ----------
    rivers, bathing, points
        Its parts; assets stand in this order.
    thresholds
        Thresholds by id.
    """

    rivers: Rivers
    bathing: Bathing
    points: Points
    thresholds: Mapping[str, Threshold] = field(default_factory=dict)

    @cached_property
    def assets(self) -> Assets:
        """Reaches, bathing waters, and stations, zones and sites."""
        rivers, bathing, points = self.rivers, self.bathing, self.points
        middles = np.array([middle(line) for line in rivers.lines]).reshape(-1, 2)
        return Assets(
            domain="environment",
            ids=(*rivers.ids, *bathing.ids, *points.ids),
            kinds=("river",) * len(rivers) + ("bathing",) * len(bathing) + points.kinds,
            names=(*rivers.names, *bathing.names, *points.names),
            x=np.concatenate([middles[:, 0], bathing.x, points.x]),
            y=np.concatenate([middles[:, 1], bathing.y, points.y]),
            people=np.concatenate([np.zeros(len(rivers)), bathing.people_a_day, points.people]),
        )

    @cached_property
    def bathing_rows(self) -> IntArray:
        """Asset rows of the bathing waters, shape (bathing,)."""
        return len(self.rivers) + np.arange(len(self.bathing), dtype=np.int64)

    @cached_property
    def point_rows(self) -> IntArray:
        """Asset rows of stations, zones and sites, shape (point,)."""
        return len(self.rivers) + len(self.bathing) + np.arange(len(self.points), dtype=np.int64)

    @cached_property
    def breathing(self) -> IntArray:
        """Points where air is breathed: zones and air stations, as numbers of `points`."""
        kinds = self.points.kinds
        found = [n for n, kind in enumerate(kinds) if kind in ("zone", "air_station")]
        return np.array(found, dtype=np.int64)

    @cached_property
    def shapes(self) -> Shapes:
        """Reaches as lines, all else as points; the more flow, the more weight."""
        rivers = self.rivers
        points = points_of(self.assets, np.concatenate([self.bathing_rows, self.point_rows]))
        if not len(rivers):
            return points
        first = np.concatenate([[0], np.cumsum([len(line) for line in rivers.lines])])
        xy = np.concatenate(rivers.lines)
        weight = rivers.flow / rivers.flow.max()
        rows = np.arange(len(rivers), dtype=np.int64)
        lines = Shapes(rows, first.astype(np.int64), xy[:, 0], xy[:, 1], weight)
        return joined([lines, points])


def middle(line: FloatArray) -> FloatArray:
    """The point halfway along a line, shape (2,)."""
    steps = np.hypot(*np.diff(line, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    half = along[-1] / 2
    return np.array([np.interp(half, along, line[:, 0]), np.interp(half, along, line[:, 1])])
