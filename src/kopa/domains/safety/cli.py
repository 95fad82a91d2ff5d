"""``kopa safety``: sites and coverage, incidents, street lights, safe ways."""

from __future__ import annotations

from typing import Any

from . import cli_coverage, cli_density, cli_lights, cli_route, cli_sites

PARTS = (cli_sites, cli_coverage, cli_density, cli_lights, cli_route)


def register(jobs: Any) -> None:
    """Add the jobs to a parser.

    Parameters
    ----------
    jobs
        What ``ArgumentParser.add_subparsers`` gave.
    """
    for part in PARTS:
        part.register(jobs)
