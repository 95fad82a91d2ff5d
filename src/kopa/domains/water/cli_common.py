"""What the jobs of ``kopa water`` share: the network, and the pressures of full service."""

from __future__ import annotations

import argparse
from pathlib import Path

from kopa.domain import Finding

from .domain import Water
from .network import Service
from .read_inp import read_inp


def network_arguments(job: argparse.ArgumentParser) -> None:
    """Add the network, its pressures, and ``--json``."""
    job.add_argument("network", type=Path, metavar="NET.inp", help="network as EPANET INP")
    job.add_argument("--required", type=float, metavar="M", help="pressure of full service, m")
    job.add_argument("--minimum", type=float, metavar="M", help="pressure of no service, m")
    job.add_argument("--exponent", type=float, help="of the pressure-demand function")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")


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
