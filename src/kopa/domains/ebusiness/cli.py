"""``kopa ebusiness``: by-products that others take."""

from __future__ import annotations

from typing import Any

PARTS: tuple[Any, ...] = ()


def register(jobs: Any) -> None:
    """Add the jobs to a parser.

    Parameters
    ----------
    jobs
        What ``ArgumentParser.add_subparsers`` gave.
    """
    for part in PARTS:
        part.register(jobs)
