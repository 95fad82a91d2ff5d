"""``kopa heat``: what a heat network's file says, with no city around it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from . import cli_jobs
from .screen import ELEMENTS


def register(jobs: Any) -> None:
    """Add the jobs to a parser.

    Parameters
    ----------
    jobs
        What ``ArgumentParser.add_subparsers`` gave.
    """
    run = _job(jobs, "run", "temperatures, losses and pump power of a heat network")
    run.set_defaults(run=cli_jobs.run)
    many = _job(jobs, "screen", "every pipe, valve and plant out, one at a time (N-1)")
    many.add_argument(
        "--elements",
        choices=[*ELEMENTS, "all"],
        action="append",
        help="kind of asset; may be given again (default: all)",
    )
    many.add_argument(
        "--graph", action="store_true", help="who is joined to a plant counts as served"
    )
    many.set_defaults(run=cli_jobs.screen_all)
    one = _job(jobs, "outage", "who is cold after how many hours")
    one.add_argument(
        "--fault",
        action="append",
        required=True,
        metavar="TEXT",
        help="'pipe:12', 'plant:0', or a change such as 'pipe:12 burst 06:00-18:00'; may be "
        "given again",
    )
    one.add_argument("--hours", type=float, default=48.0, help="length of the window")
    one.add_argument("--step", default="1h", help="length of a step: 15min, 1h")
    one.set_defaults(run=cli_jobs.outage)
    best = _job(jobs, "supply", "the supply temperature of least cost")
    best.add_argument("--low", type=float, default=60.0, metavar="C", help="lowest, °C")
    best.add_argument("--high", type=float, default=120.0, metavar="C", help="highest, °C")
    best.add_argument(
        "--fuel-price", type=float, required=True, metavar="EUR_KWH", help="of the plants' fuel"
    )
    best.add_argument(
        "--electricity-price",
        type=float,
        metavar="EUR_KWH",
        help="of pumps and heat pumps (default: the factor electricity_price)",
    )
    best.set_defaults(run=cli_jobs.supply)


def _job(jobs: Any, name: str, words: str) -> argparse.ArgumentParser:
    job: argparse.ArgumentParser = jobs.add_parser(name, help=words, description=words)
    job.add_argument(
        "network", type=Path, metavar="NET", help="pandapipes JSON, or GeoJSON of a network"
    )
    job.add_argument(
        "--outdoor", type=float, metavar="C", help="outdoor temperature, °C (default: the design's)"
    )
    job.add_argument(
        "--design",
        type=float,
        default=-15.0,
        metavar="C",
        help="outdoor temperature for which the consumers' heat holds (default -15)",
    )
    job.add_argument(
        "--ground", type=float, default=8.0, metavar="C", help="ground of a GeoJSON network, °C"
    )
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    return job
