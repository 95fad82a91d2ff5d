"""What changes and inputs do to streets and public transport, and when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from kopa.domain import Change, Event, Parent
from kopa.model import FloatArray, IntArray, PortSeries, Window

from .network import Network

SUPPLIED = 0.5
"""Below this share of electricity a signal is dark; below this share of dry ground a street is
closed."""


@dataclass(frozen=True)
class Action:
    """One thing that is done over one stretch of time.

    Parameters
    ----------
    what
        ``closed`` and ``slowed`` streets, ``dark`` signals, ``out`` stops, ``cancelled`` trips,
        ``unpowered`` stops.
    items
        Edges, signals, stops or trips, by their own numbers, shape (item,).
    start, end
        First second of it, and first second after it.
    event
        The event that tells it.
    factor
        Of the speed, for ``slowed``.
    """

    what: str
    items: IntArray
    start: int
    end: int
    event: int
    factor: float = 1.0


def actions(
    network: Network, window: Window, changes: Sequence[Change], inputs: PortSeries
) -> tuple[list[Action], list[Event]]:
    """Actions inside the window, and the events that tell them.

    Parameters
    ----------
    network
        The network.
    window
        The time.
    changes
        What is done.
    inputs
        Series at the in-ports.
    """
    found: list[Action] = []
    events: list[Event] = []
    for position, change in enumerate(changes):
        start = window.start if change.start is None else max(change.start, window.start)
        end = window.end if change.end is None else min(change.end, window.end)
        if end <= start:
            continue
        row = network.assets.index[change.asset]
        what, items = _meant(network, row, change.kind)
        factor = 1.0 if change.value is None else change.value
        found.append(Action(what, items, start, end, len(events), factor))
        told = np.array([row], dtype=np.int64)
        events.append(Event(change.kind, told, start, end, (Parent("change", position),)))
    _from_inputs(network, window, inputs, found, events)
    return found, events


def _meant(network: Network, row: int, kind: str) -> tuple[str, IntArray]:
    """What a change of an asset is about."""
    rows, table = network.rows, network.timetable
    if row < rows.way:
        return kind, np.array([row], dtype=np.int64)
    if row < rows.signal:
        of_way = network.streets.way == rows.ways[row - rows.way]
        return kind, np.flatnonzero(of_way)
    if row < rows.stop:
        return "dark", np.array([row - rows.signal], dtype=np.int64)
    if row < rows.route:
        return "out", np.array([row - rows.stop], dtype=np.int64)
    if row < rows.trip:
        return "cancelled", np.flatnonzero(table.trip_route == row - rows.route)
    return "cancelled", np.array([row - rows.trip], dtype=np.int64)


def _from_inputs(
    network: Network,
    window: Window,
    inputs: PortSeries,
    found: list[Action],
    events: list[Event],
) -> None:
    rows = network.rows
    streets = np.flatnonzero(network.streets.drive)
    lit, powered = len(rows.lit), network.powered_stops

    def street(columns: IntArray) -> tuple[str, str, IntArray, IntArray]:
        return "closed", "closed", streets[columns], streets[columns]

    def signal(columns: IntArray) -> tuple[str, str, IntArray, IntArray]:
        return "dark", "no_electricity", columns, rows.signal + columns

    def stop(columns: IntArray) -> tuple[str, str, IntArray, IntArray]:
        stops = powered[columns - lit]
        return "unpowered", "no_electricity", stops, rows.stop + stops

    parts: list[tuple[str, slice, Callable[[IntArray], tuple[str, str, IntArray, IntArray]]]] = [
        ("dry", slice(0, len(streets)), street),
        ("electricity", slice(0, lit), signal),
        ("electricity", slice(lit, lit + len(powered)), stop),
    ]
    for port, part, meaning in parts:
        series = inputs.get(port)
        if series is None:
            continue
        lost = np.asarray(series)[:, part] < SUPPLIED
        for start, end, columns in _spells(lost, window):
            of_port = columns + (part.start or 0)
            what, word, items, told = meaning(of_port)
            found.append(Action(what, items, start, end, len(events)))
            parents = tuple(Parent("input", column, port) for column in of_port.tolist())
            events.append(Event(word, told, start, end, parents))


def _spells(lost: np.ndarray, window: Window) -> list[tuple[int, int, IntArray]]:
    """Stretches of time in which columns are lost; those with one stretch stand together."""
    together: dict[tuple[int, int], list[int]] = {}
    for column in np.flatnonzero(lost.any(axis=0)).tolist():
        edge = np.diff(np.concatenate([[0], lost[:, column].astype(np.int8), [0]]))
        begins, ends = np.flatnonzero(edge == 1), np.flatnonzero(edge == -1)
        for low, high in zip(begins.tolist(), ends.tolist(), strict=True):
            together.setdefault((low, high), []).append(column)
    return [
        (
            window.start + low * window.step,
            window.start + high * window.step,
            np.array(columns, dtype=np.int64),
        )
        for (low, high), columns in sorted(together.items())
    ]


@dataclass(frozen=True)
class Piece:
    """A stretch of time in which the streets stand still.

    Parameters
    ----------
    start, end
        First second of it, and first second after it.
    active
        Actions that hold in it.
    """

    start: int
    end: int
    active: tuple[Action, ...]


def pieces(window: Window, found: Sequence[Action]) -> list[Piece]:
    """The window cut where something begins or ends on the streets, in order."""
    on_streets = [one for one in found if one.what in ("closed", "slowed", "dark")]
    cuts = {window.start, window.end}
    cuts |= {second for one in on_streets for second in (one.start, one.end)}
    return [
        Piece(low, high, tuple(one for one in on_streets if one.start <= low < one.end))
        for low, high in pairwise(sorted(cuts))
    ]


def arc_times(network: Network, piece: Piece, dark_delay: float) -> FloatArray | None:
    """Time of each arc in a piece, s, `inf` where closed; None if nothing holds.

    Parameters
    ----------
    network
        The network.
    piece
        The piece.
    dark_delay
        Time that a crossing with dead lights takes, s.
    """
    if not piece.active:
        return None
    roads = network.roads
    slow = np.ones(network.streets.edges)
    closed = np.zeros(network.streets.edges, dtype=bool)
    dark = np.zeros(network.streets.nodes, dtype=bool)
    for one in piece.active:
        if one.what == "closed":
            closed[one.items] = True
        elif one.what == "slowed":
            slow[one.items] = np.minimum(slow[one.items], one.factor)
        else:
            dark[network.rows.lit[one.items]] = True
    times = roads.seconds / slow[roads.edge] + dark_delay * dark[roads.head]
    return np.where(closed[roads.edge], np.inf, times)


def street_speed(
    network: Network, window: Window, parts: Sequence[Piece]
) -> tuple[FloatArray, IntArray]:
    """Speed at which each street may be driven, over the usual one, 0 while it is closed.

    Parameters
    ----------
    network
        The network.
    window
        The time.
    parts
        What `pieces` gave.

    Returns
    -------
    tuple
        Mean of each step, shape (step, street with cars), and the event behind it, -1 for none,
        shape (street with cars,).
    """
    behind = np.full(network.streets.edges, -1, dtype=np.int64)
    share = np.ones((window.steps, network.streets.edges))
    for piece in parts:
        least = np.ones(network.streets.edges)
        for one in piece.active:
            if one.what == "dark":
                continue
            factor = 0.0 if one.what == "closed" else one.factor
            least[one.items] = np.minimum(least[one.items], factor)
            fresh = one.items[behind[one.items] < 0]
            behind[fresh] = one.event
        slower = np.flatnonzero(least < 1)
        cover = window.cover(piece.start, piece.end)
        share[:, slower] -= cover[:, None] * (1 - least[slower])
    drive = network.streets.drive
    return np.maximum(np.round(share[:, drive], 9), 0.0), behind[drive]
