"""``kopa transport``: closures, assignment, matrices and isochrones, with no city around."""

from __future__ import annotations

from typing import Any


def register(jobs: Any) -> None:
    """Add the jobs to a parser.

    Parameters
    ----------
    jobs
        What ``ArgumentParser.add_subparsers`` gave.
    """
    from . import cli_assign, cli_closure, cli_streets

    for part in (cli_closure, cli_assign, cli_streets):
        part.register(jobs)
