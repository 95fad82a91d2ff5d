"""N-1 of all pipes: a loop over WNTR's EpanetSimulator against ``kopa water screen``.

    python benchmarks/water_n1.py NET.inp ... [--hours 0] [--sample 12]

Prints one JSON document. WNTR closes each pipe of an evenly spread sample, runs EPANET and opens
it again; its time a case is scaled to all pipes. Kopa screens all pipes, with its pool of processes
and the baseline in the time, reading of the file in neither; the best of `--rounds` counts. Both
are pressure-driven: 0 m, 20 m, exponent 0.5. Peak memory is Kopa's, of this process before WNTR is
loaded and of its greatest worker.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

from kopa.domains.water.network import Network, Service
from kopa.domains.water.read_inp import read_inp
from kopa.domains.water.screen import SNAPSHOT, Pool, Screening, outages, screen
from kopa.model import Window

SERVICE = Service(0.0, 20.0, 0.5)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("networks", nargs="+", type=Path, metavar="NET.inp")
    parser.add_argument("--hours", type=int, default=0, help="0: a snapshot at 00:00")
    parser.add_argument("--sample", type=int, default=12, help="pipes that WNTR closes")
    parser.add_argument("--rounds", type=int, default=2, help="rounds of Kopa; the best counts")
    arguments = parser.parse_args()
    hours = arguments.hours
    ours = [_kopa(path, hours, arguments.rounds) for path in arguments.networks]
    theirs = [_wntr(path, hours, arguments.sample) for path in arguments.networks]
    rows = [
        {**mine, **peer, "ratio": round(peer["wntr_ms_a_case"] / mine["kopa_ms_a_case"], 1)}
        for mine, peer in zip(ours, theirs, strict=True)
    ]
    print(json.dumps({"hours": hours, "cores": os.cpu_count(), "networks": rows}, indent=1))


def _kopa(path: Path, hours: int, rounds: int) -> dict[str, Any]:
    network, _ = read_inp(path, SERVICE)
    window = Window(0, 3600, hours) if hours else Window(0, SNAPSHOT, 1)
    links = outages(network, pipes_only=True)
    found, best = None, float("inf")
    for _ in range(rounds):
        begin = time.perf_counter()
        found = screen(network, window, links, Pool())
        best = min(best, time.perf_counter() - begin)
    assert found is not None
    return {
        "network": path.stem,
        "pipes": len(links),
        "kopa_s": round(best, 3),
        "kopa_ms_a_case": round(1e3 * best / len(links), 4),
        **_counts(network, found),
        "peak_memory_mb": round(_peak_mb()),
    }


def _counts(network: Network, found: Screening) -> dict[str, int]:
    known = [case for case in found.cases if case.status == "ok"]
    return {
        "nodes": len(network.node_ids),
        "pipes_that_matter": sum(case.unserved > found.unserved for case in known),
        "full_runs": sum(case.full_run for case in found.cases),
        "unknown": len(found.cases) - len(known),
    }


def _peak_mb() -> float:
    """Greatest memory of this process and, with it, of as many workers as there are cores."""
    mine = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    worker = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return (mine + (os.cpu_count() or 1) * worker) / 1024


def _wntr(path: Path, hours: int, sample: int) -> dict[str, Any]:
    import wntr

    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        warnings.simplefilter("ignore")  # of units and curves in the published files
        model = wntr.network.WaterNetworkModel(str(path))
        options = model.options
        options.hydraulic.demand_model = "PDD"
        options.hydraulic.minimum_pressure = SERVICE.minimum
        options.hydraulic.required_pressure = SERVICE.required
        options.hydraulic.pressure_exponent = SERVICE.exponent
        options.time.duration = hours * 3600
        options.time.report_timestep = 3600
        pipes = model.pipe_name_list
        chosen = pipes[:: max(1, len(pipes) // sample)][:sample]
        prefix = str(Path(folder) / "wntr")
        wntr.sim.EpanetSimulator(model).run_sim(file_prefix=prefix)
        begin = time.perf_counter()
        for name in chosen:
            pipe = model.get_link(name)
            before = pipe.initial_status
            pipe.initial_status = wntr.network.LinkStatus.Closed
            with contextlib.suppress(wntr.epanet.exceptions.EpanetException):  # its time counts
                wntr.sim.EpanetSimulator(model).run_sim(file_prefix=prefix)
            pipe.initial_status = before
        seconds = time.perf_counter() - begin
    return {"wntr_cases": len(chosen), "wntr_ms_a_case": round(1e3 * seconds / len(chosen), 2)}


if __name__ == "__main__":
    main()
