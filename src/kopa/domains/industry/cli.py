"""``kopa industry``: savings, indicators and check-lists of a plant, with no city around it."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import Any

from . import cli_checklist, cli_indicators, cli_savings


def register(jobs: Any) -> None:
    """Add the jobs to a parser.

    Parameters
    ----------
    jobs
        What ``ArgumentParser.add_subparsers`` gave.
    """
    saved = _meter_job(jobs, "savings", "what a measure saved, by its meter (IPMVP option C)")
    saved.add_argument(
        "--reporting-start", type=_day, metavar="DATE", help="default: the day after the baseline"
    )
    saved.add_argument("--price", type=float, metavar="EUR_KWH", help="price of the energy")
    saved.add_argument("--co2", type=float, metavar="KG_KWH", help="kgCO2e a kWh")
    saved.set_defaults(run=cli_savings.run)
    ratio = _meter_job(jobs, "enpi", "energy performance indicators and baseline (ISO 50001)")
    ratio.add_argument("--reporting-start", type=_day, metavar="DATE", help="as in savings")
    ratio.set_defaults(run=cli_indicators.enpi)
    sums = _meter_job(jobs, "cusum", "cumulative sum against the baseline: when use changed")
    sums.add_argument("--chart", type=Path, metavar="F.svg", help="chart to write")
    sums.set_defaults(run=cli_indicators.cusum)
    words = "measures for compressed air, steam and drives, with NPV and kgCO2e"
    listed = jobs.add_parser("checklist", help=words, description=words)
    listed.add_argument(
        "plant",
        nargs="?",
        type=Path,
        metavar="PLANT.toml",
        help="without it, all measures there are",
    )
    listed.add_argument("--json", action="store_true", help="one JSON document on stdout")
    listed.set_defaults(run=cli_checklist.run)


def _meter_job(jobs: Any, name: str, words: str) -> argparse.ArgumentParser:
    job: argparse.ArgumentParser = jobs.add_parser(name, help=words, description=words)
    job.add_argument("meter", type=Path, metavar="METER.csv", help="columns start, energy_kwh")
    job.add_argument(
        "--weather", type=Path, required=True, metavar="W.csv", help="columns time, temperature_c"
    )
    job.add_argument(
        "--production", type=Path, metavar="P.csv", help="column time, and one for each driver"
    )
    job.add_argument(
        "--baseline-end", type=_day, required=True, metavar="DATE", help="last day of the baseline"
    )
    job.add_argument(
        "--baseline-days", type=int, default=365, metavar="N", help="its length (default 365)"
    )
    job.add_argument(
        "--reporting-end", type=_day, metavar="DATE", help="default: the last day of the meter"
    )
    job.add_argument("--unit", default="", metavar="UNIT", help="of a column 'value': kwh, mwh, gj")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    return job


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no day: write it as 2026-11-18") from None
