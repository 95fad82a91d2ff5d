"""Measured values of buildings: indoor temperatures, and who is too cold."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from kopa.domain import Finding, LiveState, Meter

from .climate import Climate
from .network import Buildings

INDOOR = "indoor_temperature"
CELSIUS = "CEL"
WORTH_K = 0.5
"""Thermometers in rooms are no better than this."""


def meters(buildings: Buildings, rooms: Climate) -> tuple[Meter, ...]:
    """What thermometers would show.

    Parameters
    ----------
    buildings, rooms
        The buildings, and what they do.
    """
    return (Meter(INDOOR, CELSIUS, np.arange(len(buildings)), rooms.temperature),)


def watch(buildings: Buildings, now: LiveState) -> Iterator[Finding]:
    """Buildings whose mean of the last hour is below their cold temperature.

    Parameters
    ----------
    buildings, now
        The buildings, and what was measured.
    """
    readings = now.readings.get(INDOOR)
    if readings is None:
        return
    for row, value in zip(readings.rows.tolist(), readings.mean.tolist(), strict=True):
        if row < len(buildings) and value < buildings.cold[row] - WORTH_K:
            asset, least = buildings.assets.full(row), f"{buildings.cold[row]:.3g}"
            yield Finding(
                "buildings.too-cold",
                f"{asset}: {value:.3g} °C in the last hour, below {least} °C it counts as cold.",
                "See whether its heating runs, and what it runs on.",
                "warning",
                asset=asset,
                values={"asset": asset, "value": f"{value:.3g}", "least": least},
            )
