"""``kopa energy outage``: what a fault leaves dead, and how supply comes back."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kopa import console
from kopa.domains.energy.cli_common import (
    add_limits,
    failed,
    grid_of,
    limits_document,
    limits_of,
    not_solved,
)
from kopa.domains.energy.domain import Energy
from kopa.domains.energy.limits import Limits
from kopa.domains.energy.outage import Outage, load_mw, outage
from kopa.domains.energy.read_critical import Served, read_critical
from kopa.domains.energy.restore import Plan, restore
from kopa.errors import EngineError, Finding, InputError
from kopa.model import BoolArray

Step = dict[str, str]


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("outage", help="what a fault leaves dead, and the plan to restore it")
    job.add_argument("grid", type=Path, metavar="GRID.json", help="grid as pandapower JSON")
    job.add_argument(
        "--fault",
        action="append",
        required=True,
        metavar="ASSET",
        help="what is faulty, such as line:20; may be given again",
    )
    job.add_argument(
        "--critical",
        type=Path,
        metavar="F.csv",
        help="columns asset, site, customers, battery_h: what hangs on buses and loads",
    )
    job.add_argument(
        "--repair-h", type=_hours, metavar="H", help="hours until the fault is repaired"
    )
    add_limits(job)
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=run)


def _hours(text: str) -> float:
    value = float(text)
    if not 0 < value <= 8760:
        raise argparse.ArgumentTypeError("must lie between 0 and 8760 h")
    return value


def run(arguments: argparse.Namespace) -> int:
    """What a fault leaves dead, and the plans; gives the exit code."""
    limits = limits_of(arguments)
    read_in = grid_of(arguments)
    if read_in is None:
        return 1
    energy, findings = read_in
    assets = energy.assets()
    try:
        served = read_critical(arguments.critical, assets) if arguments.critical else ()
    except InputError as error:
        return failed(arguments, [*findings, *error.findings])
    faults = list(dict.fromkeys(assets.find(text) for text in arguments.fault))
    fault = outage(energy.topology, faults)
    try:
        plans = restore(energy, fault, limits)
    except EngineError as error:
        return failed(arguments, [*findings, not_solved(f"{error}.")])
    told = _Told(energy, fault, plans, served, arguments.repair_h)
    findings += told.findings()
    if arguments.json:
        console.document(told.document(limits, findings))
    else:
        told.say()
        console.tell(findings)
    return 0


class _Told:
    """One outage in words and as a document."""

    def __init__(
        self,
        energy: Energy,
        fault: Outage,
        plans: Sequence[Plan],
        served: Sequence[Served],
        repair_h: float | None,
    ) -> None:
        self._network, self._assets = energy.network, energy.assets()
        self._fault, self._plans, self._served = fault, plans, served
        self._repair_h = repair_h
        self._load = load_mw(energy.network)
        self._bus_of = {int(row): int(bus) for row, bus in zip(
            energy.network.units.rows, energy.network.units.bus, strict=True)}  # fmt: skip

    def _mw(self, buses: BoolArray) -> float:
        return float(self._load[buses].sum())

    def _stations(self, buses: BoolArray) -> list[str]:
        """Buses with loads among some."""
        return [self._assets.ids[bus] for bus in np.flatnonzero(buses & (self._load > 0))]

    def _customers(self, buses: BoolArray) -> float | None:
        """Customers at some buses; None where one of their numbers is not known."""
        counted = [one for one in self._served if not math.isnan(one.customers)]
        if not counted:
            return None
        return sum(one.customers for one in counted if buses[self._at(one)])

    def _at(self, one: Served) -> int:
        return self._bus_of.get(one.row, one.row)

    def steps(self, plan: Plan | None) -> Iterator[Step]:
        """Operations in an order in which nothing faulty is energised and nothing is looped."""
        for switch in self._fault.opens:
            yield self._step("open", switch, "cuts the fault out")
        for switch in self._fault.breakers:
            if switch not in self._fault.opens:
                yield self._step("close", switch, "tripped: supply up to the fault comes back")
        if plan:
            for switch in plan.opens:
                yield self._step("open", switch, "parts what was dead, so that nothing is looped")
            for switch in plan.closes:
                yield self._step("close", switch, "feeds what was dead from here")

    def _step(self, do: str, switch: int, why: str) -> Step:
        switches, edges = self._network.switches, self._network.edges
        row, edge = int(switches.rows[switch]), int(edges.rows[switches.edge[switch]])
        on = "" if row == edge else self._assets.ids[edge]
        return {
            "do": do,
            "switch": self._assets.ids[row],
            "name": self._assets.names[row],
            "on": on,
            "why": why,
        }

    def findings(self) -> list[Finding]:
        """What stays dark, and sites whose battery does not last."""
        dark = self._dark(self._plans[0] if self._plans else None)
        found = []
        if self._fault.tripped is None and self._fault.dead.any():
            found.append(
                Finding(
                    "energy.no-breaker",
                    "The file has no circuit breaker between the fault and a source: what is dead "
                    "until the fault is cut out is not known.",
                    "Give switches that are circuit breakers the type CB.",
                    "info",
                )
            )
        sources = self._network.sources
        found += [
            Finding(
                "energy.source-at-fault",
                f"No switch of the file parts {self._assets.ids[row]} from the fault.",
                "Switch it off first, at the grid that feeds it.",
                "warning",
                asset=self._assets.full(int(row)),
            )
            for row in sources.rows[self._fault.zone[sources.bus] & sources.in_service]
        ]
        if self._mw(dark) > 1e-9:
            found.append(
                Finding(
                    "energy.stays-dark",
                    f"{console.number(self._mw(dark))} MW at "
                    f"{_count(len(self._stations(dark)), 'station')} stay without supply "
                    "until the fault is repaired.",
                    "Bring mobile generators, or ask large customers to lower their load.",
                    "warning",
                )
            )
        for one in self._served:
            short = self._repair_h is not None and one.battery_h < self._repair_h
            if one.site and dark[self._at(one)] and short:
                found.append(
                    Finding(
                        "energy.battery",
                        f"{one.site} is without supply for {self._repair_h:g} h and can do "
                        f"without it for {one.battery_h:g} h.",
                        "Bring a mobile generator to it.",
                        "warning",
                        asset=self._assets.full(one.row),
                    )
                )
        return found

    def _dark(self, plan: Plan | None) -> BoolArray:
        return self._fault.dead & ~plan.live if plan else self._fault.dead

    def document(self, limits: Limits, findings: Sequence[Finding]) -> dict[str, Any]:
        """All of it for machines."""
        fault, lost = self._fault, self._mw(self._fault.dead)
        best = self._plans[0].restored_mw if self._plans else 0.0
        trip = fault.tripped
        switches = self._network.switches.rows
        return {
            "status": "ok",
            "faults": [self._assets.ids[row] for row in fault.faults],
            "limits": limits_document(limits),
            "tripped": None
            if trip is None
            else {
                "breakers": [self._assets.ids[switches[one]] for one in fault.breakers],
                "stations": len(self._stations(trip)),
                "mw": self._mw(trip),
                "customers": self._customers(trip),
            },
            "isolate": [self._assets.ids[switches[one]] for one in fault.opens],
            "unsupplied_stations": self._stations(fault.dead),
            "lost_mw": lost,
            "customers": self._customers(fault.dead),
            "critical": self._critical(),
            "plans": [self._plan(plan, lost) for plan in self._plans],
            "unrestorable_mw": max(0.0, lost - best),
            "unrestorable_stations": self._stations(
                self._dark(self._plans[0] if self._plans else None)
            ),
            "findings": console.finding_rows(findings),
        }

    def _critical(self) -> list[dict[str, Any]]:
        """Sites that are dead, the first to run out first."""
        dark = self._dark(self._plans[0] if self._plans else None)
        dead = [one for one in self._served if one.site and self._fault.dead[self._at(one)]]
        dead.sort(key=lambda one: math.inf if math.isnan(one.battery_h) else one.battery_h)
        return [
            {
                "asset": self._assets.ids[one.row],
                "site": one.site,
                "battery_h": one.battery_h,
                "restored": not dark[self._at(one)],
            }
            for one in dead
        ]

    def _plan(self, plan: Plan, lost: float) -> dict[str, Any]:
        rows, ids = self._network.switches.rows, self._assets.ids
        return {
            "open": [ids[rows[switch]] for switch in plan.opens],
            "close": [ids[rows[switch]] for switch in plan.closes],
            "steps": list(self.steps(plan)),
            "restored_mw": plan.restored_mw,
            "restored_share": plan.restored_mw / lost if lost else 1.0,
            "min_voltage_pu": plan.low,
            "max_voltage_pu": plan.high,
            "max_loading_percent": plan.loading,
        }

    def say(self) -> None:
        """All of it for people."""
        fault = self._fault
        names = ", ".join(self._assets.ids[row] for row in fault.faults)
        if fault.tripped is not None:
            console.say(
                f"A fault at {names} trips {_count(len(fault.breakers), 'circuit breaker')}: "
                f"{_count(len(self._stations(fault.tripped)), 'station')}, "
                f"{console.number(self._mw(fault.tripped))} MW."
            )
        customers = self._customers(fault.dead)
        console.say(
            f"Cut out, {_count(len(self._stations(fault.dead)), 'station')} without supply: "
            f"{console.number(self._mw(fault.dead))} MW"
            + (f", {customers:.0f} customers." if customers is not None else ".")
        )
        rows = [
            (one["site"], one["asset"], _hours_text(one["battery_h"]),
             "comes back" if one["restored"] else "stays dark")
            for one in self._critical()
        ]  # fmt: skip
        if rows:
            console.table(("site", "at", "can do without", "by the plan"), rows, "Critical sites")
        best = self._plans[0] if self._plans else None
        steps = list(self.steps(best))
        cells = [
            (str(number), one["do"], one["switch"], one["name"], one["on"], one["why"])
            for number, one in enumerate(steps, 1)
        ]
        console.table(("", "do", "switch", "name", "on", "why"), cells, "Switching plan")
        lost = self._mw(fault.dead)
        offers = [
            (
                ", ".join(shown["open"]) or "–",
                ", ".join(shown["close"]),
                f"{console.number(plan.restored_mw)} MW ({shown['restored_share']:.0%})",
                f"{plan.low:.3f} p.u.",
                f"{plan.loading:.0f} %",
            )
            for plan in self._plans
            for shown in [self._plan(plan, lost)]
        ]
        heads = ("open", "close", "restores", "lowest voltage", "highest loading")
        if offers:
            console.table(heads, offers, "Plans, the best first", 3)
        elif lost:
            console.say("No switching brings anything back within the limits.")


def _hours_text(value: float) -> str:
    return "unknown" if math.isnan(value) else f"{value:g} h"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
