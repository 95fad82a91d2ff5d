"""What changes and lost inputs do to the network, moment by moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from kopa.domain import Change
from kopa.errors import RangeError
from kopa.model import FloatArray, IntArray, PortSeries, Window

from .isolation import Isolation, Isolator
from .network import JUNCTION, Network

NEEDED = 0.5
"""A pump stops, a reservoir gives nothing, in a step in which less than this share arrives."""

_LOST = {"electricity": "no_electricity", "supply": "no_supply"}
"""Word of the event by the in-port at which too little arrives."""

DISCHARGE = 0.6
"""Discharge coefficient of a sharp-edged hole; Lambert (2001) and EPANET's leakage model."""

GRAVITY = 9.80665
_SAME = 1e-6  # m; EPANET keeps levels in feet


@dataclass(frozen=True)
class Disturbance:
    """One thing that a change, or a lost input, does to the network.

    Parameters
    ----------
    what
        Word of the event: the change's kind, ``no_electricity`` or ``no_supply``.
    start, end
        Seconds since midnight.
    change
        Number of the change that it comes from, or -1.
    port, column
        Else the in-port, and the column of its series, that it comes from.
    links
        Links that it closes.
    nodes
        Nodes that it touches, for causes.
    rows
        Asset rows that it happens to.
    factor
        What it multiplies demands by, at `nodes`.
    leak
        Emitter coefficient that it adds at each of `nodes`, in the file's units.
    setting
        Setting that it gives to its links instead of closing them, in the file's units.
    level
        Level of its tank when the window begins, m; None leaves it.
    """

    what: str
    start: int
    end: int
    rows: tuple[int, ...]
    change: int = -1
    port: str = ""
    column: int = -1
    links: tuple[int, ...] = ()
    nodes: tuple[int, ...] = ()
    factor: float = 1.0
    leak: float = 0.0
    setting: float | None = None
    level: float | None = None


@dataclass(frozen=True)
class State:
    """What holds between two moments of a plan."""

    closed: frozenset[int] = frozenset()
    settings: dict[int, float] = field(default_factory=dict)
    leaks: dict[int, float] = field(default_factory=dict)
    factor: FloatArray | None = None


@dataclass(frozen=True)
class Plan:
    """All disturbances of a run.

    Parameters
    ----------
    network
        The network that they happen to.
    disturbances
        In the order of their causes.
    """

    network: Network
    disturbances: tuple[Disturbance, ...]

    @property
    def levels(self) -> dict[int, float]:
        """Levels of tanks when the window begins, m, by node."""
        return {d.rows[0]: d.level for d in self.disturbances if d.level is not None}

    def moments(self) -> list[int]:
        """Seconds since midnight at which something begins or ends."""
        return sorted({t for d in self.disturbances for t in (d.start, d.end)})

    def state(self, at: int) -> State:
        """What holds from a moment on."""
        active = [d for d in self.disturbances if d.start <= at < d.end]
        closed: set[int] = set()
        settings: dict[int, float] = {}
        leaks: dict[int, float] = {}
        factor: FloatArray | None = None
        for d in active:
            if d.setting is None:
                closed.update(d.links)
            else:
                settings.update(dict.fromkeys(d.links, d.setting))
            for node in d.nodes if d.leak else ():
                leaks[node] = leaks.get(node, 0.0) + d.leak
            if d.factor != 1.0:
                factor = np.ones(len(self.network.node_ids)) if factor is None else factor
                factor[list(d.nodes)] *= d.factor
        return State(frozenset(closed), settings, leaks, factor)


def plan(
    network: Network,
    window: Window,
    changes: Sequence[Change],
    inputs: PortSeries,
    pressure: FloatArray | None,
) -> Plan:
    """The plan of a run.

    Parameters
    ----------
    network
        The network.
    window
        The run's window.
    changes
        Checked changes.
    inputs
        Share that arrives of the pumps' electricity, shape (step, pump), and of what feeds the
        reservoirs, shape (step, reservoir).
    pressure
        Pressure without any change, m, shape (step, node), by which bursts are sized; needed
        only where there is a burst.
    """
    found = [
        _disturbance(network, window, number, change, pressure)
        for number, change in enumerate(changes)
    ]
    for port, word in _LOST.items():
        if port in inputs:
            found += _lost(network, window, port, word, inputs[port])
    return Plan(network, tuple(_until_isolated(network, d, found) for d in found))


def isolated(
    network: Network, isolation: Isolation, span: tuple[int, int], change: int = -1
) -> Disturbance:
    """What shutting a segment does: nothing passes in it, and nothing enters at its junctions.

    Parameters
    ----------
    network, isolation
        The network, and the segment.
    span
        First second of it and first second after it, since midnight.
    change
        Number of the change that it comes from.
    """
    inflows = np.flatnonzero(isolation.segment & (network.base_demand < 0))
    nodes = inflows if len(inflows) else network.ends[:, isolation.pipe]
    return Disturbance(
        "isolated",
        *span,
        (network.link_row(isolation.pipe),),
        change,
        links=tuple(isolation.links.tolist()),
        nodes=tuple(nodes.tolist()),
        factor=0.0 if len(inflows) else 1.0,
    )


