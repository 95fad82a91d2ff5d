"""What changes and electricity do to the wells of a field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kopa.domain import Change, Event, Parent
from kopa.model import FloatArray, IntArray, Window

from .network import Field, Network

STOPS = ("off", "polluted", "out")
"""Kinds of change that stop wells."""

ENOUGH = 0.5
"""A pump that gets less of its electricity stands."""


@dataclass(frozen=True)
class Plan:
    """What the wells of a field may and shall do.

    Parameters
    ----------
    available
        Share of each step in which a well can run, shape (step, well).
    asked
        What it is to give, m³/s, shape (step, well).
    causes
        Events that stop or change it, by well.
    """

    available: FloatArray
    asked: FloatArray
    causes: tuple[tuple[int, ...], ...]

    @property
    def usual(self) -> bool:
        """True where nothing differs from the usual."""
        return not any(self.causes)


def plans(
    network: Network,
    window: Window,
    changes: Sequence[Change],
    electricity: FloatArray | None,
    events: list[Event],
) -> list[Plan]:
    """A plan for each field; adds an event for each change, and each well without electricity.

    Parameters
    ----------
    network, window, changes
        The fields, and what is done to them when.
    electricity
        Share of its electricity that each pump gets, shape (step, well of all fields).
    events
        Events of the run so far.
    """
    found = []
    column = 0
    for number, field in enumerate(network.fields):
        columns = np.arange(column, column + len(field.wells))
        column += len(field.wells)
        draft = _Draft(field, window)
        _apply(network, number, draft, changes, events)
        if electricity is not None:
            _without_power(network.well_rows(number), columns, draft, electricity, events)
        found.append(draft.plan())
    return found


class _Draft:
    """A plan in the making."""

    def __init__(self, field: Field, window: Window) -> None:
        wells = field.wells
        self.window = window
        self.available = np.ones((window.steps, len(wells)))
        self.asked = np.tile(wells.discharge, (window.steps, 1))
        self.causes: list[list[int]] = [[] for _ in wells.ids]

    def stop(self, wells: IntArray, cover: FloatArray, event: int) -> None:
        """Wells stand for a share of each step."""
        self.available[:, wells] = np.minimum(self.available[:, wells], 1 - cover[:, None])
        for well in wells:
            self.causes[well].append(event)

    def scale(self, wells: IntArray, factor: FloatArray, event: int) -> None:
        """Wells are to give more or less."""
        self.asked[:, wells] *= factor[:, None]
        for well in wells:
            self.causes[well].append(event)

    def plan(self) -> Plan:
        """What came of it."""
        return Plan(self.available, self.asked, tuple(map(tuple, self.causes)))


def _apply(
    network: Network,
    number: int,
    draft: _Draft,
    changes: Sequence[Change],
    events: list[Event],
) -> None:
    window = draft.window
    rows = network.well_rows(number)
    for index, change in enumerate(changes):
        row = network.assets.index[change.asset]
        cover = window.cover(change.start, change.end)
        if not cover.any():
            continue
        if row == network.first[number]:
            wells = np.arange(len(rows))
        elif row in rows:
            wells = np.array([row - rows[0]])
        else:
            continue
        start = window.start if change.start is None else max(window.start, change.start)
        end = window.end if change.end is None else min(window.end, change.end)
        events.append(Event(change.kind, np.array([row]), start, end, (Parent("change", index),)))
        if change.kind in STOPS:
            draft.stop(wells, cover, len(events) - 1)
        else:
            value = 1.0 if change.value is None else change.value
            draft.scale(wells, 1 + (value - 1) * cover, len(events) - 1)


def _without_power(
    rows: IntArray, columns: IntArray, draft: _Draft, electricity: FloatArray, events: list[Event]
) -> None:
    window = draft.window
    for well, (row, column) in enumerate(zip(rows, columns, strict=True)):
        dark = electricity[:, column] < ENOUGH
        if not dark.any():
            continue
        steps = np.flatnonzero(dark)
        start = window.start + int(steps[0]) * window.step
        end = window.start + (int(steps[-1]) + 1) * window.step
        parent = Parent("input", int(column), "electricity")
        events.append(Event("no_electricity", np.array([row]), start, end, (parent,)))
        draft.stop(np.array([well]), dark.astype(np.float64), len(events) - 1)
