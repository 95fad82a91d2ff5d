"""``kopa water pumps``: the cheapest pump schedule of the day, with its certificate."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kopa import console
from kopa.errors import Finding, UsageError
from kopa.ledger.factors import shipped_factors
from kopa.model import FloatArray
from kopa.model.window import clock

from .pumps.lattice import tables_of
from .pumps.plant import HOUR, Plant, limits_of, plant_of
from .pumps.replay import switchings
from .pumps.schedule import Schedule, Watch, schedule
from .pumps.search import Outcome
from .read_inp import read_inp
from .read_tariff import Tariff, read_tariff

_BARS = "▁▂▃▄▅▆▇█"
_FACTOR = "grid_emissions_pumps"


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("pumps", help="the cheapest pump schedule of a day, with certificate")
    job.add_argument("network", type=Path, metavar="NET.inp", help="network as EPANET INP")
    job.add_argument(
        "--tariff", type=Path, required=True, metavar="F.csv", help="columns time, price, unit"
    )
    job.add_argument(
        "--cycles", type=int, default=3, metavar="N", help="a pump is switched on N times at most"
    )
    job.add_argument(
        "--pressure-min", type=float, metavar="M", help="pressure head at every demand, m"
    )
    job.add_argument(
        "--pressure-at",
        action="append",
        default=[],
        metavar="NODE=M",
        help="pressure head at a junction, m; may be given again",
    )
    job.add_argument("--hours", type=int, default=24, help="horizon (default: 24)")
    job.add_argument("--free-end", action="store_true", help="tanks may end lower than they begin")
    job.add_argument(
        "--time-limit", type=float, default=120.0, metavar="S", help="of the search (120 s)"
    )
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=pumps_job)


def pumps_job(arguments: argparse.Namespace) -> int:
    """Answer the job; gives the exit code."""
    if arguments.cycles < 1 or arguments.hours < 2:
        raise UsageError("--cycles must be 1 or more, and --hours 2 or more")
    if not arguments.time_limit > 0:
        raise UsageError("--time-limit must be above 0")
    single = _pressures(arguments.pressure_at)
    tariff = read_tariff(arguments.tariff)
    network, told = read_inp(arguments.network)
    usual = float("nan") if arguments.pressure_min is None else arguments.pressure_min
    limits = limits_of(network, usual, single, arguments.cycles, not arguments.free_end)
    price = tariff.hourly(network.start_clock, arguments.hours)
    plant = plant_of(network, price, limits)
    found = _searched(plant, arguments)
    findings = [*told, *_notes(plant, tariff, found)]
    if arguments.json:
        console.document(_document(plant, tariff, found, findings))
    else:
        _tell(plant, tariff, found, findings)
    return 0 if found.run is not None else 1


def _pressures(given: Sequence[str]) -> dict[str, float]:
    single = {}
    for text in given:
        name, _, value = text.rpartition("=")
        try:
            single[name] = float(value)
        except ValueError:
            name = ""
        if not name:
            raise UsageError(f"--pressure-at: '{text}' is not NODE=M, such as J90=51")
    return single


def _searched(plant: Plant, arguments: argparse.Namespace) -> Schedule:
    quiet, limit = arguments.json, arguments.time_limit
    total = len(tables_of(plant))
    with (
        console.progress("tables", total, quiet) as tables,
        console.progress("search, s", int(limit), quiet) as searched,
    ):
        return schedule(plant, Watch(limit, tables, _seconds(searched)))


def _seconds(advance: Callable[[float], None]) -> Callable[[Outcome], None]:
    last = time.monotonic()

    def look(outcome: Outcome) -> None:
        nonlocal last
        if not outcome.expanded:
            last = time.monotonic()
        now = time.monotonic()
        advance(now - last)
        last = now

    return look


def _notes(plant: Plant, tariff: Tariff, found: Schedule) -> list[Finding]:
    network = plant.network
    notes = []

    def note(code: str, what: str, do: str, severity: Any) -> None:
        where = str(network.source)
        notes.append(Finding(f"water.pumps-{code}", what, do, severity, where))

    if tariff.splits_hours(network.start_clock):
        what = "prices change within an hour: each hour counts their mean."
        note("price-mean", what, "Pumps are switched at full hours.", "info")
    if found.answer == "infeasible":
        told = ", ".join(found.without)
        what = "no schedule holds all limits" + (
            f"; there is one without: {told}." if told else ", nor with any one of them lifted."
        )
        note("infeasible", what, "Loosen a limit.", "error")
    if found.answer == "unknown":
        note("no-plan", "no schedule was found in the time.", "Give --time-limit more.", "error")
    if found.own.broken:
        what = f"the file's own controls do not hold the limits: {'; '.join(found.own.broken)}."
        note("own-controls", what, "What is saved against them is not told.", "info")
    return notes


def _document(
    plant: Plant, tariff: Tariff, found: Schedule, findings: Sequence[Finding]
) -> dict[str, Any]:
    network, outcome, run = plant.network, found.outcome, found.run
    status = {"optimal": "ok", "gap": "partial"}.get(found.answer, "unknown")
    document: dict[str, Any] = {
        "status": status,
        "file": str(network.source),
        "currency": tariff.currency,
        "cycles": plant.limits.cycles,
        "certificate": {
            "answer": found.answer,
            "cost_at_least": outcome.least,
            "gap_percent": 100 * outcome.gap,
            "nodes": outcome.expanded,
            "snapshots": outcome.snapshots,
            "seconds": outcome.seconds,
            "bound": "lattice" if found.margins else "cost so far",
            "margins": found.margins
            and {
                "mean_level_m": found.margins.mean,
                "level_difference_m": found.margins.apart,
                "energy_kwh": found.margins.energy,
                "pressure_m": found.margins.pressure,
                "level_limit_m": max(found.margins.within, found.margins.end),
            },
            "without": found.without,
        },
        "own_controls": {
            "cost": found.own.cost,
            "energy_kwh": found.own.energy.sum(),
            "broken": found.own.broken,
        },
        "findings": console.finding_rows(findings),
    }
    if run is None or found.running is None:
        return document
    saved = _saved(found)
    return document | {
        "totals": {
            "cost": run.cost,
            "energy_kwh": run.energy.sum(),
            "kgco2e": run.energy.sum() * _emissions(),
            "factor": _FACTOR,
            "saved_cost": saved and saved[0],
            "saved_kwh": saved and saved[1],
            "saved_kgco2e": saved and saved[1] * _emissions(),
        },
        "hours": [
            {"from": clock(network.start_clock + hour * HOUR), "price": price}
            for hour, price in enumerate(plant.price)
        ],
        "pumps": [
            {
                "id": network.link_ids[row],
                "running": found.running[:, place].astype(int),
                "switched_on": _starts(found.running[:, place]),
                "energy_kwh": run.energy[:, place],
            }
            for place, row in enumerate(network.pumps)
        ],
        "tanks": [
            {"id": network.node_ids[row], "level_m": run.levels[:, place]}
            for place, row in enumerate(network.tanks)
        ],
        "pressures": [
            {"id": network.node_ids[row], "lowest_m": lowest, "needed_m": needed}
            for row, lowest, needed in zip(
                plant.limits.nodes, run.lowest, plant.limits.pressure, strict=True
            )
        ],
        "controls": _controls(plant, found),
    }


def _saved(found: Schedule) -> tuple[float, float] | None:
    """Cost and kWh against the file's own controls; None if these break a limit."""
    if found.run is None or found.own.broken:
        return None
    cost = found.own.cost - found.run.cost
    return cost, float(found.own.energy.sum() - found.run.energy.sum())


