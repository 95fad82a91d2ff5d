"""Which closed streets certainly change nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kopa.domain import Bound, Change
from kopa.model import BoolArray, Window

from .access import bridges
from .cars import Usual
from .closure import AT_STOP_M
from .network import Network
from .stretch import edge_lines
from .trips_hit import WITHIN_M


def idle(network: Network, usually: Usual) -> BoolArray:
    """Streets that can be closed and nobody is worse off, shape (edge,).

    No car trip uses such a street, no trip's line and no stop is near it, and it is no bridge:
    the streets at its ends stay joined without it.

    Parameters
    ----------
    network
        The network.
    usually
        Car trips as they usually are.
    """
    import shapely

    streets, table = network.streets, network.timetable
    free = streets.drive & ~usually.used
    drive = np.flatnonzero(streets.drive)
    torn = bridges(streets.nodes, streets.a[drive], streets.b[drive])
    free[drive[torn]] = False
    edges = np.flatnonzero(free)
    if not len(edges):
        return free
    lines = edge_lines(streets, edges)
    near = np.zeros(len(edges), dtype=bool)
    if len(table.stop_ids):
        stops = shapely.points(np.column_stack(network.stop_places))
        near[shapely.STRtree(lines).query(stops, "dwithin", AT_STOP_M)[1]] = True
    courses = _courses(network)
    if len(courses):
        near[shapely.STRtree(lines).query(courses, "dwithin", WITHIN_M + 0.1)[1]] = True
    free[edges[near]] = False
    return free


def _courses(network: Network) -> np.ndarray:
    """Segments of all lines that trips drive along, each once, as shapely geometries."""
    import shapely

    table = network.timetable
    x, y = network.shape_places
    stop_x, stop_y = network.stop_places
    of = np.repeat(np.arange(len(table.shapes.ids)), np.diff(table.shapes.first))
    along = np.flatnonzero(of[1:] == of[:-1])
    row_trip = table.trip_of
    drawn = (row_trip[1:] == row_trip[:-1]) & (table.trip_shape[row_trip[1:]] < 0)
    legs = np.flatnonzero(drawn)
    a, b = table.stop[legs], table.stop[legs + 1]
    ends = np.concatenate(
        [
            np.column_stack([x[along], y[along], x[along + 1], y[along + 1]]),
            np.column_stack([stop_x[a], stop_y[a], stop_x[b], stop_y[b]]),
        ]
    )
    # rounded outwards by less than the tenth of a metre that the search is wider
    distinct = np.unique(np.round(ends, 1), axis=0)
    return np.asarray(shapely.linestrings(distinct.reshape(-1, 2, 2)))


def bounds(
    network: Network, free: BoolArray, window: Window, changes: Sequence[Change]
) -> list[Bound | None]:
    """``exact`` for closing a street that is idle, and for what lies outside the window.

    Whoever drives by other ways than the car trips is told by the speed of an idle street.

    Parameters
    ----------
    network
        The network.
    free
        What `idle` gave.
    window
        The time.
    changes
        Each is taken alone.
    """
    found: list[Bound | None] = []
    for change in changes:
        row = network.assets.index[change.asset]
        idle_street = change.kind == "closed" and row < len(free) and bool(free[row])
        late = change.start is not None and change.start >= window.end
        early = change.end is not None and change.end <= window.start
        if late or early:
            found.append(Bound("exact"))
        else:
            moves = (("street_speed", row),)
            found.append(Bound("exact", moves=moves) if idle_street else None)
    return found
