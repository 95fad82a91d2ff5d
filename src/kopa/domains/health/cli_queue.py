"""``kopa health queue``: waits and the staff for a target, exact in balance, simulated else."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import Any

import numpy as np

from kopa import console
from kopa.domain.rows import Rows
from kopa.errors import EngineError, Finding, InputError, UsageError

from .capability import PACKAGE
from .cli_common import failed, whole, within
from .engine_ciw import HOURS, Patients, Waits, simulate
from .erlang import Queue, erlang_b, queue, staff

MOST_LEFT = 0.05
"""Share of a class that may still wait at the end, and is not told."""


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("queue", help="waits by Erlang and simulation, staff for a target")
    job.add_argument(
        "classes", nargs="?", type=Path, metavar="CLASSES.csv",
        help="class,priority,from_hour,to_hour,per_hour,minutes: simulated through a day",
    )  # fmt: skip
    rate = within(0, 10_000)
    job.add_argument("--per-hour", type=rate, help="arrivals an hour, without CLASSES.csv")
    job.add_argument("--minutes", type=within(0.1, 1440), help="mean time that one takes")
    job.add_argument(
        "--servers", metavar="N[,N…]", help="staff, or 24 numbers by hour; default: as the target"
    )
    job.add_argument("--within", type=within(0, 1440), default=10.0, help="longest wait, min (10)")
    job.add_argument(
        "--share", type=within(0, 0.9999), default=0.9, help="of arrivals that wait no longer (0.9)"
    )
    job.add_argument("--simulate", action="store_true", help="simulate --per-hour as well")
    job.add_argument("--days", type=whole(2, 3650), default=60, help="simulated (60)")
    job.add_argument("--seed", type=whole(0, 2**31 - 1), default=1, help="of the simulation (1)")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Answer the job; gives the exit code."""
    if (arguments.classes is None) == (arguments.per_hour is None):
        raise UsageError("give CLASSES.csv, or --per-hour and --minutes")
    if arguments.per_hour is not None and arguments.minutes is None:
        raise UsageError("--per-hour needs --minutes")
    try:
        patients = _patients(arguments)
    except InputError as error:
        return failed(arguments, error.findings)
    hours = _hours(arguments, patients)
    servers = _servers(arguments, hours)
    now = [
        queue(per_hour, minutes, many, arguments.within)
        for (per_hour, minutes, _), many in zip(hours, servers, strict=True)
    ]
    findings = _noted(arguments, patients, now)
    waits: tuple[Waits, ...] | None = None
    if arguments.classes is not None or arguments.simulate:
        try:
            waits = simulate(patients, servers, arguments.days, arguments.seed, arguments.within)
        except EngineError as error:
            what = f"the simulation gave nothing: {error}."
            return failed(arguments, [Finding("health.queue-engine", what, "Give less load.")])
        findings += _left(waits)
    _tell(arguments, hours, now, waits, findings)
    return 0


Hour = tuple[float, float, Queue]
"""Arrivals an hour, their mean time, and the queue with the staff that the target needs."""


def _patients(arguments: argparse.Namespace) -> tuple[Patients, ...]:
    if arguments.classes is None:
        rate = np.full(HOURS, arguments.per_hour)
        return (Patients("all", 1, rate, arguments.minutes),)
    rows = Rows(arguments.classes, PACKAGE, "queue", "health")
    found: dict[str, Patients] = {}
    for row in rows.lines():
        name, place = row["class"], row["place"]
        low, high = row["from_hour"], row["to_hour"]
        if low % 1 > 0 or high % 1 > 0 or not low < high:
            what = f"its hours are {low:g} to {high:g}."
            rows.tell("hours", place, what, "Write whole hours, from before to.")
            continue
        if row["priority"] % 1 > 0:
            rows.tell("value", place, f"priority is {row['priority']:g}.", "Write a whole number.")
        before = found.get(name)
        if before and (before.priority, before.minutes) != (row["priority"], row["minutes"]):
            what = f"{name} has another priority or time in a line before."
            rows.tell("class", place, what, "Write the same in each line of a class.")
            continue
        rate = before.per_hour if before else np.zeros(HOURS)
        rate[int(low) : int(high)] += row["per_hour"]
        if not math.isnan(row["priority"]):
            found[name] = Patients(name, int(row["priority"]), rate, row["minutes"])
    if not found and not rows.findings:
        rows.tell("empty", "", "there is no class.", "Write a line for each.")
    if not rows.findings and not sum(one.per_hour.sum() for one in found.values()) > 0:
        rows.tell("empty", "", "nobody arrives.", "Give per_hour above 0.")
    rows.finish()
    return tuple(sorted(found.values(), key=lambda one: (one.priority, one.name)))


