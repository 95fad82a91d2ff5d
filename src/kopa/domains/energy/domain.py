"""The domain `energy`: an electricity grid behind the contract of the kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domain import Bound, Change, ChangeKind, LiveState, Meter, Parent, Result
from kopa.domain.attributes import settings
from kopa.domains.energy import live
from kopa.domains.energy.attributes import PACKAGE
from kopa.domains.energy.effects import Solved, at_risk, balance, behind, losses, not_supplied
from kopa.domains.energy.engine_pgm import Flows, PowerFlow, chosen
from kopa.domains.energy.network import Network
from kopa.domains.energy.read_pandapower import read
from kopa.domains.energy.timeline import (
    Piece,
    action_of,
    events,
    flooded,
    more_power,
    pieces,
    shares,
)
from kopa.domains.energy.topology import BASE, State, Topology
from kopa.errors import EngineError, Finding
from kopa.model import Assets, Match, Port, Ports, PortSeries, Shapes, Window

STREET_KV = 36.0
"""Stations up to this voltage stand at the street; larger ones have raised ground of their own."""
FLOOD_M = 25.0
"""What spills within so many metres of a station may flood it."""
FLOOD = ((0.0, 1.0), (19.0, 1.0), (20.0, 0.0))
"""A site is dry until so many L/s spill beside it: about what a street's gullies swallow (EN 752:
two gullies of 10 L/s)."""

KINDS = (
    ChangeKind("out", ("line", "trafo", "ext_grid", "sgen"), "Out of service.", outage=True),
    ChangeKind(
        "out",
        ("bus", "switch", "load", "motor", "impedance", "storage", "ward", "shunt", "gen"),
        "Out of service; a switch out of service is open.",
    ),
    ChangeKind("opened", ("switch",), "Open, whatever else is done to it."),
    ChangeKind("closed", ("switch",), "Closed."),
    ChangeKind(
        "factor",
        ("load", "motor", "sgen", "network"),
        "Power times the value; at the network, that of all loads and motors.",
        ("",),
        high=100.0,
    ),
)


class Energy:
    """An electricity grid.

    Outages that cut parts off whole are settled by the graph alone. Others, and changed
    loads, take a power flow of each state that the grid passes through.

    Parameters
    ----------
    network
        The grid.
    """

    name = "energy"

    def __init__(self, network: Network) -> None:
        self._network = network

    @property
    def network(self) -> Network:
        """The grid."""
        return self._network

    @cached_property
    def topology(self) -> Topology:
        """The graph of the grid."""
        return Topology(self._network)

    @cached_property
    def power_flow(self) -> PowerFlow:
        """The engine."""
        return PowerFlow(self._network, self.topology)

    @cached_property
    def base(self) -> Flows:
        """The power flow of the grid as the file has it."""
        return self.power_flow.solve([BASE])

    @cached_property
    def _ports(self) -> Ports:
        units = self._network.units
        buses = np.arange(self._network.buses, dtype=np.int64)
        rows = np.concatenate([buses, units.rows[units.consumer]])
        network = self._network
        kinds, edges = network.assets.kinds, network.edges
        volts = np.maximum(network.bus_kv[edges.begin], network.bus_kv[edges.end])
        low = edges.rows[volts <= STREET_KV]
        sites = np.array([row for row in low.tolist() if kinds[row] == "trafo"], dtype=np.int64)
        draws = units.rows[units.consumer & (units.p.sum(axis=1) > 0)]
        near = Match(gathers=True)
        return (
            Port("electricity", "out", rows, flag=True),
            Port("dry", "in", sites, flag=True, match=Match("spill", FLOOD_M, curve=FLOOD)),
            Port("added_demand", "in", draws, "power", "kW", 0.0, 1e-3, match=near),
        )

    def _changed(
        self, window: Window, changes: Sequence[Change], inputs: PortSeries
    ) -> tuple[tuple[Change, ...], tuple[Parent, ...]]:
        """The changes with those that come in by ports, and where each is from."""
        assets, units = self._network.assets, self._network.units
        _, sites, draws = self._ports
        ids = [[assets.ids[row] for row in port.rows] for port in (sites, draws)]
        unit_of = {row: unit for unit, row in enumerate(units.rows.tolist())}
        kw = units.p[[unit_of[row] for row in draws.rows.tolist()]].sum(axis=1) * 1e3
        wet, flood = flooded(window, ids[0], inputs.get("dry"))
        more, heating = more_power(window, ids[1], kw, inputs.get("added_demand"))
        own = (Parent("change", number) for number in range(len(changes)))
        return (*changes, *wet, *more), (*own, *flood, *heating)

    def __getstate__(self) -> dict[str, Any]:
        # the engine's handle belongs to its process; the rest is rebuilt or plain
        kept = ("_network", "base")
        return {name: value for name, value in self.__dict__.items() if name in kept}

    def assets(self) -> Assets:
        """Everything that the file names, and the network as a whole."""
        return self._network.assets

    def shapes(self) -> Shapes:
        """Lines along their geodata, all else as points."""
        return self._network.shapes

    def ports(self) -> Ports:
        """Electricity at buses, loads and motors; stations need a dry site, loads may draw more."""
        return self._ports

    def kinds(self) -> Sequence[ChangeKind]:
        """What can be done to the assets."""
        return KINDS

    def run(self, window: Window, changes: Sequence[Change], inputs: PortSeries) -> Result:
        """What happens in the window.

        Parameters
        ----------
        window
            The time.
        changes
            What is done; they have passed `checked`.
        inputs
            ``dry``: where it is lost, a station's transformers are out. ``added_demand``: what
            loads draw beyond the file's power, kW; their reactive power goes along.
        """
        network = self._network
        changes, parents = self._changed(window, changes, inputs)
        parts = pieces(self.topology, window, changes)
        told = events(self.topology, window, changes, parents, parts)
        first = behind(told, len(network.assets))
        accounts = [not_supplied(network, parts, first)]
        findings: list[Finding] = []
        solved = self._solve(parts, findings)
        audit = None
        if solved is not None:
            accounts.append(losses(network, parts, solved))
            audit = balance(parts, solved)
            findings += at_risk(network, solved.flows)
            if not audit.ok:
                findings.append(_unbalanced(audit.residual))
        unknown = any(finding.severity == "error" for finding in findings)
        return Result(
            status="unknown" if unknown else "ok",
            outputs={"electricity": shares(network, window, parts)},
            events=told,
            origins={"electricity": first[self._ports[0].rows]},
            accounts=tuple(accounts),
            balance=audit,
            findings=tuple(findings),
            runs=0 if solved is None else len(solved.flows.converged),
        )

    def screen(self, window: Window, changes: Sequence[Change]) -> Sequence[Bound | None]:
        """``exact`` for a change that leaves the grid as it is; None for others.

        Parameters
        ----------
        window
            The time.
        changes
            Each is taken alone.
        """
        return [Bound("exact") if self._changes_nothing(change) else None for change in changes]

    def meters(
        self, window: Window, changes: Sequence[Change], inputs: PortSeries
    ) -> Sequence[Meter]:
        """Switches, branches, voltages, loadings and the power of the sources."""
        changes, _ = self._changed(window, changes, inputs)
        parts = pieces(self.topology, window, changes)
        try:
            flows: Flows | None = self._flows([piece.state for piece in parts])
        except EngineError:
            flows = None
        if flows is not None and not flows.converged.all():
            flows = None
        return live.meters(self._network, window, changes, parts, flows)

    def state(self, now: LiveState) -> Sequence[Change]:
        """How it stands by what was measured."""
        return live.state(self._network, now)

    def watch(self, now: LiveState) -> Sequence[Finding]:
        """What is wrong."""
        return live.watch(now)

    def _changes_nothing(self, change: Change) -> bool:
        state = self.topology.state(action_of(self._network, [change]))
        if state == BASE:
            return True
        live = self.topology.energised(state)
        return self.topology.effect(state, live) == "none"

    def _solve(self, parts: Sequence[Piece], findings: list[Finding]) -> Solved | None:
        """Power flows of all pieces, where one needs it or nothing changes; else None."""
        effects = {piece.effect for piece in parts}
        if effects != {"none"} and "meshed" not in effects:
            return None
        # a state without effect is the file's; equal states are solved once
        states = [BASE if piece.effect == "none" else piece.state for piece in parts]
        distinct: dict[State, int] = {}
        for state in states:
            distinct.setdefault(state, len(distinct))
        try:
            flows = self._flows(list(distinct))
        except EngineError as error:
            findings.append(Finding("energy.engine", str(error), "Check the grid's data."))
            return None
        row = np.array([distinct[state] for state in states], dtype=np.int64)
        failed = [i for i, good in enumerate(flows.converged) if not good]
        if failed:
            findings.append(
                Finding(
                    "energy.not-converged",
                    f"{len(failed)} of {len(distinct)} states of the grid have no power flow.",
                    "The grid may be unable to carry its load; check ratings and loads.",
                )
            )
            return None
        return Solved(flows, row)

    def _flows(self, states: Sequence[State]) -> Flows:
        others = [state for state in states if state != BASE]
        parts = [self.base] if len(others) < len(states) else []
        if others:
            parts.append(self.power_flow.solve(others))
        at = {state: row for row, state in enumerate([BASE] * (len(parts) - bool(others)) + others)}
        return chosen(parts, [at[state] for state in states])


def _unbalanced(residual: float) -> Finding:
    return Finding(
        "energy.unbalanced",
        f"The power flow does not balance: {residual:.3g} kWh are missing.",
        "Report this grid as a fault of Kopa.",
    )


def load(section: Mapping[str, Any], folder: Path) -> tuple[Energy, tuple[Finding, ...]]:
    """The domain of a city.

    Parameters
    ----------
    section
        The table ``[energy]`` of ``city.toml``.
    folder
        The city's folder.

    Returns
    -------
    tuple
        The domain, and what was assumed in reading its file.

    Raises
    ------
    InputError
        With all that is wrong.
    """
    values = settings(section, PACKAGE, "energy")
    network, warnings = read(folder / values["grid"])
    return Energy(network), warnings
