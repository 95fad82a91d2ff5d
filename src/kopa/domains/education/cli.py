"""``kopa education``: forecast of children, fair assignment, closures, ways to school."""

from __future__ import annotations

from typing import Any

from . import cli_assign, cli_closures, cli_forecast, cli_kept, cli_route


def register(jobs: Any) -> None:
    """Add the jobs to a parser.

    Parameters
    ----------
    jobs
        What ``ArgumentParser.add_subparsers`` gave.
    """
    for part in (cli_forecast, cli_assign, cli_kept, cli_closures, cli_route):
        part.register(jobs)
