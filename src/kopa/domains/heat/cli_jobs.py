"""Jobs on a heat network's file."""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from kopa import __version__, console
from kopa.console import number
from kopa.domain import Change, checked, parse_change
from kopa.errors import EngineError, Finding, UsageError
from kopa.ledger.factors import shipped_factors
from kopa.model import Window
from kopa.model.window import window_of

from .cooling import hours_until_cold, indoors
from .domain import KINDS, HeatDomain
from .effects import balance, energy_of
from .network import PLANT, ZERO_C
from .read_file import Weather, read
from .screen import ELEMENTS, Outage, screen
from .steady import Answer
from .supply import Optimum, Point, Prices, optimise
from .timeline import Timeline, timeline

SHOWN = 15
"""So many rows a table for people has."""


def _domain(arguments: argparse.Namespace) -> tuple[HeatDomain, list[Finding]]:
    outdoor = arguments.design if arguments.outdoor is None else arguments.outdoor
    if not (-60 <= arguments.design <= 20 and -60 <= outdoor <= 45):
        raise UsageError("--design lies between -60 and 20 °C, --outdoor between -60 and 45 °C")
    weather = Weather(arguments.design, outdoor, arguments.ground)
    network, findings = read(arguments.network, weather)
    return HeatDomain(network), list(findings)


def _head(domain: HeatDomain, status: str, findings: Sequence[Finding]) -> dict[str, Any]:
    return {
        "kopa": __version__,
        "status": status,
        "outdoor_c": domain.network.outdoor - ZERO_C,
        "findings": console.finding_rows(findings),
    }


def _unknown(json: bool, domain: HeatDomain, findings: Sequence[Finding]) -> int:
    if json:
        console.document(_head(domain, "unknown", findings))
    else:
        console.tell(findings)
    return 1


def _failed(error: EngineError) -> Finding:
    do = "Check pipes, demands and pressures of the network."
    return Finding("heat.no-answer", f"{error}.", do)


def run(arguments: argparse.Namespace) -> int:
    """One state of a network; gives the exit code."""
    domain, findings = _domain(arguments)
    result = domain.run(Window(0, 3600, 1), (), {})
    findings += result.findings
    if result.status != "ok":
        return _unknown(arguments.json, domain, findings)
    line, answers = _solved(domain, Window(0, 3600, 1), ())
    document = _run_document(domain, line, answers[0], findings)
    if arguments.json:
        console.document(document)
        return 0
    heat = document["balance"]
    console.say(
        f"plants give {number(heat['produced_kw'])} kW = consumers get "
        f"{number(heat['delivered_kw'])} kW + pipes lose {number(heat['losses_kw'])} kW "
        f"({heat['losses_share']:.1%}); pumps take {number(document['pump_kw'])} kW"
    )
    coolest = sorted(document["consumers"], key=lambda row: row["supply_c"] or -math.inf)[:SHOWN]
    heads = ("id", "name", "heat, kW", "share", "supply, °C", "return, °C", "pressure, bar")
    keys = ("heat_kw", "share", "supply_c", "return_c", "pressure_bar")
    cells = [(row["id"], row["name"], *(_or_dash(row[key]) for key in keys)) for row in coolest]
    console.table(heads, cells, "Coolest supplies", 5)
    console.tell(findings)
    return 0


def _solved(
    domain: HeatDomain, window: Window, changes: Sequence[Change]
) -> tuple[Timeline, list[Answer]]:
    line = timeline(domain.network, window, changes, {}, domain.steady.rated)
    return line, [domain.steady.solve(state) for state in line.states]


