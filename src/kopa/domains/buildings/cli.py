"""``kopa buildings``: measured data of buildings, with no city around."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from . import cli_faults, cli_model, cli_plan, cli_rules


def register(jobs: Any) -> None:
    """Add the jobs to a parser.

    Parameters
    ----------
    jobs
        What ``ArgumentParser.add_subparsers`` gave.
    """
    job = _job(jobs, "faults", "faults of air handlers in measured data, day by day")
    job.add_argument(
        "data", type=Path, metavar="DATA.csv", help="a column of times and one a point"
    )
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
    told = _job(jobs, "rules", "the rules of faults, their parameters, and the points of a map")
    told.set_defaults(run=cli_rules.rules)
    fit = _job(
        jobs, "model", "a thermal model fitted to measured data, and what the data do not tell"
    )
    fit.add_argument(
        "data", type=Path, metavar="DATA.csv", help="a column of times and one a point"
    )
    fit.add_argument("--map", type=Path, required=True, metavar="MAP", help="as for faults")
    fit.add_argument("--equipment", metavar="ID", help="the building, where the map has several")
    fit.add_argument(
        "--longest-step",
        type=float,
        default=60.0,
        metavar="MIN",
        help="minutes that may lie between values (default 60)",
    )
    fit.set_defaults(run=cli_model.model)
    best = _job(jobs, "plan", "when to heat and cool at the least cost, comfort first")
    best.add_argument(
        "plan", type=Path, metavar="PLAN.toml", help="model, heating, cooling, comfort and start"
    )
    best.add_argument(
        "--series",
        type=Path,
        required=True,
        metavar="HOURS.csv",
        help="time, outdoor_c, price_eur_kwh and perhaps solar_w_m2 of the hours to come",
    )
    best.set_defaults(run=cli_plan.make_plan)


def _job(jobs: Any, name: str, words: str) -> argparse.ArgumentParser:
    job: argparse.ArgumentParser = jobs.add_parser(name, help=words, description=words)
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    return job
