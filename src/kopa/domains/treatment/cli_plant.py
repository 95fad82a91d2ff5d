"""Jobs on a wastewater plant's file."""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path
from typing import Any

import numpy as np

from kopa import __version__, console
from kopa.console import number
from kopa.domain import Change, Finding, Result, checked, parse_change
from kopa.errors import InputError, UsageError
from kopa.model import FloatArray, Window
from kopa.model.window import clock, seconds, window_of

from . import aeration as air
from .asm1 import Q, nitrogen
from .domain import KINDS, TreatmentDomain
from .effects import balance
from .forcing import M3_D_OF_LITRES, UNLINKED
from .network import QUANTITIES, Treatment, WastewaterPlant
from .permit import Held, concentration, held
from .read_plant import read_one
from .wastewater import PlantRun

CUT = "no_electricity"
_BARS = "▁▂▃▄▅▆▇█"
_WIDTH = 72
_EIGHTS = 7


def run(arguments: argparse.Namespace) -> int:
    """What leaves a plant; gives the exit code."""
    plant, findings = _plant(arguments.file)
    window = window_of(arguments.at, arguments.hours, arguments.step)
    domain = TreatmentDomain(Treatment((plant,), ()))
    changes, inputs = _changes(arguments.change, domain, window)
    if arguments.inflow is not None:
        inputs["inflow"] = _inflow(arguments.inflow, window)[:, None]
    _patience(arguments.json)
    result = domain.run(window, changes, inputs)
    findings += result.findings
    if result.status != "ok":
        return _unknown(arguments.json, findings)
    (found,) = domain.solve(window, changes, inputs)
    limits = held(plant, found)
    if arguments.json:
        console.document(_run_document(plant, window, found, result, limits, findings))
    else:
        console.tell(findings)
        _tell_run(plant, found, result, limits)
    return 0


def aeration(arguments: argparse.Namespace) -> int:
    """Cheapest oxygen set-points; gives the exit code."""
    plant, findings = _plant(arguments.file)
    if not plant.permit:
        raise UsageError(f"{plant.place.id} has no permit: there is nothing to hold")
    if not 0 <= arguments.margin < 1:
        raise UsageError("--margin lies between 0 and 1")
    _patience(arguments.json)
    total = len(list(air.grid()))
    with console.progress("set-points", total, quiet=arguments.json) as told:
        advice = air.advise(plant, arguments.margin, told)
    if arguments.json:
        console.document(_aeration_document(plant, arguments.margin, advice, findings))
    else:
        console.tell(findings)
        _tell_aeration(advice, arguments.margin)
    return 0 if advice.best is not None else 1


def _plant(file: Path) -> tuple[WastewaterPlant, list[Finding]]:
    found, findings = read_one(file)
    if not isinstance(found, WastewaterPlant):
        raise UsageError(f"{file} is a waterworks: use blend, soften or stability")
    return found, list(findings)


def _patience(quiet: bool) -> None:
    """Say so where the model is compiled first, which happens once on a machine."""
    from . import engine_bsm2

    if not quiet and not engine_bsm2.compiled():
        sys.stderr.write("The sludge model is compiled, once on this machine …\n")


def _changes(
    texts: list[str], domain: TreatmentDomain, window: Window
) -> tuple[list[Change], dict[str, FloatArray]]:
    """Changes of the plant, whose name may be left out, and hours without electricity."""
    native = domain.assets().ids[0]
    changes: list[Change] = []
    power = np.ones((window.steps, 1))
    for text in texts:
        given = text if text.startswith("treatment:") else f"treatment:'{native}' {text}"
        change = parse_change(given)
        if change.kind == CUT:
            power[:, 0] *= 1 - window.cover(change.start, change.end)
        else:
            changes.append(checked(change, domain.assets(), KINDS))
    return changes, {"electricity": power}