def _run_document(
    domain: HeatDomain, line: Timeline, answer: Answer, findings: Sequence[Finding]
) -> dict[str, Any]:
    network, steady, flow = domain.network, domain.steady, answer.flow
    assets = network.assets
    energy = energy_of(steady, Window(0, 3600, 1), line, [answer])
    audit = balance(energy)
    nothing = np.full(len(assets) + len(network.pipes.rows), np.nan)

    def of(values: Any) -> Any:
        return nothing if flow is None else values

    def rows(which: Any, **columns: Any) -> list[dict[str, Any]]:
        return [
            {"id": assets.ids[row], "name": assets.names[row]}
            | {name: float(values[at]) for name, values in columns.items()}
            for at, row in enumerate(which.tolist())
        ]

    kelvin = {} if flow is None else vars(flow)
    celsius = {
        name: kelvin[name] - ZERO_C if name in kelvin else nothing
        for name in ("supply", "back", "returned", "pipe_in", "pipe_out")
    }
    return _head(domain, "ok", findings) | {
        "balance": {
            "produced_kw": audit.supplied,
            "delivered_kw": audit.used,
            "losses_kw": audit.lost,
            "losses_share": audit.lost / audit.supplied if audit.supplied else math.nan,
            "residual_kw": audit.residual,
        },
        "pump_kw": float(energy.pumped.sum()),
        "plants": rows(
            network.plants.rows,
            produced_kw=energy.produced[0],
            used_kw=energy.used[0],
            pump_kw=energy.pumped[0],
            supply_c=np.array(line.states[0].supply) - ZERO_C,
            return_c=celsius["returned"],
            flow_m3_h=of(kelvin.get("volume", nothing) * 3600),
        ),
        "consumers": rows(
            network.consumers.rows,
            asked_kw=energy.asked[0],
            heat_kw=energy.delivered[0],
            share=answer.share,
            supply_c=celsius["supply"],
            return_c=celsius["back"],
            flow_kg_s=of(kelvin.get("consumer_flow", nothing)),
            pressure_bar=of(kelvin.get("pressure", nothing)),
        ),
        "pipes": rows(
            network.pipes.rows,
            flow_kg_s=of(kelvin.get("pipe_flow", nothing)),
            from_c=celsius["pipe_in"],
            to_c=celsius["pipe_out"],
            losses_kw=energy.lost[0],
        ),
    }


def screen_all(arguments: argparse.Namespace) -> int:
    """N-1; gives the exit code."""
    domain, findings = _domain(arguments)
    kinds = arguments.elements or ["all"]
    kinds = list(ELEMENTS) if "all" in kinds else kinds
    total = sum(kind in kinds for kind in domain.assets().kinds)
    try:
        with console.progress("outages", total, quiet=arguments.json) as told:
            outages = screen(domain.steady, domain.network.outdoor, kinds, arguments.graph, told)
    except EngineError as error:
        return _unknown(arguments.json, domain, [*findings, _failed(error)])
    assets = domain.assets()
    if arguments.json:
        unknown = any(outage.status == "unknown" for outage in outages)
        by_graph = sum(outage.method == "graph" for outage in outages)
        console.document(
            _head(domain, "partial" if unknown else "ok", findings)
            | {
                "solved": {"graph": by_graph, "engine": len(outages) - by_graph},
                "outages": [
                    {
                        "id": assets.ids[outage.row],
                        "name": assets.names[outage.row],
                        "kind": assets.kinds[outage.row],
                        "consumers": outage.consumers,
                        "lost_kw": outage.lost_kw,
                        "first_cold_h": outage.first_cold_h,
                        "method": outage.method,
                        "status": outage.status,
                    }
                    for outage in outages
                ],
            }
        )
    else:
        _tell_outages(domain, outages)
        console.tell(findings)
    return 0


def _tell_outages(domain: HeatDomain, outages: Sequence[Outage]) -> None:
    assets = domain.assets()
    hurt = sum(outage.consumers > 0 for outage in outages)
    console.say(f"{len(outages)} outages, {hurt} of them leave consumers without all their heat")
    worst = sorted(outages, key=lambda outage: (-outage.lost_kw, outage.row))[:SHOWN]
    cells = [
        (
            assets.ids[one.row],
            assets.names[one.row],
            one.status,
            one.method,
            str(one.consumers),
            number(one.lost_kw),
            _or_dash(one.first_cold_h),
        )
        for one in worst
    ]
    heads = ("id", "name", "status", "method", "consumers", "lost, kW", "first cold, h")
    console.table(heads, cells, "Worst outages", 3)


def outage(arguments: argparse.Namespace) -> int:
    """Buildings that cool after faults; gives the exit code."""
    domain, findings = _domain(arguments)
    window = window_of("00:00", arguments.hours, arguments.step)
    changes = [_fault(text, domain) for text in arguments.fault]
    result = domain.run(window, changes, {})
    findings += result.findings
    if result.status != "ok":
        return _unknown(arguments.json, domain, findings)
    line, answers = _solved(domain, window, changes)
    share = np.array([answer.share for answer in answers])
    users = domain.network.consumers
    rooms = indoors(users, line.outdoor, share, window.step)
    lasting = hours_until_cold(users, float(line.outdoor[0]), share[0])
    assets = domain.assets()
    hit = np.flatnonzero((share < 1 - 1e-3).any(axis=0))
    rows = [
        {
            "id": assets.ids[users.rows[one]],
            "name": assets.names[users.rows[one]],
            "people": float(assets.people[users.rows[one]]),
            "share": float(share[:, one].min()),
            "cold_after_h": float(lasting[one]),
            "cold_hours": float(rooms.cold[:, one].sum()),
            "indoor_c": (rooms.temperature[:, one] - ZERO_C).round(3).tolist(),
        }
        for one in hit.tolist()
    ]
    if arguments.json:
        console.document(
            _head(domain, "ok", findings)
            | {
                "faults": [str(change) for change in changes],
                "step_s": window.step,
                "steps": window.steps,
                "consumers": len(users),
                "hit": rows,
                "totals": {
                    account.quantity: float(account.values.sum()) for account in result.accounts
                },
            }
        )
        return 0
    console.say(f"{len(rows)} of {len(users)} consumers get less than all their heat")
    rows.sort(key=lambda row: (row["cold_after_h"], row["id"]))
    keys = ("share", "cold_after_h", "cold_hours")
    cells = [
        (
            row["id"],
            row["name"],
            *(_or_dash(row[key]) for key in keys),
            _or_dash(row["indoor_c"][-1]),
        )
        for row in rows[:SHOWN]
    ]
    heads = ("id", "name", "share", "cold after, h", "cold, h", "at the end, °C")
    console.table(heads, cells, "First to be cold", 4)
    console.tell(findings)
    return 0


