"""``kopa egov``: the desk of requests, participatory budgets, indicators."""

from __future__ import annotations

from typing import Any

from . import cli_budget, cli_desk, cli_indicators

PARTS = (cli_desk, cli_budget, cli_indicators)


def register(jobs: Any) -> None:
    """Add the jobs to a parser.

    Parameters
    ----------
    jobs
        What ``ArgumentParser.add_subparsers`` gave.
    """
    for part in PARTS:
        part.register(jobs)
