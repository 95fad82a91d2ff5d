"""What a run adds up to, for people."""

from __future__ import annotations

import numpy as np

from kopa.ledger.account import Account, spans
from kopa.model import FloatArray, IntArray, Window

from .causes import Origins
from .run import Hours, Travel


def accounts(travel: Travel, window: Window, done: Hours, origins: Origins) -> tuple[Account, ...]:
    """Person-hours beyond the target, and minutes that help comes later.

    Parameters
    ----------
    travel, window
        What there is, and when.
    done, origins
        What happened, and the events behind it.
    """
    network = travel.network
    size, cells = len(network.assets), len(network.cells)
    people = network.cells.people

    def whole(values: FloatArray) -> FloatArray:
        found = np.zeros(size)
        found[:cells] = values
        return found

    behind = np.full(size, -1, dtype=np.int64)
    behind[:cells] = origins.cells
    late = done.seconds > network.target
    starts: IntArray = np.zeros(size, dtype=np.int64)
    ends = starts.copy()
    starts[:cells], ends[:cells] = spans(late, window.starts, window.step)
    minutes = (added(travel.usual.min(axis=0), done.seconds) / 60).mean(axis=0)
    target = f"{network.target / 60:g} min"
    return (
        Account(
            "people", "late_help", "person·h",
            whole(late.sum(axis=0) * window.hours_per_step * people),
            f"people × hours in which an ambulance takes more than {target}",
            service="ambulance", starts=starts, ends=ends, events=behind, own=True,
        ),
        Account(
            "people", "added_time_to_help", "person·min", whole(minutes * people),
            "people × minutes that an ambulance arrives later, mean of the window, "
            "where one arrives",
            service="ambulance", events=behind,
        ),
    )  # fmt: skip


def added(usual: FloatArray, now: FloatArray) -> FloatArray:
    """Seconds that help is later; 0 where it does not come: that is no delay, it is `late_help`."""
    there = np.isfinite(usual) & np.isfinite(now)
    return np.where(there, np.where(there, now, 0) - np.where(there, usual, 0), 0.0)
