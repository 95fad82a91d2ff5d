"""``kopa waste``: jobs on files of waste, with no city around them."""

from __future__ import annotations

from typing import Any

from kopa.domains.waste import cli_landfill, cli_mix, cli_report, cli_sites


def register(jobs: Any) -> None:
    """Add the jobs to a parser.

    Parameters
    ----------
    jobs
        What ``ArgumentParser.add_subparsers`` gave.
    """
    cli_landfill.register(jobs)
    cli_mix.register(jobs)
    cli_report.register(jobs)
    cli_sites.register(jobs)
