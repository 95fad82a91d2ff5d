"""What closed schools, causes before effects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from kopa.domain import Change, Event, Parent
from kopa.model import BoolArray, IntArray, Window

from .network import Network
from .run import HALF, Lessons


def causes(
    network: Network, window: Window, changes: Sequence[Change], done: Lessons
) -> tuple[tuple[Event, ...], IntArray, IntArray]:
    """Events of a run, and those behind closures and behind other numbers of pupils.

    Parameters
    ----------
    network, window, changes
        What there is, and what was asked.
    done
        What happened.

    Returns
    -------
    tuple
        Events, and the event of each school that is closed and of each with other pupils, -1 for
        none, shape (school,) each.
    """
    events: list[Event] = []

    def note(what: str, row: int, when: BoolArray, parents: tuple[Parent, ...]) -> int:
        steps = np.flatnonzero(when)
        if not len(steps):
            return -1
        start = window.start + int(steps[0]) * window.step
        end = window.start + (int(steps[-1]) + 1) * window.step
        events.append(Event(what, np.array([row]), start, end, parents))
        return len(events) - 1

    behind: dict[int, list[int]] = defaultdict(list)
    pupils = np.full(len(network.schools), -1, dtype=np.int64)
    for number, change in enumerate(changes):
        row = network.assets.index[change.asset]
        when = window.cover(change.start, change.end) > 0
        event = note(change.kind, row, when, (Parent("change", number),))
        if event >= 0 and change.kind == "out":
            behind[row].append(event)
        elif event >= 0:
            pupils[row] = event
    for need, missing in done.short.items():
        short = missing > 1 - HALF
        for row in np.flatnonzero(short.any(axis=0)).tolist():
            parents = (Parent("input", row, need),)
            behind[row].append(note(f"no_{need}", row, short[:, row], parents))
    closed = np.full(len(network.schools), -1, dtype=np.int64)
    for row, some in behind.items():
        less = done.learning[:, row] < done.usual[:, row]
        closed[row] = note("closed", row, less, tuple(Parent("event", one) for one in some))
    return tuple(events), closed, pupils