def _emissions() -> float:
    """kgCO2e of a kWh."""
    return next(factor.mid for factor in shipped_factors() if factor.id == _FACTOR)


def _starts(running: Any) -> int:
    return int((running & ~np.roll(running, 1)).sum())


def _controls(plant: Plant, found: Schedule) -> list[str]:
    """Lines for [CONTROLS] of an INP file."""
    if found.running is None:
        return []
    return [
        f"LINK {plant.network.link_ids[row]} {f'{setting:g}' if setting else 'CLOSED'} "
        f"AT TIME {second // HOUR}"
        for row, second, setting in switchings(plant, found.running)
    ]


def _tell(plant: Plant, tariff: Tariff, found: Schedule, findings: Sequence[Finding]) -> None:
    console.tell(findings)
    number, outcome, run = console.number, found.outcome, found.run
    if run is None or found.running is None:
        console.say("There is no schedule.")
        return
    energy = float(run.energy.sum())
    console.say(
        f"cost {run.cost:,.2f} {tariff.currency}, {number(energy, 4)} kWh, "
        f"{number(energy * _emissions())} kgCO2e"
    )
    told = f"after {outcome.expanded} nodes and {number(outcome.seconds)} s"
    if found.answer == "optimal":
        console.say(f"[bold]optimal[/]: no schedule that holds the limits is cheaper ({told})")
    else:
        least = f"none costs less than {outcome.least:,.2f}"
        console.say(f"[bold]gap {100 * outcome.gap:.2f} %[/]: {least} ({told})")
    if saved := _saved(found):
        console.say(
            f"{saved[0]:,.2f} {tariff.currency} and {number(saved[1])} kWh less than the file's "
            f"own controls"
        )
    _draw(plant, found)


def _draw(plant: Plant, found: Schedule) -> None:
    """A row a pump, a column an hour; prices and levels as bars."""
    assert found.run is not None
    assert found.running is not None
    network = plant.network
    hours = "".join(
        f"{(network.start_clock // HOUR + hour) % 24:<3d}" if hour % 3 == 0 else ""
        for hour in range(plant.hours)
    )
    rows: list[tuple[str, str, str]] = [("", hours.rstrip(), "")]
    rows.append(("price", _bars(plant.price), ""))
    for place, row in enumerate(network.pumps):
        on = found.running[:, place]
        line = "".join("█" if one else "·" for one in on)
        rows.append((network.link_ids[row], line, f"{_starts(on)} on"))
    for place, row in enumerate(network.tanks):
        level = found.run.levels[:-1, place]
        line = _bars(level, plant.low[place], plant.high[place])
        told = f"{level.min():.2f} to {level.max():.2f} m"
        rows.append((network.node_ids[row], line, told))
    wide = max(len(name) for name, _, _ in rows)
    for name, line, told in rows:
        console.say(f"{console.escape(name):>{wide}} {line}  {told}".rstrip())


def _bars(values: FloatArray, low: float | None = None, high: float | None = None) -> str:
    least = float(values.min()) if low is None else low
    span = (float(values.max()) if high is None else high) - least
    places = (values - least) / (span or 1.0) * (len(_BARS) - 1)
    return "".join(_BARS[place] for place in np.clip(np.round(places), 0, 7).astype(int))
