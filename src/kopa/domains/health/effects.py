"""What a run adds up to, for people."""

from __future__ import annotations

import numpy as np

from kopa.ledger.account import Account, spans
from kopa.model import FloatArray, IntArray, Window

from .causes import Origins
from .network import Network
from .run import Day

MINUTE = 60.0


def accounts(network: Network, window: Window, done: Day, origins: Origins) -> tuple[Account, ...]:
    """Person-hours without care, and minutes that people drive longer for it.

    Parameters
    ----------
    network, window
        What there is, and when.
    done, origins
        What happened, and the events behind it.
    """
    size, within, at = len(network.assets), network.within_s, network.points
    here = slice(at, at + len(network.demand))
    nothing, nowhere = np.zeros(size), np.full(size, -1, dtype=np.int64)

    def whole(values: FloatArray) -> FloatArray:
        if not values.any():
            return nothing
        found = np.zeros(size)
        found[here] = values
        return found

    def behind(events: IntArray) -> IntArray:
        found = nowhere.copy()
        found[here] = events
        return found

    lost = np.array([done.lost(state, within) for state in done.states])
    longer = np.array([_longer(done.usual, state.nearest) for state in done.states])
    lost_by, farther_by = behind(origins.lost), behind(origins.farther)
    found: list[Account] = []
    for column, capability in enumerate(network.facilities.capabilities):
        gone = lost[done.state, :, column] * done.people
        starts, ends = np.zeros((2, size), dtype=np.int64)
        starts[here], ends[here] = spans(gone > 0, window.starts, window.step)
        hours = gone.sum(axis=0) * window.hours_per_step
        how = (
            f"people × hours in which the nearest facility that works is more than "
            f"{within / MINUTE:g} min away and usually is not"
        )
        share = np.divide(
            hours, network.demand.people, out=np.zeros_like(hours), where=network.demand.people > 0
        )
        bands = {"": hours, **{name: share * of for name, of in network.demand.groups.items()}}
        found += [
            Account(
                "people", "person_hours", "person·h", whole(values), how, service=capability,
                group=group, starts=starts, ends=ends, events=lost_by, own=not group,
            )
            for group, values in bands.items()
        ]  # fmt: skip
        minutes = (longer[done.state, :, column] * done.people).mean(axis=0) / MINUTE
        how = "people × minutes that the nearest facility that works is farther, mean of the window"
        found.append(
            Account(
                "people", "added_time_to_care", "person·min", whole(minutes), how,
                service=capability, events=np.where(farther_by >= 0, farther_by, lost_by),
            )
        )  # fmt: skip
    return tuple(found)


def _longer(usual: FloatArray, now: FloatArray) -> FloatArray:
    """Seconds that the way is longer; 0 where there is none: that is no way, and no long one."""
    there = np.isfinite(usual) & np.isfinite(now)
    return np.where(there, np.where(there, now, 0) - np.where(there, usual, 0), 0.0)
