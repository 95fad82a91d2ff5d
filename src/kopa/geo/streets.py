"""Streets of a map as a graph."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kopa.geo.lines import middles
from kopa.model import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class Streets:
    """Streets from one crossing to the next: an undirected graph with directions of travel.

    Parameters
    ----------
    crs
        Coordinate reference system of `x` and `y`, such as ``EPSG:32633``.
    node_osm
        OSM node of each crossing or end, shape (node,).
    lon, lat
        Place of each node, degrees, shape (node,).
    x, y
        The same in the city's CRS, m, shape (node,).
    signals
        True where traffic lights stand, shape (node,).
    a, b
        Ends of each edge, in the direction in which its way is drawn, shape (edge,).
    way, part
        OSM way of each edge, and its number along that way from 1, shape (edge,).
    length
        Length along the street, m, shape (edge,).
    speed
        Speed of free traffic, m/s, shape (edge,).
    kind, name
        Value of ``highway`` and name of each edge, shape (edge,).
    forward, backward
        True where cars may drive from `a` to `b`, and from `b` to `a`, shape (edge,).
    walk
        True where people may walk, shape (edge,).
    first
        Edge i is drawn through points ``first[i]`` to ``first[i + 1] - 1``, shape (edge + 1,).
    point_x, point_y
        The points, both ends among them, m, shape (point,).
    """

    crs: str
    node_osm: IntArray
    lon: FloatArray
    lat: FloatArray
    x: FloatArray
    y: FloatArray
    signals: BoolArray
    a: IntArray
    b: IntArray
    way: IntArray
    part: IntArray
    length: FloatArray
    speed: FloatArray
    kind: tuple[str, ...]
    name: tuple[str, ...]
    forward: BoolArray
    backward: BoolArray
    walk: BoolArray
    first: IntArray
    point_x: FloatArray
    point_y: FloatArray

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return len(self.node_osm)

    @property
    def edges(self) -> int:
        """Number of edges."""
        return len(self.way)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Id of each edge: its OSM way and its number along it, ``24660412-1``."""
        pairs = zip(self.way.tolist(), self.part.tolist(), strict=True)
        return tuple(f"{way}-{part}" for way, part in pairs)

    @cached_property
    def drive(self) -> BoolArray:
        """True where cars may drive in one direction at least, shape (edge,)."""
        return np.asarray(self.forward | self.backward)

    @cached_property
    def middle(self) -> tuple[FloatArray, FloatArray]:
        """Point half way along each edge, m, two arrays of shape (edge,)."""
        return middles(self.first, self.point_x, self.point_y)

    def line(self, edge: int) -> FloatArray:
        """Points of an edge from `a` to `b`, m, shape (point, 2)."""
        part = slice(int(self.first[edge]), int(self.first[edge + 1]))
        return np.column_stack([self.point_x[part], self.point_y[part]])
