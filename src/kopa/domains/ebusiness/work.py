"""What firms do when power, water, heat or the street to them fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kopa.domain import Change, Event, Parent
from kopa.engine_opening_hours import open_share
from kopa.model import FloatArray, IntArray, PortSeries, Window
from kopa.model.links import buffered

from .network import NEEDS, Firms


@dataclass(frozen=True)
class Work:
    """What firms do in each step.

    Parameters
    ----------
    open
        Share of each step in which each is open by its hours, shape (step, firm).
    given
        By need: share that arrives, behind its own set, shape (step, firm).
    working
        Share of the step in which nothing else stops it, shape (step, firm).
    share
        Share of its work that it can do, shape (step, firm).
    """

    open: FloatArray
    given: Mapping[str, FloatArray]
    working: FloatArray
    share: FloatArray


def work(firms: Firms, window: Window, changes: Sequence[Change], inputs: PortSeries) -> Work:
    """Work of a window.

    Parameters
    ----------
    firms, window
        The firms and the run's window.
    changes, inputs
        As `Domain.run` gets them.
    """
    shape = (window.steps, len(firms))
    working = np.ones(shape)
    for change in changes:
        row = firms.assets.index[change.asset]
        working[:, row] *= 1 - window.cover(change.start, change.end)
    given = {}
    for need in NEEDS:
        got = inputs.get(need)
        got = np.ones(shape) if got is None else got
        if need == "electricity":
            got = buffered(got, np.ones(len(firms)), firms.backup, window.hours_per_step)
        given[need] = np.where(firms.wants[need], got, 1.0)
    share = working * np.min(list(given.values()), axis=0)
    return Work(open_share(firms.hours, window), given, working, np.asarray(share))


def causes(
    firms: Firms, window: Window, changes: Sequence[Change], done: Work
) -> tuple[tuple[Event, ...], IntArray]:
    """Events, causes before effects, and the last one of each firm, -1 for none."""
    events: list[Event] = []
    last = np.full(len(firms), -1, dtype=np.int64)
    behind: dict[int, list[Parent]] = {}

    def note(what: str, row: int, share: FloatArray, parents: tuple[Parent, ...]) -> None:
        steps = np.flatnonzero(share < 1)
        if not len(steps):
            return
        start = window.start + int(steps[0]) * window.step
        end = window.start + (int(steps[-1]) + 1) * window.step
        behind.setdefault(row, []).append(Parent("event", len(events)))
        events.append(Event(what, np.array([row]), start, end, parents))

    for number, change in enumerate(changes):
        row = firms.assets.index[change.asset]
        cover = window.cover(change.start, change.end)
        note("closed", row, 1 - cover, (Parent("change", number),))
    for need, got in done.given.items():
        for row in np.flatnonzero((got < 1).any(axis=0)).tolist():
            note(f"no_{need}", row, got[:, row], (Parent("input", row, need),))
    for row, parents in list(behind.items()):
        last[row] = len(events)
        note("no_work", row, done.share[:, row], tuple(parents))
        if last[row] == len(events):
            last[row] = -1
    return tuple(events), last
