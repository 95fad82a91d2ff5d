"""``kopa environment river`` and ``bathing``: overflows followed down the rivers."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import Any

import numpy as np

from kopa import console
from kopa.domain import Finding
from kopa.domain.attributes import settings
from kopa.errors import RangeError, UsageError
from kopa.model import FloatArray, Window
from kopa.model.window import clock, window_of

from .bathing import limits
from .cli_words import spark
from .domain import PACKAGE, EnvironmentDomain
from .findings import of_run, when
from .network import Environment
from .read_environment import read_environment
from .read_measurements import read_overflows
from .river import BACTERIA
from .river_run import RANGES, BathingRun, RiverRun

SHOWN = 20
WIDE = 48
"""A picture has at most so many bars."""
OPTIONS = {
    "temperature": ("water_temperature_c", "°C", "water temperature"),
    "ph": ("ph", "", "pH of the water"),
    "reopen": ("reopen_after_h", "H", "hours from the last exceedance to the end of an alert"),
    "ecoli": (
        "raw_ecoli_cfu_100ml",
        "CFU",
        "E. coli in what overflows, CFU/100 mL; enterococci are a tenth",
    ),
    "ammonia": ("raw_ammonia_mg_l", "MG/L", "ammonia nitrogen in what overflows, mg N/L"),
}


def register(jobs: Any) -> None:
    """Add the jobs to a parser."""
    one = jobs.add_parser("river", help="what overflows do to the rivers")
    other = jobs.add_parser("bathing", help="which bathing waters they close, from when to when")
    for job, run in ((one, river_job), (other, bathing_job)):
        job.add_argument("files", nargs="+", metavar="CITYFILE", help="GeoJSON or CSV files")
        job.add_argument("--overflow", type=Path, required=True, metavar="F.csv",
                         help="time and L/s of each reach")  # fmt: skip
        job.add_argument("--at", default="00:00", help="begin: HH:MM or YYYY-MM-DDTHH:MM")
        job.add_argument("--hours", type=float, default=48.0, help="length of the window")
        job.add_argument("--step", default="15min", help="length of a step: 15min, 1h, 900s")
        for name, (_, unit, words) in OPTIONS.items():
            job.add_argument(f"--{name}", type=float, metavar=unit or "N", help=words)
        job.add_argument("--thresholds", type=Path, metavar="F.csv", help="the city's thresholds")
        job.add_argument("--json", action="store_true", help="one JSON document on stdout")
        job.set_defaults(run=run)


class _Answer:
    """The rivers solved."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        given: dict[str, Any] = {"files": [str(Path(file).absolute()) for file in arguments.files]}
        for name, (key, _, _) in OPTIONS.items():
            if getattr(arguments, name) is not None:
                given[key] = getattr(arguments, name)
        if arguments.ecoli is not None:
            given |= _strength(arguments.ecoli)
        if arguments.thresholds is not None:
            given["thresholds"] = str(arguments.thresholds.absolute())
        values = settings(given, PACKAGE, "environment")
        environment, warnings = read_environment(Path.cwd(), values)
        if not len(environment.rivers):
            raise UsageError("the files have no river")
        self.window = window_of(arguments.at, arguments.hours, arguments.step)
        steps, step = self.window.steps, self.window.step
        inputs = {
            "overflow": read_overflows(arguments.overflow, environment.rivers.ids, steps, step)
        }
        domain = EnvironmentDomain(environment, values)
        run, _ = domain.rivers(self.window, (), inputs, [])
        if run is None or not run.trusted:
            raise RangeError("the masses in the rivers do not add up: there is no answer")
        self.environment, self.run = environment, run
        self.baths = domain.bathing(self.window, run)
        self.findings: list[Finding] = [
            *warnings,
            *of_run(environment, self.window, run, self.baths),
        ]


def _strength(ecoli: float) -> dict[str, float]:
    """Bacteria in what overflows, a third and three times as many as its range."""
    return {
        f"raw_{name}_{which}cfu_100ml": ecoli * share * times
        for name, share in (("ecoli", 1.0), ("enterococci", 0.1))
        for which, times in (("low_", 1 / 3), ("", 1.0), ("high_", 3.0))
    }


def river_job(arguments: argparse.Namespace) -> int:
    """Concentrations in the rivers; gives the exit code."""
    answer = _Answer(arguments)
    if arguments.json:
        console.document(_river_document(answer))
    else:
        _tell_rivers(answer)
    return 0


def bathing_job(arguments: argparse.Namespace) -> int:
    """Alerts at the bathing waters; gives the exit code."""
    answer = _Answer(arguments)
    if not len(answer.environment.bathing):
        raise UsageError("the files have no bathing water")
    if arguments.json:
        rows = _bathing_rows(answer.environment, answer.window, answer.baths)
        console.document({**_head(answer), "bathing": rows})
    else:
        _tell_bathing(answer)
    return 0


def _head(answer: _Answer) -> dict[str, Any]:
    return {
        "status": "ok",
        "start": answer.window.clock(0),
        "step_s": answer.window.step,
        "steps": answer.window.steps,
        "findings": console.finding_rows(answer.findings),
    }


def _reach_peaks(run: RiverRun, environment: Environment, name: str) -> FloatArray:
    """Greatest concentration in each reach, at the best value, shape (step, reach)."""
    factor = run.raw[name]["mid"] if name in run.raw else 1.0
    peak = run.moved[name].peak * factor
    first = run.grid.first
    most = np.maximum.reduceat(peak, first, axis=1)
    return np.asarray(environment.rivers.background[name] + most)


