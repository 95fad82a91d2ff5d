"""``kopa sewerage``: an INP file run, screened, forecast and controlled, with no city around it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from kopa import console
from kopa.domain import Finding, checked, parse_change
from kopa.errors import EngineError, UsageError
from kopa.model.window import clock

from . import cli_ahead
from .cases import Case, Study, elements, outage, spilled
from .cli_common import SHOWN, common, head, opened
from .domain import KINDS
from .hydraulics import Run
from .network import Network
from .plan import Plan, plan
from .read_rain import read_rain
from .workers import Workers


def register(jobs: Any) -> None:
    """Add the jobs to a parser.

    Parameters
    ----------
    jobs
        What ``ArgumentParser.add_subparsers`` gave.
    """
    one = jobs.add_parser("run", help="what floods, overflows and reaches the plant")
    common(one)
    one.add_argument("--rain", default="", metavar="F", help="rain: CSV time,mm/h, or 12mm/h")
    one.add_argument(
        "--change",
        action="append",
        default=[],
        metavar="TEXT",
        help="'PU1 off 08:00-14:00', 'network rain 40mm/h 08:00-09:00'; may be given again",
    )
    one.add_argument("--save-hotstart", type=Path, metavar="F", help="keep the state at the end")
    one.set_defaults(run=run)
    many = jobs.add_parser("screen", help="pumps, gates and outfalls out, one at a time (N-1)")
    common(many)
    many.add_argument("--conduits", action="store_true", help="and every conduit blocked")
    many.add_argument("--rain", default="", metavar="F", help="rain: CSV time,mm/h, or 12mm/h")
    many.add_argument("--workers", type=int, default=0, help="processes (default: one a core)")
    many.set_defaults(run=screen)
    cli_ahead.register(jobs)


def run(arguments: argparse.Namespace) -> int:
    """What happens in the period; gives the exit code."""
    study, findings = opened(arguments)
    happens = changes(arguments.change, study)
    case = Case(happens.disturbances, *one_rain(arguments.rain, study))
    try:
        found = study.run(case, keep=arguments.save_hotstart is not None)
    except EngineError as error:
        findings.append(no_answer(study.network, str(error)))
        if arguments.json:
            console.document({**head(study), "status": "unknown",
                              "findings": console.finding_rows(findings)})  # fmt: skip
        else:
            console.tell(findings)
            console.say("There is no answer.")
        return 1
    if arguments.save_hotstart is not None and found.hotstart is not None:
        arguments.save_hotstart.write_bytes(found.hotstart)
    if arguments.json:
        console.document(_run_document(study, found, findings))
    else:
        _tell_run(study, found, findings)
    return 0


def changes(texts: list[str], study: Study) -> Plan:
    """Changes of the command line; their domain may be left out here."""
    from kopa.model import Window

    period = study.period
    steps = (period.end - period.begin) // study.step
    window = Window(period.begin, study.step, steps)
    assets = study.network.assets
    made = [
        checked(parse_change(text if text.startswith("sewerage:") else f"sewerage:{text}"),
                assets, KINDS)
        for text in texts
    ]  # fmt: skip
    return plan(study.network, window, made, None)


def one_rain(text: str, study: Study) -> tuple[Any, int]:
    """Rain of the command line, None for the file's own; and the time between its values, s."""
    if not text:
        return None, 300
    members = read_rain(text, study.period.begin, study.period.end)
    if len(members) != 1:
        raise UsageError(f"{text} has {len(members)} members: use kopa sewerage forecast")
    return members[0]


def no_answer(network: Network, why: str) -> Finding:
    """A finding for a run without an answer."""
    do = "Shorten ROUTING_STEP in [OPTIONS], or look at what SWMM names."
    return Finding("sewerage.no-answer", f"{why}.", do, "warning", str(network.source))


def _run_document(study: Study, found: Run, findings: list[Finding]) -> dict[str, Any]:
    network, balance = study.network, found.balance
    hours = (found.flooding > 0).sum(axis=0) * study.step / 3600
    flow = np.round(1e3 * found.inflow, 3)
    return head(study) | {
        "status": "ok",
        "findings": console.finding_rows(findings),
        "totals": {
            "spilled_m3": spilled(network, found, study.period, study.step).sum(),
            "flooded_m3": found.flooded.sum(),
            "plant_inflow_m3": found.inflow[:, network.plants].sum() * study.step,
            "pump_energy_kwh": found.energy.sum(),
        },
        "balance": {
            "supplied_m3": balance.supplied,
            "used_m3": balance.used,
            "lost_m3": balance.lost,
            "stored_m3": balance.stored,
            "residual_m3": balance.residual,
            "runoff_error_percent": found.errors[0],
            "routing_error_percent": found.errors[1],
        },
        "nodes": [
            {
                "id": network.node_ids[row],
                "flooded_m3": found.flooded[row],
                "flooded_h": hours[row],
                "depth_m": found.depth[:, row].max(),
                "flood_l_s": np.round(1e3 * found.flooding[:, row], 3),
            }
            for row in np.flatnonzero(found.flooded > 0)
        ],
        "outfalls": [
            {
                "id": network.node_ids[row],
                "plant": bool(row in network.plants),
                "volume_m3": found.inflow[:, row].sum() * study.step,
                "peak_l_s": flow[:, row].max(),
                "flow_l_s": flow[:, row],
            }
            for row in network.outfalls
        ],
        "pumps": [
            {"id": network.link_ids[link], "energy_kwh": found.energy[link]}
            for link in network.pumps
        ],
    }


