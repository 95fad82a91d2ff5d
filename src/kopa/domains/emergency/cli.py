"""``kopa emergency``: who is cut off, alerts, dispatch, evacuation, relief points."""

from __future__ import annotations

from typing import Any

from . import (
    cli_alert,
    cli_area,
    cli_dispatch,
    cli_evacuate,
    cli_feed,
    cli_log,
    cli_points,
    cli_verify,
)

PARTS = (
    cli_area, cli_alert, cli_verify, cli_feed, cli_log, cli_dispatch, cli_evacuate, cli_points,
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
