"""``kopa safety coverage``: who is within reach of today's stations, before and after a flood."""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

from kopa import console
from kopa.errors import Finding, InputError

from .cli_common import HEADS, arguments_of, read_setting, said, site_rows, today, told


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("coverage", help="who is within reach, before and after a flood")
    arguments_of(job)
    job.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """The coverage; gives the exit code."""
    setting = read_setting(arguments)
    rows = np.flatnonzero(setting.problem.existing)
    file = str(arguments.input)
    if not len(rows):
        what, do = "no site is there today.", "Mark candidates as 'existing'."
        raise InputError([Finding("safety.case", what, do, file=file)])
    if not setting.problem.within >= 0:
        what, do = "there is no reach.", "Give 'within', or --within."
        raise InputError([Finding("safety.case", what, do, file=file)])
    if not setting.problem.weight.sum() > 0:
        what, do = "there is no demand.", "Give each point its 'weight'."
        raise InputError([Finding("safety.case", what, do, file=file)])
    free = setting.with_ways(closed=False, sites=rows)
    before = today(free)
    document: dict[str, Any] = {
        "status": "ok",
        "unit": free.unit,
        "within": free.within,
        "demand": float(free.weight.sum()),
        "sites": site_rows(free, before),
        "before": told(free, before),
        "after": None,
        "lost": None,
        "closed_streets": 0,
    }
    if setting.closed is not None:
        left = setting.with_ways(closed=True, sites=rows)
        was, still = (one.way.min(axis=1) <= free.within for one in (free, left))
        document |= {
            "after": told(left, today(left)),
            "lost": float(free.weight[was & ~still].sum()),
            "closed_streets": int(setting.closed.edges.sum()),
        }
    document["findings"] = console.finding_rows(setting.findings)
    if arguments.json:
        console.document(document)
        return 0
    shown = [said("today", document["before"], free.unit)]
    if document["after"]:
        shown.append(said("after", document["after"], free.unit))
    console.table(HEADS, shown, "Coverage", 5)
    if document["lost"] is not None:
        many = console.number(document["lost"])
        console.say(f"{document['closed_streets']} streets closed: {many} are no longer in reach.")
    console.tell(setting.findings)
    return 0