def _hours(arguments: argparse.Namespace, patients: tuple[Patients, ...]) -> list[Hour]:
    """Each hour as if it went on for ever."""
    found = []
    for hour in range(HOURS):
        per_hour = sum(float(one.per_hour[hour]) for one in patients)
        work = sum(float(one.per_hour[hour]) * one.minutes for one in patients)
        minutes = work / per_hour if per_hour > 0 else patients[0].minutes
        need = staff(per_hour, minutes, arguments.within, arguments.share)
        found.append((per_hour, minutes, need))
    return found


def _servers(arguments: argparse.Namespace, hours: list[Hour]) -> list[int]:
    if arguments.servers is None:
        return [need.servers for _, _, need in hours]
    words = arguments.servers.split(",")
    if not all(word.strip().isdecimal() for word in words) or len(words) not in (1, HOURS):
        raise UsageError("--servers: write one whole number, or 24 by hour: 5 or 3,3,2,…")
    found = [int(word) for word in words]
    if max(found) > 10_000 or max(found) < 1:
        raise UsageError("--servers: write 1 to 10000")
    return found * HOURS if len(found) == 1 else found


def _noted(
    arguments: argparse.Namespace, patients: tuple[Patients, ...], now: list[Queue]
) -> list[Finding]:
    found = []
    full = [hour for hour, one in enumerate(now) if math.isinf(one.mean_min)]
    if full:
        what = f"in {len(full)} hours of the day more arrives than the staff can work off"
        what += f", first at {full[0]:02d}:00: the line grows."
        do = "Add staff; the simulation says what is left over when fewer come."
        found.append(Finding("health.queue-full", what, do, "warning"))
    if len({one.minutes for one in patients}) > 1:
        what = "classes take different times: Erlang takes their mean for each hour."
        found.append(Finding("health.queue-mixed", what, "Go by the simulation.", "info"))
    return found


def _left(waits: tuple[Waits, ...]) -> list[Finding]:
    """Classes of which many are never treated: waits of those who are say too little."""
    found = []
    for one in waits:
        if one.left > MOST_LEFT * (one.served + one.left) and one.left > 1:
            what = f"{one.left} of {one.name} still wait at the end, {one.served} were treated: "
            what += "the waits that are told are those of the treated alone."
            found.append(Finding("health.queue-left", what, "Add staff.", "warning"))
    return found


def _tell(
    arguments: argparse.Namespace,
    hours: list[Hour],
    now: list[Queue],
    waits: tuple[Waits, ...] | None,
    findings: list[Finding],
) -> None:
    steady = arguments.classes is None and "," not in (arguments.servers or "")
    rows = list(enumerate(zip(hours, now, strict=True)))[: 1 if steady else HOURS]
    if not arguments.json:
        _say(arguments, [(hour, *pair) for hour, pair in rows], waits, steady)
        console.tell(findings)
        return
    console.document(
        {
            "status": "ok",
            "target": {"within_min": arguments.within, "share": arguments.share},
            "hours": [
                {
                    "hour": None if steady else hour,
                    "per_hour": per_hour,
                    "minutes": minutes,
                    "load": one.load,
                    "servers": one.servers,
                    "busy": one.busy,
                    "erlang_b": erlang_b(one.load, one.servers),
                    "erlang_c": one.waits,
                    "mean_wait_min": one.mean_min,
                    "within": one.within,
                    "staff": need.servers,
                }
                for hour, ((per_hour, minutes, need), one) in rows
            ],
            "simulated": None
            if waits is None
            else [
                {
                    "class": one.name,
                    "priority": one.priority,
                    "served": one.served,
                    "mean_wait_min": one.mean_min,
                    "p90_wait_min": one.p90_min,
                    "within": one.within,
                }
                for one in waits
            ],
            "findings": console.finding_rows(findings),
        }
    )


def _say(
    arguments: argparse.Namespace,
    rows: list[tuple[int, Hour, Queue]],
    waits: tuple[Waits, ...] | None,
    steady: bool,
) -> None:
    number = console.number
    cells = [
        (
            "all" if steady else f"{hour:02d}:00",
            number(per_hour),
            number(one.load),
            str(one.servers),
            number(one.waits),
            number(one.mean_min),
            number(one.within),
            str(need.servers),
        )
        for hour, (per_hour, _, need), one in rows
    ]
    within_text = f"within {arguments.within:g} min"
    heads = ("hour", "per hour", "load", "staff", "waits", "mean wait, min", within_text, "needed")
    console.table(heads, cells, "In balance (Erlang C)", 7)
    if waits is None:
        return
    told = [
        (
            one.name,
            str(one.priority),
            str(one.served),
            number(one.mean_min),
            number(one.p90_min),
            number(one.within),
        )
        for one in waits
    ]
    columns = ("class", "priority", "served", "mean wait, min", "90 % wait at most", within_text)
    console.table(columns, told, f"Simulated, {arguments.days} days", 5)
