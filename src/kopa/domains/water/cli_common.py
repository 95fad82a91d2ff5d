"""What the jobs of ``kopa water`` share: the network, and the pressures of full service."""

from __future__ import annotations

import argparse
from pathlib import Path

from kopa.domain import Finding
from kopa.errors import UsageError
from kopa.model import Window
from kopa.model.window import duration, seconds

from .domain import Water
from .network import Service
from .read_inp import read_inp
from .screen import SNAPSHOT


def network_arguments(job: argparse.ArgumentParser) -> None:
    """Add the network, its pressures, and ``--json``."""
    job.add_argument("network", type=Path, metavar="NET.inp", help="network as EPANET INP")
    job.add_argument("--required", type=float, metavar="M", help="pressure of full service, m")
    job.add_argument("--minimum", type=float, metavar="M", help="pressure of no service, m")
    job.add_argument("--exponent", type=float, help="of the pressure-demand function")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")


def window_arguments(job: argparse.ArgumentParser) -> None:
    """Add the network, and the time to cover."""
    network_arguments(job)
    job.add_argument(
        "--hours", type=float, default=24.0, help="length; 0: one solution, held for a step"
    )
    job.add_argument("--step", default="1h", help="length of a step: 15min, 1h, 900s")
    job.add_argument("--at", metavar="HH:MM", help="begin (default: the file's start clock time)")


def open_water(arguments: argparse.Namespace) -> tuple[Water, list[Finding]]:
    """The network, and findings that do not stop the work."""
    given = (arguments.minimum, arguments.required, arguments.exponent)
    service = None
    if any(value is not None for value in given):
        usual = Service()
        values = zip(given, (usual.minimum, usual.required, usual.exponent), strict=True)
        service = Service(*(default if value is None else value for value, default in values))
    network, warnings = read_inp(arguments.network, service)
    return Water(network), list(warnings)


def window_of(arguments: argparse.Namespace, water: Water) -> tuple[Window, float]:
    """The window, and what a volume in it stands for: a snapshot is held for a step."""
    start = seconds(arguments.at) if arguments.at else water.network.start_clock
    step = duration(arguments.step)
    if not arguments.hours >= 0:
        raise UsageError("--hours must be 0 or more")
    if arguments.hours == 0:
        return Window(start, SNAPSHOT, 1), step / SNAPSHOT
    steps, rest = divmod(arguments.hours * 3600, step)
    if rest or not steps:
        raise UsageError("--hours must be a whole number of steps")
    return Window(start, step, int(steps)), 1.0
