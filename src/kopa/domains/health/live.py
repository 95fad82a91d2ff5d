"""Measured state of facilities: whether they run."""

from __future__ import annotations

import numpy as np

from kopa.domain import Change, Finding, LiveState, Meter, switched

from .network import Network
from .run import HALF, Day

STEADY_S = 300.0
"""A facility that reports to be off for less is starting again."""


def meters(network: Network, done: Day) -> tuple[Meter, ...]:
    """What facilities would report: whether they give care."""
    rows = np.flatnonzero(~network.facilities.closed)
    running = (done.care[:, rows] >= HALF).astype(np.float64)
    return (Meter("running", "", rows, running, flag=True),)


def state(network: Network, now: LiveState) -> list[Change]:
    """Facilities that report to be closed."""
    return switched(now, "running", "out", network.assets.ids, "health", steady_s=STEADY_S)


def watch(now: LiveState) -> list[Finding]:
    """Facilities that give no care."""
    return [
        Finding(
            "health.off",
            f"{change.full} gives no care.",
            "Send those who need it to the nearest that works; see kopa health access.",
            "warning",
            asset=change.full,
            values={"asset": change.full},
        )
        for change in now.changes
        if change.kind == "out"
    ]
