"""What the jobs on a grid share."""

from __future__ import annotations

import argparse
import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from kopa import console
from kopa.domains.energy.domain import Energy
from kopa.domains.energy.limits import Limits
from kopa.domains.energy.read_pandapower import read
from kopa.errors import Finding, InputError, UsageError


def grid_of(arguments: argparse.Namespace) -> tuple[Energy, list[Finding]] | None:
    """The grid of a command, and what its reader says of it; None after telling what is wrong."""
    try:
        network, warnings = read(arguments.grid)
    except InputError as error:
        failed(arguments, error.findings)
        return None
    return Energy(network), list(warnings)


def failed(
    arguments: argparse.Namespace,
    findings: Sequence[Finding],
    more: Mapping[str, Any] = MappingProxyType({}),
) -> int:
    """Tell that there is no answer; gives the exit code."""
    if arguments.json:
        rows = console.finding_rows(findings)
        console.document({"status": "unknown", **more, "findings": rows})
    else:
        console.tell(findings)
    return 1


def not_solved(reason: str) -> Finding:
    """A power flow that has no answer."""
    return Finding("energy.not-converged", reason, "Check ratings, impedances and loads.")


def add_limits(job: argparse.ArgumentParser) -> None:
    """Let a job be told limits of voltage and loading."""
    usual = Limits()
    for name, value, text in (
        ("min-voltage", usual.low, "lowest voltage, p.u."),
        ("max-voltage", usual.high, "highest voltage, p.u."),
        ("max-loading", usual.loading, "of lines and transformers, %%"),
    ):
        job.add_argument(
            f"--{name}", type=positive, default=value, metavar="X", help=f"{text} ({value:g})"
        )


def limits_of(arguments: argparse.Namespace) -> Limits:
    """The limits of a command."""
    if arguments.min_voltage >= arguments.max_voltage:
        raise UsageError("--min-voltage must be below --max-voltage")
    return Limits(arguments.min_voltage, arguments.max_voltage, arguments.max_loading)


def limits_document(limits: Limits) -> dict[str, Any]:
    """Limits in a document."""
    return {
        "min_voltage_pu": limits.low,
        "max_voltage_pu": limits.high,
        "max_loading_percent": limits.loading,
    }


def positive(text: str) -> float:
    """A number above 0."""
    value = float(text)
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError("must be above 0")
    return value
