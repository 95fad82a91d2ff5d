"""What happened to bases, shelters and those whom they serve, and what brought it about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from kopa.domain import Change, Event, Parent
from kopa.model import BoolArray, IntArray, PortSeries, Window

from .run import Hours, Travel

SLOWER = 1e-3
"""A way that takes so much longer, s, is slower."""


@dataclass(frozen=True)
class Origins:
    """Event behind what happened, -1 for none.

    Parameters
    ----------
    cells
        Of those whom help reaches later than usual, shape (cell,).
    shelters
        Of those that do not take people, shape (shelter,).
    """

    cells: IntArray
    shelters: IntArray


@dataclass
class Causes:
    """Events of a run, causes before effects.

    Parameters
    ----------
    travel, window
        What there is, and when.
    events
        The events so far.
    """

    travel: Travel
    window: Window
    events: list[Event] = field(default_factory=list)

    def of(self, changes: Sequence[Change], inputs: PortSeries, done: Hours) -> Origins:
        """Note all events of a run.

        Parameters
        ----------
        changes, inputs
            As `Domain.run` gets them.
        done
            What happened.
        """
        network = self.travel.network
        at: dict[int, list[int]] = defaultdict(list)
        for number, change in enumerate(changes):
            row = network.assets.index[change.asset]
            covered = self.window.cover(change.start, change.end) > 0
            event = self._note(change.kind, [row], covered, (Parent("change", number),))
            if event >= 0:
                at[row - network.base].append(event)
        for what, when, port in (
            ("no_electricity", done.dark, "electricity"),
            ("no_staff", done.unmanned, "staff"),
        ):
            for house in np.flatnonzero(when.any(axis=0)).tolist():
                parents = (Parent("input", house, port),)
                event = self._note(what, [network.base + house], when[:, house], parents)
                at[house].append(event)
        bases = len(network.bases)
        shelters = np.full(len(network.shelters), -1, dtype=np.int64)
        for house, events in at.items():
            if house >= bases:
                shelters[house - bases] = events[0]
        return Origins(self._late(inputs, done, at), shelters)

    def _note(
        self, what: str, rows: Sequence[int], when: BoolArray, parents: tuple[Parent, ...]
    ) -> int:
        steps, window = np.flatnonzero(when), self.window
        if not len(steps):
            return -1
        start = window.start + int(steps[0]) * window.step
        end = window.start + (int(steps[-1]) + 1) * window.step
        self.events.append(Event(what, np.array(rows, dtype=np.int64), start, end, parents))
        return len(self.events) - 1

    def _late(self, inputs: PortSeries, done: Hours, at: dict[int, list[int]]) -> IntArray:
        """Events of cells that help reaches later than usual; those of one cause are one."""
        network, usual = self.travel.network, self.travel.usual
        nearest = usual.argmin(axis=0)
        slower = done.seconds > usual.min(axis=0) + SLOWER
        found = np.full(len(network.cells), -1, dtype=np.int64)
        together: dict[tuple[str, tuple[Parent, ...]], list[int]] = defaultdict(list)
        for cell in np.flatnonzero(slower.any(axis=0)).tolist():
            late = (done.seconds[slower[:, cell], cell] > network.target).any()
            base = int(self.travel.rows[nearest[cell]])
            parents = [Parent("event", one) for one in at.get(base, [])]
            parents += self._streets(base, cell, slower[:, cell], inputs)
            together["late" if late else "slower", tuple(parents)].append(cell)
        for (what, parents_of), cells in together.items():
            when = np.asarray(slower[:, cells].any(axis=1))
            found[cells] = self._note(what, cells, when, parents_of)
        return found

    def _streets(
        self, base: int, cell: int, when: BoolArray, inputs: PortSeries
    ) -> Iterator[Parent]:
        """Slow streets on the usual way."""
        speed = inputs.get("street_speed")
        if speed is None:
            return
        columns = usual_columns(self.travel, base, cell)
        slow = columns[(speed[np.ix_(when, columns)] < 1).any(axis=0)]
        yield from (Parent("input", int(column), "street_speed") for column in slow)


def usual_columns(travel: Travel, base: int, cell: int) -> IntArray:
    """Streets of the usual way from a base to a cell, as columns of the port, rising."""
    network, ways = travel.network, travel.ways
    start, end = int(network.base_nodes[base]), int(network.cell_nodes[cell])
    edges = np.unique(ways.leg(start, end, ways.usual).edges)
    return np.searchsorted(network.driving.edges, edges)
