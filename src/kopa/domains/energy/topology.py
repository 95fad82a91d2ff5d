"""What is energised: the domain's own graph step, which needs no power flow.

A bus is energised if a way of closed edges leads to it from a source in service.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from kopa.domains.energy.network import Network
from kopa.model import BoolArray

Effect = Literal["none", "radial", "meshed"]


@dataclass(frozen=True, slots=True)
class Action:
    """What the changes that hold at one moment do, as asset rows.

    Parameters
    ----------
    out
        What is out of service.
    opened, closed
        Switches; one that is both is open, so the order of changes does not matter.
    factors
        Factor by asset row.
    added
        What comes to them, by asset row, as a share of the power in the file.
    """

    out: frozenset[int] = frozenset()
    opened: frozenset[int] = frozenset()
    closed: frozenset[int] = frozenset()
    factors: tuple[tuple[int, float], ...] = ()
    added: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """How the grid differs from its file; equal states are equal grids.

    Parameters
    ----------
    edges
        Edge, and whether its beginning and its end are connected.
    sources_out
        Sources out of service.
    units_out
        Units out of service.
    factors
        Unit and the factor of its power.
    """

    edges: tuple[tuple[int, bool, bool], ...] = ()
    sources_out: tuple[int, ...] = ()
    units_out: tuple[int, ...] = ()
    factors: tuple[tuple[int, float], ...] = ()


BASE = State()


class Topology:
    """The graph of a grid.

    Parameters
    ----------
    network
        The grid.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        """The grid."""
        edges = network.edges
        self._begin: list[int] = edges.begin.tolist()
        self._end: list[int] = edges.end.tolist()
        self.around: list[list[tuple[int, int]]] = [[] for _ in range(network.buses)]
        """Edges at each bus, each with the bus at its other end."""
        for edge, (begin, end) in enumerate(zip(self._begin, self._end, strict=True)):
            self.around[begin].append((edge, end))
            self.around[end].append((edge, begin))
        self._edge_of = {int(row): edge for edge, row in enumerate(edges.rows)}
        self._switch_of = {int(row): switch for switch, row in enumerate(network.switches.rows)}
        self._unit_of = {int(row): unit for unit, row in enumerate(network.units.rows)}
        self._source_of = {int(row): source for source, row in enumerate(network.sources.rows)}
        self._closed: list[bool] = network.switches.closed.tolist()
        self._bus_in: list[bool] = network.bus_in_service.tolist()
        nothing = Action()
        self.ends = [self._ends(edge, nothing) for edge in range(len(self._begin))]
        """Whether beginning and end of each edge are connected in the file."""
        self.carries = [begin and end for begin, end in self.ends]
        """Whether each edge joins its buses in the file."""
        self.live = self.energised(BASE)
        """What the file has energised, shape (bus,)."""

    def state(self, action: Action) -> State:
        """The state that an action brings about.

        Parameters
        ----------
        action
            What holds at a moment.
        """
        touched: set[int] = set()
        network = self.network
        for row in action.out | action.opened | action.closed:
            if row in self._switch_of:
                touched.add(int(network.switches.edge[self._switch_of[row]]))
            elif row in self._edge_of:
                touched.add(self._edge_of[row])
            elif row < network.buses:
                touched.update(edge for edge, _ in self.around[row])
        edges = ((edge, self._ends(edge, action)) for edge in sorted(touched))
        dead_buses = {row for row in action.out if row < network.buses}
        return State(
            edges=tuple((edge, *ends) for edge, ends in edges if ends != self.ends[edge]),
            sources_out=self._sources_out(action, dead_buses),
            units_out=tuple(sorted(self._unit_of[r] for r in action.out if r in self._unit_of)),
            factors=self._factors(action),
        )

    def _ends(self, edge: int, action: Action) -> tuple[bool, bool]:
        """Whether beginning and end of an edge are connected under an action."""
        edges = self.network.edges
        if not edges.in_service[edge] or int(edges.rows[edge]) in action.out:
            return False, False
        buses = self._begin[edge], self._end[edge]
        begin, end = (
            self._bus_in[bus]
            and bus not in action.out
            and all(self._is_closed(switch, action) for switch in switches)
            for bus, switches in zip(buses, edges.switches[edge], strict=True)
        )
        if edges.whole[edge] and not all(
            self._bus_in[bus] and bus not in action.out for bus in buses
        ):
            return False, False
        return begin, end

    def _is_closed(self, switch: int, action: Action) -> bool:
        row = int(self.network.switches.rows[switch])
        if row in action.out or row in action.opened:
            return False
        return row in action.closed or self._closed[switch]

    def _sources_out(self, action: Action, dead_buses: Collection[int]) -> tuple[int, ...]:
        sources = self.network.sources
        return tuple(
            source
            for source, (row, bus) in enumerate(zip(sources.rows, sources.bus, strict=True))
            if sources.in_service[source] and (int(row) in action.out or int(bus) in dead_buses)
        )

    def _factors(self, action: Action) -> tuple[tuple[int, float], ...]:
        units = self.network.units
        by_unit: dict[int, float] = {}
        everything = len(self.network.assets) - 1
        for row, factor in sorted(action.factors):
            own = self._unit_of.get(row)
            all_loads = np.nonzero(units.consumer)[0].tolist() if row == everything else []
            for unit in all_loads if own is None else [own]:
                by_unit[unit] = by_unit.get(unit, 1.0) * factor
        for row, share in sorted(action.added):
            unit = self._unit_of[row]
            by_unit[unit] = by_unit.get(unit, 1.0) + share
        return tuple(sorted((unit, factor) for unit, factor in by_unit.items() if factor != 1.0))

    def energised(self, state: State) -> BoolArray:
        """True for each bus that is energised, shape (bus,).

        Parameters
        ----------
        state
            The state of the grid.
        """
        reached = self._reach(self.sources_on(state), self.carrying(state))
        live = np.zeros(self.network.buses, dtype=bool)
        live[reached] = True
        return live

    def sources_on(self, state: State = BASE) -> list[int]:
        """Buses that a source in service holds in a state, each once."""
        sources, out = self.network.sources, set(state.sources_out)
        on = (
            bus
            for source, bus in enumerate(sources.bus.tolist())
            if sources.in_service[source] and source not in out
        )
        return list(dict.fromkeys(on))

    def carrying(self, state: State) -> list[bool]:
        """Whether each edge joins its buses in a state."""
        carries = self.carries.copy()
        for edge, begin, end in state.edges:
            carries[edge] = begin and end
        return carries

    def _reach(self, seeds: Iterable[int], carries: Sequence[bool]) -> list[int]:
        """Buses that closed edges join to the seeds, in the order in which they are met."""
        met = list(dict.fromkeys(seeds))
        known = bytearray(self.network.buses)
        for bus in met:
            known[bus] = 1
        around = self.around
        for bus in met:  # grows while it is walked
            for edge, other in around[bus]:
                if not known[other] and carries[edge]:
                    known[other] = 1
                    met.append(other)
        return met

    def islands(self, state: State, dead: BoolArray) -> list[list[int]]:
        """Connected groups of dead buses, each sorted, the one with the first bus first.

        Parameters
        ----------
        state
            The state of the grid.
        dead
            The buses that count, shape (bus,).
        """
        carries = self.carrying(state)
        left = dict.fromkeys(np.nonzero(dead)[0].tolist())
        groups = []
        while left:
            group = [bus for bus in self._reach([next(iter(left))], carries) if bus in left]
            for bus in group:
                del left[bus]
            groups.append(sorted(group))
        return groups

    def effect(self, state: State, live: BoolArray) -> Effect:
        """What a state does to the rest of the grid.

        Parameters
        ----------
        state
            The state.
        live
            What is energised in it, shape (bus,).

        Returns
        -------
        Effect
            ``none``: the energised part is the file's, and nothing in it has changed;
            ``radial``: parts are cut off whole, so a graph tells who is without supply;
            ``meshed``: flows in what stays energised take other ways, or another size.
        """
        effects = {self._edge_effect(edge, (begin, end), live) for edge, begin, end in state.edges}
        network = self.network
        changed = [*state.units_out, *(unit for unit, _ in state.factors)]
        units = network.units
        if any(units.in_service[unit] and live[units.bus[unit]] for unit in changed):
            return "meshed"
        for source in state.sources_out:
            effects.add("meshed" if live[network.sources.bus[source]] else "radial")
        if "meshed" in effects:
            return "meshed"
        changes_power = any(units.in_service[unit] for unit in changed)
        return "radial" if "radial" in effects or changes_power else "none"

    def _edge_effect(self, edge: int, ends: tuple[bool, bool], live: BoolArray) -> Effect:
        before = self.ends[edge]
        buses = self._begin[edge], self._end[edge]
        alive = [bool(live[bus]) for bus in buses]
        if all(ends):
            return "meshed" if any(alive) else "none"
        if all(before):
            was = any(self.live[bus] for bus in buses)
            return "meshed" if all(alive) else "radial" if was else "none"
        charged = any(
            (b or a) and self.live[bus] for b, a, bus in zip(before, ends, buses, strict=True)
        )
        return "radial" if charged else "none"

    def beside(self, row: int) -> list[tuple[int, ...]]:
        """Buses that an asset touches, by edge of it.

        A bus touches itself, and its neighbours through edges that the file has connected.

        Parameters
        ----------
        row
            The asset.
        """
        network = self.network
        if row < network.buses:
            near = [(other,) for edge, other in self.around[row] if self.carries[edge]]
            return [(row,), *near]
        if row in self._switch_of:
            edge = int(network.switches.edge[self._switch_of[row]])
            return [(self._begin[edge], self._end[edge])]
        if row in self._edge_of:
            edge = self._edge_of[row]
            return [(self._begin[edge], self._end[edge])]
        if row in self._source_of:
            return [(int(network.sources.bus[self._source_of[row]]),)]
        return []
