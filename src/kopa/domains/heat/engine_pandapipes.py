"""Flows, pressures and temperatures by pandapipes: the only importer of the library.

Hydraulics and heat are solved together by Newton's method (mode ``bidirectional``), with numpy:
compiling pandapipes with numba takes longer than the networks of a town.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from kopa.errors import EngineError
from kopa.model import BoolArray, FloatArray

from .network import HeatNetwork

BAR = 1e5
OPTIONS: dict[str, Any] = {
    "mode": "bidirectional",
    "use_numba": False,
    "max_iter_bidirect": 100,
    "friction_model": "nikuradse",
}
CAREFUL: dict[str, Any] = {"nonlinear_method": "automatic", "max_iter_bidirect": 400}
"""How a case is tried again that does not converge at once."""


@dataclass(frozen=True)
class Operation:
    """What is to be solved.

    Parameters
    ----------
    open_pipes, open_valves, plants, consumers
        What is in operation, shapes (pipe,), (valve,), (plant,), (consumer,).
    heat, flow
        Heat, W, and flow, kg/s, of each consumer, NaN where it does not set it.
    supply
        Supply temperature of each plant, K.
    """

    open_pipes: BoolArray
    open_valves: BoolArray
    plants: BoolArray
    consumers: BoolArray
    heat: FloatArray
    flow: FloatArray
    supply: FloatArray


@dataclass(frozen=True)
class Flow:
    """What the engine says; NaN where nothing is in operation.

    Parameters
    ----------
    pipe_flow
        Along each pipe, kg/s, shape (pipe,).
    pipe_in, pipe_out
        Temperature of the water that enters and leaves a pipe, K.
    supply, back
        Temperature of the water that reaches and leaves a consumer, K.
    pressure
        Pressure difference at each consumer, bar.
    delivered, consumer_flow
        Heat, W, and flow, kg/s, of each consumer.
    produced
        Heat that each plant gives, W.
    returned
        Temperature of the water that comes back to each plant, K.
    volume
        Flow of each plant, m³/s.
    """

    pipe_flow: FloatArray
    pipe_in: FloatArray
    pipe_out: FloatArray
    supply: FloatArray
    back: FloatArray
    pressure: FloatArray
    delivered: FloatArray
    consumer_flow: FloatArray
    produced: FloatArray
    returned: FloatArray
    volume: FloatArray


class PandapipesEngine:
    """Solves states of one network; no state is left over from one to the next.

    Parameters
    ----------
    network
        The network.
    """

    def __init__(self, network: HeatNetwork) -> None:
        self._network = network
        with _quiet():
            self._net = _built(network)

    def solve(self, operation: Operation) -> Flow:
        """Solve a state.

        Parameters
        ----------
        operation
            The state.

        Raises
        ------
        EngineError
            If there is no answer.
        """
        import pandapipes
        from pandapipes.pf.pipeflow_setup import PipeflowNotConverged

        net = self._net
        net.pipe["in_service"] = operation.open_pipes
        if len(operation.open_valves):
            net.valve["opened"] = operation.open_valves
        net.circ_pump_pressure["in_service"] = operation.plants
        net.circ_pump_pressure["t_flow_k"] = operation.supply
        net.heat_consumer["in_service"] = operation.consumers
        net.heat_consumer["qext_w"] = operation.heat
        net.heat_consumer["controlled_mdot_kg_per_s"] = operation.flow
        options = OPTIONS | {"ambient_temperature": self._network.ambient}
        with _quiet():
            for more in ({}, CAREFUL):
                try:
                    pandapipes.pipeflow(net, **(options | more))
                    return _flow(net)
                except (PipeflowNotConverged, UserWarning, ValueError, np.linalg.LinAlgError) as e:
                    problem = e
        raise EngineError(f"pandapipes has no answer: {str(problem).strip() or 'no solution'}")


@contextmanager
def _quiet() -> Iterator[None]:
    """No warnings of libraries: what is not finite shows in the results."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def _built(network: HeatNetwork) -> Any:
    """The network as pandapipes has it, rows numbered as here."""
    import pandapipes as pp

    net = pp.create_empty_network(fluid="water")
    one = network.junctions
    pp.create_junctions(
        net, len(one), one.start_bar, one.start_k, one.height, in_service=one.in_service
    )
    pipes = network.pipes
    pp.create_pipes_from_parameters(
        net,
        pipes.begin,
        pipes.end,
        pipes.length / 1000,
        inner_diameter_mm=pipes.inner * 1000,
        outer_diameter_mm=pipes.outer * 1000,
        k_mm=pipes.roughness * 1000,
        loss_coefficient=pipes.loss_coefficient,
        sections=pipes.sections,
        u_w_per_m2k=pipes.transfer,
        text_k=pipes.ground,
        in_service=pipes.open,
    )
    valves = network.valves
    if len(valves.rows):
        pp.create_valves(
            net,
            valves.begin,
            valves.end,
            "ju",
            inner_diameter_mm=valves.inner * 1000,
            opened=valves.open,
            loss_coefficient=valves.loss_coefficient,
        )
    plants = network.plants
    for row in range(len(plants)):
        pp.create_circ_pump_const_pressure(
            net,
            int(plants.back[row]),
            int(plants.out[row]),
            float(plants.pressure[row]),
            float(plants.lift[row]),
            float(plants.supply[row]),
        )
    _add_consumers(net, network)
    return net


def _add_consumers(net: Any, network: HeatNetwork) -> None:
    """One call a way of setting them: pandapipes takes two settings a call."""
    import pandapipes as pp

    one = network.consumers
    settings = {
        "qext_w": one.heat,
        "controlled_mdot_kg_per_s": one.flow,
        "deltat_k": one.cooling,
        "treturn_k": one.back,
    }
    given = np.isfinite(np.stack(list(settings.values())))
    for way in np.unique(given, axis=1).T:
        rows = np.flatnonzero((given == way[:, None]).all(axis=0))
        chosen = {n: v[rows] for (n, v), on in zip(settings.items(), way, strict=True) if on}
        pp.create_heat_consumers(net, one.begin[rows], one.end[rows], index=rows.tolist(), **chosen)
    net.heat_consumer.sort_index(inplace=True)


def _flow(net: Any) -> Flow:
    pipe, consumer, plant = net.res_pipe, net.res_heat_consumer, net.res_circ_pump_pressure

    def column(table: Any, name: str) -> FloatArray:
        return np.array(table[name], dtype=np.float64)

    flow = column(pipe, "mdot_from_kg_per_s")
    back = flow < 0
    begin, end = column(pipe, "t_from_k"), column(pipe, "t_to_k")
    found = Flow(
        pipe_flow=flow,
        pipe_in=np.where(back, end, begin),
        pipe_out=column(pipe, "t_outlet_k"),
        supply=column(consumer, "t_from_k"),
        back=column(consumer, "t_outlet_k"),
        pressure=column(consumer, "p_from_bar") - column(consumer, "p_to_bar"),
        delivered=column(consumer, "qext_w"),
        consumer_flow=column(consumer, "mdot_from_kg_per_s"),
        produced=column(plant, "qext_w"),
        returned=column(plant, "t_from_k"),
        volume=column(plant, "vdot_m3_per_s"),
    )
    on = np.array(net.circ_pump_pressure["in_service"], dtype=bool)
    if not np.isfinite(found.produced[on]).all():
        raise ValueError("a plant in operation has no result")
    return found
