"""What a fault leaves dead: what trips, where it is cut out, and who is without supply then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from kopa.domains.energy.network import Network
from kopa.domains.energy.topology import Action, Topology
from kopa.errors import UsageError
from kopa.model import BoolArray, FloatArray

FAULTS = ("line", "trafo", "impedance", "bus", "switch", "ext_grid", "gen")
"""Kinds of asset that a fault can be at."""


@dataclass(frozen=True)
class Outage:
    """A fault that has been cut out by the switches around it.

    Parameters
    ----------
    faults
        Assets that are faulty.
    action
        What holds until they are repaired: all between the switches is out, these are open.
    opens
        Switches to open, as positions in `Switches`.
    zone
        Buses between them, which stay dead, shape (bus,).
    dead
        Buses that lose supply, the zone's among them, shape (bus,).
    tripped
        Buses without supply until the fault is cut out, shape (bus,); None where no circuit
        breaker stands between it and a source.
    breakers
        Circuit breakers that trip, as positions in `Switches`.
    """

    faults: tuple[int, ...]
    action: Action
    opens: tuple[int, ...]
    zone: BoolArray
    dead: BoolArray
    tripped: BoolArray | None
    breakers: tuple[int, ...]


def outage(topology: Topology, faults: Sequence[int]) -> Outage:
    """Cut faults out at the nearest switches.

    A fault spreads to all that no switch parts from it: a line without a switch at one end takes
    the bus there with it.

    Parameters
    ----------
    topology
        The graph of the grid.
    faults
        Asset rows.

    Raises
    ------
    UsageError
        If one cannot have a fault.
    """
    network = topology.network
    for row in faults:
        if network.assets.kinds[row] not in FAULTS:
            kinds = ", ".join(FAULTS)
            raise UsageError(f"{network.assets.full(row)} cannot have a fault: take a {kinds}")
    zone = _Zone(topology)
    zone.spread(faults)
    edges, switches = network.edges, network.switches
    out = {*faults, *zone.buses, *edges.rows[sorted(zone.edges)].tolist()}
    opens = tuple(sorted(switch for switch in zone.opens if switches.closed[switch]))
    action = Action(out=frozenset(out), opened=frozenset(switches.rows[list(opens)].tolist()))
    dead = topology.live & ~topology.energised(topology.state(action))
    inside = np.zeros(network.buses, dtype=bool)
    inside[sorted(zone.buses)] = True
    tripped, breakers = _tripped(topology, zone)
    return Outage(tuple(faults), action, opens, inside, dead, tripped, breakers)


class _Zone:
    """What no switch parts from a fault."""

    def __init__(self, topology: Topology) -> None:
        self._topology, self._network = topology, topology.network
        self.buses: set[int] = set()
        self.edges: set[int] = set()
        self.opens: set[int] = set()
        self._broken: set[int] = set()

    def spread(self, faults: Iterable[int]) -> None:
        """Let faults spread to the nearest switches."""
        network = self._network
        edge_of = {int(row): edge for edge, row in enumerate(network.edges.rows)}
        switch_of = {int(row): switch for switch, row in enumerate(network.switches.rows)}
        for row in faults:
            if row < network.buses:
                self._bus(row)
            elif row in switch_of:
                self._broken.add(switch_of[row])
                self._edge(int(network.switches.edge[switch_of[row]]))
            elif row in edge_of:
                self._edge(edge_of[row])

    def _edge(self, first: int) -> None:
        todo = [first]
        while todo:
            edge = todo.pop()
            if edge in self.edges:
                continue
            self.edges.add(edge)
            edges = self._network.edges
            for bus, switches in zip(
                (int(edges.begin[edge]), int(edges.end[edge])), edges.switches[edge], strict=True
            ):
                if not self._parted(switches) and bus not in self.buses:
                    todo += self._at(bus)

    def _bus(self, bus: int) -> None:
        for edge in self._at(bus):
            self._edge(edge)

    def _at(self, bus: int) -> list[int]:
        """Take a bus in; the edges that no switch parts from it."""
        self.buses.add(bus)
        found = []
        edges = self._network.edges
        for edge, _ in self._topology.around[bus]:
            side = 0 if edges.begin[edge] == bus else 1
            if edges.in_service[edge] and not self._parted(edges.switches[edge][side]):
                found.append(edge)
        return found

    def _parted(self, switches: Iterable[int]) -> bool:
        """True where a switch that works stands there; it is to be open."""
        sound = [switch for switch in switches if switch not in self._broken]
        # one that is open already is enough
        if sound and all(self._network.switches.closed[switch] for switch in sound):
            self.opens.add(sound[0])
        return bool(sound)


def _tripped(topology: Topology, zone: _Zone) -> tuple[BoolArray | None, tuple[int, ...]]:
    """Buses that the circuit breakers around a fault cut off, and these breakers."""
    network = topology.network
    edges, breaker = network.edges, network.switches.breaker & network.switches.closed
    found: set[int] = set()
    trips: set[int] = set()
    todo = [bus for bus in zone.buses if topology.live[bus]]

    def crossed(edge: int, bus: int) -> int | None:
        side = 0 if edges.begin[edge] == bus else 1
        return next((switch for switch in edges.switches[edge][side] if breaker[switch]), None)

    for edge in zone.edges:
        for bus in {int(edges.begin[edge]), int(edges.end[edge])}:
            switch = crossed(edge, bus)
            if switch is not None:
                trips.add(switch)
            elif topology.carries[edge] and topology.live[bus]:
                todo.append(bus)
    sources = set(network.sources.bus[network.sources.in_service].tolist())
    while todo:
        bus = todo.pop()
        if bus in found:
            continue
        if bus in sources:
            return None, ()
        found.add(bus)
        for edge, other in topology.around[bus]:
            if not topology.carries[edge] or edge in zone.edges:
                continue
            switch = crossed(edge, bus)
            switch = crossed(edge, other) if switch is None else switch
            if switch is not None:
                trips.add(switch)
            else:
                todo.append(other)
    dead = np.zeros(network.buses, dtype=bool)
    dead[sorted(found)] = True
    return dead, tuple(sorted(trips))


def load_mw(network: Network) -> FloatArray:
    """What loads and motors in service draw at each bus at 1 p.u., MW, shape (bus,)."""
    units = network.units
    taken = units.consumer & units.in_service
    power = units.p.sum(axis=1)[taken]
    return np.bincount(units.bus[taken], power, network.buses).astype(np.float64)
