"""``kopa energy plan``: when devices should consume and produce, a day ahead."""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from kopa import console
from kopa.domains.energy.cli_common import failed, positive
from kopa.domains.energy.domain import Energy
from kopa.domains.energy.limits import Limits
from kopa.domains.energy.plan import Problem
from kopa.domains.energy.plan_grid import Connected, GridCuts
from kopa.domains.energy.read_pandapower import read
from kopa.domains.energy.read_plan import read_plan
from kopa.domains.energy.read_profiles import read_profiles
from kopa.domains.energy.schedule import ConflictError, Plan, schedule
from kopa.errors import EngineError, Finding, InputError, UsageError
from kopa.model import FloatArray, IntArray

GRID = ("file", "profiles", "min-voltage", "max-voltage", "max-loading")


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("plan", help="day-ahead plan of storages, pumps, cars and other loads")
    job.add_argument("input", type=Path, metavar="INPUT.json", help="what is to be planned")
    job.add_argument(
        "--seconds", type=positive, default=60.0, metavar="S", help="most time of a solution (60)"
    )
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """The plan; gives the exit code."""
    findings: list[Finding] = []
    begin = time.perf_counter()
    try:
        problem, grid = read_plan(arguments.input)
        cutter = None if grid is None else _grid(arguments.input, problem, grid, findings)
        if cutter is None:
            plan = schedule(problem, arguments.seconds)
        else:
            plan = schedule(problem, arguments.seconds, cutter)
    except InputError as error:
        return failed(arguments, [*findings, *error.findings])
    except ConflictError as error:
        what = "No plan holds all of these: "
        conflict = Finding(error.code, f"{what}{'; '.join(error.names)}.", "Let one give way.")
        return failed(arguments, [*findings, conflict], {"conflict": list(error.names)})
    except EngineError as error:
        found = Finding("energy.plan-unknown", f"{error}.", "Check limits and prices.")
        return failed(arguments, [*findings, found])
    findings += _noted(problem, plan)
    if arguments.json:
        console.document(_document(problem, plan, findings))
    else:
        _say(problem, plan, time.perf_counter() - begin)
        console.tell(findings)
    return 0


