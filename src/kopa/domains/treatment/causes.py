"""What happened at plants and waterworks, and what brought it about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from kopa.domain import Change, Event, Parent
from kopa.model import BoolArray, IntArray, PortSeries, Window

from .effects import Plants
from .forcing import ENOUGH, UNLINKED
from .network import Treatment

STORM = 1.0
"""Water past the plant from here on is an event, m³."""


@dataclass
class Causes:
    """Events of a run, causes before effects.

    Parameters
    ----------
    treatment, window
        The plants and the run's window.
    """

    treatment: Treatment
    window: Window
    events: list[Event] = field(default_factory=list)

    def of(
        self, changes: Sequence[Change], inputs: PortSeries, plants: Plants, quiet: Plants
    ) -> dict[str, IntArray]:
        """Note all events; gives the event behind each asset's series, by out-port.

        Parameters
        ----------
        changes, inputs
            As `Domain.run` gets them.
        plants, quiet
            What the plants do, and what they do on a dry day.
        """
        treatment = self.treatment
        roots: dict[int, list[int]] = {}
        for number, change in enumerate(changes):
            row = treatment.assets.index[change.asset]
            cover = self.window.cover(change.start, change.end)
            self._note(roots, row, change.kind, cover > 0, Parent("change", number))
        for row in range(len(treatment.assets)):
            if "electricity" in inputs:
                short = inputs["electricity"][:, row] < ENOUGH
                self._note(roots, row, "no_electricity", short, Parent("input", row, "electricity"))
        for number, row in enumerate(treatment.works_rows.tolist()):
            if "raw_water" in inputs:
                short = inputs["raw_water"][:, number] < 1
                self._note(
                    roots, row, "less_raw_water", short, Parent("input", number, "raw_water")
                )
        if "inflow" in inputs:
            for row, plant in enumerate(treatment.plants):
                most = plant.inflow.greatest_m3_d / 86.4
                wet = inputs["inflow"][:, row] > most
                self._note(roots, row, "storm", wet, Parent("input", row, "inflow"))
                other = (inputs["inflow"][:, row] != UNLINKED).any() and row not in roots
                if other:
                    every = np.ones(self.window.steps, dtype=bool)
                    self._note(roots, row, "inflow", every, Parent("input", row, "inflow"))
        return self._effects(roots, plants, quiet)

    def _effects(
        self, roots: dict[int, list[int]], plants: Plants, quiet: Plants
    ) -> dict[str, IntArray]:
        count, works = len(self.treatment.plants), self.treatment.works_rows
        overflow, ammonia = _none(count), _none(count)
        for row in range(count):
            parents = tuple(Parent("event", event) for event in roots.get(row, ()))
            if not parents:
                continue
            ammonia[row] = overflow[row] = parents[0].index
            more = plants.overflow[:, row] > quiet.overflow[:, row] + STORM
            if more.any():
                overflow[row] = self._event("overflow", row, more, parents)
            over = plants.over[:, row] > quiet.over[:, row]
            if over.any():
                ammonia[row] = self._event("above_permit", row, over, parents)
        supply = np.array([roots.get(int(row), [-1])[0] for row in works], dtype=np.int64)
        return {"overflow": overflow, "ammonia": ammonia, "supply": supply}

    def _note(
        self, roots: dict[int, list[int]], row: int, what: str, when: BoolArray, parent: Parent
    ) -> None:
        if when.any():
            roots.setdefault(row, []).append(self._event(what, row, when, (parent,)))

    def _event(self, what: str, row: int, when: BoolArray, parents: tuple[Parent, ...]) -> int:
        steps, window = np.flatnonzero(when), self.window
        start = window.start + int(steps[0]) * window.step
        end = window.start + (int(steps[-1]) + 1) * window.step
        self.events.append(Event(what, np.array([row]), start, end, parents))
        return len(self.events) - 1


def _none(count: int) -> IntArray:
    return np.full(count, -1, dtype=np.int64)
