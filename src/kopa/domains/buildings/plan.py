"""When to heat and cool a building at the least cost, comfort first.

A linear programme in two stages: the least discomfort that can be reached, then the least cost
with no more discomfort than that. Temperatures follow a grey-box model exactly (`engine_thermal`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csc_array, lil_array

from kopa.engine_highs import Programme, solve
from kopa.errors import EngineError
from kopa.model import FloatArray, IntArray

from .engine_thermal import Thermal

SLACK_K = 1e-6
"""Discomfort below this is none."""
SECONDS = 60.0
"""Most time of a stage."""


@dataclass(frozen=True)
class Device:
    """Heating or cooling: greatest power, W, and heat moved over energy bought."""

    most: float
    efficiency: float


@dataclass(frozen=True)
class Task:
    """What to plan.

    Parameters
    ----------
    thermal
        The building.
    step_s
        s.
    outdoor, sun, price
        °C, W/m² (None where nobody knows it), EUR/kWh; shape (step,).
    low, high
        Comfort at the end of each step, °C, shape (step,).
    heating, cooling
        Devices; None where there is none.
    start
        Indoor temperature at first, °C.
    end
        Least indoor temperature at last, °C; None for comfort alone.
    """

    thermal: Thermal
    step_s: float
    outdoor: FloatArray
    sun: FloatArray | None
    price: FloatArray
    low: FloatArray
    high: FloatArray
    heating: Device | None
    cooling: Device | None
    start: float
    end: float | None = None

    @property
    def state(self) -> FloatArray:
        """State at first, °C."""
        return self.thermal.rest(self.start, float(self.outdoor[0]))

    @property
    def floor(self) -> FloatArray:
        """Least temperature at the end of each step, °C."""
        floor = self.low.copy()
        if self.end is not None:
            floor[-1] = max(floor[-1], self.end)
        return floor

    def cost_of(self, heat: FloatArray, cool: FloatArray) -> float:
        """Price of heating and cooling, EUR."""
        hours = self.step_s / 3.6e6
        bought = np.zeros(len(self.price))
        for device, power in ((self.heating, heat), (self.cooling, cool)):
            if device is not None:
                bought += power / device.efficiency
        return float((self.price * bought).sum() * hours)

    def simulate(self, heat: FloatArray, cool: FloatArray) -> FloatArray:
        """Indoor temperature at the end of each step, °C."""
        room = self.thermal.heat(heat - cool, self.sun)
        return self.thermal.simulate(self.state, self.outdoor, room, self.step_s)

    def misses(self, indoor: FloatArray) -> tuple[FloatArray, FloatArray]:
        """How far a temperature lies below and above comfort, K, shape (step,) each."""
        return np.maximum(self.floor - indoor, 0.0), np.maximum(indoor - self.high, 0.0)


@dataclass(frozen=True)
class Plan:
    """What to do.

    Parameters
    ----------
    heat, cool
        Heat into and out of the room, W, shape (step,).
    indoor
        At the end of each step, °C, shape (step,).
    under, over
        How far that lies below and above comfort, K, shape (step,).
    cost
        EUR.
    """

    heat: FloatArray
    cool: FloatArray
    indoor: FloatArray
    under: FloatArray
    over: FloatArray
    cost: float

    @property
    def missed(self) -> IntArray:
        """Steps whose comfort is not held."""
        bad = (self.under > SLACK_K * 10) | (self.over > SLACK_K * 10)
        return np.asarray(np.flatnonzero(bad), dtype=np.int64)


def plan(task: Task) -> Plan:
    """The plan of least cost among those of least discomfort.

    Parameters
    ----------
    task
        What to plan.

    Raises
    ------
    EngineError
        If the engine finds none.
    """
    rows = _Rows(task)
    discomfort = rows.discomfort
    # what both devices do against one another does not help comfort: no whole numbers yet
    least = _best(replace(rows.programme(discomfort), whole=np.empty(0, dtype=np.int64)))
    worst = float(discomfort @ least)
    held = _best(rows.programme(rows.cost, (discomfort, worst + SLACK_K)))
    heat, cool = (np.maximum(held[rows.of(name)], 0.0) for name in ("heat", "cool"))
    return of_powers(task, heat, cool)


def _best(programme: Programme) -> FloatArray:
    """The best values of a programme; EngineError where there are none in time."""
    found = solve(programme, SECONDS)
    if found.status != "optimal":
        raise EngineError(f"HiGHS found no best plan: {found.status}")
    return found.x


def of_powers(task: Task, heat: FloatArray, cool: FloatArray) -> Plan:
    """A plan from its powers; temperatures are those of a simulation of its own."""
    indoor = task.simulate(heat, cool)
    return Plan(heat, cool, indoor, *task.misses(indoor), task.cost_of(heat, cool))


def thermostat(task: Task) -> Plan:
    """What a thermostat does that knows neither prices nor the hours to come.

    It heats to the lower and cools to the upper end of comfort of the step at hand.

    Parameters
    ----------
    task
        What to plan.
    """
    a, b = task.thermal.discrete(task.step_s)
    state, many = task.state, len(task.outdoor)
    room = task.thermal.heat(np.zeros(many), task.sun)
    heat, cool = np.zeros(many), np.zeros(many)
    for step in range(many):
        free = a @ state + b @ np.array([task.outdoor[step], room[step]])
        if task.heating is not None:
            heat[step] = np.clip((task.low[step] - free[0]) / b[0, 1], 0.0, task.heating.most)
        if task.cooling is not None:
            cool[step] = np.clip((free[0] - task.high[step]) / b[0, 1], 0.0, task.cooling.most)
        state = free + b[:, 1] * (heat[step] - cool[step])
    return of_powers(task, heat, cool)


class _Rows:
    """Variables and rows of the programme.

    Variables, each a block of all steps: heat, cool, under, over, one block a state, and, where
    both devices could run against one another to be paid for it, which of them runs.
    """

    def __init__(self, task: Task) -> None:
        self._task, self._many = task, len(task.outdoor)
        self._blocks = ["heat", "cool", "under", "over"]
        self._blocks += [f"state{number}" for number in range(task.thermal.order)]
        both = task.heating is not None and task.cooling is not None
        # steps in which one device could run against the other and be paid for it
        self._paid = np.flatnonzero(task.price < 0) if both else np.zeros(0, dtype=np.int64)
        self._blocks += ["heats"] if len(self._paid) else []
        self._place = {name: number * self._many for number, name in enumerate(self._blocks)}

    def of(self, name: str) -> slice:
        """Place of a block."""
        return slice(self._place[name], self._place[name] + self._many)

    @property
    def count(self) -> int:
        """How many variables there are."""
        return len(self._blocks) * self._many

    @property
    def discomfort(self) -> FloatArray:
        """Cost of the first stage: kelvins below and above comfort."""
        cost = np.zeros(self.count)
        cost[self.of("under")] = cost[self.of("over")] = 1.0
        return cost

    @property
    def cost(self) -> FloatArray:
        """Cost of the second stage, EUR."""
        task, cost = self._task, np.zeros(self.count)
        for name, device in (("heat", task.heating), ("cool", task.cooling)):
            if device is not None:
                cost[self.of(name)] = task.price * task.step_s / 3.6e6 / device.efficiency
        return cost

    def programme(
        self, cost: FloatArray, limit: tuple[FloatArray, float] | None = None
    ) -> Programme:
        """The programme with a cost, and with a limit on another."""
        task, many = self._task, self._many
        low, high = np.zeros(self.count), np.full(self.count, np.inf)
        for name, device in (("heat", task.heating), ("cool", task.cooling)):
            high[self.of(name)] = 0.0 if device is None else device.most
        for number in range(task.thermal.order):
            low[self.of(f"state{number}")] = -np.inf
        whole = np.empty(0, dtype=np.int64)
        if len(self._paid):
            high[self.of("heats")] = 1.0
            whole = self._place["heats"] + self._paid
        parts = [self._dynamics(), *self._comfort(), *self._apart()]
        if limit is not None:
            parts.append((csc_array(limit[0][None, :]), np.full(1, -np.inf), np.full(1, limit[1])))
        from scipy.sparse import vstack

        rows = csc_array(vstack([part[0] for part in parts]))
        ends = [np.concatenate([part[side] for part in parts]) for side in (1, 2)]
        assert rows.shape == (len(ends[0]), len(self._blocks) * many)
        return Programme(cost, rows, ends[0], ends[1], low, high, whole)

    def _dynamics(self) -> tuple[csc_array, FloatArray, FloatArray]:
        """X' - A x - Bq (heat - cool) = Be Te + Bq (gains), a row a state and step."""
        task, many = self._task, self._many
        a, b = task.thermal.discrete(task.step_s)
        order = task.thermal.order
        given = np.outer(b[:, 0], task.outdoor) + np.outer(
            b[:, 1], task.thermal.heat(np.zeros(many), task.sun)
        )
        rows = lil_array((order * many, self.count))
        every = np.arange(many)
        for number in range(order):
            here = number * many + every
            rows[here, self._place[f"state{number}"] + every] = 1.0
            rows[here, self._place["heat"] + every] = -b[number, 1]
            rows[here, self._place["cool"] + every] = b[number, 1]
            for other in range(order):
                before = self._place[f"state{other}"] + every[:-1]
                rows[here[1:], before] = -a[number, other]
        given[:, 0] += a @ task.state
        return csc_array(rows), given.reshape(-1), given.reshape(-1)

    def _comfort(self) -> Sequence[tuple[csc_array, FloatArray, FloatArray]]:
        """Indoor + under >= floor, and indoor - over <= high."""
        task, many, every = self._task, self._many, np.arange(self._many)
        below, above = lil_array((many, self.count)), lil_array((many, self.count))
        below[every, self._place["state0"] + every] = 1.0
        below[every, self._place["under"] + every] = 1.0
        above[every, self._place["state0"] + every] = 1.0
        above[every, self._place["over"] + every] = -1.0
        none = np.full(many, np.inf)
        return [(csc_array(below), task.floor, none), (csc_array(above), -none, task.high)]

    def _apart(self) -> Sequence[tuple[csc_array, FloatArray, FloatArray]]:
        """Heating or cooling, not both: heat <= most heats, cool <= most (1 - heats)."""
        task, paid = self._task, self._paid
        if not len(paid) or task.heating is None or task.cooling is None:
            return []
        every = np.arange(len(paid))
        one, other = (lil_array((len(paid), self.count)) for _ in range(2))
        one[every, self._place["heat"] + paid] = 1.0
        one[every, self._place["heats"] + paid] = -task.heating.most
        other[every, self._place["cool"] + paid] = 1.0
        other[every, self._place["heats"] + paid] = task.cooling.most
        none = np.full(len(paid), -np.inf)
        return [
            (csc_array(one), none, np.zeros(len(paid))),
            (csc_array(other), none, np.full(len(paid), task.cooling.most)),
        ]
