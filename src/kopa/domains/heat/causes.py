"""What happened in a network, and what brought it about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from kopa.domain import Change, Event, Parent
from kopa.model import BoolArray, FloatArray, IntArray, PortSeries, Window

from .network import HeatNetwork
from .timeline import UNLINKED, Timeline

NO_HEAT = 1e-9
LESS = 1 - 1e-3


@dataclass
class Causes:
    """Events of a run, causes before effects.

    Parameters
    ----------
    network, window
        The network and the run's window.
    """

    network: HeatNetwork
    window: Window
    events: list[Event] = field(default_factory=list)

    def of(
        self, changes: Sequence[Change], inputs: PortSeries, line: Timeline, share: FloatArray
    ) -> IntArray:
        """Note all events; gives the event behind each asset, -1 for none, shape (asset,).

        Parameters
        ----------
        changes, inputs
            As `Domain.run` gets them.
        line
            What holds in each step.
        share
            Share of its heat that each consumer gets, shape (step, consumer).
        """
        network = self.network
        for number, change in enumerate(changes):
            row = network.assets.index[change.asset]
            covered = self.window.cover(change.start, change.end) > 0
            self._note(change.kind, np.array([row]), covered, (Parent("change", number),))
        for plant, row in enumerate(network.plants.rows.tolist()):
            dead = ~line.powered[:, plant]
            parent = (Parent("input", plant, "electricity"),)
            self._note("no_electricity", np.array([row]), dead, parent)
        given = inputs.get("heat_demand")
        if given is not None and (given != UNLINKED).any():
            asked = np.flatnonzero((given != UNLINKED).any(axis=0))
            parents = tuple(Parent("input", int(one), "heat_demand") for one in asked)
            every = np.ones(self.window.steps, dtype=bool)
            self._note("heat_demand", network.consumers.rows[asked], every, parents)
        return self._effects(share)

    def _effects(self, share: FloatArray) -> IntArray:
        roots = tuple(Parent("event", number) for number in range(len(self.events)))
        first = np.full(len(self.network.assets), -1, dtype=np.int64)
        if not roots:
            return first
        # what is not said otherwise was moved by the first thing that happened
        first[:] = 0
        for number, event in reversed(list(enumerate(self.events))):
            first[event.rows] = number
        rows = self.network.consumers.rows
        none = share < NO_HEAT
        groups = (("no_heat", none), ("less_heat", (share < LESS) & ~none))
        for what, when in groups:
            hit = when.any(axis=0)
            if what == "less_heat":
                hit &= ~none.any(axis=0)
            if hit.any():
                number = self._note(what, rows[hit], np.asarray(when[:, hit].any(axis=1)), roots)
                first[rows[hit]] = number
        return first

    def _note(self, what: str, rows: IntArray, when: BoolArray, parents: tuple[Parent, ...]) -> int:
        steps, window = np.flatnonzero(when), self.window
        if not len(steps):
            return -1
        start = window.start + int(steps[0]) * window.step
        end = window.start + (int(steps[-1]) + 1) * window.step
        self.events.append(Event(what, rows, start, end, parents))
        return len(self.events) - 1
