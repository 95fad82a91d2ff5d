"""``kopa sewerage forecast`` and ``control``: what rain forecasts spill, and gates against it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from kopa import console
from kopa.domain import Finding
from kopa.errors import UsageError
from kopa.model.window import clock, duration

from .cases import Forecast, Study, forecast
from .cli_common import SHOWN, common, head, kind_of, opened
from .control import Controlled, Search, control, movable
from .read_rain import read_rain

_LOW, _MIDDLE, _HIGH = 10, 50, 90


def register(jobs: Any) -> None:
    """Add the jobs to a parser."""
    ahead = jobs.add_parser("forecast", help="probability and volume of overflows")
    common(ahead)
    ahead.add_argument("--rain-ensemble", required=True, metavar="F",
                       help="CSV member,time,mm/h")  # fmt: skip
    ahead.add_argument("--least", type=float, default=1.0, metavar="M3",
                       help="less is no spill, m³ (default 1)")  # fmt: skip
    ahead.set_defaults(run=run_forecast)
    gates = jobs.add_parser("control", help="a plan of gates and pumps that spills less")
    common(gates)
    gates.add_argument("--rain", default="", metavar="F",
                       help="rain, or its ensemble (default: the file's own)")  # fmt: skip
    gates.add_argument("--gates", nargs="+", default=[], metavar="ID",
                       help="what may be set (default: pumps, orifices, outlets)")  # fmt: skip
    gates.add_argument("--block", default="1h", help="a setting holds so long")
    gates.add_argument("--seconds", type=float, default=60.0, help="time to search, s")
    gates.add_argument("--plan", type=Path, metavar="F", help="write the plan as SWMM rules")
    gates.set_defaults(run=run_control)


def run_forecast(arguments: argparse.Namespace) -> int:
    """Probability and volume of each spill; gives the exit code."""
    study, findings = opened(arguments)
    members = read_rain(arguments.rain_ensemble, study.period.begin, study.period.end)
    with console.progress("members", len(members), quiet=arguments.json) as advance:
        found = forecast(study, members, advance)
    if arguments.hotstart is None:
        findings.append(
            Finding("sewerage.cold", "no hot start is given: the run begins as the file says.",
                    "Make one with kopa sewerage run --save-hotstart.", "info",
                    str(study.network.source))
        )  # fmt: skip
    findings += [
        Finding("sewerage.member", f"member {row + 1} has no answer: {why}.",
                "The probability is a range that holds whatever it would spill.", "warning")
        for row, why in found.unknown.items()
    ]  # fmt: skip
    points = _points(study, found, arguments.least)
    if arguments.json:
        console.document(head(study) | {
            "status": "partial" if found.unknown else "ok",
            "members": len(members),
            "least_m3": arguments.least,
            "points": points,
            "findings": console.finding_rows(findings),
        })  # fmt: skip
        return 0 if found.known.any() else 1
    console.tell(findings)
    number = console.number
    rows = [
        (
            point["id"],
            point["kind"],
            _share(point["probability"], point["probability_most"]),
            *(f"{number(point[key])} m³" for key in ("mean_m3", "p10_m3", "p50_m3", "p90_m3")),
        )
        for point in points[:SHOWN]
    ]
    console.say(f"{len(members)} members; {len(points)} places spill in one or more.")
    if rows:
        names = ("place", "", "probability", "mean", "10 %", "50 %", "90 %")
        console.table(names, rows, numbers=5)
    return 0 if found.known.any() else 1


def _share(low: float, high: float) -> str:
    return f"{100 * low:.0f} %" if low == high else f"{100 * low:.0f}-{100 * high:.0f} %"


def _points(study: Study, found: Forecast, least: float) -> list[dict[str, Any]]:
    """Places that spill in some member, the likeliest first."""
    if not found.known.any():
        return []
    network, known = study.network, found.volumes[found.known]
    low, high = found.probability(least)
    p10, p50, p90 = np.percentile(known, (_LOW, _MIDDLE, _HIGH), axis=0)
    rows = [row for row in range(len(network.node_ids)) if low[row] > 0]
    rows.sort(key=lambda row: (-low[row], -known[:, row].mean()))
    return [
        {
            "id": network.node_ids[row],
            "kind": kind_of(network, row),
            "probability": low[row],
            "probability_most": high[row],
            "mean_m3": known[:, row].mean(),
            "p10_m3": p10[row],
            "p50_m3": p50[row],
            "p90_m3": p90[row],
            "most_m3": known[:, row].max(),
        }
        for row in rows
    ]


def run_control(arguments: argparse.Namespace) -> int:
    """A plan, and what it saves against the file's own rules; gives the exit code."""
    study, findings = opened(arguments)
    network, period = study.network, study.period
    rain = read_rain(arguments.rain, period.begin, period.end) if arguments.rain else []
    names = {name: link for link, name in enumerate(network.link_ids)}
    allowed = set(movable(network))
    for name in arguments.gates:
        if names.get(name) not in allowed:
            raise UsageError(f"'{name}' is no pump, orifice or outlet of {arguments.network}")
    links = [names[name] for name in arguments.gates] or sorted(allowed)
    if not links:
        raise UsageError(f"{arguments.network} has no pump, orifice or outlet to set")
    search = Search(block=duration(arguments.block), seconds=arguments.seconds)
    blocks = 1 + -(-(period.end - period.begin) // search.block)
    with console.progress("settings", blocks * len(links), quiet=arguments.json) as advance:
        found = control(study, links, search, rain, advance)
    if not found.complete:
        what = f"{arguments.seconds:g} s were over before all settings were tried."
        findings.append(
            Finding("sewerage.search", what, "Give more --seconds, or longer --block.", "info")
        )
    rules = plan_rules(study, found)
    if arguments.plan is not None:
        arguments.plan.write_text("\n".join(rules) + "\n", encoding="utf-8")
    if arguments.json:
        console.document(head(study) | _control_document(study, found, findings))
    else:
        _tell_control(study, found, findings)
    return 0


def plan_rules(study: Study, found: Controlled) -> list[str]:
    """The plan as rules of SWMM: what a run with it has."""
    from .control import disturbances
    from .edits import rules_of

    period = study.period
    happens = disturbances(found.moves, study.network)
    return rules_of(study.network, happens, period.begin)


def _control_document(study: Study, found: Controlled, findings: list[Finding]) -> dict[str, Any]:
    network = study.network
    return {
        "status": "ok",
        "fallback_spilled_m3": found.fallback.sum(),
        "planned_spilled_m3": found.planned.sum(),
        "saved_m3": found.saved_m3,
        "runs": found.runs,
        "complete": found.complete,
        "moves": [
            {
                "id": network.link_ids[move.link],
                "from": clock(move.start),
                "to": clock(move.end),
                "setting": move.setting,
            }
            for move in found.moves
        ],
        "points": [
            {
                "id": network.node_ids[row],
                "kind": kind_of(network, row),
                "fallback_m3": found.fallback[row],
                "planned_m3": found.planned[row],
            }
            for row in map(int, np.flatnonzero((found.fallback > 0) | (found.planned > 0)))
        ],
        "findings": console.finding_rows(findings),
    }


def _tell_control(study: Study, found: Controlled, findings: list[Finding]) -> None:
    console.tell(findings)
    number, network = console.number, study.network
    before, after = float(found.fallback.sum()), float(found.planned.sum())
    if not found.moves:
        console.say(f"The file's own rules stay: {number(before)} m³ spill, and nothing that was "
                    f"tried in {found.runs} runs spills less.")  # fmt: skip
        return
    console.say(
        f"{number(before)} m³ spill by the file's own rules, {number(after)} m³ by this plan: "
        f"{number(found.saved_m3)} m³ saved ({found.runs} runs). Without the plan, or after it, "
        "the file's own rules hold."
    )
    rows = [
        (network.link_ids[move.link], f"{clock(move.start)}-{clock(move.end)}",
         f"{move.setting:.2f}")
        for move in found.moves
    ]  # fmt: skip
    console.table(("gate or pump", "from-to", "open"), rows, numbers=1)
