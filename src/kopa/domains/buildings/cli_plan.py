"""``kopa buildings plan``: when to heat and cool at the least cost, comfort first."""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

from kopa import __version__, console
from kopa.errors import EngineError, Finding

from .plan import Plan, Task, plan, thermostat
from .read_plan import read_plan


def make_plan(arguments: argparse.Namespace) -> int:
    """Plan, and compare with a thermostat; gives the exit code."""
    task = read_plan(arguments.plan, arguments.series)
    try:
        best = plan(task)
    except EngineError as error:
        told = Finding("buildings.no-plan", f"{error}.", "Correct the model and its limits.")
        if arguments.json:
            console.document(
                {"kopa": __version__, "status": "unknown", "findings": console.finding_rows([told])}
            )
        else:
            console.tell([told])
        return 1
    usual = thermostat(task)
    findings = _missed(task, best)
    document = {
        "kopa": __version__,
        "status": "comfort-missed" if findings else "ok",
        "findings": console.finding_rows(findings),
        "step_s": task.step_s,
        "plan": _document(task, best),
        "thermostat": _document(task, usual),
        "saved_eur": usual.cost - best.cost,
        "comparable": bool(_discomfort(task, usual) <= _discomfort(task, best) + 1e-3),
    }
    if arguments.json:
        console.document(document)
    else:
        _tell(task, best, usual)
        console.tell(findings)
    return 0


def _discomfort(task: Task, one: Plan) -> float:
    """Kelvin hours outside comfort."""
    return float((one.under + one.over).sum() * task.step_s / 3600)


def _missed(task: Task, best: Plan) -> list[Finding]:
    """One finding for each stretch of steps in which comfort cannot be held."""
    missed, found = best.missed, []
    stretches = np.split(missed, np.flatnonzero(np.diff(missed) > 1) + 1) if len(missed) else []
    for steps in stretches:
        below, above = float(best.under[steps].max()), float(best.over[steps].max())
        far = f"up to {below:.2f} K too cold" if below >= above else f"up to {above:.2f} K too warm"
        hours = (int(steps[0]) + 1) * task.step_s / 3600, (int(steps[-1]) + 1) * task.step_s / 3600
        what = f"comfort cannot be held from hour {hours[0]:g} to {hours[1]:g}: {far}."
        do = "Give more power, begin earlier, or widen the band."
        found.append(Finding("buildings.comfort-missed", what, do, "warning"))
    return found


def _document(task: Task, one: Plan) -> dict[str, Any]:
    return {
        "cost_eur": one.cost,
        "discomfort_kh": _discomfort(task, one),
        "heat_kw": np.round(one.heat / 1000, 6),
        "cool_kw": np.round(one.cool / 1000, 6),
        "indoor_c": np.round(one.indoor, 4),
        "below_k": np.round(one.under, 4),
        "above_k": np.round(one.over, 4),
    }


def _tell(task: Task, best: Plan, usual: Plan) -> None:
    console.say(
        f"plan {console.number(best.cost)} EUR, {_discomfort(task, best):.2f} K·h outside comfort; "
        f"a thermostat {console.number(usual.cost)} EUR, {_discomfort(task, usual):.2f} K·h"
    )
    heads = ("hour", "outdoors, °C", "price, EUR/kWh", "heat, kW", "cool, kW", "indoors, °C")
    rows = [
        (
            f"{(step + 1) * task.step_s / 3600:g}",
            *(
                f"{value:.2f}"
                for value in (
                    task.outdoor[step], task.price[step],
                    best.heat[step] / 1000, best.cool[step] / 1000, best.indoor[step],
                )
            ),
        )
        for step in range(len(task.outdoor))
    ]  # fmt: skip
    console.table(heads, rows, "", 5)
