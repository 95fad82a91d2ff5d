"""``kopa health status``: Location.operationalStatus of all facilities, as FHIR R4B."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from kopa import console
from kopa.errors import InputError, UsageError
from kopa.geo.project import Projection

from .cli_common import city_network, closed, failed
from .network import Network
from .read_fhir import parsed_back
from .run import usual_works
from .write_fhir import bundle, location


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("status", help="operational status of the facilities, as FHIR R4B")
    job.add_argument("city", type=Path, metavar="CITY", help="the folder with city.toml")
    job.add_argument("--closed", nargs="+", default=[], metavar="ASSET", help="facilities")
    job.add_argument("-o", "--output", type=Path, metavar="F.json", help="the Bundle alone")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Answer the job; gives the exit code."""
    try:
        network, findings = city_network(arguments.city)
        shut = closed(network, arguments.closed)
        if shut.speed is not None:
            raise UsageError("--closed: name facilities; a closed street closes none")
        statuses = status_of(network, shut.works)
        lon, lat = Projection(network.streets.crs).degrees(
            network.facilities.x, network.facilities.y
        )
        pairs = zip(lon.tolist(), lat.tolist(), strict=True)
        some = zip(network.facilities.ids, network.facilities.names, pairs, statuses, strict=True)
        whole = bundle([location(*one) for one in some])
        parsed_back(whole)
    except InputError as error:
        return failed(arguments, error.findings)
    if arguments.output:
        try:
            arguments.output.write_text(json.dumps(whole, ensure_ascii=False, indent=1), "utf-8")
        except OSError as error:
            raise UsageError(f"-o {arguments.output}: {error.strerror}") from None
    if arguments.json:
        console.document(
            {"status": "ok", "bundle": whole, "findings": console.finding_rows(findings)}
        )
        return 0
    rows = [
        (name, title, code or "not known")
        for name, title, code in zip(
            network.facilities.ids, network.facilities.names, statuses, strict=True
        )
    ]
    console.table(("facility", "name", "operational status"), rows)
    console.tell(findings)
    return 0


def status_of(network: Network, works: Any) -> list[str]:
    """Code of each facility (HL7 v2-0116); empty where the files do not tell it.

    C: closed. O and U: its beds are all in use, or not all; without their use neither is known.

    Parameters
    ----------
    network
        What there is.
    works
        True for those that are open, shape (facility,).
    """
    some = network.facilities
    beds, used = some.beds, some.occupied
    told = np.isfinite(used).any(axis=1) & (np.isfinite(used) == np.isfinite(beds)).all(axis=1)
    full = np.nansum(used, axis=1) >= np.nansum(beds, axis=1)
    open_now = works & usual_works(network)
    return [
        "C" if not here else "" if not known else "O" if all_used else "U"
        for here, known, all_used in zip(
            open_now.tolist(), told.tolist(), full.tolist(), strict=True
        )
    ]
