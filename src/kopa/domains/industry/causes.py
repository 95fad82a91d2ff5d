"""What happened at plants, and what brought it about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from kopa.domain import Change, Event, Parent
from kopa.model import BoolArray, IntArray, Window

from .network import NEEDS, Sites
from .production import Production


@dataclass
class Causes:
    """Events of a run, causes before effects.

    Parameters
    ----------
    sites, window
        The plants and the run's window.
    """

    sites: Sites
    window: Window
    events: list[Event] = field(default_factory=list)

    def of(self, changes: Sequence[Change], made: Production) -> IntArray:
        """Note all events; gives the last event of each plant, -1 for none, shape (site,).

        Parameters
        ----------
        changes
            As `Domain.run` gets them.
        made
            What the plants do.
        """
        last = np.full(len(self.sites), -1, dtype=np.int64)
        behind: dict[int, list[Parent]] = {}
        for number, change in enumerate(changes):
            row = self.sites.assets.index[change.asset]
            covered = self.window.cover(change.start, change.end) > 0
            self._note(change.kind, row, covered, (Parent("change", number),), behind)
        for need in NEEDS:
            for column, row in enumerate(self.sites.needing(need).tolist()):
                lacks = made.lacks[need][:, row]
                parents = (Parent("input", column, need),)
                self._note(f"no_{need}", row, lacks, parents, behind)
        for row, why in list(behind.items()):
            stands = made.lost[:, row] > 0
            self._note("stopped", row, stands, tuple(why), behind)
            last[row] = behind[row][-1].index
        return last

    def _note(
        self,
        what: str,
        row: int,
        when: BoolArray,
        parents: tuple[Parent, ...],
        behind: dict[int, list[Parent]],
    ) -> None:
        steps, window = np.flatnonzero(when), self.window
        if not len(steps):
            return
        start = window.start + int(steps[0]) * window.step
        end = window.start + (int(steps[-1]) + 1) * window.step
        self.events.append(Event(what, np.array([row]), start, end, parents))
        behind.setdefault(row, []).append(Parent("event", len(self.events) - 1))
