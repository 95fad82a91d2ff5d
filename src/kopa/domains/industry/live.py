"""Measured values of plants: how they stand now, and what is wrong."""

from __future__ import annotations

import numpy as np

from kopa.domain import Change, Finding, LiveState, Meter, switched

from .network import Sites
from .production import Production

STEADY_S = 300.0
"""A plant that stands still for less is starting again."""
MORE = 1.2
"""A plant is told that takes so many times its usual power in the last hour."""
KILOWATT = "KWT"


def meters(sites: Sites, made: Production) -> tuple[Meter, ...]:
    """What meters would show: plants that run, and their electric power.

    Parameters
    ----------
    sites, made
        The plants, and what they do.
    """
    runs = (made.lost < 1).astype(np.float64)
    return (
        Meter("running", "", sites.rows, runs, flag=True),
        Meter("power", KILOWATT, sites.rows, made.power),
    )


def state(sites: Sites, now: LiveState) -> list[Change]:
    """Plants that are measured to stand still.

    Parameters
    ----------
    sites, now
        The plants, and what was measured.
    """
    return switched(now, "running", "out", sites.assets.ids, "industry", steady_s=STEADY_S)


def watch(sites: Sites, now: LiveState) -> list[Finding]:
    """Plants that stand still, and plants that take more power than usual.

    Parameters
    ----------
    sites, now
        The plants, and what was measured.
    """
    found = [
        Finding(
            "industry.off",
            f"{change.full} makes nothing.",
            "See why it stopped, and what its restart needs.",
            "warning",
            asset=change.full,
            values={"asset": change.full},
        )
        for change in now.changes
        if change.kind == "out"
    ]
    readings, usual = now.readings.get("power"), now.usual.get("power")
    if readings is None or usual is None:
        return found
    expected = usual.at(readings.rows)
    for row, mean, least in zip(readings.rows, readings.mean, expected, strict=True):
        if mean > MORE * least > 0:
            asset = sites.assets.full(int(row))
            values = {"asset": asset, "value": f"{mean:.0f}", "usual": f"{least:.0f}"}
            found.append(
                Finding(
                    "industry.power-high",
                    f"{asset}: {mean:.0f} kW in the last hour, {least:.0f} kW is usual.",
                    "See what runs that usually does not.",
                    "warning",
                    asset=asset,
                    values=values,
                )
            )
    return found
