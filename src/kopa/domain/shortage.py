"""Why things that need all of several inputs do less: events, causes before effects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from kopa.domain.change import Change
from kopa.domain.result import Event, Parent
from kopa.model import Assets, FloatArray, IntArray, Window


def shortages(
    assets: Assets,
    window: Window,
    changes: Sequence[Change],
    given: Mapping[str, FloatArray],
    lost: tuple[str, FloatArray],
) -> tuple[tuple[Event, ...], IntArray]:
    """Events, causes before effects, and the last one of each asset, -1 for none.

    Parameters
    ----------
    assets, window
        What there is, and when.
    changes
        That close an asset.
    given
        By need: share that arrives, shape (step, asset).
    lost
        What the event of the loss is called, and the share that is left, shape (step, asset).
    """
    word, share = lost
    events: list[Event] = []
    last = np.full(len(assets), -1, dtype=np.int64)
    behind: dict[int, list[Parent]] = {}

    def note(what: str, row: int, left: FloatArray, parents: tuple[Parent, ...]) -> None:
        steps = np.flatnonzero(left < 1)
        if not len(steps):
            return
        start = window.start + int(steps[0]) * window.step
        end = window.start + (int(steps[-1]) + 1) * window.step
        behind.setdefault(row, []).append(Parent("event", len(events)))
        events.append(Event(what, np.array([row]), start, end, parents))

    for number, change in enumerate(changes):
        row = assets.index[change.asset]
        cover = window.cover(change.start, change.end)
        note("closed", row, 1 - cover, (Parent("change", number),))
    for need, got in given.items():
        for row in np.flatnonzero((got < 1).any(axis=0)).tolist():
            note(f"no_{need}", row, got[:, row], (Parent("input", row, need),))
    for row, parents in list(behind.items()):
        last[row] = len(events)
        note(word, row, share[:, row], tuple(parents))
        if last[row] == len(events):
            last[row] = -1
    return tuple(events), last
