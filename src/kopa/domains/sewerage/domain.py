"""Sewerage as a domain of the kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domain import Bound, Change, ChangeKind, Finding, LiveState, Meter, Result
from kopa.domain.attributes import settings
from kopa.model import Assets, BoolArray, Port, Ports, PortSeries, Shapes, Window

from . import live
from .causes import Causes
from .effects import accounts, street_rates
from .hydraulics import Outcome, day_of_window, disturbed, quiet
from .network import Network
from .plan import Plan, plan
from .read_inp import read_inp
from .screen import bounds, idle, waterless

PACKAGE = "kopa.domains.sewerage"

KINDS = (
    ChangeKind("off", ("pump",), "does not run", outage=True),
    ChangeKind("blocked", ("conduit",), "blocked: nothing passes"),
    ChangeKind(
        "narrowed", ("conduit",), "loses a share of its full flow", units=("", "%"), high=1.0
    ),
    ChangeKind(
        "set",
        ("orifice", "weir", "outlet"),
        "opened so far, 0 to 1, whatever the file's rules say",
        units=("", "%"),
        high=1.0,
    ),
    ChangeKind("out", ("orifice", "weir", "outlet"), "shut", outage=True),
    ChangeKind("out", ("outfall", "plant"), "takes nothing: all links at it are shut", outage=True),
    ChangeKind(
        "rain",
        ("network",),
        "rain on all of it: mm/h, or a plain number times the file's own rain",
        units=("", "mm/h"),
        high=500.0,
    ),
)

_MUCH_M3 = 1.0


class Sewerage:
    """One sewer network.

    Parameters
    ----------
    network
        What its files say.
    """

    name = "sewerage"

    def __init__(self, network: Network) -> None:
        self.network = network
        self._reset()

    def _reset(self) -> None:
        self._quiet = lru_cache(maxsize=4)(self._dry_day)
        self._usual_wells = lru_cache(maxsize=2)(self._wells)
        self._last: tuple[Window, Plan, Outcome] | None = None

    def __getstate__(self) -> Network:
        return self.network

    def __setstate__(self, network: Network) -> None:
        self.network = network
        self._reset()

    def assets(self) -> Assets:
        """Nodes, links and the network as a whole."""
        return self.network.assets

    def shapes(self) -> Shapes:
        """Nodes as points, links as they are drawn."""
        return self.network.shapes

    def ports(self) -> Ports:
        """Pumps need electricity; nodes take sewage, flood, overflow, and feed the plants."""
        network = self.network
        flow: dict[str, Any] = {"quantity": "flow", "unit": "L/s", "neutral": 0.0,
                                "tolerance": 1e-2}  # fmt: skip
        return (
            Port("electricity", "in", len(network.node_ids) + network.pumps, flag=True),
            Port("sewerage", "out", network.served),
            Port("spill", "out", network.inner, **flow),
            Port("overflow", "out", network.overflows, **flow),
            Port("inflow", "out", network.plants, **flow),
        )

    def kinds(self) -> Sequence[ChangeKind]:
        """What can be done to its assets."""
        return KINDS

    def run(self, window: Window, changes: Sequence[Change], inputs: PortSeries) -> Result:
        """A dry day, and what changes and lost electricity do to it, by SWMM."""
        network = self.network
        planned = plan(network, window, changes, inputs.get("electricity"))
        usual = self._quiet(window)
        outcome = self._outcome(window, planned)
        if outcome.failure:
            return self._unknown(window, outcome)
        causes = Causes(network, planned, window, outcome)
        street, water = street_rates(network, outcome)
        outputs = {
            "sewerage": np.round(outcome.share[:, network.served], 5),
            "spill": np.round(1e3 * street[:, network.inner], 3),
            "overflow": np.round(1e3 * water[:, network.overflows], 3),
            "inflow": np.round(1e3 * outcome.inflow[:, network.plants], 2),
        }
        moved = len(causes.events) - 1 if causes.events else -1
        changed = outcome.inflow[:, network.plants] != usual.inflow[:, network.plants]
        return Result(
            "ok",
            outputs,
            tuple(causes.events),
            {
                "sewerage": causes.floods[network.served],
                "spill": causes.floods[network.inner],
                "overflow": causes.overflows[network.overflows],
                "inflow": np.where(changed.any(axis=0), min(moved, 0), -1),
            },
            accounts(network, window, outcome, causes.floods, causes.overflows),
            outcome.balance,
            self._findings(outcome),
            outcome.runs,
        )

    def screen(self, window: Window, changes: Sequence[Change]) -> Sequence[Bound | None]:
        """Changes where no water is on a dry day, which `run` does not give to SWMM either."""
        return bounds(self.network, self._waterless, window, changes)

    @cached_property
    def _waterless(self) -> BoolArray:
        return waterless(self.network)

    def meters(
        self, window: Window, changes: Sequence[Change], inputs: PortSeries
    ) -> Sequence[Meter]:
        """Levels of wells and running pumps; flows of outfalls are out-ports."""
        planned = plan(self.network, window, changes, inputs.get("electricity"))
        wells = self._usual_wells(day_of_window(self.network, window))
        return live.meters(self.network, window, wells, self._outcome(window, planned))

    def state(self, now: LiveState) -> Sequence[Change]:
        """How it stands by what was measured."""
        return live.state(self.network, self._usual_wells_of(now), now)

    def watch(self, now: LiveState) -> Sequence[Finding]:
        """What is wrong or at risk."""
        return live.watch(self.network, self._usual_wells_of(now), now)

    def _usual_wells_of(self, now: LiveState) -> live.Wells:
        return self._usual_wells(day_of_window(self.network, now.window))

    def _wells(self, day: datetime) -> live.Wells:
        return live.usual_wells(self.network, day)

    def _outcome(self, window: Window, planned: Plan) -> Outcome:
        """What a plan does; the last answer is kept, as meters are asked after a run."""
        usual = self._quiet(window)
        if idle(self.network, self._waterless, planned):
            return usual
        if self._last is not None and self._last[:2] == (window, planned):
            return self._last[2]
        outcome = disturbed(self.network, window, planned, usual)
        if not outcome.failure:
            self._last = (window, planned, outcome)
        return outcome

    def _dry_day(self, window: Window) -> Outcome:
        return quiet(self.network, window)

    def _unknown(self, window: Window, outcome: Outcome) -> Result:
        """A result that says only why there is none."""
        finding = Finding(
            "sewerage.no-answer",
            f"{outcome.failure}.",
            "Shorten ROUTING_STEP in [OPTIONS] of the INP file, or split the change.",
            "warning",
            str(self.network.source),
        )
        outputs = {
            port.name: port.neutral_series(window)
            for port in self.ports()
            if port.direction == "out"
        }
        return Result("unknown", outputs, findings=(finding,), runs=outcome.runs)

    def _findings(self, outcome: Outcome) -> tuple[Finding, ...]:
        """What the dry hours spill by themselves: no change is to blame for it."""
        floods = outcome.floods_dry
        if floods.sum() < _MUCH_M3:
            return ()
        worst = self.network.node_ids[int(np.argmax(floods))]
        what = (
            f"without any change {floods.sum():.0f} m³ flood in these hours, most at '{worst}': "
            "only what is more is told."
        )
        do = "See whether its sewers or its waste water are right in the INP file."
        file = str(self.network.source)
        return (Finding("sewerage.floods-dry", what, do, "warning", file,
                        asset=f"sewerage:{worst}"),)  # fmt: skip


def load(section: Mapping[str, Any], folder: Path) -> tuple[Sewerage, tuple[Finding, ...]]:
    """Read the domain's files.

    Parameters
    ----------
    section
        The table ``[sewerage]`` of ``city.toml``.
    folder
        The city's folder.

    Raises
    ------
    InputError
        With all findings.
    """
    values = settings(section, PACKAGE, "sewerage")
    network, warnings = read_inp(
        folder / values["network"],
        _names(values["plants"]),
        _names(values["overflows"]),
        float(values["routing_step_s"] or 0.0),
    )
    return Sewerage(network), warnings


def _names(value: Any) -> tuple[str, ...]:
    """Ids of a setting that takes one or many."""
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)