_BARS = " ▁▂▃▄▅▆▇█"


def bars(values: np.ndarray, width: int = 48) -> str:
    """A small picture of a series, its greatest value a whole block."""
    if len(values) == 0 or values.max() <= 0:
        return ""
    parts = np.array_split(values, min(width, len(values)))
    tops = np.array([part.max() for part in parts]) / values.max()
    return "".join(_BARS[int(np.ceil(top * (len(_BARS) - 1)))] for top in tops)


def _tell_run(study: Study, found: Run, findings: list[Finding]) -> None:
    console.tell(findings)
    network, number = study.network, console.number
    volume = found.inflow.sum(axis=0) * study.step
    console.say(
        f"{number(found.balance.supplied)} m³ in, {number(volume[network.plants].sum())} m³ to "
        f"treatment, {number(found.flooded.sum())} m³ flooded; pumps drew "
        f"{number(found.energy.sum())} kWh. Continuity errors: runoff {found.errors[0]:.2f} %, "
        f"routing {found.errors[1]:.2f} %."
    )
    if not len(found.inflow):
        return
    rows = [
        (
            network.node_ids[row],
            "plant" if row in network.plants else "outfall",
            bars(found.inflow[:, row]),
            f"{number(volume[row])} m³",
            f"{number(1e3 * found.inflow[:, row].max())} L/s",
        )
        for row in sorted(network.outfalls.tolist(), key=lambda r: -volume[r])[:SHOWN]
    ]
    if rows:
        console.table(("outfall", "", "flow", "volume", "peak"), rows, numbers=2)
    wet = [int(row) for row in np.argsort(-found.flooded, kind="stable") if found.flooded[row] > 0]
    rows = [
        (
            network.node_ids[row],
            bars(found.flooding[:, row]),
            f"{number(found.flooded[row])} m³",
            f"{number((found.flooding[:, row] > 0).sum() * study.step / 3600)} h",
            f"{number(found.depth[:, row].max())} m",
        )
        for row in wet[:SHOWN]
    ]
    if rows:
        console.table(("node", "flooding", "volume", "for", "greatest depth"), rows,
                      f"{len(wet)} nodes flood", numbers=3)  # fmt: skip


def screen(arguments: argparse.Namespace) -> int:
    """N-1 of pumps, gates, outfalls and conduits; gives the exit code."""
    study, findings = opened(arguments)
    network = study.network
    rows = elements(network, arguments.conduits)
    rain = one_rain(arguments.rain, study)
    cases = [Case((), *rain)]
    cases += [Case(outage(network, row, study.period).disturbances, *rain) for row in rows]
    pool = Workers(arguments.workers) if arguments.workers else None
    with console.progress("elements", len(cases), quiet=arguments.json) as advance:
        found = study.spills(cases, advance, pool)
    if pool is not None:
        pool.close()
    usual, others = found[0], found[1:]
    if isinstance(usual, str):
        raise EngineError(f"SWMM gives no answer without an outage: {usual}")
    table = [
        (network.assets.ids[row], network.assets.kinds[row], one)
        for row, one in zip(rows, others, strict=True)
    ]
    before = float(usual.sum())
    if arguments.json:
        console.document(head(study) | {
            "status": "partial" if any(isinstance(one, str) for *_, one in table) else "ok",
            "baseline_spilled_m3": before,
            "elements": [
                {
                    "id": name,
                    "kind": kind,
                    "status": "unknown" if isinstance(one, str) else "ok",
                    "why": one if isinstance(one, str) else "",
                    "spilled_m3": None if isinstance(one, str) else one.sum(),
                    "extra_m3": None if isinstance(one, str) else one.sum() - before,
                }
                for name, kind, one in table
            ],
            "findings": console.finding_rows(findings),
        })  # fmt: skip
        return 0
    console.tell(findings)
    number = console.number
    known = [(name, kind, one) for name, kind, one in table if not isinstance(one, str)]
    lost = [name for name, _, one in table if isinstance(one, str)]
    console.say(
        f"{len(table)} elements out one at a time, {clock(study.period.begin)}"
        f"-{clock(study.period.end)}; {number(before)} m³ spill without any outage."
    )
    if lost:
        console.say(f"No answer for {len(lost)}: {', '.join(lost[:SHOWN])}.")
    known.sort(key=lambda one: -float(one[2].sum()))
    shown = [
        (name, kind, f"{number(one.sum())} m³", f"{number(one.sum() - before)} m³")
        for name, kind, one in known[:SHOWN]
    ]
    if shown:
        console.table(("element", "", "spilled", "more than before"), shown, numbers=2)
    return 0
