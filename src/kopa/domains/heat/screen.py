"""N-1: every pipe, valve and plant out, one at a time.

Who is cut off is a matter of the graph. Where nobody is, the rest of the network may still be too
weak: then, and only then, the engine runs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from kopa.errors import EngineError
from kopa.model import FloatArray, IntArray

from .cooling import hours_until_cold
from .network import PIPE, PLANT, VALVE
from .steady import State, Steady
from .timeline import weather_factor

ELEMENTS = (PIPE, VALVE, PLANT)


@dataclass(frozen=True)
class Outage:
    """What the outage of one asset does.

    Parameters
    ----------
    row
        The asset.
    consumers
        Consumers that get no heat, or less than all of it.
    lost_kw
        Heat that they miss, kW.
    first_cold_h
        Hours until the first building is cold, infinite if none ever is.
    method
        ``graph`` or ``engine``.
    status
        ``ok``, or ``unknown`` where the engine gave no answer.
    """

    row: int
    consumers: int
    lost_kw: float
    first_cold_h: float
    method: str
    status: str


def outage_state(steady: Steady, row: int, demand: FloatArray) -> State:
    """The network of the file without one asset.

    Parameters
    ----------
    steady, row
        The network and the asset.
    demand
        Heat over that at the design temperature, shape (consumer,).
    """
    state = replace(steady.usual(), demand=tuple(demand.tolist()))
    plants = steady.network.plants
    if row in plants.rows:
        left = [
            0.0 if row == one else share
            for one, share in zip(plants.rows, state.plants, strict=True)
        ]
        return replace(state, plants=tuple(left))
    return replace(state, shut=frozenset({row}))


def screen(
    steady: Steady,
    outdoor: float,
    kinds: Sequence[str] = ELEMENTS,
    graph_only: bool = False,
    progress: Callable[[int], None] = lambda done: None,
) -> list[Outage]:
    """The outage of every asset of some kinds.

    Parameters
    ----------
    steady
        The network.
    outdoor
        Outdoor temperature, K.
    kinds
        ``pipe``, ``valve``, ``plant``.
    graph_only
        True leaves the engine out: who is joined to a plant counts as served.
    progress
        Called with the number of cases newly done.
    """
    network = steady.network
    demand = weather_factor(network, np.array([outdoor]))[0]
    usual, _ = steady.joined(steady.usual())
    found = []
    for row in np.flatnonzero([kind in kinds for kind in network.assets.kinds]).tolist():
        found.append(_outage(steady, row, demand, usual, outdoor, graph_only))
        progress(1)
    return found


def _outage(
    steady: Steady,
    row: int,
    demand: FloatArray,
    usual: IntArray,
    outdoor: float,
    graph_only: bool,
) -> Outage:
    state = outage_state(steady, row, demand)
    group, _ = steady.joined(state)
    share = (group >= 0).astype(np.float64)
    method, status = "graph", "ok"
    cut = (usual >= 0) & (group < 0)
    if not cut.any() and not graph_only:
        method = "engine"
        try:
            share = steady.solve(state).share
        except EngineError:
            status = "unknown"
    consumers = steady.network.consumers
    hit = (usual >= 0) & (share < 1 - 1e-3)
    hours = hours_until_cold(consumers, outdoor, share)[hit]
    lost = float((demand * steady.rated * (1 - share))[hit].sum()) / 1000
    first = float(hours.min(initial=np.inf))
    return Outage(row, int(hit.sum()), lost, first, method, status)
