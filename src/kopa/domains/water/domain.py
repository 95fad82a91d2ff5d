"""Water supply as a domain of the kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domain import Bound, Change, ChangeKind, Event, Finding, LiveState, Meter, Result
from kopa.domain.attributes import settings
from kopa.ledger.account import Account
from kopa.model import Assets, Port, Ports, PortSeries, Shapes, Window

from . import live
from .causes import Causes, shares
from .effects import accounts, burst_events, spills
from .hydraulics import Hydraulics, simulate
from .network import Network, Service
from .plan import Plan, plan
from .projects import Projects
from .read_inp import read_inp
from .read_valves import read_valves
from .screen import bounds
from .trust import distrust

PACKAGE = "kopa.domains.water"

KINDS = (
    ChangeKind("closed", ("pipe", "valve"), "shut: nothing passes", outage=True),
    ChangeKind("isolated", ("pipe",), "its segment is shut off by the isolation valves around it"),
    ChangeKind(
        "burst",
        ("pipe",),
        "a hole: a flow at the usual pressure, or an area",
        units=("L/s", "m3/h", "m3/s", "gpm", "cm2", "mm2", "m2"),
        low=1e-9,
        high=50.0,
    ),
    ChangeKind("off", ("pump",), "does not run", outage=True),
    ChangeKind(
        "set",
        ("valve",),
        "another setting: pressure, flow, or coefficient as the valve's type asks",
        units=("", "m", "L/s", "m3/h", "m3/s", "gpm", "psi"),
    ),
    ChangeKind("level", ("tank",), "stands so high when the window begins", units=("m",)),
    ChangeKind("out", ("tank", "reservoir"), "shut off from the network", outage=True),
    ChangeKind("out", ("junction",), "all links at it are shut"),
    ChangeKind(
        "factor",
        ("junction", "zone", "network"),
        "demand times a number",
        units=("",),
        high=100.0,
    ),
)


class Water:
    """One water supply network.

    Parameters
    ----------
    network
        What its files say.
    """

    name = "water"

    def __init__(self, network: Network) -> None:
        self.network = network
        self._reset()

    def _reset(self) -> None:
        self._projects = Projects(self.network)
        self._quiet = lru_cache(maxsize=4)(self._run_quietly)

    def __getstate__(self) -> Network:
        return self.network

    def __setstate__(self, network: Network) -> None:
        self.network = network
        self._reset()

    def assets(self) -> Assets:
        """Nodes, links, zones and the network as a whole."""
        return self.network.assets

    def shapes(self) -> Shapes:
        """Nodes as points, links as they are drawn."""
        return self.network.shapes

    def ports(self) -> Ports:
        """Pumps need electricity, reservoirs supply; junctions offer water, pipes spill."""
        network = self.network
        return (
            Port("electricity", "in", len(network.node_ids) + network.pumps, flag=True),
            Port("supply", "in", network.reservoirs, flag=True),
            Port("water", "out", network.junctions),
            Port(
                "pressure",
                "out",
                network.junctions,
                quantity="pressure head",
                unit="m",
                neutral=network.service.required,
                tolerance=1e-3,
            ),
            Port("spill", "out", network.pipes, quantity="flow", unit="L/s", neutral=0.0),
        )

    def kinds(self) -> Sequence[ChangeKind]:
        """What can be done to its assets."""
        return KINDS

    def run(self, window: Window, changes: Sequence[Change], inputs: PortSeries) -> Result:
        """Solve the window with EPANET, once, or not at all if nothing differs."""
        planned, run, runs = self.solve(window, changes, inputs)
        return self.result(window, planned, run, runs)

    def solve(
        self, window: Window, changes: Sequence[Change], inputs: PortSeries
    ) -> tuple[Plan, Hydraulics, int]:
        """What a run does to the network, its hydraulics, and how often an engine ran."""
        quiet = self._quiet(window)
        bursts = any(change.kind == "burst" for change in changes)
        planned = plan(
            self.network,
            window,
            changes,
            inputs,
            quiet.pressure if bursts else None,
        )
        if not planned.disturbances:
            return planned, quiet, 0
        return planned, self.simulate(planned, window), 1

    def screen(self, window: Window, changes: Sequence[Change]) -> Sequence[Bound | None]:
        """Changes that certainly change nothing."""
        return bounds(self.network, window, changes)

    def meters(
        self, window: Window, changes: Sequence[Change], inputs: PortSeries
    ) -> Sequence[Meter]:
        """Levels, running pumps, and flow of the sources."""
        return live.meters(self.network, window, self.solve(window, changes, inputs)[1])

    def state(self, now: LiveState) -> Sequence[Change]:
        """How it stands by what was measured."""
        return live.state(self.network, now)

    def watch(self, now: LiveState) -> Sequence[Finding]:
        """What is wrong or at risk."""
        return live.watch(self.network, now)

    def simulate(self, planned: Plan, window: Window) -> Hydraulics:
        """Solve a window with an open project of the pool."""
        with self._projects.project() as project:
            return simulate(project, self.network, planned, window)

    def _run_quietly(self, window: Window) -> Hydraulics:
        return self.simulate(Plan(self.network, ()), window)

    def result(self, window: Window, planned: Plan, run: Hydraulics, runs: int) -> Result:
        """What a solved run gives to the kernel.

        Parameters
        ----------
        window, planned, run, runs
            The window, and what `solve` gave for it.
        """
        network = self.network
        wrong = distrust(network, run)
        ports = {port.name: port for port in self.ports()}
        if wrong:
            outputs = {
                name: port.neutral_series(window)
                for name, port in ports.items()
                if port.direction == "out"
            }
            return Result("unknown", outputs, findings=wrong, runs=runs, balance=run.balance)
        causes = Causes(network, planned, window, run, self._quiet(window))
        rows = network.junctions
        events: tuple[Event, ...] = tuple(causes.events)
        origin = causes.origins[rows]
        pipes = ports["spill"]
        booked: tuple[Account, ...] = accounts(network, planned, window, run, causes.origins)
        return Result(
            "ok",
            {
                "water": shares(network, run)[:, rows],
                "pressure": np.round(run.pressure[:, rows], 3),
                "spill": spills(planned, window, run, pipes.column),
            },
            events,
            {
                "water": origin,
                "pressure": origin,
                "spill": burst_events(planned, pipes.column),
            },
            booked,
            run.balance,
            (),
            runs,
        )


def load(section: Mapping[str, Any], folder: Path) -> tuple[Water, tuple[Finding, ...]]:
    """Read the domain's files.

    Parameters
    ----------
    section
        The table ``[water]`` of ``city.toml``.
    folder
        The city's folder.

    Raises
    ------
    InputError
        With all findings.
    """
    values = settings(section, PACKAGE, "water")
    network, warnings = read_inp(folder / values["network"], _service(section, values))
    if values["valves"]:
        valves, unplaced = read_valves(folder / values["valves"], network)
        network, warnings = replace(network, isolation_valves=valves), (*warnings, *unplaced)
    return Water(network), warnings


def _service(section: Mapping[str, Any], values: Mapping[str, Any]) -> Service | None:
    """Pressures of full service; None leaves a pressure-driven INP file its own."""
    keys = ("minimum_pressure_m", "required_pressure_m", "pressure_exponent")
    if not any(key in section for key in keys):
        return None
    return Service(*(float(values[key]) for key in keys))
