"""How a network stands in a state: who gets how much heat, and what that takes.

A consumer that no plant is joined to gets none. Where plants together cannot give what is asked
of them, or a pump cannot press the water through, all consumers of that part get the same, lower
share of their heat: nobody knows which substation throttles first.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from kopa.errors import EngineError
from kopa.model import BoolArray, FloatArray, IntArray

from .engine_pandapipes import BAR, Flow, Operation, PandapipesEngine
from .network import HeatNetwork
from .reach import Reach

ROUNDS = 12
ENOUGH = 1e-4
"""A share is found when it moves by no more."""
COOL_K = 1.0
"""A consumer whose supply is not so much warmer than its return gets no heat."""


@dataclass(frozen=True, slots=True)
class State:
    """What holds in a step; equal states are equal networks.

    Parameters
    ----------
    shut
        Assets, pipes and valves, that are shut.
    plants
        Share of its capacity that each plant has; 0 where it stands still.
    supply
        Supply temperature of each plant, K.
    demand
        Heat of each consumer over that at the design temperature.
    """

    shut: frozenset[int]
    plants: tuple[float, ...]
    supply: tuple[float, ...]
    demand: tuple[float, ...]


@dataclass(frozen=True)
class Answer:
    """How the network stands in a state.

    Parameters
    ----------
    share
        Share of its heat that each consumer gets, shape (consumer,).
    flow
        What the engine says; None where no plant heats anybody.
    limit
        What holds consumers back that a plant is joined to: ``capacity``, ``pressure`` or
        ``cool``; empty for nothing.
    """

    share: FloatArray
    flow: Flow | None
    limit: str


class Steady:
    """States of one network, each solved once.

    Parameters
    ----------
    network
        The network.
    """

    def __init__(self, network: HeatNetwork) -> None:
        self.network = network
        self.reach = Reach(network)
        self.solve = lru_cache(maxsize=512)(self._solve)
        self.engine_runs = 0
        """How many times the engine ran so far."""

    def __getstate__(self) -> HeatNetwork:
        return self.network  # the engine belongs to its process

    def __setstate__(self, network: HeatNetwork) -> None:
        self.__init__(network)  # type: ignore[misc]

    @cached_property
    def _engine(self) -> PandapipesEngine:
        return PandapipesEngine(self.network)

    def _run(self, operation: Operation) -> Flow:
        self.engine_runs += 1
        return self._engine.solve(operation)

    def usual(self, demand: float = 1.0) -> State:
        """The state of the file, with a demand of all consumers."""
        plants = self.network.plants
        return State(
            frozenset(),
            tuple(plants.in_service.astype(float).tolist()),
            tuple(plants.supply.tolist()),
            (demand,) * len(self.network.consumers),
        )

    @cached_property
    def rated(self) -> FloatArray:
        """Heat of each consumer at the design temperature, W, shape (consumer,).

        What the file does not say, because it sets the flow, is solved once.

        Raises
        ------
        EngineError
            If it must be solved and there is no answer.
        """
        heat = self.network.consumers.heat
        unknown = np.isnan(heat)
        if not unknown.any():
            return heat
        flow = self.solve(self.usual()).flow
        solved = np.zeros(len(heat)) if flow is None else np.nan_to_num(flow.delivered)
        return np.asarray(np.where(unknown, solved, heat))

    def open_pipes(self, state: State) -> BoolArray:
        """Pipes that carry water, shape (pipe,)."""
        pipes = self.network.pipes
        return pipes.open & ~np.isin(pipes.rows, list(state.shut))

    def open_valves(self, state: State) -> BoolArray:
        """Valves that are open, shape (valve,)."""
        valves = self.network.valves
        return valves.open & ~np.isin(valves.rows, list(state.shut))

    def joined(self, state: State) -> tuple[IntArray, IntArray]:
        """Group of plants that each consumer is joined to, and that of each plant; -1: none."""
        parts = self.reach.parts(self.open_pipes(state), self.open_valves(state))
        on = np.array(state.plants) > 0
        return self.reach.plant_of(parts, on), self.reach.group_of(parts, on)

    def _solve(self, state: State) -> Answer:
        group, plant_group = self.joined(state)
        demand = np.array(state.demand)
        share = ((group >= 0) & (demand > 0)).astype(np.float64)
        full = np.where(demand > 0, share, (group >= 0).astype(np.float64))
        cool = (share > 0) & self._too_cool(state, plant_group)
        share[cool] = 0.0
        limit = "cool" if cool.any() else ""
        for _ in range(ROUNDS):
            if not (share > 0).any():
                return Answer(_asked(share, demand, full), None, limit)
            flow = self._run(self._operation(state, share, plant_group))
            factor, why = self._held(state, flow, share, group, plant_group)
            limit = why or limit
            moved = float(np.abs(factor - 1)[share > 0].max())
            if moved <= ENOUGH:
                return Answer(_asked(share, demand, full), flow, limit)
            share = share * factor
        raise EngineError(f"after {ROUNDS} rounds it is not known what consumers get")

    def unlimited(self, state: State) -> tuple[Flow | None, str]:
        """Flow as if plants and pumps could do all that is asked; and what they cannot do.

        Parameters
        ----------
        state
            The state.

        Returns
        -------
        tuple
            The flow, None if nobody asks for heat; and the limit as in `Answer`.

        Raises
        ------
        EngineError
            If there is no answer.
        """
        group, plant_group = self.joined(state)
        share = ((group >= 0) & (np.array(state.demand) > 0)).astype(np.float64)
        if not share.any():
            return None, ""
        if ((share > 0) & self._too_cool(state, plant_group)).any():
            return None, "cool"
        flow = self._run(self._operation(state, share, plant_group))
        return flow, self._held(state, flow, share, group, plant_group)[1]

    def _operation(self, state: State, share: FloatArray, plant_group: IntArray) -> Operation:
        consumers = self.network.consumers
        times = share * np.array(state.demand)
        set_at = np.where(times > 0, times, 1.0)  # who is out of service asks for nothing
        return Operation(
            open_pipes=self.open_pipes(state),
            open_valves=self.open_valves(state),
            plants=plant_group >= 0,
            consumers=times > 0,
            heat=consumers.heat * set_at,
            flow=consumers.flow * set_at,
            supply=np.array(state.supply),
        )

    def _too_cool(self, state: State, plant_group: IntArray) -> BoolArray:
        """True for consumers whose return is as warm as the warmest supply, shape (consumer,)."""
        on = plant_group >= 0
        warmest = float(np.array(state.supply)[on].max()) if on.any() else np.inf
        return np.asarray(warmest - self.network.consumers.back < COOL_K)

    def _held(
        self, state: State, flow: Flow, share: FloatArray, group: IntArray, plant_group: IntArray
    ) -> tuple[FloatArray, str]:
        """What each consumer gets over what it got, and why less if less."""
        plants, consumers = self.network.plants, self.network.consumers
        factor, why = np.ones(len(share)), ""
        taking = share > 0
        cool = taking & ~(flow.supply - flow.back >= COOL_K)
        cool |= taking & np.isfinite(consumers.heat) & ~(flow.consumer_flow > 0)
        if cool.any():
            factor[cool] = 0.0
            return factor, "cool"
        for number in np.unique(plant_group[plant_group >= 0]).tolist():
            mine, works = taking & (group == number), plant_group == number
            if not mine.any():
                continue
            produced = float(flow.produced[works].sum())
            delivered = float(flow.delivered[mine].sum())
            capacity = float((plants.capacity * _shares(state))[works].sum())
            if produced > capacity * (1 + ENOUGH):
                factor[mine] = max(capacity - (produced - delivered), 0.0) / delivered
                why = "capacity"
                continue
            short = self._pressure(flow, mine, float(plants.lift[works].max()))
            if short < 1:
                factor[mine], why = short, "pressure"
        return factor, why

    def _pressure(self, flow: Flow, mine: BoolArray, lift: float) -> float:
        """Flow that leaves the worst substation its pressure, over the flow there is.

        Pressure losses rise with the square of the flow.
        """
        spare = flow.pressure[mine] - self.network.consumers.least_pressure[mine]
        worst = int(np.argmin(spare))
        if spare[worst] >= -ENOUGH:
            return 1.0
        least = float(self.network.consumers.least_pressure[mine][worst])
        lost = lift - float(flow.pressure[mine][worst])
        return float(np.sqrt(max(lift - least, 0.0) / lost)) if lost > 0 else 0.0

    def losses(self, flow: Flow) -> FloatArray:
        """Heat that each pipe loses, W, shape (pipe,).

        Conductance times the logarithmic mean of the temperature above the ground: what a pipe
        loses whose water cools along it.

        References
        ----------
        EN 13941-1; VDI Heat Atlas (2010), part C1, for the logarithmic mean.
        """
        pipes = self.network.pipes
        begin, end = flow.pipe_in - pipes.ground, flow.pipe_out - pipes.ground
        with np.errstate(all="ignore"):
            mean = np.where(np.abs(begin - end) > 1e-9, (begin - end) / np.log(begin / end), begin)
        moving = np.isfinite(mean) & (np.abs(flow.pipe_flow) > 1e-6)
        return np.where(moving, pipes.conductance * np.where(moving, mean, 0.0), 0.0)

    def pump_power(self, flow: Flow) -> FloatArray:
        """Electric power of each plant's pumps, W, shape (plant,)."""
        plants = self.network.plants
        power = plants.lift * BAR * np.abs(np.nan_to_num(flow.volume)) / plants.pump_efficiency
        return np.asarray(power)


def _shares(state: State) -> Any:
    return np.array(state.plants)


def _asked(share: FloatArray, demand: FloatArray, full: FloatArray) -> FloatArray:
    """The shares; who asks for nothing is served while somebody could serve it."""
    return np.asarray(np.where(demand > 0, share, full))
