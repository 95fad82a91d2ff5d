"""``kopa health``: access to care, arrivals, queues, warnings, and the state of facilities."""

from __future__ import annotations

from typing import Any

from . import cli_access, cli_forecast, cli_queue, cli_status, cli_warnings


def register(jobs: Any) -> None:
    """Add the jobs to a parser.

    Parameters
    ----------
    jobs
        What ``ArgumentParser.add_subparsers`` gave.
    """
    for part in (cli_access, cli_forecast, cli_queue, cli_warnings, cli_status):
        part.register(jobs)
