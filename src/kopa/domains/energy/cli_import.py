"""``kopa energy import``: a grid from CGMES, as the pandapower JSON that all jobs read."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kopa import console
from kopa.domains.energy.cli_common import failed
from kopa.domains.energy.domain import Energy
from kopa.domains.energy.network import Network
from kopa.domains.energy.read_cgmes import read_cgmes
from kopa.domains.energy.read_pandapower import read
from kopa.errors import Finding, InputError


def register(jobs: Any) -> None:
    """Add the job to a parser."""
    job = jobs.add_parser("import", help="a grid from CGMES, as pandapower JSON")
    job.add_argument("files", type=Path, nargs="+", metavar="CGMES", help="XML profiles or ZIPs")
    job.add_argument("-o", "--output", type=Path, required=True, help="file to write")
    job.add_argument("--json", action="store_true", help="one JSON document on stdout")
    job.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Convert and check; gives the exit code."""
    from pandapower import to_json

    findings: list[Finding] = []
    try:
        net = read_cgmes(arguments.files)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / arguments.output.name
            to_json(net, str(file))
            network, told = read(file)
            findings += [*told, *_dead(network)]
            shutil.copyfile(file, arguments.output)
    except InputError as error:
        return failed(arguments, error.findings)
    except OSError as error:
        what = f"It cannot be written: {error.strerror}."
        wrong = Finding("energy.cgmes-write", what, "Check the path.", file=str(arguments.output))
        return failed(arguments, [wrong])
    tables = ("bus", "line", "trafo", "switch", "load", "sgen", "ext_grid")
    counts = {name: len(net[name]) for name in tables}
    if arguments.json:
        rows = console.finding_rows(findings)
        file = str(arguments.output)
        console.document({"status": "ok", "file": file, "counts": counts, "findings": rows})
    else:
        parts = ", ".join(f"{count} {name}" for name, count in counts.items())
        mw, file = console.number(net.load.p_mw.sum()), console.escape(str(arguments.output))
        console.say(f"{file}: {parts}; {mw} MW of load.")
        console.tell(findings)
    return 0


def _dead(network: Network) -> Iterator[Finding]:
    """Loads that nothing supplies: a converter puts what it cannot join on a bus of its own."""
    units, live = network.units, Energy(network).topology.live
    loads = units.consumer & units.in_service
    dead = loads & ~live[units.bus]
    if dead.any():
        name = network.assets.ids[units.rows[dead.argmax()]]
        what = f"{int(dead.sum())} of {int(loads.sum())} loads are not energised, such as {name}."
        do = "Check terminals, switches and where the grid above feeds in."
        yield Finding("energy.cgmes-dead", what, do, "warning")
