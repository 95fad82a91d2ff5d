"""``kopa waste``: the rounds of a city, and jobs on files with no city around them."""

from __future__ import annotations

from typing import Any

from . import (
    cli_fill,
    cli_kerbside,
    cli_landfill,
    cli_mix,
    cli_proof,
    cli_report,
    cli_rounds,
    cli_sites,
    cli_solve,
)

PARTS = (
    cli_rounds, cli_kerbside, cli_fill, cli_proof, cli_mix, cli_landfill, cli_report, cli_sites,
    cli_solve,
)  # fmt: skip


def register(jobs: Any) -> None:
    """Add the jobs to a parser.

    Parameters
    ----------
    jobs
        What ``ArgumentParser.add_subparsers`` gave.
    """
    for part in PARTS:
        part.register(jobs)
