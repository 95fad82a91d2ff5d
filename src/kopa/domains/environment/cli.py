"""``kopa environment``: rivers, air, plumes and hydraulic structures, with no city around."""

from __future__ import annotations

from typing import Any


def register(jobs: Any) -> None:
    """Add the jobs to a parser.

    Parameters
    ----------
    jobs
        What ``ArgumentParser.add_subparsers`` gave.
    """
    from . import cli_air, cli_design, cli_plume, cli_river

    for part in (cli_river, cli_air, cli_plume, cli_design):
        part.register(jobs)
