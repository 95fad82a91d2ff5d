"""``kopa emergency``: dispatch of units, evacuation, water and power points."""

from __future__ import annotations

from typing import Any

from . import cli_dispatch, cli_evacuate, cli_points

PARTS = (cli_dispatch, cli_evacuate, cli_points)


def register(jobs: Any) -> None:
    """Add the jobs to a parser.

    Parameters
    ----------
    jobs
        What ``ArgumentParser.add_subparsers`` gave.
    """
    for part in PARTS:
        part.register(jobs)
