"""Solves a window of time, audits every moment of it, and adds it up by the window's steps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from kopa.errors import EngineError
from kopa.ledger.account import Balance
from kopa.model import BoolArray, FloatArray, IntArray, Window
from kopa.model.window import clock

from .apply import Applied
from .clockwork import Clockwork
from .engine_epanet import (
    REINIT_FLOWS,
    LinkValue,
    NodeValue,
    Project,
    Statistic,
    message,
)
from .network import Network
from .plan import Plan

UNTRUSTED_ERROR = 0.05
"""A moment whose flows still change by more than this share is not solved."""

_ERRORS = 100  # EPANET's codes below are warnings
_NOTHING = 1e-3  # of the base demand
_LEAST = 1e-6  # of the base demand; so little does not flow
_TRIES = 8
_TRICKLE = 1e-4  # m³/s


@dataclass(frozen=True)
class Cut:
    """Nodes that no open path joined to a source for a while.

    Parameters
    ----------
    start, end
        Seconds since midnight.
    nodes
        True where cut off, shape (node,).
    passing
        True for the links that let water pass, shape (link,).
    """

    start: int
    end: int
    nodes: BoolArray
    passing: BoolArray


@dataclass
class Hydraulics:
    """What a run of a window gives, SI.

    Parameters
    ----------
    wanted, delivered
        m³ by step and node, shape (step, node).
    pressure
        Mean pressure head, m, 0 where cut off, shape (step, node).
    leaked
        Flow out of emitters and leaks, m³, shape (node,).
    pump_energy
        kWh by step and pump, shape (step, pump).
    given
        What each reservoir gave, m³, shape (step, reservoir).
    stored, spilled
        What tanks hold more at the end by their levels, and what ran over them, m³.
    inflow
        What entered at junctions with demand below zero, m³.
    cuts
        When nodes were cut off.
    empty
        Tank node and the stretch for which it was empty: ``(node, start, end)``.
    worst_error
        Greatest relative change of flow that was left in any solution.
    failure
        Why there is no answer; empty if there is one.
    tolerance
        Share of the water that may be missing: EPANET balances as well as its accuracy.
    trickle
        Throughput, m³, below which EPANET's least flow in every link is what moves.
    """

    wanted: FloatArray
    delivered: FloatArray
    pressure: FloatArray
    leaked: FloatArray
    pump_energy: FloatArray
    given: FloatArray
    stored: float = 0.0
    spilled: float = 0.0
    inflow: float = 0.0
    cuts: list[Cut] = field(default_factory=list)
    empty: list[tuple[int, int, int]] = field(default_factory=list)
    worst_error: float = 0.0
    failure: str = ""
    tolerance: float = 1e-3
    trickle: float = 0.0

    @property
    def supplied(self) -> float:
        """What reservoirs gave, m³."""
        return float(self.given.sum())

    @property
    def balance(self) -> Balance:
        """Water in against water out."""
        return Balance(
            "water",
            "m3",
            supplied=self.supplied + self.inflow,
            used=float(self.delivered.sum()),
            lost=float(self.leaked.sum()) + self.spilled,
            stored=self.stored,
            tolerance=self.tolerance,
            asked=max(float(self.wanted.sum()), self.trickle),
        )


def simulate(project: Project, network: Network, plan: Plan, window: Window) -> Hydraulics:
    """Run a window.

    The run begins at the file's own start clock time, so that tanks stand in the window as
    they would; what comes before the window is not counted.

    Parameters
    ----------
    project
        An open project of the network.
    network
        The network.
    plan
        What happens to it.
    window
        The time to cover.
    """
    return _Run(project, network, plan, window).solve()


class _Rates(NamedTuple):
    """A solution, in the file's units."""

    wanted: FloatArray
    delivered: FloatArray
    demand: FloatArray
    pressure: FloatArray
    pumps: FloatArray
    leaked: FloatArray | None
    empty: IntArray


