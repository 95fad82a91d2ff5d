"""``kopa tourism``: routes for a day, and quiet hours."""

from __future__ import annotations

from typing import Any

from . import cli_quiet, cli_routes


def register(jobs: Any) -> None:
    """Add the jobs to a parser.

    Parameters
    ----------
    jobs
        What ``ArgumentParser.add_subparsers`` gave.
    """
    for part in (cli_routes, cli_quiet):
        part.register(jobs)
