"""``kopa waste fill``: how full containers will be, and which flow over when."""

from __future__ import annotations

import argparse
from datetime import timedelta
from typing import Any

import numpy as np

from kopa import console
from kopa.errors import Finding, InputError, UsageError
from kopa.model import FloatArray

from .city_files import Waste, arguments_of, read_waste
from .cli_common import failed

SHOWN = 25
MOST_DAYS = 28


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("fill", help="fill levels of a city's containers in the days to come")
    arguments_of(job)
    job.add_argument("--days", type=int, default=7, help="days to look ahead (default 7)")
    job.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Levels to come; gives the exit code."""
    if not 1 <= arguments.days <= MOST_DAYS:
        raise UsageError(f"--days must lie between 1 and {MOST_DAYS}")
    try:
        waste = read_waste(arguments, arguments.days)
    except InputError as error:
        return failed(arguments, error.findings)
    findings = [*waste.findings, *_unknown(waste)]
    order = _order(waste)
    if arguments.json:
        console.document(
            {
                "status": "partial" if np.isnan(waste.told.now).any() else "ok",
                "date": waste.date.isoformat(),
                "containers": [_row(waste, row) for row in order],
                "findings": console.finding_rows(findings),
            }
        )
    else:
        _say(waste, order)
        console.tell(findings)
    return 0


def _unknown(waste: Waste) -> list[Finding]:
    told, found = waste.told, []
    strange = int(np.isnan(told.mid[0]).sum())
    if strange:
        what = f"the level of {strange} containers is unknown."
        do = "Give kg_per_day, and fill, a round or a history."
        found.append(Finding("waste.no-level", what, do, "warning", values={"count": strange}))
    blind = int(np.isnan(told.risk[0]).sum())
    if blind:
        what = f"of {blind} containers too little of the past is known for a range."
        do = "Give --history with five weeks of levels at least."
        found.append(Finding("waste.no-range", what, do, "info", values={"count": blind}))
    return found


def _days(waste: Waste) -> list[str]:
    many = len(waste.told.mid)
    return [(waste.date + timedelta(days=ahead)).isoformat() for ahead in range(many)]


def _full_on(waste: Waste, row: int) -> str | None:
    """The day by whose end a container is full."""
    late = np.flatnonzero(waste.told.mid[:, row] > 1)
    return _days(waste)[int(late[0])] if len(late) else None


def _order(waste: Waste) -> list[int]:
    """Those that flow over first come first."""
    ahead = len(waste.told.mid)
    late = np.where(waste.told.mid > 1, np.arange(ahead)[:, None], ahead).min(axis=0)
    last = np.nan_to_num(waste.told.mid[-1], nan=-1.0)
    return [int(row) for row in np.lexsort((-last, late))]


def _row(waste: Waste, row: int) -> dict[str, Any]:
    some, told = waste.network.containers, waste.told

    def series(values: FloatArray) -> list[float]:
        return [round(value, 4) for value in values[:, row].tolist()]

    return {
        "id": some.ids[row],
        "stream": some.streams[row],
        "site": waste.network.site_ids[int(some.site[row])],
        "now": round(float(told.now[row]), 4),
        "low": series(told.low),
        "mid": series(told.mid),
        "high": series(told.high),
        "overflow_probability": series(told.risk),
        "full_on": _full_on(waste, row),
        "learned": bool(told.learned[row]),
    }


def _say(waste: Waste, order: list[int]) -> None:
    told, some = waste.told, waste.network.containers
    cells = []
    for row in order[:SHOWN]:
        low, high = told.low[-1, row], told.high[-1, row]
        span = "" if np.isnan(low) else f"{low * 100:.0f} – {high * 100:.0f}"
        risk = told.risk[:, row]
        cells.append(
            (
                some.ids[row],
                some.streams[row],
                f"{told.now[row] * 100:.0f}",
                console.spark(told.mid[:, row].tolist(), 28),
                f"{told.mid[-1, row] * 100:.0f}",
                span,
                _full_on(waste, row) or "",
                "" if np.isnan(risk[-1]) else f"{risk[-1] * 100:.0f}",
            )
        )
    heads = ("container", "stream", "% now", "days", "% then", "range", "full on", "% risk")
    console.table(heads, cells)
    if len(order) > SHOWN:
        console.say(f"{len(order)} containers in all: --json gives them")
