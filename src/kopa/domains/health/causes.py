"""What happened to facilities and people, and what brought it about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from kopa.domain import Change, Event, Parent
from kopa.model import BoolArray, IntArray, Window

from .network import Network
from .reach import Reach, who
from .run import HALF, Day, State, usual_works


@dataclass(frozen=True)
class Origins:
    """Event behind what happened, -1 for none.

    Parameters
    ----------
    care
        Of facilities, shape (facility,).
    lost, farther
        Of people without care, and of those who drive longer for it, shape (point,).
    """

    care: IntArray
    lost: IntArray
    farther: IntArray


@dataclass
class Causes:
    """Events of a run, causes before effects.

    Parameters
    ----------
    network, reach, window
        What there is, and when.
    events
        The events so far.
    """

    network: Network
    reach: Reach
    window: Window
    events: list[Event] = field(default_factory=list)

    def of(self, changes: Sequence[Change], done: Day) -> Origins:
        """Note all events of a run.

        Parameters
        ----------
        changes
            As `Domain.run` gets them.
        done
            What happened.
        """
        care = self._facilities(changes, done)
        people: dict[int, list[int]] = defaultdict(list)
        for number, change in enumerate(changes):
            if change.kind == "factor":
                row = self.network.assets.index[change.asset]
                when = self.window.cover(change.start, change.end) > 0
                event = self._note("factor", [row], when, (Parent("change", number),))
                if event >= 0:
                    people[row - self.network.points].append(event)
        lost, farther = self._points(done, care)
        return Origins(care, lost, farther)

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

    def _facilities(self, changes: Sequence[Change], done: Day) -> IntArray:
        """Why facilities give less care, then that they do."""
        behind: dict[int, list[int]] = defaultdict(list)
        for number, change in enumerate(changes):
            if change.kind == "out":
                row = self.network.assets.index[change.asset]
                when = self.window.cover(change.start, change.end) > 0
                event = self._note("out", [row], when, (Parent("change", number),))
                if event >= 0:
                    behind[row].append(event)
        for need, missing in done.short.items():
            for row in np.flatnonzero((missing > 0).any(axis=0)).tolist():
                parents = (Parent("input", row, need),)
                behind[row].append(self._note(f"no_{need}", [row], missing[:, row] > 0, parents))
        found = np.full(len(self.network.facilities), -1, dtype=np.int64)
        usual = usual_works(self.network)
        for row, events in behind.items():
            less = done.care[:, row] < usual[row]
            what = "no_care" if done.care[:, row].min() < HALF else "less_care"
            why = tuple(Parent("event", event) for event in events)
            found[row] = self._note(what, [row], less, why)
        return found

    def _points(self, done: Day, care: IntArray) -> tuple[IntArray, IntArray]:
        """Events of people without care, and of people who drive longer."""
        size, within = len(self.network.demand), self.network.within_s
        parents: dict[str, dict[int, set[Parent]]] = {
            "out_of_reach": defaultdict(set),
            "farther": defaultdict(set),
        }
        when = {what: np.zeros((self.window.steps, size), dtype=bool) for what in parents}
        for number, state in enumerate(done.states):
            lost = done.lost(state, within)
            farther = (state.nearest > done.usual) & np.isfinite(done.usual) & ~lost
            for what, where in (("out_of_reach", lost), ("farther", farther)):
                if where.any():
                    when[what][done.state == number] |= where.any(axis=1)
                    self._reasons(state, where, care, parents[what])
        return self._grouped("out_of_reach", parents, when), self._grouped("farther", parents, when)

    def _reasons(
        self, state: State, where: BoolArray, care: IntArray, parents: dict[int, set[Parent]]
    ) -> None:
        """Facilities within usual reach that do not work; slow streets on the way to the others."""
        network = self.network
        able, usual = network.facilities.able, usual_works(network)
        best = who(network.usual_s, able, usual)
        asked = np.zeros(network.usual_s.shape, dtype=bool)
        for column in range(able.shape[1]):
            points = np.flatnonzero(where[:, column])
            near = network.usual_s[points] <= network.within_s
            near &= able[:, column] & usual
            asked[points] |= near
            asked[points, best[points, column]] = True
        slow = None
        if state.speed is not None:
            slow = network.driving.of_edges(state.speed) < 1
        for point, facility in np.argwhere(asked).tolist():
            if not state.works[facility]:
                parents[point].add(Parent("event", int(care[facility])))
            elif slow is not None:
                way = self.reach.way(point, facility)
                for edge in way[slow[way]].tolist():
                    column = network.street_columns[edge]
                    parents[point].add(Parent("input", column, "street_speed"))

    def _grouped(
        self, what: str, parents: dict[str, dict[int, set[Parent]]], when: dict[str, BoolArray]
    ) -> IntArray:
        """One event for all points that have the same causes."""
        found = np.full(len(self.network.demand), -1, dtype=np.int64)
        together: dict[tuple[Parent, ...], list[int]] = defaultdict(list)
        for point, causes in parents[what].items():
            key = tuple(sorted(causes, key=lambda one: (one.kind, one.port, one.index)))
            if key:
                together[key].append(point)
        for causes_of, points in together.items():
            rows = [self.network.points + point for point in points]
            steps = np.asarray(when[what][:, points].any(axis=1))
            found[points] = self._note(what, rows, steps, causes_of)
        return found
