"""``kopa groundwater``: well fields, pumping tests and heads, with no city around them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from . import cli_data, cli_field


def register(jobs: Any) -> None:
    """Add the jobs to a parser.

    Parameters
    ----------
    jobs
        What ``ArgumentParser.add_subparsers`` gave.
    """
    _drawdown(jobs.add_parser("drawdown", help="drawdown by a well field, with a map"))
    _capture(jobs.add_parser("capture", help="where its water comes from, by time of travel"))
    _permit(jobs.add_parser("permit", help="largest abstraction within limits of drawdown"))
    _test(jobs.add_parser("test", help="aquifer parameters from a pumping test"))
    _heads(jobs.add_parser("heads", help="heads and weather: fit, odd heads, forecast"))


def _field(job: argparse.ArgumentParser) -> None:
    job.add_argument("field", type=Path, metavar="FIELD.toml", help="the well field")
    job.add_argument(
        "--well",
        action="append",
        default=[],
        metavar="ID=Q",
        help="another abstraction: 'W1=600 m3/d'; may be given again",
    )
    _json(job)


def _json(job: argparse.ArgumentParser) -> None:
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")


def _drawdown(job: argparse.ArgumentParser) -> None:
    _field(job)
    job.add_argument(
        "--days", type=float, metavar="D", help="days of pumping (default: pumping_d of the file)"
    )
    job.add_argument(
        "--numerical",
        action="store_true",
        help="by MODFLOW 6: a free aquifer gets thinner, wells run dry (needs the program mf6)",
    )
    job.add_argument("-o", "--output", type=Path, metavar="F.svg", help="map of contours to write")
    job.set_defaults(run=cli_field.drawdown)


def _capture(job: argparse.ArgumentParser) -> None:
    _field(job)
    job.add_argument(
        "--years", default="1,10,50", metavar="Y,Y", help="times of travel (default 1,10,50)"
    )
    job.add_argument(
        "-o", "--output", type=Path, metavar="F.geojson", help="zones and points to write"
    )
    job.set_defaults(run=cli_field.capture)


def _permit(job: argparse.ArgumentParser) -> None:
    job.add_argument("field", type=Path, metavar="FIELD.toml", help="the well field")
    job.add_argument(
        "--days", type=float, metavar="D", help="days of pumping (default: pumping_d of the file)"
    )
    _json(job)
    job.set_defaults(run=cli_field.permit)


def _test(job: argparse.ArgumentParser) -> None:
    job.add_argument("data", nargs="+", type=Path, metavar="DATA", help="time and drawdown")
    job.add_argument(
        "--distance",
        nargs="+",
        type=float,
        required=True,
        metavar="M",
        help="distance of each from the well, m",
    )
    job.add_argument("--discharge", required=True, metavar="Q", help="such as '788 m3/d'")
    job.add_argument(
        "--thickness", type=float, required=True, metavar="M", help="of the aquifer, m"
    )
    job.add_argument("--radius", type=float, default=0.1, metavar="M", help="of the well (0.1 m)")
    job.add_argument(
        "--time-unit",
        default="",
        choices=("s", "min", "h", "d"),
        help="of files without heads; their drawdown is in m",
    )
    job.add_argument("--leaky", action="store_true", help="fit the resistance of a leaky top too")
    _json(job)
    job.set_defaults(run=cli_data.test)


def _heads(job: argparse.ArgumentParser) -> None:
    job.add_argument("heads", type=Path, metavar="HEADS.csv", help="columns time, head_m")
    job.add_argument(
        "--precipitation",
        type=Path,
        required=True,
        metavar="F.csv",
        help="columns time, precipitation_mm; daily",
    )
    job.add_argument(
        "--evaporation",
        type=Path,
        required=True,
        metavar="F.csv",
        help="columns time, evaporation_mm; daily",
    )
    job.add_argument("--forecast", type=int, default=0, metavar="DAYS", help="days to forecast")
    _json(job)
    job.set_defaults(run=cli_data.heads)
