"""``kopa buildings``: measured data of buildings, with no city around."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from . import cli_faults


def register(jobs: Any) -> None:
    """Add the jobs to a parser.

    Parameters
    ----------
    jobs
        What ``ArgumentParser.add_subparsers`` gave.
    """
    job = _job(jobs, "faults", "faults of air handlers in measured data, day by day")
    job.add_argument("data", type=Path, metavar="DATA.csv", help="a column of times and one a point")
    job.add_argument(
        "--map",
        type=Path,
        required=True,
        metavar="MAP",
        help="which column is which point: TOML or JSON, Brick (.ttl) or a Haystack grid (.json)",
    )
    job.add_argument(
        "--equipment", action="append", metavar="ID", help="only this unit; may be given again"
    )
    job.add_argument(
        "--heat-price", type=float, metavar="EUR_KWH", help="of a kWh of heat put into air"
    )
    job.add_argument(
        "--cool-price", type=float, metavar="EUR_KWH", help="of a kWh of heat taken out of air"
    )
    job.add_argument("--lang", choices=("en", "lv"), default="en", help="of the words for people")
    job.set_defaults(run=cli_faults.faults)


def _job(jobs: Any, name: str, words: str) -> argparse.ArgumentParser:
    job: argparse.ArgumentParser = jobs.add_parser(name, help=words, description=words)
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    return job
