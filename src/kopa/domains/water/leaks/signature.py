"""What a leak does to what is observed: EPANET with and without it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kopa.model import FloatArray, IntArray

from ..network import JUNCTION, PIPE, Network
from .districts import District, nominal_demand
from .drive import Driven
from .snapshot import Snapshots

CLASSES = 6
"""Parts of the day, of four hours each: load, and so what a leak does, changes between them."""

TRIAL = 5.0 / 3600
"""Size of the trial leak, m³/s: well above the solver's noise, well below the town's demand."""

LARGE = 20.0 / 3600
"""Size of a second trial leak: head loss grows with nearly the square of flow."""


def class_of(hour_of_week: IntArray) -> IntArray:
    """Part of the day of each hour."""
    return np.asarray(hour_of_week % 24 * CLASSES // 24)


@dataclass(frozen=True)
class Signatures:
    """Change of every observation for 1 m³/s lost half way along each pipe.

    The model is driven by measured inflow, so it takes the lost water for demand, spread over the
    district: the signature is the difference between the two.

    Parameters
    ----------
    pipes
        Rows of the candidate pipes.
    values
        For a leak of `TRIAL`, shape (class, observation, candidate).
    bend
        What `values` change for 1 m³/s more than `TRIAL`, shape (class, observation, candidate).
    raw
        The same as `values` had the model stayed as it was, shape (class, observation, candidate):
        what the model's roughness and demands are off shows as a share of this.
    district
        The district that each candidate is in, -1 for none, shape (candidate,).
    """

    pipes: IntArray
    values: FloatArray
    bend: FloatArray
    raw: FloatArray
    district: IntArray


def signatures(
    driven: Driven, hours: IntArray, progress: Callable[[float], None] = lambda done: None
) -> Signatures:
    """Signatures of all pipes at the mean loads of some hours.

    Parameters
    ----------
    driven
        The driven model.
    hours
        Hours whose loads count (those of the calibration).
    progress
        Called with the number of states that are newly solved.
    """
    network, districts = driven.network, driven.districts
    parts = class_of(driven.readings.hour_of_week)
    nominal = nominal_demand(network, driven.readings)
    pipes = _candidates(network)
    nodes = np.unique(network.ends[:, pipes])
    nodes = nodes[network.node_types[nodes] == JUNCTION]
    of_node = np.full(len(network.node_ids), -1)
    for number, district in enumerate(districts):
        of_node[district.nodes] = number
    seen = len(driven.sensors) + len(driven.open_meters)
    values = np.zeros((CLASSES, seen + len(districts), len(network.node_ids)))
    large, raw = np.zeros_like(values), np.zeros_like(values)
    with Snapshots(network, driven.shut) as snapshots:
        for part in range(CLASSES):
            here = hours[(parts[hours] == part) & np.isfinite(driven.demand[hours]).all(axis=1)]
            if not len(here):
                continue
            load, levels = driven.demand[here].mean(axis=0), driven.levels[here].mean(axis=0)
            spread = [_spread(one, nominal[here].mean(axis=0)) for one in districts]
            for size, target in ((TRIAL, values), (LARGE, large)):
                taken = [driven.seen(snapshots.solve(load, levels))]
                for more in spread:
                    own = load if more is None else load + size * more
                    taken.append(driven.seen(snapshots.solve(own, levels)))
                for node in nodes.tolist():
                    lost = load.copy()
                    lost[node] += size
                    state = driven.seen(snapshots.solve(lost, levels))
                    target[part, :seen, node] = (state - taken[of_node[node] + 1]) / size
                    if target is values:
                        raw[part, :seen, node] = (state - taken[0]) / size
                    progress(1)
    for number in range(len(districts)):
        values[:, seen + number, of_node == number] = 1.0
    a, b = _ends(network, pipes)
    bend = (large - values) / (LARGE - TRIAL)
    bend[:, seen:] = 0.0
    halves = [(part[:, :, a] + part[:, :, b]) / 2 for part in (values, bend, raw)]
    return Signatures(pipes, halves[0], halves[1], halves[2], of_node[a])


def _spread(district: District, nominal: FloatArray) -> FloatArray | None:
    """Where the driven model takes 1 m³/s that is lost in a district; None if nowhere."""
    share = nominal * district.free
    return share / share.sum() if district.driven and share.sum() > 0 else None


def _candidates(network: Network) -> IntArray:
    """Open pipes with a junction at one end at least."""
    pipe = (network.link_types <= PIPE) & ~network.always_shut
    joined = (network.node_types[network.ends] == JUNCTION).any(axis=0)
    return np.flatnonzero(pipe & joined).astype(np.int64)


def _ends(network: Network, pipes: IntArray) -> tuple[IntArray, IntArray]:
    """Ends of pipes; of a pipe at a source the other end, twice."""
    a, b = network.ends[:, pipes]
    at_a, at_b = network.node_types[a] == JUNCTION, network.node_types[b] == JUNCTION
    return np.where(at_a, a, b), np.where(at_b, b, a)
