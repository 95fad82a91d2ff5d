"""Shutdowns of ky8_v: WNTR's ``valve_segments`` and an EPANET run against ``kopa water isolate``.

    python benchmarks/isolation.py ky8_v.inp [--rounds 3]

Prints one JSON document. `every_pipe_s` reads the file, parts it into segments and isolates each
pipe by graph, and runs one of them in full. `one_pipe_s` is one shutdown of 6 hours from the file
to its volumes, with the run without it for comparison. WNTR parts the same network with each valve
link as a valve at both of its ends, and runs EPANET once to the end of the shutdown with the same
links shut, the model read already; its 14 hours of output are in hourly steps. The best of
`--rounds` counts.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domains.water.domain import Water
from kopa.domains.water.isolation import Isolator, pipe_row
from kopa.domains.water.network import PIPE, Service
from kopa.domains.water.read_inp import read_inp
from kopa.domains.water.shutdown import shut_down, window_of

SERVICE = Service(0.0, 20.0, 0.5)
SPAN = (8 * 3600, 14 * 3600)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("network", type=Path, metavar="NET.inp")
    parser.add_argument("--pipe", default="P-1122", help="the pipe that is run in full")
    parser.add_argument("--rounds", type=int, default=3, help="the best counts")
    arguments = parser.parse_args()
    path, pipe, rounds = arguments.network, arguments.pipe, arguments.rounds
    one, every = _best(lambda: _one(path, pipe), rounds), _best(lambda: _every(path, pipe), rounds)
    peer = _wntr(path, pipe)
    found = {
        "network": path.stem,
        "every_pipe_s": round(every, 3),
        "one_pipe_s": round(one, 3),
        **peer,
        "ratio_segments": round(peer["wntr_segments_s"] / _best(lambda: _parts(path), rounds), 1),
        "ratio_one": round((peer["wntr_segments_s"] + peer["wntr_run_s"]) / one, 1),
    }
    print(json.dumps(found, indent=1))


def _best(work: Callable[[], object], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return min(times)


def _parts(path: Path) -> Isolator:
    """Read the file, and part it."""
    isolator = Isolator(read_inp(path, SERVICE)[0])
    _ = isolator.segments
    return isolator


def _one(path: Path, pipe: str) -> None:
    isolator = _parts(path)
    network = isolator.network
    run = shut_down(Water(network), isolator.of(pipe_row(network, pipe)), window_of(*SPAN))
    assert run.hours, run.findings


def _every(path: Path, pipe: str) -> None:
    isolator = _parts(path)
    for link in np.flatnonzero(isolator.network.link_types <= PIPE).tolist():
        isolator.of(link)
    _one(path, pipe)


def _wntr(path: Path, pipe: str) -> dict[str, Any]:
    import pandas as pd
    import wntr

    network = read_inp(path, SERVICE)[0]
    shut = Isolator(network).of(pipe_row(network, pipe)).links
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        warnings.simplefilter("ignore")  # of units and curves in the published file
        model = wntr.network.WaterNetworkModel(str(path))
        rows = [
            (name, node)
            for name in (valve.name for valve in network.isolation_valves)
            for node in (model.get_link(name).start_node_name, model.get_link(name).end_node_name)
        ]
        layer, graph = pd.DataFrame(rows, columns=["link", "node"]), model.to_graph()
        begin = time.perf_counter()
        wntr.metrics.topographic.valve_segments(graph, layer)
        segments = time.perf_counter() - begin
        options = model.options
        options.hydraulic.demand_model = "PDD"
        options.hydraulic.minimum_pressure = SERVICE.minimum
        options.hydraulic.required_pressure = SERVICE.required
        options.hydraulic.pressure_exponent = SERVICE.exponent
        options.time.duration, options.time.report_timestep = SPAN[1], 3600
        for link in shut:
            closed = wntr.network.LinkStatus.Closed
            model.get_link(network.link_ids[link]).initial_status = closed
        begin = time.perf_counter()
        wntr.sim.EpanetSimulator(model).run_sim(file_prefix=str(Path(folder) / "wntr"))
        seconds = time.perf_counter() - begin
    return {"wntr_segments_s": round(segments, 3), "wntr_run_s": round(seconds, 3)}


if __name__ == "__main__":
    main()
