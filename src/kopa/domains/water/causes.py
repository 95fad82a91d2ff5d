"""Who is short of water, and what in the network brought it about.

A junction that is cut off has its causes at the edge of its pocket: the links shut there, and
the empty tanks in it. A junction that is fed but has too little pressure has as causes the
tanks that ran empty before, or else what disturbed the network before.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from kopa.domain import Event, Parent
from kopa.model import BoolArray, FloatArray, IntArray, Window
from kopa.model.graph import components

from .hydraulics import Hydraulics
from .network import JUNCTION, Network
from .plan import Disturbance, Plan

VISIBLE = 1e-6
"""A share that falls by less than this has not fallen."""


def shares(network: Network, run: Hydraulics) -> FloatArray:
    """Share of its demand that each node gets, by its pressure where it asks for nothing.

    Shape (step, node), 0 to 1, rounded so that the solver's noise is no change.
    """
    asked = run.wanted > 0
    by_pressure = network.service.share(run.pressure)
    share = np.divide(run.delivered, run.wanted, out=by_pressure, where=asked)
    return np.round(np.clip(share, 0.0, 1.0), 5)


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
    run, quiet
        The run, and the run in which nothing happens.
    """

    def __init__(
        self, network: Network, plan: Plan, window: Window, run: Hydraulics, quiet: Hydraulics
    ) -> None:
        self.network, self.plan, self.window = network, plan, window
        self.events: list[Event] = []
        self.part = components(len(network.node_ids), *network.ends)
        self._disturb()
        self._empty_tanks(run, quiet)
        self.origins = self._short(run, shares(network, run), shares(network, quiet))

    def _disturb(self) -> None:
        """One event a disturbance; pumps that stop together are one."""
        self.event_of: list[int] = []
        together: dict[tuple[str, int, int], int] = {}
        for d in self.plan.disturbances:
            key = (d.what, d.start, d.end)
            if d.change < 0 and key in together:
                at = together[key]
                old = self.events[at]
                self.events[at] = Event(
                    d.what,
                    np.append(old.rows, d.rows),
                    d.start,
                    d.end,
                    (*old.parents, _parent(d)),
                )
            else:
                at = len(self.events)
                together[key] = at
                self.events.append(Event(d.what, np.array(d.rows), d.start, d.end, (_parent(d),)))
            self.event_of.append(at)

    def _before(self, node: int, at: int) -> tuple[int, ...]:
        """Events of the disturbances that began by then in a node's part of the network."""
        part = self.part[node]
        found = {
            event
            for event, d in zip(self.event_of, self.plan.disturbances, strict=True)
            if d.start <= at and any(self.part[n] == part for n in d.nodes)
        }
        return tuple(sorted(found))

    def _empty_tanks(self, run: Hydraulics, quiet: Hydraulics) -> None:
        """An event for each stretch in which a tank is empty and would not be."""
        self.empty: list[tuple[int, int, int]] = []  # event, node, start
        usual = {(tank, start) for tank, start, _ in quiet.empty}
        spans: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for tank, start, end in run.empty:
            if (tank, start) in usual:
                continue
            stretch = spans[tank]
            if stretch and stretch[-1][1] >= start:
                stretch[-1] = (stretch[-1][0], max(end, stretch[-1][1]))
            else:
                stretch.append((start, end))
        for tank, stretch in spans.items():
            for start, end in stretch:
                parents = tuple(Parent("event", e) for e in self._before(tank, start))
                self.empty.append((len(self.events), tank, start))
                self.events.append(Event("empty", np.array([tank]), start, end, parents))

    def _short(self, run: Hydraulics, share: FloatArray, usual: FloatArray) -> IntArray:
        """Events for junctions that get less than usual; gives the event of each node."""
        network, window = self.network, self.window
        less = share < usual - VISIBLE
        short = np.flatnonzero(less.any(axis=0) & (network.node_types == JUNCTION))
        origins = np.full(len(network.node_ids), -1, dtype=np.int64)
        groups: dict[tuple[str, tuple[int, ...]], list[int]] = defaultdict(list)
        first = np.argmax(less, axis=0)
        edges = _Edges(self, run)
        for node in short:
            begin = window.start + int(first[node]) * window.step
            groups[edges.why(int(node), begin, begin + window.step)].append(int(node))
        for (what, causes), nodes in groups.items():
            rows = np.array(nodes)
            steps = np.flatnonzero(less[:, rows].any(axis=1))
            origins[rows] = len(self.events)
            self.events.append(
                Event(
                    what,
                    rows,
                    window.start + int(steps[0]) * window.step,
                    window.start + (int(steps[-1]) + 1) * window.step,
                    tuple(Parent("event", event) for event in causes),
                )
            )
        return origins


class _Edges:
    """What stands at the edges of the pockets that were cut off."""

    def __init__(self, causes: Causes, run: Hydraulics) -> None:
        self._causes, self._cuts = causes, run.cuts
        self._known: dict[tuple[int, int], tuple[int, ...]] = {}
        self._labels: dict[int, IntArray] = {}
        self._low: dict[tuple[int, int], tuple[int, ...]] = {}

    def why(self, node: int, start: int, end: int) -> tuple[str, tuple[int, ...]]:
        """Word and causes of a node that is short from `start` on."""
        for number, cut in enumerate(self._cuts):
            if cut.nodes[node] and cut.start < end and cut.end > start:
                found = self._pocket(number, node)
                if found:
                    return "no_water", found
        key = (int(self._causes.part[node]), start)
        if key not in self._low:
            empty = tuple(
                event
                for event, tank, since in self._causes.empty
                if since < end and self._causes.part[tank] == key[0]
            )
            self._low[key] = empty or self._causes._before(node, start)
        return "low_pressure", self._low[key]

    def _pocket(self, number: int, node: int) -> tuple[int, ...]:
        causes, cut = self._causes, self._cuts[number]
        a, b = causes.network.ends
        if number not in self._labels:
            within = cut.passing & cut.nodes[a] & cut.nodes[b]
            self._labels[number] = components(len(cut.nodes), a[within], b[within])
        labels = self._labels[number]
        pocket = int(labels[node])
        if (number, pocket) not in self._known:
            inside: BoolArray = labels == pocket
            edge = (inside[a] ^ inside[b]) | (~cut.passing & (inside[a] | inside[b]))
            rim = inside.copy()
            rim[a[edge]] = rim[b[edge]] = True
            found = {
                event
                for event, d in zip(causes.event_of, causes.plan.disturbances, strict=True)
                if d.start < cut.end and d.end > cut.start and any(edge[link] for link in d.links)
            }
            found |= {event for event, tank, since in causes.empty if rim[tank] and since < cut.end}
            self._known[number, pocket] = tuple(sorted(found))
        return self._known[number, pocket]


def _parent(d: Disturbance) -> Parent:
    return Parent("change", d.change) if d.change >= 0 else Parent("input", d.column, d.port)