def _river_document(answer: _Answer) -> dict[str, Any]:
    run, environment = answer.run, answer.environment
    rivers, balance = environment.rivers, run.balance
    ecoli = _reach_peaks(run, environment, "escherichia_coli")
    ammonia = _reach_peaks(run, environment, "ammonia")
    nh3 = np.maximum.reduceat(run.unionised, run.grid.first, axis=1)
    return {
        **_head(answer),
        "sewage_m3": float(run.loads.sewage.sum() * answer.window.step),
        "balance": {
            "released_cfu": balance.supplied,
            "left_cfu": balance.used,
            "decayed_cfu": balance.lost,
            "stored_cfu": balance.stored,
            "residual_cfu": balance.residual,
            "ok": balance.ok,
        },
        "reaches": [
            {
                "id": rivers.ids[row],
                "flow_m3_s": rivers.flow[row],
                "velocity_m_s": run.state.velocity[row],
                "depth_m": run.state.depth[row],
                "dispersion_m2_s": run.state.dispersion[row],
                "travel_time_h": rivers.length[row] / run.state.velocity[row] / 3600,
                "ecoli_cfu_100ml": ecoli[:, row],
                "ammonia_mg_l": ammonia[:, row],
                "unionised_ammonia_mg_l": nh3[:, row],
            }
            for row in range(len(rivers))
        ],
        "bathing": _bathing_rows(environment, answer.window, answer.baths),
    }


def _bathing_rows(
    environment: Environment, window: Window, baths: BathingRun
) -> list[dict[str, Any]]:
    bathing, rivers = environment.bathing, environment.rivers
    limit = limits(bathing, environment.thresholds)
    rows = []
    for column in range(len(bathing)):
        reach = int(bathing.reach[column])
        row: dict[str, Any] = {
            "id": bathing.ids[column],
            "reach": rivers.ids[reach] if reach >= 0 else None,
            "in_season": bool(baths.season[:, column].any()),
        }
        for name in BACTERIA:
            row[name] = {
                "limit_cfu_100ml": limit[name][column],
                **{
                    f"{range_}_cfu_100ml": baths.concentration[range_][name][:, column]
                    for range_ in RANGES
                },
            }
        row["alert"] = {r: _span(baths.alert[r][:, column], window) for r in RANGES}
        rows.append(row)
    return rows


def _span(alert: Any, window: Window) -> dict[str, Any] | None:
    steps = np.flatnonzero(alert)
    if not len(steps):
        return None
    open_end = int(steps[-1]) == window.steps - 1
    end = window.start + (int(steps[-1]) + 1) * window.step
    return {"from": window.clock(int(steps[0])), "to": None if open_end else clock(end)}


def _tell_rivers(answer: _Answer) -> None:
    run, rivers, number = answer.run, answer.environment.rivers, console.number
    console.tell(answer.findings)
    sewage = run.loads.sewage.sum() * answer.window.step
    if sewage:
        whole = run.balance
        left, died, here = (
            part / whole.supplied for part in (whole.used, whole.lost, whole.stored)
        )
        console.say(
            f"{number(sewage)} m³ of sewage entered. Of its E. coli {left:.0%} left the rivers, "
            f"{died:.0%} died, {here:.0%} is on its way."
        )
    else:
        console.say("No sewage entered.")
    ecoli = _reach_peaks(run, answer.environment, "escherichia_coli")
    nh3 = np.maximum.reduceat(run.unionised, run.grid.first, axis=1)
    most = float(np.log10(ecoli.max() + 1))
    bars = [spark(_coarse(np.log10(ecoli[:, row] + 1)), most) for row in range(len(rivers))]
    rows = [
        (
            rivers.ids[row],
            bars[row],
            f"{number(rivers.flow[row])} m³/s",
            f"{number(run.state.velocity[row])} m/s",
            f"{number(ecoli[:, row].max())} CFU/100 mL",
            f"{number(nh3[:, row].max())} mg/L",
        )
        for row in range(min(len(rivers), SHOWN))
    ]
    heads = ("reach", "E. coli over time (log)", "flow", "speed", "most E. coli", "most NH3")
    console.table(heads, rows, numbers=4)


def _coarse(values: FloatArray) -> list[float]:
    """Greatest values of at most `WIDE` parts."""
    many = math.ceil(len(values) / WIDE)
    return [float(values[at : at + many].max()) for at in range(0, len(values), many)]


def _tell_bathing(answer: _Answer) -> None:
    bathing, baths, number = answer.environment.bathing, answer.baths, console.number
    console.tell([one for one in answer.findings if one.code != "environment.bathing-alert"])
    limit = limits(bathing, answer.environment.thresholds)["escherichia_coli"]
    rows = []
    for column in range(len(bathing)):
        ecoli = baths.concentration["mid"]["escherichia_coli"][:, column]
        alert = [when(baths.alert[range_][:, column], answer.window) for range_ in RANGES]
        bars = spark(_coarse(np.log10(ecoli + 1)), float(np.log10(ecoli.max() + 1)))
        most = f"{number(ecoli.max())} of {number(limit[column])}"
        rows.append((bathing.ids[column], bars, most, alert[1], alert[0], alert[2]))
    heads = ("bathing water", "E. coli over time (log)", "most, CFU/100 mL", "alert")
    console.table((*heads, "if little", "if much"), rows)
