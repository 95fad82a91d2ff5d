"""What a domain does with measured values: they say how its assets stand now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol, runtime_checkable

import numpy as np

from kopa.domain.change import Change
from kopa.errors import Finding
from kopa.model import BoolArray, FloatArray, IntArray, PortSeries, Window


@dataclass(frozen=True)
class Meter:
    """What meters of one quantity would show, by the model.

    Parameters
    ----------
    quantity
        The attribute that devices write: ``level``, ``running``.
    unit
        UN/CEFACT code; empty for shares and switches.
    rows
        The assets, shape (asset,).
    values
        Mean of each step, shape (step, asset).
    flag
        True where the value is on or off.
    taken
        True where `Watches.state` takes the measured value over: it cannot contradict the model.
    """

    quantity: str
    unit: str
    rows: IntArray
    values: FloatArray
    flag: bool = False
    taken: bool = False

    @cached_property
    def column(self) -> dict[int, int]:
        """Column of the values by asset row."""
        return {int(row): column for column, row in enumerate(self.rows)}

    def at(self, rows: IntArray, step: int = 0) -> FloatArray:
        """Values of some assets in a step, NaN where it has none, shape (asset,)."""
        columns = [self.column.get(int(row), -1) for row in rows]
        return np.array([self.values[step, c] if c >= 0 else np.nan for c in columns])


@dataclass(frozen=True)
class Readings:
    """The newest good values of one quantity, none of them old.

    Parameters
    ----------
    rows
        The assets, shape (asset,).
    values
        What was measured, shape (asset,).
    age_s, steady_s
        Seconds since each was measured, and since it has had this value, shape (asset,).
    mean
        Mean over the last hour, as far back as Kopa watched, shape (asset,).
    rise, error
        How much it rose in that time, by a straight line through what came, and the standard
        error of that, shape (asset,).
    span_s
        Seconds that these are taken over.
    simulated
        True where no sensor measured it, shape (asset,).
    """

    rows: IntArray
    values: FloatArray
    age_s: FloatArray
    steady_s: FloatArray
    mean: FloatArray
    rise: FloatArray
    error: FloatArray
    span_s: float
    simulated: BoolArray


@dataclass(frozen=True)
class LiveState:
    """What is known of a domain's assets now.

    Parameters
    ----------
    window
        Begins now, and reaches as far as the forecast.
    readings
        By quantity.
    usual
        What its meters would show on a usual day, by quantity.
    changes
        What the domain made of the readings; none before it is asked.
    expected
        What its meters would show with these changes, and those of other domains: the forecast.
    """

    window: Window
    readings: Mapping[str, Readings]
    usual: Mapping[str, Meter]
    changes: Sequence[Change] = ()
    expected: Mapping[str, Meter] = field(default_factory=dict)


@runtime_checkable
class Watches(Protocol):
    """A domain that is run live."""

    def meters(
        self, window: Window, changes: Sequence[Change], inputs: PortSeries
    ) -> Sequence[Meter]:
        """What its meters would show in a run with these arguments; out-ports need not be told."""
        ...

    def state(self, now: LiveState) -> Sequence[Change]:
        """How its assets stand by what was measured, as changes that hold from now on."""
        ...

    def watch(self, now: LiveState) -> Sequence[Finding]:
        """What is wrong or at risk.

        A finding that names the asset of one of `changes` is the cause of what that change does.
        """
        ...


def switched(
    now: LiveState, quantity: str, kind: str, ids: Sequence[str], domain: str, steady_s: float = 0.0
) -> list[Change]:
    """A change for every asset that is measured to be off though it usually is on now.

    Parameters
    ----------
    now
        The live state.
    quantity
        A quantity that is on or off.
    kind
        The kind of change that takes it off.
    ids
        Native ids of the domain's assets.
    domain
        Its name.
    steady_s
        It must have been off for so long.
    """
    found, usual = now.readings.get(quantity), now.usual.get(quantity)
    if found is None or usual is None:
        return []
    off = (found.values < 0.5) & (found.steady_s >= steady_s) & (usual.at(found.rows) >= 0.5)
    return [Change(domain, ids[int(row)], kind) for row in found.rows[off]]
