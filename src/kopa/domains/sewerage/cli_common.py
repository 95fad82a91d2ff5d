"""What all jobs of ``kopa sewerage`` take, and how their documents begin."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from kopa.domain import Finding
from kopa.errors import InputError, UsageError
from kopa.model.window import duration, seconds

from .cases import Study, own_period
from .network import OUTFALL, Network
from .read_inp import read_inp

SHOWN = 15
"""So many rows a table for people has."""


def common(job: argparse.ArgumentParser) -> None:
    """Add what all jobs take."""
    job.add_argument("network", type=Path, metavar="NET.inp", help="network as SWMM INP")
    job.add_argument("--hours", type=float, help="length (default: to the end of the file)")
    job.add_argument("--at", metavar="HH:MM", help="begin, from midnight of the file's first day")
    job.add_argument("--step", default="5min", help="length of a step: 5min, 1h, 900s")
    job.add_argument("--plants", nargs="+", default=[], metavar="ID", help="treatment plants")
    job.add_argument("--overflows", nargs="+", default=[], metavar="ID",
                     help="nodes that flood into a water body")  # fmt: skip
    job.add_argument("--hotstart", type=Path, metavar="F", help="state to begin with")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")


def opened(arguments: argparse.Namespace) -> tuple[Study, list[Finding]]:
    """The network in the period that was asked for."""
    network, warnings = read_inp(arguments.network, arguments.plants, arguments.overflows)
    step = duration(arguments.step)
    if step % 60:
        raise UsageError("--step must be whole minutes")
    if arguments.hours is not None and not arguments.hours > 0:
        raise UsageError("--hours must be above 0")
    at = seconds(arguments.at) if arguments.at else None
    period = own_period(network, arguments.hours, at, step)
    return Study(network, period, step, _state(arguments.hotstart)), list(warnings)


def _state(path: Path | None) -> bytes | None:
    if path is None:
        return None
    try:
        raw = path.read_bytes()
    except OSError as error:
        what = f"the file cannot be read: {error.strerror}."
        raise InputError([Finding("sewerage.hotstart", what, "Check the path.",
                                  file=str(path))]) from None  # fmt: skip
    if not raw.startswith(b"SWMM5-HOTSTART"):
        do = "Make one with kopa sewerage run --save-hotstart."
        raise InputError([Finding("sewerage.hotstart", "this is no hot start of SWMM.", do,
                                  file=str(path))])  # fmt: skip
    return raw


def head(study: Study) -> dict[str, Any]:
    """How every document begins."""
    return {
        "file": str(study.network.source),
        "start": study.period.first.isoformat(sep=" "),
        "step_s": study.step,
        "steps": (study.period.end - study.period.begin) // study.step,
        "plants": [study.network.node_ids[row] for row in study.network.plants],
    }


def kind_of(network: Network, row: int) -> str:
    """What a place that spills is: it floods streets or runs into a water body."""
    return "outfall" if network.node_types[row] == OUTFALL else network.assets.kinds[row]
