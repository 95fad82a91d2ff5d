"""What the jobs on a grid share."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from kopa import console
from kopa.domains.energy.domain import Energy
from kopa.domains.energy.read_pandapower import read
from kopa.errors import Finding, InputError


def grid_of(arguments: argparse.Namespace) -> tuple[Energy, list[Finding]] | None:
    """The grid of a command, and what its reader says of it; None after telling what is wrong."""
    try:
        network, warnings = read(arguments.grid)
    except InputError as error:
        failed(arguments, error.findings)
        return None
    return Energy(network), list(warnings)


def failed(arguments: argparse.Namespace, findings: Sequence[Finding]) -> int:
    """Tell that there is no answer; gives the exit code."""
    if arguments.json:
        console.document({"status": "unknown", "findings": console.finding_rows(findings)})
    else:
        console.tell(findings)
    return 1


def not_solved(reason: str) -> Finding:
    """A power flow that has no answer."""
    return Finding("energy.not-converged", reason, "Check ratings, impedances and loads.")