def _fault(text: str, domain: HeatDomain) -> Change:
    """A change, or the outage of an asset that is only named."""
    given = text if text.startswith("heat:") else f"heat:{text}"
    if " " not in given:
        row = domain.assets().find(given.removeprefix("heat:"))
        given += " out" if domain.assets().kinds[row] == PLANT else " closed"
    return checked(parse_change(given), domain.assets(), KINDS)


def supply(arguments: argparse.Namespace) -> int:
    """The supply temperature of least cost; gives the exit code."""
    domain, findings = _domain(arguments)
    electricity = arguments.electricity_price
    if electricity is None:
        electricity = next(f.mid for f in shipped_factors() if f.id == "electricity_price")
    if not (arguments.fuel_price >= 0 and electricity >= 0):
        raise UsageError("prices are 0 or more")
    prices = Prices(arguments.fuel_price, electricity)
    limits = (arguments.low, arguments.high)
    try:
        with console.progress("supply temperatures", 100, quiet=arguments.json) as told:
            found = optimise(domain.steady, domain.network.outdoor, limits, prices, told)
    except EngineError as error:
        return _unknown(arguments.json, domain, [*findings, _failed(error)])
    if found.best is None:
        reasons = sorted({point.reason for point in found.points})
        what = f"no supply temperature from {limits[0]:g} to {limits[1]:g} °C serves everybody: "
        do = "Raise the highest temperature, or the capacity and pressure of the plants."
        findings.append(Finding("heat.no-supply", what + ", ".join(reasons) + ".", do))
    if arguments.json:
        console.document(_supply_document(domain, found, prices, findings))
    else:
        _tell_supply(found)
        console.tell(findings)
    return 0 if found.best is not None else 1


def _supply_document(
    domain: HeatDomain, found: Optimum, prices: Prices, findings: Sequence[Finding]
) -> dict[str, Any]:
    status = "infeasible" if found.best is None else "ok"
    return _head(domain, status, findings) | {
        "prices": {"fuel_eur_kwh": prices.fuel, "electricity_eur_kwh": prices.electricity},
        "best": None if found.best is None else _point_row(found.best),
        "bound_eur_h": found.bound_eur_h,
        "gap": found.gap,
        "monotone": found.monotone,
        "points": [_point_row(point) for point in found.points],
    }


def _point_row(point: Point) -> dict[str, Any]:
    names = ("supply_c", "allowed", "reason", "cost_eur_h", "heat_eur_h", "pump_eur_h")
    more = ("produced_kw", "losses_kw", "pump_kw", "lift_bar")
    return {name: getattr(point, name) for name in (*names, *more)}


def _tell_supply(found: Optimum) -> None:
    if found.best is not None:
        sure = "" if found.monotone else ", but costs are not as regular as the bound needs"
        console.say(
            f"{found.best.supply_c:.2f} °C costs {number(found.best.cost_eur_h, 4)} EUR/h; nothing "
            f"is cheaper by more than {found.gap:.2%}{sure} ({len(found.points)} solved)"
        )
    keys = ("cost_eur_h", "heat_eur_h", "pump_eur_h", "losses_kw", "pump_kw")
    step = max(1, len(found.points) // SHOWN)
    cells = [
        (
            f"{point.supply_c:.2f}",
            point.reason or "allowed",
            *(number(getattr(point, key), 4) for key in keys),
        )
        for point in found.points[::step]
    ]
    heads = ("supply, °C", "", "cost, EUR/h", "heat", "pumping", "losses, kW", "pumps, kW")
    console.table(heads, cells, "Supply temperatures", 5)


def _or_dash(value: float | None) -> str:
    return number(value) if value is not None and math.isfinite(value) else "–"