def _until_isolated(network: Network, d: Disturbance, found: Sequence[Disturbance]) -> Disturbance:
    """A burst ends where its pipe is isolated: it is mended before the valves are opened."""
    if not d.leak:
        return d
    pipe = d.rows[0] - len(network.node_ids)
    ends = [
        max(d.start, other.start)
        for other in found
        if other.what == "isolated"
        and pipe in other.links
        and other.start < d.end
        and other.end > d.start
    ]
    return replace(d, end=min(ends, default=d.end))


def _disturbance(
    network: Network, window: Window, number: int, change: Change, pressure: FloatArray | None
) -> Disturbance:
    row = network.assets.find(change.asset)
    start = window.start if change.start is None else change.start
    end = window.end if change.end is None else change.end
    nodes = len(network.node_ids)
    kind = network.assets.kinds[row]
    if kind in ("pipe", "pump", "valve"):
        link = row - nodes
        ends = tuple(int(node) for node in network.ends[:, link])
        if change.kind == "burst":
            at = tuple(node for node in ends if network.node_types[node] == JUNCTION)
            leak = _leak(network, window, change, at, pressure)
            return Disturbance(change.kind, start, end, (row,), number, nodes=at, leak=leak)
        if change.kind == "isolated":
            return isolated(network, Isolator(network).of(link), (start, end), number)
        setting = _setting(network, change) if change.kind == "set" else None
        return Disturbance(
            change.kind, start, end, (row,), number, links=(link,), nodes=ends, setting=setting
        )
    if change.kind == "level":
        level = _level(network, window, change, row)
        return Disturbance(change.kind, start, end, (row,), number, nodes=(row,), level=level)
    if change.kind == "out":
        links = network.links_at(row)
        return Disturbance(change.kind, start, end, (row,), number, links=links, nodes=(row,))
    touched: IntArray
    if kind == "network":
        touched = network.junctions
    elif kind == "zone":
        touched = network.zone_junctions[network.assets.names[row]]
    else:
        touched = np.array([row])
    return Disturbance(
        change.kind,
        start,
        end,
        (row,),
        number,
        nodes=tuple(map(int, touched)),
        factor=change.value if change.value is not None else 1.0,
    )


def _level(network: Network, window: Window, change: Change, node: int) -> float:
    """Level of a tank at the window's beginning, m.

    Raises
    ------
    RangeError
        If the tank cannot stand so, or the level is given for another moment.
    """
    low, high = network.tank_levels[:, np.flatnonzero(network.tanks == node)[0]].tolist()
    value = change.value if change.value is not None else low
    if not low - _SAME <= value <= high + _SAME:
        raise RangeError(f"'{change}': the tank's level lies between {low:g} and {high:g} m")
    if change.start is not None and change.start != window.start:
        raise RangeError(
            f"'{change}': a level can be given for the beginning of the window only: leave the "
            "times out"
        )
    return float(min(max(value, low), high))


def _setting(network: Network, change: Change) -> float:
    """A valve's setting in the file's units: pressure, flow or a plain number."""
    value = change.value if change.value is not None else 0.0
    if change.unit == "m":
        return value / network.units.pressure
    if change.unit == "m3/s":
        return value / network.units.flow
    return value


def _leak(
    network: Network,
    window: Window,
    change: Change,
    at: tuple[int, ...],
    pressure: FloatArray | None,
) -> float:
    """Emitter coefficient at each end of a burst pipe, in the file's units.

    A hole of area A lets out ``Q = Cd A sqrt(2 g p)``. The flow is taken at the mean pressure
    that the ends have without the burst; a flow that is given is taken as it is.

    Raises
    ------
    RangeError
        If no junction is at the pipe, or no pressure in it: then nothing tells how much leaks.
    """
    if not at:
        raise RangeError(f"'{change}': the pipe joins no junction, where a burst could leak")
    if pressure is None or change.value is None:
        raise ValueError("a burst needs a value, and the pressure without it")
    cover = window.cover(change.start, change.end)
    weights = cover if cover.any() else np.ones_like(cover)
    head = float(np.average(pressure[:, list(at)].mean(axis=1), weights=weights))
    if head <= 0:
        raise RangeError(
            f"'{change}': the pipe has no pressure at that time, so a burst has no size; "
            "choose hours in which it has water"
        )
    flow = change.value
    if change.unit == "m2":
        flow = DISCHARGE * change.value * float(np.sqrt(2 * GRAVITY * head))
    usual: float = (head / network.units.pressure) ** network.emitter_exponent
    return flow / network.units.flow / usual / len(at)


def _lost(
    network: Network, window: Window, port: str, word: str, share: FloatArray
) -> list[Disturbance]:
    """A disturbance for every stretch of steps in which an asset gets too little."""
    off = share < NEEDED
    found = []
    links: tuple[int, ...]
    for column in map(int, np.flatnonzero(off.any(axis=0))):
        if port == "electricity":
            link = int(network.pumps[column])
            row, links, nodes = network.link_row(link), (link,), network.ends[:, link]
        else:
            row = int(network.reservoirs[column])
            links, nodes = network.links_at(row), np.array([row])
        edges = np.flatnonzero(np.diff(np.concatenate([[0], off[:, column].astype(int), [0]])))
        for low, high in edges.reshape(-1, 2):
            found.append(
                Disturbance(
                    word,
                    window.start + int(low) * window.step,
                    window.start + int(high) * window.step,
                    (row,),
                    port=port,
                    column=column,
                    links=links,
                    nodes=tuple(map(int, nodes)),
                )
            )
    return found
