"""What kept visitors away, causes before effects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from kopa.domain import Change, Event, Parent
from kopa.model import BoolArray, IntArray, Window

from .network import Network
from .run import Visits


def causes(
    network: Network, window: Window, changes: Sequence[Change], done: Visits
) -> tuple[tuple[Event, ...], IntArray, IntArray]:
    """Events of a run, and those behind lost visits and behind other numbers of visitors.

    Parameters
    ----------
    network, window, changes
        What there is, and what was asked.
    done
        What happened.

    Returns
    -------
    tuple
        Events, and the event of each sight that visits are lost at, and of each whose visitors
        are more or fewer, -1 for none, shape (sight,) each.
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

    why: dict[int, list[int]] = defaultdict(list)
    crowd = np.full(len(network.sights), -1, dtype=np.int64)
    for number, change in enumerate(changes):
        row = network.assets.index[change.asset]
        when = window.cover(change.start, change.end) > 0
        event = note(change.kind, row, when, (Parent("change", number),))
        if event >= 0:
            crowd[row] = event
            if change.kind == "out":
                why[row].append(event)
    for need, missing in done.lost.items():
        short = missing > 1e-9
        for row in np.flatnonzero(short.any(axis=0)).tolist():
            parents: tuple[Parent, ...]
            if need == "full":
                parents = (Parent("event", int(crowd[row])),) if crowd[row] >= 0 else ()
            elif need == "out":
                continue
            else:
                parents = (Parent("input", row, need),)
            what = need if need == "full" else f"no_{need}"
            event = note(what, row, short[:, row], parents)
            why[row].append(event)
            if need != "full":
                crowd[row] = event
    behind = np.full(len(network.sights), -1, dtype=np.int64)
    lost = sum(done.lost.values(), np.zeros(done.here.shape))
    for row, some in why.items():
        parents = tuple(Parent("event", one) for one in some)
        behind[row] = note("lost_visits", row, lost[:, row] > 1e-9, parents)
    return tuple(events), behind, crowd
