"""What sensors measured, as means of whole hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from kopa.model import FloatArray, IntArray

HOUR = 3600
"""Length of a step, s: leaks live for days, and an hour evens out what single readings are off."""


@dataclass(frozen=True)
class Table:
    """Sensors of one kind.

    Parameters
    ----------
    names
        The asset that each sensor is at.
    values
        Means of the hours, SI, shape (hour, sensor); NaN where there is none.
    edges
        The same at the beginning of each hour, shape (hour + 1, sensor); for levels only.
    """

    names: tuple[str, ...]
    values: FloatArray
    edges: FloatArray | None = None

    def __len__(self) -> int:
        return len(self.names)


@dataclass(frozen=True)
class Readings:
    """All readings on one clock.

    Parameters
    ----------
    start
        Local time at which hour 0 begins, on the hour.
    pressures
        Pressure heads at junctions, m.
    flows
        Flows through links, m³/s.
    levels
        Levels in tanks, m.
    meters
        Demands of junctions by smart meters, m³/s.
    """

    start: datetime
    pressures: Table
    flows: Table
    levels: Table
    meters: Table

    @property
    def hours(self) -> int:
        """Number of hours."""
        return len(self.pressures.values)

    @property
    def hour_of_week(self) -> IntArray:
        """Hours since Monday 00:00, shape (hour,)."""
        first = self.start.weekday() * 24 + self.start.hour
        return np.asarray((first + np.arange(self.hours)) % 168)

    def time(self, hour: float) -> datetime:
        """Local time of an hour's number."""
        return self.start + timedelta(hours=hour)

    def hour(self, at: datetime) -> float:
        """Number of hours from the beginning to a time."""
        return (at - self.start) / timedelta(hours=1)
