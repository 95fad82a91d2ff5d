"""The window cut where changes begin and end: in each piece the grid stands still."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from kopa.domain import Change, Event, Parent
from kopa.domains.energy.network import Network
from kopa.domains.energy.topology import Action, Effect, State, Topology
from kopa.model import BoolArray, FloatArray, IntArray, Window

_INPUTS = {"dry": "flooded", "added_demand": "more_demand"}
ADDED = "added"
"""Kind of the changes that come in by ``added_demand``; factors leave what is added alone."""
DRY_NEEDED = 0.5
"""A station is out in a step in which its site is dry for less than this share."""


@dataclass(frozen=True)
class Piece:
    """A stretch of time in which nothing changes.

    Parameters
    ----------
    start, end
        First second of it, and first second after it.
    active
        Changes that hold in it, as positions in the run's list.
    state
        The grid.
    live
        What is energised, shape (bus,).
    effect
        What the changes do to what stays energised.
    """

    start: int
    end: int
    active: tuple[int, ...]
    state: State
    live: BoolArray
    effect: Effect


def span(change: Change, window: Window) -> tuple[int, int]:
    """First second of a change inside the window, and first second after it."""
    start = window.start if change.start is None else max(change.start, window.start)
    end = window.end if change.end is None else min(change.end, window.end)
    return start, max(start, end)


def action_of(network: Network, changes: Sequence[Change]) -> Action:
    """What changes that hold together do."""
    index = network.assets.index
    rows: dict[str, set[int]] = {"out": set(), "opened": set(), "closed": set()}
    factors, added = [], []
    for change in changes:
        row = index[change.asset]
        if change.kind == "factor":
            factors.append((row, 1.0 if change.value is None else change.value))
        elif change.kind == ADDED:
            added.append((row, change.value or 0.0))
        else:
            rows[change.kind].add(row)
    sets = {kind: frozenset(of) for kind, of in rows.items()}
    return Action(**sets, factors=tuple(factors), added=tuple(added))


def pieces(topology: Topology, window: Window, changes: Sequence[Change]) -> list[Piece]:
    """The window's pieces, in order.

    Parameters
    ----------
    topology
        The graph of the grid.
    window
        The time.
    changes
        What is done.
    """
    spans = [span(change, window) for change in changes]
    cuts = sorted({window.start, window.end, *(second for both in spans for second in both)})
    cuts = [cut for cut in cuts if window.start <= cut <= window.end]
    known: dict[tuple[int, ...], tuple[State, BoolArray, Effect]] = {}
    found = []
    for start, end in pairwise(cuts):
        active = tuple(i for i, (low, high) in enumerate(spans) if low <= start < high)
        if active not in known:
            held = [changes[i] for i in active]
            state = topology.state(action_of(topology.network, held))
            live = topology.energised(state) if active else topology.live
            known[active] = (state, live, topology.effect(state, live))
        found.append(Piece(start, end, active, *known[active]))
    return found


def seconds_by_step(window: Window, parts: Sequence[Piece]) -> IntArray:
    """Seconds of each piece in each step, shape (step, piece)."""
    first = (window.start + window.step * np.arange(window.steps, dtype=np.int64))[:, None]
    low = np.maximum(first, [piece.start for piece in parts])
    high = np.minimum(first + window.step, [piece.end for piece in parts])
    return np.asarray(np.maximum(high - low, 0))


def lost(network: Network, parts: Sequence[Piece]) -> BoolArray:
    """Units in service of the file that a piece leaves without supply, shape (piece, unit)."""
    units = network.units
    gone = np.zeros((len(parts), len(units.bus)), dtype=bool)
    for row, piece in enumerate(parts):
        gone[row] = ~piece.live[units.bus]
        gone[row, list(piece.state.units_out)] = True
    return gone & units.in_service


def shares(network: Network, window: Window, parts: Sequence[Piece]) -> FloatArray:
    """Share of each step in which buses, then loads and motors, have electricity.

    Seconds are whole numbers, so a step without an outage gives exactly 1.

    Returns
    -------
    FloatArray
        Shape (step, bus and consumer).
    """
    units = network.units
    consumer = np.nonzero(units.consumer)[0]
    dead = np.zeros((len(parts), network.buses + len(consumer)), dtype=np.int64)
    for row, piece in enumerate(parts):
        dead[row, : network.buses] = ~piece.live
    absent = lost(network, parts) | ~units.in_service
    dead[:, network.buses :] = absent[:, consumer]
    share = np.ones((window.steps, dead.shape[1]))
    touched = np.nonzero(dead.any(axis=0))[0]
    if len(touched):
        seconds = seconds_by_step(window, parts) @ dead[:, touched]
        share[:, touched] = 1 - seconds / window.step
    return share


def flooded(
    window: Window, ids: Sequence[str], dry: FloatArray | None
) -> tuple[tuple[Change, ...], tuple[Parent, ...]]:
    """Transformers that are out while their site is under water, and why.

    Parameters
    ----------
    window
        The time.
    ids
        Their ids, by column.
    dry
        Share of each step in which a site is dry, shape (step, transformer); None for always.
    """
    found: list[Change] = []
    parents: list[Parent] = []
    if dry is None:
        return (), ()
    wet = dry < DRY_NEEDED
    for column in np.flatnonzero(wet.any(axis=0)).tolist():
        edges = np.diff(np.concatenate([[0], wet[:, column].astype(np.int8), [0]]))
        for low, high in zip(np.flatnonzero(edges > 0), np.flatnonzero(edges < 0), strict=True):
            start, end = (window.start + int(step) * window.step for step in (low, high))
            found.append(Change("energy", ids[column], "out", start=start, end=end))
            parents.append(Parent("input", column, "dry"))
    return tuple(found), tuple(parents)


def more_power(
    window: Window, ids: Sequence[str], kw: FloatArray, added: FloatArray | None
) -> tuple[tuple[Change, ...], tuple[Parent, ...]]:
    """Loads that draw more, or less, than the grid's file says, and why.

    Parameters
    ----------
    window
        The time.
    ids
        Their ids, by column.
    kw
        What the file says, by column.
    added
        What comes to it, kW, shape (step, load); None for nothing.
    """
    found: list[Change] = []
    parents: list[Parent] = []
    if added is None:
        return (), ()
    for column in np.flatnonzero(added.any(axis=0)).tolist():
        values = added[:, column]
        cuts = [0, *(np.flatnonzero(np.diff(values)) + 1).tolist(), window.steps]
        for low, high in pairwise(cuts):
            if values[low]:
                start, end = (window.start + step * window.step for step in (low, high))
                share = float(values[low] / kw[column])
                found.append(Change("energy", ids[column], ADDED, share, start=start, end=end))
                parents.append(Parent("input", column, "added_demand"))
    return tuple(found), tuple(parents)


def events(
    topology: Topology,
    window: Window,
    changes: Sequence[Change],
    parents: Sequence[Parent],
    parts: Sequence[Piece],
) -> tuple[Event, ...]:
    """The changes, and what each island of dead buses owes to them.

    Parameters
    ----------
    topology
        The graph of the grid.
    window
        The time.
    changes
        What is done.
    parents
        Where each of them is from.
    parts
        The pieces of the window.
    """
    index = topology.network.assets.index
    told: list[Event] = []
    of_change: dict[int, int] = {}
    adding: dict[Parent, int] = {}
    for position, (change, parent) in enumerate(zip(changes, parents, strict=True)):
        start, end = span(change, window)
        if end <= start:
            continue
        if parent in adding:  # what a load draws more changes from step to step: one event
            of_change[position] = adding[parent]
            told[adding[parent]] = replace(told[adding[parent]], end=end)
            continue
        of_change[position] = len(told)
        if parent.port == "added_demand":
            adding[parent] = len(told)
        rows = np.array([index[change.asset]], dtype=np.int64)
        told.append(Event(_INPUTS.get(parent.port, change.kind), rows, start, end, (parent,)))
    open_: dict[tuple[bytes, tuple[Parent, ...]], tuple[int, int]] = {}
    islands: list[tuple[int, int, bytes, tuple[Parent, ...]]] = []
    for piece in parts:
        going: dict[tuple[bytes, tuple[Parent, ...]], tuple[int, int]] = {}
        for rows, causes in _islands(topology, changes, piece):
            key = (rows.tobytes(), tuple(Parent("event", of_change[cause]) for cause in causes))
            start = open_.pop(key)[0] if key in open_ else piece.start
            going[key] = (start, piece.end)
        islands += [(start, end, *key) for key, (start, end) in open_.items()]
        open_ = going
    islands += [(start, end, *key) for key, (start, end) in open_.items()]
    for start, end, raw, parents in sorted(islands, key=lambda one: one[:3]):
        rows = np.frombuffer(raw, dtype=np.int64)
        told.append(Event("no_electricity", rows, start, end, parents))
    return tuple(told)


def _islands(
    topology: Topology, changes: Sequence[Change], piece: Piece
) -> list[tuple[IntArray, tuple[int, ...]]]:
    """Buses and consumers of each island that the changes cut off, and its causes."""
    network = topology.network
    units = network.units
    dead = topology.live & ~piece.live
    found = []
    if dead.any():
        consumers = units.consumer & units.in_service
        for group in topology.islands(piece.state, dead):
            inside = np.zeros(network.buses, dtype=bool)
            inside[group] = True
            here = units.rows[consumers & inside[units.bus]]
            rows = np.concatenate([np.array(group, dtype=np.int64), here])
            found.append((rows, _causes(topology, changes, piece, inside)))
    alone = [
        unit
        for unit in piece.state.units_out
        if units.consumer[unit] and units.in_service[unit] and piece.live[units.bus[unit]]
    ]
    for unit in alone:
        row = int(units.rows[unit])
        mine = tuple(i for i in piece.active if network.assets.index[changes[i].asset] == row)
        found.append((np.array([row], dtype=np.int64), mine))
    return found


def _causes(
    topology: Topology, changes: Sequence[Change], piece: Piece, inside: BoolArray
) -> tuple[int, ...]:
    """The changes that bound an island.

    Of those that touch it, the ones behind which there is supply are its causes; if there
    are none, all that touch it; all that hold, if none does.
    """
    index = topology.network.assets.index
    touching, at_supply = [], []
    for position in piece.active:
        change = changes[position]
        if change.kind in ("factor", ADDED, "closed"):
            continue
        near = topology.beside(index[change.asset])
        if not any(inside[bus] for buses in near for bus in buses):
            continue
        touching.append(position)
        only_end = len(near[0]) == 1
        if only_end or any(piece.live[bus] for buses in near for bus in buses):
            at_supply.append(position)
    return tuple(at_supply or touching or piece.active)
