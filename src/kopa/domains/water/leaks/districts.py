"""Metered districts: what is joined without passing a flow meter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from kopa.model import BoolArray, FloatArray, IntArray

from ..network import JUNCTION, PUMP, TANK, Network
from .readings import HOUR, Readings


@dataclass(frozen=True)
class District:
    """A part of the network whose inflow is measured.

    Parameters
    ----------
    nodes
        Rows of its nodes.
    inflow
        Net inflow, meters and tanks together, m³/s, shape (hour,).
    metered
        What smart meters in it say, m³/s, shape (hour,).
    free
        True for its junctions without a smart meter, shape (node,).
    nominal
        What the model's patterns give for these at multiplier 1, m³/s, shape (hour,).
    driven
        True if the demand of these is scaled to the measured inflow; where most of the demand is
        metered, the balance would be all noise.
    """

    nodes: IntArray
    inflow: FloatArray
    metered: FloatArray
    free: BoolArray
    nominal: FloatArray
    driven: bool

    @property
    def unmetered(self) -> FloatArray:
        """Inflow that no smart meter explains, m³/s, shape (hour,)."""
        return self.inflow - self.metered


_MOSTLY_METERED = 0.3
"""Below this share of demand without smart meters the balance drives nothing."""


def nominal_demand(network: Network, readings: Readings) -> FloatArray:
    """Demand by the model's own patterns, m³/s, shape (hour, node); they begin on a Monday."""
    one = np.ones(len(network.node_ids))
    step = max(1, min(network.pattern_step, HOUR))
    within = range(0, HOUR, step)
    week = {
        hour: np.mean([network.wanted(hour * HOUR + at, one) for at in within], axis=0)
        for hour in np.unique(readings.hour_of_week).tolist()
    }
    return np.array([week[hour] for hour in readings.hour_of_week.tolist()])


def shut_links(network: Network, readings: Readings) -> IntArray:
    """Metered pumps: their flow is put in as it was measured."""
    rows = [network.link_ids.index(name) for name in readings.flows.names]
    return np.array([row for row in rows if network.link_types[row] == PUMP], dtype=np.int64)


def find_districts(network: Network, readings: Readings, nominal: FloatArray) -> list[District]:
    """Districts that have demand and a complete balance.

    A part with a reservoir, or with a tank whose level nobody measures, has none.
    """
    rows = np.array([network.link_ids.index(n) for n in readings.flows.names], dtype=np.int64)
    passing = ~network.always_shut
    passing[rows] = False
    a, b = network.ends[:, passing]
    nodes = len(network.node_ids)
    graph = coo_matrix((np.ones(len(a)), (a, b)), shape=(nodes, nodes))
    number, label = connected_components(graph, directed=False)
    levels = {network.node_ids.index(name): k for k, name in enumerate(readings.levels.names)}
    meters = np.array([network.node_ids.index(n) for n in readings.meters.names], dtype=np.int64)
    found = []
    for part in range(number):
        inside = label == part
        tanks = np.flatnonzero(inside & (network.node_types == TANK)).tolist()
        if (inside & (network.node_types > JUNCTION) & (network.node_types != TANK)).any():
            continue
        if any(tank not in levels for tank in tanks) or not network.base_demand[inside].any():
            continue
        ends = network.ends[:, rows]
        sign = inside[ends[1]].astype(float) - inside[ends[0]].astype(float)
        crossing = sign != 0
        inflow = readings.flows.values[:, crossing] @ sign[crossing]
        for tank in tanks:
            inflow = inflow - _filling(network, readings, tank, levels[tank])
        here = inside[meters]
        metered = readings.meters.values[:, here].sum(axis=1)
        free = inside & (network.node_types == JUNCTION)
        free[meters[here]] = False
        share = nominal[:, free].sum() / max(nominal[:, inside].sum(), 1e-12)
        found.append(
            District(
                nodes=np.flatnonzero(inside),
                inflow=inflow,
                metered=metered,
                free=free,
                nominal=nominal[:, free].sum(axis=1),
                driven=bool(share > _MOSTLY_METERED),
            )
        )
    return found


def _filling(network: Network, readings: Readings, tank: int, column: int) -> FloatArray:
    """Flow that a tank keeps, m³/s, shape (hour,), by its level; the tank has upright walls."""
    assert readings.levels.edges is not None
    place = int(np.flatnonzero(network.tanks == tank)[0])
    low, high = network.tank_levels[:, place]
    area = network.tank_volume[place] / max(high - low, 1e-9)
    return np.asarray(np.diff(readings.levels.edges[:, column]) * area / HOUR)
