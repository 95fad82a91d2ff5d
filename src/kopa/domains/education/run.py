"""A window of a city's schools: which are open, and what their pupils miss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kopa.domain import Change
from kopa.model import FloatArray, PortSeries, Window
from kopa.model.links import buffered
from kopa.model.window import DAY

from .network import STORED, Network

HALF = 0.5
"""A school that gets less than this share of what it needs, behind its own store, closes."""
NEEDS = (*STORED, "staff", "road_access")


@dataclass(frozen=True)
class Lessons:
    """What happened in a window.

    Parameters
    ----------
    learning
        Share of each step in which a school can take its pupils, shape (step, school).
    usual
        The same without changes and failures.
    lessons
        Share of each step in which there are lessons, shape (step, school).
    short
        By what is needed: share that is missing behind stores, shape (step, school).
    pupils
        Pupils over the usual number of each school, shape (step, school).
    """

    learning: FloatArray
    usual: FloatArray
    lessons: FloatArray
    short: Mapping[str, FloatArray]
    pupils: FloatArray

    @property
    def lost(self) -> FloatArray:
        """Share of each step in which lessons fail, shape (step, school)."""
        return (self.usual - self.learning) * self.lessons


def lessons(
    network: Network, window: Window, changes: Sequence[Change], inputs: PortSeries
) -> Lessons:
    """Run a window.

    Parameters
    ----------
    network
        What there is.
    window, changes, inputs
        As `Domain.run` gets them.
    """
    schools = network.schools
    usual = np.tile((~schools.closed).astype(np.float64), (window.steps, 1))
    learning, pupils = usual.copy(), np.ones(usual.shape)
    for change in changes:
        row, cover = network.assets.index[change.asset], window.cover(change.start, change.end)
        if change.kind == "out":
            learning[:, row] = np.minimum(learning[:, row], 1 - cover)
        else:
            value = change.value if change.value is not None else 1.0
            pupils[:, row] *= 1 + (value - 1) * cover
    short = {}
    for need in NEEDS:
        given = inputs.get(need)
        if given is None:
            continue
        share = np.clip(given, 0.0, 1.0)
        if need in STORED:
            hours = schools.stores_h[need]
            share = buffered(share, np.ones(len(schools)), hours, window.hours_per_step)
        short[need] = 1 - share
        learning = np.where(share < HALF, 0.0, learning)
    return Lessons(learning, usual, _taught(network, window), short, pupils)


def _taught(network: Network, window: Window) -> FloatArray:
    """Share of each step with lessons; a window without a date has working days alone."""
    schools = network.schools
    found = np.zeros((window.steps, len(schools)))
    hours = np.unique(np.column_stack([schools.opens, schools.closes]), axis=0)
    for day in range(window.start // DAY, -(-window.end // DAY)):
        if window.date is not None and (window.date.weekday() + day) % 7 >= 5:
            continue
        for opens, closes in hours.tolist():
            cover = window.cover(day * DAY + int(opens * 3600), day * DAY + int(closes * 3600))
            found[:, (schools.opens == opens) & (schools.closes == closes)] += cover[:, None]
    return found
