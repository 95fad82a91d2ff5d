"""``kopa waste mix``: the cheapest way of waste through its facilities."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from kopa import console
from kopa.domains.waste.processing.mix import ConflictError, Mix, cheapest
from kopa.domains.waste.processing.mix_problem import Problem
from kopa.domains.waste.processing.read_mix import read_mix
from kopa.errors import EngineError, Finding, InputError

from .cli_common import failed, spans

SMALL = 1e-6
"""t a year that are none."""


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("mix", help="cheapest mix of treatment and disposal under limits")
    job.add_argument("input", type=Path, metavar="INPUT", help="JSON, or TOML (.toml)")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """The mix; gives the exit code."""
    try:
        problem = read_mix(arguments.input)
        mix = cheapest(problem)
    except InputError as error:
        return failed(arguments, error.findings)
    except ConflictError as error:
        what = f"No mix holds all of these: {'; '.join(error.names)}."
        finding = Finding(error.code, what, "Let one give way.", file=arguments.input.name)
        return failed(arguments, [finding], {"conflict": list(error.names)}, "infeasible")
    except EngineError as error:
        found = Finding("waste.mix-unknown", f"{error}.", "Check costs and limits.")
        return failed(arguments, [found])
    findings = _noted(problem, mix, arguments.input.name)
    if arguments.json:
        console.document(_document(problem, mix, findings))
    else:
        _say(problem, mix)
        console.tell(findings)
    return 0


def _noted(problem: Problem, mix: Mix, file: str) -> list[Finding]:
    found = []
    if mix.unknown:
        what = f"What these avoid elsewhere is unknown: {', '.join(mix.unknown)}."
        do = "Write 'avoided-kgco2e' to have it told; it never counts against a limit."
        found.append(Finding("waste.mix-avoided", what, do, "info", file))
    if not problem.routes:
        what = "No routes are given: transport is left out."
        do = "Write 'routes' to count it."
        found.append(Finding("waste.mix-transport", what, do, "info", file))
    return found


def _document(problem: Problem, mix: Mix, findings: list[Finding]) -> dict[str, Any]:
    stays = mix.stays(problem)
    return {
        "status": "ok",
        "flows": [
            {"from": arc.origin, "stream": arc.stream, "to": arc.to, "tonnes": much}
            for arc, much in zip(mix.arcs, mix.flow.tolist(), strict=True)
            if much > SMALL
        ],
        "facilities": [
            {
                "name": one.name,
                "kind": one.kind,
                "tonnes": mix.into(one.name),
                "capacity_t": one.capacity,
                "stays_t": stays[one.name],
            }
            for one in problem.facilities
        ],
        "cost_eur": {
            "total": mix.cost,
            "gate": mix.gate,
            "transport": mix.transport,
            "emission": mix.emission_cost,
        },
        "recycled_t": mix.recycled,
        "recycling_rate": _share(mix.recycled, problem),
        "landfilled_t": mix.landfilled,
        "landfill_share": _share(mix.landfilled, problem),
        "emitted_tco2e": spans(mix.emission),
        "avoided_tco2e": {**spans(mix.avoided), "unknown": list(mix.unknown)},
        "prices": [
            {"limit": one.limit, "eur": one.eur, "unit": one.unit, "words": one.words}
            for one in mix.prices
        ],
        "balance": {"in_t": problem.tonnes, "stays_t": sum(stays.values())},
        "findings": console.finding_rows(findings),
    }


def _share(much: float, problem: Problem) -> float | None:
    return much / problem.tonnes if problem.tonnes else None


def _say(problem: Problem, mix: Mix) -> None:
    number = console.number
    flows = [
        (arc.origin, arc.stream, arc.to, number(much))
        for arc, much in zip(mix.arcs, mix.flow.tolist(), strict=True)
        if much > SMALL
    ]
    console.table(("from", "what", "to", "t a year"), flows, "Flows", 1)
    places = [
        (one.name, one.kind, number(mix.into(one.name)), _most(one.capacity))
        for one in problem.facilities
    ]
    console.table(("facility", "kind", "t a year", "capacity"), places, "", 2)
    console.say(
        f"{number(mix.cost)} EUR a year: gates {number(mix.gate)}, transport "
        f"{number(mix.transport)}, CO2e {number(mix.emission_cost)}; "
        f"{_percent(mix.recycled, problem)} recycled, "
        f"{_percent(mix.landfilled, problem)} landfilled."
    )
    low, mid, high = mix.emission
    console.say(f"Emitted {number(mid)} t CO2e ({number(low)} – {number(high)}).")
    low, mid, high = mix.avoided
    told = f"{number(mid)} t CO2e ({number(low)} – {number(high)})"
    known = told if mid == mid else "unknown"
    console.say(f"Avoided elsewhere as far as known, not taken off: {known}.")
    for price in mix.prices:
        console.say(f"  {console.escape(price.words)}")


def _most(capacity: float) -> str:
    return console.number(capacity) if capacity != float("inf") else "–"


def _percent(much: float, problem: Problem) -> str:
    return f"{100 * much / problem.tonnes:.1f} %" if problem.tonnes else "unknown"
