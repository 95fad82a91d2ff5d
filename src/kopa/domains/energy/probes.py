"""A grid with units more, to see what they would do."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from kopa.domains.energy.network import Network, Units
from kopa.model import FloatArray, IntArray


def with_probes(
    network: Network, buses: IntArray, reactive: float | FloatArray, generates: bool
) -> Network:
    """A grid with a unit of 1 MW more at some buses.

    Parameters
    ----------
    network
        The grid.
    buses
        Where, shape (probe,).
    reactive
        Mvar that each draws for its MW.
    generates
        True where the MW are fed in.
    """
    units, n = network.units, len(buses)
    p = np.zeros((n, 3))
    p[:, 0] = -1.0 if generates else 1.0
    q = np.zeros((n, 3))
    q[:, 0] = reactive
    return replace(
        network,
        units=Units(
            rows=np.concatenate([units.rows, buses]),
            bus=np.concatenate([units.bus, buses]),
            in_service=np.concatenate([units.in_service, network.bus_in_service[buses]]),
            consumer=np.concatenate([units.consumer, np.zeros(n, dtype=bool)]),
            feeds=np.concatenate([units.feeds, np.full(n, generates)]),
            p=np.concatenate([units.p, p]),
            q=np.concatenate([units.q, q]),
        ),
    )


def reactive(power_factor: float) -> float:
    """Mvar for each MW at a power factor."""
    return math.tan(math.acos(power_factor))
