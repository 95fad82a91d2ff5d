"""The model driven by what was measured, and what the sensors say beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kopa.errors import EngineError
from kopa.model import FloatArray, IntArray

from ..network import PUMP, Network
from .districts import District, find_districts, nominal_demand, shut_links
from .readings import Readings
from .snapshot import Snapshots, State

_GREATEST = 20.0  # times its nominal demand a district may draw


@dataclass(frozen=True)
class Driven:
    """Readings beside a model that knows inflows, levels and meters, but of no leak.

    Observations are in this order: pressures, m; flows of meters that the model leaves open,
    m³/s; unmetered inflow of each district, m³/s (measured only: its forecast is calibrated).

    Parameters
    ----------
    network, readings
        What it was made from.
    districts
        Districts with a balance.
    shut
        Links whose flow is put in as demand.
    open_meters
        Columns of the flow meters that are left open.
    demand
        What was put in, m³/s, shape (hour, node).
    levels
        Tank levels, m, shape (hour, tank).
    residual
        Measured less modelled, shape (hour, observation).
    """

    network: Network
    readings: Readings
    districts: list[District]
    shut: IntArray
    open_meters: IntArray
    demand: FloatArray
    levels: FloatArray
    residual: FloatArray

    @property
    def sensors(self) -> IntArray:
        """Rows of the nodes with pressure sensors."""
        names = self.readings.pressures.names
        return np.array([self.network.node_ids.index(n) for n in names], dtype=np.int64)

    def seen(self, state: State) -> FloatArray:
        """Pressures and open meters of a state, shape (sensor + open meter,)."""
        links = [
            self.network.link_ids.index(self.readings.flows.names[k]) for k in self.open_meters
        ]
        return np.concatenate([state.pressure[self.sensors], state.flow[links]])


def drive(
    network: Network, readings: Readings, progress: Callable[[float], None] = lambda done: None
) -> Driven:
    """Run the model through all hours.

    Parameters
    ----------
    network
        The model, as its file has it.
    readings
        What was measured.
    progress
        Called with the number of hours that are newly done.

    Returns
    -------
    Driven
        An hour without a full balance, or without a steady state, has NaN as its residuals.
    """
    nominal = nominal_demand(network, readings)
    districts = find_districts(network, readings, nominal)
    shut = shut_links(network, readings)
    demand = _demand(network, readings, districts, nominal)
    levels = _levels(network, readings)
    rows = [network.link_ids.index(name) for name in readings.flows.names]
    still_open = np.flatnonzero(network.link_types[rows] != PUMP).astype(np.int64)
    measured = np.concatenate(
        [readings.pressures.values, readings.flows.values[:, still_open]], axis=1
    )
    driven = Driven(network, readings, districts, shut, still_open, demand, levels, measured)
    modelled = np.full(measured.shape, np.nan)
    with Snapshots(network, shut) as snapshots:
        for hour in range(readings.hours):
            progress(1)
            if not np.isfinite(demand[hour]).all():
                continue
            try:
                state = snapshots.solve(demand[hour], levels[hour])
            except EngineError:
                continue  # the hour stays unknown
            modelled[hour] = driven.seen(state)
    balances = np.array([d.unmetered for d in districts]).reshape(-1, readings.hours).T
    balances = np.where(np.isfinite(modelled).any(axis=1)[:, None], balances, np.nan)
    residual = np.concatenate([measured - modelled, balances], axis=1)
    return Driven(network, readings, districts, shut, still_open, demand, levels, residual)


def _demand(
    network: Network, readings: Readings, districts: list[District], nominal: FloatArray
) -> FloatArray:
    """Demand of every node, m³/s, shape (hour, node)."""
    demand = nominal.copy()
    meters = [network.node_ids.index(name) for name in readings.meters.names]
    values = readings.meters.values
    demand[:, meters] = np.where(np.isfinite(values), values, nominal[:, meters])
    for district in districts:
        if district.driven:
            factor = district.unmetered / np.maximum(district.nominal, 1e-12)
            factor = np.clip(factor, 0.0, _GREATEST)
            demand[:, district.free] = nominal[:, district.free] * factor[:, None]
    for column, name in enumerate(readings.flows.names):
        row = network.link_ids.index(name)
        if network.link_types[row] == PUMP:
            first, second = network.ends[:, row]
            demand[:, first] += readings.flows.values[:, column]
            demand[:, second] -= readings.flows.values[:, column]
    return demand


def _levels(network: Network, readings: Readings) -> FloatArray:
    levels = np.full((readings.hours, len(network.tanks)), np.nan)
    for column, name in enumerate(readings.levels.names):
        place = np.flatnonzero(network.tanks == network.node_ids.index(name))
        levels[:, place] = readings.levels.values[:, [column]]
    return levels
