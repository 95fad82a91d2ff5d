"""Steady states of a network whose demands, tank levels and pumped flows are given."""

from __future__ import annotations

from types import TracebackType
from typing import NamedTuple

import numpy as np

from kopa.errors import EngineError
from kopa.model import FloatArray, IntArray

from ..engine_epanet import (
    KEEP_FLOWS,
    Count,
    LinkValue,
    NodeValue,
    Option,
    Project,
    Statistic,
    TimeValue,
    message,
)
from ..network import JUNCTION, PIPE, Network

ACCURACY = 1e-5
"""Relative change of flow at which a state is solved: differences of states must mean something."""

_UNSETTLED = 1e-2
_CUT_OFF = -1e3  # m; where no water can come from, EPANET's pressures are millions below zero
_ERRORS = 100


class State(NamedTuple):
    """A steady state, SI.

    Parameters
    ----------
    pressure
        Pressure head, m, shape (node,).
    flow
        m³/s, shape (link,).
    """

    pressure: FloatArray
    flow: FloatArray


class Snapshots:
    """An open model that controls, rules and patterns no longer move.

    Parameters
    ----------
    network
        The network.
    shut
        Links that are held shut, because their measured flow is put in as demand at their ends.
    """

    def __init__(self, network: Network, shut: IntArray) -> None:
        self._network = network
        self._project = Project(network.inp)
        self._junctions = np.flatnonzero(network.node_types == JUNCTION)
        self._now = np.full(len(network.node_ids), np.nan)
        self._rough = self._project.link_values(LinkValue.ROUGHNESS).copy()
        self._set_up(shut)

    def __enter__(self) -> Snapshots:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._project.close()

    def _set_up(self, shut: IntArray) -> None:
        project, network = self._project, self._network
        for control in range(project.count(Count.CONTROLS)):
            project.set_control_enabled(control + 1, False)
        for node in self._junctions.tolist():
            for category in range(len(project.demands(node + 1))):
                project.set_base_demand(node + 1, category + 1, 0.0)
            project.set_node(node + 1, NodeValue.PATTERN, 0.0)
        project.set_pressure_driven(False, 0.0, 0.1, 0.5)
        project.set_option(Option.DEMAND_MULTIPLIER, 1.0)
        project.set_option(Option.ACCURACY, ACCURACY)
        project.set_time(TimeValue.DURATION, 0)
        for link in shut.tolist():
            project.set_link(link + 1, LinkValue.INITIAL_STATUS, 0.0)
        for pump in network.pumps.tolist():
            project.set_link(pump + 1, LinkValue.PATTERN, 0.0)
        project.open_hydraulics()

    def roughen(self, factor: FloatArray) -> None:
        """Multiply the file's roughness of pipes, shape (link,)."""
        for link in np.flatnonzero(self._network.link_types <= PIPE).tolist():
            value = float(self._rough[link] * factor[link])
            self._project.set_link(link + 1, LinkValue.ROUGHNESS, value)

    def solve(self, demand: FloatArray, levels: FloatArray) -> State:
        """Solve one state.

        Parameters
        ----------
        demand
            What leaves each node, m³/s, shape (node,).
        levels
            Level in each tank, m, shape (tank,); NaN leaves the file's own.

        Raises
        ------
        EngineError
            If EPANET finds no state, or part of the network has no source (an empty tank).
        """
        project, network, units = self._project, self._network, self._network.units
        wanted = demand / units.flow
        changed = self._junctions[wanted[self._junctions] != self._now[self._junctions]]
        for node in changed.tolist():
            project.set_base_demand(node + 1, 1, float(wanted[node]))
        self._now = wanted
        for tank, level in zip(network.tanks.tolist(), levels.tolist(), strict=True):
            if np.isfinite(level):
                project.set_node(tank + 1, NodeValue.TANK_LEVEL, level / units.length)
        project.init_hydraulics(KEEP_FLOWS)
        code = project.solve()
        if code >= _ERRORS:
            raise EngineError(f"EPANET error {code}: {message(code)}", f"epanet.{code}")
        if project.statistic(Statistic.RELATIVE_ERROR) > _UNSETTLED:
            raise EngineError("EPANET finds no steady state for these demands", "epanet.unsettled")
        pressure = project.node_values(NodeValue.PRESSURE) * units.pressure
        if pressure.min() < _CUT_OFF:
            raise EngineError("part of the network is cut off from every source", "epanet.cut-off")
        return State(pressure, project.link_values(LinkValue.FLOW) * units.flow)
