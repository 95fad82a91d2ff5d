"""What spilled, and what in the network brought it about.

A station without its pump fills its well; what the well overflows to, and what floods above it,
has that well as its cause. What is not above such a well has the disturbances on its way to the
outfall as its causes, or else those before it in its part of the network, rain among them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from kopa.domain import Event, Parent
from kopa.model import BoolArray, IntArray, Window

from .hydraulics import Outcome
from .network import STORAGE, WEIR, Network
from .plan import Disturbance, Plan

VISIBLE = 1e-5
"""m³/s; less is no spill."""


class Causes:
    """Events of a run, causes before effects.

    Parameters
    ----------
    network
        The network.
    plan
        What happened to it.
    window
        The run's window.
    outcome
        What that changed.
    """

    def __init__(self, network: Network, plan: Plan, window: Window, outcome: Outcome) -> None:
        self.network, self.plan, self.window = network, plan, window
        self.events: list[Event] = []
        self.event_of: list[int] = []
        self._ways: dict[int, frozenset[int]] = {}
        self._disturb()
        floods = outcome.spill > VISIBLE
        overflows = np.zeros_like(floods)
        overflows[:, network.overflows] = outcome.overflow[:, network.overflows] > VISIBLE
        self.wells: dict[int, int] = {}  # storage and its event
        self._full_wells(floods, overflows)
        lost = floods | (outcome.share < 1 - 1e-6)
        self.floods = self._tell("flooded", lost, network.inner.tolist())
        self.overflows = self._tell("overflow", overflows | floods, network.overflows.tolist())

    def _disturb(self) -> None:
        """One event a disturbance; pumps that stop together are one."""
        together: dict[tuple[str, int, int], int] = {}
        for d in self.plan.disturbances:
            key = (d.what, d.start, d.end)
            parent = (
                Parent("change", d.change)
                if d.change >= 0
                else Parent("input", d.pump, "electricity")
            )
            if d.change < 0 and key in together:
                at = together[key]
                old = self.events[at]
                rows = np.append(old.rows, d.rows)
                self.events[at] = Event(d.what, rows, d.start, d.end, (*old.parents, parent))
            else:
                at = together[key] = len(self.events)
                self.events.append(Event(d.what, np.array(d.rows), d.start, d.end, (parent,)))
            self.event_of.append(at)

    def _full_wells(self, floods: BoolArray, overflows: BoolArray) -> None:
        """An event for each storage that floods, or from which a weir leads to an overflow."""
        network = self.network
        spills: dict[int, BoolArray] = {}
        never: BoolArray = np.zeros(len(floods), dtype=bool)
        for link in np.flatnonzero(network.link_types == WEIR).tolist():
            well, to = network.ends[:, link].tolist()
            if network.node_types[well] == STORAGE and overflows[:, to].any():
                spills[well] = spills.get(well, never) | overflows[:, to]
        for well in np.flatnonzero(network.node_types == STORAGE).tolist():
            if floods[:, well].any():
                spills[well] = spills.get(well, never) | floods[:, well]
        for well, when in sorted(spills.items()):
            start, end = self._span(when)
            parents = tuple(Parent("event", e) for e in self._disturbances(well, end))
            self.wells[well] = len(self.events)
            self.events.append(Event("full", np.array([well]), start, end, parents))

    def _span(self, when: BoolArray) -> tuple[int, int]:
        steps = np.flatnonzero(when)
        window = self.window
        start = window.start + int(steps[0]) * window.step
        return start, window.start + (int(steps[-1]) + 1) * window.step

    def _way(self, node: int) -> frozenset[int]:
        """Links on a node's way to its outfall."""
        if node not in self._ways:
            self._ways[node] = frozenset(self.network.downstream(node))
        return self._ways[node]

    def _disturbances(self, node: int, before: int) -> tuple[int, ...]:
        """Events of the disturbances that reach a node: on its way first, else all near it."""
        network = self.network
        way = self._way(node)

        def chosen(fits: Iterable[tuple[int, Disturbance]]) -> tuple[int, ...]:
            return tuple(sorted({event for event, d in fits if d.start < before}))

        both = list(zip(self.event_of, self.plan.disturbances, strict=True))
        rain = [pair for pair in both if pair[1].rain is not None]
        on_way = [pair for pair in both if way.intersection(pair[1].links)]
        part = network.part[node]
        near = [
            pair
            for pair in both
            if any(network.part[network.ends[0, link]] == part for link in pair[1].links)
        ]
        return chosen([*rain, *on_way]) or chosen(near) or chosen(both)

    def _why(self, node: int, before: int) -> tuple[int, ...]:
        """Events behind a spill at a node."""
        network = self.network
        if node in self.wells:
            return (self.wells[node],)
        into = set(network.ends[0, network.ends[1] == node].tolist())
        wells = {self.wells[well] for well in into & set(self.wells)}
        if not wells:
            passed = [int(network.ends[0, link]) for link in network.downstream(node)]
            first = next((w for w in passed if w in self.wells), None)
            wells = set() if first is None else {self.wells[first]}
        found = tuple(sorted(e for e in wells if self.events[e].start < before))
        return found or self._disturbances(node, before)

    def _tell(self, what: str, when: BoolArray, nodes: list[int]) -> IntArray:
        """Events for nodes that spill, together where their causes are; event of each node."""
        origins = np.full(len(self.network.node_ids), -1, dtype=np.int64)
        groups: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for node in nodes:
            if when[:, node].any():
                groups[self._why(node, self._span(when[:, node])[1])].append(node)
        for causes, members in groups.items():
            rows = np.array(members)
            origins[rows] = len(self.events)
            start, end = self._span(np.asarray(when[:, rows].any(axis=1)))
            parents = tuple(Parent("event", event) for event in causes)
            self.events.append(Event(what, rows, start, end, parents))
        return origins
