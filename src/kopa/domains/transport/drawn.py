"""How streets and public transport are drawn."""

from __future__ import annotations

from collections import Counter

import numpy as np

from kopa.geo.read_osm import classes
from kopa.model import FloatArray, IntArray, Shapes, points_of
from kopa.model.shapes import joined

from .network import Network

WAYS = 2
"""A route is drawn along the ways that most of its trips take: there and back."""


def shapes(network: Network) -> Shapes:
    """Streets and paths along their points, signals and stops as points, routes as their trips go.

    Whole streets and trips are drawn by what they consist of. The more cars a class of street
    is made for, the more it weighs.

    Parameters
    ----------
    network
        The network.
    """
    streets, rows = network.streets, network.rows
    order = list(classes())
    rank = np.array([order.index(kind) for kind in streets.kind], dtype=np.float64)
    edges = np.arange(streets.edges, dtype=np.int64)
    weight = 1 - rank / (len(order) - 1)
    lines = Shapes(edges, streets.first, streets.point_x, streets.point_y, weight)
    points = points_of(network.assets, np.arange(rows.signal, rows.route, dtype=np.int64))
    return joined([lines, points, _routes(network)]).placed()


def _routes(network: Network) -> Shapes:
    table = network.timetable
    trips: list[Counter[tuple[int, ...]]] = [Counter() for _ in table.route_ids]
    for trip, (route, shape) in enumerate(
        zip(table.trip_route.tolist(), table.trip_shape.tolist(), strict=True)
    ):
        low, high = int(table.first[trip]), int(table.first[trip + 1])
        way = (shape,) if shape >= 0 else (-1, *table.stop[low:high].tolist())
        trips[route][way] += 1
    found: list[int] = []
    parts: list[FloatArray] = []
    for route, counts in enumerate(trips):
        for way, _ in sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:WAYS]:
            line = _way(network, way)
            if line.shape[1] > 1:
                found.append(network.rows.route + route)
                parts.append(line)
    first = np.concatenate([[0], np.cumsum([part.shape[1] for part in parts])]).astype(np.int64)
    x, y = np.concatenate([np.empty((2, 0)), *parts], axis=1)
    return Shapes(np.array(found, dtype=np.int64), first, x, y)


def _way(network: Network, way: tuple[int, ...]) -> FloatArray:
    """Points of a way in the city's CRS, shape (2, point)."""
    if way[0] < 0:
        stops: IntArray = np.array(way[1:], dtype=np.int64)
        return np.stack([values[stops] for values in network.stop_places])
    low, high = network.timetable.shapes.first[way[0] : way[0] + 2]
    return np.stack([values[low:high] for values in network.shape_places])
