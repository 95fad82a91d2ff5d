"""``kopa treatment``: a plant or a waterworks from its file, with no city around."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from . import cli_plant, cli_water


def register(jobs: Any) -> None:
    """Add the jobs to a parser.

    Parameters
    ----------
    jobs
        What ``ArgumentParser.add_subparsers`` gave.
    """
    run = _job(jobs, "run", "what leaves a wastewater plant, against its permit", "PLANT.toml")
    run.add_argument(
        "--inflow",
        type=Path,
        metavar="CSV",
        help="inflow as CSV with the columns time (HH:MM) and inflow_l_s; each row holds until "
        "the next (default: the plant's dry weather)",
    )
    run.add_argument("--hours", type=float, default=24.0, help="length of the window")
    run.add_argument("--step", default="15min", help="length of a step: 1min to 15min, 1h")
    run.add_argument("--at", default="00:00", metavar="HH:MM", help="begin")
    run.add_argument(
        "--change",
        action="append",
        default=[],
        metavar="TEXT",
        help="'no_electricity 08:00-14:00', 'oxygen 1.5', 'factor 1.2', 'off'; may be given again",
    )
    run.set_defaults(run=cli_plant.run)
    air = _job(jobs, "aeration", "cheapest oxygen set-points that hold the permit", "PLANT.toml")
    air.add_argument(
        "--margin", type=float, default=0.1, help="share of each limit to leave (default 0.1)"
    )
    air.set_defaults(run=cli_plant.aeration)
    blend = _job(jobs, "blend", "raw waters mixed: hardness, pH, saturation", "WATER.toml")
    blend.add_argument(
        "--hardness", type=float, metavar="MMOL_L", help="shares of two sources that give it"
    )
    blend.set_defaults(run=cli_water.blend)
    soften = _job(jobs, "soften", "dose that brings the blend to a hardness", "WATER.toml")
    soften.add_argument("--hardness", type=float, metavar="MMOL_L", help="wanted, mmol/L")
    soften.add_argument(
        "--index", type=float, help="saturation index to bring it to then, with CO2 or NaOH"
    )
    soften.set_defaults(run=cli_water.soften)
    stable = _job(
        jobs, "stability", "what leaves the works: saturation, corrosion, chlorine", "WATER.toml"
    )
    stable.add_argument("--dose", type=float, default=1.0, help="doses of the file times this")
    stable.set_defaults(run=cli_water.stability)


def _job(jobs: Any, name: str, words: str, file: str) -> argparse.ArgumentParser:
    job: argparse.ArgumentParser = jobs.add_parser(name, help=words, description=words)
    job.add_argument("file", type=Path, metavar=file, help="its file, TOML or JSON")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    return job
