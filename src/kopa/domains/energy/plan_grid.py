"""Limits of a grid in a plan: broken ones come back as straight lines around the plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kopa.domains.energy.domain import Energy
from kopa.domains.energy.effects import loading
from kopa.domains.energy.engine_pgm import Flows, PowerFlow
from kopa.domains.energy.limits import Limits
from kopa.domains.energy.plan import Problem
from kopa.domains.energy.probes import with_probes
from kopa.domains.energy.programme import Cut
from kopa.domains.energy.schedule import Plan
from kopa.errors import EngineError
from kopa.model import FloatArray, IntArray

SLACK = 1e-5
"""p.u. of voltage and share of the rating by which a plan may pass a limit."""
_AIM = 5e-6  # cuts stay that far inside, so that the rounds come to an end
_FAR = 1e-4  # a line is drawn again where it holds a plan farther from the limit than this
_REDRAWN = 8  # rounds; after them, a plan that breaks nothing is good
_STEP_KW = 1.0
_BATCH = 1024


@dataclass(frozen=True)
class Connected:
    """Where the devices of a plan hang on a grid.

    Parameters
    ----------
    devices
        Bus of each storage and process, shape (device,).
    fixed
        Bus of each that is not planned, shape (fixed,).
    factors
        Factor of each unit of the grid, shape (step, unit).
    """

    devices: IntArray
    fixed: IntArray
    factors: FloatArray


class GridCuts:
    """Checks plans by power flows, and gives lines for the limits that they break.

    Parameters
    ----------
    energy
        The grid.
    problem
        What is planned.
    connected
        Where.
    limits
        What must hold. What is broken already without the devices counts where it gets worse.

    Raises
    ------
    EngineError
        If the grid without the devices has no power flow at a step.
    """

    def __init__(
        self, energy: Energy, problem: Problem, connected: Connected, limits: Limits
    ) -> None:
        buses = np.concatenate([connected.devices, connected.fixed])
        self._energy, self._problem, self._connected = energy, problem, connected
        network = self._network = with_probes(energy.network, buses, 0.0, generates=False)
        self._engine = PowerFlow(network, energy.topology)
        self._limits = limits
        self._cuts: dict[tuple[int, int], Cut] = {}
        self._calls = 0
        self._usual = np.zeros((problem.steps, len(network.units.rows)))
        own = len(energy.network.units.rows)
        self._usual[:, :own] = connected.factors
        fixed = np.array([one.kw for one in problem.fixed]).reshape(-1, problem.steps)
        self._usual[:, len(network.units.rows) - len(connected.fixed) :] = fixed.T / 1e3
        self._first = own
        base = self._engine.scaled(self._usual)
        if not base.converged.all():
            step = problem.moment(int(np.argmin(base.converged)))
            raise EngineError(f"the grid has no power flow at {step} without the devices")
        # what is broken already, step by step
        self._floor = np.maximum(self._broken(base, np.arange(problem.steps)), 0.0)

    def __call__(self, plan: Plan) -> Sequence[Cut] | None:
        """Lines for the limits that a plan breaks, and new ones where old lines hold it too far.

        A line is right where it was drawn; a limit that a plan keeps away from because of its
        line is drawn again where the plan is now.
        """
        self._calls += 1
        kw = plan.device_kw.T
        steps = np.arange(self._problem.steps)
        value = self._over(self._flows(kw, steps), steps)
        chosen = self._worst(value)
        if self._calls <= _REDRAWN or chosen:
            chosen |= self._held_too_far(value, kw)
        if not chosen:
            return None
        broken = np.array(sorted({step for step, _ in chosen}))
        slopes = self._slopes(kw, broken, value)
        place = {int(step): row for row, step in enumerate(broken)}
        for step, limit in sorted(chosen):
            slope = slopes[place[step], :, limit]
            self._cuts[step, limit] = self._line(step, limit, slope, value[step, limit], kw[step])
        return list(self._cuts.values())

    def _worst(self, value: FloatArray) -> set[tuple[int, int]]:
        """The limits that are broken most, one a step and kind; others follow when these hold."""
        worst: dict[tuple[int, int], int] = {}
        for step, limit in np.argwhere(value > SLACK).tolist():
            kind = (step, self._kind(limit))
            if kind not in worst or value[step, limit] > value[step, worst[kind]]:
                worst[kind] = limit
        return {(step, limit) for (step, _), limit in worst.items()}

    def _held_too_far(self, value: FloatArray, kw: FloatArray) -> set[tuple[int, int]]:
        return {
            (step, limit)
            for (step, limit), cut in self._cuts.items()
            if cut.slope @ kw[step] > cut.most - _AIM and value[step, limit] < -_FAR
        }

    def _line(self, step: int, limit: int, slope: FloatArray, value: float, kw: FloatArray) -> Cut:
        network, limits = self._energy.network, self._limits
        kind, item = self._kind(limit), limit % network.buses
        if kind == 2:
            row = int(network.edges.rows[limit - 2 * network.buses])
            told = f"{network.assets.full(row)} at most {limits.loading:g} %"
        else:
            side = f"at least {limits.low:g}" if kind == 0 else f"at most {limits.high:g}"
            told = f"{network.assets.full(item)} {side} p.u."
        name = f"{told} at {self._problem.moment(step)}"
        return Cut(name, step, slope, float(slope @ kw - value - _AIM))

    def _kind(self, limit: int) -> int:
        return min(limit // self._network.buses, 2)

    def _flows(self, kw: FloatArray, steps: IntArray) -> Flows:
        factors = self._usual[steps].copy()
        factors[:, self._first : self._first + kw.shape[1]] = kw / 1e3
        flows = self._engine.scaled(factors)
        if not flows.converged.all():
            step = self._problem.moment(int(steps[np.argmin(flows.converged)]))
            raise EngineError(f"the grid has no power flow for the plan at {step}")
        return flows

    def _broken(self, flows: Flows, steps: IntArray) -> FloatArray:
        """How far each limit is broken: low, high voltage, loading, shape (step, limit)."""
        live = flows.volts > 0
        full = np.nan_to_num(loading(self._network, flows), nan=0.0)
        parts = [
            np.where(live, self._limits.low - flows.volts, -1.0),
            np.where(live, flows.volts - self._limits.high, -1.0),
            (full - self._limits.loading) / 100,
        ]
        return np.concatenate(parts, axis=1)

    def _over(self, flows: Flows, steps: IntArray) -> FloatArray:
        return self._broken(flows, steps) - self._floor[steps]

    def _slopes(self, kw: FloatArray, steps: IntArray, value: FloatArray) -> FloatArray:
        """What a kW of each device adds to each limit, shape (step, device, limit)."""
        devices = kw.shape[1]
        found = np.zeros((len(steps), devices, value.shape[1]))
        # devices of one bus have one slope
        buses, of = np.unique(self._connected.devices, return_inverse=True)
        first = [int(np.argmax(of == place)) for place in range(len(buses))]
        pairs = [(row, place) for row in range(len(steps)) for place in range(len(buses))]
        for begin in range(0, len(pairs), _BATCH):
            part = np.array(pairs[begin : begin + _BATCH])
            moved = kw[steps[part[:, 0]]].copy()
            moved[np.arange(len(part)), np.array(first)[part[:, 1]]] += _STEP_KW
            at = steps[part[:, 0]]
            change = (self._over(self._flows(moved, at), at) - value[at]) / _STEP_KW
            for (row, place), slope in zip(part.tolist(), change, strict=True):
                found[row, of == place] = slope
        return found
