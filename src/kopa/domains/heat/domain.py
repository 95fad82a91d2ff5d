"""Heat as a domain of the kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domain import Bound, Change, ChangeKind, Finding, LiveState, Meter, Result
from kopa.domain.attributes import settings
from kopa.errors import EngineError
from kopa.model import Assets, FloatArray, Match, Port, Ports, PortSeries, Shapes, Window

from . import live
from .causes import Causes
from .cells import PACKAGE
from .cooling import indoors
from .effects import Energy, accounts, balance, energy_of
from .network import CONSUMER, NETWORK, PIPE, PLANT, VALVE, HeatNetwork
from .read_file import Weather, read
from .steady import Answer, Steady
from .timeline import HALF, UNLINKED, timeline

AT_BUILDING_M = 25.0
"""A building whose demand a consumer follows stands no farther away."""

KINDS = (
    ChangeKind(
        "burst", (PIPE,), "shut at both ends, with its twin; its water is lost", outage=True
    ),
    ChangeKind("closed", (PIPE, VALVE), "shut"),
    ChangeKind("out", (PLANT,), "out of service: no heat and no flow from it", outage=True),
    ChangeKind("factor", (PLANT,), "capacity times a number", units=("",), high=10.0),
    ChangeKind("supply", (PLANT,), "supply temperature, °C", units=("",), low=25.0, high=180.0),
    ChangeKind("off", (CONSUMER,), "disconnected: it asks for no heat"),
    ChangeKind("factor", (CONSUMER, NETWORK), "heat demand times a number", ("",), high=10.0),
    ChangeKind("outdoor", (NETWORK,), "outdoor temperature, °C", units=("",), low=-60.0, high=45.0),
)


class HeatDomain:
    """A district heating network.

    Parameters
    ----------
    network
        What the file says.
    """

    name = "heat"

    def __init__(self, network: HeatNetwork) -> None:
        self.network = network
        self.steady = Steady(network)

    def assets(self) -> Assets:
        """Pipes, valves, consumers, plants and the network as a whole."""
        return self.network.assets

    def shapes(self) -> Shapes:
        """Pipes as lines, all else as points."""
        return self.network.shapes

    def ports(self) -> Ports:
        """Plants need electricity; consumers may be told their demand, and offer heat.

        The neutral demand is below zero: the file's, by the outdoor temperature, holds.
        """
        users, works = self.network.consumers.rows, self.network.plants.rows
        near = Match(nearest_m=AT_BUILDING_M)
        return (
            Port("electricity", "in", works, flag=True),
            Port("heat_demand", "in", users, "power", "kW", UNLINKED, 1e-3, match=near),
            Port("heat", "out", users),
            Port("electricity_demand", "out", works, "power", "kW", 0.0, 1e-3),
        )

    def kinds(self) -> Sequence[ChangeKind]:
        """What can be done to its assets."""
        return KINDS

    def run(self, window: Window, changes: Sequence[Change], inputs: PortSeries) -> Result:
        """Solve the states that the network passes through; what was solved is kept."""
        network, steady = self.network, self.steady
        try:
            line = timeline(network, window, changes, inputs, steady.rated)
            before = steady.engine_runs
            answers = [steady.solve(state) for state in line.states]
        except EngineError as error:
            do = "See whether the change leaves a network that can work; check pipes and demands."
            told = Finding("heat.no-answer", f"{error}.", do, "warning")
            return Result("unknown", self._neutral(window), findings=(told,))
        ran = steady.engine_runs - before
        energy = energy_of(steady, window, line, answers)
        audit = balance(energy)
        if not audit.ok:
            what = f"the heat balance misses {audit.residual:.3g} kWh."
            do = "Report it with the network's file: what comes in does not come out."
            wrong = (Finding("heat.unbalanced", what, do, "warning"),)
            return Result("unknown", self._neutral(window), (), {}, (), audit, wrong, ran)
        share = np.array([answer.share for answer in answers])
        causes = Causes(network, window)
        first = causes.of(changes, inputs, line, share)
        rooms = indoors(network.consumers, line.outdoor, share, window.step)
        water = self._burst_water(window, changes)
        outputs = {
            "heat": np.round(share, 6),
            "electricity_demand": self._electric(energy, window),
        }
        origins = {
            "heat": first[network.consumers.rows],
            "electricity_demand": first[network.plants.rows],
        }
        booked = accounts(network, window, energy, rooms, water, first)
        told_all = self._limits(answers)
        return Result("ok", outputs, tuple(causes.events), origins, booked, audit, told_all, ran)

    def screen(self, window: Window, changes: Sequence[Change]) -> Sequence[Bound | None]:
        """``exact`` for what is shut or stands still already; None for others."""
        network = self.network
        dead = set(network.plants.rows[~network.plants.in_service].tolist())
        dead |= set(network.valves.rows[~network.valves.open].tolist())
        dead |= set(network.pipes.rows[~network.pipes.open].tolist())
        idle = {"out", "closed"}
        return [
            Bound("exact")
            if change.kind in idle and network.assets.index[change.asset] in dead
            else None
            for change in changes
        ]

    def meters(
        self, window: Window, changes: Sequence[Change], inputs: PortSeries
    ) -> Sequence[Meter]:
        """Plants that run, supply temperatures and pressure differences."""
        try:
            line = timeline(self.network, window, changes, inputs, self.steady.rated)
            answers = [self.steady.solve(state) for state in line.states]
        except EngineError:
            return ()
        return live.meters(self.network, line, answers)

    def state(self, now: LiveState) -> Sequence[Change]:
        """Plants that stand still."""
        return live.state(self.network, now)

    def watch(self, now: LiveState) -> Sequence[Finding]:
        """What stands still, and what is too cool or has too little pressure."""
        return live.watch(self.network, now)

    def _burst_water(self, window: Window, changes: Sequence[Change]) -> FloatArray:
        """Water that bursts let out in the step in which they begin, m³, shape (step, asset)."""
        pipes, lost = self.network.pipes, np.zeros((window.steps, len(self.network.assets)))
        for change in changes:
            held = window.cover(change.start, change.end) >= HALF
            if change.kind == "burst" and held.any():
                row = self.network.assets.index[change.asset]
                lost[int(np.argmax(held)), row] = pipes.volume[pipes.rows == row].sum()
        return lost

    def _electric(self, energy: Energy, window: Window) -> FloatArray:
        """Electric power of pumps, heat pumps and electric boilers, kW, shape (step, plant)."""
        electric = np.array([fuel == "electricity" for fuel in self.network.plants.fuels])
        used = energy.pumped + np.where(electric, energy.used, 0.0)
        return np.asarray(np.round(used / window.hours_per_step, 6))

    def _limits(self, answers: Sequence[Answer]) -> tuple[Finding, ...]:
        """What holds consumers back, and supplies that are too cool for them."""
        words = {
            "capacity": "the plants give less heat than is asked of them",
            "pressure": "the pumps cannot press enough water through",
            "cool": "water reaches consumers that is no warmer than their return",
        }
        found = [
            Finding(
                f"heat.{limit}",
                f"{words[limit]}: consumers get {_least(answers, limit):.0%} of their heat.",
                "See what the plants and pipes can do at this outdoor temperature.",
                "warning",
            )
            for limit in words
            if any(answer.limit == limit for answer in answers)
        ]
        least = self.network.consumers.least_supply
        flows = [(a.flow.supply, a.share) for a in answers if a.flow is not None]
        cool = [(least - supply)[share > 0] for supply, share in flows]
        short = max((float(np.nanmax(c, initial=0.0)) for c in cool), default=0.0)
        if short > 1e-3:
            what = f"supplies are up to {short:.1f} K cooler than substations need."
            do = "Raise the supply temperature of the plants."
            found.append(Finding("heat.cool-supply", what, do, "warning"))
        return tuple(found)

    def _neutral(self, window: Window) -> dict[str, FloatArray]:
        return {p.name: p.neutral_series(window) for p in self.ports() if p.direction == "out"}


def _least(answers: Sequence[Answer], limit: str) -> float:
    """Least share that somebody gets who gets some."""
    shares = [answer.share[answer.share > 0] for answer in answers if answer.limit == limit]
    return min((float(share.min()) for share in shares if len(share)), default=0.0)


def load(section: Mapping[str, Any], folder: Path) -> tuple[HeatDomain, tuple[Finding, ...]]:
    """Read the domain's file.

    Parameters
    ----------
    section
        The table ``[heat]`` of ``city.toml``.
    folder
        The city's folder.

    Raises
    ------
    InputError
        With all findings.
    """
    values = settings(section, PACKAGE, "heat")
    design = float(values["design_outdoor_c"])
    outdoor = design if values["outdoor_c"] is None else float(values["outdoor_c"])
    weather = Weather(design, outdoor, float(values["ground_c"]))
    network, warnings = read(folder / values["network"], weather)
    return HeatDomain(network), warnings