def _inflow(file: Path, window: Window) -> FloatArray:
    """Inflow of each step, L/s, from a CSV file; before its first row the dry weather comes.

    Raises
    ------
    InputError
        With all that is wrong in it.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            [Finding("treatment.inflow", f"{error}.", "Give a CSV file in UTF-8.", file=str(file))]
        ) from None
    findings: list[Finding] = []
    flow = np.full(window.steps, UNLINKED)
    last = -1
    for line, row in enumerate(csv.DictReader(text.splitlines()), 2):
        try:
            at, value = seconds(row.get("time") or ""), float(row.get("inflow_l_s") or "nan")
        except (UsageError, ValueError):
            at, value = -1, float("nan")
        if not (at > last and 0 <= value < 1e6):
            what = "it needs a time (HH:MM) later than the one before, and an inflow_l_s from 0 up."
            do = "Write rows such as 08:00,350 under the head time,inflow_l_s."
            findings.append(
                Finding("treatment.inflow", what, do, file=str(file), place=f"line {line}")
            )
            continue
        flow[window.starts + window.step > at] = value
        last = at
    if last < 0 and not findings:
        findings.append(Finding("treatment.inflow", "there are no rows.", "Add some.", "error",
                                str(file)))  # fmt: skip
    if findings:
        raise InputError(findings)
    return flow


def _unknown(json: bool, findings: list[Finding]) -> int:
    if json:
        console.document({"status": "unknown", "findings": console.finding_rows(findings)})
    else:
        console.tell(findings)
        console.say("There is no answer.")
    return 1


def _run_document(
    plant: WastewaterPlant,
    window: Window,
    run: PlantRun,
    result: Result,
    limits: tuple[Held, ...],
    findings: list[Finding],
) -> dict[str, Any]:
    water = balance([run], Treatment((plant,), ()))
    step_s = run.days * 86_400
    return {
        "kopa": __version__,
        "status": result.status,
        "plant": plant.place.id,
        "start": window.clock(0),
        "step_s": step_s,
        "steps": len(run.waters),
        "effluent": [_effluent_row(run, quantity) for quantity in QUANTITIES],
        "permit": [_limit_row(one) for one in limits],
        "energy_kwh": {name: series.sum() for name, series in run.energy.items()},
        "water_m3": {
            "inflow": water.supplied,
            "effluent": water.used,
            "overflow": run.overflow.sum(),
            "waste_sludge": run.amount("waste_water").sum(),
            "stored": water.stored,
            "residual": water.residual,
        },
        "nitrogen_kg": {
            "received": _received(run) / 1000,
            "discharged": run.nitrogen.sum() / 1000,
            "waste_sludge": run.amount("waste_nitrogen").sum() / 1000,
            "gas": run.amount("gas").sum() / 1000,
            "gap_share": run.nitrogen_gap(),
        },
        "series": {
            "inflow_l_s": run.waters[:, Q] / M3_D_OF_LITRES,
            "overflow_l_s": run.overflow / step_s * 1000,
            "ammonia_g_m3": concentration(run, "ammonia"),
            "nitrogen_g_m3": concentration(run, "nitrogen"),
            "oxygen_g_m3": run.oxygen[:, 2:],
            "aeration_kwh": run.energy["aeration"],
        },
        "events": [
            {"what": event.what, "from": clock(event.start), "to": clock(event.end)}
            for event in result.events
        ],
        "findings": console.finding_rows(findings),
    }


def _received(run: PlantRun) -> float:
    """Nitrogen that came, g."""
    return float((run.waters[:, Q] * nitrogen(run.waters)).sum() * run.days)


def _mean(run: PlantRun, quantity: str) -> float:
    out = float(run.amount("outflow").sum())
    return float(run.amount(quantity).sum()) / out if out > 0 else float("nan")


def _effluent_row(run: PlantRun, quantity: str) -> dict[str, Any]:
    series = concentration(run, quantity)
    filled = series[np.isfinite(series)]
    greatest = float(filled.max()) if len(filled) else None
    return {"quantity": quantity, "mean_g_m3": _mean(run, quantity), "greatest_g_m3": greatest}


def _limit_row(one: Held) -> dict[str, Any]:
    limit = one.limit
    return {
        "quantity": limit.quantity,
        "limit_g_m3": limit.limit_g_m3,
        "average_h": limit.average_h,
        "worst_mean_g_m3": one.worst,
        "status": _verdict(one),
        "whole": one.whole,
        "source": limit.source,
    }


def _verdict(one: Held) -> str:
    if not np.isfinite(one.worst):
        return "unknown"
    return "above" if one.over.any() else "holds"


def _tell_run(
    plant: WastewaterPlant, run: PlantRun, result: Result, limits: tuple[Held, ...]
) -> None:
    by_name = {one.limit.quantity: one for one in limits}
    rows = []
    for quantity in QUANTITIES:
        row = _effluent_row(run, quantity)
        one = by_name.get(quantity)
        verdict = "no limit" if one is None else _verdict(one)
        if one is not None and not one.whole:
            verdict += f" (of {one.limit.average_h:g} h only the window is known)"
        rows.append(
            (
                quantity,
                f"{number(row['mean_g_m3'])} g/m³",
                f"{number(row['greatest_g_m3'] or float('nan'))} g/m³",
                ""
                if one is None
                else f"{one.limit.limit_g_m3:g} g/m³ in {one.limit.average_h:g} h",
                verdict,
            )
        )
    console.say(f"{plant.place.name or plant.place.id}: effluent against the permit")
    console.table(("quantity", "mean", "greatest", "limit", "permit"), rows)
    total = sum(float(series.sum()) for series in run.energy.values())
    parts = ", ".join(f"{name} {number(float(v.sum()))}" for name, v in run.energy.items())
    console.say(f"Electricity {number(total)} kWh: {parts} kWh.")
    past = float(run.overflow.sum())
    console.say(
        f"{number(float(run.waters[:, Q].sum() * run.days))} m³ came, {number(past)} m³ of it "
        f"flowed past the biology. Nitrogen balance: {run.nitrogen_gap():+.1e}."
    )
    _picture("ammonia, effluent", concentration(run, "ammonia"))
    _picture("oxygen, last tank", run.oxygen[:, -1])
    for event in result.events:
        console.say(f"{clock(event.start)}-{clock(event.end)} {event.what}")


def _picture(name: str, series: FloatArray) -> None:
    """A series as a row of bars from 0 to its greatest value."""
    parts = np.array_split(series, min(_WIDTH, len(series)))
    means = np.array([np.nanmean(p) if np.isfinite(p).any() else np.nan for p in parts])
    most = float(np.nanmax(means)) if np.isfinite(means).any() else 0.0
    bars = "".join(
        " " if not np.isfinite(m) else _BARS[round(_EIGHTS * m / most) if most > 0 else 0]
        for m in means
    )
    console.say(f"{name:18} {console.escape(bars)} up to {number(most)} g/m³")


def _tried_row(one: air.Tried) -> dict[str, Any]:
    return {
        "oxygen_g_m3": list(one.oxygen),
        "energy_kwh": one.energy_kwh,
        "status": one.status,
        "permit": [_limit_row(limit) for limit in one.limits],
    }


def _aeration_document(
    plant: WastewaterPlant, margin: float, advice: air.Advice, findings: list[Finding]
) -> dict[str, Any]:
    best = advice.best
    return {
        "kopa": __version__,
        "status": "ok" if best is not None else "unknown",
        "plant": plant.place.id,
        "margin": margin,
        "now": _tried_row(advice.now),
        "best": None if best is None else _tried_row(best),
        "saved_kwh_per_day": None if best is None else advice.now.energy_kwh - best.energy_kwh,
        "tried": [_tried_row(one) for one in advice.tried],
        "findings": console.finding_rows(findings),
    }


def _tell_aeration(advice: air.Advice, margin: float) -> None:
    def words(one: air.Tried) -> str:
        return " / ".join(f"{o:g}" for o in one.oxygen) or "fixed transfer"

    shown = sorted(advice.tried, key=lambda one: one.energy_kwh)
    rows = [
        (
            words(one),
            f"{number(one.energy_kwh)} kWh/d",
            ", ".join(f"{h.limit.quantity} {number(h.worst)} g/m³" for h in one.limits),
            one.status,
        )
        for one in shown
        if one is advice.now or one is advice.best or one.status == "holds"
    ]
    console.table(("oxygen, g/m³", "electricity", "worst mean", f"with {margin:.0%} left"), rows)
    now, best = advice.now, advice.best
    if best is None:
        console.say(
            f"None of {len(advice.tried)} candidates holds the permit with {margin:.0%} left."
        )
    elif best is now:
        console.say(f"None of {len(advice.tried)} candidates is cheaper than now.")
    else:
        saved = now.energy_kwh - best.energy_kwh
        change = "saves" if saved >= 0 else "costs"
        console.say(
            f"{words(best)} g/m³ {change} {number(abs(saved))} kWh a dry day against now "
            f"({words(now)}, which {now.status})."
        )
