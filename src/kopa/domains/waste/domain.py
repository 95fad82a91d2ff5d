"""Waste as a domain of the kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domain import Bound, Change, ChangeKind, Finding, LiveState, Meter, Result, Status
from kopa.domain.attributes import settings
from kopa.geo.fastest import Fastest
from kopa.model import (
    Assets,
    BoolArray,
    FloatArray,
    Match,
    Port,
    Ports,
    PortSeries,
    Window,
)

from . import live
from .calendar import under_way
from .causes import Causes
from .effects import accounts, balance
from .load import read_network
from .network import Network
from .parts import FACILITIES
from .read_trucks import PACKAGE
from .run import Day, day

KINDS = (
    ChangeKind("out", FACILITIES, "out of service: it takes what comes, and works none off",
               outage=True),
    ChangeKind("out", ("truck",), "it does not drive, or stops where it is", outage=True),
    ChangeKind("factor", ("container", "zone"), "what is thrown in times a number", units=("",),
               high=100.0),
    ChangeKind("level", ("container",), "share of it that is full as the window begins",
               units=("",), high=3.0),
)  # fmt: skip


class WasteDomain:
    """The waste of a city: containers, rounds, plants.

    Parameters
    ----------
    network
        What the files say.
    """

    name = "waste"

    def __init__(self, network: Network) -> None:
        self.network = network

    def __getstate__(self) -> Network:
        return self.network

    def __setstate__(self, network: Network) -> None:
        self.network = network

    @cached_property
    def _ways(self) -> Fastest:
        return Fastest(self.network.driving)

    def assets(self) -> Assets:
        """Sites, containers, facilities, trucks, zones, and the streets that trucks drive on."""
        return self.network.assets

    def ports(self) -> Ports:
        """Trucks need streets and staff, plants electricity; sites have collection."""
        return self._ports

    @cached_property
    def _ports(self) -> Ports:
        network, rows = self.network, self.network.rows
        plants = rows.facility + np.arange(len(network.facilities), dtype=np.int64)
        sites = np.arange(len(network.site_ids), dtype=np.int64)
        streets = rows.end + np.arange(len(network.driving.edges), dtype=np.int64)
        depots = rows.facility + np.unique(network.trucks.depot)
        beside = Match(straight=True, nearest_m=1.0)
        return (
            Port("electricity", "in", plants[network.facilities.wired], flag=True),
            Port("staff", "in", depots),
            Port("street_speed", "in", streets, "speed", match=beside),
            Port("added_waste", "in", sites, "mass flow", "kg/h", 0.0, 1e-3,
                 match=Match(gathers=True, within_m=500.0)),
            Port("collection", "out", sites),
            Port("overflow", "out", sites, "volume", "m3", 0.0, 1e-3),
            Port("electricity_demand", "out", plants, "power", "kW", 0.0, 1e-3),
        )  # fmt: skip

    def kinds(self) -> Sequence[ChangeKind]:
        """What can be done to containers, zones, plants and trucks."""
        return KINDS

    def run(self, window: Window, changes: Sequence[Change], inputs: PortSeries) -> Result:
        """Drive today's rounds through a window."""
        network = self.network
        done = day(network, self._ways, window, changes, inputs)
        causes = Causes(network, window)
        origins = causes.of(changes, done)
        audit = balance(done)
        over = done.contents.over
        sites = len(network.site_ids)
        first = np.full(sites, -1, dtype=np.int64)
        caused = np.flatnonzero(origins.full >= 0)
        first[network.containers.site[caused]] = origins.full[caused]
        findings = _findings(network, done)
        known = not done.unknown.any()
        status: Status = "unknown" if not audit.ok else "ok" if known else "partial"
        return Result(
            status,
            {
                "collection": 1 - _by_site(network, over > 0) / _by_site(network, over >= 0),
                "overflow": _by_site(network, over),
                "electricity_demand": self._power(done),
            },
            tuple(causes.events),
            {"collection": first, "overflow": first, "electricity_demand": origins.waiting},
            accounts(network, window, done, origins),
            audit,
            findings,
        )

    def _power(self, done: Day) -> FloatArray:
        plants = self.network.facilities
        return np.asarray(done.running * (plants.power - plants.gas))

    def screen(self, window: Window, changes: Sequence[Change]) -> Sequence[Bound | None]:
        """``exact`` for trucks that have no round in the window."""
        ids = self.network.trucks.ids
        busy = {f"truck/{ids[one.truck]}" for one, *_ in under_way(self.network, window)}
        return [
            Bound("exact") if one.asset.startswith("truck/") and one.asset not in busy else None
            for one in changes
        ]

    def ignores(self, window: Window) -> Mapping[str, BoolArray]:
        """Streets that no truck meets in the window."""
        day(self.network, self._ways, window, (), {})  # asks for the ways of its trucks
        met = np.zeros(self.network.streets.edges, dtype=bool)
        for leg in self._ways.usual.legs.values():
            met[leg.edges] = True
        return {"street_speed": ~met[self.network.driving.edges]}

    def meters(
        self, window: Window, changes: Sequence[Change], inputs: PortSeries
    ) -> Sequence[Meter]:
        """Fill levels of containers, and plants that run."""
        done = day(self.network, self._ways, window, changes, inputs)
        return live.meters(self.network, done)

    def state(self, now: LiveState) -> Sequence[Change]:
        """Plants that stand still."""
        return live.state(self.network, now)

    def watch(self, now: LiveState) -> Sequence[Finding]:
        """Containers that are full or will be, and plants that stand still."""
        return live.watch(self.network, now)


