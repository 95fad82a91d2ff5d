"""What happened to containers, trucks and plants, and what brought it about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from kopa.domain import Change, Event, Parent
from kopa.model import BoolArray, IntArray, Window

from .drive import PLANT, STAFF, STREETS, TRUCK, Shift
from .network import Network
from .run import Day

Reasons = frozenset[tuple[str, int]]


@dataclass
class Causes:
    """Events of a run, causes before effects.

    Parameters
    ----------
    network, window
        What there is, and when.
    events
        The events so far.
    """

    network: Network
    window: Window
    events: list[Event] = field(default_factory=list)
    _trucks: dict[int, int] = field(default_factory=dict)
    _plants: dict[int, int] = field(default_factory=dict)
    _throwing: dict[int, int] = field(default_factory=dict)

    def of(self, changes: Sequence[Change], done: Day) -> Origins:
        """Note all events of a run.

        Parameters
        ----------
        changes
            As `Domain.run` gets them.
        done
            What happened.
        """
        network, rows = self.network, self.network.rows
        for number, change in enumerate(changes):
            row = network.assets.index[change.asset]
            covered = self.window.cover(change.start, change.end) > 0
            event = self._note(change.kind, [row], covered, (Parent("change", number),))
            if event < 0:
                continue
            if change.kind in ("factor", "level"):
                self._throwing |= dict.fromkeys(network.meant(row).tolist(), event)
            elif row >= rows.truck:
                self._trucks[row - rows.truck] = event
            else:
                self._plants[row - rows.facility] = event
        self._adding(done)
        self._darkness(done)
        behind: dict[int, list[int]] = defaultdict(list)
        late = np.full(len(network.trucks), -1, dtype=np.int64)
        for shift in done.shifts:
            self._shift(shift, behind, late)
        return self._overflow(done, behind, late)

    def _note(
        self, what: str, rows: Sequence[int], when: BoolArray, parents: tuple[Parent, ...]
    ) -> int:
        steps, window = np.flatnonzero(when), self.window
        if not len(steps):
            return -1
        start = window.start + int(steps[0]) * window.step
        end = window.start + (int(steps[-1]) + 1) * window.step
        at = np.array(rows, dtype=np.int64)
        self.events.append(Event(what, at, start, end, parents))
        return len(self.events) - 1

    def _darkness(self, done: Day) -> None:
        wired = np.flatnonzero(self.network.facilities.wired)
        for column, plant in enumerate(wired.tolist()):
            parents = (Parent("input", column, "electricity"),)
            row = self.network.rows.facility + plant
            event = self._note("no_electricity", [row], done.dark[:, plant], parents)
            if event >= 0:
                self._plants.setdefault(plant, event)

    def _adding(self, done: Day) -> None:
        site = self.network.containers.site
        for column in np.flatnonzero((done.added > 0).any(axis=0)).tolist():
            parents = (Parent("input", column, "added_waste"),)
            event = self._note("added_waste", [column], done.added[:, column] > 0, parents)
            for container in np.flatnonzero(site == column).tolist():
                self._throwing.setdefault(container, event)

    def _parents(self, reasons: Reasons) -> tuple[Parent, ...]:
        """Causes of reasons; empty for what is so on a usual day."""
        column = self.network.street_columns
        depots = np.unique(self.network.trucks.depot).tolist()
        found: list[Parent] = []
        for reason, number in sorted(reasons):
            if reason == STREETS:
                found.append(Parent("input", column[number], "street_speed"))
            elif reason == STAFF:
                found.append(Parent("input", depots.index(number), "staff"))
            elif reason == TRUCK and number in self._trucks:
                found.append(Parent("event", self._trucks[number]))
            elif reason == PLANT:
                found += [Parent("event", event) for event in self._upstream(number)]
        return tuple(dict.fromkeys(found))

    def _upstream(self, plant: int) -> list[int]:
        """Events at a plant, and at those that it feeds: where they stand still it fills."""
        found, feeds = [], self.network.facilities.feeds
        while plant >= 0:
            if plant in self._plants:
                found.append(self._plants[plant])
            plant = int(feeds[plant])
        return found

    def _shift(self, shift: Shift, behind: dict[int, list[int]], late: IntArray) -> None:
        rows, window = self.network.rows, self.window
        whole = np.ones(window.steps, dtype=bool)
        if shift.reasons and (parents := self._parents(frozenset(shift.reasons))):
            event = self._note("delayed", [rows.truck + shift.truck], whole, parents)
            late[shift.truck] = event
        together: dict[Reasons, list[int]] = defaultdict(list)
        for stop, reasons in shift.missed:
            together[reasons].append(stop)
        for reasons, stops in together.items():
            parents = self._parents(reasons)
            if not parents:
                continue
            event = self._note("missed", [rows.container + stop for stop in stops], whole, parents)
            for stop in stops:
                behind[stop].append(event)

    def _overflow(self, done: Day, behind: dict[int, list[int]], late: IntArray) -> Origins:
        """Overflows, each with what brought it about."""
        network, rows = self.network, self.network.rows
        over = done.contents.over > 0
        missed = np.full(len(network.containers), -1, dtype=np.int64)
        full = missed.copy()
        together: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for container, events in behind.items():
            missed[container] = events[-1]
        for container in np.flatnonzero(over.any(axis=0)).tolist():
            events = behind.get(container, [])
            if container in self._throwing:
                events = [*events, self._throwing[container]]
            if events:
                together[tuple(events)].append(container)
        for causes, containers in together.items():
            at = [rows.container + one for one in containers]
            parents = tuple(Parent("event", one) for one in sorted(set(causes)))
            when = np.asarray(over[:, containers].any(axis=1))
            full[containers] = self._note("overflow", at, when, parents)
        upstream = [self._upstream(plant) for plant in range(len(network.facilities))]
        waiting = np.array([events[0] if events else -1 for events in upstream], dtype=np.int64)
        return Origins(missed, full, late, waiting)


@dataclass(frozen=True)
class Origins:
    """Event behind what happened, -1 for none.

    Parameters
    ----------
    missed, full
        Of containers that were not emptied, and of those that flow over, shape (container,).
    late
        Of trucks, shape (truck,).
    waiting
        Of plants, shape (facility,).
    """

    missed: IntArray
    full: IntArray
    late: IntArray
    waiting: IntArray
