"""Switching plans that bring supply back: ties to close, sections to open first.

The grid stays radial: what is dead is fed from one side, or parted and fed from two. Every plan
has been through a power flow.

References
----------
Baran, M.E., Wu, F.F. (1989), Network reconfiguration in distribution systems for loss reduction
and load balancing, IEEE Transactions on Power Delivery 4(2) (branch exchange);
Morelato, A.L., Monticelli, A. (1989), Heuristic search approach to distribution system
restoration, IEEE Transactions on Power Delivery 4(4).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from kopa.domains.energy.domain import Energy
from kopa.domains.energy.effects import loading
from kopa.domains.energy.limits import Limits
from kopa.domains.energy.outage import Outage, load_mw
from kopa.domains.energy.topology import BASE, Action, State
from kopa.errors import EngineError
from kopa.model import BoolArray

_KEPT = 3
"""So many plans are told."""
_BATCH = 256
_DEPTH = 3
"""So many times what stays dark is tried again with the ties that are left."""
_WORSE = 0.002
"""By this share what is broken without any switching may get worse: all voltages move a little."""
_SLACK = 1e-6


@dataclass(frozen=True)
class Plan:
    """A switching plan.

    Parameters
    ----------
    opens, closes
        Switches to open, then to close, in this order, as positions in `Switches`.
    live
        Buses that have supply at its end, shape (bus,).
    restored_mw
        Load that gets its supply back.
    low, high, loading
        Lowest and highest voltage, p.u., and highest loading, %, of the whole grid at its end.
    """

    opens: tuple[int, ...]
    closes: tuple[int, ...]
    live: BoolArray
    restored_mw: float
    low: float
    high: float
    loading: float

    @property
    def rank(self) -> tuple[float, int, float]:
        """Most load first, then fewest operations, then least loading."""
        return -round(self.restored_mw, 6), len(self.opens) + len(self.closes), self.loading


@dataclass(frozen=True)
class _Try:
    opens: tuple[int, ...] = ()
    closes: tuple[int, ...] = ()
    loss: float = 0.0


def restore(energy: Energy, fault: Outage, limits: Limits) -> list[Plan]:
    """Plans for a fault that has been cut out, the best first; empty where nothing can be done.

    Of all plans with one tie, or with two ties and a section between them, or with one tie and a
    section that is given up, that which restores most is found; what stays dark is tried again
    with the ties that are left.

    Parameters
    ----------
    energy
        The grid.
    fault
        The fault.
    limits
        What must hold.

    Raises
    ------
    EngineError
        If the grid before the fault has no power flow.
    """
    search = _Search(energy, fault, limits)
    plans = [search.finished(first) for first in search.first()]
    return sorted(plans, key=lambda plan: plan.rank)[:_KEPT]


class _Search:
    """The plans of one fault."""

    def __init__(self, energy: Energy, fault: Outage, limits: Limits) -> None:
        self._energy, self.topology = energy, energy.topology
        self._network = energy.network
        self.fault = fault
        self.load = load_mw(energy.network)
        without = energy.power_flow.solve([BASE, self._state(_Try())])
        if not without.converged[0]:
            raise EngineError("the grid before the fault has no power flow")
        self._low, self._high, self._loading = limits.held(
            without.volts, loading(energy.network, without), _WORSE
        )

    def first(self) -> list[_Try]:
        """Ways to begin: the best for the largest part that is dark."""
        return self._ways(_Try())

    def finished(self, way: _Try) -> Plan:
        """A way, with what is then still dark restored as far as it can be."""
        for _ in range(_DEPTH):
            more = self._ways(way)
            if not more:
                break
            way = more[0]
        return self._plans([way])[0]

    def _ways(self, way: _Try) -> list[_Try]:
        """Ways to go on, the best first, for the largest dark part that has one."""
        state = self._state(way)
        live = self.topology.energised(state)
        dark = self.topology.live & ~live & ~self.fault.zone
        parts = self.topology.islands(state, dark)
        parts.sort(key=lambda part: -float(self.load[part].sum()))
        for part in parts:
            if self.load[part].sum() <= 0:
                continue
            found = self._restored(_Island(self, way, state, live, part))
            if found:
                return found
        return []

    def _restored(self, island: _Island) -> list[_Try]:
        """Plans for one dark part, by what they restore."""
        for tries in (island.whole(), island.parted()):
            good = self._good(list(tries))
            if good:
                return good
        less = sorted(island.less(), key=lambda one: one.loss)
        for begin in range(0, len(less), _BATCH):
            good = self._good(less[begin : begin + _BATCH])
            if good:
                return good
        return []

    def _good(self, tries: Sequence[_Try]) -> list[_Try]:
        """Those within the limits, the best first."""
        found = []
        for begin in range(0, len(tries), _BATCH):
            part = tries[begin : begin + _BATCH]
            plans = self._plans(part)
            found += [
                (plan.rank, number, one)
                for number, (one, plan) in enumerate(zip(part, plans, strict=True), begin)
                if np.isfinite(plan.loading)
            ]
        return [one for _, _, one in sorted(found, key=lambda row: row[:2])[:_KEPT]]

    def _state(self, way: _Try) -> State:
        rows, action = self._network.switches.rows, self.fault.action
        return self.topology.state(
            Action(
                out=action.out,
                opened=action.opened | frozenset(rows[list(way.opens)].tolist()),
                closed=frozenset(rows[list(way.closes)].tolist()),
            )
        )

    def _plans(self, tries: Sequence[_Try]) -> list[Plan]:
        """Plans after their power flows; one beyond a limit has an infinite loading."""
        states = [self._state(one) for one in tries]
        flows = self._energy.power_flow.solve(states)
        full = np.nan_to_num(loading(self._network, flows), nan=0.0)
        found = []
        for row, one in enumerate(tries):
            live = flows.volts[row] > 0
            volts = flows.volts[row]
            good = (
                flows.converged[row]
                and (volts[live] >= self._low[live] - _SLACK).all()
                and (volts[live] <= self._high[live] + _SLACK).all()
                and (full[row] <= self._loading + _SLACK).all()
            )
            back = self.fault.dead & live
            found.append(
                Plan(
                    one.opens,
                    one.closes,
                    live,
                    float(self.load[back].sum()),
                    float(volts[live].min(initial=np.inf)),
                    float(volts.max(initial=0.0)),
                    float(full[row].max(initial=0.0)) if good else np.inf,
                )
            )
        return found


@dataclass(frozen=True)
class _Tie:
    """An open way from a dark part to what is live: the switches that close it, and its bus."""

    switches: tuple[int, ...]
    bus: int


@dataclass(frozen=True)
class _Section:
    """An edge whose opening parts a dark part in two: switch, load beyond it, buses beyond it."""

    switch: int
    beyond_mw: float
    beyond: Callable[[int], bool]


class _Island:
    """One dark part: its ties, and where it can be parted."""

    def __init__(
        self, search: _Search, way: _Try, state: State, live: BoolArray, part: Sequence[int]
    ) -> None:
        self._topology, self._network = search.topology, search.topology.network
        self._way, self._load = way, search.load
        self._part = frozenset(part)
        self._carries = self._topology.carrying(state)
        switches = self._network.switches
        self._closed = switches.closed.copy()
        self._closed[[*search.fault.opens, *way.opens]] = False
        self._closed[list(way.closes)] = True
        self._kept_open = {*search.fault.opens, *way.opens}
        self._out = search.fault.action.out
        self._ties = list(self._open_ways(live))

    def whole(self) -> Iterator[_Try]:
        """All of it from one tie."""
        for tie in self._ties:
            yield _Try(self._way.opens, (*self._way.closes, *tie.switches))

    def parted(self) -> Iterator[_Try]:
        """All of it from two ties, parted at a section between them."""
        for one, other in combinations(self._ties, 2):
            for section in self._sections(one.bus):
                if section.beyond(other.bus):
                    yield _Try(
                        (*self._way.opens, section.switch),
                        (*self._way.closes, *one.switches, *other.switches),
                    )

    def less(self) -> Iterator[_Try]:
        """From one tie, without what lies beyond a section."""
        total = float(self._load[sorted(self._part)].sum())
        for tie in self._ties:
            for section in self._sections(tie.bus):
                if 0 < section.beyond_mw < total:
                    yield _Try(
                        (*self._way.opens, section.switch),
                        (*self._way.closes, *tie.switches),
                        section.beyond_mw,
                    )

    def _open_ways(self, live: BoolArray) -> Iterator[_Tie]:
        edges = self._network.edges
        for bus in sorted(self._part):
            for edge, other in self._topology.around[bus]:
                if not live[other] or self._carries[edge] or not edges.in_service[edge]:
                    continue
                if int(edges.rows[edge]) in self._out:
                    continue
                both = dict.fromkeys(switch for side in edges.switches[edge] for switch in side)
                open_ = tuple(switch for switch in both if not self._closed[switch])
                if open_ and self._kept_open.isdisjoint(open_):
                    yield _Tie(open_, bus)

    def _sections(self, root: int) -> list[_Section]:
        """Where the part can be parted, seen from a bus: bridges that have a switch.

        Tarjan, R.E. (1974), A note on finding the bridges of a graph, Information Processing
        Letters 2(6): an edge to a child is a bridge where nothing beyond it leads back before it.
        """
        tree = _Tree(self, root)
        edges = self._network.edges
        found = []
        for bus, edge in tree.edge_to.items():
            if tree.low[bus] < tree.enter[bus]:
                continue
            ends = edges.switches[edge]
            near, far = ends if edges.end[edge] == bus else ends[::-1]
            switch = next((one for one in (*near, *far) if self._closed[one]), None)
            if switch is not None:
                found.append(_Section(switch, tree.load[bus], tree.within(bus)))
        return found

    def neighbours(self, bus: int) -> Iterator[tuple[int, int]]:
        """Edges that carry inside the part, with the bus at their other end."""
        for edge, other in self._topology.around[bus]:
            if self._carries[edge] and other in self._part:
                yield edge, other

    def load(self, bus: int) -> float:
        """Load at a bus, MW."""
        return float(self._load[bus])


class _Tree:
    """A walk through a dark part in depth, from a bus."""

    def __init__(self, island: _Island, root: int) -> None:
        self.enter: dict[int, int] = {root: 0}
        self.leave: dict[int, int] = {}
        self.low: dict[int, int] = {root: 0}
        self.load: dict[int, float] = {root: island.load(root)}
        self.edge_to: dict[int, int] = {}
        stack = [(root, -1, island.neighbours(root))]
        while stack:
            bus, by, around = stack[-1]
            for edge, other in around:
                if edge == by:
                    continue
                if other in self.enter:
                    self.low[bus] = min(self.low[bus], self.enter[other])
                    continue
                self.enter[other] = self.low[other] = len(self.enter)
                self.load[other] = island.load(other)
                self.edge_to[other] = edge
                stack.append((other, edge, island.neighbours(other)))
                break
            else:
                stack.pop()
                self.leave[bus] = len(self.enter)
                if stack:
                    above = stack[-1][0]
                    self.low[above] = min(self.low[above], self.low[bus])
                    self.load[above] += self.load[bus]

    def within(self, bus: int) -> Callable[[int], bool]:
        """Tells whether a bus lies in the tree below another."""
        low, high = self.enter[bus], self.leave[bus]
        return lambda other: low <= self.enter[other] < high