def _grid(file: Path, problem: Problem, given: Any, findings: list[Finding]) -> GridCuts:
    """The grid of a plan.

    Raises
    ------
    InputError
        With all that is wrong.
    """
    wrong: list[Finding] = []

    def note(place: str, what: str, do: str) -> None:
        wrong.append(Finding("energy.plan", what, do, file=file.name, place=place))

    if not isinstance(given, dict) or not isinstance(given.get("file"), str):
        note("grid.file", "It is missing.", "Name a grid as pandapower JSON.")
        raise InputError(wrong)
    for key in ("file", "profiles"):
        if not (isinstance(name := given.get(key, "x"), str) and name.isprintable()):
            note(f"grid.{key}", "It is no name of a file.", "Correct it.")
            raise InputError(wrong)
    for key in sorted(set(given) - set(GRID)):
        note(f"grid.{key}", "This is not known.", f"Known are {', '.join(GRID)}.")
    numbers = {}
    for key, field in zip(GRID[2:], fields(Limits), strict=True):
        value = given.get(key, field.default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e6:
            note(f"grid.{key}", f"'{value}' is no number above 0.", "Write p.u. or %.")
        else:
            numbers[field.name] = float(value)
    limits = Limits(**numbers)
    if limits.low >= limits.high:
        note(
            "grid.min-voltage", f"{limits.low:g} is not below max-voltage.", "Correct one of them."
        )
    network, warnings = read(file.parent / given["file"])
    findings += warnings
    energy = Energy(network)
    devices = [(one.name, one.at) for one in problem.storages]
    devices += [(one.name, one.at) for one in problem.processes]
    fixed = [(one.name, one.at) for one in problem.fixed]
    buses = [_buses(energy, some, note) for some in (devices, fixed)]
    factors = np.ones((problem.steps, len(network.units.rows)))
    if "profiles" in given:
        profiles, more = read_profiles(file.parent / given["profiles"], network)
        findings += more
        rows = _rows(problem, profiles.series.times, note) if profiles.series.zone else None
        if rows is None:
            note("grid.profiles", "Its times have no offset from UTC.", "Write it.")
        elif not wrong:
            factors = np.concatenate([profiles.factors(row, row + 1) for row in rows])
    if wrong:
        raise InputError(wrong)
    return GridCuts(energy, problem, Connected(buses[0], buses[1], factors), limits)


def _buses(energy: Energy, named: Sequence[tuple[str, str]], note: Any) -> IntArray:
    """Bus of each device."""
    network, found = energy.network, []
    for name, at in named:
        try:
            row = network.assets.find(at)
        except UsageError as error:
            note(name, f"{error}." if at else "It has no 'at'.", "Name a bus, load or motor.")
            continue
        unit = np.flatnonzero(network.units.rows == row)
        bus = row if row < network.buses else int(network.units.bus[unit[0]]) if len(unit) else -1
        if bus < 0 or not energy.topology.live[bus]:
            what = f"{at} is {'not energised' if bus >= 0 else 'no bus, load or motor'}."
            note(name, what, "Name an energised bus, load or motor.")
        found.append(bus)
    return np.array(found, dtype=np.int64)


def _rows(problem: Problem, times: np.ndarray, note: Any) -> Sequence[int]:
    """Row of the profiles that holds at each step."""
    start = np.datetime64(int(problem.start.timestamp()), "s")
    at = start + (np.arange(problem.steps) * problem.step_h * 3600).astype("timedelta64[s]")
    rows = np.searchsorted(times, at, "right") - 1
    end = times[-1] + (times[1] - times[0])
    if rows[0] < 0 or at[-1] >= end:
        note("grid.profiles", f"They are from {times[0]}Z to {end}Z.", "Cover what is planned.")
    rows_: list[int] = np.maximum(rows, 0).tolist()
    return rows_


def _noted(problem: Problem, plan: Plan) -> list[Finding]:
    """What a reader of the plan should know."""
    found = []
    for name, much in plan.missed.items():
        found.append(
            Finding(
                "energy.plan-missed",
                f"{name}: missed by {console.number(much)}.",
                "Nothing, if its price says that this is right.",
                "warning",
            )
        )
    for storage, stock in zip(problem.storages, plan.stock, strict=True):
        if stock[-1] < storage.start - 1e-6 and not any(
            wish.last == problem.steps for wish in storage.wishes
        ):
            found.append(
                Finding(
                    "energy.plan-emptied",
                    f"{storage.name} ends with {console.number(float(stock[-1]))} {storage.unit}, "
                    f"less than the {console.number(storage.start)} at the start: what is left has "
                    "no value in the plan.",
                    "Write soc-targets or soc-minima for its end if it should be full.",
                    "info",
                )
            )
    if plan.gap > 1e-4:
        what = f"The plan may cost up to {plan.gap:.2%} more than the best: the time ran out."
        found.append(Finding("energy.plan-gap", what, "Give it more --seconds.", "warning"))
    return found


def _document(problem: Problem, plan: Plan, findings: Sequence[Finding]) -> dict[str, Any]:
    return {
        "status": "ok",
        "start": problem.moment(0),
        "step_minutes": problem.step_h * 60,
        "currency": problem.currency,
        "totals": _totals(problem, plan),
        "gap": plan.gap,
        "site": {"consumption_kw": plan.bought, "production_kw": plan.sold},
        "devices": [
            *(
                {
                    "name": storage.name,
                    "power_kw": plan.into[place] - plan.out[place],
                    "soc": plan.stock[place],
                    "soc_unit": storage.unit,
                }
                for place, storage in enumerate(problem.storages)
            ),
            *(
                {"name": one.name, "power_kw": kw, "soc": None, "soc_unit": ""}
                for one, kw in zip(problem.processes, plan.process, strict=True)
            ),
        ],
        "missed": [{"wish": name, "by": much} for name, much in plan.missed.items()],
        "findings": console.finding_rows(findings),
    }


def _totals(problem: Problem, plan: Plan) -> Mapping[str, float | None]:
    site, hours = problem.site, problem.step_h
    bought = float(plan.bought @ site.buy) * hours
    sold = float(plan.sold @ site.sell) * hours if len(site.sell) else 0.0
    co2 = float(plan.bought @ site.co2) * hours
    known = bool(np.isfinite(site.co2).all())
    return {
        "objective": plan.cost,
        "bought": bought,
        "sold": sold,
        "breaches_and_peak": plan.breach_cost,
        "co2_counted": co2 * site.co2_price if known else 0.0,
        "consumption_kwh": float(plan.bought.sum()) * hours,
        "production_kwh": float(plan.sold.sum()) * hours,
        "peak_kw": float(plan.bought.max(initial=0.0)),
        "co2_kg": co2 if known else None,
    }


def _say(problem: Problem, plan: Plan, seconds: float) -> None:
    totals, money = _totals(problem, plan), problem.currency
    told = {
        key: "unknown" if value is None else console.number(value) for key, value in totals.items()
    }
    console.say(
        f"Bought {told['consumption_kwh']} kWh for {told['bought']} {money}, sold "
        f"{told['production_kwh']} kWh for {told['sold']} {money}; peak {told['peak_kw']} kW; "
        f"CO2 {told['co2_kg']} kg; planned in {seconds:.1f} s."
    )
    lines: list[tuple[str, str, FloatArray]] = [
        ("price", f"{money}/kWh", problem.site.buy),
        ("site", "kW", plan.bought - plan.sold),
    ]
    for place, storage in enumerate(problem.storages):
        lines.append((storage.name, "kW", plan.into[place] - plan.out[place]))
        lines.append((f"{storage.name}: stock", storage.unit, plan.stock[place]))
    lines += [(one.name, "kW", kw) for one, kw in zip(problem.processes, plan.process, strict=True)]
    cells = [(name, unit, console.spark(values.tolist(), 72)) for name, unit, values in lines]
    console.table(("what", "unit", f"from {problem.moment(0)}"), cells[:40])
    if len(cells) > 40:
        console.say(f"{len(cells) - 40} more lines with --json.")