class _Run:
    """One run; the project is left as it was found."""

    def __init__(self, project: Project, network: Network, plan: Plan, window: Window) -> None:
        self.project, self.network, self.plan, self.window = project, network, plan, window
        nodes, steps = len(network.node_ids), window.steps
        self.applied = Applied(project, network)
        self.clockwork = Clockwork(project, network, window, plan.moments())
        self.known_cuts: dict[bytes, BoolArray] = {}
        self.passing = np.ones(len(network.link_ids), dtype=bool)
        self.cut = np.zeros(nodes, dtype=bool)
        self.cut_since = self.clockwork.origin
        self.delivered = np.zeros(nodes)
        self.junctions = len(network.junctions)  # they come before tanks and reservoirs
        self.usual_flow = float(np.abs(network.demand_base).sum()) * network.demand_multiplier
        self.first_volumes = self.poured = np.zeros(len(network.tanks))
        self.tank_flow = 0.0
        overflow = NodeValue.CAN_OVERFLOW
        self.may_spill = np.array(
            [project.node_value(int(tank) + 1, overflow) > 0 for tank in network.tanks], dtype=bool
        )
        self.has_leaks = bool((network.emitter > 0).any())
        self.out = Hydraulics(
            wanted=np.zeros((steps, nodes)),
            delivered=np.zeros((steps, nodes)),
            pressure=np.zeros((steps, nodes)),
            leaked=np.zeros(nodes),
            pump_energy=np.zeros((steps, len(network.pumps))),
            given=np.zeros((steps, len(network.reservoirs))),
            tolerance=max(1e-3, network.accuracy),
            trickle=_TRICKLE * (window.end - window.start),
        )

    def solve(self) -> Hydraulics:
        """Go through the window."""
        clockwork, applied = self.clockwork, self.applied
        try:
            clockwork.begin(REINIT_FLOWS)
            while clockwork.runs:
                if clockwork.at_stop:
                    applied.put(self.plan.state(clockwork.now))
                if clockwork.now == self.window.start and self.plan.levels:
                    clockwork.set_levels(self.plan.levels)
                applied.before_solution(clockwork.elapsed, clockwork.now)
                code = self._solve()
                if code >= _ERRORS and not self._all_cut_off():
                    at = clock(clockwork.now)
                    self.out.failure = f"EPANET error {code} at {at}: {message(code)}"
                    break
                self._advance()
            self._cut_ends()
        except EngineError as error:
            self.out.failure = str(error)
        finally:
            applied.take_off()
            clockwork.end()
        self._finish()
        return self.out

    def _advance(self) -> None:
        """Go on to the next moment, and count the stretch until then."""
        if self.clockwork.now <= self.window.start:
            self.first_volumes = self.clockwork.volumes
        step = self.clockwork.step
        rates = self._rates() if self.clockwork.counts else None
        self.applied.after_solution()
        seconds = self.clockwork.advance()
        if rates is not None:
            self._count(step, rates, seconds)

    def _solve(self) -> int:
        """Solve the present moment, with nothing asked for where nothing can arrive.

        Only the solution tells which valves and pumps are open; where it shows that the guess
        was wrong, it is found again.
        """
        project, applied = self.project, self.applied
        applied.anchor(firm=False)
        applied.block(frozenset())
        applied.cut_off(self._cut_off(applied.can_pass()))
        unsettled = False
        for tries_left in reversed(range(_TRIES)):
            code = project.solve()
            error = project.statistic(Statistic.RELATIVE_ERROR)
            passing = applied.passes()
            cut = self._cut_off(passing)
            if not tries_left:
                unsettled = bool((applied.cut & ~cut).any())
                break  # what is asked for must be what was solved
            if not self._mended(code, error, cut):
                break
        self.delivered = project.node_values(NodeValue.DEMAND_FLOW).copy()
        if unsettled:
            self.out.failure = f"pumps or valves cycle without end at {clock(self.clockwork.now)}"
        if self._flows():
            self.out.worst_error = max(self.out.worst_error, error)
        if not np.array_equal(cut, self.cut):
            self._cut_ends()
            self.cut, self.passing = cut, passing
        return code

    def _mended(self, code: int, error: float, cut: BoolArray) -> bool:
        """Change what the last solution shows to be wrong; False if nothing is.

        Tanks first: a tank that is dry is no source, and may cut others off. Then demands that
        were asked for, or not, where the solution says otherwise.
        """
        applied, empty = self.applied, self.clockwork.empty
        dry = applied.out_of_empty(empty, _LEAST * self.usual_flow)
        if self.clockwork.settle_tanks() or dry:
            applied.block(applied.blocked | dry)
            applied.cut_off(self._cut_off(applied.can_pass()))
        elif (applied.cut & ~cut).any():
            applied.cut_off(applied.cut & cut)
        elif (code >= _ERRORS or error > self.network.accuracy) and (cut & ~applied.cut).any():
            applied.cut_off(cut)
        else:
            return code >= _ERRORS and applied.anchor(firm=True)
        return True

    def _all_cut_off(self) -> bool:
        """True where nothing flows, whatever EPANET makes of equations that are nearly empty."""
        return bool(self.cut[: self.junctions].all())

    def _flows(self) -> bool:
        """False while next to nothing is delivered: then the relative error says nothing."""
        delivered = float(np.abs(self.delivered[: self.junctions]).sum())
        return delivered > _NOTHING * self.usual_flow

    def _cut_off(self, passing: BoolArray) -> BoolArray:
        key = passing.tobytes() + self.clockwork.empty.tobytes()
        if key not in self.known_cuts:
            self.known_cuts[key] = self.network.cut_off(passing, self.clockwork.empty)
        return self.known_cuts[key]

    def _cut_ends(self) -> None:
        """Write down what was cut off until now."""
        now = self.clockwork.now
        if self.cut.any() and now > max(self.cut_since, self.window.start):
            since = max(self.cut_since, self.window.start)
            self.out.cuts.append(Cut(since, now, self.cut, self.passing))
        self.cut_since = now

    def _rates(self) -> _Rates:
        """Flows and pressures of the present solution, in the file's units."""
        project, network = self.project, self.network
        wanted = project.node_values(NodeValue.FULL_DEMAND).copy()
        if self.applied.cut.any():
            asked = network.wanted(self.clockwork.elapsed, self.applied.factor) / network.units.flow
            wanted[self.applied.cut] = asked[self.applied.cut]
        delivered = self.delivered
        demand = project.node_values(NodeValue.DEMAND).copy()
        pressure = project.node_values(NodeValue.PRESSURE).copy()
        delivered[self.cut] = 0.0
        pressure[self.cut] = 0.0
        pumps = [project.link_value(int(p) + 1, LinkValue.ENERGY) for p in network.pumps]
        empty = network.tanks[self.clockwork.empty[network.tanks]]
        leaked = None
        if self.has_leaks or self.applied.leaks:
            leaked = project.node_values(NodeValue.EMITTER_FLOW).copy()
            leaked += project.node_values(NodeValue.LEAKAGE_FLOW)
            leaked[self.cut] = 0.0
        return _Rates(wanted, delivered, demand, pressure, np.array(pumps), leaked, empty)

    def _count(self, step: int, rates: _Rates, seconds: int) -> None:
        """Add a stretch of time to its step."""
        out, network = self.out, self.network
        drawn = rates.wanted > 0
        # A demand below zero at a node that draws is water out of nothing: not delivered, and
        # so missing from the balance.
        served = np.maximum(rates.delivered, 0.0)
        out.wanted[step] += np.where(drawn, rates.wanted, 0.0) * seconds
        out.delivered[step] += np.where(drawn, served, 0.0) * seconds
        out.pressure[step] += rates.pressure * (seconds / self.window.step)
        out.pump_energy[step] += rates.pumps * seconds / 3600
        into = rates.demand
        out.given[step] -= into[network.reservoirs] * seconds
        self.poured = self.poured + into[network.tanks] * seconds
        self.tank_flow = max(self.tank_flow, float(np.abs(into[network.tanks]).sum()))
        out.inflow -= float(rates.delivered[rates.wanted < 0].sum()) * seconds
        if rates.leaked is not None:
            out.leaked += rates.leaked * seconds
        now = self.window.start + step * self.window.step
        for tank in rates.empty:
            stretch = (int(tank), now, now + self.window.step)
            if stretch not in out.empty[-len(network.tanks) :]:
                out.empty.append(stretch)

    def _finish(self) -> None:
        """From the file's units to SI."""
        out, units = self.out, self.network.units
        for values in (out.wanted, out.delivered, out.leaked):
            values *= units.flow
        out.pressure *= units.pressure
        out.given *= units.flow
        out.inflow *= units.flow
        self._settle_tanks()

    def _settle_tanks(self) -> None:
        """Hold what the flows say of the tanks against what their levels say.

        EPANET takes a tank that would be full or empty within a second to be so already: a second
        of flow cannot be held against it.
        """
        out, units = self.out, self.network.units
        gained = (self.clockwork.volumes - self.first_volumes) * units.length**3
        poured = self.poured * units.flow
        out.spilled = float(np.maximum(poured - gained, 0.0)[self.may_spill].sum())
        out.stored = float(gained.sum())
        out.trickle = max(out.trickle, self.tank_flow * units.flow / out.tolerance)