def _by_site(network: Network, values: FloatArray | BoolArray) -> FloatArray:
    """Sum over the containers of each site, shape (step, site)."""
    order, first = network.site_order
    return np.asarray(np.add.reduceat(values[:, order].astype(np.float64), first, axis=1))


def _findings(network: Network, done: Day) -> tuple[Finding, ...]:
    found = []
    strange = int(done.unknown.sum())
    if strange:
        found.append(
            Finding(
                "waste.no-level",
                f"what is in {strange} containers is unknown: they are emptied, and counted as "
                "holding nothing.",
                "Give kg_per_day, and fill or a round.",
                "warning",
                values={"count": strange},
            )
        )
    trucks = network.trucks
    dear = np.isnan(trucks.hourly) | np.isnan(trucks.per_km)
    drove = {one.truck for one in done.shifts if one.left}
    costless = sorted(trucks.ids[row] for row in drove if dear[row])
    if costless:
        found.append(
            Finding(
                "waste.no-cost",
                f"what {len(costless)} trucks cost is unknown, {costless[0]} among them.",
                "Give cost_eur_h and cost_eur_km.",
                "info",
                values={"count": len(costless), "truck": costless[0]},
            )
        )
    loaded = [shift for shift in done.shifts if shift.kg > 0 and not shift.stranded]
    if loaded:
        names = ", ".join(sorted({network.trucks.ids[shift.truck] for shift in loaded}))
        kg = f"{sum(shift.kg for shift in loaded):.0f}"
        found.append(
            Finding(
                "waste.loaded",
                f"{names} cannot unload {kg} kg anywhere.",
                "See opening hours and stores of the plants that take their streams.",
                "warning",
                values={"trucks": names, "kg": kg},
            )
        )
    return tuple(found)


def load(section: Mapping[str, Any], folder: Path) -> tuple[WasteDomain, tuple[Finding, ...]]:
    """Read the domain's files.

    Parameters
    ----------
    section
        The table ``[waste]`` of ``city.toml``.
    folder
        The city's folder.

    Raises
    ------
    InputError
        With all findings.
    """
    values = settings(section, PACKAGE, "waste")
    network, findings = read_network(values, folder)
    return WasteDomain(network), findings
